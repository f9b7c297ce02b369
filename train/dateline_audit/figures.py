"""Counts in the annotated documents of a sample → the estimates of a whole archive run as plain data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dateline_incidents.incidents import can_assemble
from dateline_labels import Schema

from .counts import INCIDENTS, SPANS, names, people_names
from .record import SampleRecord
from .stratified import Design, Estimate, Floats, corrected, share, unseen


@dataclass(frozen=True)
class Annotated:
    """The annotated documents: of which stratum each is, and by what is counted how much it holds."""

    design: Design
    gold: Sequence[Counter[str]]
    predicted: Sequence[Counter[str]]
    right: Sequence[Counter[str]]

    def column(self, name: str, counts: Sequence[Counter[str]]) -> Floats:
        """(documents,) how much each holds of what is counted under a name"""
        return np.array([each[name] for each in counts], dtype=np.float64)


def estimates(sample: SampleRecord, found: Annotated, schema: Schema, resamples: int, seed: int) -> dict[str, Any]:
    """All figures as plain data: shares and their intervals in per cent, counts as they are."""
    weights = found.design.replicates(resamples, seed)
    strata = range(len(sample.strata))
    parts = {"all": list(strata)}
    if len(sample.criteria) > 1:
        for criterion in sample.criteria:
            for value in sorted({stratum.values[criterion] for stratum in sample.strata}):
                parts[f"{criterion} {value}"] = [at for at in strata if sample.strata[at].values[criterion] == value]
    parts |= {sample.strata[at].name: [at] for at in strata}
    assembled = can_assemble(schema)
    return {
        "format": 1,
        "run": sample.fingerprint,
        "schema": f"{schema.name} {schema.version}",
        "rule": sample.rule.value,
        "drawn": {"documents": len(sample.documents), "seed": sample.seed, "allocation": sample.allocation.value},
        "uncertainty": {"level": 95, "resamples": resamples, "seed": seed},
        "left_out": sample.left_out,
        "parts": [_part(name, strata, sample, (found, weights), assembled, schema) for name, strata in parts.items()],
        "unseen": _unseen(sample, found, INCIDENTS if assembled else SPANS),
    }


def _part(
    name: str,
    strata: Sequence[int],
    sample: SampleRecord,
    annotated: tuple[Annotated, Floats],
    assembled: bool,
    schema: Schema,
) -> dict[str, Any]:
    """The figures of some strata together."""
    found, weights = annotated
    design, inside = found.design.part(strata)
    known: Counter[str] = Counter()
    for at in strata:
        known.update(sample.strata[at].predicted)
    drawn = weights[:, inside]
    figures: dict[str, Any] = {}
    for key in names(schema, assembled):
        gold, predicted, right = (
            found.column(key, counts)[inside] for counts in (found.gold, found.predicted, found.right)
        )
        figures[key] = {
            "predicted": known[key],
            "corrected": _number(corrected(design, known[key], gold, predicted, drawn)),
            "precision": _share(share(design, right, predicted, drawn)),
            "recall": _share(share(design, right, gold, drawn)),
            "f1": _share(share(design, 2 * right, gold + predicted, drawn)),
            "annotated": _tally(gold, predicted, right),
        }
    for key in people_names(assembled):
        gold, predicted = found.column(key, found.gold)[inside], found.column(key, found.predicted)[inside]
        figures[key] = {
            "predicted": known[key],
            "corrected": _number(corrected(design, known[key], gold, predicted, drawn)),
            "annotated": {"gold": int(gold.sum()), "predicted": int(predicted.sum())},
        }
    documents = {"documents": int(design.sizes.sum()), "annotated": int(inside.sum())}
    return {"name": name, "strata": len(strata), **documents, "figures": figures}


def _tally(gold: Floats, predicted: Floats, right: Floats) -> dict[str, int]:
    found = int(right.sum())
    return {"right": found, "spurious": int(predicted.sum()) - found, "missed": int(gold.sum()) - found}


def _share(estimate: Estimate | None) -> dict[str, Any] | None:
    return _rounded(estimate, 100) if estimate else None


def _number(estimate: Estimate) -> dict[str, Any]:
    return _rounded(estimate, 1)


def _rounded(estimate: Estimate, scale: int) -> dict[str, Any]:
    bounds = estimate.bootstrap
    return {
        **{name: _digits(getattr(estimate, name), scale) for name in ("value", "low", "high", "error")},
        "bootstrap": [_digits(bound, scale) for bound in bounds] if bounds else None,
    }


def _digits(value: float | None, scale: int) -> float | None:
    return None if value is None else round(scale * value, 2)


def _unseen(sample: SampleRecord, found: Annotated, name: str) -> list[dict[str, Any]]:
    """The strata in whose annotated documents nothing was missed, and what may be missed in them all the same."""
    missed = found.column(name, found.gold) - found.column(name, found.right)
    rows = []
    for at, stratum in enumerate(sample.strata):
        annotated = int(found.design.counts[at])
        most = unseen(annotated, stratum.documents)
        if most and not missed[found.design.stratum_of == at].any():
            at_most = {"share": round(100 * most, 2), "documents": round(most * stratum.documents)}
            rows.append({"stratum": stratum.name, "what": name, "annotated": annotated, "at_most": at_most})
    return rows
