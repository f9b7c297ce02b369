"""Measures of coreference: those of scorch where it has them, the definition's own numbers where it has none."""

from collections.abc import Sequence

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_report.cluster_scores import Cluster, Row, b_cubed, ceaf_e, cluster_figures, lea
from dateline_statistics.bootstrap import Sampling
from disturbed_readings import SCHEMA, corpus, disturbed
from hypothesis import assume, given
from hypothesis import strategies as st

MENTIONS = st.dictionaries(st.integers(0, 12), st.integers(0, 5), max_size=12)
"""Mention → the number of its cluster."""


def clustering(of: dict[int, int]) -> list[Cluster]:
    groups: dict[int, set[tuple[str, bool]]] = {}
    for mention, cluster in of.items():
        groups.setdefault(cluster, set()).add((str(mention), True))
    return [frozenset(group) for group in groups.values()]


def named(*groups: str) -> list[Cluster]:
    return [frozenset((mention, True) for mention in group) for group in groups]


def shares(row: Row) -> tuple[float, float]:
    """Recall and precision."""
    return (row[2] / row[3] if row[3] else 0.0), (row[0] / row[1] if row[1] else 0.0)


@given(MENTIONS, MENTIONS)
def test_b_cubed_and_ceaf_are_those_of_scorch(gold: dict[int, int], predicted: dict[int, int]) -> None:
    from scorch import scores

    assume(set(gold) & set(predicted))  # where nothing is shared, scorch has no harmonic mean
    true, read = clustering(gold), clustering(predicted)
    assert shares(b_cubed(true, read)) == pytest.approx(scores.b_cubed(true, read)[:2])
    assert shares(ceaf_e(true, read)) == pytest.approx(scores.ceaf_e(true, read)[:2])


def test_lea_is_what_its_definition_says() -> None:
    """By hand: of abc one of three links is there, of defg one of six; of ab all, of cd none, of fghi one of six."""
    gold, predicted = named("abc", "defg"), named("ab", "cd", "fghi")
    recall, precision = shares(lea(gold, predicted))
    assert recall == pytest.approx((3 * 1 / 3 + 4 * 1 / 6) / 7)
    assert precision == pytest.approx((2 * 1 + 2 * 0 + 4 * 1 / 6) / 8)


def test_a_mention_alone_is_right_where_it_is_alone() -> None:
    assert shares(lea(named("a", "bc"), named("a", "b", "c"))) == pytest.approx((1 / 3, 1 / 3))
    assert shares(lea(named("a"), named("ab"))) == (0.0, 0.0)


@given(MENTIONS)
def test_what_is_read_as_gold_is_right(gold: dict[int, int]) -> None:
    true = clustering(gold)
    for measure in (b_cubed, ceaf_e, lea):
        assert shares(measure(true, list(reversed(true)))) == pytest.approx((1.0, 1.0) if gold else (0.0, 0.0))


def dispatch(ties: Sequence[tuple[str, str]], *, moved: int = 0) -> Dispatch:
    spans = tuple(Span(f"a{at}", "ATTACK", 10 * at + moved, 10 * at + 5, {}) for at in range(4))
    return Dispatch("d", "x" * 40, spans=spans, relations=tuple(Relation("same_event", *tie) for tie in ties))


def test_mentions_stand_for_those_they_overlap_and_alone_ones_count() -> None:
    gold = dispatch([("a0", "a1"), ("a1", "a2")])
    read = dispatch([("a2", "a0"), ("a1", "a0")], moved=2)
    figures = cluster_figures([gold], [read], SCHEMA, "same_event", Sampling.none(1))
    assert {name: row["f1"] for name, row in figures.items()} == dict.fromkeys(
        ("pairs", "b_cubed", "ceaf_e", "lea"), 100.0
    )
    apart = cluster_figures([gold], [dispatch([])], SCHEMA, "same_event", Sampling.none(1))
    assert apart["pairs"]["recall"] == 0.0
    assert apart["lea"]["recall"] == 25.0  # the one mention that is alone in gold too
    assert (apart["b_cubed"]["precision"], apart["b_cubed"]["recall"]) == (100.0, 50.0)


def test_a_mention_that_stands_for_none_is_right_nowhere() -> None:
    gold = Dispatch("d", "x" * 40, spans=(Span("a0", "ATTACK", 0, 5),))
    read = Dispatch("d", "x" * 40, spans=(Span("a0", "ATTACK", 10, 15),))
    figures = cluster_figures([gold], [read], SCHEMA, "same_event", Sampling.none(1))
    assert all(figures[name]["f1"] == 0.0 for name in ("b_cubed", "ceaf_e", "lea"))


def test_figures_have_intervals() -> None:
    gold = corpus()
    figures = cluster_figures(gold, disturbed(gold), SCHEMA, "same_event", Sampling.of(gold, 100, 13))
    for row in figures.values():
        assert row["low"] < row["f1"] < row["high"]
        assert row["gold"] > 0
