"""What each address outside of the pages needs."""

from ecodash.domain.access import Right
from ecodash.permits import Reach

ROUTES: dict[str, Right | Reach | str] = {
    "GET /healthz": Reach.GIVEN,
    "GET /metrics": "管理（全部地区）；或监控程序出示 ECODASH_METRICS_KEY；或本机直接访问",
    "GET /geo/{digest}.json": Right.READ,
    "GET /print/{page}": Right.READ,
    "GET /screen": Right.READ,
    "GET /screen/{number}": Right.READ,
    "GET /screen/deck": Right.READ,
    "GET /screen/assets/{name}": Reach.SIGNED_IN,
    "POST /api/import": Reach.MACHINE,
    "POST /api/annotate": Reach.MACHINE,
    "POST /api/backup": Reach.MACHINE,
    "POST /api/maintain": Reach.MACHINE,
}
"""Of the routes over the store. Addresses of signing in (/login, /logout, /setup) make a session and need none, and
Streamlit's own files (/static), which hold nothing of an installation, are for anybody (tests/web/test_static_files.py); links of
snapshots (/s) open by the link, a PIN or, where the snapshot says so, to accounts that may read its regions."""
