"""What this process counts of itself, for /metrics. Labels are of a bounded number: kinds and templates, never names,
addresses or paths somebody typed."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
"""Our own: what a library counts of itself in the common one is not shown."""

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

# ── requests and pages ─────────────────────────────────────────────────────────────────────────────────────────────

REQUESTS = Counter(
    "ecodash_http_requests",
    "Requests answered, by template of the address.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "ecodash_http_request_duration_seconds", "From a request's head to the end of its answer.", ("route",),
    buckets=_FAST, registry=REGISTRY,
)  # fmt: skip
REQUESTS_OPEN = Gauge("ecodash_http_requests_in_progress", "Requests being answered.", registry=REGISTRY)
SOCKETS = Gauge("ecodash_websockets", "Open pages.", registry=REGISTRY)
RUNS = Counter(
    "ecodash_page_runs", "Runs of the pages' script: ok, refused (told to the reader), broken.", ("page", "outcome"),
    registry=REGISTRY,
)  # fmt: skip
RUN_SECONDS = Histogram(
    "ecodash_page_run_duration_seconds",
    "From a click to the end of the script.",
    ("page",),
    buckets=_FAST,
    registry=REGISTRY,
)
ERRORS = Counter(
    "ecodash_unexpected_errors", "Faults of the software that a reader met.", ("place",), registry=REGISTRY
)

# ── what people do ─────────────────────────────────────────────────────────────────────────────────────────────────

COMMITS = Counter("ecodash_commits", "Batches committed: upload, acceptance, undo.", ("kind",), registry=REGISTRY)
for _kind in ("upload", "acceptance", "undo"):
    COMMITS.labels(_kind)  # There from the beginning: the first one is then seen as an increase.
CELLS = Counter("ecodash_committed_cells", "Figures that commits wrote anew or changed.", registry=REGISTRY)
FILINGS = Counter("ecodash_filings", "Files handed in for review.", registry=REGISTRY)
REFUSALS = Counter(
    "ecodash_refusals", "Questions and actions that were refused, by kind.", ("kind",), registry=REGISTRY
)
SIGN_IN_FAILURES = Counter("ecodash_sign_in_failures", "Passwords and codes that were not right.", registry=REGISTRY)
EXPORTS_DROPPED = Counter(
    "ecodash_export_lines_dropped", "Downloads of which the audit only holds the number.", registry=REGISTRY
)

# ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CACHE = Counter("ecodash_cache_lookups", "Questions to what is kept in memory.", ("cache", "result"), registry=REGISTRY)
LOCK_WAIT = Histogram(
    "ecodash_commit_lock_wait_seconds", "How long a writing transaction waited for its turn in this process.",
    buckets=_FAST, registry=REGISTRY,
)  # fmt: skip
