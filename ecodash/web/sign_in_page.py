"""The pages around signing in as HTML: Chinese with English beside it, or English alone; no script, nothing fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Template

from ecodash import i18n
from ecodash.i18n import marked
from ecodash.reports.content_policy import policy_of
from ecodash.reports.templating import open_templates

_TEMPLATES = Path(__file__).parent / "templates"

APP_NAME = marked("农村人居环境整治看板")
_PROMISE = marked("数据有据可查，一村一镇看得清。")
_NOTICE = marked("本系统仅供工作使用，登录和操作都会留下记录。")


@dataclass(frozen=True, slots=True)
class Words:
    """A short text in the reader's language, and in English beside it for a page in Chinese; empty where there is none."""

    main: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A box of a form.

    Args:
        name: as it is sent, and as the page's anchors call it.
        label: a message.
        kind: text, password, or hidden from sight but read by password managers: known.
        autocomplete: what browsers and password managers fill in.
        hint: below the box, in the reader's language.
        is_numeric: a phone shows digits.
        most: so many characters fit.
        has_focus: it is where one types first.
    """

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    value: str = ""
    is_numeric: bool = False
    most: int = 128
    has_focus: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Another way on: a message and where it leads.

    Args:
        is_button: looks like one.
        posts: is sent as a form of its own, with this token; empty for a plain link.
    """

    label: str
    address: str
    is_button: bool = False
    posts: str = ""


@dataclass(frozen=True, slots=True)
class SignInPage:
    """One page.

    Args:
        title: a message.
        lead: paragraphs above the form, in the reader's language.
        action: where the form is sent; empty where the page asks nothing.
        button: a message.
        hidden: what the form carries besides its fields.
        said: what went wrong and what to do, in the reader's language.
        done: what was done, likewise.
        told: what is to be known first, likewise.
        links: other ways, below the form.
        notes: small print, in the reader's language.
        other_language: address of the same page in the other language; empty where there is none.
    """

    title: str
    lead: Sequence[str] = ()
    action: str = ""
    button: str = ""
    fields: Sequence[Field] = ()
    hidden: Sequence[tuple[str, str]] = ()
    said: Sequence[str] = ()
    done: str = ""
    told: str = ""
    links: Sequence[Link] = ()
    notes: Sequence[str] = ()
    other_language: str = ""


def say(message: str) -> Words:
    """A message with its English beside it, where the page is Chinese and there is any."""
    if i18n.is_english():
        return Words(i18n.gettext(message))
    with i18n.speaking(i18n.ENGLISH):
        english = i18n.gettext(message)
    return Words(message, "" if english == message else english)


def render(page: SignInPage, early: Sequence[str] = ()) -> str:
    """The HTML of a page in the language of this context.

    Args:
        early: addresses of files that the next page is going to need, fetched while somebody types.
    """
    return _template().render(
        page=page,
        say=say,
        code="en" if i18n.is_english() else "zh-CN",
        app_name=APP_NAME,
        promise=_PROMISE,
        notice=_NOTICE,
        style=_style(),
        early=early,
    )


@cache
def policy() -> str:
    """The Content-Security-Policy of every page here: its own style sheet, and forms to this site only; no script."""
    # img-src: files may be fetched ahead where any directive allows their place (CSP 3, prefetch); they are not run.
    own = policy_of(f"<style>{_style()}</style>").replace("img-src data:", "img-src 'self' data:")
    return own.replace("form-action 'none'", "form-action 'self'")


@cache
def _style() -> str:
    return (_TEMPLATES / "sign_in.css").read_text("utf-8").strip()


@cache
def _template() -> Template:
    return open_templates(_TEMPLATES).get_template("sign_in.html")
