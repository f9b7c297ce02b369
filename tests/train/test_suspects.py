"""Suspected annotations: what is doubted, in which order, in which words, and how it is written down."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from dateline_formats.format import Annotated
from dateline_formats.reading import read_annotations
from dateline_formats.tasks import TASK_FORMATS
from dateline_infer.weighing import Weighed
from dateline_labels import Dispatch, InputError, Place, Relation, Span
from dateline_labels.files import write_dispatches
from dateline_train.suspects_doubts import Doubt, Kind, doubts_of
from dateline_train.suspects_files import write_suspect_tasks, write_tables
from dateline_train.suspects_folds import folds_of
from dateline_train.suspects_ranking import ranked
from dateline_train.suspects_readings import read_readings, write_readings
from dateline_train.suspects_words import reason, share
from planting import KINDS, plant
from suspect_readings import SCHEMA, TRUE, read
from suspects_matching import matched

ONE = TRUE[0]


def doubted(given: Dispatch, true: Dispatch = ONE) -> list[Doubt]:
    return doubts_of(given, read([true], [given])[given.id])


def without(dispatch: Dispatch, *spans: str) -> Dispatch:
    """Without these spans and the relations that they are in."""
    relations = tuple(each for each in dispatch.relations if not {each.head, each.tail} & set(spans))
    return replace(dispatch, spans=tuple(each for each in dispatch.spans if each.id not in spans), relations=relations)


def changed(dispatch: Dispatch, **spans: Span) -> Dispatch:
    return replace(dispatch, spans=tuple(spans.get(span.id, span) for span in dispatch.spans))


def test_what_is_annotated_as_it_is_read_is_not_doubted() -> None:
    assert doubted(ONE) == []
    assert ranked(TRUE, read(TRUE, TRUE)) == []


def test_another_label_is_doubted_and_nothing_that_hangs_on_it() -> None:
    given = replace(
        changed(ONE, e3=replace(ONE.spans[2], label="TIME")), relations=(ONE.relations[0], ONE.relations[2])
    )
    (doubt,) = doubted(given)
    assert (doubt.kind, doubt.spans, doubt.annotated.label, doubt.read.label) == (
        Kind.LABEL,
        ("e3",),
        "TIME",
        "LOCATION",
    )
    assert reason(doubt) == "TIME “Gao” is annotated, which is given 1.0 %; read is LOCATION “Gao” (95.0 %)"


def test_other_borders_are_doubted() -> None:
    longer = replace(ONE.spans[2], start=ONE.text.index("near"))
    kinds = [
        (doubt.kind, doubt.read.words)
        for doubt in doubted(changed(ONE, e3=longer))
        if doubt.annotated.words[0] == "near Gao"
    ]
    assert (Kind.BORDERS, ("Gao",)) in kinds


def test_a_span_too_many_and_one_too_few_are_doubted() -> None:
    start = ONE.text.index("convoy")
    more = replace(ONE, spans=(*ONE.spans, Span("x", "ACTOR", start, start + 6)))
    (doubt,) = doubted(more)
    assert reason(doubt) == "ACTOR “convoy” is annotated, which is given 1.0 %; read is no span (95.0 %)"
    (doubt,) = doubted(without(ONE, "e4"))
    assert (doubt.kind, doubt.spans, doubt.part) == (Kind.MISSED, (), None)
    assert reason(doubt) == "nothing is annotated; read is TIME “1 May” (95.0 %)"


def test_another_value_is_doubted() -> None:
    given = changed(ONE, e2=replace(ONE.spans[1], attributes={"kind": "bombing", "status": "occurred"}))
    (doubt,) = doubted(given)
    said = (
        "kind bombing of “ambushed” is annotated, which is given 0.6 %; read is kind armed_clash of “ambushed” (95.0 %)"
    )
    assert (doubt.kind, doubt.name, reason(doubt)) == (Kind.VALUE, "kind", said)


def test_relations_are_doubted_each_once() -> None:
    turned = replace(ONE, relations=(*ONE.relations[1:], Relation("target", "e2", "e1")))
    (doubt,) = doubted(turned)
    assert (doubt.kind, doubt.annotated.label, doubt.read.label) == (Kind.RELATION, "target", "perpetrator")
    (missing,) = doubted(replace(ONE, relations=ONE.relations[1:]))
    assert (missing.kind, missing.spans, missing.other) == (Kind.UNRELATED, ("e2", "e1"), 0.95)
    assert reason(missing) == "nothing is annotated; read is perpetrator “ambushed” → “Rebels” (95.0 %)"


def test_ties_have_no_direction_and_reach_over_each_other() -> None:
    text = "a b c"
    spans = tuple(
        Span(f"a{at}", "ATTACK", 2 * at, 2 * at + 1, {"kind": "other", "status": "occurred"}) for at in range(3)
    )
    tied = Dispatch(
        "d", text, None, {}, spans, (Relation("same_event", "a0", "a1"), Relation("same_event", "a1", "a2"))
    )
    reading = Weighed(
        "d",
        relations=(
            Relation("same_event", "a0", "a1", 0.1),
            Relation("same_event", "a1", "a0", 0.8),  # the other way round it is believed
            Relation("same_event", "a1", "a2", 0.1),
            Relation("same_event", "a2", "a0", 0.9),  # the ties make it so
        ),
    )
    (doubt,) = doubts_of(tied, reading)
    assert (doubt.kind, doubt.spans, doubt.confidence) == (Kind.RELATION, ("a1", "a2"), 0.1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_errors_of_every_kind_come_first(seed: int) -> None:
    given, planted = plant(TRUE, SCHEMA, {"label": 6, "borders": 4, "dropped": 4, "attribute": 4, "relation": 2}, seed)
    assert {each.kind for each in planted} == set(KINDS)
    suspects = ranked(given, read(TRUE, given))
    found = {number for suspect in suspects[: 2 * len(planted)] for number in matched(suspect.doubt, planted)}
    assert found == set(range(len(planted)))
    assert all(matched(suspect.doubt, planted) for suspect in suspects[: len(planted) // 2])
    assert [suspect.rank for suspect in suspects] == list(range(1, len(suspects) + 1))
    scores = [suspect.score for suspect in suspects]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score < 1.0 for score in scores)


def test_the_less_a_model_believes_it_the_earlier_it_comes() -> None:
    pairs = [(without(each, "e4"), each) for each in TRUE[:5]]
    given = [pair[0] for pair in pairs]
    readings: dict[str, Weighed] = {}
    for at, (dispatch, true) in enumerate(pairs):
        readings |= read([true], [dispatch], 0.6 + 0.08 * at)
    assert [suspect.doubt.dispatch.id for suspect in ranked(given, readings)] == [f"d-{at}" for at in (4, 3, 2, 1, 0)]


def test_planting_is_the_same_for_the_same_seed_and_keeps_to_the_schema() -> None:
    counts = dict.fromkeys(KINDS, 3)
    given, planted = plant(TRUE, SCHEMA, counts, 7)
    assert plant(TRUE, SCHEMA, counts, 7) == (given, planted)
    assert plant(TRUE, SCHEMA, counts, 8)[1] != planted
    assert [problem for dispatch in given for problem in SCHEMA.problems(dispatch)] == []
    with pytest.raises(ValueError, match="no room"):
        plant(TRUE[:1], SCHEMA, {"dropped": 100}, 7)


def planted_files(folder: Path) -> tuple[Annotated, list[Dispatch]]:
    given, _ = plant(TRUE, SCHEMA, {"label": 3, "dropped": 2}, 5)
    first = given[0]
    tricky = replace(first, id="=1+1", text=first.text.replace("convoy", "c“o”vo"))
    given = [tricky, *given[1:]]
    write_dispatches(given, folder / "given.jsonl")
    return read_annotations([folder / "given.jsonl"], SCHEMA), given


def test_the_list_names_the_line_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    annotated, given = planted_files(tmp_path)
    suspects = ranked(given, read([replace(TRUE[0], id="=1+1"), *TRUE[1:]], given))
    assert len(suspects) >= 5
    write_tables(suspects, annotated, tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "suspects.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["rank"] for row in rows] == list(range(1, len(suspects) + 1))
    lines = (tmp_path / "given.jsonl").read_text(encoding="utf-8").splitlines()
    for row in rows:
        assert json.loads(lines[row["line"] - 1])["id"] == row["dispatch"]
        assert row["path"].endswith("given.jsonl")
    with (tmp_path / "suspects.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("name", TASK_FORMATS)
def test_tasks_are_the_most_suspect_dispatches_as_they_are_annotated(name: str, tmp_path: Path) -> None:
    given, _ = plant(TRUE, SCHEMA, {"label": 3, "dropped": 2}, 5)
    suspects = ranked(given, read(TRUE, given))
    target, count, _ = write_suspect_tasks(suspects, tmp_path, name)
    back = read_annotations([target]).dispatches
    order = list(dict.fromkeys(suspect.doubt.dispatch.id for suspect in suspects))
    assert count == len(order)
    assert [each.id for each in back] == (sorted(order) if name in ("brat", "markup") else order)
    by_id = {dispatch.id: dispatch for dispatch in given}
    for each in back:
        marked = [(span.label, span.start, span.end) for span in by_id[each.id].spans]
        assert [(span.label, span.start, span.end) for span in each.spans] == marked
        assert "read is" in json.dumps(dict(each.meta), ensure_ascii=False)


def test_readings_come_back_equal(tmp_path: Path) -> None:
    given, _ = plant(TRUE, SCHEMA, {"label": 3, "dropped": 2}, 5)
    readings = read(TRUE, given)
    write_readings(list(readings.values()), tmp_path / "readings.jsonl")
    assert read_readings(tmp_path / "readings.jsonl", list(readings)) == readings
    with pytest.raises(InputError, match=":0:id: expected the readings of this fold"):
        read_readings(tmp_path / "readings.jsonl", ["another"])


def test_copies_and_stories_are_in_one_fold_and_every_dispatch_is_looked_at_once() -> None:
    copies = [replace(each, id=f"copy-{each.id}", text=each.text + " ") for each in LONG[:6]]
    told = [replace(each, meta={"story": "one"}) for each in LONG[6:9]]
    annotated = Annotated((*LONG[:6], *told, *LONG[9:], *copies))
    folds = folds_of(annotated, 3, 13)
    fold_of = {dispatch.id: fold.number for fold in folds for dispatch in fold.checked}
    assert sorted(fold_of) == sorted(dispatch.id for dispatch in annotated.dispatches)
    assert all(fold_of[each.id] == fold_of[each.id.removeprefix("copy-")] for each in copies)
    assert len({fold_of[each.id] for each in told}) == 1
    for fold in folds:
        parts = [{dispatch.id for dispatch in part} for part in (fold.train, fold.validation, fold.checked)]
        assert all(parts)
        assert sum(map(len, parts)) == len(set.union(*parts)) == len(annotated.dispatches)
    assert folds_of(annotated, 3, 13) == folds
    assert folds_of(annotated, 3, 14) != folds


LONG = [
    Dispatch(f"t-{at}", " ".join(f"{word}{at}" for word in ("one", "two", "three", "four", "five", "six", "seven")))
    for at in range(15)
]


def test_too_few_dispatches_for_the_folds_are_refused() -> None:
    with pytest.raises(InputError, match="expected at least 5 dispatches that are no copies of each other, got 4"):
        folds_of(Annotated(tuple(LONG[:4])), 5, 13)


def test_a_place_that_nobody_knows_is_the_dispatch_itself(tmp_path: Path) -> None:
    given, _ = plant(TRUE, SCHEMA, {"dropped": 1}, 5)
    write_tables(ranked(given, read(TRUE, given)), Annotated(tuple(given)), tmp_path)
    row = json.loads((tmp_path / "suspects.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (row["path"], row["line"]) == (row["dispatch"], None)
    assert Place(row["path"]).line == 0


@pytest.mark.parametrize(("probability", "words"), [(0.0, "< 0.1 %"), (0.5, "50.0 %"), (1.0, "> 99.9 %")])
def test_no_probability_is_told_as_certain(probability: float, words: str) -> None:
    assert share(probability) == words
