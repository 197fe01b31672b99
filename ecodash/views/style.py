"""Looks that Streamlit's theme cannot say: the style sheet, and the colours of classes and lines."""

from pathlib import Path

_STATIC = Path(__file__).parent / "static"
SHEET = _STATIC / "shell.css"
LOGO = _STATIC / "logo.svg"
ICON = _STATIC / "icon.png"
"""The browser tab's picture: a file, as a named icon would be asked for from a font host."""

LANGUAGE_SCRIPT = "<script>document.documentElement.lang = 'zh-CN'</script>"
"""Streamlit says the page is English: browsers would offer to translate it, and readers aloud would misread it."""

FONT = "'Microsoft YaHei','Noto Sans CJK SC','PingFang SC',sans-serif"

CLASSES = ("#fde3a7", "#a6d96a", "#41b6a6", "#2c7fb8", "#253494")
"""Five classes from low to high: lightness falls steadily, so they are told apart without hue and in grey print."""

CLASS_INKS = ("#3d2f00", "#15300a", "#04231f", "#ffffff", "#ffffff")
"""A colour to write on each class with."""

LINE, LINE_ON_DARK = "#0b6e4f", "#4cc38a"
MUTED = "#8a9a93"
INK, INK_ON_DARK = "#24332d", "#dbe5e0"
OUTLINE_FILL = "rgba(138,154,147,0.10)"
