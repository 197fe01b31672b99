"""The data that comes with the software, read into domain objects: indicators, regions, outlines and points."""
