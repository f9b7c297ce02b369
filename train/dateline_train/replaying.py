"""The rows of a retraining: every epoch all new dispatches and, so that nothing is forgotten, some of the old ones.

Rehearsal of old examples beside new ones (Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal"). The
old dispatches are ordered by their size and cut into as many runs as are replayed in an epoch; every epoch takes one of
each run, each in its turn. So an epoch sees short and long ones alike, every old dispatch comes up as often as its
neighbours, and the batches, which are made for the largest of each run, hold whatever an epoch draws.
"""

from collections.abc import Collection, Sequence

import numpy as np
import torch

from .batches import DispatchSize
from .encoding import Row
from .varying import VariedRows


class ReplayedRows(torch.utils.data.Dataset[Row]):
    """First the rows of the dispatches whose ids are in `new`, then `replay` times as many old ones, or all of them.

    Seed and epoch alone determine which, so that an interrupted run goes on as it would have. `sizes` are what a row
    takes up in a batch at the most.
    """

    def __init__(self, rows: VariedRows, new: Collection[str], replay: float, seed: int) -> None:
        self._rows = rows
        self._epoch = 0
        numbers = range(len(rows.sizes))
        self._new = [number for number in numbers if rows.dispatches[number].id in new]
        old = sorted((number for number in numbers if rows.dispatches[number].id not in new), key=self._size)
        self.old = len(old)
        count = min(len(old), round(replay * len(self._new)))
        runs = np.array_split(old, count) if count else []
        self._runs: list[list[int]] = [
            np.random.default_rng((seed, at)).permutation(run).tolist() for at, run in enumerate(runs)
        ]
        self.sizes = [rows.sizes[number] for number in self._new] + [self._largest(run) for run in self._runs]

    def set_epoch(self, epoch: int) -> None:
        """Give the rows of this epoch from now on."""
        self._epoch = epoch
        self._rows.set_epoch(epoch)

    def __len__(self) -> int:
        return len(self._new) + len(self._runs)

    def __getitem__(self, place: int) -> Row:
        return self._rows[self.number(place)]

    def number(self, place: int) -> int:
        """Which of all rows stands at a place in this epoch."""
        if place < len(self._new):
            return self._new[place]
        run = self._runs[place - len(self._new)]
        return run[self._epoch % len(run)]

    def summary(self) -> str:
        """What an epoch is made of."""
        return f"an epoch has {len(self._new)} new dispatches and {len(self._runs)} of {self.old} old ones"

    def _size(self, number: int) -> DispatchSize:
        return self._rows.sizes[number]

    def _largest(self, run: Sequence[int]) -> DispatchSize:
        return DispatchSize(*(max(each) for each in zip(*map(self._size, run), strict=True)))
