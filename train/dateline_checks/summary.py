"""A check as tables on a terminal: what the annotations hold, and how much was found by each check."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from dateline_infer.render import visible

from .problems import KINDS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from .checking import Checked

MEANINGS = {
    "unreadable": "what its reader refuses",
    "reading": "what its reader lost, repaired or doubts",
    "map": "where the label map cannot be applied, or fits nothing",
    "label": "labels that the schema does not have",
    "attribute": "attributes and values it does not have, or misses",
    "relation": "relations that it does not allow",
    "overlap": "spans that overlap",
    "duplicate": "ids, spans and texts that occur twice",
    "space": "spans that begin or end with space",
    "border": "doubtful borders of spans",
    "token": "borders inside a word",
    "both-ways": "one relation in both directions",
    "empty": "texts without words",
    "characters": "controls, surrogates, wrong encodings",
    "copies": "copies that are annotated differently",
    "annotators": "where annotators differ",
    "omission": "names that are marked elsewhere and bare here",
    "conflict": "other labels than the same words have elsewhere",
    "few": "labels with few examples",
}
"""What each check looks for, in the order of the summary."""


def show(checked: "Checked", out: Path | None) -> None:
    """Print the summary on stderr."""
    from rich.console import Console

    console = Console(stderr=True)
    _print(checked, console)
    if out:
        console.print(f"written to {visible(str(out))}", markup=False, highlight=False)


def _print(checked: "Checked", console: "Console") -> None:
    counts = checked.counts
    console.print(_labels(checked))
    if checked.problems:
        console.print(_found(checked))
    said = _many(counts.dispatches, "dispatch", "es"), *_by_kind(checked)
    console.print(", ".join(said), style="red" if checked.errors else "green", highlight=False)
    if counts.spans and not counts.spans.keys() & set(checked.schema.span_labels):
        hint = "no label is of this schema; `dateline schema infer` writes that of the data, for --schema"
        console.print(hint, markup=False, highlight=False)


def _by_kind(checked: "Checked") -> list[str]:
    """How much of each kind was found, in the columns' order; errors and warnings also where there are none."""
    found = Counter(problem.kind for problem in checked.problems)
    counted = {"error": _many(found["error"], "error"), "warning": _many(found["warning"], "warning")}
    return [counted.get(kind, f"{found[kind]} {kind}") for kind in KINDS if kind in counted or found[kind]]


def _many(count: int, what: str, plural: str = "s") -> str:
    return f"{count} {what}{'' if count == 1 else plural}"


def _labels(checked: "Checked") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("label", box=box.SIMPLE_HEAD, title="Annotated", title_justify="left")
    table.add_column("spans", justify="right")
    table.add_column("relation")
    table.add_column("relations", justify="right")
    spans, relations = label_counts(checked), relation_counts(checked)
    for number in range(max(len(spans), len(relations))):
        cells = [each[number] if number < len(each) else ("", "") for each in (spans, relations)]
        table.add_row(*(Text(visible(str(cell))) for pair in cells for cell in pair))
    return table


def label_counts(checked: "Checked") -> list[tuple[str, int]]:
    """The spans of each label, of the schema in its order, then others."""
    return _in_order(checked.schema.span_labels, checked.counts.spans)


def relation_counts(checked: "Checked") -> list[tuple[str, int]]:
    """The relations of each label, of the schema in its order, then others."""
    return _in_order(checked.schema.relation_labels, checked.counts.relations)


def _in_order(names: tuple[str, ...], counts: Counter[str]) -> list[tuple[str, int]]:
    others = (name for name, _ in counts.most_common() if name not in names)
    return [(name, counts[name]) for name in (*names, *others)]


def _found(checked: "Checked") -> "Table":
    from rich import box
    from rich.table import Table

    table = Table("check", "looks for", box=box.SIMPLE_HEAD, title="Found", title_justify="left")
    for kind in KINDS:
        table.add_column(kind, justify="right")
    found = Counter((problem.check, problem.kind) for problem in checked.problems)
    for check, meaning in MEANINGS.items():
        row = [found[check, kind] for kind in KINDS]
        if any(row):
            table.add_row(check, meaning, *(str(many or "") for many in row))
    return table
