"""`dateline convert` between formats: recognised and said, refused or listed, nothing written where aught is wrong."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from dateline_formats.known import FORMATS, named, recognise
from dateline_formats.label_map import LabelMap, SpanRule
from dateline_formats.reading import read_annotations, recognitions
from dateline_labels import Dispatch, InputError, Relation, Schema, Span
from dateline_labels.main import main

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "labels" / "schema.toml"
NOTES = ROOT / "labels" / "corpus" / "militancy_notes"
DISPATCH = Dispatch(
    "d1",
    "Gunmen 🔥 ambushed a convoy.",
    spans=(Span("T1", "Overfall", 9, 17), Span("T2", "Group", 0, 6)),
    relations=(Relation("by", "T1", "T2"),),
)
MAP = """
[map.spans]
Overfall = { label = "ATTACK", attributes = { kind = "armed_assault", status = "occurred" } }
Group = "ACTOR"
[map.relations]
by = "perpetrator"
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, list[str]]:
    status = main([str(each) for each in ("convert", *arguments)])
    out, err = capsys.readouterr()
    return status, out, err.splitlines()


def test_the_corpus_goes_through_label_studio_unchanged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks, back = tmp_path / "tasks.json", tmp_path / "back"
    assert run(capsys, NOTES, tasks, "--to", "label-studio")[0] == 0
    status, out, err = run(capsys, tasks, back, "--schema", SCHEMA)
    assert (status, out) == (0, f"{len(list(NOTES.iterdir()))} dispatches written to {back}\n")
    assert err == [f"{tasks}: Label Studio's JSON (tasks with data and annotations); written as inline markup"]
    assert {path.name: path.read_bytes() for path in back.iterdir()} == {
        path.name: path.read_bytes() for path in NOTES.iterdir()
    }


def test_what_the_target_cannot_carry_is_refused_then_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target, listed = NOTES / "militancy_notes-001.md", tmp_path / "out", tmp_path / "findings.txt"
    status, _, err = run(capsys, source, target, "--to", "brat")
    assert status == 2
    assert len(err) == 1
    assert err[0].startswith("militancy_notes-001:0:published: brat's standoff carries no date of publication; losses")
    assert list(tmp_path.iterdir()) == []
    status, _, err = run(capsys, source, target, "--to", "brat", "--lossy", "--findings", listed)
    assert status == 0
    assert listed.read_text(encoding="utf-8").splitlines() == err[1:]
    assert all(": lost: brat's standoff carries no " in line for line in err[1:])
    assert sorted(path.name for path in target.iterdir()) == ["militancy_notes-001.ann", "militancy_notes-001.txt"]


def test_a_map_brings_others_labels_under_the_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named("brat").write([DISPATCH], tmp_path / "brat", False)
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    target = tmp_path / "out.jsonl"
    status, _, err = run(capsys, tmp_path / "brat", target, "--schema", SCHEMA)
    assert (status, len(err)) == (2, 1)
    assert err[0].startswith(f"{tmp_path}/brat/d1.ann:1:spans[0].label: unknown label Overfall, expected one of ATTACK")
    assert not target.exists()
    assert run(capsys, tmp_path / "brat", target, "--schema", SCHEMA, "--map", tmp_path / "map.toml")[0] == 0
    (dispatch,) = read_annotations([target], Schema.read(SCHEMA)).dispatches
    assert dispatch.relations == (Relation("perpetrator", "T1", "T2"),)


def test_a_rule_of_the_map_that_fits_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, slip = tmp_path / "a.jsonl", tmp_path / "slip.toml"
    named("jsonl").write([DISPATCH], source, False)
    slip.write_text(MAP.replace("by =", "bye ="), encoding="utf-8")
    status, _, said = run(capsys, source, tmp_path / "b.jsonl", "--map", slip)
    assert (status, said[1]) == (
        0,
        f"{slip}:0:map: warning: the annotation has nothing for 1 rules of the map: relations.bye",
    )


def test_an_attribute_that_a_format_cannot_carry_is_said_to_come_by_a_map(tmp_path: Path) -> None:
    source = tmp_path / "x.conll"
    source.write_text("two B-CASUALTY\nfled O\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"CASUALTY needs the attribute outcome, which a label map \(--map\) can give"):
        read_annotations([source], Schema.read(SCHEMA))
    mapping = LabelMap(spans={"CASUALTY": SpanRule("CASUALTY", {"outcome": "killed"})})
    (dispatch,) = read_annotations([source], Schema.read(SCHEMA), mapping).dispatches
    assert dispatch.spans[0].attributes == {"outcome": "killed"}


def test_the_format_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "bare.jsonl"
    bare.write_text(json.dumps({"id": 1, "text": "a b", "spans": [{"start": 0, "end": 1, "label": "X"}]}) + "\n")
    assert run(capsys, bare, tmp_path / "out")[0] == 2
    assert run(capsys, bare, tmp_path / "out.jsonl", "--from", "prodigy")[0] == 0
    status, _, (line,) = run(capsys, bare, tmp_path / "out.jsonl", "--from", "prodigi")
    assert (status, line.partition("(")[0]) == (2, f"prodigi:0:format: expected one of {names()}")


def names() -> str:
    return ", ".join(each.name for each in FORMATS)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_no_format_takes_a_file_of_nothing_known(each: object, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("words", encoding="utf-8")
    assert recognise(tmp_path / "x.txt", [each]) is None  # type: ignore[list-item]


def test_what_is_left_out_of_a_folder_is_named(tmp_path: Path) -> None:
    named("brat").write([DISPATCH], tmp_path / "a", False)
    named("jsonl").write([Dispatch("d2", "x")], tmp_path / "b.jsonl", False)
    for name in ("README.md", "notes.docx", ".hidden", ".cache/x.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# about", encoding="utf-8")
    annotated = read_annotations([tmp_path])
    assert [dispatch.id for dispatch in annotated.dispatches] == ["d1", "d2"]
    assert [str(finding) for finding in annotated.findings] == [
        f"{tmp_path}:0:format: warning: left out, for they are in no known format: README.md, notes.docx"
    ]


def test_what_brat_keeps_beside_its_documents_is_no_annotation_left_out(tmp_path: Path) -> None:
    named("brat").write([DISPATCH], tmp_path / "week 1", False)
    for name in ("annotation.conf", "visual.conf", ".stats_cache", "week 1/annotation.conf", "week 1/._d1.ann"):
        (tmp_path / name).write_text("[entities]", encoding="utf-8")
    annotated = read_annotations([tmp_path])
    assert ([dispatch.id for dispatch in annotated.dispatches], annotated.findings) == (["d1"], ())


def test_a_folder_is_said_to_be_in_a_format_once(tmp_path: Path) -> None:
    named("brat").write([DISPATCH, Dispatch("d2", "x"), Dispatch("d3", "y")], tmp_path, False)
    said = f"{tmp_path}: 3 files, brat standoff (its name ends in .ann; lines as T1⇥…)"
    assert recognitions([tmp_path]) == [said]


def test_a_fault_in_a_file_of_many_names_its_dispatch(tmp_path: Path) -> None:
    schema = Schema.read(SCHEMA)
    alone, many = tmp_path / "alone.json", tmp_path / "many.json"
    named("label-studio").write([replace(DISPATCH, relations=())], alone, True)
    named("label-studio").write([Dispatch("d0", "x"), replace(DISPATCH, relations=())], many, True)
    for path, field in ((alone, "spans[0].label"), (many, "d1.spans[0].label")):
        with pytest.raises(InputError) as caught:
            read_annotations([path], schema)
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("empty.json", b"", "expected annotations, got an empty file"),
        ("dispatch.txt", b"words", "`dateline extract`"),
        ("paper.pdf", b"%PDF-1.4", "`dateline convert --from`"),
        ("doccano.zip", b"PK\x03\x04all.jsonl", "got a packed file of none that are known; unpack it"),
        (
            "cas.json",
            b'{"%TYPES": {}, "%FEATURE_STRUCTURES": []}',
            "got UIMA CAS JSON, which is not read; export CAS XMI",
        ),
        ("export.json", "[]".encode("utf-16"), "expected annotations in UTF-8, got UTF-16"),
    ],
)
def test_a_file_in_no_format_is_told_what_it_may_be(name: str, data: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=what):
        read_annotations([tmp_path / name])


def test_a_folder_without_annotations_is_told_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got an empty folder"):
        read_annotations([tmp_path])
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match=r"no file here is in a format looked for, as paper\.pdf: expected"):
        read_annotations([tmp_path])
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(InputError, match=r"looked for, as notes\.pdf and 1 more: expected"):
        read_annotations([tmp_path])


def test_a_file_that_breaks_off_is_said_to(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    named("label-studio").write([Dispatch("d1", "x"), Dispatch("d2", "y")], path, True)
    broken = path.read_text(encoding="utf-8").rstrip("]} \n")
    path.write_text(broken + "\n\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_annotations([path])
    assert (caught.value.place.line, caught.value.what) == (
        broken.count("\n") + 1,
        "the file ends before its JSON does",
    )


def test_an_id_in_two_formats_is_refused(tmp_path: Path) -> None:
    named("brat").write([DISPATCH], tmp_path / "a", False)
    named("jsonl").write([Dispatch("d1", "x")], tmp_path / "b.jsonl", False)
    with pytest.raises(InputError, match=r"b\.jsonl:1:id: d1 occurs twice, first in .*d1\.ann"):
        read_annotations([tmp_path])


def test_a_name_that_the_system_has_no_signs_for_ends_no_command(tmp_path: Path) -> None:
    (tmp_path / "g.md").write_text("id: g\npublished: unknown\n\nГао пал.\n---\n", encoding="utf-8")
    command = [sys.executable, "-m", "dateline_labels.main", "convert", "g.md", "г.jsonl"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 dispatches written to г.jsonl\n".encode())
