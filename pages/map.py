"""地图: where the chosen indicator is high and low, by town and by village."""

from ecodash.domain.pages import Page
from ecodash.views import heading, map_parts

selection = heading.open_page(Page.MAP)

map_parts.show_county_map(selection)
map_parts.show_village_tiles(selection)
