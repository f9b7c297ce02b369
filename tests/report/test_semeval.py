"""SemEval-2013 figures: what the schemes count, whatever the order, and those of nervaluate where both mean the same.

nervaluate takes ends for inclusive, so it is given them one lower, and it pairs spans greedily in the order they come
in, so it is given them in the order of the text. Where a chain of spans overlaps, they may still pair them otherwise.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from dateline_labels import Dispatch, Span
from dateline_report.semeval import SCHEMES, confusion, outcome, pair_spans, paired, semeval_scores
from dateline_statistics.bootstrap import Sampling
from disturbed_readings import SCHEMA, corpus, disturbed
from hypothesis import given
from hypothesis import strategies as st

LABELS = ("ATTACK", "ACTOR")
PLACES = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(LABELS)), max_size=12, unique_by=lambda each: each[0])
NERVALUATE = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}


def spans_of(places: Sequence[tuple[int, str]]) -> list[Span]:
    """Spans that do not overlap, between each two neighbouring places."""
    found = sorted(places)
    return [Span(f"s{one[0]}", one[1], one[0], two[0]) for one, two in pairwise(found)][::2]


def counts(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, Counter[str]]:
    pairs = pair_spans(gold, predicted)
    return {scheme: Counter(outcome(pair, scheme) for pair in pairs) for scheme in SCHEMES}


def theirs(gold: Sequence[Dispatch], predicted: Sequence[Dispatch]) -> dict[str, dict[str, Any]]:
    from nervaluate import Evaluator

    rows = [
        [
            [{"label": span.label, "start": span.start, "end": span.end - 1} for span in each.spans]
            for each in (replace(d, spans=tuple(sorted(d.spans, key=lambda s: s.start)), relations=()) for d in some)
        ]
        for some in (gold, predicted)
    ]
    found = Evaluator(*rows, tags=list(SCHEMA.spans), loader="dict").evaluate()
    return {"micro": found["overall"], **found["entities"]}


def test_figures_are_those_of_nervaluate() -> None:
    gold = corpus("roundups") + corpus("iraq")
    predicted = disturbed(gold)
    ours, by_them = semeval_scores(gold, predicted, SCHEMA.spans, Sampling.none(len(gold))), theirs(gold, predicted)
    for scheme, name in NERVALUATE.items():
        for label, row in ours[scheme].items():
            other = by_them[label][name]
            for kind in ("correct", "incorrect", "partial", "missed", "spurious"):
                assert row[kind] == getattr(other, kind), (scheme, label, kind)
            for share in ("precision", "recall", "f1"):
                assert row[share] == pytest.approx(100 * getattr(other, share), abs=0.01), (scheme, label, share)
    assert all(ours["strict"]["micro"][kind] > 20 for kind in ("correct", "incorrect", "missed"))


@given(PLACES, PLACES)
def test_whatever_the_spans_strict_and_exact_find_as_many_as_nervaluate(
    gold: list[tuple[int, str]], predicted: list[tuple[int, str]]
) -> None:
    one, other = (Dispatch("d", "x" * 41, spans=tuple(spans_of(each))) for each in (gold, predicted))
    ours, by_them = counts(one.spans, other.spans), theirs([one], [other])["micro"]
    for scheme in ("strict", "exact", "partial"):
        assert ours[scheme]["correct"] == by_them[NERVALUATE[scheme]].correct


@given(PLACES, PLACES, st.integers(0, 99))
def test_the_order_of_the_spans_does_not_matter_and_each_counts_once(
    gold: list[tuple[int, str]], predicted: list[tuple[int, str]], seed: int
) -> None:
    one, other = spans_of(gold), spans_of(predicted)
    found = counts(one, other)
    shuffled = random.Random(seed).sample(one, len(one)), random.Random(seed).sample(other, len(other))
    assert counts(*shuffled) == found
    for scheme, each in found.items():
        met = each["correct"] + each["incorrect"] + each["partial"]
        assert met + each["missed"] == len(one), scheme
        assert met + each["spurious"] == len(other), scheme


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        (Span("p", "ATTACK", 3, 9), ("correct", "correct", "correct", "correct")),
        (Span("p", "ACTOR", 3, 9), ("incorrect", "correct", "correct", "incorrect")),
        (Span("p", "ATTACK", 3, 8), ("incorrect", "incorrect", "partial", "correct")),
        (Span("p", "ACTOR", 8, 12), ("incorrect", "incorrect", "partial", "incorrect")),
    ],
)
def test_what_a_pair_counts_as(predicted: Span, expected: tuple[str, ...]) -> None:
    (pair,) = pair_spans([Span("g", "ATTACK", 3, 9)], [predicted])
    assert tuple(outcome(pair, scheme) for scheme in SCHEMES) == expected


def test_spans_that_only_touch_do_not_meet() -> None:
    found = counts([Span("g", "LOCATION", 0, 5)], [Span("p", "LOCATION", 5, 9)])
    assert all(each == Counter(missed=1, spurious=1) for each in found.values())


@pytest.mark.parametrize("order", [1, -1])
def test_equal_spans_meet_before_overlapping_ones(order: int) -> None:
    predicted = [Span("p", "LOCATION", 0, 4), Span("q", "LOCATION", 3, 9)][::order]
    assert counts([Span("g", "LOCATION", 3, 9)], predicted)["strict"] == Counter(correct=1, spurious=1)


def test_of_two_that_overlap_the_one_of_its_label_is_met() -> None:
    gold = [Span("g", "LOCATION", 0, 10), Span("h", "ACTOR", 12, 16)]
    found = counts(gold, [Span("p", "ACTOR", 3, 15)])
    assert found["type"] == Counter(correct=1, missed=1)


def test_the_confusion_holds_every_span() -> None:
    gold = corpus()
    predicted = disturbed(gold)
    table = confusion(paired(gold, predicted))
    for label in SCHEMA.spans:
        in_gold = sum(span.label == label for each in gold for span in each.spans)
        read = sum(span.label == label for each in predicted for span in each.spans)
        assert sum(row["count"] for row in table if row["gold"] == label) == in_gold
        assert sum(row["count"] for row in table if row["predicted"] == label) == read
    assert any(row["gold"] and row["predicted"] and row["gold"] != row["predicted"] for row in table)
