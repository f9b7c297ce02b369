"""How to choose: what makes a candidate promising while an archive goes by, and which of the pool are taken at the end.

| strategy | chooses |
|---|---|
| uncertainty | the dispatches in which most is likely to be wrong or overlooked |
| diverse | dispatches far apart in what the encoder makes of them, out of a random pool |
| mixed | dispatches far apart, out of the most uncertain ones (as Zhdanov 2019) |
| random | a fair draw, to compare with |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from dateline_labels import InputError, Place

from .doubt import Doubt
from .pool import Candidate
from .rarity import Weights
from .spreading import Floats, directions, spread

_SHORTLIST = 5
"""Candidates for each place, of which the mixed strategy chooses."""
_PER_WORDS = 100


class Strategy(StrEnum):
    """See above."""

    UNCERTAINTY = "uncertainty"
    DIVERSE = "diverse"
    MIXED = "mixed"
    RANDOM = "random"


class Per(StrEnum):
    """What doubt is counted by: a dispatch, whatever its length, or a hundred words of it."""

    DISPATCH = "dispatch"
    WORDS = "words"


BY_DOUBT = (Strategy.UNCERTAINTY, Strategy.MIXED)
BY_VECTORS = (Strategy.DIVERSE, Strategy.MIXED)


@dataclass(frozen=True)
class Choosing:
    """What is asked for.

    count  dispatches to choose
    pool   candidates that are held while an archive goes by

    Raises InputError where the pool is smaller than the choice.
    """

    count: int = 50
    strategy: Strategy = Strategy.MIXED
    per: Per = Per.DISPATCH
    seed: int = 0
    pool: int = 2_000

    def __post_init__(self) -> None:
        if self.pool < self.count:
            what = f"expected at least as many candidates as are chosen, {self.count}, got {self.pool}"
            raise InputError(Place("--pool"), "pool", what)

    def worth(self, doubt: Doubt, weights: Weights) -> float:
        """Expected errors, those of rare labels counted for more, in the dispatch or in a hundred words of it."""
        weighed = weights.weighed(doubt)
        return weighed if self.per is Per.DISPATCH else weighed * _PER_WORDS / max(doubt.words, _PER_WORDS)


@dataclass(frozen=True)
class Chosen:
    """A candidate that was chosen, its worth, and how many of those chosen from are nearest to it, itself among them;
    0 where nobody looked.
    """

    candidate: Candidate
    worth: float
    stands_for: int = 0


def choose(
    candidates: Sequence[Candidate], vectors: Floats, taken: Floats, weights: Weights, choosing: Choosing
) -> list[Chosen]:
    """The candidates that are chosen, the most worth first, at random in the order drawn.

    candidates  from the most promising to the least, as the pool gives them
    vectors     (candidates, hidden) mean token vectors; those that go by doubt or chance alone need none
    taken       (texts, hidden) of what is annotated already
    """
    worth = np.array([choosing.worth(each.doubt, weights) for each in candidates])
    in_order = np.arange(len(candidates))
    best_first = np.argsort(-worth, kind="stable")
    if choosing.strategy in BY_VECTORS:
        mixed = choosing.strategy is Strategy.MIXED
        rows = best_first[: _SHORTLIST * choosing.count] if mixed else in_order
        drawn, sizes = _spread(vectors[rows], worth[rows] if mixed else np.ones(len(rows)), taken, choosing)
        found = list(zip(rows[drawn].tolist(), sizes, strict=True))
    else:
        rows = in_order if choosing.strategy is Strategy.RANDOM else best_first
        found = [(row, 0) for row in rows[: choosing.count].tolist()]
    chosen = [Chosen(candidates[row], float(worth[row]), size) for row, size in found]
    return chosen if choosing.strategy is Strategy.RANDOM else sorted(chosen, key=lambda each: -each.worth)


def _spread(vectors: Floats, promise: Floats, taken: Floats, choosing: Choosing) -> tuple[list[int], list[int]]:
    if not len(vectors):
        return [], []
    centre = np.concatenate([vectors, taken]).mean(axis=0)
    random = np.random.default_rng(choosing.seed)
    return spread(directions(vectors, centre), promise, choosing.count, directions(taken, centre), random)
