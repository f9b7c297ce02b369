"""The charts, matrices and range plots of a report as files for papers: plots/*.svg and *.png.

They are drawn by matplotlib from the very parts that the page is written of.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from dateline_labels.errors import MissingExtraError
from dateline_labels.visible_text import plain
from dateline_statistics.drawing import COLOURS, DASHES, MARKS, STYLE, write_both

from .report_parts import Chart, Interval, Matrix, Part, Row, Table
from .sections import sections

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TABLES: Final = ("headline", "spans.exact", "relations.strict", "incidents.parts", "slices.", "comparison.")
_LONGEST_NAME: Final = 40


def write_plots(out: Path, metrics: Mapping[str, Any]) -> None:
    """Write every plot into `out`/plots, as SVG and as PNG, by the key of its part.

    Raises MissingExtraError without matplotlib.
    """
    try:
        from matplotlib import rc_context
    except ImportError:
        raise MissingExtraError("plots", "matplotlib", "report") from None
    with rc_context(STYLE):
        for part in plotted(metrics):
            write_both(out / "plots", plot_name(part), _drawn(part))


def plotted(metrics: Mapping[str, Any]) -> list[Table | Matrix | Chart]:
    """The parts of the report that are plotted."""
    return [part for section in sections(metrics) for part in section.parts if is_plotted(part)]


def is_plotted(part: Part) -> TypeGuard[Table | Matrix | Chart]:
    """Whether a part is a plot: charts, the confusion of spans, and the figures with intervals that papers show."""
    if part.kind == "table":
        bounded = any(each and each.low is not None for row in part.rows for each in row.intervals)
        return bounded and part.key.startswith(_TABLES)
    return part.kind == "chart" or (part.kind == "matrix" and bool(part.measure))


def plot_name(part: Table | Matrix | Chart) -> str:
    """The name of a plot's files, without their endings."""
    return re.sub(r"[^\w.-]", "_", part.key)


def _drawn(part: Table | Matrix | Chart) -> "Figure":
    draw: dict[str, Callable[[Any], Figure]] = {"table": _ranges, "matrix": _matrix, "chart": _chart}
    return draw[part.kind](part)


def _ranges(table: Table) -> "Figure":
    """A row a figure with its interval, one panel a column of range plots."""
    from matplotlib.figure import Figure

    rows = [row for row in table.rows if any(row.intervals)][::-1]
    figure = Figure(figsize=(3.4 + 2.6 * len(table.plots), 0.7 + 0.24 * len(rows)))
    panels = figure.subplots(1, len(table.plots), sharey=True, squeeze=False)[0]
    for number, (panel, plot) in enumerate(zip(panels, table.plots, strict=True)):
        _draw_ranges(panel, [row.intervals[number] for row in rows])
        if plot.reference is not None:
            panel.axvline(plot.reference, color="#5c5a55", linestyle=":", linewidth=1)
        panel.set_xlim(plot.low, plot.high)
        panel.set_xlabel(plain(table.columns[plot.at]))
        panel.grid(axis="x", color="#e4e2dc", linewidth=0.6)
        panel.set_axisbelow(True)
    panels[0].set_ylim(-0.6, len(rows) - 0.4)
    panels[0].set_yticks(range(len(rows)), [_name(row) for row in rows])
    figure.suptitle(plain(table.title), fontsize=10)
    return figure


def _draw_ranges(panel: "Axes", intervals: Sequence[Interval | None]) -> None:
    placed = [(place, each) for place, each in enumerate(intervals) if each]
    bounded = [(place, each.low, each.high) for place, each in placed if each.low is not None and each.high is not None]
    if bounded:
        panel.hlines(*zip(*bounded, strict=True), color=COLOURS[0], linewidth=4, alpha=0.4)
    values = [each.value for _, each in placed]
    panel.scatter(values, [place for place, _ in placed], marker="|", s=80, linewidths=2, color=COLOURS[0])


def _name(row: Row) -> str:
    name = plain(row.name) or "(nothing)"
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return f"{name} (few)" if row.small else name


def _matrix(matrix: Matrix) -> "Figure":
    from matplotlib.figure import Figure

    rows = [[matrix.counts.get((gold, name), 0) for name in matrix.predicted] for gold in matrix.gold]
    shares = [[(count / max(sum(row), 1)) ** 0.5 for count in row] for row in rows]
    figure = Figure(figsize=(1.8 + 0.8 * len(matrix.predicted), 1.2 + 0.45 * len(rows)))
    panel = figure.subplots()
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=2.2, aspect="auto")
    for line, row in enumerate(rows):
        for column, count in enumerate(row):
            panel.text(column, line, str(count or "·"), ha="center", va="center")
    names = [plain(name) or "nothing" for name in matrix.predicted]
    panel.set_xticks(range(len(names)), names, rotation=30, ha="right")
    panel.set_yticks(range(len(rows)), [plain(name) or "nothing" for name in matrix.gold])
    panel.set_xlabel("read as")
    panel.set_ylabel("gold")
    panel.set_title(plain(matrix.title))
    return figure


def _chart(chart: Chart) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 3.8))
    panel = figure.subplots()
    if chart.diagonal:
        panel.plot(
            [chart.x.low, chart.x.high],
            [chart.y.low, chart.y.high],
            color="#5c5a55",
            linestyle=(0, (5, 4)),
            linewidth=1,
        )
    for guide in chart.guides:
        panel.axvline(guide.x, color="#1d1c1a", linestyle=":", linewidth=1, label=plain(f"abstain, {guide.title}"))
    for number, series in enumerate(chart.series):
        _line(panel, chart, number)
        if series.dots:
            for point in series.points:
                panel.plot(
                    point.x, point.y, MARKS[number % 3], color=COLOURS[number % 3], markersize=3 + 6 * point.size
                )
    panel.set(
        xlabel=chart.x.title, ylabel=chart.y.title, xlim=(chart.x.low, chart.x.high), ylim=(chart.y.low, chart.y.high)
    )
    panel.set_xticks(chart.x.ticks)
    panel.set_yticks(chart.y.ticks)
    panel.grid(color="#e4e2dc", linewidth=0.6)
    panel.set_title(chart.title)
    panel.legend(frameon=False, fontsize=8)
    return figure


def _line(panel: "Axes", chart: Chart, number: int) -> None:
    series = chart.series[number]
    colour, dash = COLOURS[number % 3], DASHES[number % 3]
    panel.plot(
        [each.x for each in series.points], [each.y for each in series.points], dash, color=colour, label=series.name
    )
    for point in series.points:
        if point.low is not None and point.high is not None:
            panel.plot([point.x, point.x], [point.low, point.high], color=colour, linewidth=1)
