"""Documents of an archive → strata, how many are drawn from each, and which.

Strata are cells of documents that agree in every criterion. Cells with few documents are put together, as each stratum
must be drawn from. Simple random sampling without replacement within each stratum (Cochran 1977, "Sampling Techniques",
3rd edition, chapter 5).
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

Key = tuple[str, ...]
OTHERS = "others"
OVERLOOKED = 0.25
"""How many things a document is taken to hold that were overlooked. That is more than is likely: intervals hold the
truth least often where the misses are rare, so strata in which nothing was found are looked into well (measured in
`benchmarks/audit_coverage.py`)."""


class Allocation(StrEnum):
    """How the documents to draw are shared out among strata."""

    OPTIMAL = "optimal"
    """In proportion to N_h S_h (Neyman 1934; Cochran 1977, section 5.5). How much the errors of a document vary is not
    known before it is annotated: S_h is taken as √(what is found in a document of the stratum + OVERLOOKED), as if
    errors came by chance (Poisson) in proportion to what is there."""
    PROPORTIONAL = "proportional"
    """In proportion to N_h."""
    EQUAL = "equal"


@dataclass
class Cell:
    """The documents that agree in every criterion, by their numbers, and the sums of what was predicted in them."""

    documents: "array[int]" = field(default_factory=lambda: array("q"))
    predicted: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.documents)


def without_rare(cells: Mapping[Key, Cell], least: int) -> dict[Key, Cell]:
    """The cells in the order of their keys; of those with fewer than `least` documents, the ones that agree in the
    first criterion put together, under `others` in every further one.
    """
    found: dict[Key, Cell] = {}
    for key, cell in sorted(cells.items()):
        kept = key if len(cell) >= least else (key[0], *[OTHERS] * (len(key) - 1))
        into = found.setdefault(kept, Cell())
        into.documents.extend(cell.documents)
        into.predicted.update(cell.predicted)
    return dict(sorted(found.items()))


def wishes(cells: Sequence[Cell], found: str, allocation: Allocation) -> list[float]:
    """In what proportion documents are drawn from the cells; `found` names the count of what is to be found."""
    if allocation is Allocation.EQUAL:
        return [1.0 for _ in cells]
    if allocation is Allocation.PROPORTIONAL:
        return [float(len(cell)) for cell in cells]
    return [len(cell) * (OVERLOOKED + cell.predicted[found] / len(cell)) ** 0.5 for cell in cells]


def allocate(sizes: Sequence[int], wished: Sequence[float], count: int, least: int) -> list[int]:
    """How many of `count` to draw from strata of these sizes: in the wished proportion, but at least `least` of each
    and at most all. The sum is `count`, or all there are where that is less.

    Raises ValueError where `count` is too small to draw `least` of each.
    """
    floors = [min(size, least) for size in sizes]
    if count < sum(floors):
        raise ValueError(f"expected at least {sum(floors)} for {len(sizes)} strata, got {count}")
    drawn = list(floors)
    for _ in range(min(count, sum(sizes)) - sum(floors)):
        # the next one goes where the wish is least fulfilled (divisor method of Webster and Sainte-Laguë)
        room = [at for at, size in enumerate(sizes) if drawn[at] < size]
        drawn[max(room, key=lambda at: (wished[at] / (drawn[at] + 0.5), -at))] += 1
    return drawn


def draw(cells: Sequence[Cell], counts: Sequence[int], seed: int) -> list[list[int]]:
    """So many documents of each cell by their numbers, in order, each set of that size as likely as any other."""
    random = np.random.default_rng(seed)
    chosen = []
    for cell, count in zip(cells, counts, strict=True):
        numbers = np.frombuffer(cell.documents, dtype=np.int64)
        chosen.append(sorted(int(number) for number in random.choice(numbers, count, replace=False)))
    return chosen
