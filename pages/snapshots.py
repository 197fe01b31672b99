"""快照: the frozen pages that were made, and their links."""

from ecodash.views import heading, snapshot_list, text

heading.open_plain_page(text.SNAPSHOTS)

snapshot_list.show()
