"""`dateline check` as a user gives it: lines, exit codes, files, any text, and the shipped corpus."""

import csv
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import typer
from dateline_checks import commands as check_commands
from dateline_checks.summary import MEANINGS
from dateline_labels.main import main
from small_collection import SCHEMA, clean_rows, source, write_rows

pytest.importorskip("rensa")
pytest.importorskip("matplotlib")

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "labels" / "corpus"
BENCH = ROOT.parent / "shared" / "bench"
Result = tuple[int, list[str], str]


@pytest.fixture
def small_schema(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(SCHEMA, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Result:
    app = typer.Typer()
    app.command()(check_commands.check)
    status = main([str(each) for each in arguments], app)
    out, err = capsys.readouterr()
    return status, out.splitlines(), err


def test_a_clean_collection_in_markup_ends_with_0_and_says_nothing(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(source(number), encoding="utf-8")
    status, lines, err = run(capsys, folder, "--schema", small_schema)
    assert (status, lines) == (0, [])
    assert "12 dispatches, 0 errors, 0 warnings" in err
    assert "ATTACK" in err


def test_a_rule_of_the_map_that_fits_nothing_is_told(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, slip = write_rows(tmp_path / "data.jsonl", clean_rows()), tmp_path / "slip.toml"
    slip.write_text('[map.spans]\nATTCK = "ATTACK"\nATTACK = "ATTACK"\n', encoding="utf-8")
    status, lines, _ = run(capsys, data, "--schema", small_schema, "--map", slip)
    assert (status, lines) == (
        0,
        [f"{slip}:0:map: warning: the annotation has nothing for 1 rules of the map: spans.ATTCK"],
    )


def test_warnings_alone_end_with_0_and_one_error_with_2(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = clean_rows()
    rows[0]["text"] += " \x07"
    data = write_rows(tmp_path / "data.jsonl", rows)
    status, lines, _ = run(capsys, data, "--schema", small_schema)
    assert (status, lines) == (0, [f"{data}:1:small-00.text[{len(rows[0]['text']) - 1}]: warning: U+0007, a control"])
    rows[1]["spans"][0]["label"] = "RIOT"
    status, lines, err = run(capsys, write_rows(data, rows), "--schema", small_schema)
    assert status == 2
    what = "RIOT a1 'blast': unknown label RIOT, expected one of ATTACK, PLACE, GROUP"
    assert f"{data}:2:small-01.spans[0].label: error: {what}" in lines
    assert "12 dispatches, 1 error, " in err


def test_what_was_repaired_is_no_warning(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entity = {"id": 0, "start_offset": 3, "end_offset": 8, "label": "ATTACK"}  # as a browser counts them
    rows = [{"id": 0, "text": "\U0001f4a5 blast in Orvel", "entities": [entity], "relations": []}]
    _, lines, err = run(capsys, write_rows(tmp_path / "data.jsonl", rows), "--schema", small_schema)
    kinds = [line.split(": ")[1] for line in lines]
    assert kinds.count("repaired") == 1
    errors, warnings = kinds.count("error"), kinds.count("warning")
    assert warnings > 1
    assert f"1 dispatch, {errors} error{'' if errors == 1 else 's'}, 1 repaired, {warnings} warnings" in err


def test_labels_with_few_examples_are_told_of_the_schema(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_rows(tmp_path / "data.jsonl", clean_rows()[:3])
    status, lines, _ = run(capsys, data, "--schema", small_schema)
    assert status == 0
    assert {line.partition(": ")[0].rpartition(":")[2] for line in lines} == {
        "spans.ATTACK",
        "spans.PLACE",
        "spans.GROUP",
        "relations.place",
        "relations.by",
        "relations.near",
        "spans.ATTACK.kind.bombing",
        "spans.ATTACK.kind.shooting",
    }
    assert f"{small_schema}:0:relations.near: warning: 3 examples; from 10 on there is something to learn" in lines
    assert run(capsys, data, "--schema", small_schema, "--few", 3)[1] == []


def test_labels_without_any_example_are_told_in_one_line(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**clean_rows()[0], "spans": [], "relations": []}]
    status, lines, _ = run(capsys, write_rows(tmp_path / "data.jsonl", rows), "--schema", small_schema)
    assert status == 0
    assert lines == [
        f"{small_schema}:0:spans: warning: no examples of ATTACK, PLACE, GROUP",
        f"{small_schema}:0:relations: warning: no examples of place, by, near",
    ]


def test_files_and_plots_are_written_and_always_the_same(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = clean_rows()
    del rows[0]["spans"][0]["attributes"]["kind"]
    data = write_rows(tmp_path / "data.jsonl", rows)
    for out in ("one", "two"):
        status, lines, _ = run(capsys, data, "--schema", small_schema, "--out", tmp_path / out)
        assert status == 2
    names = ["counts.csv", "plots", "problems.csv", "problems.jsonl"]
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for file in (tmp_path / "one").rglob("*.*"):
        assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
    (row,) = map(json.loads, (tmp_path / "one" / "problems.jsonl").read_text(encoding="utf-8").splitlines())
    assert f"{row['path']}:{row['line']}:{row['field']}: {row['kind']}: {row['what']}" == lines[0]
    assert row["check"] == "attribute"
    counts = list(csv.DictReader((tmp_path / "one" / "counts.csv").open(encoding="utf-8")))
    assert {(each["kind"], each["label"]): int(each["count"]) for each in counts if each["kind"] != "attribute"} == {
        ("span", "ATTACK"): 36,
        ("span", "PLACE"): 24,
        ("span", "GROUP"): 12,
        ("relation", "place"): 12,
        ("relation", "by"): 24,
        ("relation", "near"): 12,
    }
    for name in ("labels", "relations"):
        assert ElementTree.parse(tmp_path / "one" / "plots" / f"{name}.svg").getroot().tag.endswith("svg")
        assert (tmp_path / "one" / "plots" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


HOSTILE = ('=HYPERLINK("http://x")', "[red]\x1b[31m", "a\nb:1:c: error", "\u202eabc", "$x^2$", "x" * 600)


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_whatever_the_data_say_a_line_is_a_line_and_a_cell_no_formula(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = clean_rows()
    for row, label in zip(rows, HOSTILE, strict=False):
        row["id"] = f"d{len(row['text'])}"
        row["spans"][0]["label"] = label
        row["meta"] = {label: label}
    data = write_rows(tmp_path / "=data.jsonl", rows)
    status, lines, err = run(capsys, data, "--schema", small_schema, "--few", 0, "--out", tmp_path / "out")
    assert status == 2
    assert len([line for line in lines if "unknown label" in line]) == len(HOSTILE)
    assert all(line.startswith(f"{data}:") for line in lines)
    shown = "\n".join(lines) + err
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for name in ("problems.csv", "counts.csv"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
        assert "\x1b" not in text


def test_annotators_are_compared_where_a_key_of_meta_names_them(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = clean_rows()
    for row in rows:
        row["meta"] = {"by": "ann"}
    other = clean_rows()
    for row in other:
        row["meta"] = {"by": "bob"}
    other[3]["spans"] = [span for span in other[3]["spans"] if span["id"] != "l2"]
    other[3]["relations"] = [each for each in other[3]["relations"] if each["tail"] != "l2"]
    data = write_rows(tmp_path / "data.jsonl", [*rows, *other])
    status, lines, _ = run(capsys, data, "--schema", small_schema, "--annotator-key", "by")
    assert status == 0
    assert [line for line in lines if "Halt" not in line] == []
    (line,) = (line for line in lines if "bare here, PLACE there" in line)
    assert line.endswith(f"(of the same text; there: {data}:4 (small-03), ann; here: bob)")
    status, lines, _ = run(capsys, data, "--schema", small_schema)
    assert status == 2
    assert sum("occurs twice, first at" in line for line in lines) == 12


def test_the_annotators_of_a_label_studio_file_are_compared(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = {"start": 2, "end": 7, "text": "blast"}
    results = [[{"id": "a", "type": "labels", "value": {**value, "labels": [label]}}] for label in ("PLACE", "GROUP")]
    annotations = [
        {"completed_by": number, "result": result} for number, result in enumerate([*results, results[0]], start=1)
    ]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 7, "data": {"text": "A blast."}, "annotations": annotations}]), encoding="utf-8")
    status, lines, _ = run(capsys, path, "--schema", small_schema, "--few", 0)
    assert status == 0
    differ = "warning: GROUP a 'blast': GROUP here, PLACE there (there: 1; here: 2)"
    assert [line for line in lines if "here" in line] == [f"{path}:1:spans[0]: {differ}"]
    tasks = [{"id": number, "data": {"text": f"A blast {number}."}} for number in (7, 8)]
    path.write_text(
        json.dumps([{**tasks[0], "annotations": annotations}, {**tasks[1], "annotations": annotations[:1]}]),
        encoding="utf-8",
    )
    _, lines, _ = run(capsys, path, "--schema", small_schema, "--few", 0)
    assert f"{path}:1:tasks-7.spans[0]: {differ}" in lines  # the other one has made nothing of the other task


def test_the_annotators_of_a_project_of_inception_are_compared(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "annotation" / "report.txt"
    folder.mkdir(parents=True)
    for who, label in (("anna", "PLACE"), ("ben", "GROUP")):
        head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Span|label\n\n\n#Text=In Gao .\n"
        rows = f"1-1\t0-2\tIn\t_\t\n1-2\t3-6\tGao\t{label}\t\n1-3\t7-8\t.\t_\t\n"
        (folder / f"{who}.tsv").write_text(head + rows, encoding="utf-8")
    status, lines, _ = run(capsys, tmp_path / "annotation", "--schema", small_schema, "--few", 0)
    assert (status, len(lines)) == (0, 1)
    assert "GROUP here, PLACE there" in lines[0]
    assert lines[0].endswith("anna.tsv:1, anna; here: ben)")


def test_labels_of_another_schema_are_said_to_want_one(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "a.conll"
    data.write_text("Gao B-GPE\n", encoding="utf-8")
    assert "no label is of this schema; `dateline schema infer`" in run(capsys, data, "--schema", small_schema)[2]
    data.write_text("Gao B-GPE\nMora B-PLACE\n", encoding="utf-8")
    assert "dateline schema infer" not in run(capsys, data, "--schema", small_schema)[2]


def test_a_fault_of_an_annotation_that_is_not_read_is_told(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = {"start": 2, "end": 7, "text": "blast", "labels": ["PLACE"]}
    annotations = [
        {"completed_by": number, "result": [{"id": "a", "type": "labels", "value": {**value, "start": start}}]}
        for number, start in ((1, 2), (2, 3))
    ]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 7, "data": {"text": "A blast."}, "annotations": annotations}]), encoding="utf-8")
    status, lines, _ = run(capsys, path, "--schema", small_schema, "--few", 0)
    assert status == 2
    (line,) = (line for line in lines if ": error: " in line)
    assert line.startswith(f"{path}:1:[0].annotations[1].result[0].value: error: expected 'blast' at 3-7")


def test_both_extras_are_asked_for_by_name(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_rows(tmp_path / "data.jsonl", clean_rows())
    for missing, extra, more in (("rensa", "archive", ()), ("matplotlib", "report", ("--out", tmp_path / "out"))):
        monkeypatch.setattr(check_commands, "find_spec", lambda name, missing=missing: None if name == missing else 1)
        status, lines, err = run(capsys, data, "--schema", small_schema, *more)
        assert (status, lines) == (2, [])
        assert f"pip install 'dateline[{extra}]'" in err
        assert not (tmp_path / "out").exists()


def test_what_is_no_schema_or_not_there_is_one_line(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small_schema.write_text("name = 1\n", encoding="utf-8")
    status, lines, err = run(capsys, write_rows(tmp_path / "x.jsonl", clean_rows()), "--schema", small_schema)
    assert (status, lines, len(err.splitlines())) == (2, [], 1)
    status, lines, err = run(capsys, tmp_path / "nowhere.jsonl")
    assert (status, lines, len(err.splitlines())) == (4, [], 1)


def test_each_check_has_a_meaning_in_the_summary() -> None:
    """No problem can be missing from the summary's table."""
    names = set()
    for file in sorted((ROOT / "train" / "dateline_checks").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        names |= {name for name in MEANINGS if f'"{name}"' in text and file.name != "check_summary.py"}
    assert names == set(MEANINGS)


def test_part_of_the_shipped_corpus_has_no_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, err = run(capsys, CORPUS / "sahel", CORPUS / "militancy_notes", "--few", 0)
    assert status == 0
    assert "0 errors" in err
    assert len(lines) < 20


@pytest.mark.slow
def test_the_shipped_corpus_has_no_errors_and_few_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    status, lines, err = run(capsys, CORPUS)
    assert status == 0
    assert "1516 dispatches, 0 errors" in err
    assert 40 < len(lines) < 100


@pytest.mark.skipif(not BENCH.is_dir(), reason="../shared/bench is not there")
def test_of_others_data_is_found_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    schemas = ROOT / "train" / "recipes" / "schemas"
    status, lines, _ = run(capsys, BENCH / "conll04" / "conll04_train.json", "--schema", schemas / "conll04.toml")
    assert status == 0
    assert sum("annotated alike" in line for line in lines) == 23
    status, lines, _ = run(capsys, BENCH / "re3d", "--schema", schemas / "re3d.toml")
    assert status == 2
    assert sum("inside a word of" in line for line in lines) == 90


def test_what_holds_no_dispatch_that_can_be_read_is_told_by_its_errors_alone(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines, err = run(capsys, write_rows(tmp_path / "data.jsonl", ["{}", "{}"]), "--schema", small_schema)
    assert (status, len(lines)) == (2, 2)
    assert "0 dispatches, 2 errors, 0 warnings" in err


def test_its_module_imports_nothing_heavy() -> None:
    code = "import sys, dateline_checks.commands as c; print(*[m for m in sys.modules])"
    path = ":".join(str(ROOT / name) for name in ("labels", "infer", "train"))
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": path, "PATH": ""}
    )
    assert not {"rich.table", "matplotlib", "rensa", "pyarrow", "onnxruntime", "numpy"} & set(ran.stdout.split())


def test_brat_and_label_studio_are_checked_where_they_stand(
    tmp_path: Path, small_schema: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dateline_formats.known import named
    from dateline_formats.reading import read_annotations

    rows = clean_rows()
    rows[2]["spans"][0]["label"] = "RIOT"
    rows[5]["text"] += " Now all of Vantry weeps."
    dispatches = read_annotations([write_rows(tmp_path / "data.jsonl", rows)]).dispatches
    named("brat").write(dispatches, tmp_path / "brat", True)
    named("label-studio").write(dispatches, tmp_path / "tasks.json", True)
    _, lines, _ = run(capsys, tmp_path / "brat", "--schema", small_schema)
    assert [line.split(": ")[0] for line in lines if "unknown label" in line] == [
        f"{tmp_path}/brat/small-02.ann:1:spans[0].label"
    ]
    assert any(line.startswith(f"{tmp_path}/brat/small-05.ann:0:text[") and "'Vantry' in" in line for line in lines)
    _, lines, _ = run(capsys, tmp_path / "tasks.json", "--schema", small_schema)
    assert any(line.startswith(f"{tmp_path}/tasks.json:4:small-02.spans[0].label") for line in lines)
