"""The tables of the store. Names and meaning: docs/glossary.md; reasons: docs/adr/.

Times are naive UTC in the database and aware in Python. Everything about figures (observation, target, rollup) is
append-only: a correction appends the old row with sign -1 and the new one with +1, under one watermark (seq).
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

VALUE = sa.Numeric(18, 4)
AMOUNT = sa.Numeric(38, 8)
WIDE = sa.Numeric(38, 4)
"""A value about to be multiplied: DuckDB multiplies two 18-digit decimals in 18 digits, and refuses an overflow."""


class UtcTime(sa.TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC in the database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Text(sa.TypeDecorator[str]):
    """Any text, on PostgreSQL too, which has no place for the character U+0000: there it is written as two others."""

    impl = sa.String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return spell if dialect.name == "postgresql" else self.impl_instance.bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return unspell if dialect.name == "postgresql" else self.impl_instance.result_processor(dialect, coltype)


MARK = "\ufdd0"
"""Begins what a character is written as; one of those that Unicode keeps free for a program's own use."""


def spell(text: str | None) -> str | None:
    """A text as PostgreSQL can hold it; texts that differ are spelled differently."""
    if text is None or ("\0" not in text and MARK not in text):
        return text
    return text.replace(MARK, f"{MARK}1").replace("\0", f"{MARK}0")


def unspell(text: str | None) -> str | None:
    """The text that was spelled."""
    if text is None or MARK not in text:
        return text
    return text.replace(f"{MARK}0", "\0").replace(f"{MARK}1", MARK)


metadata = sa.MetaData()

counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
"""One row per sequence: watermark, audit, snapshot, snapshot_state, regions, header_choice, month_lock, definition,
boundary_set, account, access (changes of accounts, grants and sessions), attempt (of signing in), filing, filing_step,
filing_comment, review_choice, month_deadline. A commit locks its row first."""

calendar = sa.Table("calendar", metadata, sa.Column("period", sa.Integer, primary_key=True, autoincrement=False))
"""Every month (yyyymm) from 1990 to 2100, so that statements join months instead of spelling them."""

region = sa.Table(
    "region",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("full_name", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("first_month", sa.Integer, nullable=False),
    sa.Column("last_month", sa.Integer, nullable=False),
    sa.Column("successor", sa.BigInteger),
    sa.Column("is_whole", sa.Boolean, nullable=False),
)

indicator = sa.Table(
    "indicator",
    metadata,
    sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("code", Text, nullable=False, unique=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("aggregation", Text, nullable=False),
    sa.Column("reach", sa.Integer, nullable=False),
    sa.Column("numerator", sa.SmallInteger),
    sa.Column("denominator", sa.SmallInteger),
)
"""The catalogue as statements need it. reach: how far a value stands, added to its period (yyyymm; 100 is a year)."""

catalog_version = sa.Table(
    "catalog_version",
    metadata,
    sa.Column("digest", Text, primary_key=True),
    sa.Column("first_used_at", UtcTime, nullable=False),
    sa.Column("content", Text, nullable=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("channel", Text, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("committed_at", UtcTime, nullable=False),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("file_sha256", Text, nullable=False),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("cell_count", sa.Integer, nullable=False),
    sa.Column("first_month", sa.Integer),
    sa.Column("last_month", sa.Integer),
    sa.Column("is_demo", sa.Boolean, nullable=False),
    sa.Column("undoes", sa.BigInteger),
    sa.Column("catalog_digest", Text, nullable=False),
    sa.Column("is_partial", sa.Boolean, nullable=False),
    sa.Column("is_file_kept", sa.Boolean, nullable=False),
    sa.Column("note", Text, nullable=False),
)
"""One commit: kind is upload or undo; cell_count counts the cells it changed; seq is its number and its watermark.

is_partial: an undo that left a part of its batch standing; the undo that takes the last of it is not partial.
is_file_kept: upload_file holds the bytes; not so for commits without a file and for batches older than that table.
"""

observation = sa.Table(
    "observation",
    metadata,
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("indicator", sa.SmallInteger, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("value", VALUE, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("sign", sa.SmallInteger, nullable=False),
)
"""The signed journal. As of W a cell is sum(value*sign) over seq <= W, present where sum(sign) > 0."""

origin = sa.Table(
    "origin",
    metadata,
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("indicator", sa.SmallInteger, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("file_row", sa.Integer, nullable=False),
    sa.Column("sheet", sa.SmallInteger, nullable=False),
)
"""The sheet (from 0) and row of the file a figure came from; indicator 0 stands for every indicator of a wide row."""

upload_file = sa.Table(
    "upload_file",
    metadata,
    sa.Column("sha256", Text, primary_key=True),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
)
"""The bytes of each committed file as sent, compressed by zlib; the same bytes are kept once."""

doubt = sa.Table(
    "doubt",
    metadata,
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("code", Text, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("indicator", sa.SmallInteger, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("file_row", sa.Integer),
    sa.Column("sheet", Text, nullable=False),
    sa.Column("hint", Text, nullable=False),
    sa.Column("reason", Text, nullable=False),
    sa.PrimaryKeyConstraint("seq", "position"),
)
"""What was unlikely about a batch when it was committed, and the reason given. It is about a region and everything in
it (0: the whole file), an indicator (number; 0: all) and a period (0: all)."""

header_choice = sa.Table(
    "header_choice",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("header", Text, nullable=False),
    sa.Column("target", Text, nullable=False),
    sa.Column("chosen_at", UtcTime, nullable=False),
)
"""What a reporter said a header means. The newest of an actor and header holds; an empty target forgets."""

month_lock = sa.Table(
    "month_lock",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("is_closed", sa.Boolean, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("reason", Text, nullable=False),
)
"""Months closed to reports and opened again, for a county or everywhere (region 0). The newest line holds."""

region_alias = sa.Table(
    "region_alias",
    metadata,
    sa.Column("key", sa.BigInteger, nullable=False),
    sa.Column("alias", Text, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("key", "alias"),
)
"""Other names of regions: historical ones, and those only a county uses."""

target = sa.Table(
    "target",
    metadata,
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("indicator", sa.SmallInteger, nullable=False),
    sa.Column("deadline", sa.Integer, nullable=False),
    sa.Column("baseline", VALUE),
    sa.Column("value", VALUE, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("sign", sa.SmallInteger, nullable=False),
)
"""Targets, signed like the journal; baseline is null where the target came without one. A row of sign -1 alone withdraws."""

rollup = sa.Table(
    "rollup",
    metadata,
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("county", sa.BigInteger, nullable=False),
    sa.Column("indicator", sa.SmallInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("sign", sa.SmallInteger, nullable=False),
    sa.Column("amount", AMOUNT),
    sa.Column("weight", AMOUNT),
    sa.Column("pct", AMOUNT),
    sa.Column("own", AMOUNT),
    sa.Column("reported", sa.Integer, nullable=False),
    sa.Column("carried", sa.Integer, nullable=False),
    sa.Column("totals", sa.Integer, nullable=False),
    sa.Column("unweighted", sa.Integer, nullable=False),
)
"""Resolved county figures, signed like the journal; columns as in ecodash.store.figures."""

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("page", Text, nullable=False),
    sa.Column("title", Text, nullable=False),
    sa.Column("selection", Text, nullable=False),
    sa.Column("watermark", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("catalog_digest", Text, nullable=False),
    sa.Column("meta", Text, nullable=False),
    sa.Column("sha256", Text, nullable=False),
    sa.Column("note", Text, nullable=False),
    sa.Column("page_count", sa.SmallInteger, nullable=False),
    sa.Column("series", Text, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
)
"""Frozen pages under one link; never changed. page and selection are those of the first page, selection and meta are
JSON; sha256 covers meta and every frozen table. edition counts those of a series from 1; 0 where series is empty."""

snapshot_state = sa.Table(
    "snapshot_state",
    metadata,
    sa.Column("snapshot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("nonce", Text, nullable=False),
    sa.Column("token_hash", Text, nullable=False),
    sa.Column("base_url", Text, nullable=False),
    sa.Column("access", Text, nullable=False),
    sa.Column("pin_hash", Text, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("revoked_at", UtcTime),
    sa.Column("revoked_by", Text, nullable=False),
    sa.Column("presenter_notes", Text, nullable=False),
)
"""What may change of a snapshot: its link (token_hash is SHA-256; the token follows from nonce and the installation's
key, and is kept nowhere), who may open it, until when, and the presenter's notes, a JSON list with a text a page."""

snapshot_opening = sa.Table(
    "snapshot_opening",
    metadata,
    sa.Column("snapshot", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("opened", sa.BigInteger, nullable=False),
    sa.Column("last_opened_at", UtcTime),
)
"""How often a snapshot was opened, and when last."""

frozen_table = sa.Table(
    "frozen_table",
    metadata,
    sa.Column("snapshot", sa.BigInteger, nullable=False),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("sha256", Text, nullable=False),
    sa.PrimaryKeyConstraint("snapshot", "position"),
)
"""The tables a snapshot shows, as Parquet bytes; what several of its pages show alike is kept once."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("channel", Text, nullable=False),
    sa.Column("action", Text, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("detail", Text, nullable=False),
    sa.Column("batch", sa.BigInteger),
    sa.Column("watermark", sa.BigInteger, nullable=False),
    sa.Column("digest", Text, nullable=False),
)
"""One line for each action. account is 0 where no account acted; region is the key of the lowest region that holds all
that was touched (0: the installation); detail is JSON, with before and after where something was replaced; digest is
SHA-256 over the digest of the line before and this line, so that a removed or altered one shows (records.audit)."""

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)
"""Choices of this installation: home_region; indicator.<code>, JSON of what was chosen for an indicator."""

definition = sa.Table(
    "definition",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", Text, nullable=False),
    sa.Column("is_withdrawn", sa.Boolean, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
"""What people define on pages (domain.definitions.Kind); content is JSON. Append-only: a change is a new version of the
kind and name, and links name the number, so that what they mean never changes. The newest version of a name holds."""

boundary_set = sa.Table(
    "boundary_set",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("county", sa.BigInteger, nullable=False),
    sa.Column("level", Text, nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("shapes", sa.Integer, nullable=False),
    sa.Column("datum", Text, nullable=False),
    sa.Column("detail", Text, nullable=False),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("file_sha256", Text, nullable=False),
    sa.Column("is_withdrawn", sa.Boolean, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
"""Polygons of a county's towns or villages as brought by a user: content is GeoJSON in WGS-84, simplified, compressed by
zlib; digest is the SHA-256 of the GeoJSON and names it in addresses; datum is that of the file; detail is JSON: how well
they fit and what did not match. The newest set of a county and level holds."""

account = sa.Table(
    "account",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("login", Text, nullable=False, unique=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("unit", Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", Text, nullable=False),
)
"""Somebody who signs in: login is small letters and digits, unit is where they work. Never changed, never deleted."""

account_state = sa.Table(
    "account_state",
    metadata,
    sa.Column("account", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("password_hash", Text, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("password_at", UtcTime, nullable=False),
    sa.Column("totp_nonce", Text, nullable=False),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("oidc_subject", Text, nullable=False),
    sa.Column("is_disabled", sa.Boolean, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcTime),
    sa.Column("signed_in_at", UtcTime),
)
"""What changes of an account. password_hash is argon2id, empty where none was given; totp_nonce is what the second
factor's secret is derived from with the installation's key, empty where there is none; totp_step is the last one used."""

address_lock = sa.Table(
    "address_lock",
    metadata,
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcTime),
    sa.PrimaryKeyConstraint("account", "address"),
)
"""Wrong passwords from an address an account was opened from before: counted apart from those of everywhere else
(account_state), so that a stranger who guesses keeps nobody out of where they usually work. Account 0 counts names that
are no account's: address is then an HMAC of the name."""

account_grant = sa.Table(
    "account_grant",
    metadata,
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("role", Text, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("sees_reported", sa.Boolean, nullable=False),
    sa.Column("granted_by", Text, nullable=False),
    sa.Column("granted_at", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("account", "role", "region"),
)
"""Roles of accounts by region, as they stand; the audit has what they were."""

session = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", Text, primary_key=True),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("method", Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("seen_at", UtcTime, nullable=False),
    sa.Column("ends_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("address", Text, nullable=False),
    sa.Column("agent", Text, nullable=False),
)
"""Who is signed in: the SHA-256 of the cookie's opaque id. method is password, totp, oidc or setup; seen_at is written
every few minutes; ends_at is absolute; ended_at is set by signing out, a new password, or an administrator."""

setup_link = sa.Table(
    "setup_link",
    metadata,
    sa.Column("token_hash", Text, primary_key=True),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("used_at", UtcTime),
)
"""Links that make the first administrator, each good for one use while there is no account."""

filing = sa.Table(
    "filing",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("channel", Text, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("file_sha256", Text, nullable=False),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("cell_count", sa.Integer, nullable=False),
    sa.Column("new_count", sa.Integer, nullable=False),
    sa.Column("changed_count", sa.Integer, nullable=False),
    sa.Column("first_month", sa.Integer, nullable=False),
    sa.Column("last_month", sa.Integer, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("regions", Text, nullable=False),
    sa.Column("choices", Text, nullable=False),
    sa.Column("doubts", Text, nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.Column("compared_at", sa.BigInteger, nullable=False),
    sa.Column("answers", sa.BigInteger),
)
"""A file handed in for review; never changed. region is the lowest that holds all of it, regions a JSON list of the towns
(or higher units) its figures are about; choices and doubts (with reasons) are JSON; digest is over the cells and targets
as read, so that what is accepted is what was handed in; answers is the returned filing it corrects. Its file stands
in upload_file. The counts are against compared_at."""

filing_step = sa.Table(
    "filing_step",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("filing", sa.BigInteger, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("comment", Text, nullable=False),
    sa.Column("batch", sa.BigInteger),
)
"""What became of a filing: submitted, accepted (with its batch), returned (with a comment), withdrawn. Append-only;
the newest holds."""

filing_comment = sa.Table(
    "filing_comment",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("filing", sa.BigInteger, nullable=False),
    sa.Column("region", sa.BigInteger, nullable=False),
    sa.Column("indicator", Text, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("comment", Text, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
"""What a reviewer said of one cell of a filing that was returned."""

review_choice = sa.Table(
    "review_choice",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("county", sa.BigInteger, nullable=False),
    sa.Column("is_reviewed", sa.Boolean, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("reason", Text, nullable=False),
)
"""Whether a county's reports are reviewed before they count; where nothing was chosen they are. The newest holds."""

month_deadline = sa.Table(
    "month_deadline",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("county", sa.BigInteger, nullable=False),
    sa.Column("period", sa.Integer, nullable=False),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("actor", Text, nullable=False),
    sa.Column("account", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("reason", Text, nullable=False),
)
"""Until when a county's month is reported in time, where it is not the usual day (domain.calendar). The newest holds."""
