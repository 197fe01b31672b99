"""Frames in, frames out: ranking, progress, completeness, reconciliation."""
