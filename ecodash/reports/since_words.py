"""What changed since a snapshot was made, in words: how much, by whom, the largest of it. In the language of the context."""

from collections.abc import Sequence

from ecodash.domain.since import Change, Since
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import exact_number, show_time
from ecodash.reports.sections import with_unit

MOST_PEOPLE = 4
_MOST_NAME = 60


def as_of(since: Since) -> str:
    time = show_time(since.then_at, missing="")
    if not time:
        return _("本页截至第 {batch} 批。").format(batch=since.then)
    return _("本页截至 {time} 第 {batch} 批。").format(time=time, batch=since.then)


def same_words(since: Since) -> str:
    if since.now == since.then:
        return _("截至目前没有更正，也没有补报。")
    return _("截至目前（第 {batch} 批）没有更正，也没有补报。").format(batch=since.now)


def has_cells(since: Since) -> bool:
    return bool(since.corrected or since.added or since.withdrawn)


def counts(since: Since) -> str:
    """更正 12 个、补报 30 个、撤回 1 个."""
    words = (
        (_("更正 {count} 个"), since.corrected),
        (_("补报 {count} 个"), since.added),
        (_("撤回 {count} 个"), since.withdrawn),
    )
    return _("、").join(word.format(count=f"{count:,}") for word, count in words if count)


def headline(since: Since) -> str:
    """What changed; where no report did, targets, or something the pages depend on besides their own reports."""
    if has_cells(since):
        return _("此后又{changes}数据").format(changes=counts(since))
    if since.targets:
        return _("此后有 {count} 个目标调整").format(count=since.targets)
    return _("此后有数字变化")


def by(since: Since) -> str:
    targets = ""
    if since.targets and has_cells(since):
        targets = _("，目标调整 {count} 个").format(count=since.targets)
    said = [batch_words(since.batches)] if since.batches else []
    people = [_("{name} {count} 个").format(name=clipped(name), count=f"{count:,}") for name, count in since.people]
    if len(people) > MOST_PEOPLE:
        people = [*people[:MOST_PEOPLE], _("其他 {count} 人").format(count=len(people) - MOST_PEOPLE)]
    if people:
        said.append(_("、").join(people))
    return targets + (_("（{words}）").format(words=_("，").join(said)) if said else "")


def batch_words(numbers: Sequence[int]) -> str:
    """第 49–53、57 批."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    if len(runs) > 4:
        return _("第 {first}–{last} 批中的 {count} 批").format(first=numbers[0], last=numbers[-1], count=len(numbers))
    spelled = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    return _("第 {numbers} 批").format(numbers=_("、").join(spelled))


def largest(change: Change | None) -> str:
    if change is None:
        return ""
    place = _("{region} {indicator} {month}").format(
        region=clipped(change.region_name), indicator=clipped(change.indicator_name), month=change.month_label
    )
    if change.after is None:
        return _("撤回最大：{place} 原 {value}").format(place=place, value=_amount(change.before, change.unit))
    if change.before is None:
        return _("补报最大：{place} {value}").format(place=place, value=_amount(change.after, change.unit))
    step = f"{_plain(change.before)} → {_amount(change.after, change.unit)}"
    return _("改动最大：{place} {step}").format(place=place, step=step)


def kept(since: Since) -> str:
    if since.shown:
        return _("因此页上有 {count} 处数字与现在不同。下面仍是当时的数字。").format(count=f"{since.shown:,}")
    if since.shown == 0:
        return _("页上的数字没有因此变化。")
    return _("下面仍是当时的数字。")


def _plain(value: float | None) -> str:
    """A report with every digit it has, so that two that differ never read alike."""
    exact = exact_number(value)
    whole, dot, rest = exact.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole not in ("", "-", "-0") else exact


def _amount(value: float | None, unit: str) -> str:
    return with_unit(_plain(value), unit)


def clipped(text: str) -> str:
    return text if len(text) <= _MOST_NAME else f"{text[:_MOST_NAME]}…"
