"""The words of a casualty span, and those around them, → how many people they can mean."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """How many people the words of a casualty span mean.

    `low` is the fewest they can mean, `high` the most, None where they are open upward; `best` is what a coder would
    enter under a plain reading, None where the words give nothing to enter. `part` is `whole`, `of` (part of another
    figure), `more` (beside another figure) or `total` (a running total).
    """

    low: int
    high: int | None
    best: int | None
    qualifier: str
    part: str


def read_figure(text: str, start: int, end: int) -> Figure:
    """The figure of the casualty span `text[start:end]`, code points, read with the words around it."""
    raise NotImplementedError
