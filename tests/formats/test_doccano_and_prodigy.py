"""doccano's and Prodigy's JSON lines as several versions export them."""

import json
from pathlib import Path
from typing import Any

import pytest
from dateline_formats import as_doccano, as_prodigy
from dateline_formats.format import Annotated, Format
from dateline_formats.known import recognise
from dateline_labels import InputError, Relation, Span

TEXT = "Gunmen ambushed a convoy near Gao."
SPANS = (Span("e1", "ATTACK", 7, 15), Span("e2", "ACTOR", 0, 6))


def read(folder: Path, expected: Format, *rows: Any) -> Annotated:
    path = folder / "export.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = recognise(path)
    assert found is not None
    assert found[0] == expected
    return expected.read(path)


ENTITIES = [
    {"id": 11, "start_offset": 7, "end_offset": 15, "label": "ATTACK"},
    {"id": 12, "start_offset": 0, "end_offset": 6, "label": "ACTOR"},
]


@pytest.mark.parametrize(
    "spans",
    [
        {"label": [[7, 15, "ATTACK"], [0, 6, "ACTOR"]]},
        {"labels": [[7, 15, "ATTACK"], [0, 6, "ACTOR"]]},
        {"entities": [[7, 15, "ATTACK"], [0, 6, "ACTOR"]]},
        {"entities": [{key: entity[key] for key in ("start_offset", "end_offset", "label")} for entity in ENTITIES]},
        {"annotations": [{**entity, "id": None, "user": 1} for entity in ENTITIES], "meta": {}},
    ],
    ids=["label", "labels", "entities", "objects", "annotations"],
)
def test_spans_are_read_from_every_version_of_doccano(spans: dict[str, Any], tmp_path: Path) -> None:
    annotated = read(tmp_path, as_doccano.FORMAT, {"id": 4, "text": TEXT, **spans, "source": "wire"})
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.spans, dispatch.meta) == ("export-4", SPANS, {"source": "wire"})
    assert annotated.findings == ()


def test_relations_of_doccano_are_read_with_or_without_ids(tmp_path: Path) -> None:
    relations = [
        {"id": 1, "from_id": 11, "to_id": 12, "type": "perpetrator"},
        {"from_id": 12, "to_id": 11, "type": "r"},
    ]
    row = {"id": 1, "text": TEXT, "entities": ENTITIES, "relations": relations, "Comments": ["why?"]}
    annotated = read(tmp_path, as_doccano.FORMAT, row)
    (dispatch,) = annotated.dispatches
    assert dispatch.relations == (Relation("perpetrator", "11", "12"), Relation("r", "12", "11"))
    assert [(finding.field, finding.kind) for finding in annotated.findings] == [("Comments", "lost")]


def test_spans_of_doccano_under_a_second_key_are_listed(tmp_path: Path) -> None:
    annotated = read(tmp_path, as_doccano.FORMAT, {"text": TEXT, "entities": ENTITIES, "label": ["war"], "labels": []})
    assert len(annotated.dispatches[0].spans) == 2
    assert [str(each).partition(":1:")[2] for each in annotated.findings] == [
        "label: lost: what stands under label beside entities is not read"
    ]


def doccano(**changed: Any) -> dict[str, Any]:
    return {"id": 1, "text": TEXT, "entities": ENTITIES, "relations": [], **changed}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (doccano(text=None), "text: Input should be a valid string, got None"),
        (doccano(id=1.5), "id"),
        (doccano(entities={}), "entities: Input should be a valid list"),
        (doccano(entities=[[0, 6]]), "entities[0]: expected [start, end, label]"),
        (doccano(entities=["war"]), "entities[0]: expected [start, end, label], not a category of the text, got 'war'"),
        (doccano(relations=["r"]), "relations[0]: Input should be a valid dictionary, got 'r'"),
        (doccano(entities=[["0", 6, "ACTOR"]]), "entities[0].start_offset: Input should be a valid integer, got '0'"),
        (
            doccano(entities=[[0, 999, "ACTOR"]]),
            "entities[0]: expected a part of the text of 34 code points, got",
        ),
        (doccano(entities=[[6, 0, "ACTOR"]]), "entities[0]: expected a part of the text"),
        (doccano(entities=[[-6, 6, "ACTOR"]]), "entities[0]: expected a part of the text"),
        (doccano(entities=[[0, 6, ""]]), "entities[0]: a span needs an id and a label"),
        (doccano(entities=[ENTITIES[0], ENTITIES[0]]), "entities[1]: the id 11 occurs twice"),
        (doccano(relations=[{"from_id": 11, "to_id": 99, "type": "r"}]), "relations[0]: no span has the id 99"),
        (doccano(relations=[{"from_id": 11, "to_id": 11, "type": "r"}]), "relations[0]: relation r: 11 is related"),
        (doccano(relations=[{"from_id": 11, "type": "r"}]), "relations[0].to_id: Field required"),
    ],
)
def test_a_fault_of_doccano_is_one_line_with_its_field(row: Any, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, as_doccano.FORMAT, doccano(), row)
    assert str(caught.value).startswith(f"{tmp_path}/export.jsonl:2:{says}")


def where(start: int, end: int, label: str | None) -> dict[str, Any]:
    return {"start": start, "end": end, "token_start": 0, "token_end": 0, "label": label}


def prodigy(**changed: Any) -> dict[str, Any]:
    relation = {"head": 1, "child": 0, "label": "perpetrator", "color": "#fff"}
    ends = {"head_span": where(7, 15, "ATTACK"), "child_span": where(0, 6, "ACTOR")}
    spans = [where(7, 15, "ATTACK"), where(0, 6, "ACTOR")]
    row = {"text": TEXT, "spans": spans, "relations": [{**relation, **ends}], "answer": "accept", "_task_hash": 5}
    return {**row, **changed}


def test_accepted_tasks_of_prodigy_are_read_and_others_listed(tmp_path: Path) -> None:
    annotated = read(tmp_path, as_prodigy.FORMAT, prodigy(meta={"source": "wire"}), prodigy(answer="reject"))
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.spans, dispatch.meta) == ("export-1", SPANS, {"source": "wire"})
    assert dispatch.relations == (Relation("perpetrator", "e1", "e2"),)
    assert [(each.place.line, each.field, each.kind) for each in annotated.findings] == [(2, "answer", "lost")]


def test_a_task_of_prodigy_before_its_answer_is_known_by_having_no_id(tmp_path: Path) -> None:
    row = {"text": TEXT, "spans": [where(7, 15, "ATTACK")], "meta": {"source": "wire"}}
    (dispatch,) = read(tmp_path, as_prodigy.FORMAT, row).dispatches
    assert (dispatch.id, dispatch.spans, dispatch.meta) == ("export-1", SPANS[:1], {"source": "wire"})
    for ours in ({"id": "a"}, {"published": None}, {"relations": []}):
        (tmp_path / "export.jsonl").write_text(json.dumps({**row, **ours}) + "\n", encoding="utf-8")
        found = recognise(tmp_path / "export.jsonl")
        assert found is not None
        assert found[0].name == "jsonl"


def test_what_else_a_task_of_prodigy_holds_is_meta_data_or_listed(tmp_path: Path) -> None:
    guess = {**where(7, 15, "ATTACK"), "score": 0.4, "source": "en_core_web_sm"}
    row = prodigy(spans=[guess], relations=[], meta={"source": "wire"}, accept=["A"], source="AP", _timestamp=5)
    annotated = read(tmp_path, as_prodigy.FORMAT, row, prodigy(answer="reject", comment="x"))
    assert annotated.dispatches[0].meta == {"source": "wire", "accept": ["A"]}
    assert [str(each).partition(".jsonl:")[2] for each in annotated.findings] == [
        "2:answer: lost: the answer is reject; the task is left out",
        "0:spans: lost: not read of spans: score, source",
        "1:source: lost: not read beside meta data: 'AP'",
    ]


def test_ends_of_relations_that_no_span_marks_become_spans_where_they_have_a_label(tmp_path: Path) -> None:
    annotated = read(tmp_path, as_prodigy.FORMAT, prodigy(spans=[where(0, 6, "ACTOR")]))
    assert annotated.dispatches[0].spans == (Span("e1", "ACTOR", 0, 6), Span("e2", "ATTACK", 7, 15))
    bare = prodigy(spans=None)
    bare["relations"][0]["head_span"] = where(7, 15, None)
    annotated = read(tmp_path, as_prodigy.FORMAT, bare)
    assert annotated.dispatches[0].relations == ()
    assert [(each.field, each.kind) for each in annotated.findings] == [("relations[0]", "lost")]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"text": 1}, "text: Input should be a valid string, got 1"),
        ({"answer": 1}, "answer: Input should be a valid string"),
        ({"spans": [where(7, 999, "ATTACK")]}, "spans[0]: expected a part of the text"),
        ({"spans": [{**where(7, 15, "ATTACK"), "text": "ambush"}]}, "spans[0]: expected 'ambush' at 7-15"),
        ({"spans": [{"start": 7, "label": "ATTACK"}]}, "spans[0].end: Field required"),
        ({"relations": [{"label": "r", "head": 1, "child": 0}]}, "relations[0].head_span: Field required"),
        ({"tokens": [{"text": "Gunman", "start": 0, "end": 6}]}, "tokens[0]: expected 'Gunman' at 0-6"),
    ],
)
def test_a_fault_of_prodigy_is_one_line_with_its_field(changed: Any, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, as_prodigy.FORMAT, prodigy(), prodigy(**changed))
    assert str(caught.value).startswith(f"{tmp_path}/export.jsonl:2:{says}")
