"""Every file that leaves a page: made at the click, told to the audit, and harmless in a spreadsheet."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import streamlit as st

from ecodash import actions, queries
from ecodash.actions import EXPORT_LOG
from ecodash.domain.access import Actor, Grant, Role, operator
from ecodash.domain.audit import ExportKind
from ecodash.domain.lists import By, ListRule, SideRule
from ecodash.domain.regions import Level, region_key
from ecodash.errors import NotPermitted
from ecodash.settings import PROJECT_ROOT, load_settings
from ecodash.views import data, downloads, navigation, who
from ecodash.workspace import open_workspace
from tests.pages.conftest import NOW, Open, table

EVIL = ("=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\t=1+1", "＝1+1")
STARTS = tuple("=+-@\t\r\n＝＋－＠")
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")


@dataclass(frozen=True)
class Offered:
    """A download that a page offers."""

    file_name: str
    mime: str
    make: Callable[[], bytes]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Offered]]:
    """What the pages of a test offer; AppTest itself makes no file."""
    found: list[Offered] = []

    def note(label: str, make: Callable[[], bytes], **options: Any) -> None:
        found.append(Offered(options["file_name"], options["mime"], make))

    monkeypatch.setattr(st, "download_button", note)
    yield found
    EXPORT_LOG.close()


@pytest.fixture(scope="module")
def evil_home(county_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every text that a person may type is one a spreadsheet would run."""
    home = Path(shutil.copytree(county_home, tmp_path_factory.mktemp("evil") / "home"))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(home)}))
    for place, evil in enumerate(EVIL):
        actor = operator(evil, "page")
        content = table("2026年10月", {"滨江东路社区": (145 + place, 11)})
        upload = actions.read_file(workspace, content, f"{evil} 2026年10月.csv", actor=actor, now=NOW)
        actions.commit_upload(workspace, upload, actor=actor, now=NOW, reasons={"": evil})
        actions.add_region_alias(workspace, region_key("500230001001"), evil, actor=actor, now=NOW)
    side = SideRule(By.PLACES, 1)
    rule = ListRule(region_key("500230"), Level.TOWN, "public_toilets", red=side, black=side)
    if rule.indicator in workspace.catalog:
        actions.save_list_rule(workspace, EVIL[0], rule, actor=operator(EVIL[1], "page"), now=NOW)
    workspace.close()
    return home


def cells(one: Offered, content: bytes) -> Iterator[str]:
    """Every cell of a file a spreadsheet opens; numbers are left out."""
    if one.mime == downloads.CSV:
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from (cell for cell in row if not NUMBER.fullmatch(cell))
    elif one.mime == downloads.XLSX:
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (one.file_name, cell.coordinate, cell.value)
                    yield from ([cell.value] if isinstance(cell.value, str) else [])


@pytest.mark.parametrize("page", [*navigation.LOOKED_AT, *navigation.MANAGED])
def test_no_download_of_any_page_holds_a_formula_and_each_is_told(
    open_app: Open, evil_home: Path, offered: list[Offered], page: str
) -> None:
    app = open_app(evil_home, page)
    assert not app.exception
    for one in offered:
        content = one.make()
        assert content
        for cell in cells(one, content):
            assert not cell.startswith(STARTS), (one.file_name, cell)
        if one.mime == downloads.XLSX:
            assert not any("vba" in name.lower() for name in ZipFile(io.BytesIO(content)).namelist())
    EXPORT_LOG.flush()
    lines = queries.list_audit(data.workspace())
    told = [json.loads(detail) for detail in lines[lines["action"] == "export"]["detail"]]
    assert sorted(one["file"] for one in told) == sorted(one.file_name[:2000] for one in offered)
    for one in told:
        assert one["what"] in list(ExportKind)
        assert one["size"] > 0
        assert len(one["sha256"]) == 64


def test_the_pages_together_offer_tables_and_files(open_app: Open, evil_home: Path, offered: list[Offered]) -> None:
    open_app(evil_home, "ranking")
    assert {one.mime for one in offered} >= {downloads.CSV, downloads.XLSX}
    offered[0].make()
    EXPORT_LOG.flush()
    line = queries.list_audit(data.workspace(), 1).iloc[0]
    detail = json.loads(line["detail"])
    assert (line["action"], line["region"], line["channel"]) == ("export", 500230000000, "page")
    assert (detail["selection"]["month"], detail["what"]) == ("2026-10", "table")
    assert detail["rows"] > 0


def test_nothing_else_offers_a_download() -> None:
    sources = [*(PROJECT_ROOT / "ecodash").rglob("*.py"), *(PROJECT_ROOT / "pages").glob("*.py")]
    users = [one.name for one in sources if re.search(r"\bdownload_button\(", one.read_text("utf-8"))]
    assert users == ["downloads.py"]


# ── who it is at the click ─────────────────────────────────────────────────────────────────────────────────────────

VIEWER = Actor("张三", "page", (Grant(Role.VIEWER, 500230000000),), account=3, login="zhangsan")


def offer_as(monkeypatch: pytest.MonkeyPatch, then: Actor | None, make: Callable[[], bytes]) -> None:
    """A download offered to VIEWER and clicked by whoever the session stands for then."""
    monkeypatch.setattr(who, "actor", lambda opened: VIEWER)
    monkeypatch.setattr(who, "later", lambda opened: lambda: then)
    downloads.offer("表", make, file_name="表.csv", mime=downloads.CSV, what=ExportKind.TABLE, key="k", region=7)


@pytest.mark.parametrize(
    ("then", "said"),
    [(None, "登录已结束"), (Actor("张三", "page", (), account=3), "权限已变更")],
)
def test_who_signed_out_or_lost_a_role_gets_no_file(
    monkeypatch: pytest.MonkeyPatch,
    open_app: Open,
    county_home: Path,
    offered: list[Offered],
    then: Actor | None,
    said: str,
) -> None:
    open_app(county_home)
    offered.clear()
    offer_as(monkeypatch, then, lambda: pytest.fail("made"))
    with pytest.raises(NotPermitted, match=said):
        offered[0].make()


def test_the_file_is_made_as_whoever_clicks(
    monkeypatch: pytest.MonkeyPatch, open_app: Open, county_home: Path, offered: list[Offered]
) -> None:
    open_app(county_home)
    offered.clear()
    offer_as(monkeypatch, VIEWER, lambda: data.actor().name.encode())
    assert offered[0].make().decode() == "张三"
    EXPORT_LOG.flush()
    monkeypatch.setattr(who, "actor", lambda opened: operator("测试员", "page"))
    line = queries.list_audit(data.workspace(), 1).iloc[0]
    assert (line["actor"], line["account"], line["region"]) == ("张三", 3, 7)
