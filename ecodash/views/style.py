"""Looks that Streamlit's theme cannot say: the style sheet, and the colours of classes and lines."""

import json
from pathlib import Path

from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, marked

_STATIC = Path(__file__).parent / "static"
SHEET = _STATIC / "shell.css"
_CHROME_SCRIPT = _STATIC / "chrome.js"
ICON = _STATIC / "icon.png"
"""The browser tab's picture: a file, as a named icon would be asked for from a font host."""

_CHROME = {
    "menu": marked("菜单"),
    "more": marked("更多"),
    "copy": marked("复制"),
    "another-file": marked("换一个文件"),
    "choose-file": marked("选择文件，或拖到这里"),
    "nothing-found": marked("没有匹配的选项"),
    "filled-in": marked("填写："),
    "columns": marked("选列"),
    "search": marked("查找"),
    "full-screen": marked("放大"),
    "leave-full-screen": marked("还原"),
}
"""What the style sheet writes over Streamlit's own English, by the name of its variable."""


_CHINESE_CHROME = {
    "Show/hide columns": "选列",
    "Search": "查找",
    "Fullscreen": "放大",
    "Close fullscreen": "还原",
    "Close": "关闭",
    "Type to search": "输入要查找的内容",
    "Close Search": "关闭查找",
    "Next Result": "下一处",
    "Previous Result": "上一处",
    "Select all": "全选",
    "Sort ascending": "升序",
    "Sort descending": "降序",
    "Format": "格式",
    "Autosize": "自动列宽",
    "Pin column": "固定此列",
    "Unpin column": "取消固定",
    "Hide column": "隐藏此列",
    "Clear selection": "取消选择",
    "(index)": "行号",
    "Dataframe column menu": "列菜单",
    "Expand sidebar": "打开菜单",
    "Collapse sidebar": "收起菜单",
    "⚠️ Please fill out this cell.": "⚠️ 这一格必须填写。",
    "Add row": "加一行",
    "Delete row(s)": "删除选中的行",
    "Skip to main content": "跳到正文",
    "Page not found": "没有这个页面",
    "The page that you have requested does not seem to exist. Running the app's main page.": "地址写错了，或页面已经取消。现在显示的是总览。",
}
"""Words of Streamlit's own controls, which have no other language: see static/chrome.js."""


def logo() -> str:
    """The bar's picture with the app's name."""
    return str(_STATIC / ("logo-en.svg" if is_english() else "logo.svg"))


def chrome_words() -> str:
    """Words for the style sheet and for Streamlit's own controls, and the page's language: Streamlit says English,
    whatever stands on the page, so that browsers would offer to translate it, and readers aloud would misread it."""
    words = "".join(f"--say-{name}:{json.dumps(_(word), ensure_ascii=False)};" for name, word in _CHROME.items())
    code = "en" if is_english() else "zh-CN"
    controls = json.dumps({} if is_english() else _CHINESE_CHROME, ensure_ascii=False)
    script = f"document.documentElement.lang = {json.dumps(code)};\n{_CHROME_SCRIPT.read_text('utf-8')}({controls});"
    return f"<style>:root{{{words}}}</style><script>{script}</script>"


FONT = "'Microsoft YaHei','Noto Sans CJK SC','PingFang SC',sans-serif"

CLASSES = ("#fde3a7", "#a6d96a", "#41b6a6", "#2c7fb8", "#253494")
"""Five classes from low to high: lightness falls steadily, so they are told apart without hue and in grey print."""

CLASS_INKS = ("#3d2f00", "#15300a", "#04231f", "#ffffff", "#ffffff")
"""A colour to write on each class with."""

LINE, LINE_ON_DARK = "#0b6e4f", "#4cc38a"
INK, INK_ON_DARK = "#24332d", "#dbe5e0"
