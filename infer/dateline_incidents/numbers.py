"""How many people, as a range with a best reading: added up, compared, the larger taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True)
class Number:
    """From `low` to `high` (None: open upward), `best` under a plain reading (None: nobody tells)."""

    low: int
    best: int | None
    high: int | None

    def plus(self, other: "Number") -> "Number":
        """Both together. What has no best reading counts as the least it can mean; where neither has one, the sum has
        none.
        """
        high = None if self.high is None or other.high is None else self.high + other.high
        return Number(self.low + other.low, self.reading + other.reading if self._is_read(other) else None, high)

    def or_more(self, other: "Number") -> "Number":
        """The larger of both, bound by bound."""
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        best = max(self.reading, other.reading) if self._is_read(other) else None
        return Number(max(self.low, other.low), best, high)

    def _is_read(self, other: "Number") -> bool:
        return self.best is not None or other.best is not None

    @property
    def reading(self) -> int:
        """What it is compared by: the best reading, else the least that it can mean."""
        return self.low if self.best is None else self.best


NOBODY = Number(0, None, 0)
"""Adds nothing and is never the larger."""


def total(numbers: Iterable[Number]) -> Number:
    """All of them together."""
    return reduce(Number.plus, numbers, NOBODY)


def largest(numbers: Iterable[Number]) -> Number:
    """The largest of each bound."""
    return reduce(Number.or_more, numbers, NOBODY)
