"""A process of its own beside others on one PostgreSQL: does what it is told on standard input, one JSON line an order, and
answers with one line."""

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecodash import actions, queries, sessions
from ecodash.domain.access import SYSTEM
from ecodash.errors import UserError
from ecodash.settings import PROJECT_ROOT, Settings, load_settings
from ecodash.store.engine import load_rows, next_number, open_store
from ecodash.store.tables import observation
from ecodash.workspace import Workspace, open_workspace
from tests.builders import ACTOR, CATALOG, NOON, VILLAGES, commit

CODES = ("garbage", "toilets", "households")
_opened: list[Workspace] = []


def here() -> Workspace:
    return _opened[-1]


def open_(home: str, url: str, link_key: str = "") -> None:
    """A small store; the process keeps it until it opens another."""
    settings = Settings(Path(home), url, PROJECT_ROOT / "data", link_key_path=link_key)
    _opened.append(Workspace(settings, open_store(settings), CATALOG, SYSTEM))


def begin(home: str, url: str) -> int:
    """A store with the catalogue of the software, made where there is none."""
    opened = open_workspace(load_settings({"ECODASH_HOME": home, "ECODASH_DATABASE_URL": url}))
    _opened.append(opened)
    return queries.newest_watermark(opened)


def commits(count: int, seed: int) -> list[int]:
    draw = random.Random(seed)
    return [
        commit(
            here().store,
            *(
                (village, code, f"2026-{month:02d}", draw.randint(0, 10**6))
                for village in VILLAGES
                for code in CODES
                for month in range(1, draw.randint(2, 4))
            ),
        ).batch
        for _turn in range(count)
    ]


def stream(seed: int) -> None:
    """Commit until killed, and say each batch that is acknowledged."""
    while True:
        [batch] = commits(1, seed := seed + 1)
        print(batch, flush=True)


def hang() -> None:
    """Stand in the middle of a commit, with some of it written, until killed."""
    with here().store.writing() as connection:
        seq = next_number(connection, "watermark")
        row = {"region": [int(VILLAGES[0])], "indicator": [2], "period": [202601], "seq": [seq], "sign": [1]}
        load_rows(connection, observation, row | {"value": [7]})
        print(seq, flush=True)
        time.sleep(600)


def add_region(code: str) -> int:
    return actions.add_regions(here(), [code], actor=SYSTEM, now=NOON)


def add_alias(key: int, alias: str) -> bool:
    return actions.add_region_alias(here(), key, alias, actor=SYSTEM, now=NOON)


def leave_out(code: str) -> None:
    actions.change_indicator(here(), code, is_used=False, headings=(), actor=SYSTEM, now=NOON)


def end_sessions(account: int) -> int:
    return actions.end_account_sessions(here(), account, actor=SYSTEM, now=NOON)


def revoke(number: int) -> None:
    actions.revoke_snapshot(here(), number, actor=ACTOR, now=NOON)


def open_link(token: str) -> int:
    return queries.get_snapshot(here(), token=token).number


def who(token: str) -> str | None:
    found = sessions.find(here(), token, now=NOON, touches=False)
    return None if found is None else found.actor.name


def newest() -> int:
    return queries.newest_watermark(here())


def known_regions() -> int:
    return len(here().tree)


ORDERS: dict[str, Callable[..., Any]] = {
    one.__name__: one
    for one in (
        open_, begin, commits, stream, hang, add_region, add_alias, leave_out, end_sessions, revoke, open_link, who, newest,
        known_regions,
    )
}  # fmt: skip


def main() -> None:
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = ORDERS[name](*arguments)
        except UserError as error:
            answer = {"refused": type(error).__name__, "what": error.what}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
