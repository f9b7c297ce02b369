"""Counts as bars, drawn by matplotlib; the same counts give the same bytes with the same version of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dateline_labels import one_line
from dateline_statistics.drawing import COLOURS, STYLE, write_both

_MOST: Final = 60
_LONGEST_NAME: Final = 40


def write_bars(folder: Path, name: str, title: str, counts: Sequence[tuple[str, int]]) -> None:
    """Write `name`.svg and `name`.png: a bar for each count, from the top; of very many the first."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = counts[:_MOST]
    with rc_context(STYLE):
        figure = Figure(figsize=(5.6, 0.9 + 0.26 * max(len(shown), 1)))
        panel = figure.subplots()
        bars = panel.barh(range(len(shown)), [count for _, count in shown], color=COLOURS[0])
        panel.bar_label(bars, [f"{count:,}" for _, count in shown], padding=3)
        panel.set_yticks(range(len(shown)), [one_line(label, _LONGEST_NAME) for label, _ in shown])
        panel.invert_yaxis()
        panel.margins(x=0.12)
        more = len(counts) - len(shown)
        panel.set_title(f"{title}{f' ({more} more)' if more else ''}")
        write_both(folder, name, figure)
