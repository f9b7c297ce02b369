"""Intervals: the same by the same seed, as a library makes them, over stories where dispatches tell one."""

from dataclasses import replace

import numpy as np
import pytest
from dateline_labels import Dispatch
from dateline_labels.scoring import Counts, score, total
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import counted_f, f1_of, interval, is_small, ratios_of, share_f
from disturbed_readings import SCHEMA, corpus, disturbed
from hypothesis import given
from hypothesis import strategies as st

COUNTS = st.builds(Counts, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))


def dispatches(count: int) -> list[Dispatch]:
    return [Dispatch(f"note-{number}", "A raid.") for number in range(count)]


def span_counts() -> list[Counts]:
    gold = corpus()
    return [total(score([one], [two], SCHEMA).spans.values()) for one, two in zip(gold, disturbed(gold), strict=True)]


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    counts = span_counts()
    once, again, other = (counted_f(counts, Sampling.of(dispatches(len(counts)), 500, seed)) for seed in (13, 13, 14))
    assert once == again
    assert (once["low"], once["high"]) != (other["low"], other["high"])
    assert once["low"] < once["f1"] < once["high"]


def test_intervals_are_those_of_scipy() -> None:
    """Both draw at random, so that they agree within what a thousand drawings leave open."""
    from scipy.stats import bootstrap

    counts = span_counts()
    rows = ratios_of(counts)
    ours = interval(rows, Sampling.of(dispatches(len(counts)), 4_000, 13))

    def f1(*columns: np.ndarray, axis: int) -> np.ndarray:
        return f1_of(np.stack([column.sum(axis=axis) for column in columns], axis=-1))

    theirs = bootstrap(
        tuple(rows.T), f1, paired=True, vectorized=True, n_resamples=4_000, method="percentile", rng=5
    ).confidence_interval
    assert ours["low"] == pytest.approx(100 * theirs.low, abs=0.3)
    assert ours["high"] == pytest.approx(100 * theirs.high, abs=0.3)


@given(st.lists(COUNTS, min_size=1, max_size=8), st.integers(0, 99))
def test_a_figure_is_that_of_the_sums_and_its_interval_holds_what_can_be_drawn(counts: list[Counts], seed: int) -> None:
    figures = counted_f(counts, Sampling.of(dispatches(len(counts)), 50, seed))
    assert figures["f1"] == round(100 * total(counts).f1, 2)
    alone = [100 * each.f1 for each in counts if each != Counts()]
    if not alone or len(counts) == 1:
        assert "low" not in figures
        return
    assert min(alone) - 0.01 <= figures["low"] <= figures["high"] <= max(alone) + 0.01


def test_one_dispatch_or_story_alone_has_no_interval() -> None:
    one_story = [replace(each, meta={"story": "one"}) for each in dispatches(3)]
    for told in (dispatches(1), one_story):
        assert "low" not in counted_f([Counts(3, 1, 0)] * len(told), Sampling.of(told, 50, 13))
    assert "low" in counted_f([Counts(3, 1, 0)] * 2, Sampling.of(dispatches(2), 50, 13))


def test_dispatches_of_one_story_are_drawn_together() -> None:
    told = [replace(each, meta={"story": "one" if at < 4 else "two"}) for at, each in enumerate(dispatches(8))]
    sampling = Sampling.of(told, 200, 13)
    assert sampling.facts() == {"resamples": 200, "seed": 13, "unit": "story", "level": 95}
    for drawn in sampling.weights.T:
        assert len(set(drawn[:4])) == len(set(drawn[4:])) == 1
        assert drawn[0] + drawn[4] == 2
    counts = [Counts(1, 0, 0)] * 4 + [Counts(0, 0, 1)] * 4
    wide, narrow = counted_f(counts, sampling), counted_f(counts, Sampling.of(dispatches(8), 200, 13))
    assert (wide["low"], wide["high"]) == (0.0, 100.0)
    assert narrow["low"] > 0.0


def test_a_dispatch_without_a_story_is_one_of_its_own_even_where_another_has_its_name() -> None:
    told = [*dispatches(2), replace(dispatches(3)[2], meta={"story": "note-0"})]
    weights = Sampling.of(told, 50, 13).weights
    assert not (weights[0] == weights[2]).all()
    assert (weights.sum(axis=0) == 3).all()


def test_a_story_is_what_a_split_takes_for_one() -> None:
    """However it is spelt, and a digest of two stories ties them."""
    told = ["Bomb_in Gao", "bomb in gao", "Other", ["other", "third"], ["Third"], None]
    rows = [replace(each, meta={"story": story}) for each, story in zip(dispatches(6), told, strict=True)]
    weights = Sampling.of(rows, 100, 13).weights
    assert (weights[0] == weights[1]).all()
    assert (weights[2] == weights[3]).all()
    assert (weights[2] == weights[4]).all()
    assert [len({tuple(row) for row in weights}), Sampling.of(rows, 100, 13).facts()["unit"]] == [3, "story"]


def test_without_drawings_there_is_no_interval() -> None:
    figures = counted_f([Counts(1, 1, 0)], Sampling.none(1))
    assert figures == {
        "precision": 50.0,
        "recall": 100.0,
        "f1": 66.67,
        "gold": 1,
        "right": 1,
        "spurious": 1,
        "missed": 0,
    }


def test_a_share_is_of_its_whole() -> None:
    figures = share_f([(1, 2), (0, 2)], Sampling.of(dispatches(2), 100, 13))
    assert figures == {"share": 25.0, "right": 1, "of": 4, "low": 0.0, "high": 50.0}
    assert share_f([], Sampling.none(0)) == {"share": 0.0, "right": 0, "of": 0}


@pytest.mark.parametrize(
    ("support", "among", "small"), [(29, 100, True), (30, 100, False), (500, 9, True), (500, 10, False)]
)
def test_few_gold_ones_or_few_dispatches_are_small(support: int, among: int, small: bool) -> None:
    assert is_small(support, among) is small
