"""Whoever opens a link or takes a file of it away is in the audit; secrets are nowhere: not there, not in the log, not in
the store."""

import json
import logging

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from ecodash import actions, passwords, queries
from ecodash.actions import EXPORT_LOG
from ecodash.domain.access import Grant, Role
from ecodash.domain.snapshots import Access
from ecodash.errors import UserError
from ecodash.store.tables import metadata
from ecodash.workspace import Workspace
from tests.builders import ACTOR, NOON
from tests.web.links import Desk


def lines(workspace: Workspace, action: str) -> list[dict[str, object]]:
    found = queries.list_audit(workspace)
    chosen = found[found["action"] == action]
    return [
        {"actor": row["actor"], "address": row["address"], "region": row["region"], **json.loads(row["detail"])}
        for row in chosen.to_dict("records")
    ]


def test_openings_are_told_by_address_and_only_of_the_page(own: Desk) -> None:
    made = own.make()
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        own.ask(made.path, address=address)
    own.ask(made.path, method="HEAD", address="10.0.0.3")
    own.ask("/s/nosuch", address="10.0.0.4")
    own.snapshots.openings.flush()
    told = {(one["address"], one["times"]) for one in lines(own.workspace, "open_snapshot")}
    assert told == {("10.0.0.1", 2), ("10.0.0.2", 1)}
    assert {one["region"] for one in lines(own.workspace, "open_snapshot")} == {500230000000}
    assert queries.get_snapshot(own.workspace, number=made.number).opened == 3


def test_a_file_taken_from_a_link_is_told(own: Desk) -> None:
    made = own.make()
    for part in ("file.html", "tables.xlsx"):
        assert own.ask(f"{made.path}/{part}", address="10.0.0.1").status == 200
    EXPORT_LOG.flush()
    told = lines(own.workspace, "export")
    assert {(one["file"], one["address"], one["snapshot"]) for one in told} == {
        ("file.html", "10.0.0.1", made.number),
        ("tables.xlsx", "10.0.0.1", made.number),
    }


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept by the same hash at its lowest cost."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)


def test_no_secret_of_a_journey_is_kept_or_logged(
    own: Desk, quick_passwords: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    workspace, secrets = own.workspace, {"wrong": "Wrong-Marked-7301", "pin": "73015846"}
    link = actions.make_setup_link(workspace, now=NOON)
    assert link is not None
    secrets |= {"setup": link, "first": "Heron-Marked-9917-x"}
    root = actions.set_up(workspace, link, "admin", "管理员", secrets["first"], address="10.0.0.1", agent="b", now=NOON)
    made = actions.create_account(
        workspace, "zhang", "张三", grants=[Grant(Role.REPORTER, 500230000000)], actor=ACTOR, now=NOON
    )
    secrets |= {"root session": root.token, "given": made.first_password, "new": "Otter-Marked-4410-y"}
    for login, word in (("zhang", secrets["wrong"]), (secrets["wrong"], "x" * 12)):
        with pytest.raises(UserError):
            actions.sign_in(workspace, login, word, address="10.0.0.1", agent="b", now=NOON)
    opened = actions.sign_in(workspace, "zhang", made.first_password, address="10.0.0.1", agent="b", now=NOON)
    token = actions.change_password(workspace, opened.token, made.first_password, secrets["new"], now=NOON)  # type: ignore[union-attr]
    offer = actions.begin_totp(workspace, token, now=NOON)
    code = pyotp.TOTP(offer.secret).at(NOON)
    actions.confirm_totp(workspace, token, offer.text, code, now=NOON)
    again = actions.sign_in(workspace, "zhang", secrets["new"], address="10.0.0.1", agent="b", now=NOON)
    secrets |= {"session": opened.token, "session 2": token, "totp": offer.secret, "ticket": again.text}  # type: ignore[union-attr]
    secrets["reset"] = actions.reset_password(workspace, made.account.number, actor=ACTOR, now=NOON)
    snapshot = own.make(access=Access.PIN, pin=secrets["pin"])
    secrets["link"] = snapshot.token
    own.ask(snapshot.path)
    own.ask(f"{snapshot.path}/pin", method="POST", body=b"pin=73015847", origin="http://ecodash.test")
    own.ask(f"{snapshot.path}/pin", method="POST", body=f"pin={secrets['pin']}".encode(), origin="http://ecodash.test")
    own.snapshots.openings.flush()
    EXPORT_LOG.flush()

    with workspace.store.reading() as connection:
        kept = {
            table.name: "\n".join(str(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
            if table.name not in ("calendar", "region", "rollup", "observation", "frozen_table")
        }
    assert len(kept["audit"].splitlines()) >= 9
    for name, secret in secrets.items():
        assert len(secret) >= 8
        found = [table for table, text in kept.items() if secret in text]
        assert not found, f"{name} stands in {found}"
        assert secret not in caplog.text, f"{name} is logged"
