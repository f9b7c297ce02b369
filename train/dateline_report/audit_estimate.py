"""`dateline audit estimate`: an annotated sample of an archive run → how right the run is, how much there really is."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from dateline_infer.incident_runs import lookups_of
from dateline_infer.incidents import can_assemble
from dateline_infer.records import Lookups, records
from dateline_labels import Dispatch, InputError, Place, Schema, read_dispatches
from dateline_labels.files import write_atomically

from .audit_counts import INCIDENTS, SPANS, Read, count_read, count_right, names, people_names
from .audit_page import page
from .audit_record import SampleRecord, read_sample
from .audit_run import ArchiveRun, predictions
from .audit_sample import digest
from .stratified import Design, Estimate, Floats, corrected, share, unseen

ESTIMATE, PAGE = "estimate.json", "estimate.md"


@dataclass(frozen=True)
class Auditing:
    """What an estimate is made with.

    schema      the annotations' and the run's
    actors      the table of actors that the run was made with, None: the one that comes with Dateline
    partial     whether documents that were not annotated are passed over, as if they had not been drawn
    """

    schema: Schema
    actors: Path | None = None
    partial: bool = False
    resamples: int = 2_000
    seed: int = 0


@dataclass(frozen=True)
class _Annotated:
    """The annotated documents: of which stratum each is, and by what is counted how much it holds."""

    design: Design
    gold: Sequence[Counter[str]]
    predicted: Sequence[Counter[str]]
    right: Sequence[Counter[str]]

    def column(self, name: str, counts: Sequence[Counter[str]]) -> Floats:
        return np.array([each[name] for each in counts], dtype=np.float64)


def run_estimate(folder: Path, sample_path: Path, annotated: Sequence[Path], out: Path, auditing: Auditing) -> str:
    """Write `estimate.json` and `estimate.md` into the folder `out`; gives the page.

    Raises InputError where the sample is of another run, or the annotations are not of its documents and their texts.
    """
    archive = ArchiveRun.open(folder)
    sample = read_sample(sample_path)
    if sample.fingerprint != archive.fingerprint:
        raise InputError(Place(str(sample_path)), "fingerprint", f"is a sample of another run than {folder}")
    _check_actors(archive, auditing.actors)
    gold = _checked(sample, read_dispatches(annotated, auditing.schema), annotated, auditing.partial)
    found = _counted(archive, sample, gold, auditing, Place(str(sample_path)))
    estimates = _estimates(sample, found, auditing)
    shown = page(estimates)
    write_atomically(out / ESTIMATE, (json.dumps(estimates, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    write_atomically(out / PAGE, shown.encode("utf-8"))
    return shown


def _check_actors(archive: ArchiveRun, actors: Path | None) -> None:
    """Raises InputError where the run looked actors up in another table."""
    given = sha256(actors.read_bytes()).hexdigest() if actors else None
    expected = archive.run["lookups"]["actors"]
    if given != expected:
        table = f"with the SHA-256 {expected}" if expected else "that comes with Dateline, so none"
        raise InputError(Place("--actors"), "actors", f"expected the table of the run, the one {table}")


def _checked(
    sample: SampleRecord, dispatches: Sequence[Dispatch], annotated: Sequence[Path], partial: bool
) -> dict[int, Dispatch]:
    """The annotated dispatches by the number of their document in the run."""
    place = Place(", ".join(map(str, annotated)))
    given = {dispatch.id: dispatch for dispatch in dispatches}
    found: dict[int, Dispatch] = {}
    missing = [each.id for each in sample.documents if each.id not in given]
    if missing and not partial:
        what = f"{len(missing)} of {len(sample.documents)} documents are not annotated, the first is {missing[0]}"
        raise InputError(place, "dispatches", f"{what}; --partial goes on as if they had not been drawn")
    for each in sample.documents:
        dispatch = given.pop(each.id, None)
        if dispatch and digest(dispatch.text) != each.sha256:
            raise InputError(place, each.id, "expected the text that was drawn, got another one")
        if dispatch:
            found[each.document] = dispatch
    if given:
        raise InputError(place, next(iter(given)), "is not in the sample")
    return found


def _counted(
    archive: ArchiveRun, sample: SampleRecord, gold: Mapping[int, Dispatch], auditing: Auditing, place: Place
) -> _Annotated:
    schema, lookups = auditing.schema, lookups_of(auditing.actors, None)
    read = predictions(archive, gold, schema)
    here = [each for each in sample.documents if each.document in gold]
    design = _design(sample, [each.stratum for each in here], place)
    true = [_read(gold[each.document], schema, lookups) for each in here]
    found = [read[each.document] for each in here]
    return _Annotated(
        design,
        [count_read(each, sample.rule) for each in true],
        [count_read(each, sample.rule) for each in found],
        [count_right(one, other, schema) for one, other in zip(true, found, strict=True)],
    )


def _design(sample: SampleRecord, stratum_of: Sequence[int], place: Place) -> Design:
    for at, stratum in enumerate(sample.strata):
        least = min(2, stratum.documents)
        if stratum_of.count(at) < least:
            what = f"expected {least} annotated documents or more of {stratum.name}, got {stratum_of.count(at)}"
            raise InputError(place, f"strata[{at}]", what)
    return Design(np.array([stratum.documents for stratum in sample.strata]), np.array(stratum_of, dtype=np.int64))


def _read(gold: Dispatch, schema: Schema, lookups: Lookups) -> Read:
    return Read(gold, *(records(gold, lookups) if can_assemble(schema) else ([], [])))


def _estimates(sample: SampleRecord, found: _Annotated, auditing: Auditing) -> dict[str, Any]:
    """All figures as plain data: shares and their intervals in per cent, counts as they are."""
    weights = found.design.replicates(auditing.resamples, auditing.seed)
    strata = range(len(sample.strata))
    parts = {"all": list(strata)}
    if len(sample.criteria) > 1:
        for criterion in sample.criteria:
            for value in sorted({stratum.values[criterion] for stratum in sample.strata}):
                parts[f"{criterion} {value}"] = [at for at in strata if sample.strata[at].values[criterion] == value]
    parts |= {sample.strata[at].name: [at] for at in strata}
    assembled = can_assemble(auditing.schema)
    return {
        "format": 1,
        "run": sample.fingerprint,
        "schema": f"{auditing.schema.name} {auditing.schema.version}",
        "rule": sample.rule.value,
        "drawn": {"documents": len(sample.documents), "seed": sample.seed, "allocation": sample.allocation.value},
        "uncertainty": {"level": 95, "resamples": auditing.resamples, "seed": auditing.seed},
        "left_out": sample.left_out,
        "parts": [
            _part(name, strata, sample, (found, weights), assembled, auditing.schema) for name, strata in parts.items()
        ],
        "unseen": _unseen(sample, found, INCIDENTS if assembled else SPANS),
    }


def _part(
    name: str,
    strata: Sequence[int],
    sample: SampleRecord,
    annotated: tuple[_Annotated, Floats],
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


def _unseen(sample: SampleRecord, found: _Annotated, name: str) -> list[dict[str, Any]]:
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
