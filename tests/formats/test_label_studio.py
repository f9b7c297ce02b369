"""Label Studio's JSON as several versions export it."""

import json
from pathlib import Path
from typing import Any

import pytest
from dateline_formats import as_label_studio
from dateline_formats.format import Annotated
from dateline_formats.known import recognise
from dateline_labels import InputError, Relation, Span

TEXT = "Gunmen ambushed a convoy\nnear Gao."


def region(name: str, label: str, start: int, end: int, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": name, "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def link(head: str, tail: str, label: str = "perpetrator", **more: Any) -> dict[str, Any]:
    return {"from_id": head, "to_id": tail, "type": "relation", "direction": "right", "labels": [label], **more}


def task(*results: Any, **more: Any) -> dict[str, Any]:
    annotation = {"id": 9, "completed_by": {"id": 1}, "was_cancelled": False, "result": list(results)}
    return {"id": 7, "data": {"text": TEXT}, "annotations": [annotation], "predictions": [], **more}


PLACED = ((7, 15, "ATTACK"), (0, 6, "ACTOR"))
SPANS = (region("a", "ATTACK", 7, 15), region("b", "ACTOR", 0, 6))


def read(folder: Path, *tasks: Any) -> Annotated:
    path = folder / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    found = recognise(path)
    assert found is not None
    assert found[0] == as_label_studio.FORMAT
    return as_label_studio.read(path)


def fields(annotated: Annotated) -> list[tuple[str, str]]:
    return [(finding.field, finding.kind) for finding in annotated.findings]


def test_spans_attributes_and_relations_are_read(tmp_path: Path) -> None:
    choice = {"id": "a", "from_name": "kind", "type": "choices", "value": {"choices": ["bombing"]}}
    about = {"id": "z", "from_name": "tone", "type": "choices", "value": {"choices": ["calm"]}}
    annotated = read(tmp_path, task(*SPANS, choice, about, link("a", "b")))
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.text, dispatch.meta) == ("export-7", TEXT, {"tone": "calm"})
    assert dispatch.spans == (Span("a", "ATTACK", 7, 15, {"kind": "bombing"}), Span("b", "ACTOR", 0, 6))
    assert dispatch.relations == (Relation("perpetrator", "a", "b"),)
    assert annotated.findings == ()


@pytest.mark.parametrize(
    ("direction", "ends"),
    [("right", [("a", "b")]), (None, [("a", "b")]), ("left", [("b", "a")]), ("bi", [("a", "b"), ("b", "a")])],
)
def test_a_direction_says_which_end_is_the_head(
    direction: str | None, ends: list[tuple[str, str]], tmp_path: Path
) -> None:
    annotated = read(tmp_path, task(*SPANS, link("a", "b", direction=direction)))
    assert [(each.head, each.tail) for each in annotated.dispatches[0].relations] == ends
    assert [kind for _, kind in fields(annotated)] == (["warning"] if direction == "bi" else [])


def test_the_ground_truth_is_read_of_several_annotations_and_never_a_cancelled_one(tmp_path: Path) -> None:
    annotations = [
        {"was_cancelled": True, "result": [region("x", "X", 0, 6)]},
        {"was_cancelled": False, "result": [SPANS[0]]},
        {"was_cancelled": False, "ground_truth": True, "result": [SPANS[1]]},
    ]
    annotated = read(tmp_path, task(annotations=annotations))
    assert [span.id for span in annotated.dispatches[0].spans] == ["b"]
    assert [finding.what for finding in annotated.findings] == [
        "1 cancelled",
        "of 2 annotations only annotations[2] is read",
    ]


def test_predictions_are_read_only_where_nobody_annotated(tmp_path: Path) -> None:
    guess = [{"model_version": "v3", "score": 0.7, "result": [region("a", "ATTACK", 7, 15, score=0.5)]}]
    predicted = task(annotations=[], predictions=guess)
    alone = read(tmp_path, predicted)
    assert [span.score for span in alone.dispatches[0].spans] == [0.5]
    assert fields(alone) == [("predictions", "warning")]
    beside = read(tmp_path, predicted, task(SPANS[0], id=8, predictions=guess))
    assert [dispatch.id for dispatch in beside.dispatches] == ["export-8"]
    assert beside.dispatches[0].spans[0].score is None
    assert fields(beside) == [("[0].annotations", "lost"), ("predictions", "lost")]
    assert beside.findings[1].what == "those of 1 tasks are not read, as there are annotations"


@pytest.mark.parametrize("score", [2, 10**400])
def test_a_score_too_large_is_named(tmp_path: Path, score: int) -> None:
    guess = [{"result": [region("a", "ATTACK", 7, 15, score=score)]}]
    with pytest.raises(InputError, match=r":\[0\]\.predictions\[0\]\.result\[0\]\.score: [^\n]*$"):
        read(tmp_path, task(annotations=[], predictions=guess))


def test_words_may_be_missing_or_have_their_line_breaks_written_out(tmp_path: Path) -> None:
    over = region("a", "X", 16, 29)
    over["value"]["text"] = "a convoy\\nnear"
    bare = region("b", "Y", 0, 6)
    del bare["value"]["text"]
    annotated = read(tmp_path, task(over, bare))
    assert [(span.start, span.end) for span in annotated.dispatches[0].spans] == [(16, 29), (0, 6)]
    assert annotated.findings == ()


def test_older_exports_and_other_keys_of_the_text_are_read(tmp_path: Path) -> None:
    old = {"id": 3, "data": {"body": TEXT, "rank": 5}, "completions": [{"id": 1, "result": [SPANS[0]]}]}
    (dispatch,) = read(tmp_path, old).dispatches
    assert (dispatch.text, dispatch.meta, len(dispatch.spans)) == (TEXT, {"rank": 5}, 1)


def test_what_a_dispatch_has_no_place_for_is_listed(tmp_path: Path) -> None:
    two = region("a", "ATTACK", 7, 15)
    two["value"]["labels"] = ["ATTACK", "EVENT"]
    again = region("a", "OTHER", 7, 15)
    note = {"id": "a", "from_name": "note", "type": "textarea", "value": {"text": ["hm"]}}
    annotated = read(tmp_path, task(two, again, SPANS[1], note, link("a", "b", labels=[])))
    assert [span.label for span in annotated.dispatches[0].spans] == ["ATTACK", "ACTOR"]
    where = "[0].annotations[0].result"
    assert fields(annotated) == [(f"{where}[{index}]", "lost") for index in (0, 1, 4, 3)]


def test_what_older_versions_call_skipped_is_cancelled(tmp_path: Path) -> None:
    completions = [{"id": 1, "skipped": True, "result": [SPANS[0]]}, {"id": 2, "result": [SPANS[1]]}]
    annotated = read(tmp_path, {"id": 3, "data": {"text": TEXT}, "completions": completions})
    assert [span.id for span in annotated.dispatches[0].spans] == ["b"]
    assert [each.what for each in annotated.findings] == ["1 cancelled"]


def test_notes_and_meta_data_of_a_task_are_kept_and_drafts_listed(tmp_path: Path) -> None:
    noted = region("a", "ATTACK", 7, 15, meta={"text": ["unsure", "ask"]})
    drawn = link("a", "b", meta={"text": "why?"})
    draft = {"id": 1, "result": [SPANS[1]]}
    annotated = read(tmp_path, task(noted, SPANS[1], drawn, meta={"batch": "7"}, drafts=[draft]))
    notes = [["a", "AnnotatorNotes", "unsure"], ["a", "AnnotatorNotes", "ask"]]
    assert annotated.dispatches[0].meta == {"batch": "7", "notes": notes}
    assert [str(each).partition("export.json:")[2] for each in annotated.findings] == [
        "1:[0].drafts: lost: 1 that nobody has submitted",
        "1:[0].annotations[0].result[2].meta: lost: a note on a result: 'why?'",
    ]
    as_label_studio.FORMAT.write(annotated.dispatches, tmp_path / "again.json", False)
    assert as_label_studio.read(tmp_path / "again.json").dispatches[0].meta == annotated.dispatches[0].meta


def minimal(annotation: int, **more: Any) -> dict[str, Any]:
    """A row of JSON-MIN."""
    times = {"created_at": "2026-01-02T10:00:00Z", "updated_at": "2026-01-02T10:00:00Z", "lead_time": 3.1}
    return {"id": 7, "annotator": annotation, "annotation_id": annotation, **times, **more}


def test_json_min_is_read_with_what_it_has(tmp_path: Path) -> None:
    regions = [{"start": start, "end": end, "text": TEXT[start:end], "labels": [label]} for start, end, label in PLACED]
    remark = [{"start": 0, "end": 6, "text": ["hm"]}]
    data = {"Full_Text": TEXT, "source": "AP", "kind": "bombing"}
    path = tmp_path / "export.json"
    rows = [minimal(1, **data, label=regions, remark=remark), minimal(2, **data, label=regions[:1]), minimal(3, id=8)]
    rows[2] |= {"text": "Nothing."}
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    assert recognise(path) == (as_label_studio.FORMAT, "JSON-MIN, with annotation_id and lead_time")
    annotated = as_label_studio.read(path)
    first, second = annotated.dispatches
    assert (first.id, first.text, first.meta) == ("export-7", TEXT, {"source": "AP", "kind": "bombing"})
    assert [(span.label, first.words(span)) for span in first.spans] == [("ATTACK", "ambushed"), ("ACTOR", "Gunmen")]
    assert (second.id, second.text, second.spans) == ("export-8", "Nothing.", ())
    assert fields(annotated) == [
        ("relations", "warning"),
        ("[0].annotations", "lost"),
        ("[0].remark[0]", "lost"),
    ]
    apart = as_label_studio.read_annotators(path)
    assert {who: [len(each.spans) for each in of.dispatches] for who, of in apart.items()} == {
        "1": [2],
        "2": [1],
        "3": [0],
    }


def test_a_fault_of_json_min_stands_in_the_row_of_its_annotation(tmp_path: Path) -> None:
    wrong = {"start": 8, "end": 15, "text": "ambushed", "labels": ["ATTACK"]}
    path = tmp_path / "export.json"
    rows = [json.dumps(minimal(number, text=TEXT, label=[wrong])) for number in (1, 2)]
    path.write_text("[{},\n{}]".format(*rows), encoding="utf-8")
    for reader, line in ((as_label_studio.read, 1), (as_label_studio.read_annotators, 1)):
        with pytest.raises(InputError, match=rf":{line}:\[0\]\.label\[0\]: expected 'ambushed' at 8-15"):
            reader(path)


def _changed(**value: Any) -> dict[str, Any]:
    return task({**SPANS[0], "value": {**SPANS[0]["value"], **value}})


_RESULT = "[0].annotations[0].result"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"id": 1, "data": "x", "annotations": []}, "[0].data: Input should be a valid dictionary, got 'x'"),
        ({"id": 1, "data": {"n": 1}, "annotations": [{"result": []}]}, "[0].data: expected a text under the key text"),
        (
            {"id": 1, "data": {"a": "x", "b": "y"}, "annotations": [{"result": []}]},
            "[0].data: expected a text under the key text, got words under a, b",
        ),
        ({"id": 1, "data": {"text": "x"}, "annotations": {}}, "[0].annotations: Input should be a valid list"),
        (task("x"), f"{_RESULT}[0]: Input should be a valid dictionary"),
        (_changed(start="7"), f"{_RESULT}[0].value: expected start and end in the text, got '7' and 15"),
        (_changed(start=None), f"{_RESULT}[0].value: expected start and end"),
        (_changed(end=True), f"{_RESULT}[0].value: expected start and end"),
        (_changed(start=8), f"{_RESULT}[0].value: expected 'ambushed' at 8-15 in code points, got 'mbushed'"),
        (_changed(end=999), f"{_RESULT}[0].value: expected 'ambushed' at 7-999"),
        (_changed(labels=[]), f"{_RESULT}[0].value.labels: expected a list of words, got []"),
        (_changed(labels="ATTACK"), f"{_RESULT}[0].value.labels: expected a list of words"),
        (task(SPANS[0], link("a", "c")), f"{_RESULT}[1]: no span has the id c"),
        (task(SPANS[0], link("a", "a")), f"{_RESULT}[1]: relation perpetrator: a is related to itself"),
        (task(*SPANS, link("a", "b", direction="up")), f"{_RESULT}[2].direction: expected right, left or bi, got 'up'"),
        (
            task(SPANS[0], data={"text": "/data/upload/3/report.txt"}),
            "[0].data.text: expected the text, got the address of one, '/data/upload/3/report.txt'",
        ),
        (
            task({**SPANS[0], "type": "hypertextlabels"}, data={"text": f"<p>{TEXT}</p>"}),
            "[0].data.text: expected a text, got HTML",
        ),
        ([], "[0]: expected an object, got list"),
    ],
)
def test_a_fault_is_one_line_with_its_field(row: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        as_label_studio.read(path)
    assert str(caught.value).startswith(f"{path}:1:{says}")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 0, "file: expected at least one object, got none"),
        ("[]", 0, "file: expected at least one object, got none"),
        ('[\n{"id": 1,}]', 2, "json: "),
        ('[\n{"id": 1}\n', 3, "json: expected , or ]"),
        ('[\n{"id": 1},\n]', 3, "json: a comma before the end of the list"),
        ('[\n{"id": 1}]\nx', 3, "json: expected nothing after the list"),
        ('[{"id": 1,\n"id": 2}]', 1, "json: the key 'id' occurs twice"),
        ('[{"id": NaN}]', 1, "json: NaN is not JSON"),
        ('[{"id": ' + "[" * 100_000, 1, "json: nested too deep"),
        ('[{"data": {"text": "\\ud83d"}}]', 1, "[0].data.text: a lone surrogate"),
    ],
)
def test_a_file_that_is_no_list_of_tasks_is_one_line(text: str, line: int, says: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        as_label_studio.read(path)
    assert str(caught.value).startswith(f"{path}:{line}:{says}")
