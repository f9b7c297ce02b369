"""The slices of metrics.json → tables with the figures of spans and relations side by side."""

from collections.abc import Iterator, Mapping
from typing import Final

from .figure_tables import Figures, bounds, has_bounds, interval, share
from .report_parts import Part, RangePlot, Row, Table

_LONG: Final = 12  # rows; longer tables are folded


def slice_parts(metrics: Figures) -> Iterator[Part]:
    """A table a slicing, with the spans and relations that it has."""
    slices: Mapping[str, Mapping[str, Figures]] = metrics.get("slices") or {}
    whole = {"spans": metrics["spans"]["exact"]["micro"], "relations": metrics["relations"]["strict"]["micro"]}
    for name, rows in slices.items():
        judged = [part for part in whole if any((row[part] or {}).get("gold") for row in rows.values())]
        if judged:
            yield _slice(name, rows, {part: whole[part]["f1"] for part in judged})


def _slice(name: str, rows: Mapping[str, Figures], whole: Mapping[str, float]) -> Table:
    """The rows of a slicing; its plots mark the figure of all dispatches together."""
    resampled = any(has_bounds({value: row[part] or {} for value, row in rows.items()}) for part in whole)
    bounded = ["interval"] if resampled else []
    columns = [column for part in whole for column in (f"{part}, F1", *bounded, "gold")]
    each = len(columns) // len(whole)
    return Table(
        f"slices.{name.replace(' ', '_')}",
        f"By {name}",
        "",
        name,
        (*columns, "dispatches"),
        tuple(
            Row(
                value,
                (*(cell for part in whole for cell in _slice_cells(row[part], resampled)), str(row["dispatches"])),
                tuple(interval(row[part]) if row[part] and row[part]["gold"] else None for part in whole),
                row["small"],
            )
            for value, row in rows.items()
        ),
        plots=tuple(RangePlot(number * each, reference=f1) for number, f1 in enumerate(whole.values())),
        folded=len(rows) > _LONG,
    )


def _slice_cells(figures: Figures | None, resampled: bool) -> tuple[str, ...]:
    if not figures or not figures["gold"]:
        return ("–", *(["–"] if resampled else []), "0")
    return share(figures["f1"]), *([bounds(figures)] if resampled else []), str(figures["gold"])
