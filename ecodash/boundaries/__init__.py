"""Boundary files: bytes → polygons in WGS-84, matched to regions, mended, simplified, ready to be kept.

Knows no database: the regions and the county's outline are handed in. GDAL is given nothing but a shapefile rebuilt in
memory from parts that were measured; GeoJSON is read without it. Nothing is fetched.
"""

from ecodash.boundaries.collection import read_collection
from ecodash.boundaries.draft import Draft, Feature, read_boundaries
from ecodash.boundaries.files import packed
from ecodash.boundaries.layer import BoundaryRefused
from ecodash.boundaries.picture import draw

__all__ = ["BoundaryRefused", "Draft", "Feature", "draw", "packed", "read_boundaries", "read_collection"]
