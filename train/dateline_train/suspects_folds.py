"""Annotated dispatches → folds: each is looked at by a model that has learnt from the others.

What nearly repeats another text, or tells the same story by its meta data, is in one fold with it, or the model would
know by heart what it is asked about.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from dateline_archive.copies import ALIKE
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place
from dateline_splits.choices import Wanted
from dateline_splits.groups import copies_among, groups_of, values_to_keep

_VALIDATION = 0.1
"""Share of what a fold's model could learn from that it is validated on instead."""


@dataclass(frozen=True)
class Fold:
    """What one model learns from, what it is validated on, and what it then looks at."""

    number: int
    train: tuple[Dispatch, ...]
    validation: tuple[Dispatch, ...]
    checked: tuple[Dispatch, ...]


def folds_of(annotated: Annotated, count: int, seed: int) -> list[Fold]:
    """So many folds of about as many characters; raises InputError where there are too few groups of dispatches."""
    groups = _groups(annotated)
    if len(groups) < max(count, 3):
        what = f"expected at least {max(count, 3)} dispatches that are no copies of each other, got {len(groups)}"
        raise InputError(Place("--folds"), "folds", what)
    random.Random(f"{seed} folds").shuffle(groups)
    shares: list[list[tuple[Dispatch, ...]]] = [[] for _ in range(count)]
    lengths = [0] * count
    for group in sorted(groups, key=len, reverse=True):
        least = lengths.index(min(lengths))
        shares[least].append(group)
        lengths[least] += _length(group) + 1
    return [_fold(number, shares, seed) for number in range(1, count + 1)]


def _groups(annotated: Annotated) -> list[tuple[Dispatch, ...]]:
    """The dispatches by group, in the order of the first of each."""
    numbers = groups_of(
        copies_among([dispatch.text for dispatch in annotated.dispatches], ALIKE),
        values_to_keep(annotated, Wanted())[0],
    )
    groups: dict[int, list[Dispatch]] = {}
    for number, dispatch in zip(numbers.tolist(), annotated.dispatches, strict=True):
        groups.setdefault(number, []).append(dispatch)
    return [tuple(group) for group in groups.values()]


def _fold(number: int, shares: Sequence[Sequence[tuple[Dispatch, ...]]], seed: int) -> Fold:
    others = [group for at, share in enumerate(shares, start=1) if at != number for group in share]
    random.Random(f"{seed} validation of fold {number}").shuffle(others)
    wanted = _VALIDATION * sum(map(len, others))
    validation: list[tuple[Dispatch, ...]] = []
    while len(others) > 1 and sum(map(len, validation)) < wanted:
        validation.append(others.pop())
    return Fold(number, _flat(others), _flat(validation), _flat(shares[number - 1]))


def _flat(groups: Sequence[tuple[Dispatch, ...]]) -> tuple[Dispatch, ...]:
    return tuple(dispatch for group in groups for dispatch in group)


def _length(group: Sequence[Dispatch]) -> int:
    return sum(len(dispatch.text) for dispatch in group)
