"""Dispatches to be annotated or looked at again → tasks of an annotation tool, filled in with what is marked so far.

    label-studio    predictions, with the score of the task and of each span
    doccano         labels filled in; rank, score and reasons as meta data
    prodigy         spans and relations filled in, nothing answered; rank, score and reasons in `meta`
    brat, markup    a folder; reasons are notes on the first span, or header lines
    jsonl           everything

Tasks stand in their order; folders have none, so the rank is told with the reasons. What comes back from the tool is
read by the readers of the format, under the ids that the dispatches had.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, one_line

from . import as_brat, as_doccano, as_jsonl, as_markup, as_prodigy, label_studio_writing
from .carrying import has_scores
from .format import Finding

RANK, SCORE, REASONS = "task_rank", "task_score", "task_reasons"
"""Meta data of a task's dispatch."""
_TARGETS = {
    "label-studio": "tasks.json",
    "doccano": "tasks.jsonl",
    "prodigy": "tasks.jsonl",
    "brat": "tasks",
    "markup": "tasks",
    "jsonl": "tasks.jsonl",
}
TASK_FORMATS = tuple(_TARGETS)
_SCORED = ("label-studio", "jsonl")
_LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Task:
    """A dispatch as far as it is marked, how much it is worth a look (higher: sooner) and why, in words.

    Raises ValueError where the score is no finite number.
    """

    dispatch: Dispatch
    score: float | None = None
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.score is not None and not math.isfinite(self.score):
            raise ValueError(f"expected a finite score of the task {self.dispatch.id}, got {self.score}")


def task_target(folder: Path, format: str) -> Path:  # noqa: A002
    """The file or folder in `folder` that tasks of the format go to; raises InputError where it has none."""
    if format not in _TARGETS:
        raise InputError(Place(format), "format", f"expected one of {', '.join(TASK_FORMATS)}")
    return folder / _TARGETS[format]


def check_unused(target: Path) -> None:
    """Raises InputError where a folder of tasks holds something: annotators work in it, and that would be lost."""
    if target.is_dir() and any(target.iterdir()):
        raise InputError(Place(str(target)), "out", "expected a new or an empty folder, got one that holds something")


def write_tasks(tasks: Sequence[Task], target: Path, format: str) -> tuple[Finding, ...]:  # noqa: A002
    """Write the tasks in their order; what the format cannot carry is listed, as `lost`.

    Raises InputError where the format has no tasks, `target` is none of its files, or an id occurs twice.
    """
    task_target(target, format)
    _check_ids(tasks, target)
    findings = []
    if format not in _SCORED and any(has_scores(task.dispatch) for task in tasks):
        what = f"{format} carries no scores of spans and relations"
        findings.append(Finding(Place(str(target)), "scores", "lost", what))
    if format == "brat":
        bare = [task for task in tasks if task.reasons and not task.dispatch.spans]
        what = "brat has no place for the reasons of a task in which nothing is marked"
        findings += [Finding(Place(task.dispatch.id), "reasons", "lost", what) for task in bare]
    return *findings, *_written(tasks, target, format)


def _written(tasks: Sequence[Task], target: Path, name: str) -> tuple[Finding, ...]:
    numbered = list(enumerate(tasks, start=1))
    if name == "label-studio":
        dispatches = [_with_meta(task, number) for number, task in numbered]
        return label_studio_writing.write_predictions(dispatches, [task.score for task in tasks], target)
    if name == "jsonl":
        return as_jsonl.write([_with_meta(task, number) for number, task in numbered], target, True)
    if name == "brat":
        return as_brat.write([_with_notes(task, number) for number, task in numbered], target, True)
    if name == "markup":
        dispatches = [_with_meta(task, number) for number, task in numbered]
        return as_markup.write([_unscored(_meta_in_words(dispatch)) for dispatch in dispatches], target, True)
    unscored = [_unscored(_with_meta(task, number)) for number, task in numbered]
    if name == "prodigy":
        return as_prodigy.write_unanswered(unscored, target)
    return as_doccano.write(unscored, target, True)


def _check_ids(tasks: Sequence[Task], target: Path) -> None:
    seen: set[str] = set()
    for task in tasks:
        if task.dispatch.id in seen:
            raise InputError(Place(str(target)), "id", f"{task.dispatch.id} occurs twice")
        seen.add(task.dispatch.id)


def _with_meta(task: Task, rank: int) -> Dispatch:
    told: dict[str, object] = {RANK: rank}
    if task.score is not None:
        told[SCORE] = round(task.score, 6)
    if task.reasons:
        told[REASONS] = "; ".join(map(_shown, task.reasons))
    kept = {key: value for key, value in task.dispatch.meta.items() if key not in (RANK, SCORE, REASONS)}
    return replace(task.dispatch, meta={**kept, **told})


def _meta_in_words(dispatch: Dispatch) -> Dispatch:
    """With rank and score in words, as a header takes them."""
    told = {key: str(dispatch.meta[key]) for key in (RANK, SCORE) if key in dispatch.meta}
    return replace(dispatch, meta={**dispatch.meta, **told})


def _with_notes(task: Task, rank: int) -> Dispatch:
    """With the reasons as notes on the first span that brat can mark, after those that are there."""
    dispatch = _unscored(task.dispatch)
    span = next((span for span in dispatch.spans if dispatch.words(span).strip("\n\t")), None)
    notes = dispatch.meta.get(as_brat.NOTES)
    known = notes if isinstance(notes, list) else []
    if span is None:
        return dispatch
    place = f"rank {rank}" if task.score is None else f"rank {rank}, score {task.score:.4g}"
    rows = [[span.id, "AnnotatorNotes", words] for words in (place, *map(_shown, task.reasons))]
    return replace(dispatch, meta={**dispatch.meta, as_brat.NOTES: [*known, *rows]})


def _shown(words: str) -> str:
    return one_line(words, _LONGEST_REASON).strip()


def _unscored(dispatch: Dispatch) -> Dispatch:
    spans = tuple(replace(span, score=None, attribute_scores={}) for span in dispatch.spans)
    return replace(dispatch, spans=spans, relations=tuple(replace(each, score=None) for each in dispatch.relations))
