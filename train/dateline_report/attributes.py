"""Attributes, on the spans found exactly: accuracy, and the figures of each value with their mean (macro)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dateline_labels.scoring import Counts, Scores
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import counted_f, interval, percent, shares_of

Confusion = Mapping[tuple[str, str], int]
"""(gold, predicted) value → how many."""


def attribute_figures(scores: Sequence[Scores], sampling: Sampling) -> dict[str, Any]:
    """`LABEL.attribute` → its figures, from the scores of each dispatch."""
    names = dict.fromkeys(name for each in scores for name in each.attributes)
    return {name: _attribute([each.attributes.get(name, {}) for each in scores], sampling) for name in names}


def _attribute(rows: Sequence[Confusion], sampling: Sampling) -> dict[str, Any]:
    confusion: Counter[tuple[str, str]] = Counter()
    for row in rows:
        confusion.update(row)
    values = sorted({value for pair in confusion for value in pair if value})
    by_value = {value: counted_f([_counts(row, value) for row in rows], sampling) for value in values}
    pairs = [(_right(row), sum(row.values())) for row in rows]
    judged, right = sum(confusion.values()), _right(confusion)
    f1s = [figures["f1"] for figures in by_value.values()]
    return {
        "accuracy": percent(right / judged) if judged else 0.0,
        **interval(shares_of(pairs), sampling),
        "macro_f1": round(sum(f1s) / len(f1s), 2) if f1s else 0.0,
        "judged": judged,
        "values": by_value,
        "confusion": [
            {"gold": true, "predicted": got, "count": count} for (true, got), count in sorted(confusion.items())
        ],
    }


def _right(row: Confusion) -> int:
    return sum(count for (true, got), count in row.items() if true == got)


def _counts(row: Confusion, value: str) -> Counts:
    right = row.get((value, value), 0)
    predicted = sum(count for (_, got), count in row.items() if got == value)
    gold = sum(count for (true, _), count in row.items() if true == value)
    return Counts(right, predicted - right, gold - right)
