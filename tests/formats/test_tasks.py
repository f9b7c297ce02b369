"""Tasks for annotation tools: what the tool is given, and what our readers find in it again."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dateline_formats.reading import read_annotations
from dateline_formats.tasks import RANK, REASONS, SCORE, TASK_FORMATS, Task, task_target, write_tasks
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import any_texts, json_dispatches
from hypothesis import given, settings
from hypothesis import strategies as st

SCORED = Dispatch(
    "b-2",
    "Gunmen ambushed a convoy 👩 near Gao.",
    "2019-03-14",
    {"theatre": "example"},
    (Span("a1", "ATTACK", 7, 15, {}, 0.5), Span("l1", "LOCATION", 32, 35, {}, 0.9)),
    (Relation("place", "a1", "l1", 0.75),),
)
BARE = Dispatch("a-1", "Nothing is marked here.")
TASKS = [Task(SCORED, 0.875, ("the place is doubtful", "its words:\nGao")), Task(BARE, 0.25, ("nothing is marked",))]
WHY = "the place is doubtful; its words:\\nGao"


def written(tasks: list[Task], folder: Path, name: str) -> Path:
    target = task_target(folder, name)
    write_tasks(tasks, target, name)
    return target


@pytest.mark.parametrize("name", TASK_FORMATS)
def test_tasks_are_read_again_under_their_ids_in_their_order(name: str, tmp_path: Path) -> None:
    read = read_annotations([written(TASKS, tmp_path, name)]).dispatches
    in_order = [dispatch.id for dispatch in read]
    assert in_order == (["a-1", "b-2"] if name in ("brat", "markup") else ["b-2", "a-1"])
    found = next(dispatch for dispatch in read if dispatch.id == "b-2")
    assert found.text == SCORED.text
    assert [(span.label, span.start, span.end) for span in found.spans] == [("ATTACK", 7, 15), ("LOCATION", 32, 35)]
    ((label, head, tail),) = [(each.label, each.head, each.tail) for each in found.relations]
    assert (label, found.span_by_id[head].start, found.span_by_id[tail].start) == ("place", 7, 32)
    if name != "brat":
        assert {key: str(found.meta[key]) for key in (RANK, SCORE, REASONS)} == {
            RANK: "1",
            SCORE: "0.875",
            REASONS: WHY,
        }
        assert (found.published, found.meta["theatre"]) == ("2019-03-14", "example")


@pytest.mark.parametrize("name", TASK_FORMATS)
def test_only_scores_of_parts_and_what_brat_has_no_place_for_are_lost_and_told(name: str, tmp_path: Path) -> None:
    told = [(finding.kind, finding.field) for finding in write_tasks(TASKS, task_target(tmp_path, name), name)]
    scores = [] if name in ("label-studio", "jsonl") else [("lost", "scores")]
    brat = [("lost", each) for each in ("reasons", "published", "meta")] if name == "brat" else []
    assert told == [*scores, *brat]


def test_label_studio_gets_predictions_with_the_score_of_the_task(tmp_path: Path) -> None:
    tasks = json.loads(written(TASKS, tmp_path, "label-studio").read_text(encoding="utf-8"))
    assert [task["id"] for task in tasks] == [1, 2]
    assert all("annotations" not in task for task in tasks)
    (first,), (second,) = (task["predictions"] for task in tasks)
    assert (first["model_version"], first["score"], second["score"], second["result"]) == ("dateline", 0.875, 0.25, [])
    assert [each.get("score") for each in first["result"]] == [0.5, 0.9, 0.75]
    assert {(each["from_name"], each["to_name"]) for each in first["result"][:2]} == {("label", "text")}


def test_annotated_label_studio_tasks_come_back_without_the_scores(tmp_path: Path) -> None:
    target = written(TASKS[:1], tmp_path, "label-studio")
    (task,) = json.loads(target.read_text(encoding="utf-8"))
    annotation = {"id": 3, "was_cancelled": False, "result": task["predictions"][0]["result"][:1]}
    target.write_text(json.dumps([{**task, "annotations": [annotation]}]), encoding="utf-8")
    (back,) = read_annotations([target]).dispatches
    assert (back.id, back.spans, back.relations) == ("b-2", (replace(SCORED.spans[0], score=None),), ())


def test_prodigy_gets_tasks_that_nobody_has_answered(tmp_path: Path) -> None:
    first, second = map(json.loads, written(TASKS, tmp_path, "prodigy").read_text(encoding="utf-8").splitlines())
    assert "answer" not in first | second
    assert first["meta"][SCORE] == 0.875
    assert first["relations"][0]["head_span"]["label"] == "ATTACK"


def test_doccano_gets_labels_in_its_units(tmp_path: Path) -> None:
    row = json.loads(written(TASKS, tmp_path, "doccano").read_text(encoding="utf-8").splitlines()[0])
    assert [each["start_offset"] for each in row["entities"]] == [7, 33]
    assert (row["relations"][0]["from_id"], row[REASONS]) == (row["entities"][0]["id"], WHY)


def test_brat_gets_the_reasons_as_notes_beside_those_it_had(tmp_path: Path) -> None:
    noted = replace(SCORED, meta={"notes": [["l1", "AnnotatorNotes", "a town"]]})
    folder = written([Task(noted, 0.5, ("a reason",))], tmp_path, "brat")
    (back,) = read_annotations([folder]).dispatches
    assert back.meta["notes"] == [
        ["T2", "AnnotatorNotes", "a town"],
        ["T1", "AnnotatorNotes", "rank 1, score 0.5"],
        ["T1", "AnnotatorNotes", "a reason"],
    ]


def test_what_an_earlier_round_said_is_replaced(tmp_path: Path) -> None:
    once = read_annotations([written(TASKS, tmp_path, "jsonl")]).dispatches
    target = written([Task(once[0])], tmp_path / "again", "jsonl")
    (twice,) = read_annotations([target]).dispatches
    assert twice.meta == {"theatre": "example", RANK: 1}


@pytest.mark.parametrize(
    ("tasks", "name", "target", "field"),
    [
        (TASKS, "conll", "tasks.conll", "format"),
        (TASKS, "label-studio", "tasks.jsonl", "format"),
        ([Task(BARE), Task(BARE)], "jsonl", "tasks.jsonl", "id"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tasks: list[Task], name: str, target: str, field: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf":0:{field}: "):
        write_tasks(tasks, tmp_path / target, name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_is_a_finite_number(score: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Task(BARE, score)


@pytest.mark.parametrize("name", ["label-studio", "doccano", "prodigy", "jsonl"])
@settings(max_examples=15, deadline=None)
@given(
    dispatches=st.lists(json_dispatches(), min_size=1, max_size=3, unique_by=lambda dispatch: dispatch.id),
    score=st.none() | st.floats(-9, 9),
    reasons=st.lists(any_texts, max_size=3),
)
def test_any_dispatch_can_be_a_task(
    name: str, dispatches: list[Dispatch], score: float | None, reasons: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        target = written([Task(dispatch, score, tuple(reasons)) for dispatch in dispatches], Path(folder), name)
        back = read_annotations([target]).dispatches
    assert [(each.id, each.text, each.published) for each in back] == [
        (each.id, each.text, each.published) for each in dispatches
    ]
    for found, given_ in zip(back, dispatches, strict=True):
        marked = [(span.label, span.start, span.end) for span in given_.spans]
        assert [(span.label, span.start, span.end) for span in found.spans] == marked
        assert len(found.relations) == len(given_.relations)
