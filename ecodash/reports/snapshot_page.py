"""The page a snapshot link opens: one self-contained HTML file, drawn from the frozen tables alone.

It needs nothing but itself: no script, no request, no clock, no database. The same meta and tables give the same bytes.
The page that is printed is the same, drawn from tables that were asked for just now, with a button that prints it.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ecodash.domain.periods import CARRY_MONTHS
from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.reports.numbers import is_missing, show_number, show_time
from ecodash.reports.overview_sections import key_figure_cards, reporting_rows
from ecodash.reports.picture_sections import map_section, tile_section, trend_section
from ecodash.reports.profile_sections import facts_section, origin_section, profile_section
from ecodash.reports.ranking_sections import ranking_rows
from ecodash.reports.remark_sections import remarks_section, reports_section
from ecodash.reports.sections import Meta, Section, with_unit
from ecodash.reports.target_sections import category_rows, region_target_rows, unit_target_rows

Tables = Mapping[str, pd.DataFrame]

RULES = (
    marked("未上报不等于零：未上报的区域不计入汇总，不参加排名。"),
    marked("存量和比率当月未报的，沿用此前最近一次上报值，最多 {months} 个月，并注明沿用村数；当月完成量不沿用。"),
    marked("比率按分子合计除以分母合计汇总，不取各村百分比的平均；有上报而无法得出数值的，记为“不适用”。"),
)
PRINT_SCRIPT = "document.getElementById('print').addEventListener('click',function(){window.print()})"
PRINT_SCRIPT_HASH = base64.b64encode(hashlib.sha256(PRINT_SCRIPT.encode()).digest()).decode()
"""Names the one script of the printed page, so that its content policy can forbid all others."""

SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the summary under the heading."""

    label: str
    text: str
    detail: str = ""


def render_snapshot(meta: Meta, tables: Tables, *, number: int, sha256: str) -> bytes:
    """A snapshot as one HTML page in UTF-8.

    Args:
        meta: of queries.frozen.freeze, with title, created_at (ISO, aware) and actor.
        tables: the frozen tables by name; a page shows a section for each table it has rows of.
        number: of the snapshot.
        sha256: of the frozen content, printed at the foot.
    """
    return _render(meta, tables, number=number, sha256=sha256)


def render_print(meta: Meta, tables: Tables) -> bytes:
    """A page to print, as it stands now: like a snapshot, but nothing is kept of it.

    Args:
        meta, tables: as of render_snapshot; created_at is when it is printed.
    """
    return _render(meta, tables, number=None, sha256="")


def _render(meta: Meta, tables: Tables, *, number: int | None, sha256: str) -> bytes:
    page = _environment().get_template("page.html")
    html = page.render(
        meta=meta,
        number=number,
        sha256=sha256,
        short_sha256=sha256[:SHORT_DIGEST],
        committed=show_time(meta["committed_at"], missing=""),
        created=show_time(meta["created_at"]),
        place=" › ".join(meta["region_path"]) or meta["region_name"],
        facts=list(_facts(meta, tables)),
        sections=list(_sections(meta, tables)),
        rules=[_(rule).format(months=CARRY_MONTHS) for rule in RULES],
        english=is_english(),
        page_foot=_page_foot(meta) if number is None else "",
        print_script=Markup(PRINT_SCRIPT),
    )
    return html.encode("utf-8")


def _page_foot(meta: Meta) -> Markup:
    """What stands at the foot of every sheet of paper: a sheet that gets lost still says what it is and as of when."""
    stamp = _("截至第 {batch} 批，{time} 提交（北京时间）").format(
        batch=meta["watermark"], time=show_time(meta["committed_at"])
    )
    words = [str(meta["title"]), stamp, *([_("演示数据")] if meta["is_demo"] else [])]
    left = "".join(f"\\{ord(char):x} " for char in " · ".join(words))
    pages = 'counter(page) " / " counter(pages)'
    font = "font:8.5pt 'Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#333"
    # Every letter is written as its number: no name can end the string, the rule or the element.
    return Markup(f'@page{{@bottom-left{{content:"{left}";{font}}}@bottom-right{{content:{pages};{font}}}}}')


@cache
def _environment() -> Environment:
    """Templates with every text escaped, and an error for a name a template misspells."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Words of the templates themselves are markup, into which format() escapes what it fills in; words that come from
    # data go through the filter and are escaped like any other.
    environment.globals["_"] = lambda message: Markup(_(message))
    environment.filters["said"] = lambda words: _(str(words))
    return environment


_OF_ONE_TABLE: tuple[tuple[str, Callable[[Meta, pd.DataFrame], Section]], ...] = (
    ("category_targets", category_rows),
    ("key_figures", key_figure_cards),
    ("region_targets", region_target_rows),
    ("unit_progress", unit_target_rows),
    ("unit_ranking", ranking_rows),
    ("reporting", reporting_rows),
    ("region_facts", facts_section),
    ("region_profile", profile_section),
)
"""Tables in the order they are shown, and what makes a section of each."""


def _sections(meta: Meta, tables: Tables) -> Iterator[Section]:
    """The sections a page has tables for, the most telling first."""
    filled = {name: table for name, table in tables.items() if not table.empty}
    if "map_points" in tables and "unit_ranking" in filled:
        yield from _map_sections(meta, tables)
        return
    for name, build in _OF_ONE_TABLE:
        if name in filled:
            yield build(meta, filled[name])
    if "trend" in filled:
        yield trend_section(meta, filled["trend"], _region_unit(meta, tables))
    if "report_months" in filled:
        yield reports_section(meta, filled["report_months"], tables["late_villages"])
    if "figure_doubts" in filled or "batch_notes" in filled:
        yield remarks_section(meta, tables["figure_doubts"], tables["batch_notes"])
    if "figure_origins" in tables:
        yield origin_section(meta, tables["figure_origins"])


def _map_sections(meta: Meta, tables: Tables) -> Iterator[Section]:
    """Map, ranking, tiles; without a place for any unit the tiles are the map."""
    ranking = tables["unit_ranking"]
    picture = map_section(meta, tables["map_points"], tables["map_outline"], ranking, tables.get("map_areas"))
    tiles = [tile_section(meta, tables["unit_tiles"])] if not tables.get("unit_tiles", pd.DataFrame()).empty else []
    if picture.body.drawing or not tiles:
        yield picture
        yield ranking_rows(meta, ranking)
        yield from tiles
    else:
        yield from tiles
        yield ranking_rows(meta, ranking)


def _region_unit(meta: Meta, tables: Tables) -> str:
    """Unit of the region's own figure; meta names the unit of the units below it."""
    profile = tables.get("region_profile")
    own = [] if profile is None else list(profile.loc[profile["indicator"] == meta["indicator"], "unit"])
    return str(own[0] if own else meta["indicator_unit"])


# ── summary ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _facts(meta: Meta, tables: Tables) -> Iterator[Fact]:
    """What a leader asks first: who reported, how the targets stand, who is first and last."""
    if "reporting" in tables and not tables["reporting"].empty:
        yield _reporting_fact(tables["reporting"])
    for name, label in (
        ("region_targets", _("本级目标")),
        ("unit_progress", _("各{level}目标").format(level=meta["level_label"])),
    ):
        if name in tables and not tables[name].empty:
            yield _target_fact(label, tables[name], is_own=name == "region_targets")
    if "unit_ranking" in tables and not tables["unit_ranking"].empty:
        yield from _ranking_facts(meta, tables["unit_ranking"])


def _reporting_fact(frame: pd.DataFrame) -> Fact:
    villages, on_time, late, missing = (int(frame[name].sum()) for name in ("villages", "on_time", "late", "missing"))
    detail = _("按时 {on_time} · 迟报 {late} · 缺报 {missing}").format(on_time=on_time, late=late, missing=missing)
    return Fact(_("上报村数"), f"{on_time + late}/{villages}", detail)


def _target_fact(label: str, frame: pd.DataFrame, *, is_own: bool) -> Fact:
    counts = Counter(State(state) for state in frame["state"])
    words = [f"{state.icon} {state.label} {counts[state]}" for state in State if counts[state]]
    counted = _("{count} 项") if is_own else _("{count} 个")
    return Fact(label, counted.format(count=len(frame)), " · ".join(words))


def _ranking_facts(meta: Meta, frame: pd.DataFrame) -> Iterator[Fact]:
    ranked = frame[frame["rank"].notna()]
    if len(ranked) > 1 and meta["direction"] != "neutral":
        first, last = ranked["rank"].min(), ranked["rank"].max()
        if first != last:
            yield _ends_fact(meta, _("第一名"), ranked[ranked["rank"] == first])
            yield _ends_fact(meta, _("最后一名"), ranked[ranked["rank"] == last])
    left_out = int(frame["value"].isna().sum())
    detail = _("{count} 个未上报，不参与排名").format(count=left_out) if left_out else _("全部有数")
    label = _("参与排名的{level}").format(level=meta["level_label"])
    yield Fact(label, f"{len(ranked)}/{len(frame)}", detail)


def _ends_fact(meta: Meta, label: str, rows: pd.DataFrame) -> Fact:
    names = [str(name) for name in rows["name"]]
    shown = _("、").join(names[:3])
    if len(names) > 3:
        shown = _("{names} 等 {count} 个").format(names=shown, count=len(names))
    value = rows["value"].iloc[0]
    text = "" if is_missing(value) else with_unit(show_number(value, int(meta["decimals"])), meta["indicator_unit"])
    return Fact(f"{meta['indicator_name']} {label}", shown, text)
