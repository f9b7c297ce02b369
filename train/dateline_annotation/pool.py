"""Candidates as they come → the most promising of them, no two nearly the same, and none that is annotated already.

Of texts that say nearly the same the more promising one is kept, of equals the first. An archive of any length takes
no more memory than the pool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from dateline_infer.tokens import FloatArray
from dateline_labels import Dispatch

from .doubt import Doubt
from .near_copies import NearCopies, signature_of

Rank = tuple[float, int]


@dataclass(frozen=True)
class Candidate:
    """A dispatch that may be chosen, as it was read.

    number  its place in the archive, from 0
    vector  (hidden,) the mean of its token vectors; None where it was read earlier and only its marks are known
    """

    number: int
    dispatch: Dispatch
    doubt: Doubt
    vector: FloatArray | None


class Pool:
    """At most `size` candidates; `copies` and `annotated` are how many were passed over as copies of others and of the
    annotated texts, among those that would have had a place.
    """

    def __init__(self, size: int, annotated: Iterable[str] = ()) -> None:
        self.copies = self.annotated = 0
        self._size = size
        self._texts = NearCopies()
        self._held: dict[int, tuple[Rank, Candidate]] = {}
        self._order: list[Rank] = []  # a heap, in which what is no longer held may stand
        for number, text in enumerate(annotated, start=1):
            self._texts.add(-number, signature_of(text, -number))

    def candidates(self) -> list[Candidate]:
        """From the most promising to the least."""
        return [candidate for _, candidate in sorted(self._held.values(), key=lambda held: held[0], reverse=True)]

    def offer(self, candidate: Candidate, promise: float) -> None:
        """Take a candidate in, if there is a place for it and nothing like it that promises as much."""
        rank = promise, -candidate.number
        if len(self._held) == self._size and rank < self._lowest():
            return
        signature = signature_of(candidate.dispatch.text, candidate.number)
        alike = self._texts.of(signature)
        if alike and alike[0] < 0:
            self.annotated += 1
            return
        self.copies += bool(alike)
        if any(self._held[number][0] > rank for number in alike):
            return
        for number in alike:
            self._drop(number)
        self._texts.add(candidate.number, signature)
        self._held[candidate.number] = rank, candidate
        heappush(self._order, rank)
        if len(self._held) > self._size:
            self._drop(-self._lowest()[1])

    def _lowest(self) -> Rank:
        while -self._order[0][1] not in self._held:
            heappop(self._order)
        return self._order[0]

    def _drop(self, number: int) -> None:
        del self._held[number]
        self._texts.remove(number)
