"""SpERT, SciERC and GLiNER: what tokens carry comes back whole, what they cannot is refused or listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dateline_formats import as_gliner, as_scierc, as_spert
from dateline_formats.format import Format
from dateline_formats.token_rows import TEXT
from dateline_labels import Dispatch, InputError, Relation, Span
from foreign import assert_only_input_errors, mutations, refused, round_trip, token_dispatches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

FORMATS = (as_spert.FORMAT, as_scierc.FORMAT, as_gliner.FORMAT)
ROWS: dict[str, dict[str, Any]] = {
    "spert": {
        "tokens": ["Gunmen", "hit", "Gao", "."],
        "entities": [{"type": "Actor", "start": 0, "end": 1}, {"type": "Place", "start": 2, "end": 3}],
        "relations": [{"type": "at", "head": 0, "tail": 1}],
        "orig_id": 7,
    },
    "scierc": {
        "doc_key": "d1",
        "sentences": [["Gunmen", "hit", "Gao", "."], ["They", "fled", "."]],
        "ner": [[[0, 0, "Actor"], [2, 2, "Place"]], [[4, 4, "Actor"]]],
        "relations": [[[0, 0, 2, 2, "at"]], []],
        "clusters": [[[4, 4], [0, 0]]],
        "events": [[[[1, "Attack"], [0, 0, "by"], [2, 2, "in"]]], []],
    },
    "gliner": {
        "tokenized_text": ["Gunmen", "hit", "Gao", "."],
        "ner": [[0, 0, "Actor"], [2, 2, "Place"]],
        "relations": [[0, 1, "at"]],
        "ner_negatives": ["Weapon"],
    },
}
OWN_KEYS = {"spert": "tokens", "scierc": "source", "gliner": "ner"}
SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
underscored = st.dictionaries(st.from_regex(r"_[a-z]{0,3}", fullmatch=True), st.integers(), max_size=2)


def is_free(*keys: str) -> Callable[[Dispatch], bool]:
    return lambda dispatch: not set(keys) & set(dispatch.meta)


@pytest.fixture
def row_file(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, **changes: object) -> Path:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({**ROWS[name], **changes}), encoding="utf-8")
        return path

    return write


@SMALL
@given(st.lists(token_dispatches(), min_size=1, max_size=3, unique_by=lambda dispatch: dispatch.id))
def test_spert_comes_back_whole(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    dispatches = [each for each in dispatches if is_free("tokens", "entities", "relations", "orig_id", TEXT)(each)]
    if dispatches:
        assert list(round_trip(as_spert.FORMAT, dispatches, tmp_path / "x.json").dispatches) == dispatches


@SMALL
@given(st.lists(token_dispatches(), min_size=1, max_size=3, unique_by=lambda dispatch: dispatch.id))
def test_gliner_comes_back_whole(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    dispatches = [each for each in dispatches if is_free("tokenized_text", "ner", "relations", "id", TEXT)(each)]
    if dispatches:
        assert list(round_trip(as_gliner.FORMAT, dispatches, tmp_path / "x.json").dispatches) == dispatches


@SMALL
@given(st.lists(token_dispatches(meta=underscored, twins=False), min_size=1, max_size=3, unique_by=lambda d: d.id))
def test_scierc_comes_back_whole(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    annotated = round_trip(as_scierc.FORMAT, dispatches, tmp_path / "x.jsonl")
    for before, after in zip(dispatches, annotated.dispatches, strict=True):
        assert {(s.label, s.start, s.end) for s in after.spans} == {(s.label, s.start, s.end) for s in before.spans}
        assert (after.id, after.text, after.meta) == (before.id, before.text, before.meta)
        assert related(after) == related(before)


def related(dispatch: Dispatch) -> set[tuple[str, Any, Any]]:
    at = {span.id: (span.label, span.start, span.end) for span in dispatch.spans}
    return {(each.label, at[each.head], at[each.tail]) for each in dispatch.relations}


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_row_of_others_is_read(each: Format, row_file: Callable[..., Path]) -> None:
    path = row_file(each.name)
    assert each.recognise(path, path.read_bytes())
    annotated = each.read(path)
    dispatch = annotated.dispatches[0]
    assert annotated.findings == ()
    assert dispatch.text.startswith("Gunmen hit Gao .")
    assert [(span.label, dispatch.words(span)) for span in dispatch.spans][:2] == [
        ("Actor", "Gunmen"),
        ("Place", "Gao"),
    ]
    assert dispatch.relations[0] == Relation("at", "e1", "e2")
    assert (dispatch.id, dispatch.meta) == {
        "spert": ("spert-7", {}),
        "scierc": ("d1", {}),
        "gliner": ("gliner-0", {"ner_negatives": ["Weapon"]}),
    }[each.name]


def test_clusters_and_events_of_scierc_become_spans_and_relations(row_file: Callable[..., Path]) -> None:
    dispatch = as_scierc.FORMAT.read(row_file("scierc")).dispatches[0]
    assert [(span.id, span.label, dispatch.words(span)) for span in dispatch.spans][2:] == [
        ("e3", "Actor", "They"),
        ("e4", "Attack", "hit"),
    ]
    assert dispatch.relations[1:] == (
        Relation("by", "e4", "e1"),
        Relation("in", "e4", "e2"),
        Relation("same_entity", "e3", "e1"),
    )


def test_triggers_of_several_tokens_are_read_and_arguments_that_are_no_entities_listed(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    events = [[[[1, 2, "Attack"], [0, 0, "by"], [3, 3, "when"]]], []]
    path.write_text(json.dumps({**ROWS["scierc"], "events": events, "clusters": []}), encoding="utf-8")
    annotated = as_scierc.FORMAT.read(path)
    (dispatch,) = annotated.dispatches
    assert [dispatch.words(span) for span in dispatch.spans if span.label == "Attack"] == ["hit Gao"]
    assert [(each.label, each.tail) for each in dispatch.relations if each.head == "e4"] == [("by", "e1")]
    assert [str(each).partition("x.json:")[2] for each in annotated.findings] == [
        "1:events[0][0]: lost: no entity stands from token 3 to 3, the mention is not carried"
    ]


def test_a_number_that_two_sentences_of_spert_have_is_put_right(tmp_path: Path) -> None:
    """As where the files of train and dev were put together, each of which counts from 0."""
    path = tmp_path / "both.json"
    rows = [{"tokens": ["a"], "entities": [], "orig_id": number} for number in (0, 1, 0, 0)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    annotated = as_spert.FORMAT.read(path)
    assert [each.id for each in annotated.dispatches] == ["both-0", "both-1", "both-0-2", "both-0-3"]
    assert [(each.field, each.kind, each.what) for each in annotated.findings] == [
        ("[2].orig_id", "repaired", "0 is given 2 times; this one is both-0-2"),
        ("[3].orig_id", "repaired", "0 is given 3 times; this one is both-0-3"),
    ]
    path.write_text(json.dumps([{**row, "orig_id": "x"} for row in rows[:2]]), encoding="utf-8")
    with pytest.raises(InputError, match=r":id: x occurs twice"):
        as_spert.FORMAT.read(path)


def test_predictions_are_read_with_their_scores(tmp_path: Path) -> None:
    row = {
        "sentences": [["Gunmen", "hit", "Gao"]],
        "predicted_ner": [[[0, 0, "Actor", 3.1, 0.9], [2, 2, "Place", 2.0, 0.75]]],
        "predicted_relations": [[[0, 0, 2, 2, "at", 1.0, 0.5]]],
    }
    path = tmp_path / "predicted.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    (dispatch,) = as_scierc.FORMAT.read(path).dispatches
    assert [span.score for span in dispatch.spans] == [0.9, 0.75]
    assert dispatch.relations == (Relation("at", "e1", "e2", 0.5),)


@pytest.mark.parametrize("score", [2, 10**400])
def test_a_prediction_with_a_score_too_large_is_named(tmp_path: Path, score: int) -> None:
    row = {"sentences": [["Gunmen"]], "predicted_ner": [[[0, 0, "Actor", 3.1, score]]]}
    path = tmp_path / "predicted.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InputError, match=r":1:predicted_ner\[0\]\[0\]: [^\n]*expected a score from 0 to 1"):
        as_scierc.FORMAT.read(path)


def test_predictions_beside_a_gold_are_told(row_file: Callable[..., Path]) -> None:
    annotated = as_scierc.FORMAT.read(row_file("scierc", predicted_ner=[[[0, 0, "Place", 1.0, 0.9]], []]))
    assert [str(finding) for finding in annotated.findings] == [
        f"{annotated.place_of(annotated.dispatches[0]).path}:1:predicted_ner: lost: "
        "predictions are not read where there is a gold"
    ]


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_what_tokens_cannot_carry_is_refused_or_listed(each: Format, tmp_path: Path) -> None:
    spans = (
        Span("a", "Place", 0, 3, {"kind": "town"}),
        Span("b", "Part", 0, 1),
        Span("c", "Actor", 4, 8, score=0.5),
    )
    relations = (Relation("in", "b", "a"), Relation("by", "a", "c"))
    dispatch = Dispatch("d", "Gao army", "2001-02-03", {OWN_KEYS[each.name]: 1}, spans, relations)
    target = tmp_path / "x.json"
    with pytest.raises(InputError, match=r"^d:0:published: .* losses in all: 6 \(--lossy goes on\)$"):
        each.write([dispatch], target, False)
    assert list(tmp_path.iterdir()) == []
    lost = [(finding.field, finding.kind) for finding in each.write([dispatch], target, True)]
    named = [("published", "lost"), ("meta", "lost"), ("spans.a", "lost"), ("spans.c", "lost"), ("spans.b", "lost")]
    assert lost[:2] == named[:2]
    assert set(lost) == {*named, ("relations.in", "lost")}
    (after,) = each.read(target).dispatches
    assert [(span.label, after.words(span)) for span in after.spans] == [("Place", "Gao"), ("Actor", "army")]
    assert after.relations == (Relation("by", "e1", "e2"),)


def test_entities_given_twice_and_loops_are_told(row_file: Callable[..., Path]) -> None:
    path = row_file("gliner", ner=[[0, 0, "Actor"], [0, 0, "Actor"]], relations=[[0, 1, "at"]])
    annotated = as_gliner.FORMAT.read(path)
    assert len(annotated.dispatches[0].spans) == 1
    assert [str(finding) for finding in annotated.findings] == [
        f"{path}:1:ner[1]: lost: Actor from 0 to 6 is given twice, and kept once",
        f"{path}:1:relations[0]: lost: at relates e1 to itself",
    ]


def test_keys_that_nothing_reads_are_told(row_file: Callable[..., Path]) -> None:
    path = row_file("spert", entities=[{"type": "Actor", "start": 0, "end": 1, "phrase": "Gunmen"}], relations=[])
    assert [str(each) for each in as_spert.FORMAT.read(path).findings] == [
        f"{path}:1:entities[0]: lost: not read: phrase"
    ]


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("spert", {"entities": [{"type": "A", "start": 3, "end": 5}]}, "1:entities[0]: expected tokens from 0 to 3"),
        (
            "spert",
            {"entities": [{"type": "A", "start": 3, "end": 1 - 10**4300}]},  # one less has more digits than are written
            "1:entities[0]: expected tokens from 0 to 3",
        ),
        ("spert", {"entities": [{"type": "A", "start": 2, "end": 2}]}, "1:entities[0]: expected tokens"),
        ("spert", {"entities": [{"type": "A", "start": -1, "end": 2}]}, "1:entities[0]: expected tokens"),
        ("spert", {"entities": [{"type": "", "start": 0, "end": 1}]}, "1:entities[0]: a span needs an id and a label"),
        ("spert", {"entities": [{"start": 0, "end": 1}]}, "1:entities[0].type: Field required"),
        ("spert", {"tokens": ["a", 1]}, "1:tokens[1]: Input should be a valid string"),
        (
            "spert",
            {"relations": [{"type": "at", "head": 0, "tail": 2}]},
            "1:relations[0]: expected entities from 0 to 1",
        ),
        ("spert", {"relations": [{"type": "at", "head": -1, "tail": 1}]}, "1:relations[0]: expected entities"),
        ("spert", {TEXT: "Gunmen hit Mopti ."}, "1:_text: token 2 is 'Gao', the text goes on with 'Mopti .'"),
        ("spert", {TEXT: "Gunmen hit Gao . Then"}, "1:_text: the text goes on after the last token with 'Then'"),
        ("spert", {TEXT: 4}, "1:_text: expected a text, got int"),
        ("spert", {"orig_id": " x"}, "1:id: expected an id without"),
        ("gliner", {"ner": [[0, 4, "A"]]}, "1:ner[0]: expected tokens from 0 to 3"),
        ("gliner", {"ner": [[1, 0, "A"]]}, "1:ner[0]: expected tokens"),
        ("gliner", {"ner": [[0, "A"]]}, "1:ner[0]"),
        ("gliner", {"ner": [[0, 1, "A", "b"]]}, "1:ner[0]: expected a list of 3, got 4"),
        ("gliner", {"ner": [[0, 1, ["A"]]]}, "1:ner[0][2]: Input should be a valid string"),
        ("gliner", {"relations": [[0, 9, "at"]]}, "1:relations[0]: expected entities from 0 to 1, got 9"),
        ("gliner", {"tokenized_text": "Gunmen hit"}, "1:tokenized_text: Input should be a valid list"),
        ("scierc", {"ner": [[[0, 0, "A"]]]}, "1:ner: expected as many lists as there are sentences, 2, got 1"),
        ("scierc", {"ner": [[[0, 7, "A"]], []]}, "1:ner[0][0]: expected tokens from 0 to 6"),
        ("scierc", {"ner": [[[0, True, "A"]], []]}, "1:ner[0][0]: expected a list of a number, a number, a label"),
        ("scierc", {"relations": [[[0, 0, 1, 1, "at"]], []]}, "1:relations[0][0]: no entity stands from token 1 to 1"),
        ("scierc", {"events": [[[]], []]}, "1:events[0][0]: expected a list of a number, a label, got []"),
        ("scierc", {"events": [[[[9, "Attack"]]], []]}, "1:events[0][0]: expected tokens from 0 to 6"),
        ("scierc", {"events": [[[[1, 9, "Attack"]]], []]}, "1:events[0][0]: expected tokens from 0 to 6"),
        ("scierc", {"events": [[[[1, "Attack"], [3, "by"]]], []]}, "1:events[0][0]: expected a list of a number, a"),
        ("scierc", {"sentences": ["Gunmen hit"]}, "1:sentences[0]: Input should be a valid list"),
        ("scierc", {"clusters": [[[0]]]}, "1:clusters[0][0]"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, name: str, changes: dict[str, object], message: str) -> None:
    each = next(each for each in FORMATS if each.name == name)
    assert refused(each, tmp_path / "x.json", json.dumps({**ROWS[name], **changes})).startswith(message)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_damaged_rows_raise_nothing_else(each: Format, tmp_path: Path) -> None:
    data = json.dumps(ROWS[each.name]).encode()
    assert_only_input_errors(each, mutations(data, 400, seed=5), tmp_path / "x.json")
