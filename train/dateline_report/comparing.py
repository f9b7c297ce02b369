"""Two models on the same dispatches → what got better and worse, with paired intervals, and each case of it.

Paired bootstrap (Efron and Tibshirani 1993, chapters 8 and 13; for language processing Koehn 2004, "Statistical
Significance Tests for Machine Translation Evaluation"): both models are scored on the same drawings, and percentiles of
the difference bound its interval (`dateline_statistics.bootstrap`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from dateline_incidents.incidents import ROLES
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import score_clusters
from dateline_labels.scoring import Counts, score, total
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import Ratios, ratios_of

from .case_changes import changes

Figures = Mapping[str, Counts]
"""Counts of one dispatch or of many, by the key of their figure."""

_TITLES = {
    "spans.exact.micro.f1": "Spans, exact",
    "relations.strict.micro.f1": "Relations, strict",
    "relations.overlapping.micro.f1": "Relations, overlapping spans",
    "clusters.same_event.pairs.f1": "Mentions of one event, pairs",
}
SPANS, RELATIONS, OVERLAPPING, PAIRS = HEADLINE = tuple(_TITLES)


def compare(
    gold: Sequence[Dispatch],
    predicted: Sequence[Dispatch],
    other: Sequence[Dispatch],
    schema: Schema,
    sampling: Sampling,
) -> dict[str, Any]:
    """How `predicted` differs from `other`, both readings of `gold`, in points of F1 (per cent).

    A difference below 0 is a loss, `better` is the share of resamples (0 to 1) in which `predicted` is ahead, ties
    count half. `lost` are cases that `other` has right and `predicted` wrong, `won` the reverse.
    Raises ValueError where there is no dispatch, nothing is resampled, or ids or texts of the three differ.
    """
    if not gold or not sampling.resamples:
        raise ValueError("expected at least one dispatch to compare on, and one resample")
    ours = [_figures(true, found, schema) for true, found in zip(gold, predicted, strict=True)]
    theirs = [_figures(true, found, schema) for true, found in zip(gold, other, strict=True)]
    keys = list(ours[0])
    rows = dict(zip(keys, _rows(keys, ours, theirs, sampling), strict=True))
    lost, won = changes(gold, predicted, other)
    return {
        "headline": [{"key": key, "title": _TITLES[key], **rows[key]} for key in HEADLINE if key in rows],
        "spans": {label: rows[f"spans.exact.{label}.f1"] for label in schema.spans},
        "relations": {label: rows[f"relations.strict.{label}.f1"] for label in schema.relations},
        "lost": lost,
        "won": won,
    }


def _figures(gold: Dispatch, predicted: Dispatch, schema: Schema) -> Figures:
    """The counts of one dispatch by the key of the figure that they go into."""
    scores = score([gold], [predicted], schema)
    strict, overlapping = scores.relations["strict"], scores.relations["overlapping"]
    figures = {
        SPANS: total(scores.spans.values()),
        RELATIONS: total(strict.values()),
        OVERLAPPING: total(overlapping.values()),
        **{f"spans.exact.{label}.f1": scores.spans[label] for label in schema.spans},
        **{f"relations.strict.{label}.f1": strict[label] for label in schema.relations},
    }
    if ROLES.same_event in schema.relations:
        figures[PAIRS] = score_clusters([gold], [predicted], ROLES.same_event)
    return figures


def _rows(
    keys: Sequence[str], ours: Sequence[Figures], theirs: Sequence[Figures], sampling: Sampling
) -> Iterator[dict[str, Any]]:
    """Both values of each figure, their difference and its interval."""
    for key in keys:
        tables = [ratios_of(counts[key] for counts in figures) for figures in (ours, theirs)]
        value, other = (round(float(_f1(table.sum(axis=0))), 2) for table in tables)
        difference = round(value - other, 2)
        one, two = (_f1(sampling.sums(table)) for table in tables)  # (resamples,) each
        low, high = sampling.bounds(one - two) or (difference, difference)  # of one dispatch or story, none
        yield {
            "value": value,
            "other": other,
            "difference": difference,
            "low": round(low, 2),
            "high": round(high, 2),
            "better": round(float((one > two).mean() + (one == two).mean() / 2), 4),
            "support": int(tables[0][:, 3].sum()),
        }


def _f1(sums: Ratios) -> Ratios:
    """(…, 4) ratios of plain counts → (…,) F1 in per cent, 0 where nothing could be counted."""
    shares: Ratios = 100 * 2 * sums[..., 0] / np.maximum(sums[..., 1] + sums[..., 3], 1)
    return shares
