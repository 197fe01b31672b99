"""Frames in, bytes out: frozen tables and the snapshot page."""
