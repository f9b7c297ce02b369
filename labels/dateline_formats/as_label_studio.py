"""Label Studio's JSON: a list of tasks.

    {"id", "data": {"text", …}, "annotations": [{"was_cancelled", "ground_truth", "result": […]}], "predictions": [{…}]}
    a span      {"id", "type": "labels", "value": {"start", "end", "text", "labels": [label]}}
    attribute   {"id" of the span, "type": "choices", "from_name": attribute, "value": {"choices": [value]}}
    relation    {"type": "relation", "from_id", "to_id", "direction": "right" | "left" | "bi", "labels": [label]}

Of several annotations the one marked as ground truth is read, else the first that was not cancelled; `read_annotators`
reads them all, apart by who made them. Predictions are read, with their scores, only from a file that nobody has
annotated. What else `data` or `meta` holds is meta data; our own `id` and `published` are kept there, and so are notes
on regions, as brat's are. Offsets are UTF-16 units in older versions, code points since (issue 1008); some write line
breaks in the quoted words as a backslash and an n. JSON-MIN is read as `label_studio_min` has it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dateline_labels import InputError, Place

from .as_brat import NOTES
from .drafts import Draft, Reading, id_of, new_relation, new_span, taken_date
from .format import Annotated, Format
from .json_rows import Row, first_keys, read_rows, typed
from .label_studio_min import LEFT_OUT, Origin, is_minimal, tasks_of
from .label_studio_tasks import TASK, Annotation, Result, Task
from .label_studio_writing import OURS, write
from .offsets import Mark, Piece, located

_ADDRESS = re.compile(r"(?:(?:https?|s3|gs|azure-blob|file)://|/data/)\S+")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TURNED = {"right": (False,), "left": (True,), "bi": (False, True)}
"""Whether head and tail change places, for each relation that a direction stands for."""


@dataclass(frozen=True)
class _Given:
    """A task as the file has it, its number there, and where its annotations come from, if the file is JSON-MIN."""

    row: Row
    number: int
    task: Task
    origins: Sequence[Origin] = ()


@dataclass(frozen=True)
class _Chosen:
    """A task, its text and the key of it, and the results that are read, where the fields of `name` lead."""

    given: _Given
    key: str
    results: Sequence[Result]
    name: tuple[str | int, ...]
    origin: Origin | None = None

    @property
    def task(self) -> Task:
        """What the file has of the task."""
        return self.given.task

    @property
    def row(self) -> Row:
        """The row that the results stand in."""
        return self.origin.row if self.origin else self.given.row

    @property
    def text(self) -> str:
        """What was annotated."""
        return str(self.task.data[self.key])

    def field(self, index: int, *location: str | int) -> str:
        """The field of a result, or of a part of it."""
        if self.origin:
            return self.row.name(*self.origin.results[index])
        return self.row.name(*self.name, index, *location)


@dataclass
class _Parts:
    """The results of a task by kind, each with its number."""

    spans: list[tuple[int, Result]] = field(default_factory=list)
    choices: list[tuple[int, Result]] = field(default_factory=list)
    relations: list[tuple[int, Result]] = field(default_factory=list)
    others: list[tuple[int, Result]] = field(default_factory=list)

    @staticmethod
    def of(results: Sequence[Result]) -> "_Parts":
        parts = _Parts()
        for each in enumerate(results):
            kind = each[1].type
            if kind.endswith("labels"):
                parts.spans.append(each)
            else:
                {"choices": parts.choices, "relation": parts.relations}.get(kind, parts.others).append(each)
        return parts


def recognise(path: Path, head: bytes) -> str:
    """Objects with `data` and `annotations`, `completions` or `predictions`, or rows of JSON-MIN."""
    keys = first_keys(head)
    if is_minimal(keys):
        return "JSON-MIN, with annotation_id and lead_time"
    found = sorted(keys & {"annotations", "completions", "predictions"})
    return f"tasks with data and {', '.join(found)}" if "data" in keys and found else ""


def read(path: Path) -> Annotated:
    """Every task of the file that was annotated, or every prediction where none was."""
    reading = Reading()
    tasks = _tasks(path)
    _note_unread(path, tasks, reading)
    done = [each for given in tasks for each in given.task.of(given.task.annotated_key) if not each.is_cancelled]
    chosen = [each for given in tasks if (each := _choose(given, bool(done), reading))]
    if not done and chosen:
        what = "nobody has annotated these tasks; their predictions are read, with the scores"
        reading.note(Place(str(path)), "predictions", "warning", what)
    guessed = sum(bool(each.task.predictions) for each in chosen)
    if done and guessed:
        what = f"those of {guessed} tasks are not read, as there are annotations"
        reading.note(Place(str(path)), "predictions", "lost", what)
    _read_tasks(path, chosen, reading, scored=not done)
    return reading.annotated()


def read_annotators(path: Path) -> dict[str, Annotated]:
    """What each annotator made of the tasks of a file, by who completed the annotations.

    An annotation that does not say who made it is the work of `annotation 1`, the second of a task that of
    `annotation 2`, and so on. Predictions are nobody's.
    """
    readings: dict[str, Reading] = {}
    chosen: dict[str, list[_Chosen]] = {}
    for given in _tasks(path):
        row, task = given.row, given.task
        whole: dict[str, list[tuple[int, Annotation]]] = {}
        for index, each in enumerate(task.of(task.annotated_key)):
            who = each.completed_by or f"annotation {index + 1}"
            reading = readings.setdefault(who, Reading())
            if each.is_cancelled:
                reading.note(row.place, row.name(task.annotated_key, index), "lost", "cancelled")
            else:
                whole.setdefault(who, []).append((index, each))
        for who, own in whole.items():
            chosen.setdefault(who, []).append(_best(given, task.annotated_key, own, readings[who]))
    for who, reading in readings.items():
        _read_tasks(path, chosen.get(who, ()), reading, scored=False)
    return {who: reading.annotated() for who, reading in readings.items()}


def _tasks(path: Path) -> list[_Given]:
    """The tasks of the file, of whichever of the two kinds."""
    rows = read_rows(path)
    if is_minimal(rows[0].value):
        minimal = enumerate(tasks_of(rows), start=1)
        return [_Given(row, number, typed(row, TASK), origins) for number, (row, origins) in minimal]
    return [_Given(row, number, typed(row, TASK)) for number, row in enumerate(rows, start=1)]


def _note_unread(path: Path, tasks: Sequence[_Given], reading: Reading) -> None:
    """What a file holds besides annotations and predictions."""
    if tasks[0].origins:
        reading.note(Place(str(path)), "relations", "warning", LEFT_OUT)
    for given in tasks:
        if given.task.drafts:
            what = f"{len(given.task.drafts)} that nobody has submitted"
            reading.note(given.row.place, given.row.name("drafts"), "lost", what)


def _choose(given: _Given, human: bool, reading: Reading) -> _Chosen | None:
    """What is read of the task; nothing, with a finding, where there is nothing to be read."""
    row, task = given.row, given.task
    key = task.annotated_key if human else "predictions"
    whole = [(index, each) for index, each in enumerate(task.of(key)) if not each.is_cancelled]
    if len(whole) < len(task.of(key)):
        reading.note(row.place, row.name(key), "lost", f"{len(task.of(key)) - len(whole)} cancelled")
    if not whole:
        reading.note(row.place, row.name(key), "lost", "the task is not annotated, and left out")
        return None
    return _best(given, key, whole, reading)


def _best(given: _Given, key: str, whole: Sequence[tuple[int, Annotation]], reading: Reading) -> _Chosen:
    """The ground truth of several, else the first."""
    row = given.row
    index, best = next(((index, each) for index, each in whole if each.ground_truth), whole[0])
    if len(whole) > 1:
        reading.note(row.place, row.name(key), "lost", f"of {len(whole)} {key} only {key}[{index}] is read")
    origin = given.origins[index] if given.origins else None
    chosen = _Chosen(given, _text_key(row, given.task), best.result or (), (key, index, "result"), origin)
    if chosen.results:
        _check_text(chosen)
    return chosen


def _check_text(chosen: _Chosen) -> None:
    """Raise InputError where the offsets count in something that is not in the file."""
    name = chosen.row.name("data", chosen.key)
    if _ADDRESS.fullmatch(chosen.text):
        what = f"expected the text, got the address of one, {chosen.text!r}; put the words in its place"
        raise InputError(chosen.row.place, name, what)
    if any(result.type == "hypertextlabels" for result in chosen.results) and _TAG.search(chosen.text):
        what = "expected a text, got HTML, whose tags the offsets of hypertextlabels do not count"
        raise InputError(chosen.row.place, name, what)


def _read_tasks(path: Path, chosen: Sequence[_Chosen], reading: Reading, scored: bool) -> None:
    placed, findings = located([mark for each in chosen for mark in _marks(each)])
    reading.findings += findings
    pieces = iter(placed)
    for each in chosen:
        _read_task(path, each, reading, pieces, scored)


def _text_key(row: Row, task: Task) -> str:
    """The key of the task's text: `text`, or the only one that has words, or the only one that has those marked."""
    if isinstance(task.data.get("text"), str):
        return "text"
    keys = [key for key, value in task.data.items() if isinstance(value, str) and key not in OURS]
    if len(keys) > 1:
        marked = [result.value.get("text") for each in task.of(task.annotated_key) for result in each.result or ()]
        quotes = [words for words in marked if isinstance(words, str)]
        keys = [key for key in keys if all(words in task.data[key] for words in quotes)] if quotes else keys
    if len(keys) != 1:
        got = f"words under {', '.join(keys)}" if keys else "none"
        raise InputError(row.place, row.name("data"), f"expected a text under the key text, got {got}")
    return keys[0]


def _marks(chosen: _Chosen) -> Iterator[Mark]:
    for index, result in _Parts.of(chosen.results).spans:
        value = result.value
        where = value["globalOffsets"] if isinstance(value.get("globalOffsets"), dict) else value
        start, end = where.get("start"), where.get("end")
        name = chosen.field(index, "value")
        if type(start) is not int or type(end) is not int:
            raise InputError(chosen.row.place, name, f"expected start and end in the text, got {start!r} and {end!r}")
        quote = value["text"] if isinstance(value.get("text"), str) else None
        if quote and "\\n" not in chosen.text:
            quote = quote.replace("\\n", "\n")
        yield Mark(chosen.row.place, name, chosen.text, ((start, end),), quote)


def _read_task(
    path: Path, chosen: _Chosen, reading: Reading, pieces: Iterator[tuple[Piece, ...]], scored: bool
) -> None:
    task, data = chosen.task, chosen.task.data
    published = taken_date(data.get("published"))
    known = data.get("id") if isinstance(data.get("id"), str) else None
    ours = {chosen.key, *(["published"] if published else ()), *(["id"] if known else ())}
    meta = {**(task.meta or {}), **{key: value for key, value in data.items() if key not in ours}}
    name = id_of(path, known or task.id, chosen.given.number)
    draft = Draft(reading, chosen.row.place, name, chosen.text, published, meta)
    parts = _Parts.of(chosen.results)
    for index, result in parts.spans:
        ((start, end),) = next(pieces)
        _read_span(chosen, draft, index, result, start, end, scored)
    _read_choices(chosen, draft, parts.choices, meta, scored)
    for index, result in parts.relations:
        _read_relation(chosen, draft, index, result, scored)
    _read_notes(chosen, draft, meta)
    for index, result in parts.others:
        reading.note(chosen.row.place, chosen.field(index), "lost", f"a result of the type {result.type}")
    draft.finish()


def _read_span(chosen: _Chosen, draft: Draft, index: int, result: Result, start: int, end: int, scored: bool) -> None:
    place, name = chosen.row.place, chosen.field(index)
    given = result.value.get(result.type, result.value.get("labels"))
    labels = _words(given, place, chosen.field(index, "value", result.type))
    span_id = result.id or f"e{index + 1}"
    if len(labels) > 1:
        draft.reading.note(place, name, "lost", f"of {len(labels)} labels of the span {span_id} all but {labels[0]}")
    if span_id in draft.spans:
        draft.reading.note(place, name, "lost", f"a second label of the span {span_id}, {labels[0]}")
        return
    span = new_span(place, name, span_id, labels[0], start, end)
    draft.span(place, name, replace(span, score=_score(chosen, index, result) if scored else None))


def _read_choices(
    chosen: _Chosen, draft: Draft, choices: Sequence[tuple[int, Result]], meta: dict[str, Any], scored: bool
) -> None:
    """Choices on a span are its attributes, choices on the task meta data."""
    for index, result in choices:
        place, name = chosen.row.place, chosen.field(index)
        values = _words(result.value.get("choices"), place, chosen.field(index, "value", "choices"))
        key = result.from_name or "choices"
        span = draft.spans.get(result.id or "")
        if len(values) > 1:
            draft.reading.note(place, name, "lost", f"of {len(values)} choices of {key} all but {values[0]}")
        if key in (span.attributes if span else meta):
            draft.reading.note(place, name, "lost", f"a second choice of {key}, {values[0]}")
        elif span is None:
            meta[key] = values[0]
        else:
            score = _score(chosen, index, result) if scored else None
            scores = {**span.attribute_scores, **({key: score} if score is not None else {})}
            attributes = {**span.attributes, key: values[0]}
            draft.spans[span.id] = replace(span, attributes=attributes, attribute_scores=scores)


def _read_relation(chosen: _Chosen, draft: Draft, index: int, result: Result, scored: bool) -> None:
    place, name = chosen.row.place, chosen.field(index)
    head, tail = result.from_id or "", result.to_id or ""
    turned = _TURNED.get(result.direction or "right")
    if turned is None:
        what = f"expected right, left or bi, got {result.direction!r}"
        raise InputError(place, chosen.field(index, "direction"), what)
    if not result.labels:
        draft.reading.note(place, name, "lost", f"a relation without a label, from {head} to {tail}")
        return
    if len(turned) > 1:
        what = f"{head} and {tail} in both directions: a relation each way"
        draft.reading.note(place, name, "warning", what)
    for label in result.labels:
        for turn in turned:
            relation = new_relation(place, name, label, *((tail, head) if turn else (head, tail)))
            draft.relation(place, name, replace(relation, score=_score(chosen, index, result) if scored else None))


def _read_notes(chosen: _Chosen, draft: Draft, meta: dict[str, Any]) -> None:
    """Notes on the regions of spans are meta data, unless something else has that name."""
    rows = []
    for index, result in enumerate(chosen.results):
        for note in _notes(result.meta):
            if result.id in draft.spans and NOTES not in meta:
                rows.append([result.id, "AnnotatorNotes", note])
            else:
                what = f"a note on {result.id or 'a result'}: {note!r}"
                draft.reading.note(chosen.row.place, chosen.field(index, "meta"), "lost", what)
    if rows:
        meta[NOTES] = rows


def _notes(meta: Mapping[str, Any] | None) -> list[str]:
    """What is written beside a region, in words; whatever else its meta data say is one note."""
    words = (meta or {}).get("text", meta or [])
    if isinstance(words, list) and all(isinstance(each, str) for each in words):
        return words
    return [words if isinstance(words, str) else str(words)]


def _words(value: object, place: Place, name: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise InputError(place, name, f"expected a list of words, got {value!r}")
    return value


def _score(chosen: _Chosen, index: int, result: Result) -> float | None:
    if result.score is not None and not 0.0 <= result.score <= 1.0:
        what = f"expected a score from 0 to 1, got {result.score}"
        raise InputError(chosen.row.place, chosen.field(index, "score"), what)
    return result.score


FORMAT = Format("label-studio", "Label Studio's JSON", (".json",), recognise, read, write, pieces="rows")
