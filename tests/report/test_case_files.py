"""The cases as CSV and JSON lines."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

from dateline_labels.scoring import Case
from dateline_statistics.row_files import write_rows
from example_report import example_cases, gold_dispatch, read_dispatch
from hostile import HOSTILE


def test_both_files_hold_every_case(tmp_path: Path) -> None:
    cases = example_cases([gold_dispatch("note-1")], [read_dispatch("note-1")])
    assert {case.kind for case in cases} == {"missed", "spurious", "wrong"}
    write_rows(tmp_path, "cases", Case, cases)
    lines = (tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert [Case(**json.loads(line)) for line in lines] == cases
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [{name: str(value) for name, value in asdict(case).items()} for case in cases]


def test_no_cell_is_a_formula_and_none_breaks_its_row(tmp_path: Path) -> None:
    hostile = [*HOSTILE, "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '"=1"', "a,b", "\ud800"]
    write_rows(tmp_path, "cases", Case, [Case(words, words, words, words, words, 0, 1) for words in hostile])
    with (tmp_path / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert len(rows) == len(hostile)
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t＝"))]
    for row, words in zip(rows[:-1], hostile[:-1], strict=True):
        assert row[0] in (words, f"'{words}")
    assert len((tmp_path / "cases.jsonl").read_bytes().splitlines()) == len(hostile)
