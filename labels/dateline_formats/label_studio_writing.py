"""Dispatches → Label Studio's JSON, a list of tasks, one a line; how they look stands in `as_label_studio`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import write_atomically

from .carrying import Carries, has_scores
from .format import Finding

OURS = frozenset({"text", "id", "published"})
"""Keys of a task's data that are parts of a dispatch."""
_MODEL = "dateline"


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A list of tasks, one a line; annotations, or predictions where anything has a score. Raises as `Format` says."""
    fitted, findings = _fitted(dispatches, target, lossy)
    scored = any(map(has_scores, fitted))
    whole = {"model_version": _MODEL} if scored else {"was_cancelled": False, "ground_truth": False}
    key = "predictions" if scored else "annotations"
    _write_tasks([_task(dispatch, number, key, whole) for number, dispatch in enumerate(fitted, start=1)], target)
    return tuple(findings)


def write_predictions(
    dispatches: Sequence[Dispatch], scores: Sequence[float | None], target: Path
) -> tuple[Finding, ...]:
    """Tasks in their order, what is marked as a prediction with the score of its task; losses are listed. Raises
    InputError on a target of another kind.
    """
    fitted, findings = _fitted(dispatches, target, lossy=True)
    tasks = []
    for number, (dispatch, score) in enumerate(zip(fitted, scores, strict=True), start=1):
        tasks.append(_task(dispatch, number, "predictions", _scored({"model_version": _MODEL}, score)))
    _write_tasks(tasks, target)
    return tuple(findings)


def write_drafts(
    dispatches: Sequence[Dispatch], notes: Mapping[str, Mapping[str, Sequence[str]]], target: Path
) -> tuple[Finding, ...]:
    """Tasks to be settled: a dispatch without notes is an annotation, one with notes a prediction, which nobody can
    take for done. `notes` are of spans, by the dispatch and by the span; the tool shows them with its region. Losses
    are listed. Raises InputError on a target of another kind.
    """
    fitted, findings = _fitted(dispatches, target, lossy=True)
    tasks = []
    for number, dispatch in enumerate(fitted, start=1):
        told = notes.get(dispatch.id, {})
        key, whole = ("predictions", {"model_version": _MODEL}) if told else ("annotations", {"ground_truth": True})
        task = _task(dispatch, number, key, whole)
        for result in task[key][0]["result"]:
            if result.get("id") in told:
                result["meta"] = {"text": list(told[result["id"]])}
        tasks.append(task)
    _write_tasks(tasks, target)
    return tuple(findings)


def _fitted(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[list[Dispatch], list[Finding]]:
    if target.suffix != ".json":
        raise InputError(Place(str(target)), "format", "expected a file ending in .json")
    carries = Carries("Label Studio", published=True, meta=_meta_problem, attributes=True, scores=True)
    return carries.fitted(dispatches, lossy)


def _write_tasks(tasks: Sequence[dict[str, Any]], target: Path) -> None:
    lines = ",\n".join(json.dumps(task, ensure_ascii=False, allow_nan=False) for task in tasks)
    write_atomically(target, f"[\n{lines}\n]\n".encode())


def _meta_problem(key: str, _value: object) -> str:
    return f"one {key} of a task, meta names another" if key in OURS else ""


def _task(dispatch: Dispatch, number: int, key: str, whole: dict[str, Any]) -> dict[str, Any]:
    data = {"text": dispatch.text, "id": dispatch.id, **dispatch.meta}
    if dispatch.published is not None:
        data["published"] = dispatch.published
    return {"id": number, "data": data, key: [{**whole, "result": list(_results(dispatch))}]}


def _results(dispatch: Dispatch) -> Iterator[dict[str, Any]]:
    for span in dispatch.spans:
        value = {"start": span.start, "end": span.end, "text": dispatch.words(span)}
        region = {"id": span.id, "to_name": "text", "origin": "manual"}
        yield _scored(
            {**region, "from_name": "label", "type": "labels", "value": {**value, "labels": [span.label]}}, span.score
        )
        for name, choice in span.attributes.items():
            result = {**region, "from_name": name, "type": "choices", "value": {**value, "choices": [choice]}}
            yield _scored(result, span.attribute_scores.get(name))
    for relation in dispatch.relations:
        ends = {"from_id": relation.head, "to_id": relation.tail}
        result = {**ends, "type": "relation", "direction": "right", "labels": [relation.label]}
        yield _scored(result, relation.score)


def _scored(result: dict[str, Any], score: float | None) -> dict[str, Any]:
    return result if score is None else {**result, "score": score}
