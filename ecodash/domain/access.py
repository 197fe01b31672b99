"""Who acts. Until accounts exist there is one local operator; every action already takes an actor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something.

    Args:
        name: as shown in the list of batches and in the audit.
        channel: page, cli, api or system.
    """

    name: str
    channel: str = "cli"


def local_operator(channel: str) -> Actor:
    """The one user of an installation without accounts."""
    return Actor("本机操作员", channel)
