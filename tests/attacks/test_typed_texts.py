"""What people may type, sent where it is meant for: nothing of it is run by the database, breaks a page or comes back other
than as it was typed or cleaned. The fields are found in the code: every text an action or a query takes."""

import csv
import dataclasses
import inspect
import io
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any
from urllib.parse import quote

import httpx
import openpyxl
import pytest
import sqlalchemy as sa

from ecodash import actions
from ecodash.actions import Choices, Upload
from ecodash.actions.account_plans import AccountPlan
from ecodash.domain.access import SYSTEM, Actor
from ecodash.domain.definitions import Definition
from ecodash.domain.review import Filing
from ecodash.domain.snapshots import Snapshot
from ecodash.errors import UserError
from ecodash.permits import Reach
from ecodash.reports.frozen import FrozenPack, FrozenPage
from ecodash.store.tables import metadata
from tests.builders import A1
from tests.permits.asking import Ask
from tests.permits.test_matrix import CASES, FUNCTIONS
from tests.permits.test_routes import addresses
from tests.permits.world import MONTH, NOW, World

TEXTS = {
    "sql": """'; DROP TABLE batch; -- " OR '1'='1' UNION SELECT nonce FROM snapshot_state; $$ :name ? {0} %s %(x)s""",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>../../../../etc/passwd",
    "no text": "\x00\x1b[31m\u202e\u200b\ufeff\r\n",
    "long": "镇" * 10_000,
}


_NOT_TYPED = (Actor, Snapshot, FrozenPage, FrozenPack, Definition, Filing, Upload, AccountPlan)
"""What the software makes or keeps itself."""


def _texts(one: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand within arguments: not codes of the software's own (enumerations), not frames."""
    if isinstance(one, str) and not isinstance(one, Enum):
        yield path
    elif isinstance(one, Mapping):
        for key, value in one.items():
            yield from _texts(value, (*path, key))
    elif isinstance(one, list | tuple):
        for place, value in enumerate(one):
            yield from _texts(value, (*path, place))
    elif dataclasses.is_dataclass(one) and not isinstance(one, _NOT_TYPED):
        for part in dataclasses.fields(one):
            yield from _texts(getattr(one, part.name), (*path, part.name))


def _with(one: Any, path: tuple[Any, ...], text: str) -> Any:
    """The same with another text at a place."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(one, Mapping):
        return {**one, step: _with(one[step], rest, text)}
    if isinstance(one, list | tuple):
        return type(one)([*one[:step], _with(one[step], rest, text), *one[step + 1 :]])
    return dataclasses.replace(one, **{step: _with(getattr(one, step), rest, text)})


def _called(world: World, name: str) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call about the first county or town, with every text it may be given besides."""
    case, function = CASES[name], FUNCTIONS[name.partition("#")[0]]
    place = "本镇" if "本镇" in case.places else case.places[0]
    args, kwargs = case.arguments(world, place)
    parameters = list(inspect.signature(function).parameters.values())
    for one in parameters[1 + len(args) :]:
        if one.default == "" and one.name not in kwargs:
            kwargs[one.name] = ""
    names = {one.name for one in parameters}
    kwargs |= {"actor": SYSTEM} if "actor" in names else {}
    kwargs |= {"now": NOW} if "now" in names and "now" not in kwargs else {}
    return args, kwargs


def _rows(world: World) -> dict[str, int]:
    with world.workspace.store.reading() as connection:
        return {
            table.name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in metadata.sorted_tables
        }


TRIED = [name for name, case in CASES.items() if case.reach is not Reach.MACHINE]


@pytest.mark.parametrize("kind", TEXTS)
def test_every_text_an_action_or_a_query_takes_is_only_a_text(fresh: World, kind: str) -> None:
    text, before, wrong, tried = TEXTS[kind], _rows(fresh), {}, 0
    for name in TRIED:
        function = FUNCTIONS[name.partition("#")[0]]
        args, kwargs = _called(fresh, name)
        for path in _texts((args, kwargs)):
            chosen, named = _with((args, kwargs), path, text)
            tried += 1
            try:
                function(fresh.workspace, *chosen, **named)
            except UserError as refused:
                said = refused.what + refused.remedy
                if len(said) > 2_000:
                    wrong[f"{name} {path}"] = f"says {said[:80]!r}"
            except Exception as error:
                wrong[f"{name} {path}"] = repr(error)[:200]
    assert tried >= 40
    assert wrong == {}
    after = _rows(fresh)
    assert {table: (before[table], count) for table, count in after.items() if count < before[table]} == {}


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _sheet(text: str) -> bytes:
    """A workbook whose sheet, title, headers, remarks and unknown column are a text, with a figure of a village."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    kept = "".join(char for char in text if char >= " " and not "\ud800" <= char < "\ue000")
    sheet.title = "".join(char for char in kept if char not in "[]:*?/\\'")[:31] or "表"
    for place, value in enumerate(("区划代码", "garbage", kept, f"备注{kept}"), start=1):
        cell = sheet.cell(1, place, value)
        cell.data_type = "s"
    for place, value in enumerate((A1, 77, kept, kept), start=1):
        cell = sheet.cell(2, place, value)
        cell.data_type = "n" if place == 2 else "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _csv(text: str) -> bytes:
    content = io.StringIO()
    csv.writer(content).writerows([["区划代码", "garbage", text, f"备注{text}"], [A1, 78, text, text]])
    return content.getvalue().encode("utf-8", "replace")


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_names_headers_sheets_and_remarks_of_a_file_are_only_texts(fresh: World, kind: str, ending: str) -> None:
    text, workspace = TEXTS[kind], fresh.workspace
    before = _rows(fresh)
    read = actions.read_file(
        workspace, (_csv if ending == "csv" else _sheet)(text), f"{text[:120]}.{ending}", actor=SYSTEM, now=NOW,
        choices=Choices(month=MONTH, mapping={text: "-"}),
    )  # fmt: skip
    if not read.intake.faults:
        done = actions.deliver(workspace, read, actor=SYSTEM, now=NOW, reasons={"": text or "理由"}, publishes=False)
        assert isinstance(done, Filing)
        assert "/" not in done.file_name
        kept = actions.open_filing(workspace, done.number, actor=SYSTEM, now=NOW)
        assert kept.intake.sha256 == read.intake.sha256
    assert not [table for table, count in _rows(fresh).items() if count < before[table]]


# ── addresses ──────────────────────────────────────────────────────────────────────────────────────────────────────

PARAMETERS = (
    "region", "month", "indicator", "level", "as_of", "pages", "order", "shape", "theme", "lang", "refresh", "seconds",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["sql", "markup"])
def test_every_part_of_an_address_is_only_a_text(ask: Ask, fresh: World, kind: str) -> None:
    text = quote(TEXTS[kind].encode("utf-8", "replace"), safe="")[:3_000]
    before, wrong = _rows(fresh), {}
    for route, address in addresses(fresh, "本县").items():
        if not route.startswith("GET"):
            continue
        plain, _, query = address.partition("?")
        given = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        asked = [f"{plain}?" + "&".join(f"{key}={value}" for key, value in (given | {one: text}).items())
                 for one in PARAMETERS]  # fmt: skip
        if "{" in route:
            asked.append(plain.rsplit("/", 1)[0] + "/" + text)
        for one in asked:
            answer = ask(SYSTEM, "GET", one)
            if answer.status_code not in (200, 304, 400, 403, 404) or _is_markup(answer):
                wrong[one[:90]] = answer.status_code
    assert wrong == {}
    assert _rows(fresh) == before | {"audit": _rows(fresh)["audit"]}


def _is_markup(answer: httpx.Response) -> bool:
    return "<script>alert" in answer.text and "html" in answer.headers.get("content-type", "html")
