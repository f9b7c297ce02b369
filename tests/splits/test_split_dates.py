"""Splits in time: days in their order, copies never on two sides, and what is left out said."""

import numpy as np
import pytest
from dateline_labels import Dispatch
from dateline_splits.dates import days_of, parts_by_date
from dateline_splits.shares import NOWHERE
from hypothesis import given, reject, settings
from hypothesis import strategies as st

SHARES = (0.6, 0.2, 0.2)


def alone(count: int) -> np.ndarray:
    return np.arange(count)


def test_the_boundaries_are_where_the_shares_are_nearest_and_no_day_is_parted() -> None:
    days = [f"2020-01-{day:02}" for day in (1, 2, 3, 3, 3, 3, 4, 5, 6, 7)]
    found = parts_by_date(days, alone(10), SHARES)
    assert found.first_days == ("2020-01-04", "2020-01-06")
    assert found.parts.tolist() == [0] * 6 + [1, 1, 2, 2]
    assert (found.undated, found.copies) == (0, 0)


def test_days_may_stand_under_a_key_of_meta() -> None:
    told = ["2020-01-03T10:00:00Z", "2020-01-03", 20200103, "3 January", None]
    dispatches = [Dispatch(f"d{at}", "x", "2019-01-01", {"date": value}) for at, value in enumerate(told)]
    assert days_of(dispatches, "date") == ["2020-01-03", "2020-01-03", None, None, None]
    assert days_of(dispatches, None) == ["2019-01-01"] * 5


def test_parts_that_are_not_asked_for_have_no_first_day() -> None:
    days = [f"2020-01-{day:02}" for day in range(1, 11)]
    assert parts_by_date(days, alone(10), (0.7, 0.0, 0.3)).first_days == (None, "2020-01-08")
    found = parts_by_date(days, alone(10), (0.7, 0.3, 0.0))
    assert found.first_days == ("2020-01-08", None)
    assert set(found.parts.tolist()) == {0, 1}


def test_of_copies_beyond_a_boundary_the_many_stay_and_the_others_are_left_out() -> None:
    days = [f"2020-01-{day:02}" for day in range(1, 11)]
    copies = np.array([0, 1, 2, 3, 4, 0, 0, 7, 3, 9])  # 0 with 5 and 6; 3 with 8, as many later ones
    found = parts_by_date(days, copies, SHARES)
    assert found.first_days == ("2020-01-07", "2020-01-09")
    assert found.parts.tolist() == [0, 0, 0, NOWHERE, 0, 0, NOWHERE, 1, 2, 2]
    assert (found.undated, found.copies) == (0, 2)


def test_a_part_of_nothing_but_copies_of_more_elsewhere_is_refused() -> None:
    days = [f"2020-01-{day:02}" for day in range(1, 6)]
    with pytest.raises(ValueError, match="a part of it is left with copies of others alone"):
        parts_by_date(days, np.array([0, 0, 2, 0, 4]), SHARES)


def test_what_has_no_day_is_in_no_part() -> None:
    days = [None, "2020-01-01", "in May", "2020-01-02", "2020-01-03", "2020-02-31"]
    found = parts_by_date(days, alone(6), SHARES)
    assert found.parts.tolist() == [NOWHERE, 0, NOWHERE, 1, 2, NOWHERE]
    assert found.undated == 3


def test_too_few_days_are_refused() -> None:
    with pytest.raises(ValueError, match="2 days of publication cannot be shared out among 3 parts"):
        parts_by_date(["2020-01-01", "2020-01-02", "2020-01-02"], alone(3), SHARES)
    with pytest.raises(ValueError, match="no dispatch has a day of publication"):
        parts_by_date([None, "in May"], alone(2), SHARES)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 28).map(lambda day: f"2020-01-{day:02}") | st.none(), st.integers(0, 40)), min_size=6
    ).filter(lambda rows: len({day for day, _ in rows if day}) >= 3)
)
def test_train_comes_before_validation_before_test_and_copies_are_in_one(rows: list[tuple[str | None, int]]) -> None:
    days = [day for day, _ in rows]
    firsts: dict[int, int] = {}
    copies = np.array([firsts.setdefault(group, at) for at, (_, group) in enumerate(rows)])
    try:
        parts = parts_by_date(days, copies, SHARES).parts.tolist()
    except ValueError:
        reject()
    by_part = [[day for day, at in zip(days, parts, strict=True) if at == part and day] for part in range(3)]
    for earlier, later in ((0, 1), (1, 2), (0, 2)):
        if by_part[earlier] and by_part[later]:
            assert max(by_part[earlier]) < min(by_part[later])
    for group in set(copies.tolist()):
        assert len({at for at, of in zip(parts, copies.tolist(), strict=True) if of == group and at != NOWHERE}) <= 1
    assert all(at == NOWHERE for day, at in zip(days, parts, strict=True) if day is None)
