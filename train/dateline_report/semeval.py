"""Spans after SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013): correct, incorrect, partial, missed and spurious.

Each gold span is paired with at most one predicted span that shares a character with it: equal ones first, then such
that as many pairs as possible have one label and, among these, as many characters as possible are shared. So the order
of the spans does not matter. What a pair counts as depends on the scheme:

    strict   correct where borders and label agree, else incorrect
    exact    correct where the borders agree, whatever the labels, else incorrect
    partial  correct where the borders agree, else partial, whatever the labels
    type     correct where the labels agree, whatever the borders, else incorrect

Precision is correct over what was predicted, recall over what is gold; partial ones count half. The figures of a label
are of the spans of that label alone, those of all spans together (`micro`) are not their sum.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from dateline_labels import Dispatch, Span
from dateline_labels.scoring import span_key
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import interval, percent
from numpy.typing import NDArray

SCHEMES: Final = ("strict", "exact", "partial", "type")
_OUTCOMES: Final = ("correct", "incorrect", "partial", "missed", "spurious")
Pair = tuple[Span | None, Span | None]
"""A gold span and the predicted one that stands for it; None where there is none."""
_Paired = tuple[list[tuple[Span, Span]], list[Span], list[Span]]


def pair_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> list[Pair]:
    """Every gold and every predicted span of a dispatch, in pairs where they meet, whatever their labels."""
    left, right = sorted(gold, key=span_key), sorted(predicted, key=span_key)
    same, left, right = _equal(left, right, span_key)
    same_borders, left, right = _equal(left, right, _borders)
    overlapping, left, right = _overlapping(left, right)
    missed, spurious = [(one, None) for one in left], [(None, other) for other in right]
    return [*same, *same_borders, *overlapping, *missed, *spurious]


def _equal(gold: Sequence[Span], predicted: Sequence[Span], key: Callable[[Span], object]) -> _Paired:
    """The pairs of equal keys, and the spans that are left."""
    waiting: dict[object, list[Span]] = {}
    for span in predicted:
        waiting.setdefault(key(span), []).append(span)
    pairs, left = [], []
    for span in gold:
        others = waiting.get(key(span))
        if others:
            pairs.append((span, others.pop(0)))
        else:
            left.append(span)
    return pairs, left, sorted((span for spans in waiting.values() for span in spans), key=span_key)


def _borders(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _overlapping(gold: Sequence[Span], predicted: Sequence[Span]) -> _Paired:
    """The pairs of the greatest sum of weights among those that share a character, and the spans that are left."""
    shared = np.array(
        [[max(0, min(one.end, two.end) - max(one.start, two.start)) for two in predicted] for one in gold],
        dtype=np.float64,
    )
    if not shared.any():
        return [], list(gold), list(predicted)
    from scipy.optimize import linear_sum_assignment

    alike = np.array([[one.label == two.label for two in predicted] for one in gold])
    weights = shared + np.where(alike & (shared > 0), shared.sum() + 1, 0.0)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    met = [(row, column) for row, column in zip(rows.tolist(), columns.tolist(), strict=True) if shared[row, column]]
    ours, theirs = {row for row, _ in met}, {column for _, column in met}
    return (
        [(gold[row], predicted[column]) for row, column in met],
        [span for at, span in enumerate(gold) if at not in ours],
        [span for at, span in enumerate(predicted) if at not in theirs],
    )


def outcome(pair: Pair, scheme: str) -> str:
    """What a pair counts as."""
    gold, predicted = pair
    if gold is None or predicted is None:
        return "missed" if predicted is None else "spurious"
    borders, label = _borders(gold) == _borders(predicted), gold.label == predicted.label
    right = {"strict": borders and label, "exact": borders, "partial": borders, "type": label}[scheme]
    return "correct" if right else "partial" if scheme == "partial" else "incorrect"


def paired(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], label: str | None = None) -> list[list[Pair]]:
    """The pairs of each dispatch, among the spans of one label if it is given."""
    return [
        pair_spans(*([span for span in each.spans if label in (None, span.label)] for each in both))
        for both in zip(gold, predicted, strict=True)
    ]


def semeval_scores(
    gold: Sequence[Dispatch], predicted: Sequence[Dispatch], labels: Iterable[str], sampling: Sampling
) -> dict[str, Any]:
    """For each scheme the figures of every label, and as `micro` of all spans."""
    pairs = {**{label: paired(gold, predicted, label) for label in labels}, "micro": paired(gold, predicted)}
    return {
        scheme: {label: _figures(_counted(rows, scheme), sampling) for label, rows in pairs.items()}
        for scheme in SCHEMES
    }


def _counted(pairs: Sequence[Sequence[Pair]], scheme: str) -> NDArray[np.float64]:
    """(dispatches, outcomes) counts."""
    counts = [Counter(outcome(pair, scheme) for pair in row) for row in pairs]
    return np.array([[row[each] for each in _OUTCOMES] for row in counts], dtype=np.float64)


def _figures(table: NDArray[np.float64], sampling: Sampling) -> dict[str, float]:
    """The figures of counts (dispatches, outcomes)."""
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
