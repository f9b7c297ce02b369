"""A source of candidates and what is annotated already → the candidates that a strategy chooses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from dateline_infer import Extractor
from dateline_infer.progress import with_progress
from dateline_infer.tokens import FloatArray
from dateline_labels import Dispatch

from .pool import Candidate, Pool
from .rarity import LabelCounts, Weights
from .spreading import Floats
from .strategies import BY_DOUBT, BY_VECTORS, Choosing, Chosen, choose


class Source(Protocol):
    """What candidates come from."""

    def candidates(self, extractor: Extractor) -> Iterator[Candidate]:
        """Each once, in the same order every time."""
        ...


@dataclass(frozen=True)
class Choice:
    """What was chosen, the weights of labels behind it, how many dispatches there were and what was passed over."""

    chosen: list[Chosen]
    weights: Weights
    dispatches: int
    copies: int
    annotated: int


def chosen_from(source: Source, annotated: Sequence[Dispatch], extractor: Extractor, choosing: Choosing) -> Choice:
    """The choice of a strategy; raises what the source raises, MissingExtraError without rensa."""
    pool = Pool(choosing.pool, (dispatch.text for dispatch in annotated))
    known, read = LabelCounts.of(annotated), LabelCounts()
    for candidate in _offered(source, extractor, pool, choosing, known):
        read.add(candidate.dispatch)
    weights = Weights.of(known if annotated else read, extractor.config.schema)
    chosen = _chosen(pool.candidates(), annotated, weights, extractor, choosing)
    return Choice(chosen, weights, read.dispatches, pool.copies, pool.annotated)


def _offered(
    source: Source, extractor: Extractor, pool: Pool, choosing: Choosing, known: LabelCounts
) -> Iterator[Candidate]:
    """The candidates, each after the pool has seen it; where it is known what is rarely annotated, that counts here."""
    weights = Weights.of(known, extractor.config.schema)
    random = np.random.default_rng(choosing.seed)
    for candidate in source.candidates(extractor):
        by_chance = float(random.random())
        doubted = choosing.strategy in BY_DOUBT
        pool.offer(candidate, choosing.worth(candidate.doubt, weights) if doubted else by_chance)
        yield candidate


def _chosen(
    candidates: Sequence[Candidate],
    annotated: Sequence[Dispatch],
    weights: Weights,
    extractor: Extractor,
    choosing: Choosing,
) -> list[Chosen]:
    """Vectors that the strategy needs and that are not there are read."""
    if choosing.strategy not in BY_VECTORS:
        nothing: Floats = np.zeros((0, 0))
        return choose(candidates, nothing, nothing, weights, choosing)
    missing = [each.dispatch for each in candidates if each.vector is None]
    read = iter(_vectors(extractor, missing, "looking at the candidates"))
    vectors = [next(read) if each.vector is None else each.vector for each in candidates]
    taken = _vectors(extractor, annotated, "looking at what is annotated")
    width = max((len(vector) for vector in vectors), default=0)
    return choose(candidates, _rows(vectors, width), _rows(taken, width), weights, choosing)


def _vectors(extractor: Extractor, dispatches: Sequence[Dispatch], what: str) -> list[FloatArray]:
    """The mean of the token vectors of each dispatch, in order; of what has no token nothing, (0,)."""
    readings = with_progress(extractor.closely(dispatches), len(dispatches), what)
    return [reading.vectors.mean(axis=0) if len(reading.tokens) else np.zeros(0, np.float32) for reading in readings]


def _rows(vectors: Sequence[FloatArray], width: int) -> Floats:
    """(texts, width): what has no vector lies at nought."""
    rows = np.zeros((len(vectors), width))
    for row, vector in zip(rows, vectors, strict=True):
        row[: len(vector)] = vector
    return rows
