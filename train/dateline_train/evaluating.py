"""A checkpoint or bundle against annotated dispatches → metrics.json, report.md, cases.jsonl."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_and_say
from dateline_infer import Extractor
from dateline_infer.incidents import ROLES
from dateline_infer.progress import with_progress
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.clusters import score_clusters
from dateline_labels.confidence import Judged, Judgements, expected_calibration_error, judge, reliability
from dateline_labels.files import write_atomically
from dateline_labels.scoring import Counts, Scores, score, total
from dateline_labels.splits import leave_folders_out, split_by_number

from .report import markdown
from .word_tags import seqeval_scores

FINDINGS = "findings.txt"
"""What was lost, repaired or doubtful in the data, a line each."""
SPLITS = ("all", "train", "validation", "test", "held-out")


def run_evaluation(
    model: Path,
    data: Sequence[Path],
    out: Path,
    split: str,
    require_signature: Path | None = None,
    mapping: LabelMap | None = None,
) -> None:
    """Read the dispatches of `data` with `model`, score them and write the report into `out`."""
    if split not in SPLITS:
        raise InputError(Place("--split"), "split", f"expected one of {', '.join(SPLITS)}, got {split}")
    extractor = load_extractor(model, require_signature)
    schema = extractor.config.schema
    gold = chosen_part(read_and_say(data, schema, mapping, out / FINDINGS), split)
    metrics, scores = measure(extractor, gold)
    metrics = {"model": str(model), "data": [str(path) for path in data], "split": split, **metrics}
    write_measured(out, metrics, scores)
    write_atomically(out / "report.md", markdown(metrics, scores.cases).encode("utf-8"))
    typer.echo(
        f"{len(gold)} dispatches: span F1 {metrics['spans']['exact']['micro']['f1']:.1f}, "
        f"relation F1 {metrics['relations']['strict']['micro']['f1']:.1f} (strict); the report is {out / 'report.md'}"
    )


def write_measured(folder: Path, metrics: Mapping[str, Any], scores: Scores) -> None:
    """Write metrics.json and, one case a line, cases.jsonl into `folder`."""
    plain = json.dumps(metrics, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / "metrics.json", plain.encode("utf-8"))
    cases = "".join(json.dumps(asdict(case), ensure_ascii=False) + "\n" for case in scores.cases)
    write_atomically(folder / "cases.jsonl", cases.encode("utf-8"))


def load_extractor(model: Path, require_signature: Path | None = None) -> Extractor:
    """The extractor of a bundle or of a checkpoint; where a signature is required, of a bundle alone."""
    if require_signature or model.is_file() or (model / "manifest.json").is_file():
        return Extractor.load(model, require_signature=require_signature)
    from .network import checkpoint_extractor, load_checkpoint

    return checkpoint_extractor(*load_checkpoint(model))


def chosen_part(dispatches: Sequence[Dispatch], split: str) -> Sequence[Dispatch]:
    """The part of the dispatches that is asked for; raises InputError where it is empty."""
    if split == "all":
        part: Sequence[Dispatch] = dispatches
    elif split == "held-out":
        try:
            part = leave_folders_out(dispatches).test
        except ValueError as error:
            raise InputError(Place("--split"), "split", str(error)) from None
    else:
        part = getattr(split_by_number(dispatches), split)
    if not part:
        raise InputError(Place("--split"), "split", f"the part {split} of the data is empty")
    return part


def measure(extractor: Extractor, gold: Sequence[Dispatch]) -> tuple[dict[str, Any], Scores]:
    """Every figure as plain data, in per cent, and the scores they come from."""
    predicted = list(with_progress(extractor.stream(gold), len(gold), "evaluating"))
    return figures_of(gold, predicted, extractor.config.schema)


def figures_of(
    gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema
) -> tuple[dict[str, Any], Scores]:
    """As `measure`, of dispatches that were read already."""
    scores = score(gold, predicted, schema)
    metrics = {
        "schema": f"{schema.name} {schema.version}",
        "dispatches": len(gold),
        "words": sum(len(dispatch.text.split()) for dispatch in gold),
        "spans": {"exact": _by_label(scores.spans), "seqeval": seqeval_scores(gold, predicted)},
        "relations": {measure: _by_label(counts) for measure, counts in scores.relations.items()},
        "clusters": _clusters(gold, predicted, schema),
        "attributes": {name: _attribute(confusion) for name, confusion in scores.attributes.items()},
        "confidence": _confidence(judge(gold, predicted, schema)),
        "unread": [dispatch.id for dispatch in predicted if "error" in dispatch.meta],
    }
    return metrics, scores


def _clusters(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema) -> dict[str, dict[str, float]]:
    """Pairwise figures of the relation that ties mentions of one event; nothing where the schema has none."""
    relation = ROLES.same_event
    return {relation: _figures(score_clusters(gold, predicted, relation))} if relation in schema.relations else {}


def _confidence(judgements: Judgements) -> dict[str, dict[str, Any]]:
    """For spans, attributes and relations, by label and all together: how far the scores are from the share that is
    right.
    """
    parts = {
        "spans": judgements.spans,
        "attributes": judgements.attributes,
        "relations": judgements.relations,
    }
    return {
        part: {
            **{label: _believed(judged) for label, judged in by_label.items()},
            "all": _believed([each for judged in by_label.values() for each in judged]),
        }
        for part, by_label in parts.items()
    }


def _believed(judged: Sequence[Judged]) -> dict[str, Any]:
    count = max(len(judged), 1)
    return {
        "ece": round(100 * expected_calibration_error(judged), 2),
        "score": round(100 * sum(each.score for each in judged) / count, 2),
        "right": round(100 * sum(each.right for each in judged) / count, 2),
        "judged": len(judged),
        "bins": [
            {"count": each.count, "score": round(100 * each.score, 2), "right": round(100 * each.right, 2)}
            for each in reliability(judged)
        ],
    }


def _by_label(counts: Mapping[str, Counts]) -> dict[str, dict[str, float]]:
    return {**{label: _figures(each) for label, each in counts.items()}, "micro": _figures(total(counts.values()))}


def _figures(counts: Counts) -> dict[str, float]:
    shares = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
    numbers = {"gold": counts.gold, "right": counts.right, "spurious": counts.spurious, "missed": counts.missed}
    return {**{name: round(100 * share, 2) for name, share in shares.items()}, **numbers}


def _attribute(confusion: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Accuracy, and precision, recall and F1 of each value with their mean (macro), on spans found exactly."""
    values = sorted({value for pair in confusion for value in pair if value})
    by_value = {}
    for value in values:
        right = confusion.get((value, value), 0)
        predicted = sum(count for (_, got), count in confusion.items() if got == value)
        gold = sum(count for (true, _), count in confusion.items() if true == value)
        by_value[value] = _figures(Counts(right, predicted - right, gold - right))
    judged, right = sum(confusion.values()), sum(count for (true, got), count in confusion.items() if true == got)
    f1s = [figures["f1"] for figures in by_value.values()]
    return {
        "accuracy": round(100 * right / judged, 2) if judged else 0.0,
        "macro_f1": round(sum(f1s) / len(f1s), 2) if f1s else 0.0,
        "judged": judged,
        "values": by_value,
        "confusion": [
            {"gold": true, "predicted": got, "count": count} for (true, got), count in sorted(confusion.items())
        ],
    }
