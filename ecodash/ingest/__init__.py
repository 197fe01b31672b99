"""Uploaded bytes → Intake: what was read and everything that is wrong with it. Knows no database."""

from ecodash.ingest.intake import ColumnMatch, Fault, Intake, read_upload

__all__ = ["ColumnMatch", "Fault", "Intake", "read_upload"]
