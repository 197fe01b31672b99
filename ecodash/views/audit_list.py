"""The lines of the audit, some at a time; one of them in full; and all that were found as a file."""

from typing import Any

import pandas as pd
import streamlit as st

from ecodash import queries
from ecodash.domain.audit import AuditFilter, ExportKind
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.i18n import gettext as _
from ecodash.queries import AuditPage
from ecodash.reports import audit_sheet
from ecodash.reports import audit_words as words
from ecodash.views import audit_text, data, downloads, marks, upload_marks
from ecodash.views.rows import rows_of

PER_PAGE = 50
MOST_XLSX, MOST_CSV = 20_000, 100_000
"""So many lines go into one file."""
_PLACE = "audit_place"
_ROW = 36


def show(wanted: AuditFilter) -> None:
    """Newest first; a click on a line shows it in full."""
    steps = _steps(wanted)
    found = queries.find_audit(data.workspace(), wanted, before=steps[-1], limit=PER_PAGE)
    if found.lines.empty:
        st.info(audit_text.nothing_found(), icon=":material/search_off:")
        return
    first = (len(steps) - 1) * PER_PAGE + 1
    st.caption(audit_text.lines(first, first + len(found.lines) - 1, found.count))
    in_full = st.container()
    chosen = st.dataframe(
        _shown(found.lines),
        hide_index=True,
        height=_ROW * min(len(found.lines), 15) + 40,
        row_height=_ROW,
        on_select="rerun",
        selection_mode="single-row",
        key=f"audit_lines_{steps[-1]}",
        alt=audit_text.title(),
    )
    _page_buttons(found, steps, first)
    rows = chosen["selection"]["rows"]
    if rows:
        # Above the lines: below them it would lie beyond the screen.
        with in_full:
            _show_one(found.lines.iloc[rows[0]].to_dict())
    _offer_files(wanted, found.count)


def _steps(wanted: AuditFilter) -> list[int | None]:
    """Where the pages up to this one begin; the first again where the filters changed."""
    kept: tuple[AuditFilter, list[int | None]] | None = st.session_state.get(_PLACE)
    if kept is None or kept[0] != wanted:
        kept = wanted, [None]
        st.session_state[_PLACE] = kept
    return kept[1]


def _turn_back(steps: list[int | None]) -> None:
    steps.pop()


def _page_buttons(found: AuditPage, steps: list[int | None], first: int) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", key="audit_pages"):
        st.button(_("较新的"), icon=":material/chevron_left:", disabled=len(steps) == 1, key="audit_newer",
                  on_click=_turn_back, args=(steps,))  # fmt: skip
        is_end = first + len(found.lines) > found.count
        st.button(_("较早的"), icon=":material/chevron_right:", icon_position="right", disabled=is_end,
                  key="audit_older", on_click=steps.append, args=(int(found.lines["number"].iloc[-1]),))  # fmt: skip


def _shown(lines: pd.DataFrame) -> pd.DataFrame:
    say = words.saying(region_name, data.catalog())
    return pd.DataFrame(
        {
            _("行号"): lines["number"],
            _("时间"): [words.second(at) for at in lines["at"]],
            _("何人"): [words.who(row.actor, row.channel) for row in rows_of(lines)],
            _("操作"): [words.action_label(code) for code in lines["action"]],
            _("地区"): [region_name(int(key)) for key in lines["region"]],
            _("说明"): [words.summary(written, say) for written in lines["detail"]],
            _("途径"): [_way(row) for row in rows_of(lines)],
        }
    )


def _way(row: Any) -> str:
    return " ".join(part for part in (words.channel_label(row.channel), words.visible(row.address)) if part)


def region_name(key: int) -> str:
    """A region's name with its county's; 全部 for what is about the whole installation."""
    if key == COUNTRY_KEY:
        return _("全部地区")
    region = data.tree().find(key)
    return words.visible(region.full_name or region.name) if region else str(key)


def _show_one(line: dict[Any, Any]) -> None:
    detail, say = words.read_detail(line["detail"]), words.saying(region_name, data.catalog())
    with st.container(border=True, key="audit_line"):
        st.html(
            upload_marks.facts(
                [
                    (_("行号"), str(line["number"])),
                    (_("时间"), words.second(line["at"])),
                    (_("何人"), words.who(line["actor"], line["channel"])),
                    (_("账号编号"), str(line["account"]) if line["account"] else ""),
                    (_("途径"), words.channel_label(line["channel"])),
                    (_("地址"), words.visible(line["address"])),
                    (_("操作"), words.action_label(line["action"])),
                    (_("地区"), region_name(int(line["region"]))),
                    (_("批次"), "" if pd.isna(line["batch"]) else str(line["batch"])),
                    (_("截至批次"), str(line["watermark"])),
                    (_("说明"), words.told(detail, say)),
                    (_("校验值"), line["digest"]),
                ]
            )
        )
        replaced = words.changes(detail, say)
        if replaced:
            heads = [_("改了什么"), _("原来"), _("现在")]
            rows = [[marks.Cell(one) for one in row] for row in replaced]
            st.html(marks.short_table("", heads, rows, (), "audit-changes"))


def _offer_files(wanted: AuditFilter, count: int) -> None:
    """All that was found as a file, each line with its digest."""
    name = audit_text.title()
    with st.container(horizontal=True, key="audit_files"):
        for label, ending, mime, most in (
            (_("导出 Excel"), "xlsx", downloads.XLSX, MOST_XLSX),
            (_("导出 CSV"), "csv", downloads.CSV, MOST_CSV),
        ):
            files = _Files(wanted, most)
            downloads.offer(
                label,
                files.xlsx if ending == "xlsx" else files.csv,
                file_name=f"{name}.{ending}",
                mime=mime,
                what=ExportKind.AUDIT,
                region=wanted.region if wanted.region is not None else COUNTRY_KEY,
                rows=files.count,
                disabled=count > most,
                help=audit_text.too_many(count, most) if count > most else None,
                icon=":material/download:",
                key=f"audit_{ending}",
            )


class _Files:
    """What was found, read when it is asked for."""

    def __init__(self, wanted: AuditFilter, most: int) -> None:
        self._wanted, self._most, self._rows = wanted, most, 0

    def _lines(self) -> pd.DataFrame:
        lines = queries.find_audit(data.workspace(), self._wanted, limit=self._most).lines
        self._rows = len(lines)
        return lines

    def count(self) -> int:
        return self._rows

    def csv(self) -> bytes:
        return audit_sheet.audit_csv(self._lines(), region_name)

    def xlsx(self) -> bytes:
        chain = queries.check_audit(data.workspace()).chain
        anchor = audit_sheet.anchor_note(chain.count, chain.last, chain.digest)
        return audit_sheet.audit_xlsx(self._lines(), region_name, asked=asked(self._wanted), anchor=anchor)


def asked(wanted: AuditFilter) -> str:
    """The filters in words."""
    parts = [
        _("从 {time}").format(time=words.second(wanted.since)) if wanted.since else "",
        _("到 {time}").format(time=words.second(wanted.until)) if wanted.until else "",
        _("、").join(words.action_label(code) for code in wanted.actions),
        words.visible(wanted.actor),
        region_name(wanted.region) if wanted.region is not None else "",
        _("第 {batch} 批").format(batch=wanted.batch) if wanted.batch is not None else "",
        words.visible(wanted.text),
    ]
    return _("，").join(part for part in parts if part) or _("全部记录")
