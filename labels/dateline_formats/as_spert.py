"""SpERT's JSON (Eberts and Ulges, 2020): a list of sentences with their tokens, entities by tokens, relations by
entities.

    {"tokens", "entities": [{"type", "start", "end"}], "relations": [{"type", "head", "tail"}], "orig_id"}

`end` is the token after the last. A row's text is its tokens with one space between or, where we wrote it and that is
another, stands under `_text`; whatever else a row holds becomes `meta`.
"""

from collections.abc import Sequence
from pathlib import Path

from dateline_labels import Dispatch
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, TypeAdapter

from .carrying import Carries, no_own_keys
from .drafts import Draft, Reading, id_of
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, typed
from .token_drafts import TokenMarks, as_tokens
from .token_rows import TEXT, entity_ends, read_each, read_tokens, text_row, write_list

SUFFIXES = (".json",)
_TITLE = "SpERT's JSON"
_ID = "orig_id"
_KEYS = ("tokens", "entities", "relations", _ID, TEXT)


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)


class _Entity(_Part):
    type: StrictStr
    start: StrictInt
    end: StrictInt


class _Relation(_Part):
    type: StrictStr
    head: StrictInt
    tail: StrictInt


class _Sentence(_Part):
    tokens: list[StrictStr]
    entities: list[_Entity]
    relations: list[_Relation] = []


_SENTENCE = TypeAdapter(_Sentence)


def recognise(path: Path, head: bytes) -> str:
    """JSON objects with tokens and entities."""
    keys = first_keys(head)
    return "its keys are tokens and entities" if {"tokens", "entities"} <= keys else ""


def read(path: Path) -> Annotated:
    """A dispatch for each sentence; its id is `orig_id` where that is words, or else the file's name with it."""
    return read_each(path, _read_row)


def _own_id(row: Row, path: Path, number: int, reading: Reading) -> str:
    """The id of a row. A number that an earlier row has, as where two files were put together, gets its turn."""
    given = row.value.get(_ID)
    first = name = id_of(path, given, number)
    turn = 1
    while isinstance(given, int) and (name,) in reading.places:
        turn += 1
        name = f"{first}-{turn}"
    if turn > 1:
        reading.note(row.place, row.name(_ID), "repaired", f"{given} is given {turn} times; this one is {name}")
    return name


def _read_row(row: Row, path: Path, number: int, reading: Reading) -> None:
    sentence = typed(row, _SENTENCE)
    tokens = read_tokens(row, sentence.tokens)
    meta = {key: value for key, value in (sentence.model_extra or {}).items() if key not in _KEYS}
    if not isinstance(row.value.get(_ID, ""), str | int):
        reading.note(row.place, row.name(_ID), "lost", "expected words or a number, the rows are counted instead")
    draft = Draft(reading, row.place, _own_id(row, path, number, reading), tokens.text, meta=meta)
    marks = TokenMarks(draft, tokens=tokens)
    ids = []
    for index, entity in enumerate(sentence.entities):
        name = row.name("entities", index)
        ids.append(marks.token_span(row.place, name, entity.type, (entity.start, max(entity.end, 0) - 1)))
        note_unread(reading, row, name, entity)
    for index, relation in enumerate(sentence.relations):
        name = row.name("relations", index)
        ends = entity_ends(row, name, ids, (relation.head, relation.tail))
        marks.relation(row.place, name, relation.type, ends)
        note_unread(reading, row, name, relation)
    draft.finish()


def note_unread(reading: Reading, row: Row, name: str, part: BaseModel) -> None:
    """A finding where the part of a row has keys that nothing reads."""
    if part.model_extra:
        reading.note(row.place, name, "lost", f"not read: {', '.join(part.model_extra)}")


_CARRIES = Carries(_TITLE, meta=no_own_keys(_KEYS))


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One row a dispatch, in one list; tokens by the rule of `tokens`."""
    return write_list(dispatches, target, lossy, _CARRIES, _row)


def _row(dispatch: Dispatch, losses: list[Finding]) -> dict[str, object]:
    written = as_tokens(dispatch, _TITLE, losses)
    order = {span.id: number for number, span in enumerate(written.dispatch.spans)}
    entities = [
        {"type": span.label, "start": written.ranges[span.id][0], "end": written.ranges[span.id][1] + 1}
        for span in written.dispatch.spans
    ]
    relations = [
        {"type": relation.label, "head": order[relation.head], "tail": order[relation.tail]}
        for relation in written.dispatch.relations
    ]
    own = {"tokens": written.tokens.words, "entities": entities, "relations": relations, _ID: dispatch.id}
    return {**own, **dispatch.meta, **text_row(written)}


FORMAT = Format("spert", _TITLE, SUFFIXES, recognise, read, write, pieces="rows")
