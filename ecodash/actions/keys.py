"""The key of links, looked at and replaced by whoever works on the machine."""

from dataclasses import dataclass
from datetime import datetime

from ecodash.domain.access import Actor
from ecodash.link_key import find_link_key, fingerprint, read_link_key
from ecodash.settings import Settings
from ecodash.store import journal, records
from ecodash.store.engine import open_store
from ecodash.store.key_print import find_print, write_print


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """How the key at hand stands to the store.

    Args:
        is_there: whether there is a key.
        agrees: whether it is the store's; None where the store knows of none.
    """

    is_there: bool
    agrees: bool | None


def key_standing(settings: Settings) -> KeyStanding:
    """Whether the key at hand is the one the store is used with."""
    store = open_store(settings)
    try:
        with store.reading() as connection:
            kept = find_print(connection)
    finally:
        store.close()
    key = find_link_key(settings.link_key_file)
    agrees = None if kept is None else key is not None and fingerprint(key) == kept
    return KeyStanding(key is not None, agrees)


def accept_key(settings: Settings, *, actor: Actor, now: datetime) -> None:
    """Use the store with the key at hand from here on, made where there is none; the audit says so. What was derived from
    the lost one is lost: the addresses of links given out can no longer be shown (they still open), and second factors
    have to be set up anew.

    It asks for no rights, as it is for whoever has the machine's files in hand.
    """
    store = open_store(settings)
    try:
        key = read_link_key(settings.link_key_file)
        with store.writing() as connection:
            before = find_print(connection)
            write_print(connection, key)
            records.write_audit(
                connection,
                actor=actor,
                now=now,
                action="accept_key",
                detail={"before": (before or "")[:12], "after": fingerprint(key)[:12]},
                watermark=journal.newest_watermark(connection),
            )
    finally:
        store.close()
