"""MUC-4 role fillers (Sundheim, 1992) as prepared by Du, Rush and Cardie (2021): one JSON object a line.

    {"docid", "doctext", "extracts": {role: [[[mention, offset]]]}}

For each role a list of entities, each a list of mentions with the offset of their first occurrence. A text that names a
mention again means the same, so every occurrence of its words is a span, labelled by the role; each is tied to the one
before it of its entity. Written is what is read back so, or listed where it is not.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Span
from dateline_labels.clusters import clusters
from dateline_labels.files import write_atomically
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, TypeAdapter

from .carrying import Carries, no_own_keys
from .drafts import SAME_ENTITY, Draft, Marks, Reading
from .format import Annotated, Finding, Format, refuse_losses
from .json_rows import Row, first_keys, read_rows, typed
from .losses import lost

SUFFIXES = (".json", ".jsonl")
_TITLE = "MUC-4"
_KEYS = ("docid", "doctext", "extracts")
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
        _read_row(row, reading)
    return reading.annotated()


def _read_row(row: Row, reading: Reading) -> None:
    document = typed(row, _DOCUMENT)
    meta = dict(document.model_extra or {})
    marks = Marks(Draft(reading, row.place, document.docid, document.doctext, meta=meta))
    for role, entities in document.extracts.items():
        for number, entity in enumerate(entities):
            _read_entity(row, ("extracts", role, number), entity, marks)
    marks.draft.finish()


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


_CARRIES = Carries(_TITLE, meta=no_own_keys(_KEYS))


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One row a dispatch; entities are spans of one label with what ties them. Raises as `Format` says."""
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .json or .jsonl")
    fitted, losses = _CARRIES.fitted(dispatches, lossy=True)
    rows = [_row(dispatch) for dispatch in fitted]
    for dispatch, row in zip(fitted, rows, strict=True):
        losses += _changes(dispatch, row)
    refuse_losses(losses, lossy)
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows]
    write_atomically(target, "".join(lines).encode("utf-8"))
    return tuple(losses)


def _row(dispatch: Dispatch) -> dict[str, object]:
    """The row of a dispatch; a mention stands where the text has its words first, as a word or else at all."""
    links = [(each.head, each.tail) for each in dispatch.relations if each.label == SAME_ENTITY]
    groups = clusters(links)
    tied = {span_id for group in groups for span_id in group}
    groups += [[span.id] for span in dispatch.spans if span.id not in tied]
    order = {span.id: number for number, span in enumerate(dispatch.spans)}
    extracts: dict[str, list[list[tuple[str, int]]]] = {span.label: [] for span in dispatch.spans}
    for group in sorted(sorted(order[span_id] for span_id in group) for group in groups):
        for label, found in groupby(sorted((dispatch.spans[at] for at in group), key=_label), key=_label):
            starts: dict[str, int] = {}
            for span in found:
                words = dispatch.words(span)
                starts[words] = min(span.start, starts.get(words, span.start))
            extracts[label].append(list(starts.items()))
    return {"docid": dispatch.id, "doctext": dispatch.text, "extracts": extracts, **dispatch.meta}


def _label(span: Span) -> str:
    return span.label


def _changes(dispatch: Dispatch, row: Mapping[str, object]) -> list[Finding]:
    """What is read back from the row otherwise than it was."""
    reading = Reading()
    _read_row(Row(Place(dispatch.id), "", json.loads(json.dumps(row))), reading)
    before, after = _parts(dispatch), _parts(reading.dispatches[0])
    what = [f"{_words(dispatch, part)} is not told by its words" for part in sorted(before - after)]
    what += [f"{_words(dispatch, part)} is read back as well" for part in sorted(after - before)]
    return [lost(dispatch, "extracts", each) for each in what]


def _parts(dispatch: Dispatch) -> set[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Each span, from and to its place, and each relation, from one place to another."""
    places = {span.id: (span.start, span.end) for span in dispatch.spans}
    spans = {(span.label, places[span.id], places[span.id]) for span in dispatch.spans}
    return spans | {(each.label, places[each.head], places[each.tail]) for each in dispatch.relations}


def _words(dispatch: Dispatch, part: tuple[str, tuple[int, int], tuple[int, int]]) -> str:
    label, head, tail = part
    if head == tail:
        return f"{label} {dispatch.text[slice(*head)]!r} at {head[0]}"
    return f"{label} from {dispatch.text[slice(*head)]!r} at {head[0]} to {dispatch.text[slice(*tail)]!r} at {tail[0]}"


FORMAT = Format("muc4", "role fillers as of MUC-4", SUFFIXES, recognise, read, write, pieces="rows")
