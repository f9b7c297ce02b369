"""`dateline extract` and the files it writes: whole or not at all, and where they were asked for."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dateline_incidents.records import ClaimRecord, IncidentRecord, records
from dateline_incidents.tables import table_of, to_csv, to_jsonl
from dateline_infer import Extractor
from dateline_labels import Dispatch
from dateline_labels.jsonl import write_line
from dateline_labels.main import main

NOTE = "Militants killed two soldiers in Gao on Monday, police said.\n"
HEAVY = ("torch", "transformers", "datasets", "accelerate", "sklearn", "scipy", "pandas", "pyarrow", "onnx")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(NOTE, encoding="utf-8")
    return path


def test_lines_and_both_tables_are_those_of_the_extractor(
    tmp_path: Path, note: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = Extractor.load(tiny_bundle).batch([Dispatch("note", NOTE)])
    assert read[0].spans
    incidents, claims = (
        table_of(kind, rows) for kind, rows in zip((IncidentRecord, ClaimRecord), records(read[0]), strict=True)
    )
    for suffix, written in ((".csv", to_csv), (".jsonl", to_jsonl)):
        out, incident_file = tmp_path / "far" / "out.jsonl", tmp_path / f"incidents{suffix}"
        arguments = ["extract", str(tiny_bundle), str(note), "--out", str(out), "--incidents", str(incident_file)]
        assert main(arguments) == 0
        assert out.read_bytes() == (write_line(read[0]) + "\n").encode()
        assert incident_file.read_bytes() == written(incidents)
        assert (tmp_path / f"incidents.claims{suffix}").read_bytes() == written(claims)
        counts = f"dispatches read: 1; incidents: {len(incidents.rows)}, claims: {len(claims.rows)}"
        files = f"{out}, {incident_file}, {tmp_path / f'incidents.claims{suffix}'}"
        assert capsys.readouterr() == ("", f"{counts}; written to {files}\n")


def test_nothing_is_written_over_where_reading_fails(
    tmp_path: Path, note: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = shutil.copytree(tiny_bundle, tmp_path / "broken")
    (broken / "config.json").unlink()
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": 1}', encoding="utf-8")
    kept = {name: tmp_path / name for name in ("out.jsonl", "incidents.csv", "picture.svg")}
    for path in kept.values():
        path.write_text("kept", encoding="utf-8")
    places = ["--out", str(kept["out.jsonl"]), "--incidents", str(kept["incidents.csv"])]
    places += ["--picture", str(kept["picture.svg"])]
    before = sorted(tmp_path.iterdir())
    assert main(["extract", str(broken), str(note), *places]) == 3
    assert main(["extract", str(tiny_bundle), str(note), str(bad), *places]) == 2
    assert main(["extract", str(tiny_bundle), str(note), str(tmp_path / "none.txt"), *places]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert {path.read_text(encoding="utf-8") for path in kept.values()} == {"kept"}
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("option", "name", "field"),
    [
        *(("--incidents", name, "incidents") for name in ("x.xlsx", "x", "x.csv.gz")),
        *(("--picture", name, "picture") for name in ("x.png", "x")),
    ],
)
def test_a_file_of_another_kind_is_refused_at_once(
    option: str, name: str, field: str, tmp_path: Path, note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["extract", str(tmp_path / "bundle"), str(note), "--out", str(out), option, str(tmp_path / name)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{tmp_path / name}:0:{field}: expected a file ending in ")
    assert sorted(tmp_path.iterdir()) == [note]


def test_a_line_that_was_read_can_be_read_again(
    tmp_path: Path, note: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert main(["extract", str(tiny_bundle), str(note), "--out", str(first)]) == 0
    assert main(["extract", str(tiny_bundle), str(first), "--out", str(second)]) == 0
    assert second.read_bytes() == first.read_bytes()


def test_a_broken_character_leaves_its_neighbours_alone(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps({"id": name, "text": text})
        for name, text in (("a", NOTE), ("\ud800b", f"\udc00{NOTE}"), ("c", NOTE))
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert main(["extract", str(tiny_bundle), str(tmp_path / "in.jsonl")]) == 0
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert (second["id"], second["text"], second["meta"]) == ("\ufffdb", f"\ufffd{NOTE}", {"replaced_surrogates": 1})
    assert first["spans"] == third["spans"] != []


def test_the_command_loads_nothing_heavy(note: Path, tiny_bundle: Path) -> None:
    """With every component installed, and with tables, renderings and pictures asked for."""
    arguments = ["extract", str(tiny_bundle), str(note), "--show", "--picture", f"{note}.svg"]
    script = (
        f"import sys; from dateline_labels.main import main; status = main({arguments!r}); "
        f"print(status, sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    told, heavy = done.stderr.splitlines()
    assert told.startswith("dispatches read: 1; incidents: ")
    assert told.endswith(f"; written to {note}.svg")
    assert heavy == "0 []"
    assert "note" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("read.jsonl", "--out", "read.jsonl"),
        ("*.jsonl", "--out", "./read.jsonl"),
        (".", "--incidents", "read.jsonl"),
        ("old.claims.csv", "--incidents", "old.csv"),
    ],
)
def test_what_is_read_is_never_written_over(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("read.jsonl", "old.claims.csv"):
        (tmp_path / name).write_text('{"text": "Rain."}\n', encoding="utf-8")
    assert main(["extract", "bundle", *arguments]) == 2
    assert "out: expected another file than those that are read" in capsys.readouterr().err
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {'{"text": "Rain."}\n'}


def test_an_output_that_cannot_be_written_is_known_before_anything_is_read(
    tmp_path: Path, note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in (["--out", str(note.parent)], ["--incidents", str(note / "x.csv")]):
        assert main(["extract", "bundle", str(note), *options]) == 4
    folder, below = capsys.readouterr().err.splitlines()
    assert folder == f"{note.parent}: Is a directory"
    assert below == f"{note / 'x.csv'}: Not a directory"


def test_what_was_read_can_be_read_on_whatever_is_told_of_its_day(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["2013-07-20", "2013-07-20T06:30:00Z", "2013-02-29", "Saturday", None]
    source, out, again = tmp_path / "in.jsonl", tmp_path / "read.jsonl", tmp_path / "again.jsonl"
    rows = [{"id": f"n{at}", "text": NOTE, "published": day} for at, day in enumerate(told)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["extract", str(tiny_bundle), str(source), "--out", str(out)]) == 0
    read = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["published"] for row in read] == ["2013-07-20", "2013-07-20", None, None, None]
    assert [row["meta"].get("published") for row in read] == [None, *told[1:4], None]
    assert main(["incidents", "table", str(out), "--out", str(tmp_path / "x.csv")]) == 0
    assert main(["extract", str(tiny_bundle), str(out), "--out", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_who_has_read_enough_is_told_of_no_fault(tmp_path: Path, tiny_bundle: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"id": f"n{at}", "text": NOTE}) + "\n" for at in range(300)), encoding="utf-8")
    command = [sys.executable, "-m", "dateline_labels.main", "extract", str(tiny_bundle), str(source)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b'{"id": "n0"')
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_texts_of_one_name_in_two_folders_are_told_of(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in ("2012", "2013"):
        (tmp_path / "news" / year).mkdir(parents=True)
        (tmp_path / "news" / year / "gao.txt").write_text(NOTE, encoding="utf-8")
    assert main(["extract", str(tiny_bundle), str(tmp_path / "news"), "--out", str(tmp_path / "read.jsonl")]) == 0
    (line,) = [each for each in capsys.readouterr().err.splitlines() if each.startswith("warning: ")]
    assert line.startswith("warning: 1 ids occur more than once, as gao; ")
