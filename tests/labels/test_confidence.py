from dataclasses import replace

import pytest
from dateline_labels import Dispatch, Relation, RelationType, Schema, Span, SpanType
from dateline_labels.confidence import Bin, Judged, expected_calibration_error, judge, reliability
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = Schema(
    "two",
    "1",
    {"ATTACK": SpanType(attributes={"kind": ("bombing", "raid")}), "PLACE": SpanType()},
    {"place": RelationType(("ATTACK",), ("PLACE",))},
)
GOLD = Dispatch(
    "d",
    "raid in Gao",
    spans=(Span("a", "ATTACK", 0, 4, {"kind": "raid"}), Span("l", "PLACE", 8, 11)),
    relations=(Relation("place", "a", "l"),),
)
FOUND = replace(
    GOLD,
    spans=(
        Span("x", "ATTACK", 0, 4, {"kind": "bombing"}, 0.9, {"kind": 0.6}),
        Span("y", "PLACE", 8, 11, score=0.8),
    ),
    relations=(Relation("place", "x", "y", 0.7),),
)
judged = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), max_size=60)


def test_what_was_found_is_judged_with_its_score() -> None:
    judgements = judge([GOLD], [FOUND], SCHEMA)
    assert judgements.spans == {"ATTACK": [Judged(0.9, True)], "PLACE": [Judged(0.8, True)]}
    assert judgements.attributes == {"ATTACK.kind": [Judged(0.6, False)]}
    assert judgements.relations == {"place": [Judged(0.7, True)]}


def test_a_shifted_border_makes_the_span_and_its_relations_wrong_and_leaves_the_attribute_unjudged() -> None:
    shifted = replace(FOUND, spans=(replace(FOUND.spans[0], end=3), FOUND.spans[1]))
    judgements = judge([GOLD], [shifted], SCHEMA)
    assert judgements.spans["ATTACK"] == [Judged(0.9, False)]
    assert judgements.attributes["ATTACK.kind"] == []
    assert judgements.relations["place"] == [Judged(0.7, False)]


def test_gold_has_no_scores_to_be_judged() -> None:
    judgements = judge([GOLD], [GOLD], SCHEMA)
    assert not any(part for parts in (judgements.spans, judgements.relations) for part in parts.values())


def test_the_error_is_the_mean_distance_of_score_and_share_right() -> None:
    sure = [Judged(0.95, True)] * 3 + [Judged(0.95, False)]
    unsure = [Judged(0.25, True)] * 2 + [Judged(0.25, False)] * 2
    assert reliability([*sure, *unsure]) == [Bin(4, 0.25, 0.5), Bin(4, pytest.approx(0.95), 0.75)]
    assert expected_calibration_error([*sure, *unsure]) == pytest.approx((0.2 + 0.25) / 2)
    assert expected_calibration_error([]) == 0.0


@given(judged)
def test_bins_hold_every_prediction_once_and_the_error_is_a_share(predictions: list[Judged]) -> None:
    bins = reliability(predictions)
    assert sum(each.count for each in bins) == len(predictions)
    assert sum(each.count * each.right for each in bins) == pytest.approx(sum(each.right for each in predictions))
    assert 0.0 <= expected_calibration_error(predictions) <= 1.0


@given(judged)
def test_one_bin_compares_the_means(predictions: list[Judged]) -> None:
    if predictions:
        expected = abs(sum(each.score - each.right for each in predictions)) / len(predictions)
        assert expected_calibration_error(predictions, bins=1) == pytest.approx(expected)


@pytest.mark.parametrize(("name", "score"), [("kind", 1.5), ("status", 0.5)])
def test_a_score_of_no_attribute_or_beyond_one_is_refused(name: str, score: float) -> None:
    with pytest.raises(ValueError, match="span a"):
        Span("a", "ATTACK", 0, 4, {"kind": "raid"}, attribute_scores={name: score})
