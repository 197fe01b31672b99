"""审核: what others handed in, seen beside what stands, accepted or returned."""

from ecodash.views import heading, review_parts, review_words

heading.open_plain_page(review_words.title())

review_parts.show()
