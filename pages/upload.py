"""数据上报: a file in, the template for it, who has reported, and the batches so far."""

from ecodash.views import heading, text, upload_parts

watermark = heading.open_plain_page(text.UPLOAD)

upload_parts.show(watermark)
