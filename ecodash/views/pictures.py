"""下载图片: any chart as a PNG to send, made when it is asked for."""

from collections.abc import Callable

import streamlit as st

from ecodash.domain.audit import ExportKind
from ecodash.i18n import gettext as _
from ecodash.reports.png import FONT_DIRS_VARIABLE, has_chinese_font, svg_to_png
from ecodash.views import downloads


def offer_picture(name: str, draw: Callable[[], str], *, key: str) -> None:
    """A button that makes a picture of a chart.

    Args:
        name: of the file.
        draw: the chart as SVG text, of ecodash.reports.pictures; called at the click.
        key: names the chart among those of the page.
    """
    label = _("下载图片")
    if not has_chinese_font():
        remedy = _("服务器上没有中文字体，不能生成图片。请管理员安装（apt install fonts-noto-cjk）或设置 {variable}。")
        help_text = remedy.format(variable=FONT_DIRS_VARIABLE)
        st.button(label, disabled=True, type="tertiary", help=help_text, icon=":material/image:", key=f"png_{key}")
        return
    downloads.offer(
        label,
        lambda: svg_to_png(draw()),
        file_name=f"{name}.png",
        mime="image/png",
        what=ExportKind.PICTURE,
        type="tertiary",
        icon=":material/image:",
        key=f"png_{key}",
    )
