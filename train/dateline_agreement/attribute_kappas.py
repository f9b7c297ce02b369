"""Attributes, on the spans that annotators marked alike: Cohen's kappa of two of them, Fleiss' of more.

An attribute that any span of a label has is judged on all spans of that label; one without it has the value "". Cohen's
kappas are averaged over the pairs; Fleiss' is of the spans that every annotator marked alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dateline_labels import Span
from dateline_labels.scoring import span_key
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.chance import Floats, chance_figure, cohen_of, fleiss_of, fleiss_row, mean_of, resampled
from dateline_statistics.ratios import percent

from .shared_dispatches import SharedDispatch

Pair = tuple[str, str]
Judged = Mapping[str, str]
"""Annotator → the value they gave."""


def kappas(dispatches: Sequence[SharedDispatch], pairs: Sequence[Pair], sampling: Sampling) -> dict[str, Any]:
    """`LABEL.attribute` → kappas, the share of equal values in per cent and how often two annotators judged."""
    attributes = _attributes(dispatches)
    rows = [_judgements(each, attributes) for each in dispatches]
    names = sorted({name for row in rows for name in row})
    annotators = list(dict.fromkeys(name for each in dispatches for name in each.by))
    return {name: _kappas([row.get(name, []) for row in rows], annotators, pairs, sampling) for name in names}


def _attributes(dispatches: Sequence[SharedDispatch]) -> dict[str, list[str]]:
    """Label → the attributes that anybody gave a span of it."""
    found: dict[str, set[str]] = {}
    for span in (span for each in dispatches for dispatch in each.by.values() for span in dispatch.spans):
        found.setdefault(span.label, set()).update(span.attributes)
    return {label: sorted(names) for label, names in found.items()}


def _judgements(shared: SharedDispatch, attributes: Mapping[str, Sequence[str]]) -> dict[str, list[Judged]]:
    """`LABEL.attribute` → for each span that two annotators or more marked alike, what they said of it."""
    by_key: dict[tuple[int, int, str], dict[str, Span]] = {}
    for who, dispatch in shared.by.items():
        for span in dispatch.spans:
            by_key.setdefault(span_key(span), {})[who] = span
    found: dict[str, list[Judged]] = {}
    for (_, _, label), spans in sorted(by_key.items()):
        for name in attributes[label] if len(spans) > 1 else ():
            judged = {who: span.attributes.get(name, "") for who, span in spans.items()}
            found.setdefault(f"{label}.{name}", []).append(judged)
    return found


def _kappas(
    rows: Sequence[Sequence[Judged]], annotators: Sequence[str], pairs: Sequence[Pair], sampling: Sampling
) -> dict[str, Any]:
    values = sorted({value for row in rows for judged in row for value in judged.values()})
    tables = np.stack([_table(rows, pair, values) for pair in pairs])  # (pairs, dispatches, values, values)
    whole = tables.sum(axis=1)
    drawn = np.stack([resampled(table, sampling) for table in tables])
    judged = int(whole.sum())
    same = float(np.trace(whole, axis1=-2, axis2=-1).sum())
    cohen = chance_figure("cohen", mean_of(cohen_of(whole)), mean_of(cohen_of(drawn)), sampling)
    return {
        **cohen,
        "same": percent(same / judged) if judged else None,
        "judged": judged,
        **({"fleiss": _fleiss(rows, annotators, values, sampling)} if len(annotators) > 2 else {}),
    }


def _table(rows: Sequence[Sequence[Judged]], pair: Pair, values: Sequence[str]) -> Floats:
    """(dispatches, values, values): how often the first of the pair gave one value and the second another."""
    number = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(rows), len(values), len(values)))
    for at, row in enumerate(rows):
        for judged in row:
            if set(pair) <= judged.keys():
                table[at, number[judged[pair[0]]], number[judged[pair[1]]]] += 1
    return table


def _fleiss(
    rows: Sequence[Sequence[Judged]], annotators: Sequence[str], values: Sequence[str], sampling: Sampling
) -> dict[str, Any]:
    whole = [[judged for judged in row if len(judged) == len(annotators)] for row in rows]
    counted = [[np.array([list(judged.values()).count(value) for value in values]) for judged in row] for row in whole]
    table = np.stack([fleiss_row(row, len(values)) for row in counted])
    figure = chance_figure("kappa", fleiss_of(table.sum(axis=0)), fleiss_of(sampling.sums(table)), sampling)
    return {**figure, "judged": sum(map(len, whole))}
