"""A check as files: problems.csv and problems.jsonl, counts.csv, and plots of what is annotated."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dateline_incidents.tables import table_of, write_table
from dateline_labels import one_line

from .problems import ProblemRow
from .summary import label_counts, relation_counts

if TYPE_CHECKING:
    from .checking import Checked


@dataclass(frozen=True)
class CountRow:
    """The columns of counts.csv; `kind` is span, attribute or relation."""

    kind: str
    label: str
    attribute: str
    value: str
    count: int


def write_check(out: Path, checked: "Checked") -> None:
    """Write the files into `out`; no cell of a CSV is a formula."""
    problems = table_of(ProblemRow, (problem.row() for problem in checked.problems))
    write_table(out / "problems.csv", problems)
    write_table(out / "problems.jsonl", problems)
    write_table(out / "counts.csv", table_of(CountRow, count_rows(checked)))
    from .plots import write_bars

    write_bars(out / "plots", "labels", "Spans by label", label_counts(checked))
    write_bars(out / "plots", "relations", "Relations by label", relation_counts(checked))


def count_rows(checked: "Checked") -> Sequence[CountRow]:
    """What is annotated, counted."""
    attributes = checked.counts.attributes
    return [
        *(CountRow("span", one_line(label), "", "", count) for label, count in label_counts(checked)),
        *(
            CountRow("attribute", one_line(label), one_line(name), one_line(value), count)
            for (label, name, value), count in sorted(attributes.items())
        ),
        *(CountRow("relation", one_line(label), "", "", count) for label, count in relation_counts(checked)),
    ]
