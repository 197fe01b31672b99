"""Who is there to review what is handed in."""

from collections.abc import Sequence

from ecodash.domain.access import Actor, Right
from ecodash.permits import needs, of_regions
from ecodash.store.records.accounts import list_accounts
from ecodash.workspace import Workspace


@needs(Right.READ_REPORTED, of_regions)
def reviewers_of(workspace: Workspace, regions: Sequence[int]) -> list[str]:
    """Names of those who may accept figures about all of some regions, by name: without the asker's own, as nobody
    accepts what one handed in oneself, and without accounts that are disabled.

    Args:
        regions: keys.
    """
    with workspace.store.reading() as connection:
        accounts = list_accounts(connection)
    return sorted(
        {
            one.name
            for one in accounts
            if not one.is_disabled
            and one.number != workspace.actor.account
            and all(Actor(one.name, grants=one.grants, account=one.number).may(Right.REVIEW, key) for key in regions)
        }
    )
