"""Sentences of 指标管理."""

from collections.abc import Sequence

from ecodash.domain.indicators import Indicator
from ecodash.i18n import gettext as _
from ecodash.views import text


def title() -> str:
    return _("指标管理")


def introduction(count: int, unused: int) -> str:
    said = _("共 {count} 项指标，其中停用 {unused} 项。").format(count=count, unused=unused)
    return said + _("选一项指标，可以查看口径、停用或恢复使用，并登记本地文件里这一列的叫法。")


def where_added() -> str:
    return _(
        "增加指标或修改口径、单位：由管理服务器的人改文件 data/catalog/indicators.toml（文件开头有写法说明），重新启动后生效；"
        "写错时系统会指出哪一项有问题，不会带错运行。"
    )


def usual_headings(entry: Indicator) -> str:
    return _("系统已经认识的列名：{names}").format(names=text.joined([entry.name, *entry.aliases]))


def reports_line(reports: int, last: str) -> str:
    if not reports:
        return _("还没有数据。")
    return _("现有数据 {count} 个，最近为{month}。").format(count=f"{reports:,}", month=last)


def use_help() -> str:
    return _(
        "停用后，填报模板、催报和各页面的指标选项里不再出现这项指标；已有的数据、排名链接、目标和快照都不受影响，随时可以恢复。"
        "文件里仍有这一列的，照常读取。"
    )


def headings_help() -> str:
    return _(
        "本地文件里这一列的其他叫法，一行一个，照表头原文写，不写单位。登记后对所有人上传的文件都有效；填报人自己选定过的叫法优先。"
    )


def affects(ratios: Sequence[Indicator]) -> str:
    return _("“{names}”由它计算。停用后没有新的数据，这些指标也会变旧或算不出来。").format(
        names=text.joined(one.label for one in ratios)
    )


def saved(entry: Indicator, *, is_used: bool, was_used: bool) -> str:
    if is_used and not was_used:
        return _("已恢复使用“{name}”。").format(name=entry.label)
    if was_used and not is_used:
        return _("已停用“{name}”，已有数据不变。").format(name=entry.label)
    return _("已保存“{name}”的列名。").format(name=entry.label)


def use_word(*, is_used: bool) -> str:
    return _("✔ 在用") if is_used else _("✕ 停用")
