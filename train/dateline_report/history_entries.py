"""What a command has written → its line in the history."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dateline_bundle.encoders import FP32
from dateline_bundle.files import opened
from dateline_bundle.manifest import LIMITS, manifest_of
from dateline_labels.digests import file_digest

from .history import DataUsed, Entry, Kind
from .model_facts import WEIGHTS, training_record

_DECISIVE: Final = {"span_f1": ("spans", "exact"), "relation_f1": ("relations", "strict")}


def of_training(checkpoint: Path) -> Entry:
    """The line of a finished training, from its training.json; the figures are of its validation."""
    record = training_record(checkpoint)
    counts, digests = record["dispatches"], record.get("data", {})
    learnt, held = (DataUsed(part, counts[part], digests.get(part, "")) for part in ("train", "validation"))
    return Entry(
        kind="train",
        name=str(record["recipe"]["name"]),
        path=str(checkpoint),
        model=file_digest(checkpoint / WEIGHTS),
        data=held,
        figures={name: float(record["validation"][name]) for name in _DECISIVE},
        learnt=learnt,
        made_from=record.get("begun_with"),
        recipe=dict(record["recipe"]),
    )


def of_bundle(bundle: Path, checkpoint: Path) -> Entry:
    """The line of a bundle that was made of a checkpoint; the figures are those of its certificate."""
    with opened(bundle, LIMITS) as files:
        manifest = manifest_of(files)
    record = training_record(bundle)
    certificate = manifest.certificate
    proved = certificate.variants[FP32] if certificate else None
    return Entry(
        kind="package",
        name=str(record["recipe"]["name"]),
        path=str(bundle),
        model=manifest.digest,
        data=DataUsed("proof", certificate.dispatches if certificate else 0),
        figures={"span_f1": proved.span_f1, "relation_f1": proved.relation_f1} if proved else {},
        made_from=file_digest(checkpoint / WEIGHTS),
    )


def of_metrics(kind: Kind, metrics: Mapping[str, Any]) -> Entry:
    """The line of an evaluation or a report, from its metrics."""
    model, data, compared = metrics["model"], metrics["data"], metrics["comparison"]
    figures: dict[str, float] = {}
    for name, (part, rule) in _DECISIVE.items():
        micro = metrics[part][rule]["micro"]
        figures[name] = micro["f1"]
        figures |= {f"{name}_{end}": micro[end] for end in ("low", "high") if end in micro}
    return Entry(
        kind=kind,
        name=model["name"],
        path=model["path"],
        model=model["sha256"],
        data=DataUsed(data["split"], data["dispatches"], data["sha256"]),
        figures=figures,
        comparison=_comparison(compared) if compared else None,
    )


def _comparison(compared: Mapping[str, Any]) -> dict[str, Any]:
    rows = {row["key"]: row for row in compared["headline"]}
    found: dict[str, Any] = {"other": compared["other"]["sha256"]}
    for name, (part, rule) in _DECISIVE.items():
        row = rows.get(f"{part}.{rule}.micro.f1", {})
        found[name] = {key: row[key] for key in ("difference", "low", "high") if key in row}
    verdict = compared["verdict"]
    found["failed"] = verdict["failed"] if verdict else None
    return found
