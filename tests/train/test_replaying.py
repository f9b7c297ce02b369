from collections import Counter
from types import SimpleNamespace
from typing import cast

from dateline_train.batches import DispatchSize, TokenBatches
from dateline_train.replaying import ReplayedRows
from dateline_train.varying import VariedRows
from hypothesis import given
from hypothesis import strategies as st


def rows(sizes: list[int]) -> VariedRows:
    """Rows of so many tokens, of which each is its own number."""
    found = SimpleNamespace(
        dispatches=[SimpleNamespace(id=str(number)) for number in range(len(sizes))],
        sizes=[DispatchSize(size, 1 + size % 3, size) for size in sizes],
        set_epoch=lambda epoch: None,
    )
    return cast(VariedRows, found)


def drawn(replayed: ReplayedRows, epoch: int) -> list[int]:
    replayed.set_epoch(epoch)
    return [replayed.number(place) for place in range(len(replayed))]


@given(
    st.lists(st.integers(16, 200), min_size=4, max_size=60),
    st.integers(1, 3),
    st.floats(0.0, 30.0),
    st.integers(0, 2**16),
)
def test_an_epoch_has_every_new_dispatch_and_so_many_different_old_ones(
    sizes: list[int], new: int, replay: float, seed: int
) -> None:
    replayed = ReplayedRows(rows(sizes), {str(number) for number in range(new)}, replay, seed)
    for epoch in range(5):
        numbers = drawn(replayed, epoch)
        assert numbers[:new] == list(range(new))
        assert len(set(numbers)) == len(numbers) == new + min(round(replay * new), len(sizes) - new)
        # no row takes up more than the batches were made for
        for number, size in zip(numbers, replayed.sizes, strict=True):
            assert all(is_ <= most for is_, most in zip(rows(sizes).sizes[number], size, strict=True))


def test_old_dispatches_take_turns() -> None:
    replayed = ReplayedRows(rows([20] * 50), {"0", "1"}, 5.0, 1)
    counts = Counter(number for epoch in range(40) for number in drawn(replayed, epoch))
    assert counts.pop(0) == counts.pop(1) == 40
    assert set(counts) == set(range(2, 50))
    assert max(counts.values()) - min(counts.values()) <= 2


def test_seed_and_epoch_determine_the_rows() -> None:
    one, two, other = (ReplayedRows(rows([20] * 50), {"0"}, 6.0, seed) for seed in (1, 1, 2))
    drawn(two, 3)
    assert drawn(one, 7) == drawn(two, 7) != drawn(one, 8)
    assert drawn(one, 7) != drawn(other, 7)


def test_the_batches_of_an_epoch_keep_to_the_budget_whatever_is_drawn() -> None:
    sizes = [16 * (1 + number % 9) for number in range(80)]
    replayed = ReplayedRows(rows(sizes), {str(number) for number in range(5)}, 4.0, 3)
    batches = TokenBatches(replayed.sizes, 600, 3)
    true = rows(sizes).sizes
    for epoch in range(6):
        replayed.set_epoch(epoch)
        batches.set_epoch(epoch)
        for batch in batches:
            numbers = [replayed.number(place) for place in batch]
            padded = sum(true[each].windows for each in numbers) * max(true[each].length for each in numbers)
            assert padded <= 600 or len(batch) == 1
