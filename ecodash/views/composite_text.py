"""Sentences of 综合评价: how a score is made, what a missing item does, what was saved."""

from ecodash.domain.composite import Composite
from ecodash.domain.definitions import Definition
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.views import data, text


def introduction() -> str:
    return _(
        "把几项指标各自换算成 0–100 分，再按权重合成一个总分，用来排名。权重合计必须是 100%；每次保存留一个版本，旧链接仍按旧版本计算。"
    )


def total_line(total: float) -> str:
    """权重合计 90%，还差 10%: a word besides the number."""
    shown = f"{round(total, 2):g}"
    if round(total, 2) == 100:
        return _("✔ 权重合计 100%")
    if total < 100:
        return _("▼ 权重合计 {total}%，还差 {rest}%").format(total=shown, rest=f"{round(100 - total, 2):g}")
    return _("▲ 权重合计 {total}%，多了 {rest}%").format(total=shown, rest=f"{round(total - 100, 2):g}")


def no_items() -> str:
    return _("在表的最后一行选一项指标、填权重，就能看到排名预览。")


def missing_rule() -> str:
    return _(
        "某单位缺几项时，得分只按有数据的项折算，并写明有多少权重有数据；有数据的权重不到这个数的，不参加排名，列为“缺项”。"
    )


def scoring_rules() -> list[str]:
    """The methods in words, as domain.composite.Scoring defines them."""
    return [
        _(
            "**最好最差之间**（常用）：参加排名的单位中，这一项最好的得 100 分，最差的得 0 分，其余按比例；"
            "所有单位都一样时，都得 100 分。越低越好的指标，最低的得 100 分。各单位的差距会拉开，但分数只在这次排名里可比。"
        ),
        _(
            "**按满分值折算**：达到填写的满分值得 100 分，不到的按比例，超过的仍是 100 分。越低越好的指标，0 得 100 分，"
            "达到满分值得 0 分。"
        ),
        _("**直接用数值**：适合百分比和得分，数值就是分数，低于 0 记 0、高于 100 记 100；越低越好的用 100 减去它。"),
        _("总分 = 各项分数 × 权重之和 ÷ 有数据的权重之和。") + missing_rule(),
        _("未上报的项不是 0 分，是缺项。"),
    ]


def weights(version: Definition) -> str:
    """The weights of a version in one line."""
    try:
        composite = Composite.from_content(version.content, version.name)
    except UserError:
        return ""
    names = [
        _("{name} {weight}%").format(name=_label(item.indicator), weight=f"{item.weight.normalize():f}")
        for item in composite.items
    ]
    return text.joined(names)


def _label(code: str) -> str:
    return data.catalog()[code].label if code in data.catalog() else code


def saved(name: str, version: int, *, is_new: bool) -> str:
    shown = text.escape(name)
    if is_new:
        return _("“{name}”已保存，可以在“排名”页的指标中选它。").format(name=shown)
    return _("“{name}”已保存为第 {version} 版。").format(name=shown, version=version)
