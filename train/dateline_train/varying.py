"""The rows that are learnt from: every epoch some dispatches stand in other styles, with other names (see `styles`)."""

from collections.abc import Sequence

import numpy as np
import torch
from datasets import Dataset
from dateline_labels import Dispatch

from .encoding import Encoder, Row, size_in_batch
from .styles import Names, varied


class VariedRows(torch.utils.data.Dataset[Row]):
    """One row a dispatch; each is with probability `share` the row of the dispatch in other styles.

    Seed, epoch and the dispatch's number alone determine it, so that an interrupted run goes on as it would have.
    """

    def __init__(self, encoder: Encoder, dispatches: Sequence[Dispatch], share: float, seed: int) -> None:
        self._encoder = encoder
        rows = [(dispatch, row) for dispatch in dispatches if (row := encoder.row(dispatch))]
        self.dispatches = [dispatch for dispatch, _ in rows]
        self.plain: Dataset = Dataset.from_list([row for _, row in rows])
        self.sizes = [size_in_batch(row["windows"]) for _, row in rows]
        self._names = Names(self.dispatches)
        self._share = share
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Give the rows of this epoch from now on."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self.dispatches)

    def __getitem__(self, number: int) -> Row:
        random = np.random.default_rng((self._seed, self._epoch, number))
        if random.random() >= self._share:
            row: Row = self.plain[number]
            return row
        return self._encoder.row(varied(self.dispatches[number], random, self._names)) or self.plain[number]
