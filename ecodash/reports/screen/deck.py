"""Slides of tables → slides of markup."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment

from ecodash.domain.meeting import Slide
from ecodash.i18n import gettext as _
from ecodash.reports.screen import words
from ecodash.reports.screen.maps import map_parts
from ecodash.reports.screen.overview import overview_parts
from ecodash.reports.screen.parts import Builder
from ecodash.reports.screen.profile import profile_parts
from ecodash.reports.screen.ranking import ranking_parts
from ecodash.reports.screen.reporting import reporting_parts
from ecodash.reports.screen.slides import ROOMS, Drawn, Shape, SlideTables
from ecodash.reports.screen.targets import progress_parts, target_parts
from ecodash.reports.templating import open_templates

_FOLDER = Path(__file__).parent

_BUILDERS: Mapping[Slide, Builder] = {
    Slide.OVERVIEW: overview_parts,
    Slide.TARGETS: target_parts,
    Slide.PROGRESS: progress_parts,
    Slide.RANKING: ranking_parts,
    Slide.MAP: map_parts,
    Slide.REPORTING: reporting_parts,
    Slide.PROFILE: profile_parts,
}


def draw_slides(slides: Sequence[SlideTables], shape: Shape) -> list[Drawn]:
    """Every slide of an order as markup for a screen of a shape, in the language of the context; at least one each."""
    template = environment().get_template("slide.html")
    drawn = []
    for slide in slides:
        for place, part in enumerate(_BUILDERS[slide.slide](slide, ROOMS[shape])):
            html = template.render(
                part=part, slide=slide, stamp=words.stamp(slide.meta), is_demo=bool(slide.meta["is_demo"])
            )
            drawn.append(Drawn(f"{slide.key}.{place}", slide.seconds, part.title, html))
    return drawn


@cache
def environment() -> Environment:
    made = open_templates(_FOLDER / "templates")
    # Looked up when printed: the language belongs to the request.
    made.globals["_"] = lambda message: _(message)
    return made
