"""Figures of metrics.json → charts: reliability diagrams, curves of risk over coverage, learning curves."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .meanings import meaning
from .report_parts import Axis, Chart, Guide, Point, Row, Series, Table

Figures = Mapping[str, Any]
_TICKS: Final = (0.0, 25.0, 50.0, 75.0, 100.0)
_BINS_TITLES: Final = {"spans": "Spans", "attributes": "Attributes", "relations": "Relations"}


def reliability(parts: Mapping[str, Mapping[str, Figures]]) -> Iterator[Chart]:
    """The share that is right over the mean score, in ten bins; the larger a dot, the more predictions."""
    series = []
    for part, rows in parts.items():
        bins = rows["all"]["bins"]
        most = max((each["count"] for each in bins), default=1)
        points = tuple(
            Point(
                each["score"],
                each["right"],
                size=(each["count"] / most) ** 0.5,
                note=f"{part}: {each['count']} of a score of about {each['score']:.1f}, {each['right']:.1f} % right",
            )
            for each in bins
        )
        if points:
            series.append(Series(_BINS_TITLES.get(part, part), points))
    if series:
        yield Chart(
            "confidence.reliability",
            "Reliability: the share that is right over the score",
            "On the line, scores are what they say; below it they promise too much. Larger dots, more predictions.",
            Axis("mean score, per cent", 0, 100, _TICKS),
            Axis("right, per cent", 0, 100, _TICKS),
            tuple(series),
            diagonal=True,
        )


def risk_coverage(risk: Figures) -> Iterator[Chart | Table]:
    """How many are wrong among the surest ones, with the threshold below which to abstain."""
    curves = {part: points for part, points in risk.items() if part != "abstain" and points}
    if not curves:
        return
    highest = max(point["risk"] for points in curves.values() for point in points)
    top = next(each for each in (5.0, 10.0, 20.0, 40.0, 60.0, 100.0) if highest <= each)
    abstain: Mapping[str, Figures] = risk.get("abstain") or {}
    yield Chart(
        "risk",
        "Risk over coverage: what is wrong among the surest ones",
        meaning("risk"),
        Axis("kept (coverage), per cent", 0, 100, _TICKS),
        Axis("wrong (risk), per cent", 0, top, (0.0, top / 4, top / 2, 3 * top / 4, top)),
        tuple(_curve(part, points) for part, points in curves.items()),
        guides=tuple(
            Guide(each["coverage"], f"{part}: {each['threshold']:.2f}")
            for part, each in abstain.items()
            if each["threshold"] is not None and part in curves
        ),
    )
    if abstain:
        yield _abstaining(abstain)


def _curve(part: str, points: Sequence[Figures]) -> Series:
    notes = [f"score {each['threshold']:.2f} and above: {each['coverage']:.1f} % kept, " for each in points]
    return Series(
        _BINS_TITLES.get(part, part),
        tuple(
            Point(each["coverage"], each["risk"], note=f"{part}: {note}{each['risk']:.1f} % of them wrong")
            for each, note in zip(points, notes, strict=True)
        ),
        dots=False,
    )


def _abstaining(abstain: Mapping[str, Figures]) -> Table:
    return Table(
        "risk.abstain",
        "From which score on to keep a prediction",
        meaning("risk.abstain"),
        "of",
        ("bearable risk", "threshold", "kept", "wrong of those"),
        tuple(
            Row(
                part,
                (
                    f"{each['bearable']:.1f}",
                    "–" if each["threshold"] is None else f"{each['threshold']:.2f}",
                    f"{each['coverage']:.1f}",
                    f"{each['risk']:.1f}",
                ),
            )
            for part, each in abstain.items()
        ),
    )


def learning_curve(runs: Sequence[Figures]) -> Iterator[Chart | Table]:
    """F1 of the runs over the number of dispatches that they learnt from."""
    if not runs:
        return
    ordered = sorted(runs, key=lambda run: run["dispatches"])
    most = _round_up(ordered[-1]["dispatches"])
    yield Chart(
        "learning_curve",
        "F1 over the number of dispatches learnt from",
        meaning("learning_curve"),
        Axis("dispatches in training", 0, most, tuple(most * each / 4 for each in range(5))),
        Axis("F1, per cent", 0, 100, _TICKS),
        tuple(_of_runs(ordered, part) for part in ("spans", "relations")),
    )
    yield Table(
        "learning_curve.runs",
        "The runs",
        "",
        "run",
        ("dispatches", "spans, F1", "relations, F1"),
        tuple(
            Row(run["name"], (str(run["dispatches"]), f"{run['spans']:.1f}", f"{run['relations']:.1f}"))
            for run in ordered
        ),
        folded=True,
    )


def _of_runs(runs: Sequence[Figures], part: str) -> Series:
    return Series(
        _BINS_TITLES[part],
        tuple(
            Point(
                run["dispatches"],
                run[part],
                run.get(f"{part}_low"),
                run.get(f"{part}_high"),
                note=f"{run['name']}: {part} {run[part]:.1f} from {run['dispatches']} dispatches",
            )
            for run in runs
        ),
    )


def _round_up(number: float) -> float:
    """A round number not below `number`, that four steps make."""
    step = 10 ** (len(str(int(number))) - 1)
    return float(next(each * step for each in (1, 2, 4, 6, 8, 10) if each * step >= number))
