"""快照: the frozen pages that were made, their links, and what can be done with them."""

from ecodash.views import heading, snapshot_manage, text

watermark = heading.open_plain_page(text.SNAPSHOTS)

snapshot_manage.show(watermark)
