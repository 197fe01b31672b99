"""Plain pages around links: a message for a link that leads nowhere, the question for a PIN, a list of pictures."""

from collections.abc import Sequence
from html import escape

from ecodash.i18n import gettext as _
from ecodash.reports.content_policy import policy_of

_STYLE = """:root{color-scheme:light dark;--paper:#f4f6f5;--card:#fff;--ink:#15211c;--edge:#7b8a84;--brand:#0f5c46}
@media(prefers-color-scheme:dark){:root{--paper:#0f1613;--card:#18221e;--ink:#edf3f0;--edge:#8fa19a}}
body{font:18px/1.7 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;max-width:36em;margin:12vh auto;
padding:0 1em;overflow-wrap:anywhere;background:var(--paper);color:var(--ink)}
main{background:var(--card);border:1px solid var(--edge);border-top:8px solid var(--brand);border-radius:8px;
padding:.4em 1.3em .8em}
h1{font-size:1.4em;line-height:1.35}
.back{display:inline-flex;align-items:center;min-height:44px;padding:0 .9em;border:1px solid var(--edge);
border-radius:.4em;color:inherit;text-decoration:none}
form{display:flex;flex-wrap:wrap;gap:.6em;align-items:end;margin:1.6em 0}
label{flex:1 0 100%}
input,button{font:inherit;min-height:2.6em;padding:0 .8em;border:1px solid;border-radius:.4em}
input{width:9em;letter-spacing:.3em;-webkit-text-security:disc}
input{background:var(--card);font-size:1.2em}
button{background:var(--brand);border-color:var(--edge);color:#fff;cursor:pointer}
:focus-visible{outline:3px solid #2f80ed;outline-offset:2px}
.said{font-weight:bold}
.list{margin-top:2em;max-width:48em}
figure{margin:2em 0;min-height:12em}figcaption{margin:.4em 0}
img{max-width:100%;height:auto;border:1px solid #9996;background:#fff}"""


MESSAGE_POLICY = policy_of(f"<style>{_STYLE}</style>")
"""The Content-Security-Policy of a message: its one style sheet and nothing else."""
FORM_POLICY = MESSAGE_POLICY.replace("form-action 'none'", "form-action 'self'")
"""Of the question for a PIN."""
PICTURES_POLICY = MESSAGE_POLICY.replace("img-src data:", "img-src 'self' data:")
"""Of the list of pictures."""

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style></head>
<body{kind}><main><h1>{title}</h1>{body}</main></body></html>
"""


def render_message(title: str, what: str, remedy: str) -> str:
    """An HTML page with a title, what happened and what to do next; every text is escaped."""
    return _page(title, f"<p>{escape(what)}</p><p>{escape(remedy)}</p>")


def render_pin_form(action: str, said: str = "") -> str:
    """An HTML page that asks for the PIN of a link and tells nothing of what stands behind it.

    Args:
        action: the path the form is sent to.
        said: why the last PIN was not taken; empty at first.
    """
    told = f'<p class="said" id="said" role="alert">{escape(said)}</p>' if said else ""
    field = (
        '<input id="pin" name="pin" type="text" inputmode="numeric" autocomplete="off" required autofocus '
        f'minlength="4" maxlength="8"{" aria-describedby=" + chr(34) + "said" + chr(34) if said else ""}>'
    )
    form = (
        f'<form method="post" action="{escape(action)}"><label for="pin">{escape(_("口令（4 至 8 位数字）"))}</label>'
        f'{field}<button type="submit">{escape(_("打开"))}</button></form>'
    )
    asked = escape(_("这个链接要输入口令才能打开。口令请向把链接发给您的人询问。"))
    return _page(_("请输入口令"), f"<p>{asked}</p>{told}{form}")


def render_picture_list(title: str, pictures: Sequence[tuple[str, str]], back: str) -> str:
    """An HTML page that shows pictures to be kept one by one.

    Args:
        pictures: address and caption of each.
        back: address of the page they belong to.
    """
    figures = "".join(
        f'<figure><a href="{escape(address)}"><img src="{escape(address)}" alt="{escape(caption)}" loading="lazy"></a>'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for address, caption in pictures
    )
    how = escape(_("电脑上点右键另存，手机上长按保存。") if pictures else _("这一页没有可以存成图片的内容。"))
    return _page(
        _("{title}：图片").format(title=title),
        f'<p><a class="back" href="{escape(back)}">← {escape(_("返回"))}</a></p><p>{how}</p>{figures}',
        kind=' class="list"',
    )


def _page(title: str, body: str, *, kind: str = "") -> str:
    return _PAGE.format(title=escape(title), style=_STYLE, body=body, kind=kind)
