"""/print/{page}: a figure page ready for paper, drawn from the store as it stands; nothing is kept of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ecodash import queries
from ecodash.actions import EXPORT_LOG
from ecodash.domain.audit import Export, ExportKind
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, level_of, region_key
from ecodash.domain.selection import Selection, default_level
from ecodash.errors import LinkUnknown, UserError
from ecodash.i18n import gettext as _
from ecodash.i18n import is_english, speaking
from ecodash.reports.content_policy import policy_of
from ecodash.reports.message_page import render_message
from ecodash.reports.snapshot_page import render_print
from ecodash.web.reply import status_of
from ecodash.web.session_gate import bound
from ecodash.workspace import Workspace

PRINT_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
_LONGEST = 80


def print_routes(workspace: Callable[[], Workspace]) -> list[Route]:
    """The route over a workspace that is opened when first needed."""

    async def printed(request: Request) -> Response:
        parameters = {name: value[:_LONGEST] for name, value in request.query_params.items()}
        name = str(request.path_params["page"])[:_LONGEST]
        status, html = await run_in_threadpool(_answer, bound(workspace(), request.scope), name, parameters)
        policy = policy_of(html if isinstance(html, str) else html.decode())
        return HTMLResponse(html, status_code=status, headers=PRINT_HEADERS | {"Content-Security-Policy": policy})

    return [Route("/print/{page}", printed, methods=["GET"])]


def _answer(workspace: Workspace, name: str, parameters: Mapping[str, str]) -> tuple[int, bytes | str]:
    with speaking(parameters.get("lang", "")):
        try:
            return 200, printed_page(workspace, name, parameters, now=datetime.now(UTC))
        except UserError as error:
            return status_of(error), render_message(_("不能打印这一页"), error.what, error.remedy)


def printed_page(workspace: Workspace, name: str, parameters: Mapping[str, str], *, now: datetime) -> bytes:
    """A figure page as HTML for paper, in the language of the context.

    Args:
        name: of a page.
        parameters: region, month, indicator, level, as_of (a watermark); each has a default.
    Raises:
        UserError: the page or one of the parameters is not known.
    """
    if name not in [page for page in Page if page.is_figure_page]:
        raise LinkUnknown(_("没有这个页面。"), _("请从页面上的“打印”打开。"))
    page = Page(name)
    selection = read_selection(workspace, parameters, of_region=page is Page.PROFILE)
    frozen = queries.freeze(workspace, page, selection)
    meta = {
        **queries.page_meta(workspace, page, selection),
        "indicator_name": queries.indicator_entry(workspace, selection.indicator).label,
        "actor": workspace.actor.name,
        "created_at": now.isoformat(),
    }
    meta["title"] = _("{region}{month}{page}").format(
        region=meta["region_name"], month=selection.month.label, page=page.label
    )
    html = render_print(meta, {name: _spoken(workspace, table) for name, table in frozen.tables.items()})
    told = Export(ExportKind.PRINT, str(meta["title"]), selection.region, selection, size=len(html))
    EXPORT_LOG.note(workspace, told, actor=workspace.actor, now=now)
    return html


def read_selection(workspace: Workspace, parameters: Mapping[str, str], *, of_region: bool) -> Selection:
    """What an address asks for, completed as a page would.

    Args:
        of_region: the indicator, where none is asked for, is one of the region itself and not of its units.

    Raises:
        UserError: a part of it means nothing here.
    """
    newest = queries.newest_watermark(workspace)
    written = parameters.get("as_of", "")
    if written and (not written.isdecimal() or int(written) > newest):
        raise LinkUnknown(_("没有第 {batch} 批。").format(batch=written), _("请核对链接，或从页面上的“打印”打开。"))
    watermark = int(written) if written else newest
    asked = parameters.get("region", "")
    region = workspace.tree.get(region_key(asked)).key if asked else queries.home_region(workspace)
    selection = queries.default_selection(workspace, watermark, region)
    if parameters.get("month"):
        selection = selection.at(month=Month.parse(parameters["month"]), indicator="", level=default_level(region))
        selection = selection.at(indicator=queries.default_indicator(workspace, selection))
    if parameters.get("indicator"):
        selection = selection.at(indicator=queries.indicator_entry(workspace, parameters["indicator"]).code)
    elif of_region:
        selection = selection.at(indicator=queries.telling_indicator(workspace, selection))
    return selection.at(level=_level(workspace, selection, parameters.get("level", "")))


def _level(workspace: Workspace, selection: Selection, asked: str) -> Level:
    if not asked:
        return queries.indicator_level(workspace, selection)
    if asked not in set(Level) or (
        Level(asked).rank <= level_of(selection.region).rank and level_of(selection.region) is not Level.VILLAGE
    ):
        raise LinkUnknown(_("没有这个比较层级。"), _("请核对链接，或从页面上的“打印”打开。"))
    return Level(asked)


def _spoken(workspace: Workspace, table: pd.DataFrame) -> pd.DataFrame:
    """A table with the names of indicators in the language of the context; queries answer with the Chinese ones."""
    codes = "indicator" if "indicator" in table else "fact" if "fact" in table else ""
    if not is_english() or not codes:
        return table
    column = "indicator_name" if "indicator_name" in table else "name"
    catalog = workspace.catalog
    # Of a unit's row the name is that of a place, and stays.
    is_place = column == "name" and "region" in table
    if is_place or column not in table:
        return table
    names = [
        catalog[code].label if code in catalog else name for code, name in zip(table[codes], table[column], strict=True)
    ]
    return table.assign(**{column: names})
