"""What annotators mark → a value for each token of the text, as alpha compares them.

A token is a run of letters and digits, or another sign (`dateline_formats.tokens`); one that a span touches has its
label. As a value of borders it has, beside it, whether the span begins there: so two spans side by side are not one.
Where spans overlap, the labels together are the value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from dateline_formats.tokens import tokenised
from dateline_labels import Dispatch
from dateline_statistics.chance import Floats, coincidences
from numpy.typing import NDArray

from .shared_dispatches import SharedDispatch

Value = tuple[tuple[str, bool], ...]
"""The labels of a token in their order, each with whether its span begins there; False where that is not asked."""


@dataclass(frozen=True)
class TokenTable:
    """The coincidences of values on the tokens of each dispatch, (dispatches, values, values)."""

    tables: Floats
    values: tuple[Value, ...]
    tokens: int

    def having(self, label: str) -> NDArray[np.bool_]:
        """(values,) whether the label is among them."""
        return np.array([any(label == name for name, _ in value) for value in self.values])


def token_table(dispatches: Sequence[SharedDispatch], borders: bool) -> TokenTable:
    """The values of every annotator of each dispatch, compared; with whether spans begin where `borders` are asked."""
    known: dict[Value, int] = {(): 0}
    rows = []
    for each in dispatches:
        by = [token_values(dispatch, borders) for dispatch in each.by.values()]
        numbers = [[known.setdefault(value, len(known)) for value in values] for values in by]
        rows.append(np.array(numbers, dtype=np.int64))
    tables = np.stack([coincidences(row, len(known)) for row in rows])
    return TokenTable(tables, tuple(known), sum(row.shape[1] for row in rows))


def token_values(dispatch: Dispatch, borders: bool) -> list[Value]:
    """The value of each token of the text."""
    tokens = tokenised(dispatch.text)
    found: list[set[tuple[str, bool]]] = [set() for _ in tokens.offsets]
    for span in dispatch.spans:
        touched = tokens.touched(span)
        for token in touched:
            found[token].add((span.label, borders and token == touched.start))
    return [tuple(sorted(labels)) for labels in found]
