import random
from dataclasses import replace

import pytest
from dateline_labels import Dispatch, Relation, RelationType, Schema, Span, SpanType
from dateline_labels.scoring import Case, Counts, match_spans, score, total

SCHEMA = Schema(
    "two",
    "1",
    {"ATTACK": SpanType(attributes={"kind": ("bombing", "raid")}), "PLACE": SpanType()},
    {"place": RelationType(("ATTACK",), ("PLACE",)), "same": RelationType(("ATTACK",), ("ATTACK",))},
)
TEXT = "A bomb exploded in Old Town market; the blast was heard in Newport."


def span(span_id: str, words: str, label: str, kind: str | None = None) -> Span:
    start = TEXT.index(words)
    return Span(span_id, label, start, start + len(words), {"kind": kind} if kind else {})


GOLD = Dispatch(
    "d",
    TEXT,
    spans=(
        span("a1", "exploded", "ATTACK", "bombing"),
        span("l1", "Old Town market", "PLACE"),
        span("a2", "blast", "ATTACK", "bombing"),
        span("l2", "Newport", "PLACE"),
    ),
    relations=(Relation("place", "a1", "l1"), Relation("same", "a2", "a1")),
)


def test_gold_against_itself_is_all_right() -> None:
    scores = score([GOLD], [GOLD], SCHEMA)
    assert total(scores.spans.values()) == Counts(right=4)
    assert {name: total(by_label.values()) for name, by_label in scores.relations.items()} == {
        "strict": Counts(right=2),
        "boundaries": Counts(right=2),
        "overlapping": Counts(right=2),
    }
    assert scores.attributes["ATTACK.kind"] == {("bombing", "bombing"): 2}
    assert scores.cases == []


def test_a_shifted_border_is_missed_and_spurious_and_still_overlaps() -> None:
    predicted = replace(GOLD, spans=(*GOLD.spans[:1], span("l1", "Old Town", "PLACE"), *GOLD.spans[2:]))
    scores = score([GOLD], [predicted], SCHEMA)
    assert scores.spans["PLACE"] == Counts(right=1, spurious=1, missed=1)
    assert scores.relations["strict"]["place"] == Counts(spurious=1, missed=1)
    assert scores.relations["boundaries"]["place"] == Counts(spurious=1, missed=1)
    assert scores.relations["overlapping"]["place"] == Counts(right=1)
    assert [(case.kind, case.what) for case in scores.cases if case.measure == "span"] == [
        ("spurious", "Old Town"),
        ("missed", "Old Town market"),
    ]


def test_a_wrong_label_fails_strict_but_not_boundaries() -> None:
    schema = replace(SCHEMA, relations={"place": RelationType(("ATTACK",), ("PLACE", "ATTACK"))})
    gold = replace(GOLD, relations=GOLD.relations[:1])
    wrong = replace(GOLD.spans[1], label="ATTACK", attributes={"kind": "raid"})
    scores = score([gold], [replace(gold, spans=(GOLD.spans[0], wrong, *GOLD.spans[2:]))], schema)
    assert scores.relations["strict"]["place"] == Counts(spurious=1, missed=1)
    assert scores.relations["boundaries"]["place"] == Counts(right=1)
    assert scores.relations["overlapping"]["place"] == Counts(spurious=1, missed=1)


def test_a_wrong_label_of_the_head_fails_strict_but_not_boundaries() -> None:
    schema = replace(SCHEMA, relations={"place": RelationType(("ATTACK", "PLACE"), ("PLACE",))})
    gold = replace(GOLD, relations=GOLD.relations[:1])
    wrong = replace(GOLD.spans[0], label="PLACE", attributes={})
    scores = score([gold], [replace(gold, spans=(wrong, *GOLD.spans[1:]))], schema)
    assert scores.relations["strict"]["place"] == Counts(spurious=1, missed=1)
    assert scores.relations["boundaries"]["place"] == Counts(right=1)


def test_direction_counts() -> None:
    turned = replace(GOLD, relations=(GOLD.relations[0], Relation("same", "a1", "a2")))
    assert score([GOLD], [turned], SCHEMA).relations["strict"]["same"] == Counts(spurious=1, missed=1)


def test_attributes_are_judged_where_the_span_was_found() -> None:
    predicted = replace(GOLD, spans=(span("x", "exploded", "ATTACK", "raid"),), relations=())
    scores = score([GOLD], [predicted], SCHEMA)
    assert scores.attributes["ATTACK.kind"] == {("bombing", "raid"): 1}
    (case,) = [case for case in scores.cases if case.measure == "attribute"]
    assert case.what == "exploded: expected bombing, got raid"


def test_counts_are_added_and_give_precision_recall_and_f1() -> None:
    counts = total([Counts(1, 2, 3), Counts(5, 0, 1), Counts(0, 1, 0)])
    assert counts == Counts(6, 3, 4)
    assert (counts.gold, counts.precision, counts.recall) == (10, 6 / 9, 6 / 10)
    assert counts.f1 == pytest.approx(2 / (9 / 6 + 10 / 6))
    for nothing in (Counts(0, 3, 4), Counts()):
        assert (nothing.precision, nothing.recall, nothing.f1) == (0, 0, 0)


def test_every_error_is_a_case_with_its_place() -> None:
    near = span("l1", "Old Town", "PLACE")
    raid = replace(GOLD.spans[0], attributes={"kind": "raid"})
    predicted = replace(GOLD, spans=(raid, near, *GOLD.spans[2:]))
    market, blast = TEXT.index("Old"), TEXT.index("blast")
    assert score([GOLD], [predicted], SCHEMA).cases == [
        Case("d", "span", "PLACE", "spurious", "Old Town", market, market + 8),
        Case("d", "span", "PLACE", "missed", "Old Town market", market, market + 15),
        Case("d", "attribute", "ATTACK.kind", "wrong", "exploded: expected bombing, got raid", 7, 15),
        Case("d", "relation", "place", "spurious", "exploded → Old Town", 7, 15),
        Case("d", "relation", "place", "missed", "exploded → Old Town market", 7, 15),
    ]
    missed = replace(GOLD, relations=GOLD.relations[:1])
    assert score([GOLD], [missed], SCHEMA).cases == [
        Case("d", "relation", "same", "missed", "blast → exploded", blast, blast + 5)
    ]


def test_without_a_schema_the_figures_are_of_the_labels_that_occur() -> None:
    predicted = replace(
        GOLD,
        spans=(*GOLD.spans[:3], span("x", "heard", "NOISE")),
        relations=(Relation("near", "a1", "x"), GOLD.relations[1]),
    )
    scores = score([GOLD], [predicted], None)
    assert scores.spans == {
        "ATTACK": Counts(right=2),
        "PLACE": Counts(right=1, missed=1),
        "NOISE": Counts(spurious=1),
    }
    expected = {"place": Counts(missed=1), "same": Counts(right=1), "near": Counts(spurious=1)}
    assert scores.relations == dict.fromkeys(("strict", "boundaries", "overlapping"), expected)
    assert scores.attributes == {"ATTACK.kind": {("bombing", "bombing"): 2}}
    assert score([], [], None).spans == {}


def test_with_a_schema_a_label_that_occurs_nowhere_has_figures_too() -> None:
    empty = replace(GOLD, spans=(), relations=())
    scores = score([empty], [empty], SCHEMA)
    assert scores.spans == {"ATTACK": Counts(), "PLACE": Counts()}
    none = {"place": Counts(), "same": Counts()}
    assert scores.relations == {"strict": none, "boundaries": none, "overlapping": none}
    assert scores.attributes == {"ATTACK.kind": {}}


def test_an_attribute_that_was_not_predicted_is_wrong() -> None:
    predicted = replace(GOLD, spans=(replace(GOLD.spans[0], attributes={}), *GOLD.spans[1:]))
    scores = score([GOLD], [predicted], SCHEMA)
    assert scores.attributes["ATTACK.kind"] == {("bombing", ""): 1, ("bombing", "bombing"): 1}
    assert [case.what for case in scores.cases] == ["exploded: expected bombing, got "]


def test_every_attribute_of_every_span_that_was_found_is_judged() -> None:
    shifted = Span("a1", "ATTACK", 7, 14, {"kind": "raid"})
    predicted = replace(GOLD, spans=(shifted, GOLD.spans[1], replace(GOLD.spans[2], attributes={"kind": "raid"})))
    assert score([GOLD], [replace(predicted, relations=())], SCHEMA).attributes == {
        "ATTACK.kind": {("bombing", "raid"): 1}
    }


def test_a_relation_of_a_span_that_matches_none_is_spurious_though_its_id_is_one_of_gold() -> None:
    far = replace(span("l1", "Newport", "PLACE"), label="ATTACK", attributes={"kind": "raid"})
    predicted = replace(GOLD, spans=(GOLD.spans[0], far, GOLD.spans[2]), relations=GOLD.relations[:1])
    assert score([GOLD], [predicted], SCHEMA).relations["overlapping"]["place"] == Counts(spurious=1, missed=1)
    turned = replace(predicted, relations=(Relation("place", "l1", "a1"),))
    assert score([GOLD], [turned], SCHEMA).relations["overlapping"]["place"] == Counts(spurious=1, missed=1)


def test_several_relations_of_unmatched_spans_are_each_spurious() -> None:
    lone = [Span(f"x{number}", "PLACE", number, number + 1) for number in range(3)]
    relations = tuple(Relation("place", "a1", each.id) for each in lone)
    predicted = replace(GOLD, spans=(*lone, *GOLD.spans), relations=relations)
    assert score([GOLD], [predicted], SCHEMA).relations["overlapping"]["place"] == Counts(spurious=3, missed=1)
    turned = tuple(Relation("place", each.id, "l1") for each in lone)
    scores = score([GOLD], [replace(predicted, relations=turned)], SCHEMA)
    assert scores.relations["overlapping"]["place"] == Counts(spurious=3, missed=1)


def test_of_equal_overlaps_the_earlier_and_the_shorter_pair_wins() -> None:
    gold = [Span("g", "PLACE", 0, 4), Span("h", "PLACE", 4, 8)]
    assert match_spans(gold, [Span("p", "PLACE", 2, 6)]) == {"p": "g"}
    assert match_spans(gold[::-1], [Span("p", "PLACE", 2, 6)]) == {"p": "g"}
    predicted = [Span("p", "PLACE", 0, 2), Span("q", "PLACE", 3, 5)]
    assert match_spans([Span("g", "PLACE", 1, 4)], predicted) == {"p": "g"}
    assert match_spans([Span("g", "PLACE", 1, 4)], predicted[::-1]) == {"p": "g"}


def test_spans_of_two_labels_never_stand_for_each_other() -> None:
    assert match_spans([Span("g", "PLACE", 0, 4)], [Span("p", "ATTACK", 0, 4)]) == {}
    assert match_spans([Span("g", "PLACE", 3, 4)], [Span("p", "PLACE", 0, 4)]) == {"p": "g"}


def test_an_overlap_goes_to_the_span_that_shares_most_whatever_the_order() -> None:
    gold = [Span("g", "PLACE", 3, 9)]
    predicted = [Span("p", "PLACE", 0, 4), Span("q", "PLACE", 4, 9)]
    assert match_spans(gold, predicted) == {"q": "g"}
    assert match_spans(gold, predicted[::-1]) == {"q": "g"}


def test_an_exact_span_is_never_taken_by_an_overlapping_one() -> None:
    gold = [Span("g", "PLACE", 3, 9), Span("h", "PLACE", 10, 12)]
    predicted = [Span("p", "PLACE", 0, 12), Span("q", "PLACE", 3, 9)]
    assert match_spans(gold, predicted) == {"q": "g", "p": "h"}


def test_neighbours_without_a_shared_character_do_not_overlap() -> None:
    assert match_spans([Span("g", "PLACE", 0, 5)], [Span("p", "PLACE", 5, 9)]) == {}
    assert match_spans([Span("g", "PLACE", 5, 9)], [Span("p", "PLACE", 0, 5)]) == {}


def test_the_order_of_spans_relations_and_dispatches_does_not_matter() -> None:
    other = Dispatch("e", TEXT, spans=GOLD.spans[:2], relations=GOLD.relations[:1])
    predicted = replace(other, spans=(*GOLD.spans[:1], span("l1", "Old Town", "PLACE")))
    expected = score([GOLD, other], [GOLD, predicted], SCHEMA)
    shuffled = list(GOLD.spans)
    random.Random(4).shuffle(shuffled)
    mixed = replace(GOLD, spans=tuple(shuffled), relations=GOLD.relations[::-1])
    again = score([other, mixed], [predicted, mixed], SCHEMA)
    assert (again.spans, again.relations, again.attributes) == (expected.spans, expected.relations, expected.attributes)


def test_nothing_found_scores_nothing_and_nothing_to_find_too() -> None:
    empty = replace(GOLD, spans=(), relations=())
    assert total(score([GOLD], [empty], SCHEMA).spans.values()).f1 == 0.0
    assert total(score([empty], [empty], SCHEMA).spans.values()).f1 == 0.0


def test_predictions_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="another text"):
        score([GOLD], [replace(GOLD, text=TEXT + " ")], SCHEMA)
