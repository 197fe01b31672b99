"""Words of 「我的账号」 and of the account's menu."""

from ecodash.domain.access import Grant, Right
from ecodash.domain.regions import COUNTRY_KEY, Level, RegionTree, region_code
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.store.records import SessionRecord
from ecodash.views import text

_BROWSERS = (
    ("MicroMessenger", marked("微信")),
    ("DingTalk", marked("钉钉")),
    ("Edg", "Edge"),
    ("QQBrowser", marked("QQ 浏览器")),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""The first that a browser calls itself by: most say Chrome and Safari besides."""
_SYSTEMS = (
    ("HarmonyOS", marked("鸿蒙")),
    ("Android", marked("安卓")),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def place(tree: RegionTree, key: int) -> str:
    """全部地区, 丰都县, 丰都县 暨龙镇: a region, a town or village with what it lies in."""
    if key == COUNTRY_KEY:
        return _("全部地区")
    path = tree.path_of(key)
    below = [region for region in path if region.level.rank >= Level.COUNTY.rank] or path[-1:]
    return " ".join(region.name for region in below) or region_code(key)


def rights(grant: Grant) -> str:
    """What a role allows, in words."""
    return text.joined(right.label for right in Right if right in grant.rights)


def device(record: SessionRecord) -> str:
    """Windows · Edge: what a browser says it is, as far as it is known."""
    found = [next((name for mark, name in marks if mark in record.agent), "") for marks in (_SYSTEMS, _BROWSERS)]
    return " · ".join(_(name) for name in found if name) or _("其他程序")


def method(record: SessionRecord) -> str:
    """How a session was opened."""
    return {
        "password": _("密码"),
        "totp": _("密码和动态验证码"),
        "oidc": _("单位统一登录"),
        "setup": _("设置链接"),
    }.get(record.method, record.method)
