"""A source of candidates and what is annotated already → the candidates that a strategy chooses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
from dateline_infer import Extractor
from dateline_infer.tokens import FloatArray
from dateline_labels import Dispatch
from dateline_labels.progress import with_progress

from .candidates import Numbered
from .pool import Candidate, Pool
from .rarity import LabelCounts, Weights
from .spreading import Floats
from .strategies import BY_DOUBT, BY_VECTORS, Choosing, Chosen, choose


class Source(Protocol):
    """What candidates come from."""

    def dispatches(self) -> Iterator[Numbered]:
        """Each with its number, in the same order every time."""
        ...

    def read(self, extractor: Extractor, dispatches: Iterable[Numbered]) -> Iterator[Candidate]:
        """Those of them that can be chosen, in their order."""
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
    known = LabelCounts.of(annotated)
    pooled = (_by_doubt if choosing.strategy in BY_DOUBT else _by_chance)(source, annotated, extractor, choosing)
    weights = Weights.of(known if annotated else pooled.read, extractor.config.schema)
    chosen = _chosen(pooled.candidates, annotated, weights, extractor, choosing)
    return Choice(chosen, weights, pooled.dispatches, pooled.copies, pooled.annotated)


@dataclass(frozen=True)
class _Pooled:
    """The candidates to choose from, the most promising first, and the labels in all that was read."""

    candidates: list[Candidate]
    read: LabelCounts
    dispatches: int
    copies: int
    annotated: int


def _by_doubt(source: Source, annotated: Sequence[Dispatch], extractor: Extractor, choosing: Choosing) -> _Pooled:
    """All is read; where it is known what is rarely annotated, that counts from the first."""
    pool = Pool[Candidate](choosing.pool, (dispatch.text for dispatch in annotated))
    weights, read = Weights.of(LabelCounts.of(annotated), extractor.config.schema), LabelCounts()
    for each in source.read(extractor, source.dispatches()):
        read.add(each.dispatch)
        pool.offer(each.number, each.dispatch.text, choosing.worth(each.doubt, weights), each)
    candidates = [candidate for _, candidate in pool.held()]
    return _Pooled(candidates, read, read.dispatches, pool.copies, pool.annotated)


def _by_chance(source: Source, annotated: Sequence[Dispatch], extractor: Extractor, choosing: Choosing) -> _Pooled:
    """A fair draw, of which alone anything is read."""
    pool = Pool[Dispatch](choosing.pool, (dispatch.text for dispatch in annotated))
    random, seen = np.random.default_rng(choosing.seed), 0
    for seen, (number, dispatch) in enumerate(source.dispatches(), start=1):  # noqa: B007
        pool.offer(number, dispatch.text, float(random.random()), dispatch)
    drawn = pool.held()
    wanted = len(drawn) if choosing.strategy in BY_VECTORS else choosing.count
    candidates = list(islice(with_progress(source.read(extractor, drawn), wanted, "reading what was drawn"), wanted))
    read = LabelCounts.of(candidate.dispatch for candidate in candidates)
    return _Pooled(candidates, read, seen, pool.copies, pool.annotated)


def _chosen(
    candidates: Sequence[Candidate],
    annotated: Sequence[Dispatch],
    weights: Weights,
    extractor: Extractor,
    choosing: Choosing,
) -> list[Chosen]:
    """Vectors that the strategy needs and that are not there are read."""
    if not candidates:
        return []
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
