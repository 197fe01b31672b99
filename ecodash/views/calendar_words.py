"""What 报送日历 says: deadlines, closed months, whether figures are reviewed, and who is to be reminded."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ecodash.domain.calendar import BEIJING
from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked
from ecodash.views import text
from ecodash.views.phrases import Words

STATES = Words(
    {
        "returned": marked("↩ 退回待改"),
        "missing": marked("○ 全部未报"),
        "waiting": marked("◐ 待审核"),
        "partial": marked("◔ 部分未报"),
        "late": marked("▼ 报齐但迟报"),
        "complete": marked("✔ 已按时报齐"),
    }
)
"""States of queries.review_status, what needs doing first."""


def title() -> str:
    return _("报送日历")


def last_day(due: datetime) -> str:
    """2026年11月5日 24:00: a deadline is the end of a day, wherever it is; else its time."""
    local = due.astimezone(BEIJING)
    if (local.hour, local.minute) == (0, 0):
        return f"{_day(local - timedelta(days=1))} 24:00"
    return f"{_day(local)} {local:%H:%M}"


def _day(moment: datetime) -> str:
    if is_english():
        return f"{moment.day} {Month(moment.year, moment.month).label}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


def short_day(due: datetime) -> str:
    """11-05: the last day, for a table."""
    return f"{(due.astimezone(BEIJING) - timedelta(seconds=1)):%m-%d}"


def due_line(due: datetime, *, is_past: bool, is_usual: bool) -> str:
    said = _("{due}（北京时间），已经截止").format(due=last_day(due))
    if not is_past:
        said = _("{due}（北京时间），还没有到").format(due=last_day(due))
    return said if is_usual else _("{said}；比平常有调整").format(said=said)


def changed_by(actor: str, time: str, reason: str) -> str:
    said = _("{actor} {time} 设定").format(actor=actor, time=time)
    return _("{said}，理由：{reason}").format(said=said, reason=reason) if reason else said


def open_or_closed(*, is_closed: bool) -> str:
    return _("■ 已封账：不再接受上报和更改") if is_closed else _("□ 开放：可以上报和更改")


def reviewed_or_not(*, is_reviewed: bool) -> str:
    return _("✔ 先审核、后发布") if is_reviewed else _("✕ 已关闭审核：提交后直接发布")


def cell(due: str, accepted: int, villages: int, *, is_closed: bool) -> str:
    """■ 已封账 30/30 村; 截止 11-05　28/30 村."""
    counts = _("{accepted}/{villages} 村").format(accepted=accepted, villages=villages)
    state = _("■ 封账") if is_closed else _("截止 {day}").format(day=due)
    return f"{state}　{counts}"


def month_of(place: str, month: Month) -> str:
    return _("{place}　{month}").format(place=place, month=month.label)


# ── who has handed in ──────────────────────────────────────────────────────────────────────────────────────────────


def units(count: int) -> str:
    return _("{count:,} 个").format(count=count)


def all_done() -> str:
    return _("各单位都已报齐，没有要催的。")


def reminder(
    place: str, month: Month, due: datetime, now: datetime, *, missing: Sequence[str], partial: Sequence[str],
    returned: Sequence[str],
) -> str:  # fmt: skip
    """A text for a group chat; Chinese, as it goes to those who report. Whoever handed in and waits is not reminded."""
    is_past = now >= due
    lines = [
        f"【{place}人居环境整治数据上报提醒】",
        f"{month.label}数据{'已于' if is_past else '请于'}{last_day(due)}{'截止，请尽快补报' if is_past else '前上报'}。"
        f"截至 {now.astimezone(BEIJING):%m月%d日 %H:%M}：",
    ]
    for label, names in (("尚未上报", missing), ("未报齐", partial), ("退回待改，请改正后重新上报", returned)):
        if names:
            lines.append(f"{label}（{len(names)} 个）：{'、'.join(names)}。")
    return "\n".join(lines)


def partly(name: str, accepted: int, villages: int) -> str:
    return f"{name}（{accepted}/{villages} 个村）"


# ── deadlines, closing ─────────────────────────────────────────────────────────────────────────────────────────────


def deadline_question(place: str, month: Month) -> str:
    return _("{place}{month}的数据，最迟哪一天报？当天 24:00 以后送达的算迟报。").format(
        place=text.escape(place), month=month.label
    )


def deadline_past() -> str:
    return _("现在的期限已经过了：改期限会改变谁算迟报，须写明理由。")


def deadline_set(place: str, month: Month, due: datetime) -> str:
    return _("{place}{month}的上报期限已改为{due}。").format(
        place=text.escape(place), month=month.label, due=last_day(due)
    )


def nothing_changed() -> str:
    return _("和原来一样，没有改动。")


def close_question(place: str, month: Month) -> str:
    return _(
        "封账以后，{place}{month}的数据不能再上报、更改或撤销，各页面的数字就此固定。确需更改时，由管理员说明理由后重新开放。"
    ).format(place=text.escape(place), month=month.label)


def still_waiting(count: int) -> str:
    return _(
        "**还有 {count} 份报送件在等待审核。** 封账以后它们不能再通过。请先到“审核”办完；一定要现在封账，请打勾。"
    ).format(count=count)


def closes_anyway() -> str:
    return _("仍然封账，让它们不能通过")


def still_missing(count: int) -> str:
    return _("还有 {count} 个单位没有报齐，封账以后不能补报。").format(count=count)


def closed(place: str, month: Month) -> str:
    return _("{place}{month}已封账。").format(place=text.escape(place), month=month.label)


def open_question(place: str, month: Month) -> str:
    return _("重新开放以后，{place}{month}的数据又可以上报和更改。理由会记入审计日志。").format(
        place=text.escape(place), month=month.label
    )


def opened(place: str, month: Month) -> str:
    return _("{place}{month}已重新开放。").format(place=text.escape(place), month=month.label)


def closed_everywhere() -> str:
    return _("这个月是对全部地区一起封账的，只能由全部地区的管理员一起重新开放。")


def review_off_question(place: str) -> str:
    return _("关闭审核以后，{place}的填报员提交的数据不经任何人核对，直接发布到看板。已在等待审核的仍须审核。").format(
        place=text.escape(place)
    )


def review_on_question(place: str) -> str:
    return _("开启审核以后，{place}的填报员提交的数据先由审核人核对，通过后才发布到看板。").format(
        place=text.escape(place)
    )


def review_switched(place: str, *, is_reviewed: bool) -> str:
    if is_reviewed:
        return _("{place}已开启审核。").format(place=text.escape(place))
    return _("{place}已关闭审核。").format(place=text.escape(place))
