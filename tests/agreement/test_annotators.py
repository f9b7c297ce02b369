"""Who annotated: of several paths, of one Label Studio file, of one folder; what they share, and what is left out."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from annotators_of_notes import FULL, PLACE, TEXT, WHO, raid, shared_by
from dateline_agreement.annotators import Terms, left_out, read_annotators
from dateline_agreement.disagreements import disagreements
from dateline_agreement.shared_dispatches import shared_dispatches
from dateline_formats import as_label_studio
from dateline_formats.known import named
from dateline_formats.label_map import LabelMap, SpanRule
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Schema
from dispatch_strategies import SCHEMA
from formats.foreign import mutations

BARE = raid(WHO, PLACE)


def results(dispatch: Dispatch, tmp_path: Path) -> Any:
    """The results of the dispatch as Label Studio has them."""
    named("label-studio").write([dispatch], tmp_path / "one.json", False)
    return json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))[0]["annotations"][0]["result"]


def write_export(path: Path, annotations: Sequence[dict[str, Any]], number: int = 1) -> Path:
    task = {"id": number, "data": {"text": TEXT}, "annotations": annotations}
    path.write_text(json.dumps([task]), encoding="utf-8")
    return path


def names(paths: Sequence[Path]) -> list[str]:
    return [each.name for each in read_annotators(paths, Terms())]


def test_annotators_of_one_label_studio_file(tmp_path: Path) -> None:
    one, two = results(FULL, tmp_path), results(BARE, tmp_path)
    path = write_export(
        tmp_path / "export.json",
        [
            {"completed_by": 7, "result": one},
            {"completed_by": {"id": 8, "email": "ben@example.org"}, "was_cancelled": True, "result": one},
            {"completed_by": {"id": 8, "email": "ben@example.org"}, "result": two},
            {"completed_by": 7, "ground_truth": True, "result": two},
            {"result": two},
        ],
    )
    anna, other, ben = read_annotators([path], Terms())
    assert [anna.name, other.name, ben.name] == ["7", "annotation 5", "ben@example.org"]
    assert [str(each) for each in anna.annotated.findings] == [
        f"{path}:1:[0].annotations: lost: of 2 annotations only annotations[3] is read"
    ]
    assert [str(each) for each in ben.annotated.findings] == [f"{path}:1:[0].annotations[1]: lost: cancelled"]
    assert [[span.label for span in each.annotated.dispatches[0].spans] for each in (anna, ben)] == [
        ["ACTOR", "LOCATION"]
    ] * 2
    assert anna.annotated.dispatches[0].id == "export-1"
    shared = shared_dispatches([anna, other, ben])
    assert list(shared.dispatches[0].by) == ["7", "annotation 5", "ben@example.org"]
    # and whoever reads the file as one gets the ground truth, as before
    assert len(as_label_studio.read(path).dispatches[0].spans) == 2


def test_offsets_in_another_unit_are_repaired_for_each_annotator(tmp_path: Path) -> None:
    text = "🔥 Gunmen"
    value = {"start": 3, "end": 9, "text": "Gunmen", "labels": ["ACTOR"]}
    result = [{"id": "a", "type": "labels", "from_name": "label", "to_name": "text", "value": value}]
    annotations = [{"completed_by": number, "result": result} for number in (1, 2)]
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"id": 1, "data": {"text": text}, "annotations": annotations}]), encoding="utf-8")
    for each in read_annotators([path], Terms()):
        assert [(span.start, span.end) for span in each.annotated.dispatches[0].spans] == [(2, 8)]
        assert [finding.kind for finding in each.annotated.findings] == ["repaired"]


def test_annotators_of_one_prodigy_file(tmp_path: Path) -> None:
    named("prodigy").write([FULL], tmp_path / "one.jsonl", True)
    row = json.loads((tmp_path / "one.jsonl").read_text(encoding="utf-8"))
    del row["meta"]["id"]
    rows = [
        {**row, "_annotator_id": "anna", "_session_id": "x"},
        {**row, "_session_id": "notes-ben", "relations": []},
        {**row, "_session_id": "notes-ben", "answer": "reject"},
    ]
    path = tmp_path / "export.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
    anna, ben = read_annotators([path], Terms())
    assert [(each.name, len(each.annotated.dispatches[0].relations)) for each in (anna, ben)] == [
        ("anna", 2),
        ("notes-ben", 0),
    ]
    assert [str(each) for each in ben.annotated.findings] == [
        f"{path}:3:answer: lost: the answer is reject; the task is left out"
    ]
    assert [list(each.by) for each in shared_dispatches([anna, ben]).dispatches] == [["anna", "notes-ben"]]


def test_no_damage_gets_anything_but_an_input_error_out_of_a_collection(tmp_path: Path) -> None:
    good = write_export(
        tmp_path / "export.json",
        [{"completed_by": {"id": 1, "email": "a@b"}, "result": results(FULL, tmp_path)}, {"result": []}],
    ).read_bytes()
    path, refused = tmp_path / "damaged.json", []
    for damaged in mutations(good, 300, seed=8):
        path.write_bytes(damaged)
        try:
            as_label_studio.read_annotators(path)
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 30
    assert all(error.startswith(f"{path}:") for error in refused)


REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "dev"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real dispatches of ../shared/real are not here")
def test_real_dispatches_are_the_same_in_two_formats(tmp_path: Path) -> None:
    """The same annotation from the markup and from Label Studio: nothing is in dispute, and no text differs."""
    named("label-studio").write(read_annotations([REAL]).dispatches, tmp_path / "again.json", False)
    shared = shared_dispatches(read_annotators([REAL, tmp_path / "again.json"], Terms(SCHEMA)))
    assert len(shared.dispatches) == 50
    assert shared.findings == ()
    assert disagreements(shared) == []


def test_a_folder_of_folders_as_those_who_work_with_brat_keep_it(tmp_path: Path) -> None:
    for name, dispatch in (("anna", FULL), ("ben", BARE)):
        named("brat").write([dispatch], tmp_path / name, False)
    (tmp_path / "annotation.conf").write_text("[entities]\n", encoding="utf-8")
    found = read_annotators([tmp_path], Terms())
    assert [(each.name, len(each.annotated.dispatches[0].spans)) for each in found] == [("anna", 3), ("ben", 2)]
    assert [str(each) for each in left_out([tmp_path])] == [
        f"{tmp_path}:0:annotators: warning: left out, beside the folders of the annotators: annotation.conf"
    ]


def test_a_project_of_inception_has_a_folder_a_document(tmp_path: Path) -> None:
    for document, who, dispatch in (("one", "anna", FULL), ("one", "ben", BARE), ("two", "anna", BARE)):
        folder = tmp_path / "annotation" / document
        named("webanno").write([replace(dispatch, id=who)], folder, True)
    named("webanno").write([replace(BARE, id="INITIAL_CAS")], tmp_path / "annotation" / "one", True)
    (tmp_path / "exportedproject.json").write_text("{}", encoding="utf-8")
    for path in (tmp_path, tmp_path / "annotation"):
        found = read_annotators([path], Terms())
        assert [(each.name, [one.id for one in each.annotated.dispatches]) for each in found] == [
            ("anna", ["one", "two"]),
            ("ben", ["one"]),
        ]
        assert left_out([path]) == ()


def test_a_folder_of_files_is_one_file_an_annotator(tmp_path: Path) -> None:
    for name in ("admin", "ben"):
        named("doccano").write([raid(WHO, name=f"{name}-1")], tmp_path / f"{name}.jsonl", True)
    assert names([tmp_path]) == ["admin", "ben"]


def test_names_are_those_of_the_first_level_at_which_they_differ(tmp_path: Path) -> None:
    for name in ("anna", "ben"):
        (tmp_path / name / "round").mkdir(parents=True)
        named("jsonl").write([FULL], tmp_path / name / "round" / "notes.jsonl", False)
    paths = [tmp_path / name / "round" / "notes.jsonl" for name in ("anna", "ben")]
    assert names(paths) == ["anna", "ben"]
    assert names([paths[0], paths[0]]) == ["notes", "notes 2"]


def test_a_map_and_a_schema_hold_for_each(tmp_path: Path) -> None:
    export = write_export(
        tmp_path / "export.json",
        [{"completed_by": number, "result": results(replace_label(BARE), tmp_path)} for number in (1, 2)],
    )
    with pytest.raises(InputError, match=r"export\.json:1:spans\[0\]\.label: unknown label Group"):
        read_annotators([export], Terms(SCHEMA))
    mapping = LabelMap(spans={"Group": SpanRule("ACTOR")})
    found = read_annotators([export], Terms(SCHEMA, mapping))
    assert [each.annotated.dispatches[0].spans[0].label for each in found] == ["ACTOR", "ACTOR"]


def replace_label(dispatch: Dispatch) -> Dispatch:
    first, *others = dispatch.spans
    return replace(dispatch, spans=(replace(first, label="Group"), *others))


def test_one_annotator_is_not_enough(tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.json", [{"completed_by": 7, "result": []}])
    with pytest.raises(InputError, match=r"export\.json:0:annotators: expected two annotators or more, got 7$"):
        read_annotators([path], Terms())
    named("jsonl").write([FULL], tmp_path / "one.jsonl", False)
    with pytest.raises(InputError, match=r"one\.jsonl:0:annotators: a file in .*JSON lines is of one annotator"):
        read_annotators([tmp_path / "one.jsonl"], Terms())


@pytest.mark.parametrize("names", [[], ["anna"]])
def test_a_folder_of_fewer_than_two_is_not_enough(names: list[str], tmp_path: Path) -> None:
    for name in names:
        named("brat").write([FULL], tmp_path / name, False)
    got = ", ".join(names) or "nobody"
    with pytest.raises(InputError, match=f":0:annotators: expected two annotators or more, got {got}$"):
        read_annotators([tmp_path], Terms())


def test_what_only_one_has_is_listed() -> None:
    more = raid(name="more")
    shared = shared_by({"anna": [FULL, more], "ben": [BARE], "carl": [BARE]})
    assert [each.id for each in shared.dispatches] == ["raid"]
    assert [str(each) for each in shared.findings] == ["more:0:id: lost: only anna has more; left out"]
    assert shared.pairs == (("anna", "ben"), ("anna", "carl"), ("ben", "carl"))


def test_what_not_all_have_is_told() -> None:
    shared = shared_by({"anna": [FULL], "ben": [BARE], "carl": [raid(name="other")], "dora": [raid(name="other")]})
    assert shared.pairs == (("anna", "ben"), ("carl", "dora"))
    assert [str(each) for each in shared.findings][:1] == ["raid:0:id: warning: not of carl, dora"]


def test_another_text_is_left_out_and_told() -> None:
    other = Dispatch("raid", TEXT.replace("patrol", "convoy"))
    shared = shared_by({"anna": [FULL, raid(name="more")], "ben": [other, raid(name="more")]})
    assert [each.id for each in shared.dispatches] == ["more"]
    assert [str(each) for each in shared.findings] == [
        "raid:0:text: lost: raid of ben: another text than that of anna from code point 18 on; left out"
    ]


def test_ids_made_of_file_names_are_no_hindrance() -> None:
    other = Dispatch("anna-2", "Another text.")
    shared = shared_by({"anna": [raid(WHO, name="anna-1"), other], "ben": [raid(PLACE, name="ben-9")]})
    assert [(each.id, list(each.by)) for each in shared.dispatches] == [("anna-1", ["anna", "ben"])]
    assert [str(each) for each in shared.findings] == [
        "ben-9:0:id: repaired: nobody else has the id ben-9; put together with anna-1, which has the same text",
        "anna-2:0:id: lost: only anna has anna-2; left out",
    ]


def test_a_text_that_somebody_has_twice_is_no_sign() -> None:
    twice = [raid(WHO, name="anna-1"), raid(PLACE, name="anna-2")]
    with pytest.raises(InputError, match=r"ben\.jsonl:0:id: no dispatch is of two annotators.* anna-1, ben-1$"):
        shared_by({"anna": twice, "ben": [raid(name="ben-1")]})


def test_the_shipped_schema_is_kept_to(tmp_path: Path) -> None:
    for name in ("anna", "ben"):
        named("jsonl").write([FULL], tmp_path / f"{name}.jsonl", False)
    paths = [tmp_path / "anna.jsonl", tmp_path / "ben.jsonl"]
    assert isinstance(SCHEMA, Schema)
    assert len(read_annotators(paths, Terms(SCHEMA))) == 2
