"""Events → a table in the form of another dataset, and beside it the evidence for each of its cells."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically

from . import as_acled, as_gtd, as_plover, as_ucdp
from .event import Cell, Event
from .incident_choices import Form, Rule
from .tables import Table, beside, table_of, write_table


@dataclass(frozen=True)
class _Converter:
    """What a form is made by."""

    columns: tuple[str, ...]
    takes: Callable[[Event], bool]
    row: Callable[[Event], dict[str, Cell]]
    rule: Rule


_FORMS = {
    Form.ACLED: _Converter(as_acled.COLUMNS, as_acled.takes, as_acled.row, as_acled.RULE),
    Form.UCDP: _Converter(as_ucdp.COLUMNS, as_ucdp.takes, as_ucdp.row, as_ucdp.RULE),
    Form.GTD: _Converter(as_gtd.COLUMNS, as_gtd.takes, as_gtd.row, as_gtd.RULE),
    Form.PLOVER: _Converter(as_plover.COLUMNS, as_plover.takes, as_plover.row, as_plover.RULE),
}


@dataclass(frozen=True)
class EvidenceRow:
    """What one cell rests on; a cell has as many rows as words that tell it."""

    row: int
    """The row of the table, from 1."""
    event: str
    column: str
    value: str
    document: str
    start: int
    """Code points of the document's text, half-open."""
    end: int
    score: float | None


def rule_of(form: Form) -> Rule:
    """The rule that comes nearest to the dataset's own."""
    return _FORMS[form].rule


def check_form(form: Form, path: Path) -> None:
    """Raises InputError where the form cannot be written under this name: PLOVER is nested, and so JSON lines alone."""
    if form is Form.PLOVER and path.suffix != ".jsonl":
        raise InputError(Place(str(path)), "out", "expected a file ending in .jsonl, for PLOVER's objects are nested")


def export(events: Iterable[Event], form: Form, path: Path) -> tuple[int, int]:
    """Write the events' rows to `path` and the evidence beside it; gives how many were written and how many are no
    events there.
    """
    converter = _FORMS[form]
    events = list(events)
    taken = [event for event in events if converter.takes(event)]
    rows = [converter.row(event) for event in taken]
    evidence = [
        piece
        for number, (event, row) in enumerate(zip(taken, rows, strict=True), start=1)
        for column in converter.columns
        if column in row
        for piece in _evidence(number, event, column, row[column])
    ]
    _write_rows(path, converter.columns, rows)
    write_table(beside(path, "evidence"), table_of(EvidenceRow, evidence))
    return len(taken), len(events) - len(taken)


def _evidence(number: int, event: Event, column: str, cell: Cell) -> list[EvidenceRow]:
    value = cell.value if isinstance(cell.value, str) else json.dumps(cell.value, ensure_ascii=False)
    return [EvidenceRow(number, event.id, column, value, e.document, e.start, e.end, e.score) for e in cell.evidence]


def _write_rows(path: Path, columns: tuple[str, ...], rows: list[dict[str, Cell]]) -> None:
    values = [{column: row[column].value if column in row else None for column in columns} for row in rows]
    if path.suffix == ".jsonl":  # their objects have no keys without a value
        lines = (json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False) for row in values)
        write_atomically(path, "".join(line + "\n" for line in lines).encode("utf-8"))
        return
    write_table(path, Table({column: _type(column, values) for column in columns}, values))


def _type(column: str, rows: list[dict[str, Any]]) -> Any:
    """The type of a column: that of its values, words where it has none."""
    kinds = {type(row[column]) for row in rows if row[column] is not None}
    return float | None if kinds == {int, float} else (kinds.pop() if kinds else str) | None
