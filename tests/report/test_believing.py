"""Coverage against risk, and the threshold below which to abstain."""

import pytest
from dateline_infer.calibration import Calibration, Curve
from dateline_labels.confidence import Judged, Judgements, judge
from dateline_report.believing import confidence, risk
from disturbed_readings import SCHEMA, corpus, disturbed
from hypothesis import given
from hypothesis import strategies as st

JUDGED = st.lists(st.builds(Judged, st.integers(0, 20).map(lambda each: each / 20), st.booleans()), max_size=30)


def test_the_surest_come_first_and_risk_is_the_share_that_is_wrong() -> None:
    rows = [[Judged(0.9, True), Judged(0.6, False)], [Judged(0.8, True), Judged(0.6, True)]]
    assert risk({"spans": rows})["spans"] == [
        {"threshold": 0.9, "coverage": 25.0, "risk": 0.0},
        {"threshold": 0.8, "coverage": 50.0, "risk": 0.0},
        {"threshold": 0.6, "coverage": 100.0, "risk": 25.0},
    ]


@given(JUDGED)
def test_the_curve_ends_with_all_and_falls_in_its_thresholds(judged: list[Judged]) -> None:
    points = risk({"relations": [judged]})["relations"]
    if not judged:
        assert points == []
        return
    assert points[-1]["coverage"] == 100.0
    assert points[-1]["risk"] == round(100 * sum(not each.right for each in judged) / len(judged), 2)
    thresholds = [point["threshold"] for point in points]
    assert thresholds == sorted(set(thresholds), reverse=True)


@given(JUDGED)
def test_of_what_the_threshold_keeps_no_more_is_wrong_than_is_bearable(judged: list[Judged]) -> None:
    chosen = risk({"spans": [judged]})["abstain"]["spans"]
    kept = [each for each in judged if chosen["threshold"] is not None and each.score >= chosen["threshold"]]
    assert sum(not each.right for each in kept) <= 0.1 * len(kept)
    assert chosen["bearable"] == 10.0


def test_the_threshold_is_tried_on_dispatches_that_it_was_not_chosen_on() -> None:
    """A score of 0.5 is right in all dispatches but every fifth, so that the fold of those would be over-trusted."""
    rows = [[Judged(0.9, True), Judged(0.5, at % 5 != 0)] for at in range(50)]
    chosen = risk({"spans": rows})["abstain"]["spans"]
    assert chosen["threshold"] == 0.5
    assert chosen["coverage"] == 60.0  # on the others 0.5 is never wrong in that fold alone
    assert chosen["risk"] == pytest.approx(100 * 10 / 60, abs=0.01)


def test_nothing_judged_has_no_threshold() -> None:
    assert risk({"spans": [[]]})["abstain"]["spans"] == {
        "bearable": 10.0,
        "threshold": None,
        "coverage": 0.0,
        "risk": 0.0,
    }


def test_a_curve_has_few_points_however_many_scores() -> None:
    gold = corpus()
    judgements = judge(gold, disturbed(gold), SCHEMA)
    points = risk({"spans": [[each for judged in judgements.spans.values() for each in judged]]})["spans"]
    assert len(points) == 50
    assert points[-1]["coverage"] == 100.0


def test_the_curves_that_made_the_scores_are_told_as_temperatures() -> None:
    judgements = Judgements({"ACTOR": [Judged(0.7, True)], "TIME": []}, {}, {})
    found = confidence(judgements, Calibration(spans={"ACTOR": Curve(0.5, 0.25)}))
    assert (found["spans"]["ACTOR"]["temperature"], found["spans"]["ACTOR"]["intercept"]) == (2.0, 0.25)
    assert found["spans"]["ACTOR"]["ece"] == 30.0
    assert "temperature" not in found["spans"]["TIME"]
    assert found["spans"]["all"]["judged"] == 1
