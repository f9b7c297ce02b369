"""Stratified estimates against formulas written out, against a census, and by simulation: intervals hold the truth."""

import numpy as np
import pytest
from dateline_audit.stratified import Design, Floats, corrected, share, unseen
from hypothesis import given, settings
from hypothesis import strategies as st

SIZES = np.array([6_000, 1_200, 250])
DRAWN = np.array([90, 60, 30])
STRATUM = np.repeat(np.arange(3), DRAWN)
DESIGN = Design(SIZES, STRATUM)


def archive(seed: int) -> Floats:
    """An archive whose documents hold gold, right and predicted ones: (documents, 3), stratum by stratum.

    Most have little and it is missed; some have much, and how much differs from document to document.
    """
    random = np.random.default_rng(seed)
    rows = []
    for size, mean, found, spurious in zip(SIZES, (0.05, 1.2, 4.0), (0.1, 0.8, 0.75), (0.0, 0.2, 0.7), strict=True):
        gold = random.poisson(random.gamma(1.5, mean / 1.5, size))
        right = random.binomial(gold, found)
        rows.append(np.stack([gold, right, right + random.poisson(spurious, size)], axis=1))
    return np.concatenate(rows).astype(float)


def drawn(whole: Floats, random: np.random.Generator) -> Floats:
    begins = np.concatenate([[0], np.cumsum(SIZES)[:-1]])
    chosen = [
        begin + random.choice(size, count, replace=False)
        for begin, size, count in zip(begins, SIZES, DRAWN, strict=True)
    ]
    return whole[np.concatenate(chosen)]


def test_totals_and_their_variance_are_those_of_the_textbook() -> None:
    values = np.random.default_rng(1).poisson(2, len(STRATUM)).astype(float)
    total = variance = 0.0
    for at, size in enumerate(SIZES):
        own = values[at == STRATUM]
        total += size * own.mean()
        variance += size**2 * (1 - len(own) / size) * own.var(ddof=1) / len(own)
    assert DESIGN.total(values) == pytest.approx(total)
    assert DESIGN.variance(values)[0] == pytest.approx(variance)


@pytest.mark.parametrize("part", [[0, 1, 2], [1], [0, 2]])
def test_the_bootstrap_has_the_variance_of_the_formula(part: list[int]) -> None:
    values = np.random.default_rng(2).poisson(2, len(STRATUM)).astype(float)
    design, inside = DESIGN.part(part)
    weights = design.replicates(4_000, 3)
    assert weights.min() >= 0
    assert weights.sum(axis=1) == pytest.approx(np.full(4_000, SIZES[part].sum()))
    assert (weights @ values[inside]).var() == pytest.approx(design.variance(values[inside])[0], rel=0.08)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_a_census_has_no_error(counts: list[tuple[int, int]]) -> None:
    gold, predicted = np.array(counts, dtype=float).T
    right = np.minimum(gold, predicted)
    stratum = np.arange(len(counts)) % 2
    design = Design(np.bincount(stratum), stratum)
    weights = design.replicates(50, 0)
    found = corrected(design, float(predicted.sum()), gold, predicted, weights)
    assert (found.value, found.low, found.high, found.error) == pytest.approx((gold.sum(),) * 3 + (0,))
    recall = share(design, right, gold, weights)
    assert (recall is None) == (not gold.any())
    if recall:
        true = right.sum() / gold.sum()
        assert recall.bootstrap is not None
        assert (recall.low, recall.value, recall.high, *recall.bootstrap) == pytest.approx((true,) * 5)


def test_intervals_hold_the_truth_in_about_95_of_100_samples() -> None:
    """For precision, recall and the corrected count, by Student's t and by the bootstrap within strata."""
    whole = archive(7)
    known = float(whole[:, 2].sum())
    truth = {"precision": whole[:, 1].sum() / known, "recall": whole[:, 1].sum() / whole[:, 0].sum()}
    truth["corrected"] = whole[:, 0].sum()
    random, samples = np.random.default_rng(11), 2_000
    held = dict.fromkeys((*truth, *(f"{name}, bootstrap" for name in truth)), 0)
    weights = DESIGN.replicates(200, 5)
    for _ in range(samples):
        gold, right, predicted = drawn(whole, random).T
        found = {
            "precision": share(DESIGN, right, predicted, weights),
            "recall": share(DESIGN, right, gold, weights),
            "corrected": corrected(DESIGN, known, gold, predicted, weights),
        }
        for name, estimate in found.items():
            assert estimate is not None
            assert estimate.bootstrap is not None
            held[name] += estimate.low <= truth[name] <= estimate.high
            held[f"{name}, bootstrap"] += estimate.bootstrap[0] <= truth[name] <= estimate.bootstrap[1]
    shares = {name: count / samples for name, count in held.items()}
    assert all(0.93 <= shares[name] <= 0.97 for name in truth), shares
    assert all(0.915 <= shares[f"{name}, bootstrap"] <= 0.965 for name in truth), shares


def test_corrected_counts_have_no_bias_however_badly_the_model_reads() -> None:
    whole = archive(8)
    whole[:, 2] = np.random.default_rng(3).poisson(2, len(whole))  # reads at random
    random, known = np.random.default_rng(12), float(whole[:, 2].sum())
    weights = DESIGN.replicates(100, 1)
    values = [corrected(DESIGN, known, *drawn(whole, random)[:, [0, 2]].T, weights).value for _ in range(400)]
    error = np.std(values) / len(values) ** 0.5
    assert np.mean(values) == pytest.approx(whole[:, 0].sum(), abs=4 * error)


def test_where_the_sample_shows_no_exception_the_interval_is_that_of_clopper_and_pearson() -> None:
    ones = np.ones(len(STRATUM))
    found = share(DESIGN, ones, ones, DESIGN.replicates(100, 1))
    assert found is not None
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.025 ** (1 / 180))
    assert found.error is None
    none = share(DESIGN, 0 * ones, ones, DESIGN.replicates(100, 1))
    assert none is not None
    assert (none.low, none.value) == (0, 0)
    assert none.high == pytest.approx(1 - found.low)
    assert share(DESIGN, 0 * ones, 0 * ones, DESIGN.replicates(100, 1)) is None


@pytest.mark.parametrize(("right", "of"), [(1, 2), (1, 3), (2, 7)])
def test_the_share_of_one_document_is_not_taken_for_sure(right: int, of: int) -> None:
    part, whole = np.zeros(len(STRATUM)), np.zeros(len(STRATUM))
    part[5], whole[5] = right, of
    found = share(DESIGN, part, whole, DESIGN.replicates(100, 1))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.value == pytest.approx(right / of)
    assert found.low < 0.1 < found.value < 0.9 < found.high
    assert (found.error, found.bootstrap) == (None, None)
    part[6], whole[6] = right, of
    again = share(DESIGN, part, whole, DESIGN.replicates(100, 1))
    assert again is not None
    assert again.low is not None
    assert found.low < again.low < again.value


def test_a_sample_without_a_difference_gives_no_interval_of_the_count_and_a_census_an_exact_one() -> None:
    ones = np.ones(len(STRATUM))
    found = corrected(DESIGN, 900, ones, ones, DESIGN.replicates(100, 1))
    assert (found.value, found.low, found.high, found.error, found.bootstrap) == (900, None, None, None, None)
    whole = Design(DRAWN, STRATUM)
    found = corrected(whole, 180, ones, ones, whole.replicates(100, 1))
    assert (found.value, found.low, found.high, found.error) == (180, 180, 180, 0)


def test_what_a_sample_cannot_have_seen_is_about_three_in_its_size() -> None:
    assert unseen(300, 10**6) == pytest.approx(3 / 300, rel=0.01)
    assert unseen(20, 20) == 0
    # as many as that, and a sample without any of them is drawn one time in twenty
    assert (1 - unseen(50, 10**6)) ** 50 == pytest.approx(0.05)


@pytest.mark.parametrize(("sizes", "stratum"), [([9, 9], [0, 0, 1]), ([9, 9], [0, 0]), ([1, 2], [0, 0, 1, 1])])
def test_a_stratum_with_too_few_or_too_many_documents_is_refused(sizes: list[int], stratum: list[int]) -> None:
    with pytest.raises(ValueError, match="sampled documents, got"):
        Design(np.array(sizes), np.array(stratum))
