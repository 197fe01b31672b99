"""区域档案: everything about one village, town or county, and where each figure came from."""

from ecodash.domain.pages import Page
from ecodash.views import filing_beside, heading, profile_facts, profile_origin, profile_parts, profile_reports

selection = heading.open_page(Page.PROFILE)

profile_facts.show(selection)
filing_beside.show(selection)
chosen = profile_parts.show_figures(selection)

profile_reports.show_late(selection)
profile_reports.show_doubts_and_notes(selection)

profile_origin.show_reports(chosen)
