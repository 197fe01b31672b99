"""A plain page that says one thing, for links that lead nowhere."""

from html import escape

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>{title}</title>
<style>body{{font:18px/1.7 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;max-width:36em;
margin:15vh auto;padding:0 1.2em}}h1{{font-size:1.4em}}</style></head>
<body><main><h1>{title}</h1><p>{what}</p><p>{remedy}</p></main></body></html>
"""


def render_message(title: str, what: str, remedy: str) -> str:
    """An HTML page with a title, what happened and what to do next; every text is escaped."""
    return _PAGE.format(title=escape(title), what=escape(what), remedy=escape(remedy))
