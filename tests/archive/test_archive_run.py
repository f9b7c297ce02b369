"""`dateline archive run`: what is in the tables; nothing but the input, the bundle and the options decides it."""

import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from archive_kills import Setting, tree
from archive_texts import write_mixed
from archives import EXACT, Rows, check, run, table, tables, write_lines
from conftest import SCHEMA
from dateline_archive.copies_of_stories import CopyRow
from dateline_archive.folder import FINISHED, RUN
from dateline_archive.tables import (
    CLAIMS,
    DISPATCHES,
    INCIDENTS,
    LEDGER,
    RELATIONS,
    SPANS,
    TABLES,
    tables_of,
    type_name,
)
from dateline_infer import Extractor
from dateline_infer.choosing import Asked
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Schema, read_dispatches
from gazetteer_files import write_gazetteer

NOTE = "Gunmen killed 5 soldiers near Gao on Monday, an army spokesman said. Residents said 7 people had been wounded."


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_mixed(tmp_path_factory.mktemp("archive"), 60, seed=3, broken=3)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path, mixed: list[Path]) -> Path:
    out = tmp_path_factory.mktemp("runs") / "mixed"
    assert run(tiny_bundle, mixed, out) == 0
    return out


def test_the_ledger_has_every_document_of_every_file_in_order(finished: Path, mixed: list[Path]) -> None:
    ledger = table(finished, LEDGER)
    assert [row["document"] for row in ledger] == list(range(63))
    files = [str(path) for path in mixed[:4]] + [str(path) for path in sorted(mixed[4].iterdir())]
    assert list(dict.fromkeys(row["source"] for row in ledger)) == files
    assert [row["id"] for row in ledger if row["status"] != "error"] == [f"d{number}" for number in range(60)]
    assert [row["message"] is not None for row in ledger] == [row["status"] == "error" for row in ledger]
    assert sum(row["status"] == "error" for row in ledger) == 3
    assert {len(row["model"]) for row in ledger} == {64}
    assert {row["status"] for row in ledger} >= {"ok", "no attack"}


LAST_DIGIT = 1.5e-4
"""By so much a score may differ where the run's batches hold other texts: sums of floats in another order."""


def test_the_tables_hold_what_the_extractor_finds(finished: Path, mixed: list[Path], tiny_bundle: Path) -> None:
    texts = [dispatch for path in mixed[1:] for dispatch in read_inputs([path], Columns())]
    found = {dispatch.id: dispatch for dispatch in Extractor.load(tiny_bundle, Asked(precision="fp32")).stream(texts)}
    assert any(dispatch.relations for dispatch in found.values())
    spans, relations = table(finished, SPANS), table(finished, RELATIONS)
    for row in table(finished, DISPATCHES):
        if row["id"] not in found:
            continue
        dispatch = found[row["id"]]
        mine = [span for span in spans if span["document"] == row["document"]]
        assert [(s["span"], s["label"], s["start"], s["end"], s["words"]) for s in mine] == [
            (s.id, s.label, s.start, s.end, dispatch.words(s)) for s in dispatch.spans
        ]
        assert [s["score"] for s in mine] == pytest.approx([s.score for s in dispatch.spans], abs=LAST_DIGIT)
        for cells, span in zip(mine, dispatch.spans, strict=True):
            given = {key: value for key, value in cells.items() if key.startswith("attribute_") and value is not None}
            expected = {f"attribute_{name}": value for name, value in span.attributes.items()}
            scores = {f"attribute_{name}_score": score for name, score in span.attribute_scores.items()}
            assert given == pytest.approx(expected | scores, abs=LAST_DIGIT)
        mine = [tie for tie in relations if tie["document"] == row["document"]]
        assert [(r["label"], r["head"], r["tail"]) for r in mine] == [
            (r.label, r.head, r.tail) for r in dispatch.relations
        ]
        assert (row["spans"], row["relations"]) == (len(dispatch.spans), len(dispatch.relations))
        assert (row["published"], json.loads(row["meta"])) == (dispatch.published, dict(dispatch.meta))


def test_a_run_says_what_it_was_made_of_and_what_came_of_it(finished: Path) -> None:
    told = json.loads((finished / RUN).read_text())
    counts = {name: len(table(finished, name)) for name in TABLES}
    assert told[FINISHED]["rows"] == counts
    assert counts[INCIDENTS] > 0 < counts[CLAIMS]
    assert sum(told[FINISHED]["documents"].values()) == 63
    assert told["bundle"]["precision"] == "fp32"
    assert told["inputs"]["files"] == 4 + len([row for row in table(finished, LEDGER) if row["line"] == 0])


def test_the_finished_run_is_left_alone(
    finished: Path, mixed: list[Path], tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(finished)
    assert run(tiny_bundle, mixed, finished) == 0
    assert "is finished: 63 documents" in capsys.readouterr().err
    assert tree(finished) == before


def test_json_lines_hold_the_same_rows(finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path) -> None:
    assert run(tiny_bundle, mixed, tmp_path / "lines", "--format", "jsonl") == 0
    assert tables(tmp_path / "lines") == json.loads(json.dumps(tables(finished), default=str))
    assert check(tmp_path / "lines") == 0


def test_pandas_polars_and_duckdb_read_the_folders_as_they_are(finished: Path) -> None:
    rows = {name: len(table(finished, name)) for name in TABLES}
    pandas = pytest.importorskip("pandas")
    assert {name: len(pandas.read_parquet(finished / name)) for name in TABLES} == rows
    polars = pytest.importorskip("polars")
    assert {name: polars.scan_parquet(finished / name).collect().height for name in TABLES} == rows
    duckdb = pytest.importorskip("duckdb")
    for name in TABLES:
        assert len(duckdb.read_parquet(f"{finished / name}/*.parquet")) == rows[name]
    assert polars.read_parquet(finished / SPANS)["words"].to_list() == [row["words"] for row in table(finished, SPANS)]


def test_documents_are_numbered_through_and_a_limit_stops_there(
    finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path
) -> None:
    assert run(tiny_bundle, mixed, tmp_path / "some", "--limit", "25") == 0
    assert table(tmp_path / "some", LEDGER) == table(finished, LEDGER)[:25]
    assert len(list((tmp_path / "some" / LEDGER).iterdir())) == 3


def test_two_workers_and_one_that_dies_write_the_same_bytes(
    finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dateline_archive import run as archive_run

    killed, threads = [], []
    commit = archive_run._Driver._commit

    def killing(driver: archive_run._Driver, *arguments: object) -> None:
        commit(driver, *arguments)  # type: ignore[arg-type]
        if not killed:
            executor = driver._team._executor  # type: ignore[attr-defined]
            threads.extend(
                executor.submit(os.getenv, name).result() for name in ("RAYON_NUM_THREADS", "OPENBLAS_NUM_THREADS")
            )
            killed.extend(executor._processes)
            os.kill(killed[0], 9)

    monkeypatch.setattr(archive_run._Driver, "_commit", killing)
    assert run(tiny_bundle, mixed, tmp_path / "two", "--workers", "2", "--threads", "1") == 0
    assert (len(killed), threads) == (2, ["1", "1"])
    assert tree(tmp_path / "two") == tree(finished)


def test_the_gate_keeps_out_and_the_ledger_says_so(tiny_bundle: Path, tmp_path: Path) -> None:
    rows = [{"text": "The weather was fine."}, {"text": NOTE}, {"text": " "}]
    out = tmp_path / "out"
    assert run(tiny_bundle, [write_lines(tmp_path / "x.jsonl", rows)], out, "--gate") == 0
    gated = Extractor.load(tiny_bundle, gated=True)
    statuses = ["gated" if "gated" in gated(str(row["text"])).meta else None for row in rows[:2]]
    ledger = table(out, LEDGER)
    assert [row["status"] if row["status"] == "gated" else None for row in ledger[:2]] == statuses
    assert ledger[2]["status"] == "empty"
    assert (ledger[2]["tokens"], ledger[2]["windows"]) == (0, 0)
    assert [row["windows"] > 0 for row in ledger[:2]] == [status is None for status in statuses]


AWKWARD: dict[str, tuple[object, str]] = {
    "half a character": ({"text": "Gao \ud800 fell."}, ""),
    "a NUL": ({"text": "Gao \x00 fell."}, ""),
    "5 MB in one line": ({"text": "Gao fell. " * 500_000}, "expected at most 500000 characters, got 5000000"),
    "9 MB that are no JSON": ('{"text": "' + "x" * 9_000_000, "a line of 9000011 bytes is too long"),
    "a number for a text": ({"id": "n", "text": 5}, "text: expected a text, got int"),
    "no text": ({"id": "n"}, "text: expected a text, got nothing"),
    "no JSON": ('{"text": ', "json: "),
    "no UTF-8": ("\udcff\udcfe", "encoding: expected UTF-8"),
    "a number of 5,000 digits": ('{"text": "a", "n": ' + "9" * 5_000 + "}", "json: "),
    "a nest": ("[" * 100_000, "json: nested too deep"),
}


ROUNDING = 2e-4
"""A document that is no longer read changes which others are read beside each other, and on some processors the last
bits of a product depend on how many rows it has; scores are kept to four digits."""


def but_scores(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "source" and not isinstance(value, float)}


def scores(rows: Rows) -> list[float]:
    return [value for row in rows for value in row.values() if isinstance(value, float)]


@pytest.mark.parametrize("apart", [2, pytest.param(100, marks=pytest.mark.slow)])
def test_an_awkward_document_changes_no_others_rows(tiny_bundle: Path, note: str, tmp_path: Path, apart: int) -> None:
    plain = [{"id": f"p{number}", "text": f"{note} ({number})"} for number in range(apart * len(AWKWARD))]
    assert run(tiny_bundle, [write_lines(tmp_path / "plain.jsonl", plain)], tmp_path / "plain") == 0
    mixed: list[object] = list(plain)
    for at, (document, _) in enumerate(AWKWARD.values()):
        mixed[apart * at] = document
    assert run(tiny_bundle, [write_lines(tmp_path / "mixed.jsonl", mixed)], tmp_path / "mixed") == 0
    expected, found = tables(tmp_path / "plain"), tables(tmp_path / "mixed")
    for name in TABLES:
        neighbours = [[row for row in each[name] if row["document"] % apart] for each in (expected, found)]
        assert [but_scores(row) for row in neighbours[0]] == [but_scores(row) for row in neighbours[1]]
        assert scores(neighbours[0]) == pytest.approx(scores(neighbours[1]), abs=ROUNDING)
        assert neighbours[0]
    for at, (case, (_, message)) in enumerate(AWKWARD.items()):
        row = found[LEDGER][apart * at]
        assert (row["status"] == "error") == bool(message), case
        assert message in (row["message"] or ""), case
        assert row["line"] == apart * at + 1
    assert check(tmp_path / "mixed") == 0


def test_another_input_bundle_or_option_is_refused_in_one_line(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, other = write_lines(tmp_path / "x.jsonl", [{"text": NOTE}]), write_lines(tmp_path / "y.jsonl", [])
    out = tmp_path / "out"
    assert run(tiny_bundle, [source], out) == 0
    before = tree(out)
    capsys.readouterr()
    for inputs, options, told in (
        ([source], ("--shard", "9"), "options.documents 10, this is 9"),
        ([source], ("--text-column", "body"), "options.columns.text text, this is body"),
        ([source], ("--gate",), "bundle.gate False, this is True"),
        ([other], (), f"are others: {other} in the place of {source}"),
        ([source, other], (), f"are others: {other} in the place of nothing more"),
    ):
        assert run(tiny_bundle, inputs, out, *options) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line
    os.utime(source, ns=(0, 0))
    assert run(tiny_bundle, [source], out) == 2
    assert f"{source} was changed since the run began" in capsys.readouterr().err
    assert tree(out) == before


def test_what_is_no_archive_is_refused_before_anything_is_made(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.csv").write_text("body\nGao fell.\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    text = write_lines(tmp_path / "x.jsonl", [{"text": NOTE}])
    for inputs, out, status, told in (
        ([tmp_path / "x.docx"], "new", 2, "format: expected a file ending in"),
        ([tmp_path / "gone.jsonl"], "new", 4, "No such file"),
        ([tmp_path / "*.parquet"], "new", 2, "format: no file here ends in"),
        ([text, text], "new", 2, "is given twice"),
        ([tmp_path], "new", 2, f"lies in the input folder {tmp_path}"),
        ([tmp_path / "**" / "*.jsonl"], "new", 2, f"lies where the input pattern {tmp_path}/**/*.jsonl looks"),
        ([tmp_path / "n*" / "*.jsonl"], "new", 2, f"lies where the input pattern {tmp_path}/n*/*.jsonl looks"),
        ([text], "full", 2, "expected a new folder or that of a run, there is thesis.txt"),
        ([tmp_path / "x.csv"], "csv", 2, "no such column, got body"),
    ):
        assert run(tiny_bundle, inputs, tmp_path / out) == status
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "full" / "thesis.txt").read_text() == "mine"


def test_a_file_that_breaks_off_is_recorded_and_the_others_are_read(tiny_bundle: Path, tmp_path: Path) -> None:
    chance = random.Random(1)
    lines = [json.dumps({"text": f"{NOTE} {chance.randbytes(2000).hex()}"}) + "\n" for _ in range(9)]
    packed = gzip.compress("".join(lines).encode())
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    (inputs / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    (inputs / "b.jsonl.gz").write_bytes(b"no gzip")
    write_lines(inputs / "c.jsonl", [{"text": NOTE}])
    assert run(tiny_bundle, [inputs], out, "--shard", "3") == 0
    ledger = table(out, LEDGER)
    broken = [at for at, row in enumerate(ledger) if row["status"] == "error"]
    assert 2 <= broken[0] <= 5
    assert broken == [broken[0], broken[0] + 1]
    assert [row["line"] for row in ledger] == [*range(1, broken[0] + 2), 1, 1]
    for at in broken:
        assert ledger[at]["message"].startswith("gzip: ")
        assert ledger[at]["message"].endswith("the rest of the file was not read")
    assert check(out) == 0


def test_places_are_looked_up_in_a_gazetteer_that_is_part_of_what_the_run_is(
    tiny_bundle: Path, corpus_sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [{"text": dispatch.text} for dispatch in read_dispatches([corpus_sample], Schema.read(SCHEMA))]
    source, dump = write_lines(tmp_path / "x.jsonl", texts), write_gazetteer(tmp_path / "geonames")
    for out, options in (("plain", ()), ("placed", ("--gazetteer", str(dump)))):
        assert run(tiny_bundle, [source], tmp_path / out, *options) == 0
        assert check(tmp_path / out) == 0
    told = {out: [row["where_reason"] for row in table(tmp_path / out, INCIDENTS)] for out in ("plain", "placed")}
    assert told["plain"] != told["placed"]
    capsys.readouterr()
    assert run(tiny_bundle, [source], tmp_path / "placed") == 2
    assert "the run began with lookups.gazetteer " in capsys.readouterr().err
    dump.write_text("Gao\n", encoding="utf-8")
    assert run(tiny_bundle, [source], tmp_path / "other", "--gazetteer", str(dump)) == 2
    assert f"{dump}:1:columns: expected 19" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_a_file_of_a_finished_shard_that_is_lost_is_made_again(
    finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    shutil.copytree(finished, out)
    (out / SPANS / "000002.parquet").unlink()
    (out / LEDGER / "000004.parquet").write_bytes(b"")
    assert run(tiny_bundle, mixed, out) == 0
    said = capsys.readouterr().err
    assert "a file of shard 2 is not as it was written" in said
    assert "a file of shard 4" in said
    assert tree(out) == tree(finished)


def test_an_interrupt_stops_cleanly_and_says_how_to_go_on(
    finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path
) -> None:
    setting = Setting(tiny_bundle, mixed, ("--shard", "10", *EXACT))
    out = tmp_path / "out"
    process = setting.start(out)
    while not (out / LEDGER / "000001.parquet").exists() and process.is_alive():
        time.sleep(0.005)
    assert process.pid
    os.kill(process.pid, signal.SIGINT)
    process.join()
    said = Path(f"{out}.err").read_text().splitlines()
    if process.exitcode == 0:
        pytest.skip("the run was over before it was interrupted")
    assert process.exitcode == 130
    assert said[-1].startswith(f"interrupted: {out} has ")
    assert said[-1].endswith("the same command goes on from there")
    assert setting.run(out) == 0
    assert tree(out) == tree(finished)


def test_what_a_cluster_sends_before_it_kills_stops_a_run_as_cleanly(
    finished: Path, mixed: list[Path], tiny_bundle: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ["archive", "run", str(tiny_bundle), *map(str, mixed), "--out", str(out), "--shard", "10", *EXACT]
    process = subprocess.Popen([sys.executable, "-m", "dateline_labels.main", *command], stderr=subprocess.PIPE)
    while not (out / LEDGER / "000001.parquet").exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    said = process.communicate()[1].decode().splitlines()
    if process.returncode == 0:
        pytest.skip("the run was over before it was stopped")
    assert process.returncode == 130
    assert re.fullmatch(rf"interrupted: {out} has \d+ documents in \d+ shards; the same command .*", said[-1])
    assert run(tiny_bundle, mixed, out, "--shard", "10") == 0
    assert tree(out) == tree(finished)


def test_the_command_is_among_those_of_the_package() -> None:
    import tomllib

    pyproject = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text())
    assert pyproject["project"]["entry-points"]["dateline.commands"]["archive"] == ("dateline_archive.commands:archive")


def test_the_columns_are_documented_with_their_types(tiny_bundle: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "archives.md").read_text(encoding="utf-8")
    columns = {**tables_of(Extractor.load(tiny_bundle).config.schema), "copies": get_type_hints(CopyRow)}
    for name in (LEDGER, DISPATCHES, SPANS, RELATIONS, "copies"):
        section = text.split(f"**{name}**")[1].split("\n**")[0]
        documented = re.findall(r"^\| `(\w+)` \| (\S+) \|", section, flags=re.MULTILINE)
        given = [(column, type_name(hint)) for column, hint in columns[name].items()]
        assert documented == [each for each in given if not each[0].startswith("attribute_")]
    attributes = {type_name(hint) for column, hint in columns[SPANS].items() if column.startswith("attribute_")}
    assert attributes == {"string?", "double?"}
