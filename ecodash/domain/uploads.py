"""Names that uploads and what is sent back for them have in common."""

PROBLEM_SHEET = "EcoDash问题清单"
"""Sheet added to a workbook that goes back with its faults marked; it is no data when the workbook returns."""
