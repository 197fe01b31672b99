"""目标管理: where, which year, and its four parts: edit, decomposition, next year, files."""

from html import escape

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash import actions
from ecodash.analytics.decomposition import Adding
from ecodash.domain.access import Right
from ecodash.domain.calendar import newest_reportable
from ecodash.domain.indicators import Aggregation, Kind
from ecodash.domain.periods import Month
from ecodash.domain.regions import level_of
from ecodash.domain.selection import Selection
from ecodash.domain.targets import TargetEdit
from ecodash.i18n import gettext as _
from ecodash.views import data, links, names, place_boxes, target_edit, target_marks, target_tables, target_text, text
from ecodash.views.display import offer_downloads, show_table
from ecodash.views.heading import as_of_text
from ecodash.views.rows import rows_of

_EDIT, _ADDING, _NEXT, _FILES = "edit", "adding", "next", "files"
_SET = ""
"""The choice of all targets that stand, instead of one indicator."""


def choose(watermark: int) -> Selection:
    """The place and the year: December of it, as targets are looked at whole."""
    newest = newest_reportable(data.now()).year
    with st.container(horizontal=True, vertical_alignment="bottom", key="target_choices"):
        county = place_boxes.county_box(text.SCOPE, "target_county", Right.MANAGE)
        region = place_boxes.town_box(text.TOWN, county, _("全县（分解到乡镇）"), "target_town", Right.MANAGE)
        year = st.selectbox(
            _("年份"), [newest + 1, newest, newest - 1, newest - 2], index=1, key="target_year", width=120
        )
    return Selection(watermark, Month(int(year), 12), region)


def show(selection: Selection) -> None:
    """The part that is chosen; the others do not run."""
    st.html(target_marks.SHEET)
    target_edit.show_said()
    labels = {_EDIT: _("编辑目标"), _ADDING: _("层层分解"), _NEXT: _("下一年目标"), _FILES: _("下载和上传")}
    part = st.segmented_control(
        _("目标管理"),
        list(labels),
        format_func=lambda one: labels[one],
        default=_EDIT,
        required=True,
        key="target_part",
        label_visibility="collapsed",
    )
    if part == _ADDING:
        show_adding(selection)
    elif part == _NEXT:
        show_next_year(selection)
    elif part == _FILES:
        show_files(selection)
    else:
        show_edit(selection)


def show_edit(selection: Selection) -> None:
    catalog = data.catalog()
    labels = {_SET: _("全部已下达的目标")} | {
        code: text.indicator_in_category(catalog[code].category, catalog[code].label)
        for code in target_edit.offered_indicators()
    }
    code = st.selectbox(
        text.INDICATOR, list(labels), format_func=lambda one: labels[one], key="target_indicator", width=420
    )
    target_edit.show(selection, code or _SET)


# ── decomposition ──────────────────────────────────────────────────────────────────────────────────────────────────


def show_adding(selection: Selection) -> None:
    """Whether the children's targets add up to the region's, in words, and child by child."""
    found = data.target_decomposition(selection)
    if found.sums.empty:
        st.info(_("本地区本年没有目标，没有可核对的分解。"), icon=":material/account_tree:")
        return
    rows = _spoken(found.sums, selection)
    wrong = int(rows["adding"].isin([Adding.SHORT.value, Adding.OVER.value]).sum())
    agreeing = int((rows["adding"] == Adding.AGREES.value).sum())
    st.caption(
        _(
            "已保存的 {count} 项目标中，{agreeing} 项下级合计与本级相符，{wrong} 项不符。数量相加，比率按分母加权。"
        ).format(count=len(rows), agreeing=agreeing, wrong=wrong)
    )
    st.html(f'<ul class="adding">{"".join(_adding_item(row, found.parts, selection) for row in rows_of(rows))}</ul>')
    keys = [(str(row.indicator), int(row.deadline)) for row in rows_of(rows)]
    labels = {key: text.place_in(names.indicator_name(key[0]), Month.from_key(key[1]).label) for key in keys}
    chosen = st.selectbox(
        _("逐个查看下级的目标"), keys, format_func=lambda key: labels[key], key="target_parts", width=420
    )
    decimals = int(rows.set_index(["indicator", "deadline"])["decimals"][chosen])
    table = target_tables.parts(found, chosen[0], chosen[1], decimals, labels[chosen])
    show_table(table, as_of_text(selection.watermark), key="target_parts_table", row_count=32)
    with st.expander(text.TARGET_TABLE, icon=":material/table_rows:"):
        show_table(target_tables.sums(rows, _("目标分解核对")), as_of_text(selection.watermark), key="target_sums")


def _spoken(sums: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Adds unit, decimals and whether the indicator is a rate."""
    entries = [data.catalog()[code] for code in sums["indicator"]]
    level = level_of(selection.region)
    return sums.assign(
        unit=[entry.shown_at(level)[0] for entry in entries],
        decimals=[entry.shown_decimals for entry in entries],
        is_rate=[entry.aggregation is Aggregation.RATIO for entry in entries],
    )


def _adding_item(row: object, parts: pd.DataFrame, selection: Selection) -> str:
    code, deadline = str(row.indicator), int(row.deadline)  # type: ignore[attr-defined]
    adding = Adding(row.adding)  # type: ignore[attr-defined]
    mine = parts[(parts["indicator"] == code) & (parts["deadline"] == deadline)]
    units = _units_below(selection)
    said = [target_text.adding_sentence(row, data.region(selection).name, units)]
    without = mine[mine["target"].isna()]
    others, missing = without[without["other_deadline"] > 0], without[without["other_deadline"] == 0]
    if adding is not Adding.NO_PARTS and len(missing):
        said.append(target_text.who_is_missing(missing["name"].tolist()))
    if len(others):
        said.append(target_text.who_has_another_deadline(others["name"].tolist()))
    unweighted = mine[mine["target"].notna() & mine["weight"].isna()]
    if row.is_rate and len(unweighted):  # type: ignore[attr-defined]
        said.append(target_text.who_is_unweighted(unweighted["name"].tolist()))
    title = text.place_in(names.indicator_name(code), Month.from_key(deadline).label)
    return (
        f'<li class="adding-{adding.value}"><b>{escape(target_text.adding_mark(adding))}</b>{escape(title)}'
        f"<p>{escape(target_text.sentences(said))}</p></li>"
    )


def _units_below(selection: Selection) -> str:
    children = data.target_children(selection)
    return text.units_of(children[0].level) if children else ""


# ── next year ──────────────────────────────────────────────────────────────────────────────────────────────────────


def show_next_year(selection: Selection) -> None:
    """Next year's targets as proposed, to be changed and saved."""
    rows = data.next_year_targets(selection)
    year = selection.month.year
    if rows.empty:
        st.info(_("{year}年没有目标，不能推算下一年的目标。").format(year=year), icon=":material/event:")
        return
    st.caption(
        _("由{year}年目标推算：比率和存量的目标值不变，基数取{year}年末的数；当月完成量的任务数不变，从 0 起算。"
          "保存前可以修改目标值；没有勾选的不保存。").format(year=year)
    )  # fmt: skip
    remarks = {
        "": "", "exists": _("下一年已有目标"), "reached": _("年末已达到，请定新的目标值"), "no_figure": _("还没有年末的数"),
    }  # fmt: skip
    before = pd.DataFrame(
        {
            "is_taken": [remark not in ("exists", "reached") for remark in rows["remark"]],
            "place": rows["name"],
            "indicator": [names.indicator_name(code) for code in rows["indicator"]],
            "target": [target_tables.plain(row.target, row.decimals) for row in rows_of(rows)],
            "deadline": [f"{key // 100}-{key % 100:02d}" for key in rows["deadline"]],
            "year_end": [
                _("从 0 累计") if row.kind == Kind.FLOW.value else target_tables.plain(row.year_end, row.decimals)
                for row in rows_of(rows)
            ],
            "remark": [remarks[remark] for remark in rows["remark"]],
            "unit": [names.unit_name(unit) for unit in rows["unit"]],
        }
    )
    after = st.data_editor(
        before,
        column_config={
            "is_taken": column.CheckboxColumn(_("采用"), width=60, pinned=True),
            "place": column.TextColumn(text.REGION, width=110),
            "indicator": column.TextColumn(text.INDICATOR, width=180),
            "target": column.TextColumn(text.TARGET, width=100),
            "deadline": column.TextColumn(text.DEADLINE, width=100),
            "year_end": column.TextColumn(_("年末数（作基数）"), width=130),
            "remark": column.TextColumn(_("提示"), width=200),
            "unit": column.TextColumn(text.UNIT_OF_MEASURE, width=80),
        },
        disabled=["place", "indicator", "deadline", "year_end", "remark", "unit"],
        hide_index=True,
        num_rows="fixed",
        height="content" if len(before) <= 16 else 620,
        key=f"target_next_{selection.region}_{year}_{selection.watermark}",
    )
    edits = [
        TargetEdit(code, indicator, deadline, str(target or ""))
        for code, indicator, deadline, target, is_taken in zip(
            rows["region_code"], rows["indicator"], before["deadline"], after["target"], after["is_taken"], strict=True
        )
        if is_taken
    ]
    plan = actions.plan_targets(data.workspace(), edits)
    for problem in plan.problems:
        st.error(text.escape(problem.what), icon=":material/error:")
    st.space("small")
    is_clicked = st.button(
        _("保存 {year}年的 {count} 项目标").format(year=year + 1, count=plan.count),
        type="primary",
        key="save_next_year",
        icon=":material/check_circle:",
        disabled=bool(plan.problems) or not plan.count,
    )
    if is_clicked and not plan.problems:
        note = _("由 {year}年目标推算").format(year=year)
        target_edit.commit(edits, note, selection.watermark)


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def show_files(selection: Selection) -> None:
    """The target table to download, an empty one to fill in, and the way to the upload."""
    year = selection.month.year
    plans = data.target_plans(selection)
    place = data.region(selection).name
    st.markdown(f"**{_('现有目标')}**")
    if plans.empty:
        st.caption(_("本年还没有下达目标。"))
    else:
        title = _("{place}{year}年目标表").format(place=place, year=year)
        show_table(
            target_tables.set_targets(plans, data.catalog(), title), as_of_text(selection.watermark), key="targets_now"
        )
    st.markdown(f"**{_('空白目标表')}**")
    catalog = data.catalog()
    offered = target_edit.offered_indicators()
    known = [code for code in offered if code in set(plans["indicator"])]
    codes = st.multiselect(
        _("要下达的指标"),
        offered,
        default=known,
        format_func=names.indicator_name,
        placeholder=text.CHOOSE,
        key=f"target_template_{selection.region}_{year}",
    )
    if codes:
        rows = [(region.code, region.name) for region in target_edit.places(selection)]
        title = _("{place}{year}年目标表（空白）").format(place=place, year=year)
        table = target_tables.template(rows, catalog, codes, year, title)
        st.caption(
            _("{count} 行：每个地区、每项指标一行。填好后在“数据上报”上传；没有目标的行留空。").format(
                count=len(table.frame)
            )
        )
        offer_downloads(table, as_of_text(selection.watermark), key="target_template")
    st.page_link(str(links.UPLOAD_FILE), label=_("去数据上报，上传目标表"), icon=":material/upload_file:")
