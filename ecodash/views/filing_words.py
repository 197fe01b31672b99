"""What is said of a filing wherever it is shown: to whoever handed it in and to whoever reviews it."""

from collections.abc import Iterable, Sequence

from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.domain.review import FilingState
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import show_time
from ecodash.views import batch_text, data, text
from ecodash.views.filing_data import Filed
from ecodash.views.phrases import Words

_STATES = Words(
    {
        FilingState.SUBMITTED.value: marked("◐ 待审核"),
        FilingState.ACCEPTED.value: marked("✔ 已通过"),
        FilingState.RETURNED.value: marked("↩ 已退回"),
        FilingState.WITHDRAWN.value: marked("✕ 已撤回"),
    }
)
_STEPS = Words(
    {
        FilingState.SUBMITTED.value: marked("提交审核"),
        FilingState.ACCEPTED.value: marked("审核通过"),
        FilingState.RETURNED.value: marked("退回"),
        FilingState.WITHDRAWN.value: marked("报送人撤回"),
    }
)
MOST_NAMED = 4


def state(found: FilingState) -> str:
    """A sign and a word."""
    return _STATES[found.value]


def step(found: str) -> str:
    """What was done in a step."""
    return _STEPS.get(found, found)


def number(one: int) -> str:
    return _("第 {number} 份报送件").format(number=one)


def numbers(several: Sequence[int]) -> str:
    """第 3、5、9 份报送件."""
    return _("第 {numbers} 份报送件").format(numbers=text.joined(map(str, several)))


def place(one: Filed) -> str:
    """The regions its figures are about, by name: a few towns, or the region above them with their number."""
    if 0 < len(one.regions) <= MOST_NAMED:
        return text.joined(_name(key) for key in one.regions)
    return _("{place}（{count} 个单位）").format(place=_name(one.region), count=len(one.regions))


def _name(key: int) -> str:
    if key == COUNTRY_KEY:
        return text.COUNTRY
    found = data.tree().find(key)
    return found.name if found else region_code(key)


def months(one: Filed) -> str:
    return batch_text.month_span(one.first_month.key, one.last_month.key)


def counts(one: Filed) -> str:
    """As it stood when it was handed in."""
    return cell_counts(one.new_count, one.changed_count)


def cell_counts(new: int, changed: int) -> str:
    """新增 30 格，更改 2 格."""
    parts = [_("新增 {count:,} 格").format(count=new)] if new else []
    parts += [_("更改 {count:,} 格").format(count=changed)] if changed else []
    return text.listed(parts) or _("没有变化")


def handed_in(one: Filed) -> str:
    return _("{actor} {time} 送达").format(actor=one.actor, time=show_time(one.received_at))


def last_step(one: Filed) -> str:
    """Who accepted or returned it when; nothing for what waits."""
    if one.state is FilingState.SUBMITTED:
        return ""
    return _("{actor} {time} {step}").format(
        actor=one.state_by, time=show_time(one.state_at), step=_STEPS[one.state.value]
    )


def by(one: Filed) -> str:
    return batch_text.by_channel(one.actor, one.channel)


def doubts(count: int) -> str:
    return _("▲ 有疑点 {count} 处").format(count=count)


def no_doubt() -> str:
    return _("✔ 没有疑点")


def is_late() -> str:
    return _("▼ 迟报")


def is_late_correction() -> str:
    return _("期限后更正")


def doubts_explained(rule: str, reasons: Iterable[str]) -> str:
    """A rule with how much it found, and the reporter's reasons, each once."""
    said = text.joined(dict.fromkeys(text.escape(reason) for reason in reasons))
    return _("**{rule}**　报送人的说明：{reasons}").format(rule=text.escape(rule), reasons=said)


def further_doubts(count: int) -> str:
    return _("其余 {count:,} 处").format(count=count)


def is_correction(answered: int) -> str:
    return _("↻ 订正第 {number} 份").format(number=answered)


def is_corrected(by: int) -> str:
    return _("↻ 已由第 {number} 份订正").format(number=by)


def is_own() -> str:
    return _("本人报送")


def is_closed(months: str) -> str:
    return _("■ {months}已封账").format(months=months)


def with_count(name: str, count: int) -> str:
    """审核（3）: a name with how much waits."""
    return _("{name}（{count}）").format(name=name, count=count) if count else name


# ── labels ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def who() -> str:
    return _("报送人")


def when() -> str:
    return _("送达时间")


def where() -> str:
    return _("地区")


def which_months() -> str:
    return _("数据月份")


def what() -> str:
    return _("数据")


def which_file() -> str:
    return _("文件")


def what_it_answers() -> str:
    return _("订正")


def digest(sha256: str) -> str:
    return _("文件校验值（SHA-256）：{sha256}").format(sha256=sha256)


# ── handing in ─────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_in(cells: int) -> str:
    return _("提交审核（{count:,} 格数据）").format(count=cells)


def what_handing_in_does(names: Sequence[str]) -> str:
    if not names:
        return _("提交后先由审核人核对；审核通过以前，看板上的数据不会改变。")
    return _("提交后由{names}审核；审核通过以前，看板上的数据不会改变。").format(names=_named(names))


def nobody_reviews() -> str:
    return _("**还没有人能审核这些地区的数据。** 可以提交，但要等管理员设定审核人以后才能通过。请告诉本系统管理员。")


def handed_in_receipt(one: int) -> str:
    return _("**已提交审核：第 {number} 份报送件。** 审核通过以前，看板上的数据不变。").format(number=one)


def reviewers(names: Sequence[str]) -> str:
    return _named(names) or _("还没有设定审核人")


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    shown = text.joined(listed[:MOST_NAMED])
    return _("{names}等 {count} 人").format(names=shown, count=len(listed)) if len(listed) > MOST_NAMED else shown


def already_waiting(one: int) -> str:
    return _("**这个文件已经提交过，正在等待审核：第 {number} 份报送件。** 不需要再提交。").format(number=one)


def others_waiting(found: Sequence[int]) -> str:
    return _(
        "您的{numbers}也在等待审核，地区和月份与这个文件相同。这个文件如果包含它的全部数据，会自动代替它；否则两份都要审核。"
    ).format(numbers=numbers(found))


def correcting(one: int) -> str:
    return _("正在订正{number}：请选择改好的文件，检查后再次提交审核。").format(number=number(one))


def waiting_for_correction(count: int) -> str:
    return _("您有 {count} 份报送件被退回，需要改正后重新提交。").format(count=count)


# ── remarks of the reviewer ────────────────────────────────────────────────────────────────────────────────────────


def remarks_title(count: int) -> str:
    return _("审核人逐格的意见（{count} 格）").format(count=count)


def marked_file_name(name: str) -> str:
    stem, dot, _ending = name.rpartition(".")
    return _("{name}_审核意见.xlsx").format(name=(stem if dot else name) or _("上报表"))


# ── withdrawing ────────────────────────────────────────────────────────────────────────────────────────────────────


def withdraw_question(one: Filed) -> str:
    return _(
        "撤回以后，审核人不再看到{number}（{place}，{months}），看板上的数据不变。撤回不能恢复，需要时请重新上传文件。"
    ).format(number=number(one.number), place=text.escape(place(one)), months=months(one))


def withdrawn(one: int) -> str:
    return _("{number}已撤回。看板上的数据没有改变。").format(number=number(one))


def filing_unknown(one: int) -> str:
    return _("没有{number}，或者您没有查看它的权限。下面是您能看到的报送。").format(number=number(one))
