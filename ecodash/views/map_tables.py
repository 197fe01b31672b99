"""Tables behind the maps."""

from typing import Any

import pandas as pd

from ecodash.domain.indicators import Indicator
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level
from ecodash.i18n import gettext as _
from ecodash.views import tables, text
from ecodash.views.classes import Division
from ecodash.views.tables import Table


def two_months(
    earlier: pd.DataFrame, later: pd.DataFrame, months: tuple[Month, Month], division: Division, entry: Indicator,
    level: Level,
) -> Table:  # fmt: skip
    """Each unit in two months with the difference and the class of each, the largest gain first.

    Args:
        earlier, later: frames of map_frames.Units; a unit that exists in one of the months only has one value.
        months: of the frames.
    """
    unit, decimals = entry.shown_at(level)
    both = later.merge(earlier, on="region", how="outer", suffixes=("", "_before"))
    both["name"] = both["name"].fillna(both["name_before"])
    both["change"] = both["value"] - both["value_before"]
    both = both.sort_values(["change", "region"], ascending=[False, True], ignore_index=True)
    change = text.with_unit(_("变化"), text.points_of(unit))
    before, now = (month.label for month in months)
    frame = pd.DataFrame(
        {
            text.by_level(level): both["name"],
            before: both["value_before"],
            now: both["value"],
            change: both["change"].round(6),
            _("级别"): [
                f"{_class(division, old)} → {_class(division, new)}"
                for old, new in zip(both["measure_before"], both["measure"], strict=True)
            ],
        }
    )
    columns: dict[str, Any] = {
        before: tables.number_column(decimals),
        now: tables.number_column(decimals),
        change: tables.number_column(decimals),
    }
    title = _("{indicator} {before}与{now}对比").format(
        indicator=text.with_unit(entry.label, unit), before=before, now=now
    )
    return Table(title, frame, columns, text.UNREPORTED, tables.MIDDLING)


def _class(division: Division, measure: float) -> str:
    look = division.look(measure)
    return "—" if look is None else str(look.number)
