"""Lines of the audit as a table that is taken away: every line with its digest, and that of the newest one beside."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.i18n import gettext as _
from ecodash.reports import audit_words as words
from ecodash.reports.tables import to_csv, to_xlsx

Names = Callable[[int], str]
"""A region's name by its key."""


def sheet(lines: pd.DataFrame, name_of: Names) -> pd.DataFrame:
    """Lines as they are read, in the order given: rows of queries.AuditPage.lines."""
    heads = [_("行号"), _("时间（北京）"), _("何人"), _("账号编号"), _("途径"), _("地址"), _("操作"), _("地区代码"), _("地区"),
             _("说明"), _("原来 → 现在"), _("批次"), _("截至批次"), _("校验值")]  # fmt: skip
    rows = [_row(line, name_of) for line in lines.to_dict("records")]
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _row(line: dict[Any, Any], name_of: Names) -> list[object]:
    detail = words.read_detail(str(line["detail"]))
    key, batch = int(line["region"]), line["batch"]
    return [
        line["number"],
        words.second(line["at"]),
        words.who(str(line["actor"]), str(line["channel"])),
        line["account"] or None,
        words.channel_label(str(line["channel"])),
        words.visible(str(line["address"])),
        words.action_label(str(line["action"])),
        region_code(key) if key != COUNTRY_KEY else None,
        name_of(key),
        words.told(detail, words.saying(name_of)),
        words.changed(detail, words.saying(name_of)),
        None if pd.isna(batch) else int(batch),
        line["watermark"],
        line["digest"],
    ]


def audit_csv(lines: pd.DataFrame, name_of: Names) -> bytes:
    """Lines as CSV."""
    return to_csv(sheet(lines, name_of))


def audit_xlsx(lines: pd.DataFrame, name_of: Names, *, asked: str, anchor: str) -> bytes:
    """Lines as a workbook that says what was asked for and the newest line's digest, to be kept apart from the store.

    Args:
        asked: the filters in words.
        anchor: as of anchor_note.
    """
    return to_xlsx(sheet(lines, name_of), title=_("审计日志"), as_of=asked, notes=[anchor])


def anchor_note(count: int, last: int, digest: str) -> str:
    """What to keep elsewhere, so that a rewritten audit can be told from this one."""
    if not last:
        return _("审计日志还没有记录。")
    return _(
        "审计日志共 {count} 行，最后一行是第 {last} 行，校验值 {digest}。另行留存此值，以后可核对日志是否被整体改写。"
    ).format(count=count, last=last, digest=digest)
