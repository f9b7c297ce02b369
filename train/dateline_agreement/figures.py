"""Shared dispatches → every figure of agreement, as plain data.

F1 is in per cent: of two annotators it is the same whichever is taken for the gold one. Alpha and kappa are from -1 to
1, 0 being what chance would give. A figure is None where there is nothing to judge. Intervals are of dispatches drawn
anew (`bootstrap`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dateline_labels import Schema
from dateline_labels.progress import with_progress
from dateline_labels.scoring import Counts, total
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.chance import Floats, alpha_of, chance_figure, collapsed, mean_of, resampled
from dateline_statistics.ratios import f1_of, interval, percent, ratios_of

from .attribute_kappas import kappas
from .pair_counts import MEASURES, Measured, pair_counts
from .shared_dispatches import Shared, SharedDispatch
from .token_values import token_table

FORMAT = 1
"""Of agreement.json."""
ALL = "micro"
"""The name of the figure of all labels together."""
Pair = tuple[str, str]
Figures = dict[str, dict[str, dict[str, Any]]]
"""Kind → measure → label → figure."""


@dataclass(frozen=True)
class Drawing:
    """How often dispatches are drawn anew for the intervals, and the seed."""

    resamples: int = 1_000
    seed: int = 13


def agreement(shared: Shared, schema: Schema | None, drawing: Drawing) -> dict[str, Any]:
    """Every figure: the pairs of annotators one by one and in the mean, then those of all annotators together."""
    dispatches = shared.dispatches
    sampling = Sampling.of([each.first for each in dispatches], drawing.resamples, drawing.seed)
    compared = with_progress(dispatches, len(dispatches), "Comparing")
    counted = list(zip(*([_counts(each, pair, schema) for pair in shared.pairs] for each in compared), strict=True))
    labels = _labels(counted, schema)
    columns = [_columns(rows, labels) for rows in counted]
    alpha, tokens = _alphas(dispatches, sampling)
    return {
        "format": FORMAT,
        "annotators": [_annotator(name, dispatches) for name in shared.annotators],
        "dispatches": len(dispatches),
        "tokens": tokens,
        "uncertainty": sampling.facts(),
        "mean": _nested((key, _mean([of_pair[key] for of_pair in columns], sampling)) for key in columns[0]),
        "alpha": alpha,
        "kappa": kappas(dispatches, shared.pairs, sampling),
        "pairs": [
            {
                "annotators": list(pair),
                "dispatches": sum(set(pair) <= each.by.keys() for each in dispatches),
                **_nested((key, _figure(counts, sampling)) for key, counts in of_pair.items()),
            }
            for pair, of_pair in zip(shared.pairs, columns, strict=True)
        ],
    }


def _annotator(name: str, dispatches: Sequence[SharedDispatch]) -> dict[str, Any]:
    own = [each.by[name] for each in dispatches if name in each.by]
    spans, relations = (sum(map(len, parts)) for parts in ([d.spans for d in own], [d.relations for d in own]))
    return {"name": name, "dispatches": len(own), "spans": spans, "relations": relations}


def _counts(shared: SharedDispatch, pair: Pair, schema: Schema | None) -> Measured:
    """The counts of the pair; none where the dispatch is not of both."""
    if not set(pair) <= shared.by.keys():
        return {}
    return pair_counts(shared.by[pair[0]], shared.by[pair[1]], schema)


def _labels(counted: Sequence[Sequence[Measured]], schema: Schema | None) -> dict[tuple[str, str], list[str]]:
    """(kind, measure) → the labels of its figures: those of the schema in its order, then others, then all together."""
    known = {"spans": schema.span_labels, "relations": schema.relation_labels} if schema else {}
    found: dict[tuple[str, str], list[str]] = {}
    for kind, measure in MEASURES:
        occur = {label for rows in counted for row in rows for label in row.get((kind, measure), {})}
        first = [label for label in known.get(kind, ()) if label in occur]
        found[kind, measure] = [*first, *sorted(occur - set(first)), ALL]
    return found


def _columns(
    rows: Sequence[Measured], labels: dict[tuple[str, str], list[str]]
) -> dict[tuple[str, str, str], list[Counts]]:
    """(kind, measure, label) → the counts of each dispatch."""
    return {
        (*key, label): [
            total(row.get(key, {}).values()) if label == ALL else row.get(key, {}).get(label, Counts()) for row in rows
        ]
        for key, names in labels.items()
        for label in names
    }


def _figure(counts: Sequence[Counts], sampling: Sampling) -> dict[str, Any]:
    """F1 with the counts it comes from."""
    whole = total(counts)
    return {
        "f1": percent(whole.f1) if whole != Counts() else None,
        "both": whole.right,
        "only_first": whole.missed,
        "only_second": whole.spurious,
        **interval(ratios_of(counts), sampling),
    }


def _mean(pairs: Sequence[Sequence[Counts]], sampling: Sampling) -> dict[str, Any]:
    """The mean F1 of the pairs that have anything to judge."""
    ratios = [ratios_of(counts) for counts in pairs]
    whole = float(mean_of(np.array([f1_of(each.sum(axis=0)) for each in ratios])))
    bounds = sampling.bounds(mean_of(np.stack([f1_of(sampling.sums(each)) for each in ratios])))
    figure = {"f1": None if np.isnan(whole) else percent(whole)}
    return {**figure, "low": percent(bounds[0]), "high": percent(bounds[1])} if bounds else figure


def _alphas(dispatches: Sequence[SharedDispatch], sampling: Sampling) -> tuple[dict[str, Any], int]:
    """Krippendorff's alpha over the tokens, and how many there are: of all labels, of all with where spans begin
    (`borders`), and of each label against everything else.
    """
    plain, with_borders = token_table(dispatches, borders=False), token_table(dispatches, borders=True)
    labels = sorted({label for value in plain.values for label, _ in value})
    alphas = {
        ALL: _alpha(plain.tables, sampling),
        "borders": _alpha(with_borders.tables, sampling),
        "labels": {label: _alpha(collapsed(plain.tables, plain.having(label)), sampling) for label in labels},
    }
    return alphas, plain.tokens


def _alpha(tables: Floats, sampling: Sampling) -> dict[str, Any]:
    return chance_figure("alpha", alpha_of(tables.sum(axis=0)), alpha_of(resampled(tables, sampling)), sampling)


def _nested(figures: Iterator[tuple[tuple[str, str, str], dict[str, Any]]]) -> Figures:
    nested: Figures = {}
    for (kind, measure, label), figure in figures:
        nested.setdefault(kind, {}).setdefault(measure, {})[label] = figure
    return nested
