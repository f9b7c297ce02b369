"""Spans after SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013): correct, incorrect, partial, missed and spurious.

Each gold span is paired with at most one predicted span that shares a character with it: equal ones first, then such
that as many pairs as possible have one label and, among these, as many characters as possible are shared. So the order
of the spans does not matter. What a pair counts as depends on the scheme:

    strict   correct where borders and label agree, else incorrect
    exact    correct where the borders agree, whatever the labels, else incorrect
    partial  correct where the borders agree, else partial, whatever the labels
    type     correct where the labels agree, whatever the borders, else incorrect

Precision is correct over what was predicted, recall over what is gold; partial ones count half. A pair counts under its
gold label, a spurious span under its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from dateline_labels import Dispatch, Span
from dateline_labels.scoring import span_key

from .bootstrap import Sampling
from .ratios import interval, percent

SCHEMES: Final = ("strict", "exact", "partial", "type")
_OUTCOMES: Final = ("correct", "incorrect", "partial", "missed", "spurious")
Pair = tuple[Span | None, Span | None]
"""A gold span and the predicted one that stands for it; None where there is none."""


def pair_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> list[Pair]:
    """Every gold and every predicted span of a dispatch, in pairs where they meet, whatever their labels."""
    left, right = sorted(gold, key=span_key), sorted(predicted, key=span_key)
    pairs: list[Pair] = []
    for is_same in (_same, _same_borders):
        for one in list(left):
            other = next((each for each in right if is_same(one, each)), None)
            if other is not None:
                pairs.append((one, other))
                left.remove(one)
                right.remove(other)
    met = _assigned(left, right)
    pairs += met
    pairs += [(one, None) for one in left if not any(one is each for each, _ in met)]
    pairs += [(None, other) for other in right if not any(other is each for _, each in met)]
    return pairs


def _same(one: Span, other: Span) -> bool:
    return span_key(one) == span_key(other)


def _same_borders(one: Span, other: Span) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _assigned(gold: Sequence[Span], predicted: Sequence[Span]) -> list[Pair]:
    """The pairs of the greatest sum of weights, among those that share a character."""
    shared = np.array(
        [[max(0, min(one.end, two.end) - max(one.start, two.start)) for two in predicted] for one in gold],
        dtype=np.float64,
    )
    if not shared.any():
        return []
    from scipy.optimize import linear_sum_assignment

    alike = np.array([[one.label == two.label for two in predicted] for one in gold])
    weights = shared + np.where(alike & (shared > 0), shared.sum() + 1, 0.0)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(gold[row], predicted[column]) for row, column in found if shared[row, column] > 0]


def outcome(pair: Pair, scheme: str) -> str:
    """What a pair counts as."""
    gold, predicted = pair
    if gold is None or predicted is None:
        return "missed" if predicted is None else "spurious"
    borders, label = _same_borders(gold, predicted), gold.label == predicted.label
    right = {"strict": borders and label, "exact": borders, "partial": borders, "type": label}[scheme]
    return "correct" if right else "partial" if scheme == "partial" else "incorrect"


def label_of(pair: Pair) -> str:
    """The label that a pair counts under."""
    span = pair[0] or pair[1]
    return span.label if span else ""


def paired(gold: Sequence[Dispatch], predicted: Sequence[Dispatch]) -> list[list[Pair]]:
    """The pairs of each dispatch."""
    return [pair_spans(one.spans, other.spans) for one, other in zip(gold, predicted, strict=True)]


def semeval_scores(pairs: Sequence[Sequence[Pair]], labels: Iterable[str], sampling: Sampling) -> dict[str, Any]:
    """For each scheme the figures of every label and of all together (`micro`)."""
    return {scheme: _scheme(pairs, scheme, labels, sampling) for scheme in SCHEMES}


def _scheme(
    pairs: Sequence[Sequence[Pair]], scheme: str, labels: Iterable[str], sampling: Sampling
) -> dict[str, dict[str, float]]:
    counts = [Counter((label_of(pair), outcome(pair, scheme)) for pair in row) for row in pairs]
    known = dict.fromkeys([*labels, *(label for row in counts for label, _ in row)])
    tables = {label: np.array([[row[label, each] for each in _OUTCOMES] for row in counts]) for label in known}
    everything = np.sum(list(tables.values()), axis=0)
    return {label: _figures(table, sampling) for label, table in {**tables, "micro": everything}.items()}


def _figures(table: Any, sampling: Sampling) -> dict[str, float]:
    """`table` (dispatches, outcomes) counts."""
    table = np.asarray(table, dtype=np.float64).reshape(-1, len(_OUTCOMES))
    correct, incorrect, partial, missed, spurious = table.T
    met = correct + incorrect + partial
    right = correct + 0.5 * partial
    ratios = np.stack([right, met + spurious, right, met + missed], axis=1)
    sums = ratios.sum(axis=0)
    both = sums[1] + sums[3]
    return {
        **{name: int(count) for name, count in zip(_OUTCOMES, table.sum(axis=0), strict=True)},
        "precision": percent(sums[0] / sums[1]) if sums[1] else 0.0,
        "recall": percent(sums[2] / sums[3]) if sums[3] else 0.0,
        "f1": percent(2 * sums[0] / both) if both else 0.0,
        **interval(ratios, sampling),
    }


def confusion(pairs: Sequence[Sequence[Pair]]) -> list[dict[str, Any]]:
    """How often a span of one label was read as one of another; "" is nothing: missed where predicted, spurious where
    gold.
    """
    counts = Counter(
        (gold.label if gold else "", predicted.label if predicted else "") for row in pairs for gold, predicted in row
    )
    return [{"gold": gold, "predicted": got, "count": count} for (gold, got), count in sorted(counts.items())]
