"""Environment → one frozen Settings."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

SETTING_NAMES = (
    "ECODASH_HOME",
    "ECODASH_DATABASE_URL",
    "ECODASH_DUCKDB_MEMORY",
    "ECODASH_LINK_KEY_FILE",
    "ECODASH_BACKUP_AT",
    "ECODASH_BACKUP_KEEP",
    "ECODASH_LOG",
    "ECODASH_METRICS_KEY",
    "ECODASH_PUBLIC_URL",
    "ECODASH_OPEN",
    "ECODASH_TRUSTED_PROXIES",
    "ECODASH_IDLE_MINUTES",
    "ECODASH_SESSION_HOURS",
    "ECODASH_PASSWORD_DAYS",
    "ECODASH_OIDC_ISSUER",
    "ECODASH_OIDC_CLIENT_ID",
    "ECODASH_OIDC_CLIENT_SECRET",
    "ECODASH_OIDC_LOGIN_CLAIM",
)
"""The environment variables settings are made of."""

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where things live, and how people sign in.

    Args:
        home: folder of the store and of what belongs to it.
        database_url: SQLAlchemy address of the store.
        data_dir: the data that comes with the software.
        duckdb_memory: the most DuckDB holds before it spills to disk, e.g. 4GB; empty: its own default, 80% of the machine.
        link_key_path: the file of the key of links, where several processes share one; empty: in home.
        backup_at: the time of day (HH:MM, Beijing) of the automatic backup of a DuckDB store; empty: none.
        backup_keep: how many daily, weekly and monthly backups are kept of those made automatically.
        logs_json: whether log lines are JSON, one object each, instead of text for people.
        metrics_key: shown by what scrapes /metrics; empty: only signed-in administrators see it.
        public_url: where readers reach this installation, e.g. https://ecodash.example.cn; empty where unknown.
        is_open: whether everybody on this machine works without an account; the server then listens on 127.0.0.1 only.
        trusted_proxies: addresses or networks of proxies whose X-Forwarded-For and -Proto are believed.
        idle_minutes: a session ends when it was not used for so long.
        session_hours: a session ends after so long, however much it was used.
        password_days: a password is to be changed after so long; 0: never.
        oidc_issuer, oidc_client_id, oidc_client_secret: of the county's own sign-in (OpenID Connect); empty: none.
        oidc_login_claim: the claim that names the account's login.
    """

    home: Path
    database_url: str = field(repr=False)
    data_dir: Path
    duckdb_memory: str = ""
    link_key_path: str = ""
    backup_at: str = ""
    backup_keep: tuple[int, int, int] = (7, 4, 12)
    logs_json: bool = False
    metrics_key: str = field(default="", repr=False)
    public_url: str = ""
    is_open: bool = False
    trusted_proxies: tuple[str, ...] = ()
    idle_minutes: int = 30
    session_hours: int = 12
    password_days: int = 180
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_login_claim: str = "preferred_username"

    @property
    def is_embedded(self) -> bool:
        """Whether the store is a DuckDB file, which one process owns at a time."""
        return self.database_url.startswith("duckdb:")

    @property
    def sample_marker(self) -> Path:
        """Stands while the sample is being loaded, so that a load cut short is taken up again."""
        return self.home / "sample.loading"

    @property
    def link_key_file(self) -> Path:
        """Holds the key that tokens of links are derived from."""
        return Path(self.link_key_path) if self.link_key_path else self.home / "link.key"

    @property
    def spill_dir(self) -> Path:
        """Where DuckDB writes what does not fit into memory while it works."""
        return self.home / "tmp"

    @property
    def static_dir(self) -> Path:
        """Streamlit's own files, compressed once for all readers."""
        return self.home / "static"

    @property
    def backups_dir(self) -> Path:
        """Where copies of the store are kept."""
        return self.home / "backups"

    @property
    def handle_file(self) -> Path:
        """Where a running app writes its process id, address and key for the command line."""
        return self.home / "app.json"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from the environment variables of SETTING_NAMES; ECODASH_HOME is var/ in the project by default.

    Raises:
        ValueError: a number is none or out of range, or a text is not of its form.
    """
    env = os.environ if environ is None else environ

    def text(name: str, default: str = "") -> str:
        return env.get(name, "").strip() or default

    def number(name: str, default: int, least: int, most: int) -> int:
        written = text(name, str(default))
        if not written.isdecimal() or not least <= int(written) <= most:
            raise ValueError(f"{name} is to be a number from {least} to {most}, not {written!r}")
        return int(written)

    def matching(name: str, default: str, pattern: str, example: str) -> str:
        written = text(name, default)
        if written and not re.fullmatch(pattern, written):
            raise ValueError(f"{name} is to be written like {example}, not {written!r}")
        return written

    backup_at = matching("ECODASH_BACKUP_AT", "02:30", r"off|([01]\d|2[0-3]):[0-5]\d", "02:30, or off")
    kept = matching("ECODASH_BACKUP_KEEP", "7,4,12", r"\d{1,3},\d{1,3},\d{1,3}", "7,4,12 (days, weeks, months)")
    days, weeks, months = (int(part) for part in kept.split(","))
    home = Path(env.get("ECODASH_HOME") or PROJECT_ROOT / "var").expanduser().resolve()
    return Settings(
        home=home,
        database_url=env.get("ECODASH_DATABASE_URL") or f"duckdb:///{home / 'ecodash.duckdb'}",
        data_dir=PROJECT_ROOT / "data",
        duckdb_memory=matching("ECODASH_DUCKDB_MEMORY", "", r"[1-9]\d{0,5}(MB|GB)", "4GB"),
        link_key_path=text("ECODASH_LINK_KEY_FILE"),
        backup_at="" if backup_at == "off" else backup_at,
        backup_keep=(max(days, 1), weeks, months),
        logs_json=matching("ECODASH_LOG", "text", "text|json", "text or json") == "json",
        metrics_key=text("ECODASH_METRICS_KEY"),
        public_url=text("ECODASH_PUBLIC_URL").rstrip("/"),
        is_open=text("ECODASH_OPEN") not in ("", "0", "false", "no"),
        trusted_proxies=tuple(part.strip() for part in text("ECODASH_TRUSTED_PROXIES").split(",") if part.strip()),
        idle_minutes=number("ECODASH_IDLE_MINUTES", 30, 1, 24 * 60),
        session_hours=number("ECODASH_SESSION_HOURS", 12, 1, 24 * 7),
        password_days=number("ECODASH_PASSWORD_DAYS", 180, 0, 3650),
        oidc_issuer=text("ECODASH_OIDC_ISSUER").rstrip("/"),
        oidc_client_id=text("ECODASH_OIDC_CLIENT_ID"),
        oidc_client_secret=text("ECODASH_OIDC_CLIENT_SECRET"),
        oidc_login_claim=text("ECODASH_OIDC_LOGIN_CLAIM", "preferred_username"),
    )
