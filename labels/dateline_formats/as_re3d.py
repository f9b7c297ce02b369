"""re3d (Dstl, 2017) and what is laid out as it is: a folder with `documents.json`, `entities.json`, `relations.json`.

    {"_id", "text", …}
    {"_id", "documentId", "begin", "end", "type", "value", "confidence"}
    {"_id", "documentId", "sourceBegin", "sourceEnd", "source", "targetBegin", "targetEnd", "target", "type",
     "begin", "end", "value", "confidence"}

One object a line, as MongoDB exports them. A confidence is a score; the words by which a relation is told, its `begin`,
`end` and `value`, stand in `meta`, and so does what else a document holds.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dateline_labels import Dispatch, InputError, Place, Span
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, TypeAdapter

from .carrying import Carries, write_files
from .drafts import Draft, Marks, Reading
from .format import Annotated, Finding, Format, refuse_losses
from .json_rows import Row, read_rows, typed
from .losses import lost, with_clear_ends, without_twins
from .offsets import Mark, located

SUFFIXES = ("",)
DOCUMENTS, ENTITIES, RELATIONS = "documents.json", "entities.json", "relations.json"
_TITLE = "re3d"
_WORDS = "relation_words"
_TOLD = ("begin", "end", "value")  # of a relation
_Typed = TypeVar("_Typed", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)


class _Document(_Part):
    id: StrictStr = Field(alias="_id", min_length=1)
    text: StrictStr


class _Entity(_Part):
    id: StrictStr | None = Field(None, alias="_id")
    document: StrictStr = Field(alias="documentId")
    begin: StrictInt
    end: StrictInt
    type: StrictStr = Field(min_length=1)
    value: StrictStr | None = None
    confidence: float | None = Field(None, ge=0, le=1)


class _Relation(_Part):
    id: StrictStr | None = Field(None, alias="_id")
    document: StrictStr = Field(alias="documentId")
    source_begin: StrictInt = Field(alias="sourceBegin")
    source_end: StrictInt = Field(alias="sourceEnd")
    source: Any = None
    target_begin: StrictInt = Field(alias="targetBegin")
    target_end: StrictInt = Field(alias="targetEnd")
    target: Any = None
    type: StrictStr = Field(min_length=1)
    confidence: float | None = Field(None, ge=0, le=1)


def recognise(path: Path, head: bytes) -> str:
    """A folder of documents and entities."""
    found = [name for name in (DOCUMENTS, ENTITIES) if path.is_dir() and (path / name).is_file()]
    return f"it has {' and '.join(found)}" if len(found) == 2 else ""


def read(path: Path) -> Annotated:
    """The dispatches of the folder, in the order of its documents. Raises as `Format` says."""
    reading = Reading()
    drafts: dict[str, _Drafted] = {}
    for row, document in _rows(path / DOCUMENTS, _Document):
        if document.id in drafts:
            raise InputError(row.place, row.name("_id"), f"{document.id} occurs twice")
        draft = Draft(reading, row.place, document.id, document.text, meta=dict(document.model_extra or {}))
        drafts[document.id] = _Drafted(Marks(draft))
    _read_entities(path / ENTITIES, drafts, reading)
    if (path / RELATIONS).is_file():
        _read_relations(path / RELATIONS, drafts, reading)
    for drafted in drafts.values():
        drafted.finish()
    return reading.annotated()


@dataclass
class _Drafted:
    """A dispatch while its rows are read; `standing` has its spans by the offsets that the file gives them."""

    marks: Marks
    standing: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    words: list[dict[str, object]] = field(default_factory=list)

    def finish(self) -> None:
        """Add the dispatch to the reading."""
        if self.words:
            self.marks.draft.meta = {**self.marks.draft.meta, _WORDS: self.words}
        self.marks.draft.finish()


def _rows(path: Path, kind: type[_Typed]) -> list[tuple[Row, _Typed]]:
    if not path.read_bytes().strip():
        return []
    return [(row, typed(row, _adapter(kind))) for row in read_rows(path)]


@cache
def _adapter(kind: type[_Typed]) -> TypeAdapter[_Typed]:
    return TypeAdapter(kind)


def _read_entities(path: Path, drafts: dict[str, _Drafted], reading: Reading) -> None:
    of_document: dict[str, list[tuple[Row, _Entity]]] = defaultdict(list)
    for row, entity in _rows(path, _Entity):
        if entity.document not in drafts:
            reading.note(row.place, row.name("documentId"), "lost", f"no document has the id {entity.document}")
        elif entity.begin >= entity.end or not (entity.value is None or entity.value.strip()):
            reading.note(row.place, row.name("begin"), "lost", f"{entity.type} of no words is not carried")
        else:
            of_document[entity.document].append((row, entity))
    entities = [each for document in drafts for each in of_document[document]]
    marks = [_mark(row, entity, drafts[entity.document].marks.draft, reading) for row, entity in entities]
    places, findings = located(marks)
    reading.findings += findings
    for (row, entity), ((start, end),) in zip(entities, places, strict=True):
        _add_span(row, entity, (start, end), drafts[entity.document])


def _mark(row: Row, entity: _Entity, draft: Draft, reading: Reading) -> Mark:
    """Where the entity stands; a value that differs in quotation marks and the like is as good as the words there."""
    quote, words = entity.value, draft.text[max(entity.begin, 0) : max(entity.end, 0)]
    if quote is not None and quote != words and _letters(quote) == _letters(words) != "":
        if quote.split() != words.split():
            reading.note(row.place, row.name("value"), "warning", f"{quote!r} stands in the text as {words!r}")
        quote = words
    return Mark(row.place, row.name("begin"), draft.text, ((entity.begin, entity.end),), quote)


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words))


def _add_span(row: Row, entity: _Entity, place: tuple[int, int], drafted: _Drafted) -> None:
    draft = drafted.marks.draft
    words = draft.text[slice(*place)]
    start, end = place[0] + len(words) - len(words.lstrip()), place[1] - len(words) + len(words.rstrip())
    if (start, end) != place:
        draft.reading.note(row.place, row.name("begin"), "repaired", f"{words!r} begins or ends with white space")
    if entity.model_extra:
        draft.reading.note(row.place, row.name(), "lost", f"not read: {', '.join(entity.model_extra)}")
    span = Span("new", entity.type, start, end, score=entity.confidence)
    span_id = drafted.marks.span(row.place, row.name("begin"), span)
    drafted.standing[entity.begin, entity.end].append(span_id)


def _read_relations(path: Path, drafts: dict[str, _Drafted], reading: Reading) -> None:
    for row, relation in _rows(path, _Relation):
        drafted = drafts.get(relation.document)
        if drafted is None:
            reading.note(row.place, row.name("documentId"), "lost", f"no document has the id {relation.document}")
            continue
        ends = []
        for key, begin, end in (
            ("sourceBegin", relation.source_begin, relation.source_end),
            ("targetBegin", relation.target_begin, relation.target_end),
        ):
            found = list(dict.fromkeys(drafted.standing.get((begin, end), ())))
            if len(found) > 1:
                what = f"{len(found)} entities stand from {begin} to {end}, the first is taken"
                reading.note(row.place, row.name(key), "warning", what)
            ends += found[:1]
        if len(ends) < 2:
            what = f"{relation.type} goes with an entity that is not there"
            reading.note(row.place, row.name("sourceBegin"), "lost", what)
            continue
        drafted.marks.relation(row.place, row.name("type"), relation.type, (ends[0], ends[1]), relation.confidence)
        told = {key: value for key, value in (relation.model_extra or {}).items() if key in _TOLD}
        if told and ends[0] != ends[1]:
            drafted.words.append({"head": ends[0], "label": relation.type, "tail": ends[1], **told})
        others = [key for key in relation.model_extra or {} if key not in _TOLD]
        if others:
            reading.note(row.place, row.name(), "lost", f"not read: {', '.join(others)}")


def _carries(key: str, value: object) -> str:
    if key in ("_id", "text"):
        return f"no other fact under its own key {key}"
    if key != _WORDS or isinstance(value, list):
        return ""
    return f"no {key} but as a list"


def _offsets(span: Span) -> tuple[int, int]:
    return span.start, span.end


_CARRIES = Carries(_TITLE, meta=_carries, scores=True)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """The three files in the folder `target`. Raises as `Format` says."""
    if target.suffix:
        raise InputError(Place(str(target)), "format", f"expected a folder to write {_TITLE} to")
    fitted, losses = _CARRIES.fitted(dispatches, lossy=True)
    files: dict[str, list[dict[str, object]]] = {DOCUMENTS: [], ENTITIES: [], RELATIONS: []}
    for each in fitted:
        dispatch = with_clear_ends(without_twins(each, losses), _offsets, losses)
        meta = {key: value for key, value in dispatch.meta.items() if key != _WORDS}
        files[DOCUMENTS].append({"_id": dispatch.id, "text": dispatch.text, **meta})
        files[ENTITIES] += [_entity_row(dispatch, span) for span in dispatch.spans]
        files[RELATIONS] += _relation_rows(dispatch, losses)
    refuse_losses(losses, lossy)
    write_files(target, {name: "".join(map(_line, rows)) for name, rows in files.items()})
    return tuple(losses)


def _line(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _entity_row(dispatch: Dispatch, span: Span) -> dict[str, object]:
    row: dict[str, object] = {"_id": f"{dispatch.id}-{span.id}", "documentId": dispatch.id}
    row |= {"begin": span.start, "end": span.end, "type": span.label, "value": dispatch.words(span)}
    return row if span.score is None else {**row, "confidence": span.score}


def _relation_rows(dispatch: Dispatch, losses: list[Finding]) -> list[dict[str, object]]:
    told = _told(dispatch, losses)
    rows = []
    for number, relation in enumerate(dispatch.relations, start=1):
        head, tail = dispatch.span_by_id[relation.head], dispatch.span_by_id[relation.tail]
        row: dict[str, object] = {"_id": f"{dispatch.id}-r{number}", "documentId": dispatch.id, "type": relation.label}
        row |= {"sourceBegin": head.start, "sourceEnd": head.end, "source": dispatch.words(head)}
        row |= {"targetBegin": tail.start, "targetEnd": tail.end, "target": dispatch.words(tail)}
        row |= {} if relation.score is None else {"confidence": relation.score}
        rows.append({**row, **told.get((relation.head, relation.label, relation.tail), {})})
    return rows


def _told(dispatch: Dispatch, losses: list[Finding]) -> dict[tuple[str, str, str], dict[str, object]]:
    """What the meta data say of the words that tell relations, by the relation."""
    found: Any = dispatch.meta.get(_WORDS, [])
    known = {(each.head, each.label, each.tail) for each in dispatch.relations}
    told = {}
    for words in found:
        key = tuple(words.get(name) for name in ("head", "label", "tail")) if isinstance(words, dict) else ()
        if key in known and words.keys() <= {"head", "label", "tail", *_TOLD} and key not in told:
            told[key] = {name: words[name] for name in _TOLD if name in words}
        else:
            losses.append(
                lost(dispatch, f"meta.{_WORDS}", f"{_TITLE} carries words of its relations alone, not {words!r}")
            )
    return told


FORMAT = Format("re3d", _TITLE, SUFFIXES, recognise, read, write, pieces="none")
