"""The disturbances under which quality is measured: each a style in which every dispatch is written."""

from collections.abc import Sequence

from dateline_labels import Dispatch
from dateline_train.rewriting import rewritten
from dateline_train.styles import (
    Style,
    in_capitals,
    in_lower_case,
    with_numbers_spelt_otherwise,
    without_accents,
)

DISTURBANCES: dict[str, Style] = {
    "lower case": in_lower_case,
    "capitals": in_capitals,
    "no accents": without_accents,
    "numbers": with_numbers_spelt_otherwise,
}


def disturbed(dispatches: Sequence[Dispatch], disturbance: Style) -> tuple[list[Dispatch], int]:
    """Each dispatch disturbed, and how many pieces of them all were replaced."""
    pieces = [list(disturbance(dispatch)) for dispatch in dispatches]
    return [rewritten(*pair) for pair in zip(dispatches, pieces, strict=True)], sum(map(len, pieces))
