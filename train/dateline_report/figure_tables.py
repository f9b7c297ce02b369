"""Figures of metrics.json → tables; every number of a report is written as here."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .meanings import meaning
from .report_parts import Interval, Matrix, RangePlot, Row, Table

Figures = Mapping[str, Any]
PER_CENT: Final = (RangePlot(),)
_COUNTS: Final = ("gold", "right", "spurious", "missed")
_PAIR_COUNTS: Final = ("correct", "incorrect", "partial", "missed", "spurious")


def share(value: float | None) -> str:
    """A share in per cent, to one digit; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


def bounds(figures: Figures) -> str:
    """The interval of a figure; nothing where it has none."""
    low, high = figures.get("low"), figures.get("high")
    return "" if low is None or high is None else f"{low:.1f}–{high:.1f}"


def interval(figures: Figures, name: str = "f1") -> Interval:
    """A figure with its bounds."""
    return Interval(figures[name], figures.get("low"), figures.get("high"))


def has_bounds(rows: Mapping[str, Figures]) -> bool:
    """Whether anything was resampled."""
    return any(row.get("low") is not None for row in rows.values())


def f_table(key: str, title: str, rows: Mapping[str, Figures], head: str = "label", measure: str = "") -> Table:
    """Precision, recall and F1 by row, F1 with its interval, and the counts there are.

    `measure` is span or relation where what is missed and spurious can be looked at in the case browser.
    """
    counts = [name for name in _COUNTS if any(name in row for row in rows.values())]
    return _counted(key, title, rows, counts, head, measure)


def pairs_table(key: str, title: str, rows: Mapping[str, Figures]) -> Table:
    """The figures of SemEval-2013, by label."""
    return _counted(key, title, rows, _PAIR_COUNTS)


def _counted(
    key: str, title: str, rows: Mapping[str, Figures], counts: Sequence[str], head: str = "label", measure: str = ""
) -> Table:
    resampled = has_bounds(rows)
    columns = ("precision", "recall", "F1", *_interval_column(resampled), *counts)
    return Table(
        key,
        title,
        meaning(key),
        head,
        columns,
        tuple(
            Row(
                name,
                (*_shares(row, resampled), *(str(row.get(each, "")) for each in counts)),
                (interval(row),),
                total=name == "micro",
                links=_links(columns, name, measure),
            )
            for name, row in rows.items()
        ),
        plots=PER_CENT,
    )


def _interval_column(resampled: bool) -> tuple[str, ...]:
    return ("95 % interval",) if resampled else ()


def _shares(row: Figures, resampled: bool) -> tuple[str, ...]:
    shares = tuple(share(row.get(each)) for each in ("precision", "recall", "f1"))
    return (*shares, bounds(row)) if resampled else shares


def _links(columns: Sequence[str], name: str, measure: str) -> dict[int, dict[str, str]]:
    if not measure:
        return {}
    label = {} if name == "micro" else {"label": f"{measure}:{name}"}
    kinds = ("right", "spurious", "missed")
    return {columns.index(kind): {**label, "kind": f"{measure}.{kind}"} for kind in kinds if kind in columns}


def side_by_side(key: str, title: str, measures: Mapping[str, Mapping[str, Figures]]) -> Table:
    """F1 of each label by every measure (title → label → figures), next to each other."""
    labels = list(dict.fromkeys(label for rows in measures.values() for label in rows))
    labels.sort(key=lambda label: label == "micro")
    return Table(
        key,
        title,
        "F1 by each way of counting.",
        "label",
        tuple(measures),
        tuple(
            Row(
                label,
                tuple(share(rows[label]["f1"]) if label in rows else "–" for rows in measures.values()),
                total=label == "micro",
            )
            for label in labels
        ),
    )


def share_table(key: str, title: str, rows: Mapping[str, Figures], head: str) -> Table:
    """Plain shares: how many of how many."""
    resampled = has_bounds(rows)
    columns = ("share", *_interval_column(resampled), "right", "of")
    return Table(
        key,
        title,
        meaning(key),
        head,
        columns,
        tuple(
            Row(
                name.replace("_", " "),
                (share(row["share"]), *([bounds(row)] if resampled else []), str(row["right"]), str(row["of"])),
                (interval(row, "share"),),
            )
            for name, row in rows.items()
        ),
        plots=PER_CENT,
    )


def matrix(key: str, title: str, cells: Sequence[Figures], measure: str = "") -> Matrix:
    """Which gold name was read as which; what is nothing on one side stands last."""
    counts = {(cell["gold"], cell["predicted"]): cell["count"] for cell in cells}
    names = sorted({name for pair in counts for name in pair}, key=lambda name: (not name, name))
    return Matrix(key, title, meaning(key), tuple(names), counts, measure)
