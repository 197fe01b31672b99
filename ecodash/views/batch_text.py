"""Strings of 历次提交, of receipts and of the undo: see ecodash.views.text for the others."""

from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import is_missing
from ecodash.views.phrases import Words, said
from ecodash.views.phrases import batch as phrases
from ecodash.views.text import escape, joined

CHANNELS = Words({"page": marked("网页"), "cli": marked("命令行"), "api": marked("接口"), "system": marked("系统")})


def __getattr__(name: str) -> str:
    return said(phrases, name)


# ── receipt ────────────────────────────────────────────────────────────────────────────────────────────────────────


def rows(count: int) -> str:
    return _("{count:,} 行").format(count=count)


def receipt_title(batch: int) -> str:
    return _("**提交成功：第 {batch} 批。** 各页面已经显示新的数据。").format(batch=batch)


def receipt_detail(new: int, changed: int, unchanged: int) -> str:
    return _("新增 {new:,} 格，更改 {changed:,} 格，不变 {unchanged:,} 格。").format(
        new=new, changed=changed, unchanged=unchanged
    )


def receipt_name(batch: int) -> str:
    return _("第{batch}批回执.html").format(batch=batch)


# ── one batch ──────────────────────────────────────────────────────────────────────────────────────────────────────


def batch_number(batch: int) -> str:
    return _("第 {batch} 批").format(batch=batch)


def batch_state(
    kind: str, undoes: object, undone_by: int | None, partly_undone_by: int | None, *, is_partial: bool
) -> str:
    if kind == "undo":
        undone = int(str(undoes).split(".")[0])
        if is_partial:
            return _("撤销第 {batch} 批的一部分").format(batch=undone)
        return _("撤销第 {batch} 批").format(batch=undone)
    if undone_by is not None:
        return _("已由第 {batch} 批撤销").format(batch=undone_by)
    if partly_undone_by is not None:
        return _("已由第 {batch} 批撤销一部分").format(batch=partly_undone_by)
    return _("有效")


def month_span(first: object, last: object) -> str:
    if is_missing(first):
        return ""
    begin, end = (Month.from_key(int(float(str(key)))) for key in (first, last))
    return begin.label if begin == end else _("{first}至{last}").format(first=begin.label, last=end.label)


def batch_label(number: int, file_name: str, cell_count: int) -> str:
    return _("第 {batch} 批，{file}，{cells:,} 格").format(batch=number, file=file_name, cells=cell_count)


def undo_label(number: int, undoes: int) -> str:
    return _("第 {batch} 批，撤销第 {undoes} 批").format(batch=number, undoes=undoes)


def rows_and_cells(rows: int, cells: int) -> str:
    return _("{rows:,} 行，{cells:,} 格").format(rows=rows, cells=cells)


def file_with_size(name: str, size: str) -> str:
    return _("{name}（{size}）").format(name=name, size=size) if size else name


def by_channel(actor: str, channel: str) -> str:
    return _("{actor}（{channel}）").format(actor=actor, channel=CHANNELS.get(channel, channel))


def changed_cells(count: int) -> str:
    return _("更改了什么（{count:,} 格）").format(count=count)


def only_first(count: int, total: int) -> str:
    return _("这里只显示前 {count:,} 格，共 {total:,} 格。").format(count=count, total=total)


# ── undo ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def want_undo(number: int) -> str:
    return _("撤销第 {batch} 批…").format(batch=number)


def whole_undo(cells: int) -> str:
    said_of = _("这一批的 {cells:,} 格数据后来都没有被修改过，可以整批撤销。").format(cells=cells)
    return f"{said_of}{_(phrases.UNDO_EXPLAINED)}"


def partial_undo(kept: int, later: str, free: int) -> str:
    said_of = _(
        "**不能整批撤销：其中 {kept:,} 格后来又被{later}修改过。** "
        "可以只撤销其余 {free:,} 格，被修改过的保持现在的数值，列在下面。"
    ).format(kept=kept, later=later, free=free)
    return f"{said_of}{_(phrases.UNDO_EXPLAINED)}"


def no_undo(kept: int, later: str) -> str:
    return _(
        "**不能撤销：仍在使用的 {kept:,} 格后来都被{later}修改过。** 请先撤销这些批次，或直接上报更正后的数据。"
    ).format(kept=kept, later=later)


def later_batches(numbers: tuple[int, ...]) -> str:
    named = joined(batch_number(number) for number in numbers[:5])
    return _("{batches}等").format(batches=named) if len(numbers) > 5 else named


def undo_confirmation(label: str) -> str:
    return _("我确认撤销：{label}").format(label=escape(label))


def undo_batch(number: int) -> str:
    return _("撤销第 {batch} 批").format(batch=number)


def undo_rest(cells: int) -> str:
    return _("撤销其余部分（{cells:,} 格）").format(cells=cells)


def undone(number: int, by: int) -> str:
    return _("第 {batch} 批已撤销，记为第 {by} 批。各页面已恢复为原来的数值。").format(batch=number, by=by)


def undone_rest(number: int, by: int, cells: int, kept: int) -> str:
    return _("第 {batch} 批的其余 {cells:,} 格已撤销，记为第 {by} 批；{kept:,} 格保持后来修改的数值。").format(
        batch=number, cells=cells, by=by, kept=kept
    )
