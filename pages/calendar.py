"""报送日历: until when each month is reported, which months are closed, who has not handed in."""

from ecodash.views import calendar_parts, calendar_words, heading

watermark = heading.open_plain_page(calendar_words.title())

calendar_parts.show(watermark)
