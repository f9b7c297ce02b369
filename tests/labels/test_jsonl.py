"""JSON lines: reading and writing are inverse, and nothing is guessed or let through."""

import json
from typing import Any

import pytest
from dateline_labels import Dispatch, InputError, Place, Relation, Span, jsonl
from dateline_labels.strict_json import read_json
from dispatch_strategies import SCHEMA, any_texts, json_dispatches
from hypothesis import given, settings

PLACE = Place("x.jsonl", 7)


def read(line: str) -> Dispatch:
    return jsonl.read_line(line, PLACE, SCHEMA)


@settings(max_examples=150, deadline=None)
@given(json_dispatches())
def test_what_was_written_reads_back_equal(dispatch: Dispatch) -> None:
    line = jsonl.write_line(dispatch)
    again = read(line)
    assert again == dispatch
    assert jsonl.write_line(again) == line


@settings(max_examples=50, deadline=None)
@given(json_dispatches())
def test_a_written_line_is_one_line_of_utf8_without_nan(dispatch: Dispatch) -> None:
    line = jsonl.write_line(dispatch)
    assert "\n" not in line
    assert line.encode("utf-8").decode("utf-8") == line
    assert json.loads(line)["text"] == dispatch.text


@settings(max_examples=100, deadline=None)
@given(any_texts)
def test_any_words_instead_of_a_dispatch_are_refused_in_one_line(words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(words)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("x.jsonl:7:")


def test_every_field_is_spelt_out() -> None:
    spans = (Span("a1", "ATTACK", 0, 6, {"kind": "killing", "status": "occurred"}, 0.25), Span("l1", "LOCATION", 7, 9))
    dispatch = Dispatch("d", "killed é", None, {"n": 1}, spans[:1], ())
    assert jsonl.write_line(dispatch) == (
        '{"id": "d", "text": "killed é", "published": null, "meta": {"n": 1}, "spans": [{"id": "a1", '
        '"label": "ATTACK", "start": 0, "end": 6, "attributes": {"kind": "killing", "status": "occurred"}, '
        '"score": 0.25}], "relations": []}'
    )
    placed = Dispatch("d", "killed in", "2019-03-14", {}, spans, (Relation("place", "a1", "l1"),))
    relations = '"relations": [{"label": "place", "head": "a1", "tail": "l1", "score": null}]}'
    assert jsonl.write_line(placed).endswith(relations)


def test_what_may_be_left_out_is_empty() -> None:
    assert read('{"id": "d", "text": "x"}') == Dispatch("d", "x")
    span = '{"id": "p1", "label": "ACTOR", "start": 0, "end": 1}'
    assert read(f'{{"id": "d", "text": "x", "spans": [{span}]}}') == Dispatch(
        "d", "x", spans=(Span("p1", "ACTOR", 0, 1),)
    )


def test_escaped_pairs_of_surrogates_are_the_character_they_stand_for() -> None:
    assert read(r'{"id": "d", "text": "\ud83d\ude00"}').text == "😀"
    assert read(r'{"id": "d", "text": "\\ud83d"}').text == r"\ud83d"


def test_text_is_never_normalised() -> None:
    text = "e\u0301 é ﬁ \r\n\r \u2028 \ufeff \0"
    assert read(json.dumps({"id": "d", "text": text})).text == text


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({"text": "x"}, "id"),
        ({"id": "d"}, "text"),
        ({"id": 1, "text": "x"}, "id"),
        ({"id": "d", "text": "x", "more": 1}, "more"),
        ({"id": "d", "text": "x", "published": "March"}, "published"),
        ({"id": "d", "text": "x", "spans": {}}, "spans"),
        ({"id": "d", "text": "x", "spans": [{"id": "p1", "label": "ACTOR", "start": "0", "end": 1}]}, "spans[0].start"),
        ({"id": "d", "text": "x", "spans": [{"id": "p1", "label": "ACTOR", "start": 0, "end": 2}]}, "dispatch"),
        ({"id": "d", "text": "x", "spans": [{"id": "p1", "label": "X", "start": 0, "end": 1}]}, "spans[0].label"),
        ({"id": "d", "text": "x", "relations": [{"label": "place", "head": "a", "tail": "b"}]}, "dispatch"),
        ({"id": "d", "text": "x\udc00"}, "text"),
        ({"id": "d", "text": "x", "meta": {"a": {"b": ["\ud800"]}}}, "meta.a.b[0]"),
        ([], "dispatch"),
    ],
)
def test_a_fault_is_told_with_its_place_and_field(plain: Any, field: str) -> None:
    with pytest.raises(InputError) as caught:
        read(json.dumps(plain))
    assert (caught.value.place, caught.value.field) == (PLACE, field)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 5_000, "[" * 100_000])
def test_hostile_numbers_and_depths_are_refused_by_the_json_reader(value: str) -> None:
    with pytest.raises(InputError, match=r"x\.jsonl:7:json: "):
        read_json(f'{{"a": {value}}}', PLACE)


def test_ordinary_numbers_pass_the_json_reader() -> None:
    assert read_json("[0, -1, 1.5, 1e300, 1e-400]", PLACE) == [0, -1, 1.5, 1e300, 0.0]


def test_what_is_not_a_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        jsonl.write_line(Dispatch("d", "x", meta={"a": float("nan")}))
