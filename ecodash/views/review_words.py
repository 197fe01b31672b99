"""What 审核 says: the list, one filing, and what a decision does."""

from collections.abc import Sequence

from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.views import filing_words, text
from ecodash.views.filing_data import Filed


def title() -> str:
    return _("审核")


def waiting(count: int, clean: int) -> str:
    if clean:
        return _("**{count} 份报送件等您审核，其中 {clean} 份没有疑点、不改动已发布的数据。**").format(
            count=count, clean=clean
        )
    return _("**{count} 份报送件等您审核。**").format(count=count)


def nothing_waits() -> str:
    return _("没有等您审核的报送件。")


def open_mode() -> str:
    return _("现在是本机单人模式：提交的数据直接发布，不经审核。建立账号以后，填报员提交的数据会先到这里。")


def switched_off(places: Sequence[str]) -> str:
    return _("{places}已关闭审核：提交的数据直接发布，不会到这里来。").format(places=text.joined(places))


def may_not() -> str:
    return _("您的账号没有审核权限。您报送的数据办到哪一步，请到“数据上报”的“我的报送”里看。")


def choice(name: str, count: int) -> str:
    return f"{name} {count:,}"


def nothing_found() -> str:
    return _("没有符合条件的报送件。请换一个状态、月份或查找内容。")


# ── deciding on one ────────────────────────────────────────────────────────────────────────────────────────────────


def what_decisions_do() -> str:
    return _("**通过**：数据马上发布到看板。**退回**：什么也不发布，报送人看到您的意见后改正重报。")


def own_filing() -> str:
    return _("**这是您自己报送的，须由另一位审核人审核。** 您可以到“数据上报”的“我的报送”里撤回。")


def not_in_charge() -> str:
    return _("**您不负责审核其中的全部地区，不能通过或退回。** 请由上一级的审核人办理。")


def closed(months: Sequence[Month]) -> str:
    named = text.joined(month.label for month in months)
    return _(
        "**{months}已封账，不能通过。** 请退回；确需更改已封账的月份，请管理员在“报送日历”里说明理由、重新开放。"
    ).format(months=named)


def changes_nothing() -> str:
    return _("**里面的数据与看板现有数据完全相同，没有可以发布的内容。** 请退回，并说明原因。")


def contradicts(count: int) -> str:
    return _("**与看板现有数据有 {count} 处矛盾，不能通过。** 请退回，由报送人核对后重新报送：").format(count=count)


def fresh_doubts() -> str:
    return _("**报送以后又出现了新的疑点，报送人没有说明过。** 确实无误的，通过时请在审核意见里说明；否则请退回。")


def overlaps(number: int, actor: str, cells: int, *, is_later: bool) -> str:
    said = _("{number}（{actor}）也报送了其中 {cells:,} 格，正在等待审核。").format(
        number=filing_words.number(number), actor=text.escape(actor), cells=cells
    )
    more = _("那一份更新。") if is_later else _("那一份在先。")
    return said + more + _("后通过的会盖掉先通过的，请先弄清以哪一份为准。")


def shown_no_longer_holds() -> str:
    return _("下面已按最新数据重新比较，请再看一遍。")


def accept_question(one: Filed) -> str:
    return _("通过{number}：{place}，{months}，{actor} 报送。").format(
        number=filing_words.number(one.number),
        place=text.escape(filing_words.place(one)),
        months=filing_words.months(one),
        actor=text.escape(one.actor),
    )


def accept_does(new: int, changed: int) -> str:
    return _("{counts}：这些数据马上发布到看板，记为新的一批；有误可以撤销这一批。").format(
        counts=filing_words.cell_counts(new, changed)
    )


def accept_doubts(count: int) -> str:
    return _("其中有 {count} 处疑点，报送人已说明原因。请确认您已逐条看过。").format(count=count)


def remarks_unsent(count: int) -> str:
    return _("您记下的 {count} 条逐格意见只随退回发出；现在通过，这些意见不会发给报送人。").format(count=count)


def accepted(number: int, batch: int) -> str:
    return _("{number}已通过，发布为第 {batch} 批。看板已显示新的数据。").format(
        number=filing_words.number(number), batch=batch
    )


def return_question(one: Filed, remarks: int) -> str:
    said = _("退回{number}给{actor}修改。看板上的数据不变。").format(
        number=filing_words.number(one.number), actor=text.escape(one.actor)
    )
    if remarks:
        return said + _("您记下的 {count} 条逐格意见会一起发给报送人。").format(count=remarks)
    return said


def returned(one: Filed) -> str:
    return _("{number}已退回给{actor}。看板上的数据没有改变。").format(
        number=filing_words.number(one.number), actor=text.escape(one.actor)
    )


# ── remarks on cells ───────────────────────────────────────────────────────────────────────────────────────────────


def how_to_remark() -> str:
    return _("要对某几格提意见：在上表左边勾选这些行，在下面写下意见；退回时一起发给报送人。")


def ticked(count: int, first: Sequence[str]) -> str:
    named = text.joined(text.escape(name) for name in first)
    if count > len(first):
        return _("已勾选 {count} 格：{names}等").format(count=count, names=named)
    return _("已勾选 {count} 格：{names}").format(count=count, names=named)


def too_many_remarks(most: int) -> str:
    return _("一次退回最多写 {most} 格的意见。请写在总的意见里。").format(most=most)


def comment_label(*, is_needed: bool) -> str:
    return _("审核意见（必填：说明新出现的疑点）") if is_needed else _("审核意见（可以不填）")


# ── several at once ────────────────────────────────────────────────────────────────────────────────────────────────


def accept_several(count: int) -> str:
    return _("一起通过 {count} 份…").format(count=count) if count else _("一起通过…")


def bulk_help() -> str:
    return _("没有疑点、只有新增数据的报送件可以勾选，一起通过；其余的请逐份打开看。")


def bulk_question(count: int, cells: int) -> str:
    return _("下面 {count} 份报送件全部通过，共 {cells:,} 格数据马上发布到看板：").format(count=count, cells=cells)


def bulk_left_out(count: int) -> str:
    return _("另有 {count} 份与最新数据比较后有变化或疑点，不在其中，请逐份打开看。").format(count=count)


def bulk_line(one: Filed) -> str:
    return text.escape(
        text.listed(
            (
                filing_words.number(one.number),
                filing_words.place(one),
                filing_words.months(one),
                one.actor,
                filing_words.counts(one),
            )
        )
    )


def bulk_sure(count: int) -> str:
    return _("确定通过这 {count} 份").format(count=count)


def bulk_done(done: Sequence[tuple[int, int]]) -> str:
    """Which filings became which batches."""
    named = text.joined(_("第 {number} 份（第 {batch} 批）").format(number=one, batch=batch) for one, batch in done)
    return _("已通过 {count} 份：{names}。看板已显示新的数据。").format(count=len(done), names=named)


def bulk_refused(refused: Sequence[tuple[int, str]]) -> str:
    lines = "\n".join(f"- {filing_words.number(one)}：{text.escape(why)}" for one, why in refused)
    return _("**有 {count} 份没有通过：**").format(count=len(refused)) + f"\n\n{lines}"
