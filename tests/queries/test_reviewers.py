"""Who is there to review."""

from pathlib import Path

from ecodash import queries
from ecodash.domain.access import Actor, Grant, Role
from ecodash.domain.regions import region_key
from ecodash.settings import load_settings
from ecodash.store.records import accounts
from ecodash.workspace import open_workspace
from tests.builders import COUNTY, NOON, TOWN_A, TOWN_B, new_store

A, B = region_key(TOWN_A), region_key(TOWN_B)


def test_reviewers_are_those_of_all_the_regions_but_the_asker_and_the_disabled(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    workspace = open_workspace(load_settings({"ECODASH_HOME": str(tmp_path)}))
    people = {
        "of_both": Grant(Role.REVIEWER, region_key(COUNTY)),
        "of_a": Grant(Role.REVIEWER, A),
        "gone": Grant(Role.REVIEWER, region_key(COUNTY)),
        "reporter": Grant(Role.REPORTER, region_key(COUNTY)),
        "admin": Grant(Role.ADMINISTRATOR, 0),
    }
    with workspace.store.writing() as connection:
        numbers = {
            login: accounts.insert_account(
                connection, login=login, name=login, unit="", grants=[grant], password_hash="", must_change=False,
                created_by="", now=NOON,
            )
            for login, grant in people.items()
        }  # fmt: skip
        accounts.update_account(connection, numbers["gone"], is_disabled=True)

    def asked_by(login: str, regions: list[int]) -> list[str]:
        actor = Actor(login, "page", (people[login],), numbers[login], login)
        return queries.reviewers_of(workspace.acting(actor), regions)

    assert asked_by("reporter", [A]) == ["of_a", "of_both"]
    assert asked_by("reporter", [A, B]) == ["of_both"]
    assert asked_by("of_both", [A]) == ["of_a"]
    workspace.close()
