"""地图: where the chosen indicator is high and low, by town and by village."""

from ecodash.domain.pages import Page
from ecodash.views import heading, map_parts

map_parts.show_map(heading.open_page(Page.MAP))
