"""What was trained on how much → how much of the data a strategy needs, as a table and as curves.

A curve goes straight from one round to the next and from the last one to all of the data, where every strategy ends.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WITHIN = 0.5
"""Points of F1 that are as good as none."""
ALL, START = "all", "start"
FIGURES = ("spans F1", "relations F1, strict")
_COLOURS = ("#4d4d4d", "#00609c", "#9c4a00", "#00684c", "#7a3b8f", "#a3821a")
_STYLE: Any = {"font.family": "DejaVu Sans", "font.size": 9, "svg.fonttype": "path", "svg.hashsalt": "dateline"}


@dataclass(frozen=True)
class Trained:
    """One training: of which seed, strategy and round, on how many dispatches and words of them, and its figures.

    `following` names, for each strategy, the dispatches that it then chose to be annotated next.
    """

    seed: int
    strategy: str
    round: int
    dispatches: int
    words: int
    figures: dict[str, float]
    following: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0


Point = tuple[float, float]  # share of what all of the data have, F1


@dataclass(frozen=True)
class Curves:
    """The points of one figure, by strategy and seed, over the share of the dispatches or of the words."""

    points: dict[str, dict[int, list[Point]]]
    whole: dict[int, float]  # seed -> F1 of all data

    @staticmethod
    def of(trained: Iterable[Trained], figure: str, by: str) -> "Curves":
        """`by` is dispatches or words; a seed whose training on all data is not there yet is left out."""
        trained = list(trained)
        whole = {each.seed: each for each in trained if each.strategy == ALL}
        points: defaultdict[str, dict[int, list[Point]]] = defaultdict(dict)
        for seed, everything in whole.items():
            full = getattr(everything, by)
            of_seed = [each for each in trained if each.seed == seed and each.strategy != ALL]
            start = [each for each in of_seed if each.strategy == START]
            for strategy in dict.fromkeys(each.strategy for each in of_seed if each.strategy != START):
                rounds = [*start, *(each for each in of_seed if each.strategy == strategy)]
                line = sorted((getattr(each, by) / full, each.figures[figure]) for each in rounds)
                points[strategy][seed] = [*line, (1.0, everything.figures[figure])]
        return Curves(dict(points), {seed: each.figures[figure] for seed, each in whole.items()})

    def needed(self, strategy: str) -> dict[int, float]:
        """For each seed, the share at which the strategy first has the F1 of all data, but for WITHIN."""
        return {seed: reached(line, self.whole[seed] - WITHIN) for seed, line in self.points[strategy].items()}


def reached(line: Sequence[Point], target: float) -> float:
    """The share at which a curve first reaches a figure, from point to point; its end where it never does."""
    before = line[0]
    if before[1] >= target:
        return before[0]
    for share, figure in line[1:]:
        if figure >= target:
            return before[0] + (share - before[0]) * (target - before[1]) / (figure - before[1])
        before = share, figure
    return line[-1][0]


def table(trained: Sequence[Trained]) -> str:
    """How much each strategy needs, in Markdown; strategies in the order of their first training."""
    lines = ["| figure | strategy | share of the dispatches needed | of the words | saved against random | seeds |"]
    lines.append("|---|---|---:|---:|---:|---:|")
    for figure in FIGURES:
        by_dispatches, by_words = (Curves.of(trained, figure, by) for by in ("dispatches", "words"))
        for strategy in by_dispatches.points:
            shares, words = by_dispatches.needed(strategy), by_words.needed(strategy)
            saved = _saved(shares, by_dispatches)
            cells = figure, strategy, _percent(shares.values()), _percent(words.values()), saved, str(len(shares))
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_rounds(trained)]) + "\n"


def _saved(shares: dict[int, float], curves: Curves) -> str:
    """The part of the dispatches that random choice needs for the same F1 and the strategy does not, over seeds."""
    if "random" not in curves.points:
        return "–"
    chance = curves.needed("random")
    return _percent(1.0 - share / chance[seed] for seed, share in shares.items() if seed in chance)


def _rounds(trained: Sequence[Trained]) -> Iterable[str]:
    """The figures of each round, means over seeds."""
    yield "| strategy | round | dispatches | words | " + " | ".join(FIGURES) + " | seeds |"
    yield "|---|---:|---:|---:|" + "---:|" * (len(FIGURES) + 1)
    groups: defaultdict[tuple[str, int], list[Trained]] = defaultdict(list)
    for each in trained:
        groups[each.strategy, each.round].append(each)
    for (strategy, number), some in sorted(groups.items(), key=lambda group: (group[0][0] == ALL, *group[0])):
        size = f"{mean(each.dispatches for each in some):.0f} | {mean(each.words for each in some):,.0f}"
        cells = " | ".join(_spread([each.figures[figure] for each in some]) for figure in FIGURES)
        yield f"| {strategy} | {number} | {size} | {cells} | {len(some)} |"


def _percent(shares: Iterable[float]) -> str:
    found = [100.0 * share for share in shares]
    return f"{_spread(found)} %" if found else "–"


def _spread(figures: Sequence[float]) -> str:
    spread = f" ± {stdev(figures):.1f}" if len(figures) > 1 else ""
    return f"{mean(figures):.1f}{spread}"


def drawn(trained: Sequence[Trained]) -> bytes:
    """The curves as an SVG: a row a figure, over the share of the dispatches and of the words; means over seeds, each
    seed a thin line. The same records give the same bytes with the same matplotlib.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(10, 3.6 * len(FIGURES)), layout="constrained")
        axes = figure.subplots(len(FIGURES), 2, squeeze=False, sharey="row")
        for row, name in enumerate(FIGURES):
            for column, by in enumerate(("dispatches", "words")):
                _draw(axes[row][column], Curves.of(trained, name, by), name, by)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": "Dateline"})
    return file.getvalue()


def _draw(axes: "Axes", curves: Curves, name: str, by: str) -> None:
    for number, (strategy, seeds) in enumerate(curves.points.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        for line in seeds.values():
            axes.plot(*zip(*line, strict=True), color=colour, linewidth=0.5, alpha=0.4)
        rounds = zip(*seeds.values(), strict=False)
        means = [(mean(share for share, _ in points), mean(f1 for _, f1 in points)) for points in rounds]
        axes.plot(*zip(*means, strict=True), color=colour, marker="o", markersize=3, label=strategy)
    if curves.points:
        axes.axhline(mean(curves.whole.values()) - WITHIN, color="#999999", linestyle="--", linewidth=0.8)
        axes.legend(frameon=False)
    axes.set(xlabel=f"share of the {by}", ylabel=name, xlim=(0, 1.02))
