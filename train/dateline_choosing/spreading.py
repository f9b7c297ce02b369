"""Vectors of dispatches → some of them that lie far apart, where the most promising ones lie first of all.

The seeding of k-means++ (Arthur and Vassilvitskii 2007): each is drawn with a probability that grows with the square of
its distance from what was drawn before, times its promise (as BADGE does with gradients, Ash et al. 2020). What is
annotated already counts as drawn. Unlike the farthest point each time (Gonzalez 1985) this does not go for whatever
lies outside of all the rest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def directions(vectors: Floats, centre: Floats) -> Floats:
    """(texts, hidden): which way each vector lies from the centre (hidden,), at length 1, or 0 where it is the centre.

    Without the centre taken off, all vectors of an encoder point nearly the same way.
    """
    apart = vectors - centre
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    result: Floats = np.divide(apart, lengths, out=np.zeros_like(apart), where=lengths > 0)
    return result


def spread(
    vectors: Floats, promise: Floats, count: int, taken: Floats, random: np.random.Generator
) -> tuple[list[int], list[int]]:
    """The rows that are drawn, in their order, and to how many rows each is the nearest one, itself among them.

    vectors  (texts, hidden)
    promise  (texts,) none below 0
    taken    (texts, hidden) what counts as drawn already
    """
    nearest = _squares(vectors, taken).min(axis=1) if len(taken) else np.ones(len(vectors))
    drawn: list[int] = []
    owner = np.full(len(vectors), -1)
    distance = np.full(len(vectors), np.inf)
    for turn in range(min(count, len(vectors))):
        row = _draw(nearest, promise, drawn, random)
        drawn.append(row)
        squares = _squares(vectors, vectors[row : row + 1])[:, 0]
        owner[squares < distance] = turn
        distance = np.minimum(distance, squares)
        nearest = np.minimum(nearest, squares)
    return drawn, np.bincount(owner, minlength=len(drawn)).tolist()


def _draw(nearest: Floats, promise: Floats, drawn: Sequence[int], random: np.random.Generator) -> int:
    chances = nearest * promise
    chances[list(drawn)] = 0.0
    if not chances.any():  # nothing is left that promises anything or lies apart
        chances = np.ones(len(nearest))
        chances[list(drawn)] = 0.0
    return int(random.choice(len(chances), p=chances / chances.sum()))


def _squares(vectors: Floats, others: Floats) -> Floats:
    """(texts, others): squared distances between vectors."""
    sums = (vectors**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :]
    squares: Floats = np.maximum(sums - 2.0 * vectors @ others.T, 0.0)
    return squares
