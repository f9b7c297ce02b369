"""The history → one picture: F1 of spans and relations, model after model, a line for each set of dispatches."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dateline_labels import InputError, MissingExtraError, Place, one_line
from dateline_statistics import drawing
from dateline_statistics.drawing import COLOURS, DASHES, MARKS, STYLE, SUFFIXES

from .history import DataUsed, Entry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS: Final = (("span_f1", "Spans, exact: F1"), ("relation_f1", "Relations, strict: F1"))
_LONGEST: Final = 24
_SHORT: Final = 8


def check_plot(path: Path) -> None:
    """Raises InputError where no picture can have this name."""
    if path.suffix not in SUFFIXES:
        raise InputError(
            Place("--plot"), "plot", f"expected a name that ends in {', '.join(SUFFIXES)}, got {path.name}"
        )


def write_plot(path: Path, entries: Sequence[Entry]) -> None:
    """Write the picture of the runs that have figures and say what these are of.

    Raises InputError where there are none, MissingExtraError without matplotlib.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("--plot", "matplotlib", "report") from None
    check_plot(path)
    runs = [entry for entry in entries if entry.data.sha256 and entry.figures]
    if not runs:
        raise InputError(Place("--plot"), "history", "expected a run with figures, got none; evaluate a model first")
    models = list(dict.fromkeys(map(_model, runs)))
    with rc_context(STYLE):
        figure = Figure(figsize=(2.5 + 0.6 * len(models), 6.5))
        panels = figure.subplots(len(_PANELS), 1, sharex=True)
        for panel, (name, title) in zip(panels, _PANELS, strict=True):
            _draw(panel, _series(runs, models), name)
            panel.set_title(title)
        panels[0].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        panels[-1].set_xticks(range(len(models)), models, rotation=45, ha="right")
        drawing.write_plot(path, figure)


def _draw(panel: "Axes", series: Mapping[str, Mapping[int, Entry]], name: str) -> None:
    for number, (title, measured) in enumerate(series.items()):
        places = sorted(place for place, entry in measured.items() if name in entry.figures)
        style = DASHES[number // len(COLOURS) % len(DASHES)] + MARKS[number % len(MARKS)]
        colour = COLOURS[number % len(COLOURS)]
        panel.plot(places, [measured[place].figures[name] for place in places], style, color=colour, label=title)
        for place in places:
            low, high = (measured[place].figures.get(f"{name}_{end}") for end in ("low", "high"))
            if low is not None and high is not None:
                panel.plot([place, place], [low, high], color=colour, linewidth=1)
    panel.grid(color="#e4e2dc", linewidth=0.6)
    panel.set_axisbelow(True)


def _series(runs: Sequence[Entry], models: Sequence[str]) -> dict[str, dict[int, Entry]]:
    """For each set of dispatches the last run of each model on it, by the model's number."""
    found: dict[str, dict[int, Entry]] = {}
    for entry in runs:
        found.setdefault(_title(entry.data), {})[models.index(_model(entry))] = entry
    return found


def _title(data: DataUsed) -> str:
    return one_line(f"{data.part}, {data.dispatches} dispatches, {data.sha256[:_SHORT]}", 2 * _LONGEST)


def _model(entry: Entry) -> str:
    return f"{one_line(entry.name, _LONGEST)} {one_line(entry.model[:_SHORT])}"
