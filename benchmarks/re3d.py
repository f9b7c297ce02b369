"""re3d (Dstl, 2017): reports on Syria and Iraq with entities, one folder a source, one JSON object a line.

Entities overlap; the longest of those is kept, in what is learnt and in what is tested.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from dateline_labels import Dispatch, Span
from public_data import PublicData, cuts_a_word, plain_schema, read_typed_lines, without_overlaps
from pydantic import Field


@dataclass(frozen=True)
class _Document:
    id: Annotated[str, Field(alias="_id")]
    text: str


@dataclass(frozen=True)
class _Entity:
    begin: int
    end: int
    type: str
    document: Annotated[str, Field(alias="documentId")]


@dataclass
class _Dropped:
    outside: int = 0
    twice: int = 0
    trimmed: int = 0
    overlapping: int = 0
    cut: int = 0


def read(folder: Path) -> PublicData:
    """Documents in the order of their ids: every fifth is tested, every tenth of the others is for validation.

    Raises InputError where a file is not as expected, OSError where one cannot be read.
    """
    documents: list[_Document] = []
    entities: dict[str, list[_Entity]] = defaultdict(list)
    for source in sorted(path for path in folder.iterdir() if path.is_dir()):
        documents += read_typed_lines(source / "documents.json", _Document)
        for entity in read_typed_lines(source / "entities.json", _Entity):
            entities[entity.document].append(entity)
    dropped = _Dropped()
    dispatches = [
        _dispatch(document, entities.pop(document.id, []), dropped)
        for document in sorted(documents, key=lambda document: document.id)
    ]
    dropped.outside += sum(map(len, entities.values()))
    test = tuple(dispatches[4::5])
    others = [dispatch for number, dispatch in enumerate(dispatches) if number % 5 != 4]
    train = tuple(dispatch for number, dispatch in enumerate(others) if number % 10 != 9)
    notes = (
        f"trained on {len(train)} documents, {len(others[9::10])} for validation, tested on every fifth ({len(test)})",
        f"dropped: {dropped.overlapping} entities that overlap a longer one, {dropped.twice} given twice, "
        f"{dropped.outside} without words or outside of any text; {dropped.trimmed} borders moved off white space",
        f"{dropped.cut} entities that stay cut a word, and no reader of whole words finds them",
        "the published figures on re3d are on other splits",
    )
    labels = sorted({span.label for dispatch in dispatches for span in dispatch.spans})
    return PublicData(plain_schema("re3d", labels), train, tuple(others[9::10]), test, notes)


def _dispatch(document: _Document, entities: list[_Entity], dropped: _Dropped) -> Dispatch:
    text = document.text
    spans: list[Span] = []
    different = dict.fromkeys((entity.begin, entity.end, entity.type) for entity in entities)
    dropped.twice += len(entities) - len(different)
    for begin, end, label in different:
        words = text[begin:end] if 0 <= begin < end <= len(text) else ""
        if not words.strip():
            dropped.outside += 1
            continue
        start = begin + len(words) - len(words.lstrip())
        trimmed_end = end - len(words) + len(words.rstrip())
        dropped.trimmed += (start != begin) + (trimmed_end != end)
        spans.append(Span(f"e{len(spans) + 1}", label, start, trimmed_end))
    kept = without_overlaps(spans)
    dropped.cut += sum(cuts_a_word(text, span.start, span.end) for span in kept)
    dropped.overlapping += len(spans) - len(kept)
    return Dispatch(document.id, text, spans=kept)
