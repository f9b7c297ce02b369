import math
from dataclasses import replace

import pytest
from dateline_infer.calibration import IDENTITY, Calibration, Curve, log_odds
from dateline_infer.config import ReadingConfig
from hypothesis import given
from hypothesis import strategies as st
from infer.table_network import SCHEMA

probabilities = st.floats(0, 1)
curves = st.builds(Curve, st.floats(0.05, 20), st.floats(-20, 20))


@given(probabilities, probabilities, curves)
def test_scores_lie_between_0_and_1_and_keep_their_order(one: float, other: float, curve: Curve) -> None:
    low, high = sorted((curve(min(one, other)), curve(max(one, other))))
    assert 0.0 <= low <= high <= 1.0
    assert curve(min(one, other)) <= curve(max(one, other))


@given(probabilities)
def test_without_a_curve_a_score_stays_to_four_digits(probability: float) -> None:
    assert IDENTITY(probability) == pytest.approx(min(max(probability, 0.0001), 0.9999), abs=0.00005001)


def test_a_curve_is_a_line_over_the_log_odds() -> None:
    score = Curve(0.5, 1.0)(0.9)
    assert log_odds(score) == pytest.approx(0.5 * math.log(9) + 1.0, abs=1e-3)


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (math.inf, 0.0), (1.0, math.nan)])
def test_a_curve_that_does_not_rise_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(ValueError, match="rising curve"):
        Curve(slope, intercept)


def test_a_reading_config_keeps_its_calibration() -> None:
    calibration = Calibration({"ATTACK": Curve(0.8, 0.1)}, {"ATTACK.kind": Curve(1.2)}, {"place": Curve(0.5, -1)})
    config = ReadingConfig(SCHEMA, calibration=calibration)
    assert ReadingConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize(
    "calibration",
    [
        Calibration(spans={"place": IDENTITY}),
        Calibration(attributes={"kind": IDENTITY}),
        Calibration({}, {}, {"X": IDENTITY}),
    ],
)
def test_a_curve_of_what_the_schema_lacks_is_refused(calibration: Calibration) -> None:
    with pytest.raises(ValueError, match="which the schema does not have"):
        replace(ReadingConfig(SCHEMA), calibration=calibration)
