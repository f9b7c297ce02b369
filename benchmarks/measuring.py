"""A checkpoint and gold → its figures in per cent, by name; all figures and every case are written beside."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dateline_infer import Extractor
from dateline_labels import Dispatch
from dateline_labels.files import write_atomically
from dateline_labels.progress import with_progress
from dateline_labels.scoring import Counts, total
from dateline_report.figures import Readings, figures_of
from dateline_report.model_facts import data_facts
from dateline_report.reporting import write_metrics
from role_fillers import Entity, score_roles

Figures = dict[str, float]


def measured(extractor: Extractor, gold: Sequence[Dispatch], folder: Path) -> Figures:
    """The figures of a schema of spans, attributes and relations; metrics.json and cases.jsonl go into `folder`."""
    predicted = list(with_progress(extractor.stream(gold), len(gold), "measuring"))
    schema = extractor.config.schema
    figures, cases = figures_of(Readings(gold, predicted, schema))
    metrics = {"data": data_facts((), "all", gold, schema, None), **figures}
    write_metrics(folder, metrics)
    lines = "".join(json.dumps(asdict(case), ensure_ascii=False) + "\n" for case in cases)
    write_atomically(folder / "cases.jsonl", lines.encode("utf-8"))
    return dict(_figures(metrics))


def measured_roles(
    extractor: Extractor, gold: Sequence[Dispatch], entities: Sequence[Mapping[str, Sequence[Entity]]], folder: Path
) -> Figures:
    """CEAF-REE of every role and of all; metrics.json goes into `folder`."""
    predicted = list(with_progress(extractor.stream(gold), len(gold), "measuring"))
    roles = extractor.config.schema.span_labels
    counts = score_roles(entities, predicted, roles)
    counts = {"all": total(counts.values()), **counts}
    plain = json.dumps({role: {**asdict(each), **_shares(each)} for role, each in counts.items()}, indent=1) + "\n"
    write_atomically(folder / "metrics.json", plain.encode("utf-8"))
    figures = {f"CEAF-REE {name}": share for name, share in _shares(counts["all"]).items()}
    return figures | {f"CEAF-REE F1 {role}": _shares(counts[role])["F1"] for role in roles}


def _figures(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    spans = metrics["spans"]["exact"]
    yield "spans F1", spans["micro"]["f1"]
    yield from ((f"spans F1 {label}", row["f1"]) for label, row in spans.items() if label != "micro" and row["gold"])
    for name, rows in metrics["relations"].items():
        if rows["micro"]["gold"]:
            yield f"relations F1, {name}", rows["micro"]["f1"]
    for name, row in metrics["attributes"].items():
        if row["judged"]:
            yield f"{name} accuracy", row["accuracy"]
            yield f"{name} macro F1", row["macro_f1"]
    for relation, measures in metrics["clusters"].items():
        row = measures["pairs"]
        if row["gold"]:
            yield f"{relation} pairs F1", row["f1"]
            yield f"{relation} pairs precision", row["precision"]
            yield f"{relation} pairs recall", row["recall"]
    for part, rows in metrics["confidence"].items():
        if rows["all"]["judged"]:
            yield f"{part} calibration error", rows["all"]["ece"]


def _shares(counts: Counts) -> Figures:
    shares = {"F1": counts.f1, "precision": counts.precision, "recall": counts.recall}
    return {name: round(100 * share, 2) for name, share in shares.items()}
