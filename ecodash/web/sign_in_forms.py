"""What the pages of signing in ask and say."""

from collections.abc import Sequence

from ecodash.domain.accounts import SHORTEST_PASSWORD
from ecodash.errors import UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.web.sign_in_page import Field, Link, SignInPage
from ecodash.web.visits import NEXT, Visit

Said = Sequence[str]

_LOGIN, _PASSWORD, _NEW, _AGAIN = marked("账号"), marked("密码"), marked("新密码"), marked("再输一次新密码")
_BACK_TO_LOGIN = marked("返回登录")


class TooMany(UserError):
    """An address made too many attempts in vain."""

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        super().__init__(
            _("这台电脑所在的网络登录失败次数太多。"),
            _("请 {minutes} 分钟后再试；忘记密码请联系本系统管理员。").format(minutes=minutes),
        )


class TooBusy(UserError):
    """Too many people sign in at this moment."""

    def __init__(self) -> None:
        super().__init__(_("现在登录的人很多。"), _("请过几秒再试一次。"))


def login(visit: Visit, *, said: Said = (), done: str = "", told: str = "") -> SignInPage:
    """Name and password; and the county's own sign-in where there is one."""
    typed = visit.field("login")[:64]
    links = []
    if visit.workspace.settings.oidc_issuer:
        links.append(Link(marked("单位统一登录"), visit.to("/login/oidc"), is_button=True))
    return SignInPage(
        title=marked("登录"),
        action=visit.to("/login"),
        button=marked("登录"),
        fields=(
            Field("login", _LOGIN, autocomplete="username", value=typed, most=64, has_focus=not typed),
            Field("password", _PASSWORD, "password", autocomplete="current-password", has_focus=bool(typed)),
        ),
        hidden=_hidden(visit, "login"),
        said=said,
        done=done,
        told=told,
        links=links,
        notes=(_("忘记密码或没有账号，请联系本系统管理员。"), _("公用电脑用完请退出登录。")),
        other_language=visit.in_other_language(),
    )


def no_account(visit: Visit) -> SignInPage:
    """Nobody can sign in yet."""
    return SignInPage(
        title=marked("还没有账号"),
        lead=(
            _("系统刚装好，还没有管理员账号。"),
            _("请在启动系统的窗口或运行日志里找到“设置链接”，用浏览器打开，创建管理员账号。"),
            _("链接 24 小时内有效，只能用一次。找不到或已过期时，请在服务器上运行：python -m ecodash setup-link"),
        ),
        other_language=visit.in_other_language(),
    )


def code(visit: Visit, *, said: Said = ()) -> SignInPage:
    """The second factor."""
    return SignInPage(
        title=marked("输入动态验证码"),
        lead=(_("请打开手机上的身份验证器，输入本系统当前的 6 位动态验证码。"),),
        action=visit.to("/login/code"),
        button=marked("确定"),
        fields=(
            Field("code", marked("动态验证码"), autocomplete="one-time-code", is_numeric=True, most=12, has_focus=True),
        ),
        hidden=_hidden(visit, "code"),
        said=said,
        links=(Link(_BACK_TO_LOGIN, visit.to("/login")),),
        notes=(_("换手机或手机丢失，请联系本系统管理员重置动态验证码。"),),
        other_language=visit.in_other_language(),
    )


def password(visit: Visit, *, said: Said = ()) -> SignInPage:
    """A new password: because it must be, or because its owner wants one."""
    assert visit.signed is not None
    must = visit.signed.must_change
    if must:
        lead = _("您的密码是别人给的，或已经到期。请先改成只有自己知道的密码，再开始使用。")
        links = (Link(marked("退出登录"), visit.to("/logout"), posts=visit.form_token("logout")),)
    else:
        lead = _("改好后，本账号在其他电脑和手机上会退出登录。")
        links = (Link(marked("不改了，返回"), visit.onward),)
    return SignInPage(
        title=marked("请先修改密码") if must else marked("修改密码"),
        lead=(_("账号：{login}（{name}）").format(login=visit.signed.actor.login, name=visit.signed.actor.name), lead),
        action=visit.to("/login/password"),
        button=marked("保存新密码"),
        fields=(
            Field("username", _LOGIN, "known", autocomplete="username", value=visit.signed.actor.login),
            Field("old", marked("现在的密码"), "password", autocomplete="current-password", has_focus=True),
            *_new_password(),
        ),
        hidden=_hidden(visit, "password"),
        said=said,
        links=links,
        other_language=visit.in_other_language(),
    )


def logout(visit: Visit, *, said: Said = ()) -> SignInPage:
    """Whether to sign out."""
    assert visit.signed is not None
    return SignInPage(
        title=marked("退出登录"),
        lead=(_("当前登录：{name}。要退出吗？").format(name=visit.signed.actor.name),),
        action=visit.to("/logout"),
        button=marked("退出登录"),
        hidden=_hidden(visit, "logout"),
        said=said,
        links=(Link(marked("不退出，返回"), visit.onward),),
        other_language=visit.in_other_language(),
    )


def setup(visit: Visit, token: str, *, said: Said = ()) -> SignInPage:
    """The first administrator."""
    typed = visit.field("login")[:64]
    return SignInPage(
        title=marked("创建管理员账号"),
        lead=(_("这是本系统的第一个账号，管理全部地区。建好后由您给其他人开通账号。"),),
        action=f"{visit.root}/setup/{token}",
        button=marked("创建并登录"),
        fields=(
            Field(
                "login", _LOGIN, autocomplete="username", value=typed, most=32, has_focus=not typed,
                hint=_("2 至 32 个小写字母或数字，如 zhang.wei。登录时用它。"),
            ),
            Field(
                "name", marked("姓名"), autocomplete="name", value=visit.field("name")[:40], most=40,
                hint=_("会显示在操作记录里，请填真实姓名。"),
            ),
            *_new_password(),
        ),
        hidden=_hidden(visit, "setup"),
        said=said,
    )  # fmt: skip


def setup_gone(visit: Visit) -> SignInPage:
    """A set-up link that opens nothing."""
    return SignInPage(
        title=marked("设置链接不能用了"),
        lead=(
            _("这个链接已经用过、已经过期，或抄写有误。"),
            _("已有账号请直接登录。还没有账号时，请在服务器上运行 python -m ecodash setup-link 取得新的链接。"),
        ),
        links=(Link(_BACK_TO_LOGIN, f"{visit.root}/login", is_button=True),),
    )


def too_many(visit: Visit, wait: int) -> SignInPage:
    """Too many attempts in vain from an address."""
    error = TooMany(wait)
    return SignInPage(title=marked("请稍后再试"), said=(error.what, error.remedy))


def _new_password() -> tuple[Field, Field]:
    hint = _("至少 {least} 位，可以是一句容易记的话；不要用姓名、账号、生日、手机号。").format(least=SHORTEST_PASSWORD)
    return (
        Field("new", _NEW, "password", autocomplete="new-password", hint=hint),
        Field("again", _AGAIN, "password", autocomplete="new-password"),
    )


def _hidden(visit: Visit, purpose: str) -> tuple[tuple[str, str], ...]:
    kept = [("form", visit.form_token(purpose))]
    return (*kept, (NEXT, visit.next)) if visit.next != "/" else tuple(kept)


def stale() -> tuple[str, str]:
    """The form was shown too long ago, or to another browser."""
    return _("这个页面打开太久了，或浏览器没有保存本站的 Cookie。"), _("请再填写一次；仍不行请允许本站使用 Cookie。")


def not_alike() -> tuple[str, str]:
    """The new password was typed in two ways."""
    return _("两次输入的新密码不一样。"), _("请重新输入。")
