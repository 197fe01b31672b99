"""As of an old watermark every query answers as it did then, and what is frozen stays."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from ecodash import actions, queries
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level, region_key
from ecodash.domain.selection import Selection
from ecodash.domain.snapshots import SnapshotWish
from ecodash.queries.frozen import read_comparison
from ecodash.reports.frozen import FrozenPage, canonical_json, digest, from_parquet, snapshot_digest, to_parquet
from ecodash.store import journal
from ecodash.store.tables import frozen_table, observation, snapshot
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B1,
    B2,
    COUNTY,
    NOON,
    TOWN_A,
    TOWN_B,
    cells,
    commit,
    commit_frames,
    targets,
)
from tests.queries.asking import look

FRAMES: list[Callable[[Workspace, Selection], pd.DataFrame]] = [
    queries.key_figures,
    queries.unit_ranking,
    queries.unit_tiles,
    queries.region_trend,
    queries.reconciliation,
    queries.region_targets,
    queries.unit_progress,
    queries.category_targets,
    queries.region_profile,
    queries.figure_origins,
    queries.reporting,
]
SELECTIONS = [
    ("0", "garbage", Level.COUNTY),
    (COUNTY, "toilet_rate", Level.TOWN),
    (TOWN_A, "garbage", Level.VILLAGE),
    (A1, "toilet_rate", Level.VILLAGE),
]


def everything(workspace: Workspace, watermark: int) -> Iterator[tuple[str, pd.DataFrame]]:
    for region, indicator, level in SELECTIONS:
        here = look(workspace, "2026-02", region, indicator, level, watermark)
        for question in FRAMES:
            yield f"{question.__name__} of {region} {indicator}", question(workspace, here)
        answers: dict[str, Any] = {
            "months": queries.months_reported(workspace, watermark, here.region),
            "attributes": queries.region_attributes(workspace, here),
            "indicators": [entry.code for entry in queries.indicators_reported(workspace, here)],
            "start": queries.default_selection(workspace, watermark, here.region),
            "demo": queries.shows_demo(workspace, here),
            "stamp": queries.watermark_stamp(workspace, watermark),
        }
        yield f"answers of {region}", pd.DataFrame({"answer": [repr(answer) for answer in answers.values()]})
    yield "batches", queries.list_batches(workspace, watermark)


def report_two_months(workspace: Workspace) -> None:
    goals = targets(
        (COUNTY, "garbage", "2026-12", 0, 100),
        (TOWN_A, "garbage", "2026-12", 0, 60),
        (A1, "toilet_rate", "2026-12", 0, 90),
    )
    commit_frames(
        workspace.store,
        cells(
            *((code, "households", "2020-01", 100) for code in (A1, A2, A3, B1, B2)),
            *((A1, "toilets", "2026-01", 40), (B1, "toilet_rate", "2026-02", 70), (A1, "garbage", "2026-01", 5)),
            *((A1, "garbage", "2026-02", 6), (TOWN_A, "garbage", "2026-02", 9), (TOWN_B, "garbage", "2026-02", 3)),
        ),
        goals,
    )


def change_it_all(workspace: Workspace) -> None:
    """Corrections, reports of earlier months, other targets, an undo."""
    commit(
        workspace.store, (A1, "garbage", "2026-02", 60), (A1, "toilets", "2026-02", 99), (A2, "garbage", "2026-01", 7)
    )
    commit_frames(
        workspace.store, cells((A1, "households", "2020-01", 50)), targets((COUNTY, "garbage", "2026-12", 10, 500))
    )
    commit(workspace.store, (B2, "garbage", "2026-03", 1), (COUNTY, "garbage", "2026-02", 77))
    journal.undo(workspace.store, 4, actor=ACTOR, now=NOON)


def test_as_of_an_old_watermark_every_query_answers_as_it_did_then(workspace: Workspace) -> None:
    report_two_months(workspace)
    before = dict(everything(workspace, 1))
    change_it_all(workspace)
    assert queries.newest_watermark(workspace) == 5
    after = dict(everything(workspace, 1))
    assert after.keys() == before.keys()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(after[name], frame, obj=name)
    for question in (queries.key_figures, queries.region_targets, queries.unit_ranking):
        now, then = (question(workspace, look(workspace, "2026-02", watermark=mark)) for mark in (5, 1))
        assert not now.equals(then), question.__name__


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────────


FIRST = frozen_table.c.position == 0


def freeze(workspace: Workspace, page: Page, **choice: Any) -> actions.SnapshotMade:
    frozen = queries.freeze(workspace, page, look(workspace, "2026-02", **choice))
    return actions.create_snapshot(workspace, [frozen], SnapshotWish(), actor=ACTOR, now=NOON)


def test_snapshots_of_every_page_stay_as_they_were_and_sound_after_later_commits_and_an_undo(
    workspace: Workspace,
) -> None:
    report_two_months(workspace)
    made = [freeze(workspace, page) for page in Page if page.is_selected]
    kept = [
        (queries.get_snapshot(workspace, token=one.token), queries.frozen_tables(workspace, one.number)) for one in made
    ]
    change_it_all(workspace)
    assert [
        (queries.get_snapshot(workspace, number=one.number), queries.frozen_tables(workspace, one.number))
        for one in made
    ] == kept
    found = queries.verify(workspace)
    assert (found.problems, found.notes, found.recomputed) == ([], [], len(made))


def test_a_frozen_table_holds_what_its_query_said(workspace: Workspace) -> None:
    report_two_months(workspace)
    here = look(workspace, "2026-02")
    made = queries.get_snapshot(workspace, number=freeze(workspace, Page.OVERVIEW).number)
    frames = queries.frozen_pack(workspace, made).pages[0].tables
    assert list(frames) == [
        "key_figures",
        "category_targets",
        "region_targets",
        "unit_ranking",
        "unit_parts",
        "reporting",
    ]
    pd.testing.assert_frame_equal(frames["key_figures"], queries.key_figures(workspace, here), check_dtype=False)
    assert frames["unit_ranking"]["value"].tolist() == [6, 3]


def test_a_snapshot_names_its_place_month_and_watermark(workspace: Workspace) -> None:
    report_two_months(workspace)
    meta = queries.freeze(workspace, Page.RANKING, look(workspace, "2026-02", TOWN_A)).meta
    assert (meta["region_code"], meta["month_label"], meta["watermark"]) == (TOWN_A, "2026年2月", 1)
    assert (meta["committed_at"], meta["villages"], meta["is_demo"]) == (NOON.isoformat(), 3, False)


def test_an_untouched_store_is_sound_and_says_its_digest(workspace: Workspace) -> None:
    report_two_months(workspace)
    freeze(workspace, Page.OVERVIEW)
    found = queries.verify(workspace)
    assert (found.problems, found.snapshots, found.watermark, len(found.digest)) == ([], 1, 1, 64)


def test_a_tampered_frozen_table_is_found(workspace: Workspace) -> None:
    report_two_months(workspace)
    freeze(workspace, Page.RANKING)
    with workspace.store.writing() as connection:
        content = connection.execute(sa.select(frozen_table.c.content).where(FIRST)).scalar_one()
        connection.execute(sa.update(frozen_table).where(FIRST).values(content=bytes(content) + b" "))
    assert [problem.place for problem in queries.verify(workspace).problems] == ["snapshot 1"]


def test_a_tampered_digest_is_found(workspace: Workspace) -> None:
    report_two_months(workspace)
    for number in (freeze(workspace, Page.RANKING).number, freeze(workspace, Page.MAP).number):
        assert number
    with workspace.store.writing() as connection:
        first = sa.and_(FIRST, frozen_table.c.snapshot == 1)
        connection.execute(sa.update(frozen_table).where(first).values(sha256="0" * 64))
        connection.execute(sa.update(snapshot).where(snapshot.c.number == 2).values(sha256="0" * 64))
    assert {problem.place for problem in queries.verify(workspace).problems} == {"snapshot 1", "snapshot 2"}


def test_a_frozen_figure_replaced_with_every_digest_is_found_by_the_journal(workspace: Workspace) -> None:
    """Whoever can write to the store can make all digests fit: what the journal says remains."""
    report_two_months(workspace)
    made = freeze(workspace, Page.RANKING)
    kept = queries.frozen_tables(workspace, made.number)
    rows = from_parquet(kept[0].content)
    forged = to_parquet(rows.assign(value=rows["value"].where(rows.index != 0, 600.0)))
    meta = queries.get_snapshot(workspace, number=made.number).meta
    with workspace.store.writing() as connection:
        connection.execute(sa.update(frozen_table).where(FIRST).values(content=forged, sha256=digest(forged)))
        whole = snapshot_digest(meta, [digest(forged), *(table.sha256 for table in kept[1:])])
        connection.execute(sa.update(snapshot).values(sha256=whole))
    [problem] = queries.verify(workspace).problems
    assert problem.place == "snapshot 1"
    assert "unit_ranking" in problem.what
    assert f"{TOWN_A} value：冻结 600，重算 6" in problem.what


def test_a_frozen_table_replaced_with_its_digest_is_found_by_the_snapshots(workspace: Workspace) -> None:
    report_two_months(workspace)
    freeze(workspace, Page.RANKING)
    with workspace.store.writing() as connection:
        connection.execute(sa.update(snapshot).values(meta=snapshot.c.meta + " "))
    assert [problem.place for problem in queries.verify(workspace).problems] == ["snapshot 1"]


def test_a_tampered_journal_is_found_by_the_rollup_and_by_the_snapshot(workspace: Workspace) -> None:
    report_two_months(workspace)
    freeze(workspace, Page.RANKING)
    before = queries.verify(workspace).digest
    with workspace.store.writing() as connection:
        cell = sa.and_(observation.c.region == region_key(A1), observation.c.period == 202602)
        connection.execute(sa.update(observation).where(cell).values(value=600))
    found = queries.verify(workspace)
    assert found.digest != before
    assert {problem.place for problem in found.problems} == {"rollup", "snapshot 1"}


def test_a_ranking_frozen_by_another_rule_is_worked_out_by_that_rule_again(workspace: Workspace) -> None:
    report_two_months(workspace)
    here = look(workspace, "2026-02", level=Level.VILLAGE)
    rule = Comparison(Span.YEAR, Against.YEAR_AGO, ("村",), least=2)
    frozen = queries.freeze(workspace, Page.RANKING, here, rule)
    assert read_comparison(json.loads(canonical_json(frozen.meta))) == rule
    assert not frozen.tables["unit_ranking"].equals(queries.unit_ranking(workspace, here))
    actions.create_snapshot(workspace, [frozen], SnapshotWish(), actor=ACTOR, now=NOON)
    assert queries.verify(workspace).problems == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("unit_ranking", lambda rows: rows.iloc[::-1]),
        ("unit_ranking", lambda rows: rows.assign(value=rows["value"] + 1)),
        ("unit_ranking", lambda rows: rows.drop(columns="kind")),
        ("region_targets", lambda rows: rows.assign(state="ahead")),
    ],
)
def test_rules_of_other_software_are_no_tampering_but_a_change_by_the_same_is(
    workspace: Workspace, table: str, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    """A table other than the one worked out now: by what this software made it is wrong, by another it may be right."""
    report_two_months(workspace)
    frozen = queries.freeze(workspace, Page.OVERVIEW, look(workspace, "2026-02"))
    other = dict(frozen.tables) | {table: change(frozen.tables[table]).reset_index(drop=True)}
    for software in (frozen.meta["software"], "0.1.0"):
        made = FrozenPage(frozen.page, frozen.selection, dict(frozen.meta) | {"software": software}, other)
        actions.create_snapshot(workspace, [made], SnapshotWish(), actor=ACTOR, now=NOON)
    assert [problem.place for problem in queries.verify(workspace).problems] == ["snapshot 1"]


def test_what_other_software_froze_is_still_guarded_by_its_digests(workspace: Workspace) -> None:
    report_two_months(workspace)
    frozen = queries.freeze(workspace, Page.RANKING, look(workspace, "2026-02"))
    made = FrozenPage(frozen.page, frozen.selection, dict(frozen.meta) | {"software": "0.1.0"}, frozen.tables)
    actions.create_snapshot(workspace, [made], SnapshotWish(), actor=ACTOR, now=NOON)
    assert queries.verify(workspace).problems == []
    with workspace.store.writing() as connection:
        content = connection.execute(sa.select(frozen_table.c.content).where(FIRST)).scalar_one()
        connection.execute(sa.update(frozen_table).where(FIRST).values(content=bytes(content) + b" "))
    assert [problem.place for problem in queries.verify(workspace).problems] == ["snapshot 1"]
