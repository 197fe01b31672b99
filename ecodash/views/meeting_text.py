"""What 会议模式 says."""

from ecodash.domain.meeting import MeetingOrder
from ecodash.i18n import gettext as _
from ecodash.views import text


def intro() -> str:
    return _(
        "把要看的页面排好顺序，在大屏上全屏轮播：字大，五米外看得清；断线时保留最后的数据并自动重连。"
        "链接在新标签页打开，按 F 全屏，按空格暂停。"
    )


def no_orders(*, may_keep: bool) -> str:
    if not may_keep:
        return _("还没有保存过会议顺序。可以在下面排好页面，直接放映。")
    return _("还没有保存过会议顺序。排好页面后起个名称保存，以后点链接就能放映。")


def saved(name: str) -> str:
    return _("已保存会议顺序“{name}”。").format(name=text.escape(name))


def withdrawn(name: str) -> str:
    return _("已停用会议顺序“{name}”；已经打开的放映不受影响。").format(name=text.escape(name))


def withdraw_question(name: str) -> str:
    return _("停用“{name}”后，它不再列在这里；已发出的链接仍可打开。").format(name=text.escape(name))


def order_line(order: MeetingOrder, region: str, indicator: str) -> str:
    """What a kept order shows, in one line."""
    month = _("最新月份") if order.month is None else order.month.label
    parts = [
        region,
        month,
        _("{count} 个页面").format(count=len(order.stops)),
        _("每页 {seconds} 秒").format(seconds=order.seconds),
        order.theme.label,
    ]
    if order.level is not None:
        parts.append(_("按{level}比较").format(level=order.level.label))
    if indicator:
        parts.append(indicator)
    return " · ".join(text.escape(part) for part in parts)


def version_line(version: int, at: str, actor: str) -> str:
    return _("第 {version} 版，{at} {actor} 保存").format(version=version, at=at, actor=text.escape(actor))


def keys_table() -> str:
    """The keys of the screen, as Markdown."""
    rows = [
        (_("← →（翻页笔也可以）"), _("上一页、下一页")),
        (_("空格 或 P"), _("暂停、播放")),
        ("Home / End", _("第一页、最后一页")),
        ("F", _("全屏；再按一次或按 Esc 退出")),
        ("D", _("深色、浅色")),
        (_("H 或 ?"), _("显示按键说明")),
        (_("触摸屏"), _("左右滑动翻页，轻点显示按钮")),
    ]
    lines = [f"| {_('按键')} | {_('作用')} |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {key} | {meaning} |" for key, meaning in rows)])
