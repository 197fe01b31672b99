"""Stores that earlier versions left, with their snapshots: today's code opens them, and every figure is as it was."""

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecodash import actions, answers, queries
from ecodash.domain.access import operator
from ecodash.settings import load_settings
from ecodash.store.records import frozen_tables
from ecodash.web.session_gate import Doorkeeper
from ecodash.web.snapshots import Snapshots
from ecodash.workspace import Workspace, open_workspace
from tests.fixtures.build_store import figures_of
from tests.web.conftest import Client, our_app

STORES = sorted((Path(__file__).parents[1] / "fixtures" / "stores").iterdir())
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_FIGURE = re.compile(
    r'data-region="(\d*)" data-indicator="([a-z_]+)" data-field="value" data-value="([^"]*)"', re.ASCII
)


@dataclass(frozen=True)
class Earlier:
    """A store of an earlier version, opened by today's code, and what that version showed."""

    workspace: Workspace
    client: Client
    expected: dict[str, Any]


@pytest.fixture(params=STORES, ids=[folder.name for folder in STORES])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Earlier]:
    expected = json.loads((request.param / "expected.json").read_text(encoding="utf-8"))
    (tmp_path / "ecodash.duckdb").write_bytes(lzma.decompress((request.param / "store.duckdb.xz").read_bytes()))
    (tmp_path / "link.key").write_bytes(bytes.fromhex(expected["link_key"]))
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(tmp_path), "ECODASH_OPEN": "1"}), NOW)
    snapshots = Snapshots(lambda: workspace, Doorkeeper(lambda: workspace))
    yield Earlier(workspace, Client(our_app(workspace, snapshots)), expected)
    snapshots.close()
    workspace.close()


def test_there_is_a_store_of_every_version_since_links_are_kept() -> None:
    assert [folder.name for folder in STORES] == ["0.3.0", "0.4.0"]


def test_the_store_is_sound_and_has_the_digest_it_had(earlier: Earlier) -> None:
    found = queries.verify(earlier.workspace)
    assert (found.problems, found.digest) == ([], earlier.expected["digest"])
    assert (found.watermark, found.snapshots) == (earlier.expected["watermark"], len(earlier.expected["snapshots"]))


def test_every_frozen_figure_is_as_it_was(earlier: Earlier) -> None:
    for snapshot in earlier.expected["snapshots"]:
        values, _ = answers.snapshot(earlier.workspace, snapshot["token"])
        assert (values["sha256"], values["path"]) == (snapshot["sha256"], f"/s/{snapshot['token']}")
        assert values["meta"]["title"] == snapshot["title"]
        for page, kept in zip(values["pages"], snapshot["pages"], strict=True):
            assert page["page"] == kept["page"]
            assert json.loads(json.dumps(figures_of(page["tables"]))) == kept["tables"], page["page"]


def test_the_page_shows_every_ranked_figure_and_the_digest(earlier: Earlier) -> None:
    snapshot = earlier.expected["snapshots"][0]
    page = earlier.client.get(f"/s/{snapshot['token']}")
    assert page.status_code == 200
    assert snapshot["sha256"] in page.text
    shown = {(region, code): value for region, code, value in _FIGURE.findall(page.text)}
    [ranking] = [one["tables"]["unit_ranking"] for one in snapshot["pages"] if one["page"] == "ranking"]
    values = dict(zip(ranking["region_code"], ranking["value"], strict=True))
    assert len(values) == 30
    assert sum(value is not None for value in values.values()) == 2
    for region, value in values.items():
        written = shown[region, "garbage_cleared"]
        assert (None if written == "" else float(written)) == value


def test_what_changed_since_is_said_and_the_figures_stay(earlier: Earlier) -> None:
    first = earlier.expected["snapshots"][0]
    text = earlier.client.get(f"/s/{first['token']}").text
    assert "更正 1 个" in text
    assert "补报 1 个" in text


def test_the_guarded_one_asks_for_its_pin_and_opens_with_it(earlier: Earlier) -> None:
    guarded = earlier.expected["snapshots"][1]
    path = f"/s/{guarded['token']}"
    asked = earlier.client.get(path)
    assert guarded["title"] not in asked.text
    let_in = earlier.client.post(
        f"{path}/pin", data={"pin": earlier.expected["pin"]}, headers={"Origin": "http://127.0.0.1"}
    )
    assert let_in.status_code == 303
    cookie = let_in.headers["set-cookie"].split(";")[0]
    assert guarded["title"] in earlier.client.get(path, headers={"Cookie": cookie}).text


def test_an_altered_frozen_table_of_an_earlier_store_is_found(earlier: Earlier) -> None:
    with earlier.workspace.store.writing() as connection:
        assert frozen_tables(connection, 1)
        connection.exec_driver_sql("UPDATE frozen_table SET sha256 = repeat('0', 64) WHERE snapshot = 1")
    assert {problem.place for problem in queries.verify(earlier.workspace).problems} == {"snapshot 1"}


def test_accounts_sign_in_and_what_waits_still_waits(earlier: Earlier) -> None:
    account = earlier.expected.get("account")
    if account is None:
        assert not queries.has_accounts(earlier.workspace)
        return
    login, password = account["login"], account["first_password"]
    opened = actions.sign_in(earlier.workspace, login, password, address="10.1.2.3", agent="Firefox", now=NOW)
    assert isinstance(opened, actions.Opened)
    assert opened.must_change
    (waiting,) = queries.list_filings(earlier.workspace)[["actor", "state", "cell_count"]].itertuples(index=False)
    assert tuple(waiting) == ("张填报", "submitted", 1)
    number = int(queries.list_filings(earlier.workspace)["number"].iloc[0])
    receipt = actions.accept_filing(earlier.workspace, number, actor=operator("王审核"), now=NOW)
    assert (receipt.batch, receipt.cells) == (4, 1)
