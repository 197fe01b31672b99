"""What pages ask about filings. Answers are kept for as long as nothing is handed in, accepted, returned or withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from ecodash import actions, effects, i18n, queries
from ecodash.actions import Upload
from ecodash.domain.access import Right
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level, ancestor_key, level_of
from ecodash.domain.review import CellComment, Filing, FilingState
from ecodash.domain.selection import Selection
from ecodash.errors import UserError
from ecodash.ingest.faults import Doubt
from ecodash.reports.numbers import is_missing
from ecodash.views import asking, data
from ecodash.views.memory import AnswerMemory
from ecodash.views.rows import rows_of
from ecodash.workspace import Workspace

_answers = AnswerMemory(300, 50_000_000)
_OPENED, _REREAD, _CLOSED = "filing_opened", "filing_reread", "filing_closed"


def _ask(name: str, *arguments: object) -> Any:
    """One answer of queries. It depends on whose it is: everybody sees their own filings."""
    opened, state = data.workspace(), asking.store_state()
    actor = opened.actor

    def work() -> Any:
        with i18n.speaking(i18n.CHINESE):
            return getattr(queries, name)(opened, *arguments)

    who = (actor.is_operator, actor.account, actor.name, actor.grants)
    return _answers.answer((name, opened.settings.database_url, *who, state, *arguments), work)


def _ask_anew(name: str, *arguments: object) -> Any:
    """One answer that no counter of the store tells the age of."""
    with i18n.speaking(i18n.CHINESE):
        return getattr(queries, name)(data.workspace(), *arguments)


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing as a list shows it: a row of queries.list_filings.

    Args:
        regions: keys of the towns, or larger units, it is about.
        doubts: how many.
        is_late: handed in after the deadline of its newest month.
        is_own: by the reader.
        answers: number of the returned filing it corrects; answered_by: of the one that corrects it.
    """

    number: int
    actor: str
    channel: str
    received_at: datetime
    file_name: str
    new_count: int
    changed_count: int
    first_month: Month
    last_month: Month
    region: int
    regions: tuple[int, ...]
    doubts: int
    is_late: bool
    is_own: bool
    state: FilingState
    state_by: str
    state_at: datetime
    comment: str
    batch: int | None
    answers: int | None
    answered_by: int | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state is FilingState.SUBMITTED


def list_filings() -> list[Filed]:
    """Every filing the reader may see, newest first."""
    frame: pd.DataFrame = _ask("list_filings")
    return [_filed(row) for row in rows_of(frame)]


def _filed(row: Any) -> Filed:
    values = {name: getattr(row, name) for name in Filed.__slots__}
    for name in ("batch", "answers", "answered_by"):
        values[name] = None if is_missing(values[name]) else int(values[name])
    return Filed(
        **values
        | {
            "first_month": Month.from_key(int(row.first_month)),
            "last_month": Month.from_key(int(row.last_month)),
            "regions": tuple(int(key) for key in row.regions),
            "state": FilingState(row.state),
        }
    )


def waiting() -> list[Filed]:
    """Those that wait for the reader's decision, the longest waiting first."""
    if not data.actor().may_somewhere(Right.REVIEW):
        return []
    return sorted((one for one in list_filings() if waits_for_reader(one)), key=lambda one: one.number)


def waits_for_reader(one: Filed) -> bool:
    """Whether the reader is one who may decide on a filing now."""
    return one.is_open and may_review(one) and not one.is_own


def own() -> list[Filed]:
    """Those the reader handed in, newest first."""
    return [one for one in list_filings() if one.is_own]


def to_correct() -> list[Filed]:
    """Those of the reader that were returned and not handed in anew."""
    return [one for one in own() if one.state is FilingState.RETURNED and one.answered_by is None]


def may_review(one: Filed) -> bool:
    return all(data.actor().may(Right.REVIEW, key) for key in one.regions)


def is_clean(one: Filed) -> bool:
    """Whether it may be accepted without being looked at one by one: nothing unlikely, no accepted figure changed, no
    month closed."""
    return not one.doubts and not one.changed_count and not closed_months(one)


# ── what there is to say of one ────────────────────────────────────────────────────────────────────────────────────


def get_filing(number: int) -> Filing:
    found: Filing = _ask("get_filing", number)
    return found


def comments(number: int) -> list[CellComment]:
    found: list[CellComment] = _ask("filing_comments", number)
    return found


def steps(number: int) -> pd.DataFrame:
    found: pd.DataFrame = _ask("filing_steps", number)
    return found


def counties(one: Filed) -> list[int]:
    """Keys of the counties it is about; of larger units its own."""
    return sorted({_county(key) for key in one.regions})


def _county(key: int) -> int:
    return ancestor_key(key, Level.COUNTY) if level_of(key).rank > Level.COUNTY.rank else key


def closed_months(one: Filed) -> list[Month]:
    """Those of its months that are closed to reports."""
    where = {COUNTRY_KEY, *counties(one)}
    return sorted({month for key, month in _closed() if key in where and one.first_month <= month <= one.last_month})


def _closed() -> list[tuple[int, Month]]:
    """(county key, or 0 for everywhere; month) of every closed month, asked once a run: a list asks for each of its rows."""
    looked = asking.store_state()  # The same object for all of a run.
    kept = st.session_state.get(_CLOSED)
    if kept is None or kept[0] is not looked:
        kept = st.session_state[_CLOSED] = (looked, _ask_anew("closed_months"))
    found: list[tuple[int, Month]] = kept[1]
    return found


def is_reviewed(county: int) -> bool:
    return bool(_ask_anew("is_reviewed", county))


def reviewers(regions: tuple[int, ...]) -> list[str]:
    """Names of those who may accept what is about all of some regions, without the reader's own."""
    found: list[str] = _ask_anew("reviewers_of", regions)
    return found


def is_filed(upload: Upload) -> bool:
    """Whether what the reader hands in waits for review, instead of counting at once."""
    if data.actor().may(Right.PUBLISH):
        return False
    return any(is_reviewed(county) for county in sorted(upload.counties))


# ── one that is opened ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Opened:
    """A filing with its file read again, compared with what stands now.

    Args:
        effects: of accepting it; None where it is not asked for, or cannot be.
    """

    upload: Upload
    effects: effects.Effects | None


def open_filing(one: Filed, *, with_effects: bool) -> Opened:
    """Read once for as long as nothing is committed; only the last one is kept.

    Raises:
        UserError: the file kept is not what was handed in, or cannot be read any more.
    """
    opened = data.workspace()
    key = (one.number, asking.store_state(), opened.actor, opened.settings.database_url, with_effects)
    kept = st.session_state.get(_OPENED)
    if kept is not None and kept[0] == key:
        found: Opened = kept[1]
        return found
    who, now = data.actor(), data.now()
    with i18n.speaking(i18n.CHINESE):
        upload = actions.open_filing(opened, one.number, actor=who, now=now)
        is_sound = not upload.intake.faults
        changed = effects.effects_of_upload(opened, upload, actor=who, now=now) if with_effects and is_sound else None
    fresh = Opened(upload, changed)
    st.session_state[_OPENED] = (key, fresh)
    return fresh


def fresh_doubts(one: Filed, upload: Upload) -> list[Doubt]:
    """Doubts that arose since it was handed in: nobody gave a reason for them."""
    answered = {doubt.code for doubt in get_filing(one.number).doubts}
    return [doubt for doubt in upload.intake.doubts if doubt.code not in answered]


def overlapping(number: int) -> pd.DataFrame:
    """Other filings that wait with figures for the same cells: see actions.overlapping_filings."""
    opened, state = data.workspace(), asking.store_state()
    actor = opened.actor

    def work() -> pd.DataFrame:
        with i18n.speaking(i18n.CHINESE):
            return actions.overlapping_filings(opened, number, actor=actor)

    key = ("overlapping", opened.settings.database_url, actor, state, number)
    found: pd.DataFrame = _answers.answer(key, work)
    return found


def still_clean(several: Iterable[Filed]) -> list[Filed]:
    """Those of some that are clean also when their files are read again and compared with what stands now: two filings may
    hold the same cells, and what was new when it was handed in may be a change by now."""
    chosen = [one for one in several if waits_for_reader(one) and is_clean(one)]
    opened, key = data.workspace(), (tuple(one.number for one in chosen), asking.store_state(), data.actor())
    kept = st.session_state.get(_REREAD)
    if kept is None or kept[0] != key:
        numbers = [one.number for one in chosen if _is_clean_now(opened, one)]
        kept = st.session_state[_REREAD] = (key, numbers)
    return [one for one in chosen if one.number in kept[1]]


def _is_clean_now(opened: Workspace, one: Filed) -> bool:
    try:
        with i18n.speaking(i18n.CHINESE):
            upload = actions.open_filing(opened, one.number, actor=opened.actor, now=data.now())
    except UserError:
        return False
    counts, intake = upload.counts, upload.intake
    return not intake.faults and not intake.doubts and not counts["changed"] and bool(counts["new"])


# ── months ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def deadlines(month: Month) -> pd.DataFrame:
    found: pd.DataFrame = _ask_anew("deadlines", month)
    return found


def closed_everywhere_or_in(county: int, month: Month) -> set[int]:
    """Where a closed month of a county was closed: the county's key, 0 where it was for everywhere, or both."""
    closed: list[tuple[int, Month]] = _ask_anew("closed_months")
    return {key for key, one in closed if one == month and key in (COUNTRY_KEY, county)}


def review_status(selection: Selection) -> pd.DataFrame:
    found: pd.DataFrame = _ask("review_status", selection)
    return found


def review_choices() -> pd.DataFrame:
    found: pd.DataFrame = _ask_anew("review_choices")
    return found


def reported_beside_accepted(selection: Selection) -> pd.DataFrame:
    """See effects.reported_beside_accepted; tried out once for as long as nothing is handed in, decided or committed."""
    opened, state = data.workspace(), asking.store_state()
    actor, now = opened.actor, data.now()

    def work() -> pd.DataFrame:
        with i18n.speaking(i18n.CHINESE):
            return effects.reported_beside_accepted(opened, selection, actor=actor, now=now)

    found: pd.DataFrame = _answers.answer(("beside", opened.settings.database_url, actor, state, selection), work)
    return found
