"""`dateline archive check`: whatever is taken from, put into or changed in a run's folder is told."""

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow
import pytest
from archives import check, run, write_lines
from dateline_archive.folder import LISTING, RUN
from dateline_archive.journal import JOURNAL
from dateline_archive.tables import INCIDENTS, LEDGER, RELATIONS, SPANS
from pyarrow import parquet


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, note: str) -> Path:
    rows: list[object] = [{"id": f"n{number}", "text": f"{note} ({number})"} for number in range(9)]
    return write_lines(tmp_path_factory.mktemp("input") / "x.jsonl", [*rows, "broken"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path, source: Path) -> Path:
    out = tmp_path_factory.mktemp("runs") / "out"
    assert run(tiny_bundle, [source], out, "--shard", "4") == 0
    assert check(out) == 0
    return out


def rewritten(out: Path, table: str, change: Callable[[list[dict[str, object]]], None]) -> None:
    """Change the rows of a table's first file and the journal with it, as a forger or a bug would."""
    path = out / table / "000000.parquet"
    found = parquet.read_table(path, partitioning=None)
    rows = found.to_pylist()
    change(rows)
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=found.schema), path)
    lines = (out / JOURNAL).read_text().splitlines()
    first = json.loads(lines[0])
    data = path.read_bytes()
    first["files"][table] = {"rows": len(rows), "bytes": len(data), "sha256": sha256(data).hexdigest()}
    (out / JOURNAL).write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def shifted(rows: list[dict[str, object]]) -> None:
    rows[0]["start"], rows[0]["end"] = 1, 4


def without_last_line(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def unfinished(out: Path) -> None:
    told = json.loads((out / RUN).read_text())
    del told["finished"]
    (out / RUN).write_text(json.dumps(told))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is missing": (
        lambda out: (out / SPANS / "000001.parquet").unlink(),
        f"{SPANS}/000001.parquet:0:file: is mis",
    ),
    "a bit was flipped": (lambda out: flipped(out / LEDGER / "000000.parquet"), "its bytes are not those"),
    "a file is shorter": (lambda out: (out / LEDGER / "000000.parquet").write_bytes(b""), "expected "),
    "a file too many": (lambda out: (out / SPANS / "000009.parquet").write_bytes(b""), "is not of this run"),
    "a shard is gone": (lambda out: without_last_line(out / JOURNAL), "shard 2 is not there"),
    "the journal is damaged": (lambda out: (out / JOURNAL).write_text("{}\n"), "expected a shard that is done"),
    "the listing is another": (lambda out: (out / LISTING).write_text(""), "is not the list of inputs"),
    "the run is not finished": (unfinished, "the run is not finished: 10 documents are there"),
    "the record was changed": (lambda out: (out / RUN).write_text("{}"), "was changed, or is not of format 1"),
    "words are elsewhere": (
        lambda out: rewritten(out, SPANS, shifted),
        " at 1 to 4, got ",
    ),
    "a span is lost": (lambda out: rewritten(out, SPANS, lambda rows: rows.pop()), "rows: expected "),
    "a row of the ledger is lost": (
        lambda out: rewritten(out, LEDGER, lambda rows: rows.pop()),
        "rows: expected 4, got 3",
    ),
    "rows of the ledger changed places": (
        lambda out: rewritten(out, LEDGER, lambda rows: rows.reverse()),
        "document: ",
    ),
    "an id is another": (
        lambda out: rewritten(out, LEDGER, lambda rows: rows[0].update(id="x")),
        "id: expected 'n0', got 'x'",
    ),
    "a relation dangles": (
        lambda out: rewritten(out, RELATIONS, lambda rows: rows[0].update(head="x")),
        "head: document 0 has no span x",
    ),
    "an incident's words are others": (
        lambda out: rewritten(out, INCIDENTS, lambda rows: rows[0].update(triggers=["x"], triggers_start=[0])),
        "triggers: expected",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_told(finished: Path, tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    damage, told = DAMAGE[case]
    out = tmp_path / "out"
    shutil.copytree(finished, out)
    damage(out)
    capsys.readouterr()
    assert check(out) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""


def test_changed_and_moved_inputs_are_told(
    finished: Path, tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = source.with_name("moved.jsonl")
    source.rename(moved)
    try:
        assert check(finished) == 2
    finally:
        moved.rename(source)
    assert f"{source}:0:input: was changed or moved since it was read" in capsys.readouterr().err
    assert check(finished) == 0


def test_what_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path) == 2
    assert check(tmp_path / "gone") == 2
    (tmp_path / RUN).write_text("[" * 100_000)
    assert check(tmp_path) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


def test_a_run_is_checked_where_a_folder_is_named_in_another_encoding(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(b"l\xe4tin")
    shutil.copytree(finished, out)
    assert check(out) == 0
