"""The page that shows the slides: a frame, a style sheet and a script of its own, and nothing from outside."""

import hashlib
import json
from functools import cache
from pathlib import Path

from ecodash.i18n import gettext as _
from ecodash.i18n import is_english
from ecodash.reports.screen.deck import environment

_FOLDER = Path(__file__).parent
ASSETS = {"screen.css": "text/css; charset=utf-8", "screen.js": "text/javascript; charset=utf-8"}


def render_page(*, title: str, deck: str, version: str, theme: str, refresh: int) -> bytes:
    """The frame as HTML in UTF-8.

    Args:
        title: of the window.
        deck: address of the slides, without the shape.
        version: of the software that draws them; the page loads itself anew when the slides come from another.
        theme: at the start.
        refresh: seconds between two looks at the slides.
    """
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title,
            deck=deck,
            version=version,
            theme=theme,
            refresh=refresh,
            assets=assets_version(),
            language="en" if is_english() else "zh-CN",
            sayings=json.dumps(_sayings(), ensure_ascii=False),
            keys=_keys(),
        )
        .encode("utf-8")
    )


def asset(name: str) -> bytes:
    """The bytes of one of ASSETS."""
    return _assets()[name]


def assets_version() -> str:
    """A short digest over style sheet and script: their addresses carry it, so they may be kept for ever."""
    return _digest()


@cache
def _assets() -> dict[str, bytes]:
    return {name: (_FOLDER / "assets" / name).read_bytes() for name in ASSETS}


@cache
def _digest() -> str:
    templates = [path.read_bytes() for path in sorted((_FOLDER / "templates").glob("*.html"))]
    return hashlib.sha256(b"\0".join([*_assets().values(), *templates])).hexdigest()[:12]


def _sayings() -> dict[str, str]:
    """What the script says; {…} it fills in."""
    return {
        "playing": _("播放中"),
        "paused": _("已暂停"),
        "pause": _("暂停"),
        "play": _("播放"),
        "dark": _("已换成深色"),
        "light": _("已换成浅色"),
        "loading": _("正在读取数据……"),
        "offline": _("断线：数据截至 {at}（最后一次联系），{seconds} 秒后重连"),
        "never": _("连不上服务器，{seconds} 秒后重试"),
        "retrying": _("断线：数据截至 {at}（最后一次联系），正在重连……"),
        "refused": _("服务器：{what}"),
        "back": _("已恢复连接"),
        "of": _("第 {place} 页，共 {count} 页"),
    }


def _keys() -> list[tuple[str, str]]:
    """The keys and what they do."""
    return [
        ("← →", _("上一页、下一页（翻页笔也可以）")),
        (_("空格 P"), _("暂停、播放")),
        ("Home End", _("第一页、最后一页")),
        ("F", _("全屏")),
        ("D", _("深色、浅色")),
        ("H ?", _("显示或关闭本说明")),
    ]
