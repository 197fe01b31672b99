"""指标管理: the catalogue as it is used here, and what columns are called in this place's files."""

from ecodash.views import heading, indicator_parts, indicator_text

watermark = heading.open_plain_page(indicator_text.title())

indicator_parts.show(watermark)
