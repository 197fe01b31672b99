"""Records beside the journal: catalogue, regions, batches, files, doubts, choices, snapshots, audit."""

from ecodash.store.records.batches import (
    Stamp,
    find_batch_of,
    first_receipts,
    has_demo,
    list_batches,
    origins,
    reported_months,
    stamp,
)
from ecodash.store.records.catalog import add_regions, indicator_numbers, region_tree, regions_version, sync_catalog
from ecodash.store.records.choices import (
    RegionAlias,
    add_alias,
    closed_months,
    headers_of,
    list_aliases,
    list_month_locks,
    remember_headers,
    set_month_lock,
)
from ecodash.store.records.snapshots import (
    find_setting,
    find_snapshot,
    insert_snapshot,
    list_audit,
    list_snapshots,
    set_setting,
    write_audit,
)
from ecodash.store.records.uploads import KeptDoubt, KeptFile, doubts_of, load_file, standing_doubts

__all__ = [
    "KeptDoubt",
    "KeptFile",
    "RegionAlias",
    "Stamp",
    "add_alias",
    "add_regions",
    "closed_months",
    "doubts_of",
    "find_batch_of",
    "find_setting",
    "find_snapshot",
    "first_receipts",
    "has_demo",
    "headers_of",
    "indicator_numbers",
    "insert_snapshot",
    "list_aliases",
    "list_audit",
    "list_batches",
    "list_month_locks",
    "list_snapshots",
    "load_file",
    "origins",
    "region_tree",
    "regions_version",
    "remember_headers",
    "reported_months",
    "set_month_lock",
    "set_setting",
    "stamp",
    "standing_doubts",
    "sync_catalog",
    "write_audit",
]
