"""上报 → 审核 → 发布: what is handed in and waits for another person's acceptance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecodash.domain.access import Actor
from ecodash.domain.periods import Month
from ecodash.i18n import gettext as _

LONGEST_COMMENT = 500
MOST_CELL_COMMENTS = 200


class FilingState(StrEnum):
    """Where a filing stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in the reader's language."""
        names = {
            FilingState.SUBMITTED: _("待审核"),
            FilingState.ACCEPTED: _("已通过"),
            FilingState.RETURNED: _("已退回"),
            FilingState.WITHDRAWN: _("已撤回"),
        }
        return names[self]


@dataclass(frozen=True, slots=True)
class ExplainedDoubt:
    """Something unlikely about a filing, and the reason its reporter gave: the columns of store.records.KeptDoubt."""

    code: str
    hint: str
    reason: str
    region: int = 0
    indicator: str = ""
    period: int = 0
    row: int | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """A file that was handed in for review (报送件), and what became of it.

    Args:
        number: given in order of handing in.
        actor, account, channel: who handed it in; account is 0 for the machine's operator.
        received_at: when; lateness counts from it, whenever it is accepted.
        file_name, file_sha256: the file as sent; it stands among the kept files.
        row_count: data rows in the file.
        cell_count: figures and targets in it; new_count and changed_count of them differed from what stood then.
        first_month, last_month: of its figures; of its targets' deadlines where it has no figures.
        region: key of the lowest region that holds all of it.
        regions: keys of the towns, or larger units, it is about.
        choices: how the file is to be read: month, within, sheets, mapping, accepts_guesses.
        doubts: with the reasons given.
        digest: over the figures and targets as they were read: what is accepted is exactly that.
        compared_at: the watermark it was compared with when it was handed in.
        answers: number of the returned filing it corrects; None where of none.
        state, state_by, state_account, state_at, comment: the newest step: what, by whom, when, in which words.
        batch: of the acceptance; None before.
    """

    number: int
    actor: str
    account: int
    channel: str
    received_at: datetime
    file_name: str
    file_sha256: str
    row_count: int
    cell_count: int
    new_count: int
    changed_count: int
    first_month: Month
    last_month: Month
    region: int
    regions: tuple[int, ...]
    choices: Mapping[str, Any]
    doubts: tuple[ExplainedDoubt, ...]
    digest: str
    compared_at: int
    answers: int | None
    state: FilingState = FilingState.SUBMITTED
    state_by: str = ""
    state_account: int = 0
    state_at: datetime | None = None
    comment: str = ""
    batch: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state is FilingState.SUBMITTED

    def is_of(self, actor: Actor) -> bool:
        """Whether somebody handed it in: is_same_person."""
        return is_same_person(actor, self.account, self.actor)


def is_same_person(actor: Actor, account: int, name: str) -> bool:
    """Whether an actor is who did something by an account, through whichever channel; where either has no account the
    name decides."""
    if actor.account and account:
        return actor.account == account
    return actor.account == account and actor.name == name


@dataclass(frozen=True, slots=True)
class CellComment:
    """What a reviewer says of one figure of a filing.

    Args:
        region: key; indicator: code; period: yyyymm, of a target its deadline.
        actor, at: who said it when; empty in what is handed to return_filing.
    """

    region: int
    indicator: str
    period: int
    comment: str
    actor: str = ""
    at: datetime | None = field(default=None)
