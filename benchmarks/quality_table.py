"""Figures by data, measure, column and seed → mean and spread, as a table and as plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any

Values = dict[str, dict[str, float]]  # column -> seed -> figure


@dataclass
class QualityTable:
    """What was measured so far. A column is a recipe or a checkpoint; `absent` says which data was looked for where."""

    columns: tuple[str, ...]
    values: dict[tuple[str, str], Values] = field(default_factory=dict)  # (data, measure)
    absent: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, data: str, column: str, seed: str, figures: Mapping[str, float]) -> None:
        """Enter the figures of one measuring, in per cent."""
        for measure, figure in figures.items():
            self.values.setdefault((data, measure), {}).setdefault(column, {})[seed] = figure

    def plain(self) -> dict[str, Any]:
        """The table as JSON data: every value with its seed, mean and spread over seeds."""
        data: dict[str, Any] = {}
        for (name, measure), columns in self.values.items():
            data.setdefault(name, {})[measure] = {
                column: {**_summary(seeds), "values": seeds} for column, seeds in columns.items()
            }
        return {"columns": list(self.columns), "data": data, "absent": self.absent, "notes": self.notes}

    def markdown(self) -> str:
        """The table as a page."""
        lines = [f"| data | figure | {' | '.join(self.columns)} |", "|---|---|" + "---:|" * len(self.columns)]
        lines += [f"| {' | '.join(row)} |" for row in self._rows()]
        parts = ["# Quality", _LEGEND, "\n".join(lines)]
        parts += [f"- {data}: {note}" for data, notes in self.notes.items() for note in notes]
        return "\n\n".join(parts[:3]) + "\n\n" + "\n".join(parts[3:]) + "\n"

    def _rows(self) -> Iterator[tuple[str, ...]]:
        order = list(dict.fromkeys(data for data, _ in self.values))
        for data, measure in sorted(self.values, key=lambda key: order.index(key[0])):
            columns = self.values[data, measure]
            yield data, measure, *(_cell(columns.get(column, {})) for column in self.columns)
        for data, reason in self.absent.items():
            yield data, reason, *("not there" for _ in self.columns)


_LEGEND = (
    "In per cent: the mean over seeds ± the standard deviation between them (n − 1), in brackets how many seeds where "
    "there are more than one. F1 is micro F1 where nothing else is said; the calibration error is the expected one, of "
    "ten bins of scores, the lower the better."
)


def _summary(seeds: Mapping[str, float]) -> dict[str, float | None]:
    figures = list(seeds.values())
    return {"mean": round(mean(figures), 2), "spread": round(stdev(figures), 2) if len(figures) > 1 else None}


def _cell(seeds: Mapping[str, float]) -> str:
    if not seeds:
        return "–"
    summary = _summary(seeds)
    spread = f" ± {summary['spread']:.1f} ({len(seeds)})" if len(seeds) > 1 else ""
    return f"{summary['mean']:.1f}{spread}"
