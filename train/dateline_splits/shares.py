"""Groups of dispatches → parts, so that each part has its share of the dispatches and of what is marked in them.

After iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the stratification of multi-label data"): the
groups that are hardest to place come first, each goes where it is missed most, and then groups are moved and swapped as
long as that helps. What is to be small is the sum over parts and labels of (got − wanted)² / wanted, with the number of
dispatches weighing as much as all labels together, and a fine for each label that a part does not have though there are
groups enough.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from dateline_labels import Dispatch
from dateline_labels.progress import with_progress
from numpy.typing import NDArray

from .groups import Groups

Counts = NDArray[np.float64]  # (groups, strata)
Parts = NDArray[np.int64]  # a number of `PARTS` for each
NOWHERE = -1
"""Of what is in no part: not yet, or at all."""

_FINE = 10.0
_EMPTY = 1e9
"""The fine for a part without a dispatch: beyond all else."""
_ROUNDS = 20
_SWAPS = 20_000
_MOST_VALUES = 40
"""An attribute of more values than these is no category that parts could be alike in."""


def strata(dispatches: Sequence[Dispatch]) -> list[frozenset[str]]:
    """What each dispatch holds of what parts are to be alike in: span labels, values of attributes, relation labels, or
    that nothing is marked.
    """
    values: dict[str, set[str]] = {}
    for dispatch in dispatches:
        for span in dispatch.spans:
            for name, value in span.attributes.items():
                values.setdefault(f"{span.label}.{name}", set()).add(value)
    few = {name for name, several in values.items() if len(several) <= _MOST_VALUES}
    return [frozenset(_held(dispatch, few)) for dispatch in dispatches]


def _held(dispatch: Dispatch, attributes: set[str]) -> Iterator[str]:
    for span in dispatch.spans:
        yield span.label
        for name, value in span.attributes.items():
            if f"{span.label}.{name}" in attributes:
                yield f"{span.label}.{name}={value}"
    for relation in dispatch.relations:
        yield f"relation {relation.label}"
    if not dispatch.spans:
        yield "nothing marked"


def counted(groups: Groups, held: Sequence[frozenset[str]]) -> Counts:
    """(groups, 1 + strata) how many dispatches of each group there are, and how many that hold each stratum; the groups
    in the order of their first dispatches.
    """
    names = {name: at for at, name in enumerate(sorted(frozenset().union(*held)), start=1)}
    rows = np.unique(groups, return_inverse=True)[1].tolist()
    counts = np.zeros((max(rows, default=-1) + 1, 1 + len(names)))
    for row, several in zip(rows, held, strict=True):
        counts[row, 0] += 1
        counts[row, [names[name] for name in several]] += 1
    return counts


def shared_out(counts: Counts, shares: Sequence[float], seed: int, fixed: Parts | None = None) -> Parts:
    """(groups,) the part of each group; the same counts, shares and seed give the same parts.

    `shares` sum to 1; a part whose share is 0 gets nothing. `fixed` (groups,) is the part of those groups that stay
    where they are, NOWHERE for the others. Raises ValueError where there are fewer groups than parts.
    """
    _check_enough(len(counts), shares)
    random = np.random.default_rng(seed)
    table = _Table(counts, shares)
    stay = np.full(len(counts), NOWHERE) if fixed is None else fixed
    free = np.flatnonzero(stay == NOWHERE)
    for group in np.flatnonzero(stay != NOWHERE).tolist():
        table.put(group, int(stay[group]))
    for group in _hardest_first(counts, free, random):
        table.put(group, int(np.argmin(table.costs(counts[group]))))
    for _ in range(_ROUNDS if len(free) else 0):
        order = free[random.permutation(len(free))].tolist()
        moved = sum(_move(table, group) for group in with_progress(order, len(order), "sharing out groups"))
        if not moved + _swap(table, free, random):
            break
    return table.parts


def drawn(sizes: Sequence[int], shares: Sequence[float], seed: int, held: Sequence[int] = (0, 0, 0)) -> Parts:
    """(groups,) the part of each group by chance alone: in an order that is drawn, groups fill the test, then
    validation, each as long as it comes nearer to its share, and the rest is for training.

    `held` is how many dispatches each part has already. Raises ValueError where there are fewer groups than parts.
    """
    empty = [share > 0 and not count for share, count in zip(shares, held, strict=True)]
    _check_enough(len(sizes), empty)
    parts = np.zeros(len(sizes), dtype=np.int64)
    waiting: list[int] = np.random.default_rng(seed).permutation(len(sizes)).tolist()
    for part in range(len(shares) - 1, 0, -1):
        lacking = shares[part] * (sum(sizes) + sum(held)) - held[part]
        # one group is left for each part that comes after and has none
        room = len(waiting) - sum(empty[:part])
        taken: list[int] = []
        for group in waiting:
            if len(taken) < room and abs(lacking - sizes[group]) < lacking:
                taken.append(group)
                lacking -= sizes[group]
        if not taken and empty[part]:
            taken = [min(waiting, key=lambda group: sizes[group])]
        parts[taken] = part
        waiting = [group for group in waiting if not parts[group]]
    return parts


def _check_enough(groups: int, shares: Sequence[float]) -> None:
    parts = sum(share > 0 for share in shares)
    if groups < parts:
        raise ValueError(f"{groups} groups cannot be shared out among {parts} parts")


def absent(held: Sequence[frozenset[str]], parts: Parts, part: int) -> list[tuple[str, int]]:
    """The strata that the part has not, rarest first, with how many dispatches hold them."""
    everywhere = Counter(name for several in held for name in several)
    here = {name for several, at in zip(held, parts.tolist(), strict=True) if at == part for name in several}
    return sorted(((name, count) for name, count in everywhere.items() if name not in here), key=lambda e: (e[1], e[0]))


class _Table:
    """What the parts hold while groups are put into them, and what a change would cost."""

    def __init__(self, counts: Counts, shares: Sequence[float]) -> None:
        total = counts.sum(axis=0)
        asked = np.array(shares)
        self.counts = counts
        self.parts = np.full(len(counts), NOWHERE, dtype=np.int64)
        self.held = np.zeros((len(shares), counts.shape[1]))  # (parts, strata)
        self.wanted = np.maximum(asked[:, None] * total, 1e-9)
        self.weights = np.ones(counts.shape[1])
        self.weights[0] = max(counts.shape[1] - 1, 1)
        enough = (counts > 0).sum(axis=0) >= (asked > 0).sum()
        self.fines = np.where(enough, _FINE, 0.0)
        self.fines[0] = _EMPTY
        self.closed = np.where(asked > 0, 0.0, np.inf)

    def put(self, group: int, part: int) -> None:
        if self.parts[group] >= 0:
            self.held[self.parts[group]] -= self.counts[group]
        self.held[part] += self.counts[group]
        self.parts[group] = part

    def costs(self, added: Counts) -> NDArray[np.float64]:
        """(parts,) what the sum grows by where a part gets so much more, or less, of each stratum."""
        after = self.held + added
        squares = (added * (self.held + after - 2 * self.wanted) / self.wanted) @ self.weights
        found: NDArray[np.float64] = squares + ((after <= 0) ^ (self.held <= 0)) * np.sign(-added) @ self.fines
        return found + self.closed


def _hardest_first(counts: Counts, free: Parts, random: np.random.Generator) -> list[int]:
    """Of the free groups the largest first, among equals those that hold the rarest label, else by chance."""
    rarest = np.where(counts[free, 1:] > 0, counts[:, 1:].sum(axis=0), np.inf).min(axis=1, initial=np.inf)
    found: list[int] = free[np.lexsort((random.random(len(free)), rarest, -counts[free, 0]))].tolist()
    return found


def _move(table: _Table, group: int) -> bool:
    """Move a group to where it is missed more; whether it was moved."""
    here, count = int(table.parts[group]), table.counts[group]
    costs = table.costs(count) + table.costs(-count)[here]
    costs[here] = 0.0
    there = int(np.argmin(costs))
    if costs[there] < -1e-9:
        table.put(group, there)
    return bool(costs[there] < -1e-9)


def _swap(table: _Table, free: Parts, random: np.random.Generator) -> int:
    """Let free groups of two parts change places where that helps; how many did."""
    swapped = 0
    tries = min(_SWAPS, 20 * len(free))
    for one, other in free[random.integers(len(free), size=(tries, 2))].tolist():
        here, there = int(table.parts[one]), int(table.parts[other])
        if here != there:
            change = table.counts[other] - table.counts[one]
            if table.costs(change)[here] + table.costs(-change)[there] < -1e-9:
                table.put(one, there)
                table.put(other, here)
                swapped += 1
    return swapped
