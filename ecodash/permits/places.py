"""The regions a call is about, found from what it is given."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ecodash.domain.access import Right
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of, region_key
from ecodash.domain.snapshots import Snapshot
from ecodash.errors import NotPermitted, RegionUnknown
from ecodash.i18n import gettext as _
from ecodash.permits.rules import Regions, by_number, said
from ecodash.store import batch_contents, records
from ecodash.workspace import Workspace

Given = dict[str, Any]


@said
def of_selection(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region of the argument `selection`."""
    return (given["selection"].region,)


def of_selection_and(name: str) -> Regions:
    """The region of the argument `selection`, and the one whose key another argument holds."""

    @said
    def find(workspace: Workspace, given: Given) -> Iterable[int]:
        return (given["selection"].region, int(given[name]))

    find.__doc__ = f"The region of the argument `selection`, and the region `{name}`."
    return find


def of_region(name: str) -> Regions:
    """The region whose key an argument holds; the whole country where it is left out."""

    @said
    def find(workspace: Workspace, given: Given) -> Iterable[int]:
        key = given.get(name)
        return (COUNTRY_KEY if key is None else int(key),)

    find.__doc__ = f"The region `{name}`; the whole country where it is left out."
    return find


def of_selection_for_asker(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region of the argument `selection`; what is answered depends on what else the asker may see."""
    return (given["selection"].region,)


def of_start(workspace: Workspace, given: Given) -> Iterable[int]:
    """The region of the argument `region`; where it is left out the reader's own first one, which needs no asking."""
    key = given.get("region")
    return () if key is None else (int(key),)


def of_regions(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions whose keys the argument `regions` holds."""
    return [int(key) for key in given["regions"]]


def of_codes(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions whose codes are given; the country for one that is no code."""
    return _keys_of(given["codes"])


def everywhere(workspace: Workspace, given: Given) -> Iterable[int]:
    """The whole installation."""
    return (COUNTRY_KEY,)


def _keys_of(codes: Iterable[str]) -> set[int]:
    found = set()
    for code in codes:
        try:
            found.add(region_key(str(code)))
        except RegionUnknown:
            found.add(COUNTRY_KEY)
    return found


# ── batches ────────────────────────────────────────────────────────────────────────────────────────────────────────


def regions_of_batches(workspace: Workspace, numbers: Iterable[int]) -> dict[int, Sequence[int]]:
    """Keys of the villages each batch wrote to or took back in, of a batch with many their towns, or of larger units
    with their own reports; the country where there is no such batch."""
    asked = list(dict.fromkeys(numbers))
    known = workspace.known.batches
    missing = [number for number in asked if number not in known]
    if missing:
        with workspace.store.reading() as connection:
            # A batch is never changed; one that is not there yet may come, and is not kept.
            known.update(batch_contents.regions_of_batches(connection, missing))
    return {number: known.get(number, (COUNTRY_KEY,)) for number in asked}


def regions_of_batch(workspace: Workspace, number: int) -> Sequence[int]:
    """The same of one batch."""
    return regions_of_batches(workspace, [number])[number]


@by_number
def of_batch(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the batch whose number is the argument `number`."""
    return regions_of_batch(workspace, int(given["number"]))


@by_number
def of_batch_file(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of a batch's file: those of the batch, or their counties where the file also said what stood already,
    of which the batch does not tell for whom."""
    number = int(given["number"])
    regions = regions_of_batch(workspace, number)
    with workspace.store.reading() as connection:
        counts = batch_contents.counts_of_batch(connection, number)
    if counts is not None and not counts["unchanged"]:
        return regions
    return {ancestor_key(key, Level.COUNTY) if level_of(key).rank > Level.COUNTY.rank else key for key in regions}


def towns_of(keys: Iterable[int]) -> list[int]:
    """Keys of the towns that regions lie in, of larger ones their own: each once, in order."""
    return sorted({ancestor_key(key, Level.TOWN) if level_of(key).rank > Level.TOWN.rank else key for key in keys})


def regions_of_upload(upload: Any) -> Iterable[int]:
    """The regions an upload has figures or targets for, changed or not."""
    frames = (upload.changes, upload.target_changes)
    return sorted({int(key) for rows in frames for key in rows["region"].unique()})


def of_upload(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions that the argument `upload` has figures or targets for."""
    return regions_of_upload(given["upload"])


# ── snapshots ──────────────────────────────────────────────────────────────────────────────────────────────────────


def regions_of_snapshot(snapshot: Snapshot) -> Sequence[int]:
    """Keys of the regions a snapshot's pages are about."""
    pages = json.loads(snapshot.meta).get("pages", [])
    codes = {str(page["region_code"]) for page in pages if "region_code" in page}
    codes.add(str(json.loads(snapshot.selection)["region"]))
    return sorted(map(region_key, codes))


@by_number
def of_snapshot(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the snapshot given as `snapshot`, or by its `number`; the country where there is none.

    A token that was handed over is itself the permission to know what it opens.
    """
    if given.get("token") is not None:
        return ()
    found: Snapshot | None = given.get("snapshot")
    if found is None:
        with workspace.store.reading() as connection:
            found = records.find_snapshot(connection, number=given.get("number"))
    return (COUNTRY_KEY,) if found is None else regions_of_snapshot(found)


@by_number
def of_snapshots(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of the two snapshots `a` and `b`."""
    return (*regions_of_snapshot(given["a"]), *regions_of_snapshot(given["b"]))


def of_pages(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of frozen pages: the argument `pages`, or those of `pack`."""
    pages = given["pack"].pages if "pack" in given else given["pages"]
    return sorted({page.selection.region for page in pages})


def of_edition(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions of frozen pages; and of the meeting whose next edition they are to be, as one edition's page leads to
    the others.

    Raises:
        NotPermitted: the meeting's name is taken by others.
    """
    series = given["wish"].cleaned().series
    if series:
        with workspace.store.reading() as connection:
            editions = records.list_snapshots(connection, series=series)
        for one in editions:
            if not all(workspace.actor.may(Right.SHARE, key) for key in regions_of_snapshot(one)):
                raise NotPermitted(
                    _("例会名称“{name}”已由其他地区使用。").format(name=series), _("请换一个名称，例如加上本地的地名。")
                )
    return of_pages(workspace, given)


# ── boundaries and targets ─────────────────────────────────────────────────────────────────────────────────────────


@by_number
def of_boundary_set(workspace: Workspace, given: Given) -> Iterable[int]:
    """The county of a set of boundaries by its `number`; the country where there is none."""
    with workspace.store.reading() as connection:
        for one in records.list_boundary_sets(connection):
            if one.number == given["number"]:
                return (one.county,)
    return (COUNTRY_KEY,)


def of_draft(workspace: Workspace, given: Given) -> Iterable[int]:
    """The county a draft of boundaries is a map of."""
    return (given["draft"].county,)


def of_edits(workspace: Workspace, given: Given) -> Iterable[int]:
    """The regions whose targets are edited; a code that is none is refused by the action itself."""
    found = set()
    for edit in given["edits"]:
        try:
            found.add(region_key(edit.region))
        except RegionUnknown:
            continue
    return found
