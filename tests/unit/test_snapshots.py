"""Snapshots' values: lifetimes, standing, what a maker may write; tokens and PINs."""

import re
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash import link_key, pins
from ecodash.domain.snapshots import (
    MOST_NOTE,
    MOST_TITLE,
    Access,
    Lifetime,
    Snapshot,
    SnapshotWish,
    Standing,
    clean_text,
)
from ecodash.errors import UserError

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lifetime", "start", "end"),
    [
        (Lifetime.WEEK, NOW, datetime(2026, 2, 7, 9, 30, tzinfo=UTC)),
        (Lifetime.MONTH, NOW, datetime(2026, 2, 28, 9, 30, tzinfo=UTC)),
        (Lifetime.MONTH, datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC)),
        (Lifetime.MONTH, datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)),
        (Lifetime.YEAR, datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC)),
        (Lifetime.NEVER, NOW, None),
    ],
)
def test_a_lifetime_ends_on_the_same_day_or_the_last_of_a_shorter_month(
    lifetime: Lifetime, start: datetime, end: datetime | None
) -> None:
    assert lifetime.ends(start) == end


def kept(expires_at: datetime | None = None, revoked_at: datetime | None = None) -> Snapshot:
    return Snapshot(
        number=1, title="", note="", page="overview", page_count=1, selection="{}", watermark=1, created_at=NOW,
        actor="", meta="{}", sha256="", series="", edition=0, nonce="", token_hash="", base_url="",
        access=Access.LINK, pin_hash="", expires_at=expires_at, revoked_at=revoked_at, revoked_by="",
        presenter_notes=(), opened=0, last_opened_at=None,
    )  # fmt: skip


def test_a_link_opens_until_the_moment_it_expires_and_a_revoked_one_never() -> None:
    second = timedelta(seconds=1)
    assert kept().standing(NOW) is Standing.OPEN
    assert kept(NOW + second).standing(NOW) is Standing.OPEN
    assert kept(NOW).standing(NOW) is Standing.EXPIRED
    assert kept(NOW - second, revoked_at=NOW - second).standing(NOW) is Standing.REVOKED
    assert kept(revoked_at=NOW).standing(NOW) is Standing.REVOKED


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  十月\n调度会\t ", "十月 调度会"),
        ("a\u202eb\u2066c\u200fd\ufeff", "abcd"),
        ("零\x00一\x1b[31m\u0085二", "零一[31m二"),
        ("长" * 500, "长" * MOST_TITLE),
        ("", ""),
    ],
)
def test_a_title_is_one_line_without_what_misleads(typed: str, said: str) -> None:
    assert SnapshotWish(title=typed).cleaned().title == said


def test_a_note_keeps_its_lines_and_is_bounded() -> None:
    assert SnapshotWish(note="一\n\n二\x07").cleaned().note == "一\n\n二"
    assert len(SnapshotWish(note="长" * 10_000).cleaned().note) == MOST_NOTE


@given(st.text(max_size=300), st.integers(1, 50), st.booleans())
def test_cleaning_twice_is_cleaning_once_and_never_longer(text: str, most: int, lines: bool) -> None:
    once = clean_text(text, most, lines=lines)
    assert len(once) <= most
    assert clean_text(once, most, lines=lines) == once.strip()


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４", " 1234", "1234\n"])
def test_a_pin_is_four_to_eight_digits(pin: str) -> None:
    with pytest.raises(UserError, match="4 至 8 位数字"):
        SnapshotWish(access=Access.PIN, pin=pin).cleaned()
    assert SnapshotWish(access=Access.LINK, pin=pin).cleaned().pin == ""


def test_every_choice_has_a_label() -> None:
    for kind in (Access, Lifetime, Standing):
        labels = [one.label for one in kind]
        assert all(labels)
        assert len(set(labels)) == len(labels)


# ── tokens ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_made_once_and_read_by_its_user_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "link.key"
    key = link_key.read_link_key(path)
    assert (len(key), link_key.read_link_key(path)) == (32, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["link.key"]


def test_a_key_cut_short_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "link.key"
    path.write_bytes(b"short")
    key = link_key.read_link_key(path)
    assert (len(key), path.read_bytes()) == (32, key)


def test_all_that_ask_first_at_once_get_one_key(tmp_path: Path) -> None:
    path, start, found = tmp_path / "link.key", threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        found.append(link_key.read_link_key(path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [path.read_bytes()] * 8


def test_a_token_follows_from_key_and_nonce_and_is_letters_and_digits() -> None:
    one, other = bytes(32), b"\x01" * 32
    nonces = [link_key.new_nonce() for _ in range(100)]
    tokens = {link_key.derive_token(key, nonce) for key in (one, other) for nonce in nonces}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"[a-z2-7]{26}", token) for token in tokens)
    assert link_key.derive_token(one, nonces[0]) == link_key.derive_token(one, nonces[0])
    token = link_key.derive_token(one, nonces[0])
    assert link_key.is_token_of(token, link_key.hash_token(token))
    assert not link_key.is_token_of(token[:-1], link_key.hash_token(token))
    assert not link_key.is_token_of("\ud800", link_key.hash_token(token))


def test_a_pin_is_kept_as_argon2id_and_no_two_alike() -> None:
    first, second = pins.hash_pin("2468"), pins.hash_pin("2468")
    assert first != second
    assert first.startswith("$argon2id$")
    assert pins.is_pin_of("2468", first)
    assert not pins.is_pin_of("2469", first)
    assert not pins.is_pin_of("2468", "")
