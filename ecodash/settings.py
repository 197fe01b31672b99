"""Environment → one frozen Settings."""

import os
from dataclasses import dataclass
from pathlib import Path

SETTING_NAMES = ("ECODASH_HOME", "ECODASH_DATABASE_URL", "ECODASH_PUBLIC_URL")
"""The environment variables settings are made of."""

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where things live.

    Args:
        home: folder of the store and of what belongs to it.
        database_url: SQLAlchemy address of the store.
        data_dir: the data that comes with the software.
        public_url: where readers reach this installation, e.g. https://ecodash.example.cn; empty where unknown.
    """

    home: Path
    database_url: str
    data_dir: Path
    public_url: str = ""

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
        return self.home / "link.key"

    @property
    def handle_file(self) -> Path:
        """Where a running app writes its process id, address and key for the command line."""
        return self.home / "app.json"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Settings from ECODASH_HOME (default: var/ in the project), ECODASH_DATABASE_URL and ECODASH_PUBLIC_URL."""
    env = os.environ if environ is None else environ
    home = Path(env.get("ECODASH_HOME") or PROJECT_ROOT / "var").expanduser().resolve()
    url = env.get("ECODASH_DATABASE_URL") or f"duckdb:///{home / 'ecodash.duckdb'}"
    public = env.get("ECODASH_PUBLIC_URL", "").strip().rstrip("/")
    return Settings(home=home, database_url=url, data_dir=PROJECT_ROOT / "data", public_url=public)
