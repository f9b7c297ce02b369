"""Which dispatches make a batch: those of like length, as many as a budget of tokens holds.

The dispatches are ordered from the longest to the shortest and cut wherever the budget is full. Every epoch brings
other batches: dispatches of one size change places, and a cut at a random place moves those behind it. Yet every epoch
has as many, for a learning rate that falls over the steps must know their number.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from torch.utils.data import Sampler

Batch = list[int]
"""The numbers of the dispatches in it."""


class DispatchSize(NamedTuple):
    """What a dispatch takes up in a batch."""

    length: int  # tokens of its longest window, rounded up as the Collator does
    windows: int
    tokens: int  # of all its windows, without padding


class TokenBatches(Sampler[Batch]):
    """Batches of at most `budget` tokens with their padding; every dispatch once an epoch.

    Seed and epoch alone determine the batches. A dispatch whose windows exceed the budget is a batch of its own, since
    its loss needs all of it: the longest dispatch bounds the memory then, not the budget. The number of batches is a
    multiple of `processes`, which take turns; only where there are fewer dispatches are some batches repeated. Where
    the data would not fill `least` batches the budget shrinks, so that there are about as many.
    """

    def __init__(
        self, sizes: Sequence[DispatchSize], budget: int, seed: int, processes: int = 1, least: int = 1
    ) -> None:
        self.sizes = sizes
        share = max(1, sum(size.length * size.windows for size in sizes) // least)
        self._budget = min(budget, share) if least > 1 else budget
        self._seed = seed
        self._epoch = 0
        # each epoch's additional cut makes one batch more at the most
        count = min(len(self._cut(self._ordered(range(len(sizes))))) + 1, len(sizes))
        self._count = -(-count // processes) * processes

    def set_epoch(self, epoch: int) -> None:
        """Give the batches of this epoch from now on."""
        self._epoch = epoch

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Batch]:
        random = np.random.default_rng((self._seed, self._epoch))
        order = self._ordered(random.permutation(len(self.sizes)).tolist())
        at = int(random.integers(len(order)))
        batches = self._filled_up(self._cut(order[:at]) + self._cut(order[at:]))
        return iter([batches[number] for number in random.permutation(len(batches))])

    def padded(self, batch: Batch) -> int:
        """Tokens of a batch with their padding."""
        return sum(self.sizes[each].windows for each in batch) * max(self.sizes[each].length for each in batch)

    def summary(self) -> str:
        """One readable line: how many batches an epoch, their size, and the share of padding."""
        batches = list(self)
        padded = sum(map(self.padded, batches))
        tokens = sum(self.sizes[each].tokens for batch in batches for each in batch)
        dispatches = sum(map(len, batches)) / len(batches)
        return (
            f"{len(batches)} batches an epoch, on average {dispatches:.1f} dispatches and {padded / len(batches):,.0f} "
            f"tokens ({max(map(self.padded, batches)):,} at most), {100 * (1 - tokens / padded):.1f} % of them padding"
        )

    def _ordered(self, dispatches: Iterable[int]) -> Batch:
        """The longest first; those of one size stay in their order."""
        return sorted(dispatches, key=lambda each: self.sizes[each][:2], reverse=True)

    def _cut(self, order: Batch) -> list[Batch]:
        """Runs of dispatches, each as long as the budget allows."""
        batches: list[Batch] = []
        windows = length = 0
        for each in order:
            size = self.sizes[each]
            if batches and (windows + size.windows) * length <= self._budget:
                batches[-1].append(each)
                windows += size.windows
            else:
                batches.append([each])
                windows, length = size.windows, size.length
        return batches

    def _filled_up(self, batches: list[Batch]) -> list[Batch]:
        """As many batches as there shall be: the largest ones are halved; where all hold one, some are repeated."""
        while len(batches) < self._count:
            largest = max((batch for batch in batches if len(batch) > 1), key=self.padded, default=None)
            if largest is None:
                batches = [*batches, *batches[: self._count - len(batches)]]
            else:
                half = len(largest) // 2
                batches = [batch for batch in batches if batch is not largest] + [largest[:half], largest[half:]]
        return batches
