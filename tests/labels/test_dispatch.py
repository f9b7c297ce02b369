"""The datum: what can be built, what cannot, and what a span stands for."""

import dataclasses

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.dispatch import check_date, check_id

TEXT = "Gunmen 👩\u200d🚒 ambushed."
GUNMEN = Span("p1", "ACTOR", 0, 6)
AMBUSHED = Span("a1", "ATTACK", 11, 19)
BY = Relation("perpetrator", "a1", "p1")


def test_a_dispatch_holds_what_it_is_given() -> None:
    dispatch = Dispatch("d", TEXT, "2019-03-14", {"theatre": "x"}, (GUNMEN, AMBUSHED), (BY,))
    assert dispatch.span_by_id == {"p1": GUNMEN, "a1": AMBUSHED}
    assert dispatch == Dispatch("d", TEXT, "2019-03-14", {"theatre": "x"}, (GUNMEN, AMBUSHED), (BY,))


def test_a_dispatch_needs_no_more_than_an_id_and_a_text() -> None:
    dispatch = Dispatch("d", "")
    assert (dispatch.published, dispatch.meta, dispatch.spans, dispatch.relations) == (None, {}, (), ())


@pytest.mark.parametrize(
    ("start", "end", "words"), [(0, 6, "Gunmen"), (7, 10, "👩\u200d🚒"), (7, 8, "👩"), (11, 19, "ambushed")]
)
def test_offsets_count_code_points(start: int, end: int, words: str) -> None:
    assert Dispatch("d", TEXT).words(Span("x", "ACTOR", start, end)) == words


def test_a_span_may_end_where_the_text_ends() -> None:
    whole = Span("x", "ACTOR", 0, len(TEXT))
    assert Dispatch("d", TEXT, spans=(whole,)).words(whole) == TEXT


def test_nothing_can_be_changed_once_built() -> None:
    dispatch = Dispatch("d", TEXT, spans=(GUNMEN, AMBUSHED), relations=(BY,))
    for thing, name in ((dispatch, "text"), (GUNMEN, "start"), (BY, "head")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, "other")


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (-3, -1), (3, 3), (0, 0), (4, 3), (2, -1)])
def test_a_span_cannot_start_below_zero_or_end_before_it_has_begun(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"span x: expected 0 <= start < end, got {start}, {end}"):
        Span("x", "ACTOR", start, end)


@pytest.mark.parametrize(("name", "label"), [("", "ACTOR"), ("x", ""), ("", "")])
def test_a_span_needs_an_id_and_a_label(name: str, label: str) -> None:
    with pytest.raises(ValueError, match="a span needs an id and a label"):
        Span(name, label, 0, 1)


@pytest.mark.parametrize("score", [-0.001, 1.001, float("nan"), float("inf"), float("-inf"), 50])
def test_a_score_is_a_probability(score: float) -> None:
    with pytest.raises(ValueError, match="span x: expected a score from 0 to 1"):
        Span("x", "ACTOR", 0, 1, score=score)
    with pytest.raises(ValueError, match="relation place: expected a score from 0 to 1"):
        Relation("place", "a", "b", score)


@pytest.mark.parametrize("score", [0, 0.0, 0.5, 1, 1.0, None])
def test_the_ends_of_the_scale_are_scores(score: float | None) -> None:
    assert Span("x", "ACTOR", 0, 1, score=score).score == score
    assert Relation("place", "a", "b", score).score == score


def test_a_relation_needs_a_label() -> None:
    with pytest.raises(ValueError, match="a relation needs a label"):
        Relation("", "a", "b")


def test_nothing_is_related_to_itself() -> None:
    with pytest.raises(ValueError, match="relation place: a1 is related to itself"):
        Relation("place", "a1", "a1")


def test_a_dispatch_needs_an_id() -> None:
    with pytest.raises(ValueError, match="a dispatch needs an id"):
        Dispatch("", TEXT)


def test_a_span_cannot_leave_the_text() -> None:
    with pytest.raises(ValueError, match=f"span x: ends at {len(TEXT) + 1}, the text at {len(TEXT)}"):
        Dispatch("d", TEXT, spans=(GUNMEN, Span("x", "ATTACK", 11, len(TEXT) + 1)))


def test_offsets_in_utf16_leave_a_text_of_emoji() -> None:
    text = "😀😀 ambush"
    units = len(text.encode("utf-16-le")) // 2
    with pytest.raises(ValueError, match="span x: ends at 11, the text at 9"):
        Dispatch("d", text, spans=(Span("x", "ATTACK", units - 6, units),))


def test_no_span_id_occurs_twice() -> None:
    with pytest.raises(ValueError, match="span id p1 occurs twice"):
        Dispatch("d", TEXT, spans=(AMBUSHED, GUNMEN, Span("p1", "ACTOR", 7, 8)))


@pytest.mark.parametrize(
    ("relation", "missing"), [(Relation("r", "a1", "p9"), "p9"), (Relation("r", "a9", "p1"), "a9")]
)
def test_no_relation_dangles(relation: Relation, missing: str) -> None:
    with pytest.raises(ValueError, match=f"relation r: no span has the id {missing}"):
        Dispatch("d", TEXT, spans=(GUNMEN, AMBUSHED), relations=(BY, relation))


def test_a_doubled_id_among_very_many_is_found_at_once() -> None:
    spans = [Span(f"p{at}", "PLACE", 0, 1) for at in range(50_000)]
    with pytest.raises(ValueError, match="span id p49999 occurs twice"):
        Dispatch("d", "Gao", spans=(*spans, spans[-1]))


def test_no_relation_occurs_twice_whatever_its_score() -> None:
    with pytest.raises(ValueError, match="a relation occurs twice"):
        Dispatch("d", TEXT, spans=(GUNMEN, AMBUSHED), relations=(BY, dataclasses.replace(BY, score=0.5)))


def test_two_spans_may_be_related_twice_under_different_labels_and_both_ways() -> None:
    relations = (BY, Relation("source", "a1", "p1"), Relation("perpetrator", "p1", "a1"))
    assert Dispatch("d", TEXT, spans=(GUNMEN, AMBUSHED), relations=relations).relations == relations


@pytest.mark.parametrize("value", ["x", "sahel-001", "two words", "bœuf-é", "中", "a/b", "x" * 300])
def test_an_id_is_any_words_on_one_line(value: str) -> None:
    assert check_id(value) == value


@pytest.mark.parametrize(
    "value", ["", " ", "\u3000", " x", "x ", "x\n", "a\nb", "a\0b", "a\x9bb", "a\u2028b", "a\u202eb", "\ud800"]
)
def test_an_id_has_no_control_character_and_no_outer_space(value: str) -> None:
    with pytest.raises(ValueError, match="expected an id"):
        check_id(value)


@pytest.mark.parametrize("value", ["2019-03-14", "2020-02-29", "0001-01-01", "9999-12-31"])
def test_a_date_is_a_day_of_the_calendar(value: str) -> None:
    assert check_date(value) == value


@pytest.mark.parametrize(
    "value",
    ["", "unknown", "2019-02-29", "2019-13-01", "2019-00-01", "20190314", "2019-W11-4", "2019-3-14", "2019-03-14\n"],
)
def test_a_date_is_nothing_else(value: str) -> None:
    with pytest.raises(ValueError, match=r"YYYY-MM-DD|month|day"):
        check_date(value)
