"""What a trial of one fault found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class FaultReport:
    """A fault, tried so many times.

    Args:
        name: of the module.
        rounds: how often the fault was brought about.
        acknowledged: what people had been told was done.
        lost: of that, what was not there afterwards.
        half_visible: how often a part of something was seen, or the store did not agree with itself.
        messages: what people are told → how often; what happened, and what to do next, as they read it.
        done: what was done, a sentence each: (Chinese, English).
        notes: what else was measured: (Chinese, English).
        not_tried: what was not: (Chinese, English).
        problems: what went against the claim; empty where it holds.
        seconds: the whole trial took.
    """

    name: str
    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    half_visible: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    done: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    not_tried: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def tell(self, told: str) -> None:
        """Somebody was told something."""
        self.messages[told] += 1

    def blame(self, where: str, found: Iterable[object]) -> None:
        """Something was seen that must not be."""
        for one in found:
            self.half_visible += 1
            self.problems.append(f"{where}: {one}")

    def lose(self, where: str, what: object) -> None:
        """Something acknowledged is not there."""
        self.lost += 1
        self.problems.append(f"{where}: lost {what}")

    @property
    def holds(self) -> bool:
        """Whether nothing acknowledged was lost and nothing half visible, and nothing else went wrong."""
        return not (self.lost or self.half_visible or self.problems)
