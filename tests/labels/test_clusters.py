import random
from dataclasses import replace
from itertools import combinations

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.clusters import clusters, score_clusters
from dateline_labels.scoring import Counts
from hypothesis import given
from hypothesis import strategies as st

TEXT = "bombing blast attack raid clash"
WORDS = TEXT.split()


def dispatch(*links: str, words: list[str] = WORDS) -> Dispatch:
    """One span a word, its id the first letters; a link is `raid-clash`."""
    spans = tuple(Span(word, "ATTACK", TEXT.index(word), TEXT.index(word) + len(word)) for word in words)
    relations = tuple(Relation("same", *link.split("-")) for link in links)
    return Dispatch("d", TEXT, spans=spans, relations=relations)


def pairwise(gold: Dispatch, predicted: Dispatch) -> Counts:
    return score_clusters([gold], [predicted], "same")


def test_neither_the_direction_nor_the_chosen_links_count() -> None:
    chain = dispatch("blast-bombing", "attack-blast")
    star = dispatch("attack-bombing", "attack-blast")
    assert pairwise(chain, star) == pairwise(star, chain) == Counts(right=3)


def test_a_missing_link_splits_a_cluster_and_loses_its_pairs() -> None:
    gold = dispatch("blast-bombing", "attack-blast", "raid-attack")
    assert pairwise(gold, dispatch("blast-bombing", "raid-attack")) == Counts(right=2, missed=4)
    assert pairwise(gold, dispatch()) == Counts(missed=6)


def test_a_link_between_two_events_makes_one_of_them() -> None:
    gold = dispatch("blast-bombing", "raid-attack")
    counts = pairwise(gold, dispatch("blast-bombing", "raid-attack", "attack-bombing"))
    assert counts == Counts(right=2, spurious=4)
    assert (counts.precision, counts.recall, counts.f1) == (pytest.approx(1 / 3), 1.0, pytest.approx(0.5))


def test_a_mention_with_shifted_borders_is_the_same_mention() -> None:
    gold = dispatch("blast-bombing")
    shifted = Span("p", "ATTACK", 0, TEXT.index("blast") - 3)
    predicted = replace(gold, spans=(shifted, *gold.spans[1:]), relations=(Relation("same", "p", "blast"),))
    assert pairwise(gold, predicted) == Counts(right=1)


def test_a_mention_that_is_none_makes_its_pairs_spurious_even_under_the_id_of_a_gold_one() -> None:
    gold = dispatch("blast-bombing", words=["bombing", "blast"])
    stray = Span("bombing", "ATTACK", TEXT.index("raid"), TEXT.index("raid") + 4)
    predicted = replace(gold, spans=(stray, gold.spans[1]), relations=(Relation("same", "bombing", "blast"),))
    assert pairwise(gold, predicted) == Counts(spurious=1, missed=1)


def test_mentions_that_are_matched_to_none_are_each_their_own() -> None:
    """Three that gold has not make three pairs, all spurious."""
    predicted = replace(dispatch(), spans=tuple(Span(f"x{at}", "PLACE", at, at + 1) for at in range(3)))
    predicted = replace(predicted, relations=(Relation("same", "x0", "x1"), Relation("same", "x1", "x2")))
    assert score_clusters([replace(dispatch(), spans=())], [predicted], "same") == Counts(spurious=3)


def test_other_relations_do_not_tie() -> None:
    assert score_clusters([dispatch("blast-bombing")], [dispatch("blast-bombing")], "within") == Counts()


def test_dispatches_are_counted_one_by_one() -> None:
    gold = [dispatch("blast-bombing"), dispatch("raid-clash")]
    assert score_clusters(gold, [gold[0], dispatch()], "same") == Counts(right=1, missed=1)


numbers = st.integers(0, 12).map(str)
pairs = st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]), max_size=20)


@given(pairs, st.randoms(use_true_random=False))
def test_clusters_are_the_closure_whatever_the_order(links: list[tuple[str, str]], source: random.Random) -> None:
    found = clusters(links)
    members = [member for cluster in found for member in cluster]
    assert sorted(members) == sorted({end for link in links for end in link})
    together = {frozenset(pair) for cluster in found for pair in combinations(cluster, 2)}
    closure = {frozenset(link) for link in links}
    while True:
        wider = closure | {a ^ b for a in closure for b in closure if len(a & b) == 1}
        if wider == closure:
            break
        closure = wider
    assert together == closure
    turned = [link[::-1] for link in links]
    source.shuffle(turned)
    assert clusters(turned) == found
