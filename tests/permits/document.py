"""docs/permissions.md, made from the rules themselves: `python -m tests.permits.document` writes it anew."""

from collections.abc import Iterable, Iterator

from ecodash.domain.access import RIGHTS, Grant, Right, Role
from ecodash.domain.regions import COUNTRY_KEY
from ecodash.i18n import CHINESE, speaking
from ecodash.i18n import gettext as _
from ecodash.permits import Reach, Rule
from ecodash.settings import PROJECT_ROOT
from ecodash.views.navigation import LOOKED_AT, MANAGED, NEEDED
from tests.permits.commands import COMMANDS
from tests.permits.exports import EXPORTS
from tests.permits.routes import ROUTES
from tests.permits.test_matrix import FUNCTIONS

FILE = PROJECT_ROOT / "docs" / "permissions.md"

_REACHES = {
    Reach.SOMEWHERE: "任一地区有此权限；只给出其中有权的部分",
    Reach.SIGNED_IN: "任何已登录的账号",
    Reach.GIVEN: "无：只处理交给它的内容",
    Reach.MACHINE: "只有系统自身和服务器管理人员",
}
_WHERE = {
    "of_selection": "所看的地区",
    "of_selection_for_asker": "所看的地区",
    "of_selection_and": "所看的地区，以及其中点名的地区",
    "of_region": "指定的地区；不指定即全部",
    "of_regions": "点名的各地区",
    "of_start": "指定的地区；不指定即本人的第一个地区",
    "of_codes": "要增加的各地区",
    "everywhere": "全部地区",
    "of_batch": "该批写过的各村（村多时为各乡镇）",
    "of_batch_file": "该批写过的各村；文件里另有未变的数时为所在的县",
    "of_upload": "文件里的全部地区，变与不变都算",
    "of_snapshot": "快照各页的地区",
    "of_snapshots": "两个快照各页的地区",
    "of_pages": "各页的地区",
    "of_edition": "各页的地区；例会名称已由其他地区使用的不行",
    "of_order": "会议顺序各页的地区",
    "of_rule": "规则所评的地区",
    "of_draft_rule": "规则所评的地区",
    "of_saved_rule": "规则所评的地区；名称已由其他地区使用的不行",
    "of_reasons": "规则所评的地区和写了理由的单位",
    "of_definition": "定义所涉的地区（综合评价和分组不涉及地区）",
    "of_change": "定义所涉的地区；名称已由他人或其他地区使用的不行",
    "of_boundary_set": "边界所在的县",
    "of_draft": "边界所在的县",
    "of_edits": "所改目标的各地区",
    "of_filing": "报送件的各地区",
    "of_filing_unless_own": "报送件的各地区；本人报送的不限",
    "of_account": "该账号现有的和要授予的全部地区；没有角色的账号为全部地区",
    "of_grants": "要授予的全部地区",
    "of_account_plan": "表中要授予的全部地区",
}
_INTRO = """# 权限

本文件由规则本身生成（`python -m tests.permits.document`），测试核对它与代码一致；每一格都由 `tests/permits` 真实调用过，
允许的能用，不允许的被拒绝。

- 一个账号可以有几个角色，每个角色在一个地区及其以下有效。**能做某事，当且仅当某个角色有这项权限、且它的地区包含所涉的全部地区。**
- 规则写在查询和操作上（`ecodash/permits`），网页、命令行（`--as 账号`）、网址、下载、快照都经过它；网页只显示本人能用的页面、按钮和地区。
- 按编号查找的（批次、快照、报送件、边界、定义），无权与不存在的答复相同。
- 服务器管理人员（命令行不带 `--as`，或 `ECODASH_OPEN=1` 试用模式）不受限制；未登录的什么都不能做。
- 不经审核直接发布，任何角色都没有这项权限。
"""


def document() -> str:
    """The whole text."""
    with speaking(CHINESE):
        return "\n".join(line.rstrip(" ") for line in _lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRO
    yield "## 角色和权限\n"
    yield from _table(
        ("权限", *(role.label for role in Role)),
        (
            (right.label, *("✓" if right in RIGHTS[role] else _optional(role, right) for role in Role))
            for right in Right
        ),
    )
    yield "\n（✓）：授予查看员时可另行勾选。\n"
    yield "## 页面\n"
    yield from _table(
        ("页面", "地址", "需要的权限（有其一即可）", "范围"),
        (
            (
                _(title), f"/{'' if name == 'overview' else name}",
                "、".join(right.label for right in NEEDED[name].rights),
                "全部地区" if NEEDED[name].is_whole else "任一地区；只显示有权的部分",
            )
            for name, title in (LOOKED_AT | MANAGED).items()
        ),
    )  # fmt: skip
    yield "\n“我的账号”和“退出登录”任何已登录的账号都能用。\n"
    yield "## 网址\n"
    yield from _table(("网址", "需要"), ((f"`{route}`", _said(needed)) for route, needed in ROUTES.items()))
    yield (
        "\n`/login`、`/logout`、`/setup` 用来登录，不需要权限；`/s/…` 是快照链接，凭链接、口令，或（快照如此设定时）"
        "凭有权查看其地区的账号打开。其余网址没有登录都不答复。\n"
    )
    yield "## 命令\n"
    yield from _table(("命令（带 `--as` 时）", "需要"), ((f"`{name}`", _said(one)) for name, one in COMMANDS.items()))
    yield "\n## 取走的文件\n"
    yield from _table(("文件", "需要"), ((kind.label, _said(needed)) for kind, needed in EXPORTS.items()))
    yield "\n快照自己的页面上提供的，凭能打开该快照；本人报送的文件本人可取。\n"
    yield "## 查询和操作\n"
    yield from _table(
        ("名称", "权限", "所涉地区"),
        ((f"`{name}`", *_rule(function.rule)) for name, function in sorted(FUNCTIONS.items())),  # type: ignore[attr-defined]
    )


def _optional(role: Role, right: Right) -> str:
    return "（✓）" if right in Grant(role, COUNTRY_KEY, sees_reported=True).rights else ""


def _said(needed: Right | Reach | str) -> str:
    return needed.label if isinstance(needed, Right) else _REACHES[needed] if isinstance(needed, Reach) else needed


def _rule(rule: Rule) -> tuple[str, str]:
    right = "—" if rule.right is None else rule.right.label
    if isinstance(rule.where, Reach):
        where = _REACHES[rule.where]
    else:
        name = rule.where.__qualname__.partition(".")[0]
        where = _WHERE.get(name, name)
    return right, where if rule.answer is None else f"{where}；答复所涉的地区也须有权"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
