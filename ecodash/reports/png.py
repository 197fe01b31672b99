"""SVG → PNG on the server, with Chinese letters or not at all.

A picture whose letters are empty boxes is worse than none: it looks finished and says nothing. So a font is looked for
first, tried on Chinese letters, and where there is none the reader is told what to install.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resvg_py

from ecodash.errors import UserError
from ecodash.i18n import gettext as _

WIDTH = 1200
"""Pixels across: what a chat window shows sharp on a phone and does not shrink on a desk."""

FONT_DIRS_VARIABLE = "ECODASH_FONT_DIRS"
"""Folders to look for fonts in, before those of the system; parted as in PATH."""

_KNOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("NotoSansCJK", ("Noto Sans CJK SC",)),
    ("NotoSansSC", ("Noto Sans SC",)),
    ("SourceHanSans", ("Source Han Sans SC", "Source Han Sans CN", "Source Han Sans")),
    ("msyh", ("Microsoft YaHei",)),
    ("PingFang", ("PingFang SC",)),
    ("STHeiti", ("Heiti SC", "STHeiti")),
    ("simhei", ("SimHei",)),
    ("Deng", ("DengXian",)),
    ("wqy-microhei", ("WenQuanYi Micro Hei",)),
    ("wqy-zenhei", ("WenQuanYi Zen Hei",)),
    ("DroidSansFallback", ("Droid Sans Fallback",)),
    ("simsun", ("SimSun",)),
    ("uming", ("AR PL UMing CN",)),
)
"""How font files that hold Chinese begin, the best to read first, and the names of the families in them."""

_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_MOST_FILES = 20_000
_TRIED = ("村", "镇")


class NoChineseFont(UserError):
    """The server has no font that holds Chinese letters."""


@dataclass(frozen=True, slots=True)
class ChineseFont:
    """A family that was seen to draw Chinese, and its files: regular, bold and others."""

    family: str
    files: tuple[str, ...]


def svg_to_png(svg: str, width: int = WIDTH, *, font_dirs: Sequence[Path] | None = None) -> bytes:
    """An SVG as PNG, so many pixels wide.

    Text must name the family sans-serif.

    Args:
        font_dirs: where fonts are looked for; the usual folders where not given.
    Raises:
        NoChineseFont: no font found draws Chinese.
    """
    font = find_chinese_font(None if font_dirs is None else tuple(font_dirs))
    if font is None:
        raise NoChineseFont(
            _("服务器上没有中文字体，不能生成图片。"),
            _(
                "请管理员安装中文字体后重启：Debian、Ubuntu 运行 apt install fonts-noto-cjk；"
                "Windows 一般自带微软雅黑；也可用环境变量 {variable} 指定字体文件夹。"
            ).format(variable=FONT_DIRS_VARIABLE),
        )
    return _render(svg, font, width, others=font_dirs is None)


def has_chinese_font() -> bool:
    """Whether pictures can be made here."""
    return find_chinese_font() is not None


def find_chinese_font(dirs: tuple[Path, ...] | None = None) -> ChineseFont | None:
    """The first known font in the folders that draws Chinese; None where there is none. What was found is remembered."""
    return _find(font_dirs() if dirs is None else dirs)


@cache
def _find(dirs: tuple[Path, ...]) -> ChineseFont | None:
    files: dict[int, list[str]] = {}
    for path in _font_files(dirs):
        place = next((n for n, (start, _) in enumerate(_KNOWN) if path.name.lower().startswith(start.lower())), None)
        if place is not None:
            files.setdefault(place, []).append(str(path))
    for place in sorted(files):
        for family in _KNOWN[place][1]:
            font = ChineseFont(family, tuple(sorted(files[place])))
            if _draws_chinese(font):
                return font
    return None


def _font_files(dirs: Sequence[Path]) -> Iterator[Path]:
    seen = 0
    for folder in dirs:
        for root, _folders, names in os.walk(folder):
            for name in sorted(names):
                seen += 1
                if seen > _MOST_FILES:
                    return
                if Path(name).suffix.lower() in _SUFFIXES:
                    yield Path(root) / name


def font_dirs() -> tuple[Path, ...]:
    """Where fonts lie: the folders of the environment, then those of the system."""
    named = [Path(part) for part in os.environ.get(FONT_DIRS_VARIABLE, "").split(os.pathsep) if part]
    if sys.platform == "win32":
        system = [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"]
        system.append(Path(os.environ.get("LOCALAPPDATA", "")) / "Microsoft" / "Windows" / "Fonts")
    elif sys.platform == "darwin":
        system = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library" / "Fonts"]
    else:
        system = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
        system += [Path.home() / ".local" / "share" / "fonts", Path.home() / ".fonts"]
    return (*named, *system)


def _draws_chinese(font: ChineseFont) -> bool:
    """Whether two Chinese letters come out, and differ: missing ones are all the same box, or nothing."""
    try:
        drawn = [_render(_one_letter(letter), font, 40) for letter in (*_TRIED, " ")]
    except ValueError:
        return False
    return len(set(drawn)) == len(drawn)


def _one_letter(letter: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">'
        f'<text x="4" y="32" font-size="30" font-family="sans-serif">{letter}</text></svg>'
    )


def _render(svg: str, font: ChineseFont, width: int, *, others: bool = False) -> bytes:
    """Drawn in the font; others: letters it lacks, as rare characters of names, in any font of the system."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            background="#ffffff",
            skip_system_fonts=not others,
            font_files=list(font.files),
            font_family=font.family,
            sans_serif_family=font.family,
            languages=["zh-CN"],
            shape_rendering="geometric_precision",
            text_rendering="optimize_legibility",
            image_rendering="optimize_quality",
        )
    )
