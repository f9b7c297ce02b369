from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from dateline_infer.calibration import Calibration, Curve, log_odds
from dateline_labels import read_dispatches
from dateline_labels.confidence import Judged, expected_calibration_error, judge
from dateline_train.calibrating import Line, choose_calibration, fit_curve
from dateline_train.network import checkpoint_extractor, load_checkpoint
from hypothesis import given
from hypothesis import strategies as st


def drawn(curve: Curve, count: int, seed: int) -> list[Judged]:
    """Predictions that are right as often as the curve says."""
    generator = np.random.default_rng(seed)
    scores = generator.uniform(0.02, 0.98, count)
    return [Judged(score, bool(generator.random() < curve(score))) for score in scores]


@pytest.mark.parametrize("true", [Curve(), Curve(0.6, -0.5), Curve(1.5, 0.8)])
def test_many_predictions_give_the_curve_they_come_from(true: Curve) -> None:
    found = fit_curve(drawn(true, 20_000, seed=3), Curve())
    assert (found.slope, found.intercept) == pytest.approx((true.slope, true.intercept), abs=0.08)


def test_calibrated_scores_are_right_as_often_as_they_say() -> None:
    true = Curve(0.5, -0.7)
    found = fit_curve(drawn(true, 4_000, seed=4), Curve())
    fresh = drawn(true, 20_000, seed=5)
    assert expected_calibration_error(fresh) > 0.1
    assert expected_calibration_error([Judged(found(each.score), each.right) for each in fresh]) < 0.02


def test_few_predictions_keep_near_the_curve_of_all() -> None:
    prior = Curve(0.7, -0.2)
    assert fit_curve([], prior) == prior
    few = fit_curve([Judged(0.9, True)] * 2, prior)
    assert (few.slope, few.intercept) == pytest.approx((prior.slope, prior.intercept), abs=0.2)


@given(st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), max_size=40))
def test_no_small_step_makes_the_likelihood_higher(judged: list[Judged]) -> None:
    def loss(slope: float, intercept: float) -> float:
        odds = np.array([slope * log_odds(each.score) + intercept for each in judged])
        return negative_log_likelihood(odds, judged) + 2 * ((slope - 1) ** 2 + intercept**2)

    found = fit_curve(judged, Curve())
    best = loss(found.slope, found.intercept)
    for slope, intercept in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
        if found.slope + slope > 0.05:
            assert best <= loss(found.slope + slope, found.intercept + intercept) + 1e-9


def test_a_checkpoint_is_calibrated_and_finds_what_it_found(tiny_checkpoint: Path, corpus_sample: Path) -> None:
    model, tokenizer = load_checkpoint(tiny_checkpoint)
    assert model.reading.calibration.spans.keys() == model.reading.schema.spans.keys()
    dispatches = read_dispatches([corpus_sample], model.reading.schema)
    model.set_reading(replace(model.reading, calibration=Calibration()))
    raw = checkpoint_extractor(model, tokenizer).batch(dispatches)
    calibration = choose_calibration(dispatches, raw, model.reading.schema)
    model.set_reading(replace(model.reading, calibration=calibration))
    calibrated = checkpoint_extractor(model, tokenizer).batch(dispatches)
    assert [[(s.label, s.start, s.end) for s in d.spans] for d in raw] == [
        [(s.label, s.start, s.end) for s in d.spans] for d in calibrated
    ]
    assert [[(r.label, r.head, r.tail) for r in d.relations] for d in raw] == [
        [(r.label, r.head, r.tail) for r in d.relations] for d in calibrated
    ]
    before, after = (
        negative_log_likelihood(np.array([log_odds(each.score) for each in judged]), judged)
        for judged in (
            [each for part in judge(dispatches, found, model.reading.schema).spans.values() for each in part]
            for found in (raw, calibrated)
        )
    )
    assert after < before


def negative_log_likelihood(odds: Line, judged: list[Judged]) -> float:
    """What the curves make smallest; the calibration error, a figure of bins, can rise a little while it falls."""
    right = np.array([each.right for each in judged], dtype=np.float64)
    return float((np.logaddexp(0, odds) - right * odds).sum())
