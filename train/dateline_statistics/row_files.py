"""Rows of one dataclass as two files: JSON lines for programs, CSV for spreadsheets, in which no cell is a formula.

Words stand in both as they are, line breaks too; a lone surrogate, as in the name of a file that is no UTF-8, is
written as its escape.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dateline_incidents.spreadsheets import protected
from dateline_labels.files import write_atomically

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


def write_rows(folder: Path, name: str, kind: type[Row], rows: Iterable[Row]) -> None:
    """Write `name`.jsonl and `name`.csv into the folder; the columns are the fields of `kind`."""
    plain = [asdict(row) for row in rows]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in plain)
    write_atomically(folder / f"{name}.jsonl", lines.encode("utf-8", "backslashreplace"))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows([protected(str(value)) for value in row.values()] for row in plain)
    write_atomically(folder / f"{name}.csv", table.getvalue().encode("utf-8", "backslashreplace"))
