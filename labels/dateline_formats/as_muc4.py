"""MUC-4 role fillers (Sundheim, 1992) as prepared by Du, Rush and Cardie (2021): one JSON object a line.

    {"docid", "doctext", "extracts": {role: [[[mention, offset]]]}}

For each role a list of entities, each a list of mentions with the offset of their first occurrence. A text that names a
mention again means the same, so every occurrence of its words is a span, labelled by the role; each is tied to the one
before it of its entity. The format is read alone: its templates do not say which words are marked.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Span
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, TypeAdapter

from .drafts import Draft, Reading
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, read_rows, typed
from .token_drafts import SAME_ENTITY, Marks

_Mention = tuple[StrictStr, StrictInt]


class _Document(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)

    docid: StrictStr
    doctext: StrictStr
    extracts: dict[str, list[list[_Mention]]]


_DOCUMENT = TypeAdapter(_Document)


def recognise(path: Path, head: bytes) -> str:
    """JSON objects of documents and extracts."""
    return "its keys are docid, doctext and extracts" if {"doctext", "extracts"} <= first_keys(head) else ""


def read(path: Path) -> Annotated:
    """A dispatch for each document."""
    reading = Reading()
    for row in read_rows(path):
        document = typed(row, _DOCUMENT)
        meta = dict(document.model_extra or {})
        marks = Marks(Draft(reading, row.place, document.docid, document.doctext, meta=meta))
        for role, entities in document.extracts.items():
            for number, entity in enumerate(entities):
                _read_entity(row, ("extracts", role, number), entity, marks)
        marks.draft.finish()
    return reading.annotated()


def _read_entity(row: Row, field: tuple[str, str, int], entity: Sequence[_Mention], marks: Marks) -> None:
    """Mark what its mentions say, and tie it in the order of the text."""
    name, text = row.name(*field), marks.draft.text
    given = {(start, start + len(mention)) for mention, start in entity}
    for mention, start in entity:
        if not mention or start < 0 or text[start : start + len(mention)] != mention:
            raise InputError(row.place, name, f"{mention!r} does not stand at {start}")
    found = given | {place for mention, _ in entity for place in _occurrences(text, mention)}
    if len(found) > len(given):
        what = f"{len(found) - len(given)} more occurrences of its mentions are marked as well"
        marks.draft.reading.note(row.place, name, "warning", what)
    if not field[1]:
        raise InputError(row.place, row.name("extracts"), "expected a role, got nothing")
    ids = [marks.span(row.place, name, Span("new", field[1], *place)) for place in sorted(found)]
    for earlier, later in pairwise(ids):
        marks.relation(row.place, name, SAME_ENTITY, (later, earlier))


def _occurrences(text: str, mention: str) -> Iterator[tuple[int, int]]:
    """Where the mention stands and no letter or digit beside it."""
    yield from (match.span() for match in re.finditer(rf"(?<!\w){re.escape(mention)}(?!\w)", text))


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """Nothing: raises InputError."""
    raise InputError(Place(str(target)), "format", "the role fillers of MUC-4 are read and not written")


FORMAT = Format("muc4", "role fillers as of MUC-4", (), recognise, read, write)
