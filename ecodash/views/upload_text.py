"""Strings of 数据上报 and of the first screen: see ecodash.views.text for the others."""

from collections.abc import Iterable

from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.views.phrases import Words, said
from ecodash.views.phrases import upload as phrases
from ecodash.views.text import escape, joined

PARTS = Words(
    {
        "submit": marked("上报数据"),
        "filings": marked("我的报送"),
        "template": marked("下载模板"),
        "reporting": marked("填报情况"),
        "batches": marked("历次提交"),
    }
)


def __getattr__(name: str) -> str:
    return said(phrases, name)


# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────


def steps(*, is_reviewed: bool) -> tuple[tuple[str, str], ...]:
    """What to do, one after the other: a word, and how.

    Args:
        is_reviewed: whether what is handed in waits for another person.
    """
    chosen = phrases.STEPS_REVIEWED if is_reviewed else phrases.STEPS
    return tuple((_(what), _(how)) for what, how in chosen)


def file_in_hand(name: str, size: str) -> str:
    return _("正在处理：**{name}**（{size}）").format(name=escape(name), size=size)


def file_size(size: int) -> str:
    if size < 1024:
        return _("{size:,} 字节").format(size=size)
    return f"{size / 1024:,.1f} KB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"


# ── 识别结果 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def counted(title: str, count: int, unit: str) -> str:
    """栏目对照（12 列）; English has no use for the measure word."""
    return f"{title} ({count:,})" if is_english() else f"{title}（{count:,} {unit}）"


def sheets_read(read: list[str], unread: list[str]) -> str:
    said_of = joined(f"“{name}”" for name in read) if read else _("没有读取任何工作表")
    if not unread:
        return said_of
    return _("{read}；没有读取：{unread}").format(read=said_of, unread=joined(f"“{name}”" for name in unread))


def hidden_sheet(name: str) -> str:
    return _("{name}（隐藏）").format(name=name)


def header_at(layout: str, rows: tuple[int, ...], *, is_turned: bool) -> str:
    if len(rows) == 1:
        where = _("{layout}，表头在第 {row} 行").format(layout=layout, row=rows[0])
    else:
        where = _("{layout}，表头在第 {first} 至 {last} 行").format(layout=layout, first=rows[0], last=rows[-1])
    return _("{where}，行列颠倒，已转正").format(where=where) if is_turned else where


def month_list(months: list[Month]) -> str:
    if len(months) > 4:
        return _("{first}至{last}，共 {count} 个月").format(
            first=months[0].label, last=months[-1].label, count=len(months)
        )
    return joined(month.label for month in months)


def rows_read(rows: int, left_out: dict[str, int]) -> str:
    if not left_out:
        return _("{count:,} 行").format(count=rows)
    words = joined(f"{why} {count:,}" for why, count in left_out.items())
    return _("{count:,} 行；没有读取：{left_out}").format(count=rows, left_out=words)


def columns_read(total: int, figures: int, guessed: int, unknown: int, remembered: int, ignored: int) -> str:
    parts = [_("{total} 列，其中指标 {figures} 列").format(total=total, figures=figures)]
    parts += [_("待确认 {count} 列").format(count=guessed)] if guessed else []
    parts += [_("不认识 {count} 列").format(count=unknown)] if unknown else []
    parts += [_("按您上次的选择 {count} 列").format(count=remembered)] if remembered else []
    parts += [_("不读取 {count} 列").format(count=ignored)] if ignored else []
    return _("，").join(parts)


def decoded(parts: Iterable[str]) -> str:
    return _("，").join(part for part in parts if part)


def remark_count(what: str, count: int) -> str:
    return _("{what} {count:,} 格").format(what=what, count=count)


def confidence(percent: int) -> str:
    return f"{percent}%"


def unit_change(written: str, own: str) -> str:
    return f"{written} → {_(own)}"


def more_rows(count: int) -> str:
    return _("还有 {count:,} 行没有列在这里。").format(count=count)


def row_place(sheet: str, row: int) -> str:
    """第 5 行, led by the sheet where there are several."""
    where = _("第 {row} 行").format(row=row)
    return f"{sheet} {where}" if sheet else where


def column_place(letter: str) -> str:
    return _("{letter} 列").format(letter=letter)


def bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape(line)}" for line in lines)


# ── what a column means ────────────────────────────────────────────────────────────────────────────────────────────


def column_named(header: str) -> str:
    return _("列“{header}”").format(header=escape(header))


def guess_question(header: str, target: str, percent: int) -> str:
    return _("表头“**{header}**”是不是“**{target}**”？（相似度 {percent}%）").format(
        header=escape(header), target=escape(target), percent=percent
    )


def guess_right(target: str) -> str:
    return _("是，就是“{target}”").format(target=escape(target))


def role_choice(role: str) -> str:
    return _("栏目：{role}").format(role=role)


# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def faults_found(count: int, kinds: int, *, is_more: bool) -> str:
    number = _("{count:,} 处以上") if is_more else _("{count:,} 处")
    found = number.format(count=count)
    if kinds > 1:
        found = _("{found}问题，分 {kinds} 类").format(found=found, kinds=kinds)
    else:
        found = _("{found}问题").format(found=found)
    return _(
        "**发现 {found}，没有提交任何数据。** 请按下面的说明逐条修改，再重新上传；也可以下载批注表对照着改。"
    ).format(found=found)


def kind_shown(shown: int, count: int) -> str:
    if shown >= count:
        return _("{count:,} 处").format(count=count)
    return _("{count:,} 处，列出 {shown} 处").format(count=count, shown=shown)


def kind_count(kind: str, count: int) -> str:
    return f"{kind} {count:,}"


def faults_shown(first: int, last: int, total: int) -> str:
    return _("第 {first:,} 至 {last:,} 处，共 {total:,} 处，按行排列。").format(first=first, last=last, total=total)


def annotated_name(file_name: str) -> str:
    stem, dot, _ending = file_name.rpartition(".")
    return _("{name}_批注.xlsx").format(name=(stem if dot else file_name) or _("上报表"))


# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def doubts_of_rule(rule: str, count: int, *, is_more: bool) -> str:
    """A rule with how many it found; is_more: not all of them are listed."""
    if is_more:
        if not count:
            return _("{rule}（多处）").format(rule=rule)
        return _("{rule}（{count:,} 处以上）").format(rule=rule, count=count)
    return _("{rule}（{count:,} 处）").format(rule=rule, count=count)


def more_doubts(count: int) -> str:
    return _("还有 {count:,} 处，请下载完整清单查看。").format(count=count)


def waiting_for(rules: list[tuple[str, bool, bool]]) -> str:
    """Why a commit waits: rules with what they lack, a tick or a reason."""
    parts = []
    for rule, is_ticked, has_reason in rules:
        lacks = [name for name, holds in ((_("打勾"), is_ticked), (_("写原因"), has_reason)) if not holds]
        parts.append(_("“{rule}”还没有{lacks}").format(rule=rule, lacks=joined(lacks)))
    return _("还不能提交：{parts}。写完原因请按回车。").format(parts=_("；").join(parts))


# ── the difference ─────────────────────────────────────────────────────────────────────────────────────────────────

CHANGES = Words({"changed": marked("更改"), "new": marked("新增"), "unchanged": marked("不变")})


def cells(count: int) -> str:
    return _("{count:,} 格").format(count=count)


def changes_shown(shown: int, total: int) -> str:
    return _("这里只显示前 {shown:,} 格，共 {total:,} 格；下载的文件里最多 20,000 格。").format(
        shown=shown, total=total
    )


def totals_of(place: str) -> str:
    return _("{place}合计").format(place=place)


def rank_step(before: int | None, after: int | None) -> str:
    """3 → 1; 未排名 → 5."""
    shown = [_(phrases.NOT_RANKED) if rank is None else str(rank) for rank in (before, after)]
    return " → ".join(shown)


def rank_words(before: int | None, after: int | None) -> str:
    if before is None:
        return _(phrases.ENTERS)
    if after is None:
        return _(phrases.LEAVES)
    if before > after:
        return _("↑ 升 {places} 位").format(places=before - after)
    return _("↓ 降 {places} 位").format(places=after - before)


def rank_summary(months: str, risen: int, fallen: int, entered: int, left: int) -> str:
    counts = ((_("名次上升"), risen), (_("名次下降"), fallen), (_(phrases.ENTERS), entered), (_(phrases.LEAVES), left))
    parts = [_("{word} {count:,} 个").format(word=word, count=count) for word, count in counts if count]
    return _("{months}：{parts}。").format(months=months, parts=_("，").join(parts))


def commit_cells(count: int) -> str:
    return _("确认提交 {count:,} 格数据").format(count=count)


def nothing_changes(file_batch: int | None) -> str:
    words = _("文件中的数据与系统现有数据完全相同，不需要再提交。")
    if file_batch is None:
        return f"**{words}**"
    return _("**这个文件已经在第 {batch} 批提交过。** {words}").format(batch=file_batch, words=words)


def name_and_code(name: str, code: str) -> str:
    return _("{name}（{code}）").format(name=name, code=code)


# ── first start ────────────────────────────────────────────────────────────────────────────────────────────────────


def loading_file(done: int, total: int, name: str) -> str:
    return _("正在装入（{done}/{total}）：{name}").format(done=done, total=total, name=escape(name))


def no_region_named(sought: str) -> str:
    return _("没有找到“{sought}”。请换一个写法，或逐级选择。").format(sought=escape(sought[:40]))


def take_region(name: str) -> str:
    return _("选择{name}").format(name=name)
