"""数据上报: a file in, its faults or its preview, one commit, and the batches so far."""

from ecodash.views import batch_list, heading, text, upload_form

watermark = heading.open_plain_page(text.UPLOAD)

upload_form.show()
batch_list.show(watermark)
