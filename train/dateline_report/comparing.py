"""Two models on the same dispatches → what got better and worse, with paired intervals, and each case of it.

Paired bootstrap (Efron and Tibshirani 1993, chapters 8 and 13; for language processing Koehn 2004, "Statistical
Significance Tests for Machine Translation Evaluation"): units are drawn with replacement, both models are scored on the
same draw, and the 2.5th and 97.5th percentiles of the difference bound its interval. A unit is a dispatch, or a story
where dispatches that are copies of one are named as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from dateline_incidents.incidents import ROLES
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import score_clusters
from dateline_labels.scoring import Counts, score, total
from numpy.typing import NDArray

from .case_changes import changes

Floats = NDArray[np.float64]
Figures = Mapping[str, Counts]
"""Counts of one dispatch or of many, by the key of their figure."""

_PERCENTILES = (2.5, 97.5)
_AT_ONCE = 100  # resamples
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
    seed: int,
    resamples: int,
    units: Sequence[int] | None = None,
) -> dict[str, Any]:
    """How `predicted` differs from `other`, both readings of `gold`, in points of F1 (per cent).

    `units` are the numbers of the unit that each dispatch is drawn with, from 0; each its own if not given. A
    difference below 0 is a loss, `better` is the share of resamples (0 to 1) in which `predicted` is ahead, ties count
    half. `lost` are cases that `other` has right and `predicted` wrong, `won` the reverse.
    Raises ValueError where there is no dispatch, or ids or texts of the three differ.
    """
    if not gold:
        raise ValueError("expected at least one dispatch to compare on")
    ours = [_figures(true, found, schema) for true, found in zip(gold, predicted, strict=True)]
    theirs = [_figures(true, found, schema) for true, found in zip(gold, other, strict=True)]
    keys = list(ours[0])
    numbers = list(range(len(gold))) if units is None else list(units)
    rows = dict(zip(keys, _rows(keys, (ours, theirs), numbers, (seed, resamples)), strict=True))
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
    keys: Sequence[str],
    both: tuple[Sequence[Figures], Sequence[Figures]],
    units: Sequence[int],
    drawing: tuple[int, int],
) -> Iterator[dict[str, Any]]:
    """Both values of each figure, their difference and its interval."""
    ours, theirs = (_by_unit(keys, figures, units) for figures in both)
    values = [_f1(table.sum(axis=0)) for table in (ours, theirs)]
    differences = np.concatenate(list(_resampled(ours, theirs, *drawing)))
    low, high = np.percentile(differences, _PERCENTILES, axis=0)
    better = (differences > 0).mean(axis=0) + (differences == 0).mean(axis=0) / 2
    for number, _ in enumerate(keys):
        value, other = (round(float(each[number]), 2) for each in values)
        yield {
            "value": value,
            "other": other,
            "difference": round(value - other, 2),
            "low": round(float(low[number]), 2),
            "high": round(float(high[number]), 2),
            "better": round(float(better[number]), 4),
            "support": int(ours[:, number, 0].sum() + ours[:, number, 2].sum()),
        }


def _by_unit(keys: Sequence[str], figures: Sequence[Figures], units: Sequence[int]) -> Floats:
    """(units, figures, right spurious missed)"""
    table = np.zeros((max(units) + 1, len(keys), 3))
    for unit, counts in zip(units, figures, strict=True):
        table[unit] += [[counts[key].right, counts[key].spurious, counts[key].missed] for key in keys]
    return table


def _resampled(ours: Floats, theirs: Floats, seed: int, resamples: int) -> Iterator[Floats]:
    """The differences of F1, some resamples at once: (resamples, figures)"""
    random = np.random.default_rng(seed)
    units = len(ours)
    chances = np.full(units, 1 / units)
    for begin in range(0, resamples, _AT_ONCE):
        drawn = random.multinomial(units, chances, min(_AT_ONCE, resamples - begin)).astype(float)
        yield _f1(np.tensordot(drawn, ours, axes=1)) - _f1(np.tensordot(drawn, theirs, axes=1))


def _f1(counts: Floats) -> Floats:
    """(…, right spurious missed) → per cent, 0 where nothing could be counted"""
    right, spurious, missed = np.moveaxis(counts, -1, 0)
    shares: Floats = 100 * 2 * right / np.maximum(2 * right + spurious + missed, 1)
    return shares
