"""What may be chosen, as it comes → the most promising of it, no two nearly the same, none that is annotated already.

Of texts that say nearly the same the more promising one is kept, of equals the first. An archive of any length takes
no more memory than the pool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

from dateline_infer.tokens import FloatArray
from dateline_labels import Dispatch

from .doubt import Doubt
from .near_copies import NearCopies, signature_of

Rank = tuple[float, int]
Held = TypeVar("Held")


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


class Pool(Generic[Held]):
    """At most `size` of what is offered; `copies` and `annotated` are how many were passed over as copies of others and
    of the annotated texts, among those that would have had a place.
    """

    def __init__(self, size: int, annotated: Iterable[str] = ()) -> None:
        self.copies = self.annotated = 0
        self._size = size
        self._texts = NearCopies()
        self._held: dict[int, tuple[Rank, Held]] = {}
        self._order: list[Rank] = []  # a heap, in which what is no longer held may stand
        for number, text in enumerate(annotated, start=1):
            self._texts.add(-number, signature_of(text, -number))

    def held(self) -> list[tuple[int, Held]]:
        """From the most promising to the least, each with its number."""
        best_first = sorted(self._held.values(), key=lambda held: held[0], reverse=True)
        return [(-rank[1], held) for rank, held in best_first]

    def offer(self, number: int, text: str, promise: float, held: Held) -> None:
        """Hold something of this number, from 0, and text, if there is a place for it and nothing like it that promises
        as much.
        """
        rank = promise, -number
        if len(self._held) == self._size and rank < self._lowest():
            return
        signature = signature_of(text, number)
        alike = self._texts.of(signature)
        if alike and alike[0] < 0:
            self.annotated += 1
            return
        self.copies += bool(alike)
        if any(self._held[other][0] > rank for other in alike):
            return
        for other in alike:
            self._drop(other)
        self._texts.add(number, signature)
        self._held[number] = rank, held
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
