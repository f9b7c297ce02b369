"""Strata: rare cells are put together, the sample is shared out within bounds, and drawn by chance alone."""

from array import array
from collections import Counter

import pytest
from dateline_audit.strata import OVERLOOKED, Allocation, Cell, allocate, draw, wishes, without_rare
from hypothesis import given
from hypothesis import strategies as st

SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=8)


def cell(first: int, size: int, found: int = 0) -> Cell:
    return Cell(array("q", range(first, first + size)), Counter({"found": found}))


@given(SIZES, st.data(), st.integers(2, 9))
def test_a_sample_is_shared_out_to_the_last_document_within_bounds(
    sizes: list[int], data: st.DataObject, least: int
) -> None:
    wished = data.draw(st.lists(st.floats(0.1, 1e6), min_size=len(sizes), max_size=len(sizes)))
    fewest = sum(min(size, least) for size in sizes)
    count = data.draw(st.integers(fewest, fewest + 400))
    drawn = allocate(sizes, wished, count, least)
    assert sum(drawn) == min(count, sum(sizes))
    assert all(min(size, least) <= number <= size for size, number in zip(sizes, drawn, strict=True))


def test_a_sample_goes_where_it_is_wished() -> None:
    assert allocate([10_000, 10_000], [1, 3], 400, 5) == [100, 300]
    assert allocate([10_000, 20], [1, 3], 400, 5) == [380, 20]
    with pytest.raises(ValueError, match="expected at least 10 for 2 strata, got 9"):
        allocate([100, 100], [1, 1], 9, 5)


def test_the_optimal_allocation_draws_more_where_more_can_be_wrong() -> None:
    cells = [cell(0, 900), cell(900, 100, found=800)]
    assert wishes(cells, "found", Allocation.PROPORTIONAL) == [900, 100]
    assert wishes(cells, "found", Allocation.EQUAL) == [1, 1]
    assert wishes(cells, "found", Allocation.OPTIMAL) == pytest.approx(
        [900 * OVERLOOKED**0.5, 100 * (8 + OVERLOOKED) ** 0.5]
    )


def test_rare_cells_of_one_finding_are_put_together_and_lose_no_document() -> None:
    cells = {("a", "1987"): cell(0, 20, 3), ("a", "1990"): cell(20, 3, 1), ("a", "1988"): cell(23, 2, 1)}
    cells |= {("b", "1990"): cell(25, 4)}
    found = without_rare(cells, 10)
    assert {key: sorted(each.documents) for key, each in found.items()} == {
        ("a", "1987"): list(range(20)),
        ("a", "others"): [20, 21, 22, 23, 24],
        ("b", "others"): [25, 26, 27, 28],
    }
    assert found["a", "others"].predicted["found"] == 2
    assert len(cells["a", "1987"]) == 20


def test_drawing_is_decided_by_the_seed_and_every_document_is_as_likely_as_another() -> None:
    cells = [cell(0, 10), cell(10, 4)]
    assert draw(cells, [3, 4], 1) == draw(cells, [3, 4], 1)
    drawn = Counter(number for seed in range(2_000) for some in draw(cells, [3, 2], seed) for number in some)
    assert all(drawn[number] == pytest.approx(600, abs=110) for number in range(10))
    assert all(drawn[number] == pytest.approx(1_000, abs=110) for number in range(10, 14))
    assert draw(cells, [10, 4], 5) == [list(range(10)), list(range(10, 14))]
