"""The summary at the head of a snapshot's page: what a leader asks first."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from ecodash.domain.targets import State
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import is_missing, show_number
from ecodash.reports.sections import Meta, with_unit


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the summary under the heading."""

    label: str
    text: str
    detail: str = ""


def page_facts(meta: Meta, tables: Mapping[str, pd.DataFrame]) -> Iterator[Fact]:
    """Who reported, how the targets stand, who is first and last."""
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
