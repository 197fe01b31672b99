"""Selection ⇄ address. Addresses spell stable codes, never labels, and an unknown code is said, never guessed at."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ecodash import i18n
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, RegionTree, region_code, region_key
from ecodash.errors import LinkUnknown, UserError
from ecodash.settings import PROJECT_ROOT
from ecodash.views import text

MONTH, REGION, INDICATOR, LEVEL = "month", "region", "indicator", "level"
FIELDS = (MONTH, REGION, INDICATOR, LEVEL)
LANGUAGE = "lang"
"""Not part of a selection: the same figures in another language."""

EXTRAS: dict[Page, tuple[str, ...]] = {
    Page.MAP: ("view", "against", "classes"),
    Page.PROGRESS: ("category",),
    Page.RANKING: ("span", "against", "kinds", "least", "scheme", "class", "unit"),
}
"""Further choices a page keeps in its address, beside the selection; the page reads and writes them itself."""

UPLOAD_FILE = PROJECT_ROOT / "pages" / "upload.py"
REVIEW_FILE = PROJECT_ROOT / "pages" / "review.py"
SNAPSHOTS_FILE = PROJECT_ROOT / "pages" / "snapshots.py"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address or a reader asked for, field by field; None where nothing was asked.

    Args:
        month, region, indicator, level: of the selection to be.
    """

    month: Month | None = None
    region: int | None = None
    indicator: str | None = None
    level: Level | None = None

    def over(self, other: "Wish") -> "Wish":
        """This wish, with the gaps filled from another."""
        return Wish(
            month=other.month if self.month is None else self.month,
            region=other.region if self.region is None else self.region,
            indicator=other.indicator if self.indicator is None else self.indicator,
            level=other.level if self.level is None else self.level,
        )

    def to_params(self) -> dict[str, str]:
        """The address of this wish, in stable codes, and in the language it is read in."""
        return language_param() | {
            name: value
            for name, value in (
                (MONTH, "" if self.month is None else str(self.month)),
                (REGION, "" if self.region is None else region_code(self.region)),
                (INDICATOR, self.indicator or ""),
                (LEVEL, "" if self.level is None else self.level.value),
            )
            if value
        }


def language_param() -> dict[str, str]:
    """What an address says of the language: nothing where it is Chinese."""
    return {LANGUAGE: i18n.language()} if i18n.is_english() else {}


def read_params(params: Mapping[str, str], tree: RegionTree, indicators: frozenset[str]) -> tuple[Wish, list[str]]:
    """What an address asks for, and a sentence for each part of it that means nothing here."""
    wish, complaints = Wish(), []
    for name in FIELDS:
        written = params.get(name, "")
        if not written:
            continue
        try:
            wish = _read(name, written, tree, indicators).over(wish)
        except UserError:
            complaints.append(text.link_unknown(name, written))
    return wish, complaints


def _read(name: str, written: str, tree: RegionTree, indicators: frozenset[str]) -> Wish:
    if name == MONTH:
        return Wish(month=Month.parse(written))
    if name == REGION:
        return Wish(region=tree.get(region_key(written)).key)
    if name == INDICATOR and written in indicators:
        return Wish(indicator=written)
    if name == LEVEL and written in list(Level):
        return Wish(level=Level(written))
    raise LinkUnknown(text.link_unknown(name, written))


def page_file(page: Page) -> str:
    """The script of a page, or of the one it is a part of, as st.switch_page and st.page_link want it."""
    return str(PROJECT_ROOT / "pages" / f"{page.shown_on.value}.py")


def page_address(page: Page, wish: Wish, extras: Mapping[str, str] | None = None) -> str:
    """A page's address on this server, for links in drawn markup; the overview answers at the root.

    Args:
        extras: further choices of the page, in stable codes: EXTRAS.
    """
    shown = page.shown_on
    return f"{'.' if shown is Page.OVERVIEW else shown.value}?{urlencode(wish.to_params() | dict(extras or {}))}"


def why_address(region: int, wish: Wish) -> str:
    """Where the reasons of a unit's rank open."""
    return page_address(Page.RANKING, wish, {EXTRAS[Page.RANKING][-1]: region_code(region)})
