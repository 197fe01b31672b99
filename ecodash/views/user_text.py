"""Sentences of 用户管理."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from ecodash.domain.access import Actor, Grant
from ecodash.domain.accounts import Account
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import account_text, data, text


class State(StrEnum):
    """How an account stands, the first of these that holds."""

    DISABLED = "disabled"
    LOCKED = "locked"
    MUST_CHANGE = "must_change"
    GOOD = "good"

    @property
    def label(self) -> str:
        return {
            State.DISABLED: _("✕ 停用"),
            State.LOCKED: _("▲ 锁定"),
            State.MUST_CHANGE: _("◐ 待改密"),
            State.GOOD: _("✔ 正常"),
        }[self]


def state_of(account: Account, now: datetime) -> State:
    if account.is_disabled:
        return State.DISABLED
    if account.is_locked(now):
        return State.LOCKED
    return State.MUST_CHANGE if account.must_change else State.GOOD


def state_line(account: Account, now: datetime) -> str:
    """The state, and what it means for whoever signs in."""
    state = state_of(account, now)
    more = {
        State.DISABLED: _("不能登录"),
        State.LOCKED: _("多次输错密码，{time} 后可再试").format(time=show_time(account.locked_until)),
        State.MUST_CHANGE: _("下次登录须先改密码"),
        State.GOOD: "",
    }[state]
    return _("{state}（{more}）").format(state=state.label, more=more) if more else state.label


def title() -> str:
    return _("用户管理")


def state_choice(label: str, count: int) -> str:
    return _("{label} {count}").format(label=label, count=count)


def none_yet() -> str:
    return _("还没有账号。请先新增用户，或从表格导入。")


def open_mode() -> str:
    return _("现在是试用模式：本机不用登录。建好账号后，去掉环境变量 ECODASH_OPEN 重新启动，各人就要凭账号登录。")


def nobody_found(searched: str) -> str:
    return _("没有找到“{searched}”。请换个关键字，或选“全部”。").format(searched=text.escape(searched))


def grant_line(grant: Grant) -> str:
    """填报员：丰都县 暨龙镇."""
    return _("{role}：{place}").format(role=grant.role.label, place=account_text.place(data.tree(), grant.region))


def grants_line(grants: Iterable[Grant]) -> str:
    return _("；").join(map(grant_line, grants)) or _("没有角色，登录后看不到数据")


def allowed(grant: Grant) -> str:
    """在丰都县 暨龙镇：查看数据、上报数据 …"""
    return _("在{place}可以：{rights}").format(
        place=account_text.place(data.tree(), grant.region), rights=account_text.rights(grant)
    )


def why_not(actor: Actor, account: Account) -> str:
    if actor.account == account.number:
        return _("这是您自己的账号，不能在这里更改。改密码、退出登录请到“我的账号”；其他更改请由另一位管理员办理。")
    return _("这个账号还有您不管理的地区的角色，不能由您更改。请联系管理上一级地区的管理员。")


# ── what was done ──────────────────────────────────────────────────────────────────────────────────────────────────


def created(account: Account) -> str:
    return _("已新增用户“{name}”（{login}）。").format(name=account.name, login=account.login)


def imported(count: int) -> str:
    return _("已建立 {count} 个账号。").format(count=count)


def changed_grants(account: Account) -> str:
    return _("已更改“{name}”的角色和地区，对方下一次点击起生效。").format(name=account.name)


def disabled(account: Account) -> str:
    if account.is_disabled:
        return _("已停用“{name}”，对方已打开的页面下一次点击起失效。").format(name=account.name)
    return _("已恢复“{name}”，可以登录了。").format(name=account.name)


def reset_password(account: Account) -> str:
    return _("已为“{name}”重置密码，原来的登录全部退出。").format(name=account.name)


def reset_totp(account: Account) -> str:
    return _("已取消“{name}”的动态验证码，对方可以重新开通。").format(name=account.name)


def unlinked(account: Account) -> str:
    return _("已解除“{name}”与单位统一登录的绑定。").format(name=account.name)


def signed_out(account: Account, count: int) -> str:
    return _("已让“{name}”退出全部 {count} 处登录。").format(name=account.name, count=count)


# ── what is asked before ───────────────────────────────────────────────────────────────────────────────────────────


def disable_question(account: Account) -> str:
    return _(
        "停用“{name}”（{login}）？停用后不能登录，已打开的页面下一次点击起失效；他做过的上报、审核和快照都保留。"
    ).format(name=account.name, login=account.login)


def enable_question(account: Account) -> str:
    return _("恢复“{name}”（{login}）？恢复后按原来的角色和地区登录。").format(name=account.name, login=account.login)


def password_question(account: Account) -> str:
    return _("给“{name}”（{login}）换一个初始密码？原密码立即失效，各处登录全部退出，下次登录须先改密码。").format(
        name=account.name, login=account.login
    )


def totp_question(account: Account) -> str:
    return _("取消“{name}”的动态验证码？对方换手机、丢手机时才需要。取消后只凭密码登录，请提醒对方重新开通。").format(
        name=account.name
    )


def oidc_question(account: Account) -> str:
    return _(
        "解除“{name}”与单位统一登录的绑定？下一个以账号 {login} 从统一登录进来的人会绑定到这个账号，请先核实。"
    ).format(name=account.name, login=account.login)


def sign_out_question(account: Account, count: int) -> str:
    return _("让“{name}”退出全部 {count} 处登录？对方须重新登录。").format(name=account.name, count=count)


# ── first passwords ────────────────────────────────────────────────────────────────────────────────────────────────


def first_passwords(count: int) -> str:
    return _(
        "**初始密码（{count} 个），只显示这一次。** 请当面或打电话告诉本人，不要发在工作群里；首次登录时必须改掉。忘了可以再重置。"
    ).format(count=count)


def plan_line(ready: int, problems: int) -> str:
    if problems:
        return _(
            "{problems} 处填写有误，另有 {ready} 个账号没有问题。全部改正后才能导入，请修改文件后重新选择。"
        ).format(problems=problems, ready=ready)
    return _("{ready} 个账号，没有问题。请核对下表后导入。").format(ready=ready)


def file_row(number: int) -> str:
    return _("第 {number} 行").format(number=number)
