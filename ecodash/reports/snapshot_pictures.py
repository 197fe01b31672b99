"""The figures of a snapshot as pictures to send in a chat, each with what it shows, as of when, and where it comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from ecodash.i18n import CHINESE, speaking
from ecodash.reports import pictures
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.reports.link_words import is_local, qr_mark
from ecodash.reports.picture_canvas import CODE, Foot
from ecodash.reports.png import svg_to_png
from ecodash.reports.sections import Meta
from ecodash.reports.snapshot_contents import partial_words
from ecodash.reports.take_names import safe_name
from ecodash.reports.take_stamp import Stamp

CHAT_WIDTH = 1080
"""Pixels across: as wide as a phone shows a picture of a chat without scaling it up."""


@dataclass(frozen=True, slots=True)
class TakePicture:
    """A picture to be taken away.

    Args:
        name: of its file, without extension; no two of a snapshot are alike.
        title: what it shows.
        svg: draws it as SVG text.
    """

    name: str
    title: str
    svg: Callable[[], str]

    def draw(self) -> bytes:
        """The picture as PNG, 1080 pixels wide.

        Raises:
            NoChineseFont: the server has no font that holds Chinese.
        """
        return svg_to_png(self.svg(), CHAT_WIDTH)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a page: what it shows, its drawing, and what tells it from the same figure of another page."""

    title: str
    draw: Callable[[Meta], str]
    key: tuple[object, ...]


def snapshot_pictures(pack: FrozenPack, stamp: Stamp) -> list[TakePicture]:
    """The figures of the pages in their order, in Chinese; what several pages show alike stands once.

    Nothing is drawn before it is asked for.
    """
    found: dict[tuple[object, ...], tuple[FrozenPage, _Figure]] = {}
    with speaking(CHINESE):
        for page in pack.pages:
            for figure in _figures(page):
                found.setdefault(figure.key, (page, figure))
        return [
            TakePicture(
                safe_name(f"{number:02d}_{page.meta['region_name']}{page.meta['month_label']}_{figure.title}"),
                figure.title,
                _drawn(figure, {**page.meta, "foot": _foot(stamp, partial_words(page.meta))}),
            )
            for number, (page, figure) in enumerate(found.values(), start=1)
        ]


def _drawn(figure: _Figure, meta: Meta) -> Callable[[], str]:
    def svg() -> str:
        with speaking(CHINESE):
            return figure.draw(meta)

    return svg


def _foot(stamp: Stamp, warning: str) -> Foot:
    """Link and digest, and the link as a code to press long on; one that no other machine can open is not worth one."""
    lines = tuple(words for words in (warning, stamp.seal, stamp.address) if words)
    if not stamp.address:
        return Foot(lines)
    code = "" if is_local(stamp.address) else qr_mark(stamp.address, CODE)
    return Foot(lines, code)


# ── which figures a page shows ─────────────────────────────────────────────────────────────────────────────────────


def _figures(page: FrozenPage) -> Iterator[_Figure]:
    """As the page shows them, the most telling first."""
    meta = page.meta
    tables = {name: frame for name, frame in page.tables.items() if not frame.empty}
    around = (meta["region_code"], meta["month"])
    within = (*around, meta["level"], meta["indicator"], repr(sorted(meta.get("comparison", {}).items())))
    if "map_points" in page.tables and "unit_ranking" in tables:
        yield from _map_figures(page, tables, within)
    if "region_targets" in tables:
        frame = tables["region_targets"]
        yield _goals(f"{meta['region_name']}目标完成情况", frame, "indicator_name", ("region_targets", *around))
    if "unit_progress" in tables:
        frame = tables["unit_progress"]
        title = f"各{meta['level_label']}完成情况：{meta['indicator_name']}"
        yield _goals(title, frame, "name", ("unit_progress", *within))
    if "unit_ranking" in tables:
        ranking = tables["unit_ranking"]
        title = f"{meta['level_label']}排名：{meta['indicator_name']}"
        yield _Figure(title, lambda meta: pictures.ranking_picture(meta, ranking), ("unit_ranking", *within))
    if "trend" in tables:
        yield _trend(meta, tables, ("trend", *around, meta["indicator"]))


def _goals(title: str, frame: pd.DataFrame, name: str, key: tuple[object, ...]) -> _Figure:
    return _Figure(title, lambda meta: pictures.progress_picture(meta, frame, map(str, frame[name]), title), key)


def _map_figures(page: FrozenPage, tables: dict[str, pd.DataFrame], within: tuple[object, ...]) -> Iterator[_Figure]:
    """The map where any unit has a place, and the tiles of the villages; without a place the tiles are the map."""
    points, outline = page.tables["map_points"], page.tables["map_outline"]
    ranking, areas = tables["unit_ranking"], tables.get("map_areas")
    name = page.meta["indicator_name"]
    is_placed = bool(points["region"].isin(ranking["region"]).any()) or areas is not None
    is_placed = is_placed or bool(outline["county"].isin(ranking["region"]).any())
    if is_placed:
        yield _Figure(
            f"分布图：{name}",
            lambda meta: pictures.map_picture(meta, points, outline, ranking, areas),
            ("map", *within),
        )
    if "unit_tiles" in tables:
        tiles = tables["unit_tiles"]
        yield _Figure(f"村格图：{name}", lambda meta: pictures.tiles_picture(meta, tiles), ("unit_tiles", *within))


def _trend(meta: Meta, tables: dict[str, pd.DataFrame], key: tuple[object, ...]) -> _Figure:
    """In the unit of the region's own figure; meta names that of the units below it."""
    frame, unit, decimals = tables["trend"], str(meta["indicator_unit"]), int(meta["decimals"])
    for row in tables.get("region_profile", pd.DataFrame({"indicator": []})).to_dict("records"):
        if row["indicator"] == meta["indicator"]:
            unit, decimals = str(row["unit"]), int(row["decimals"])
    return _Figure(
        f"逐月走势：{meta['indicator_name']}",
        lambda meta: pictures.trend_picture(meta, frame, unit=unit, decimals=decimals),
        key,
    )
