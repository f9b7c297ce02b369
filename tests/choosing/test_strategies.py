"""Which of the pool are chosen: by doubt, far apart, both, or by chance."""

import numpy as np
import pytest
from dateline_choosing.doubt import Doubt
from dateline_choosing.pool import Candidate
from dateline_choosing.rarity import LabelCounts, Weights
from dateline_choosing.spreading import Floats, directions, spread
from dateline_choosing.strategies import Choosing, Chosen, Per, Strategy, choose
from dateline_labels import Dispatch, InputError, Schema
from dateline_labels.schema import SpanType

SCHEMA = Schema("small", "1", {"ATTACK": SpanType(), "ACTOR": SpanType()})
EVEN = Weights.of(LabelCounts(), SCHEMA)
NOTHING: Floats = np.zeros((0, 4))


def candidates(doubts: list[float], words: int = 100) -> list[Candidate]:
    return [
        Candidate(number, Dispatch(f"d{number}", "x"), Doubt({"ATTACK": doubt}, {}, (), words), None)
        for number, doubt in enumerate(doubts)
    ]


def clusters(sizes: list[int], seed: int = 3) -> Floats:
    """Vectors close around as many directions as there are sizes."""
    random = np.random.default_rng(seed)
    middles = np.eye(4)[: len(sizes)] * 10
    return np.concatenate([middle + random.normal(scale=0.1, size=(size, 4)) for middle, size in zip(middles, sizes)])  # noqa: B905


def numbers(chosen: list[Chosen]) -> list[int]:
    return [each.candidate.number for each in chosen]


def test_uncertainty_takes_the_most_doubtful_in_order() -> None:
    choosing = Choosing(2, Strategy.UNCERTAINTY)
    chosen = choose(candidates([0.1, 3.0, 0.2, 2.0]), NOTHING, NOTHING, EVEN, choosing)
    assert numbers(chosen) == [1, 3]
    assert [each.worth for each in chosen] == [3.0, 2.0]


def test_counted_by_words_a_short_dispatch_may_come_first_but_none_is_shorter_than_a_hundred() -> None:
    short, long = candidates([1.0], 100)[0], candidates([3.0], 600)[0]
    assert Choosing(per=Per.DISPATCH).worth(long.doubt, EVEN) > Choosing(per=Per.DISPATCH).worth(short.doubt, EVEN)
    assert Choosing(per=Per.WORDS).worth(long.doubt, EVEN) == pytest.approx(0.5)
    assert Choosing(per=Per.WORDS).worth(short.doubt, EVEN) == pytest.approx(1.0)
    assert Choosing(per=Per.WORDS).worth(candidates([1.0], 5)[0].doubt, EVEN) == pytest.approx(1.0)


def test_a_doubt_about_a_rare_label_comes_before_an_equal_one() -> None:
    weights = Weights({"ATTACK": 0.5, "ACTOR": 3.0}, {})
    rare = Candidate(9, Dispatch("r", "x"), Doubt({"ACTOR": 1.0}, {}, (), 10), None)
    chosen = choose([*candidates([1.0, 1.5]), rare], NOTHING, NOTHING, weights, Choosing(2, Strategy.UNCERTAINTY))
    assert numbers(chosen) == [9, 1]


def test_random_takes_the_pool_in_its_order() -> None:
    assert numbers(choose(candidates([1, 9, 5]), NOTHING, NOTHING, EVEN, Choosing(2, Strategy.RANDOM))) == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_diverse_takes_one_of_each_cluster_and_says_how_many_it_stands_for(seed: int) -> None:
    sizes = [30, 5, 12]
    chosen = choose(candidates([1.0] * 47), clusters(sizes), NOTHING, EVEN, Choosing(3, Strategy.DIVERSE, seed=seed))
    bounds = np.cumsum([0, *sizes])
    found = {
        int(np.searchsorted(bounds, number, side="right")) - 1: chosen[at] for at, number in enumerate(numbers(chosen))
    }
    assert {cluster: each.stands_for for cluster, each in found.items()} == {0: 30, 1: 5, 2: 12}


@pytest.mark.parametrize("seed", range(5))
def test_clusters_that_are_annotated_already_come_last(seed: int) -> None:
    vectors = clusters([20, 20, 20])
    taken = clusters([3, 3, 3], 4)[:6]  # of the first two clusters
    chosen = choose(candidates([1.0] * 60), vectors, taken, EVEN, Choosing(1, Strategy.DIVERSE, seed=seed))
    assert numbers(chosen)[0] >= 40


def test_mixed_leaves_alone_what_is_certain_and_spreads_over_the_rest() -> None:
    doubts = [2.0] * 5 + [0.0] * 20 + [1.0] * 5
    chosen = choose(candidates(doubts), clusters([5, 20, 5]), NOTHING, EVEN, Choosing(2, Strategy.MIXED))
    first, second = numbers(chosen)
    assert first < 5
    assert second >= 25


@pytest.mark.parametrize("strategy", list(Strategy))
def test_the_same_seed_chooses_the_same_and_all_where_there_are_no_more(strategy: Strategy) -> None:
    doubts = np.random.default_rng(1).random(30).tolist()
    twice = [
        numbers(choose(candidates(doubts), clusters([10, 10, 10]), NOTHING, EVEN, Choosing(7, strategy, seed=2)))
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) == 7
    everything = choose(candidates(doubts), clusters([10, 10, 10]), NOTHING, EVEN, Choosing(50, strategy))
    assert sorted(numbers(everything)) == list(range(30))
    assert choose([], np.zeros((0, 4)), NOTHING, EVEN, Choosing(5, strategy)) == []


def test_equal_vectors_that_promise_nothing_are_drawn_all_the_same() -> None:
    drawn, sizes = spread(np.ones((4, 2)), np.zeros(4), 3, np.ones((1, 2)), np.random.default_rng(0))
    assert len(set(drawn)) == 3
    assert sum(sizes) == 4


def test_directions_have_length_one_but_for_the_centre() -> None:
    found = directions(np.array([[3.0, 0.0], [1.0, 1.0], [1.0, -5.0]]), np.array([1.0, 1.0]))
    assert np.linalg.norm(found, axis=1).tolist() == pytest.approx([1.0, 0.0, 1.0])


def test_a_pool_that_is_smaller_than_what_is_chosen_is_refused() -> None:
    with pytest.raises(InputError, match="pool: expected at least as many candidates as are chosen, 50, got 20"):
        Choosing(50, pool=20)
