"""Every action on figures, papers and definitions: what it needs, and how it is tried in a place."""

from decimal import Decimal
from types import SimpleNamespace

from ecodash.actions import Choices
from ecodash.domain.access import Right, Role
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.regions import Level, region_code
from ecodash.domain.snapshots import Access, Lifetime, SnapshotWish
from ecodash.domain.targets import TargetEdit
from ecodash.permits import Reach
from tests.permits.case import Arguments, Case, given
from tests.permits.world import MONTH, NOW, PLACES, World, csv_of, digest_of, person

COUNTIES = ("本县", "外县")


def _of_batch(world: World, place: str) -> Arguments:
    return given(world.batches[place])


def _of_upload(world: World, place: str) -> Arguments:
    return given(world.uploads[place])


def _of_snapshot(world: World, place: str) -> Arguments:
    return given(world.snapshots[place].number)


def _of_filing(world: World, place: str) -> Arguments:
    return given(world.filings[place])


def _file(world: World, place: str) -> Arguments:
    return given(csv_of(place, 700), "2026年10月.csv", choices=Choices(month=MONTH))


def _edits(world: World, place: str) -> Arguments:
    return given([TargetEdit(region_code(PLACES[place]), "garbage", "2026-12", str(Decimal(50)))])


def _on_machine(*args: object, **kwargs: object) -> Case:
    return Case(None, lambda w, p: given(*args, **kwargs), Reach.MACHINE, places=("本镇",))


CASES = {
    # ── uploads ────────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.uploads.read_file": Case(Right.REPORT, _file),
    "actions.uploads.read_content": _on_machine(
        b"x", "x.csv", choices=Choices(month=MONTH), remembered={}, newest=MONTH
    ),
    "actions.uploads.read_intake": _on_machine(
        b"x", "x.csv", choices=Choices(month=MONTH), remembered={}, newest=MONTH
    ),
    "actions.uploads.commit_upload": Case(Right.REPORT, _of_upload, more=Right.PUBLISH),
    "actions.uploads.rehearsing": Case(None, _of_upload, Reach.MACHINE, places=("本镇",)),
    "actions.uploads.plan_undo": Case(Right.READ, _of_batch),
    "actions.uploads.undo_batch": Case(Right.REVIEW, _of_batch),
    "actions.imports.import_file": Case(
        Right.REPORT,
        lambda w, p: given(csv_of(p, 800), "2026年10月.csv", choices=Choices(month=MONTH), dry_run=True),
        only=lambda actor: True,
    ),
    "effects.effects_of_upload": Case(Right.READ_REPORTED, _of_upload),
    "effects.effects_of_batch": Case(Right.READ, _of_batch),
    # ── targets ────────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.targets.plan_targets": Case(Right.MANAGE, _edits),
    "actions.targets.save_targets": Case(Right.MANAGE, _edits),
    # ── definitions ────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.definitions.save_definition": Case(
        Right.MANAGE, lambda w, p: given(DefinitionKind.MEETING, f"{p}新例会", w.order(p).to_content())
    ),
    "actions.definitions.withdraw_definition": Case(
        Right.MANAGE, lambda w, p: given(DefinitionKind.MEETING, name=f"{p}例会")
    ),
    "actions.lists.save_list_rule": Case(Right.MANAGE, lambda w, p: given(f"{p}新榜", w.rule(p))),
    "actions.lists.save_list_reasons": Case(
        Right.MANAGE, lambda w, p: given(f"{p}月榜", MONTH, {PLACES[p]: "另一个理由"})
    ),
    # ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.snapshots.create_snapshot": Case(Right.SHARE, lambda w, p: given([w.pages[p]], SnapshotWish())),
    "actions.snapshots.extend_snapshot": Case(
        Right.SHARE, lambda w, p: given(w.snapshots[p].number, lifetime=Lifetime.WEEK)
    ),
    "actions.snapshots.renew_link": Case(Right.SHARE, _of_snapshot),
    "actions.snapshots.change_access": Case(Right.SHARE, lambda w, p: given(w.snapshots[p].number, Access.SIGNED_IN)),
    "actions.snapshots.write_presenter_notes": Case(
        Right.SHARE, lambda w, p: given(w.snapshots[p].number, ["先讲这个"])
    ),
    "actions.snapshots.revoke_snapshot": Case(Right.SHARE, _of_snapshot),
    "actions.snapshots.count_openings": _on_machine({}),
    "actions.exports.log_exports": _on_machine([]),
    # ── regions and boundaries ─────────────────────────────────────────────────────────────────────────────────────
    "actions.places.add_regions": Case(Right.ADMINISTER, lambda w, p: given([region_code(PLACES[p])]), places=COUNTIES),
    "actions.places.add_region_alias": Case(Right.ADMINISTER, lambda w, p: given(PLACES[p], f"{p}旧名")),
    "actions.boundaries.read_boundaries": Case(
        Right.ADMINISTER, lambda w, p: given(b"{}", "a.json", county=PLACES[p]), places=COUNTIES
    ),
    "actions.boundaries.save_boundaries": Case(
        Right.ADMINISTER,
        lambda w, p: given(SimpleNamespace(county=PLACES[p], keys=(), level=Level.TOWN, digest=digest_of(p))),
        places=COUNTIES,
    ),
    "actions.boundaries.withdraw_boundaries": Case(
        Right.ADMINISTER, lambda w, p: given(w.boundaries[p]), places=COUNTIES
    ),
    # ── the calendar ───────────────────────────────────────────────────────────────────────────────────────────────
    "actions.calendar.set_month_closed": Case(
        Right.CLOSE, lambda w, p: given(MONTH.plus(-6), is_closed=True, county=PLACES[p]), places=(*COUNTIES, "全部")
    ),
    "actions.calendar.set_month_closed#open": Case(
        Right.CLOSE,
        lambda w, p: given(MONTH.plus(-6), is_closed=False, county=PLACES[p], reason="更正"),
        places=(*COUNTIES, "全部"),
        more=Right.REOPEN,
    ),
    "actions.calendar.set_deadline": Case(
        Right.CLOSE, lambda w, p: given(PLACES[p], MONTH, NOW, reason="放假"), places=COUNTIES
    ),
    "actions.calendar.set_reviewed": Case(
        Right.ADMINISTER, lambda w, p: given(PLACES[p], True, reason="照章"), places=COUNTIES
    ),
    "queries.deadlines.due_of": Case(None, lambda w, p: given(PLACES[p], MONTH), Reach.SIGNED_IN, places=("本镇",)),
    "queries.deadlines.dues_of": Case(
        None, lambda w, p: given([PLACES[p]], [MONTH]), Reach.SIGNED_IN, places=("本镇",)
    ),
    "queries.deadlines.deadlines": Case(None, lambda w, p: given(MONTH), Reach.SIGNED_IN, places=("本镇",)),
    "queries.deadlines.counties_of": Case(None, lambda w, p: given(), Reach.SIGNED_IN, places=("本镇",)),
    "queries.deadlines.deadlines_version": Case(None, lambda w, p: given(), Reach.SIGNED_IN, places=("本镇",)),
    # ── review ─────────────────────────────────────────────────────────────────────────────────────────────────────
    "actions.handing_in.deliver": Case(Right.REPORT, _of_upload),
    "actions.review.accept_filings": Case(Right.REVIEW, lambda w, p: given([]), Reach.SOMEWHERE, places=("本镇",)),
    "actions.review.return_filing": Case(Right.REVIEW, lambda w, p: given(w.filings[p], comment="请核对")),
    "actions.review.accept_filing": Case(Right.REVIEW, _of_filing),
    "actions.review.withdraw_filing": Case(
        Right.REPORT, _of_filing, Reach.SOMEWHERE, only=lambda actor: actor == person(Role.REPORTER, "全部")
    ),
    "actions.filings.open_filing": Case(Right.READ_REPORTED, _of_filing),
    "actions.filings.overlapping_filings": Case(Right.READ_REPORTED, _of_filing),
    "effects.effects_of_filing": Case(Right.READ_REPORTED, _of_filing),
    "effects.reported_beside_accepted": Case(Right.READ_REPORTED, lambda w, p: given(w.selection(p))),
    "queries.review.list_filings": Case(
        Right.READ,
        lambda w, p: given(),
        Reach.SOMEWHERE,
        lambda w, answer: {p for p, n in w.filings.items() if n in set(answer["number"])},
        ("本镇",),
        sees=Right.READ_REPORTED,
    ),
    "queries.review.get_filing": Case(Right.READ_REPORTED, _of_filing),
    "queries.review.filing_comments": Case(Right.READ_REPORTED, _of_filing),
    "queries.review.filing_steps": Case(Right.READ_REPORTED, _of_filing),
    "queries.review.filing_file": Case(Right.READ_REPORTED, _of_filing),
    "queries.review.review_status": Case(Right.READ_REPORTED, lambda w, p: given(w.selection(p))),
    "queries.review.handed_in_states": Case(Right.READ_REPORTED, lambda w, p: given(w.selection(p), [PLACES[p]])),
    "queries.review.filing_of_batch": Case(Right.READ, _of_batch),
    "queries.review.is_reviewed": Case(None, lambda w, p: given(PLACES[p]), Reach.SIGNED_IN, places=("本镇",)),
    "queries.review.review_choices": Case(None, lambda w, p: given(), Reach.SIGNED_IN, places=("本镇",)),
    "queries.reviewers.reviewers_of": Case(Right.READ_REPORTED, lambda w, p: given([PLACES[p]])),
}
"""What reads nothing but reported figures stands here too: a copy of the world is used up by actions."""
