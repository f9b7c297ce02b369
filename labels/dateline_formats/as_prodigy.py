"""Prodigy's JSON lines, of its span and relation interfaces.

    {"text", "tokens": [{"text", "start", "end", "id", "ws"}], "meta": {}, "answer": "accept" | "reject" | "ignore",
     "spans": [{"start", "end", "token_start", "token_end", "label"}],
     "relations": [{"head", "child", "label", "head_span": {…}, "child_span": {…}}]}

Only what was accepted is read; `read_annotators` reads it apart by who accepted it. Relations name their spans by
offsets; the words of a relation that no span marks become one where they have a label. What else a task holds, as what
was chosen of options, is meta data, but for what begins with `_`, by which Prodigy keeps its books. Of our own, `id`
and `published` stand in the meta data, `id` and `text` in each span.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, InputError, Place, Span
from dateline_labels.files import write_atomically
from pydantic import BaseModel, ConfigDict, TypeAdapter

from .carrying import Carries
from .drafts import Draft, Reading, id_of, new_relation, new_span, taken_date
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, read_rows, typed
from .offsets import Mark, Piece, located

_SIGNS = ("_input_hash", "_task_hash", "_session_id", "_view_id", "answer", "tokens")
_OF_OURS = frozenset({"id", "published", "relations"})
_HEAD, _CHILD = "head_span", "child_span"
_TOKEN = re.compile(r"\w+|[^\w\s]|\s")
_ACCEPT = "accept"
_OWN = frozenset({"text", "spans", "relations", "tokens", "meta", "answer"})
_OF_SPANS = frozenset({"start", "end", "token_start", "token_end", "label", "text", "id", "type", "ws"})
_WHO = ("_annotator_id", "_session_id")
"""Keys that tell whose answer a task is, the better one first."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)


class _Span(_Loose):
    start: int
    end: int
    label: str | None = None
    text: str | None = None
    id: str | None = None


class _Link(_Loose):
    label: str
    head_span: _Span
    child_span: _Span


class _Token(_Loose):
    text: str
    start: int
    end: int


class _Task(_Loose):
    text: str
    spans: list[_Span] | None = None
    relations: list[_Link] | None = None
    tokens: list[_Token] | None = None
    meta: dict[str, Any] | None = None
    answer: str = _ACCEPT


_TASK = TypeAdapter(_Task)


@dataclass(frozen=True)
class _Answer:
    """A task with its answer, and the number of its line."""

    row: Row
    number: int
    task: _Task

    def marks(self) -> Iterator[Mark]:
        """Where its spans, the ends of its relations and its tokens stand, in this order."""
        for field, span in self._spans():
            yield self._mark(field, span.start, span.end, span.text)
        for index, token in enumerate(self.task.tokens or ()):
            yield self._mark(self.row.name("tokens", index), token.start, token.end, token.text)

    def _spans(self) -> Iterator[tuple[str, _Span]]:
        for index, span in enumerate(self.task.spans or ()):
            yield self.row.name("spans", index), span
        for index, link in enumerate(self.task.relations or ()):
            yield self.row.name("relations", index, _HEAD), link.head_span
            yield self.row.name("relations", index, _CHILD), link.child_span

    def _mark(self, name: str, start: int, end: int, words: str | None) -> Mark:
        return Mark(self.row.place, name, self.task.text, ((start, end),), words)


def recognise(path: Path, head: bytes) -> str:
    """Lines with a text and one of the keys that only Prodigy writes, or spans as its tasks have them before it."""
    keys = first_keys(head)
    found = [key for key in _SIGNS if key in keys]
    if "spans" in keys and not keys & _OF_OURS:
        found = [*found, "spans and no id"]
    return f"a text with {', '.join(found)}" if "text" in keys and found else ""


def read(path: Path) -> Annotated:
    """Every accepted task of the file."""
    return _read(path, _answers(path))


def read_annotators(path: Path) -> dict[str, Annotated]:
    """What each annotator accepted, by the `_annotator_id` of the tasks, or else the `_session_id`."""
    by: dict[str, list[_Answer]] = {}
    for each in _answers(path):
        who = next((each.row.value[key] for key in _WHO if each.row.value.get(key)), "nobody named")
        by.setdefault(str(who), []).append(each)
    return {who: _read(path, answers) for who, answers in by.items()}


def _answers(path: Path) -> list[_Answer]:
    return [_Answer(row, number, typed(row, _TASK)) for number, row in enumerate(read_rows(path), start=1)]


def _read(path: Path, tasks: Sequence[_Answer]) -> Annotated:
    reading = Reading()
    accepted = [each for each in tasks if each.task.answer == _ACCEPT]
    for each in tasks:
        if each.task.answer != _ACCEPT:
            what = f"the answer is {each.task.answer}; the task is left out"
            reading.note(each.row.place, each.row.name("answer"), "lost", what)
    _note_unread(path, accepted, reading)
    placed, findings = located([mark for each in accepted for mark in each.marks()])
    tokens = {each.row.name("tokens", index) for each in accepted for index in range(len(each.task.tokens or ()))}
    reading.findings += [each for each in findings if each.field not in tokens]  # a token holds nothing to repair
    pieces = iter(placed)
    for each in accepted:
        _read_task(path, each, reading, {mark.field: next(pieces)[0] for mark in each.marks()})
    return reading.annotated()


def _note_unread(path: Path, accepted: Sequence[_Answer], reading: Reading) -> None:
    """What spans hold that is not read, as how sure a model was that proposed them; once for the file."""
    spans = [span for each in accepted for span in each.row.value.get("spans") or ()]
    more = dict.fromkeys(key for span in spans for key in span if key not in _OF_SPANS)
    if more:
        reading.note(Place(str(path)), "spans", "lost", f"not read of spans: {', '.join(more)}")


def _others(row: Row, meta: Mapping[str, object], reading: Reading) -> dict[str, object]:
    """What a task holds besides its annotation and meta data."""
    others = {key: value for key, value in row.value.items() if key not in _OWN and not key.startswith("_")}
    for key in sorted(others.keys() & {*meta, "id", "published"}):
        reading.note(row.place, row.name(key), "lost", f"not read beside meta data: {others.pop(key)!r}")
    return others


def _read_task(path: Path, accepted: _Answer, reading: Reading, where: Mapping[str, Piece]) -> None:
    row, task = accepted.row, accepted.task
    meta = dict(task.meta or {})
    known = meta.pop("id") if isinstance(meta.get("id"), str) else None
    published = taken_date(meta.get("published"))
    if published:
        del meta["published"]
    meta |= _others(row, task.meta or {}, reading)
    draft = Draft(reading, row.place, id_of(path, known, accepted.number), task.text, published, meta)
    for index, span in enumerate(task.spans or ()):
        name = row.name("spans", index)
        if not span.label:
            reading.note(row.place, name, "lost", f"a span without a label, {draft.text[slice(*where[name])]!r}")
            continue
        draft.span(row.place, name, new_span(row.place, name, span.id or f"e{index + 1}", span.label, *where[name]))
    for index, link in enumerate(task.relations or ()):
        ends = []
        for key, end in ((_HEAD, link.head_span), (_CHILD, link.child_span)):
            name = row.name("relations", index, key)
            ends.append(_end(draft, row.place, name, end, where[name]))
        name = row.name("relations", index)
        if not ends[0] or not ends[1]:
            reading.note(row.place, name, "lost", f"a relation {link.label} of words that no span marks")
            continue
        draft.relation(row.place, name, new_relation(row.place, name, link.label, ends[0], ends[1]))
    draft.finish()


def _end(draft: Draft, place: Place, name: str, end: _Span, where: Piece) -> str:
    """The id of the span that a relation's end means: of its id, of its label and place, or of its place alone."""
    there = [span for span in draft.spans.values() if (span.start, span.end) == where]
    same = [span for span in there if span.id == end.id] or [span for span in there if span.label == end.label] or there
    if same:
        return same[0].id
    if not end.label:
        return ""
    number = next(n for n in range(len(draft.spans) + 1, 2 * len(draft.spans) + 2) if f"e{n}" not in draft.spans)
    span = new_span(place, name, f"e{number}", end.label, *where)
    draft.span(place, name, span)
    return span.id


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """An accepted task a line, with tokens. Raises as `Format` says."""
    return _write(dispatches, target, lossy, {"answer": _ACCEPT})


def write_unanswered(dispatches: Sequence[Dispatch], target: Path) -> tuple[Finding, ...]:
    """The same before anyone answered; losses are listed. Raises InputError on a target of another kind."""
    return _write(dispatches, target, True, {})


def _write(dispatches: Sequence[Dispatch], target: Path, lossy: bool, answer: Mapping[str, str]) -> tuple[Finding, ...]:
    if not target.name.endswith(".jsonl"):
        raise InputError(Place(str(target)), "format", "expected a file ending in .jsonl")
    carries = Carries("Prodigy", published=True, meta=_meta_problem)
    fitted, findings = carries.fitted(dispatches, lossy)
    rows = [{**_written(each), **answer} for each in fitted]
    lines = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    write_atomically(target, lines.encode("utf-8"))
    return tuple(findings)


def _meta_problem(key: str, value: object) -> str:
    return f"one {key} of a task, meta names another" if key in ("id", "published") else ""


def _written(dispatch: Dispatch) -> dict[str, Any]:
    tokens = list(_tokens(dispatch))
    first = {start: number for number, (start, _) in enumerate(tokens)}
    last = {end: number for number, (_, end) in enumerate(tokens)}
    spans = {span.id: _span(dispatch, span, first[span.start], last[span.end]) for span in dispatch.spans}
    relations = [
        {
            "head": spans[relation.head]["token_end"],
            "child": spans[relation.tail]["token_end"],
            "label": relation.label,
            _HEAD: spans[relation.head],
            _CHILD: spans[relation.tail],
        }
        for relation in dispatch.relations
    ]
    published = {} if dispatch.published is None else {"published": dispatch.published}
    return {
        "text": dispatch.text,
        "tokens": [
            {
                "text": dispatch.text[start:end],
                "start": start,
                "end": end,
                "id": number,
                "ws": dispatch.text[end : end + 1] == " ",
            }
            for number, (start, end) in enumerate(tokens)
        ],
        "spans": list(spans.values()),
        "relations": relations,
        "meta": {"id": dispatch.id, **published, **dispatch.meta},
    }


def _span(dispatch: Dispatch, span: Span, first: int, last: int) -> dict[str, Any]:
    where = {"start": span.start, "end": span.end, "token_start": first, "token_end": last}
    return {**where, "label": span.label, "text": dispatch.words(span), "id": span.id}


def _tokens(dispatch: Dispatch) -> Iterator[Piece]:
    """Words and signs, cut where a span begins or ends; a space is none unless a span begins or ends with it."""
    starts, ends = {span.start for span in dispatch.spans}, {span.end for span in dispatch.spans}
    for match in _TOKEN.finditer(dispatch.text):
        if match[0] == " " and match.start() not in starts and match.end() not in ends:
            continue
        inner = [at for at in range(match.start() + 1, match.end()) if at in starts or at in ends]
        yield from pairwise((match.start(), *inner, match.end()))


FORMAT = Format("prodigy", "Prodigy's JSON lines", (".jsonl",), recognise, read, write, pieces="rows")
