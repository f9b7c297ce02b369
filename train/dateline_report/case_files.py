"""The cases as files: cases.jsonl for programs, cases.csv for spreadsheets, one error a row."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from dateline_incidents.spreadsheets import protected
from dateline_labels.files import write_atomically
from dateline_labels.scoring import Case


def write_cases(out: Path, cases: Sequence[Case]) -> None:
    """Write both files into `out`; no cell of the CSV is a formula. A lone surrogate is written as its escape."""
    rows = [asdict(case) for case in cases]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_atomically(out / "cases.jsonl", lines.encode("utf-8", "backslashreplace"))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([field.name for field in fields(Case)])
    writer.writerows([protected(str(value)) for value in row.values()] for row in rows)
    write_atomically(out / "cases.csv", table.getvalue().encode("utf-8", "backslashreplace"))
