"""Counts as bars, drawn by matplotlib; the same counts give the same bytes with the same version of it."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from dateline_labels import one_line
from dateline_labels.files import write_atomically

_STYLE: Final[Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "dateline",
    "text.parse_math": False,
}
_COLOUR: Final = "#00609c"
_DOTS_AN_INCH: Final = 200
_MOST: Final = 60
_LONGEST_NAME: Final = 40


def write_bars(folder: Path, name: str, title: str, counts: Sequence[tuple[str, int]]) -> None:
    """Write `name`.svg and `name`.png: a bar for each count, from the top; of very many the first."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = counts[:_MOST]
    with rc_context(_STYLE):
        figure = Figure(figsize=(5.6, 0.9 + 0.26 * max(len(shown), 1)))
        panel = figure.subplots()
        bars = panel.barh(range(len(shown)), [count for _, count in shown], color=_COLOUR)
        panel.bar_label(bars, [f"{count:,}" for _, count in shown], padding=3)
        panel.set_yticks(range(len(shown)), [one_line(label, _LONGEST_NAME) for label, _ in shown])
        panel.invert_yaxis()
        panel.margins(x=0.12)
        more = len(counts) - len(shown)
        panel.set_title(f"{title}{f' ({more} more)' if more else ''}")
        for suffix, metadata in (("svg", {"Date": None, "Creator": "Dateline"}), ("png", {"Software": "Dateline"})):
            file = io.BytesIO()
            figure.savefig(file, format=suffix, metadata=metadata, dpi=_DOTS_AN_INCH, bbox_inches="tight")
            write_atomically(folder / f"{name}.{suffix}", file.getvalue())
