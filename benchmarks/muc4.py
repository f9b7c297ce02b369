"""MUC-4 role fillers (Sundheim, 1992; as prepared by Du, Rush and Cardie, 2021): one JSON object a line.

A document gives, for each of five roles, entities of mentions with the offset of their first occurrence. To learn from,
every occurrence of a mention's words is a span labelled with its role (of overlapping ones the longest is kept), and
each is tied to the one before it of its entity. To score, the entities stay as they are.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Relation, Span
from public_data import PublicData, cuts_a_word, plain_schema, read_typed_lines, without_overlaps
from role_fillers import SAME_ENTITY, Entity, normalised

ROLES = ("PerpInd", "PerpOrg", "Target", "Victim", "Weapon")
PUBLISHED = (
    "published on the test part, which is not this one: GRIT (BERT-base) 54.50, NST 52.58, DyGIE++ 51.40 micro F1"
)


@dataclass(frozen=True)
class _Document:
    docid: str
    doctext: str
    extracts: dict[str, tuple[tuple[tuple[str, int], ...], ...]]  # role -> entities -> (mention, offset)


@dataclass
class _Dropped:
    cut: int = 0
    overlapping: int = 0


def read(folder: Path) -> tuple[PublicData, list[dict[str, list[Entity]]]]:
    """Train without its last tenth, that tenth as validation, dev as the test; and the gold entities of the test.

    Raises InputError where a file is not as expected, OSError where one cannot be read.
    """
    dropped = _Dropped()
    parts, documents = {}, {}
    for part in ("train", "dev"):
        path = folder / f"{part}.json"
        documents[part] = read_typed_lines(path, _Document)
        parts[part] = tuple(_dispatch(document, Place(str(path)), dropped) for document in documents[part])
    learnt = len(parts["train"]) * 9 // 10
    empty = sum(not any(document.extracts.values()) for document in documents["dev"])
    notes = (
        f"trained on {learnt} documents of train, the last {len(parts['train']) - learnt} for validation, tested on "
        f"dev ({len(parts['dev'])} documents, {empty} of them without any filler)",
        f"labelled are all occurrences of a mention's words, without {dropped.overlapping} that lie in a longer one or "
        f"share its borders and {dropped.cut} mentions that cut a word; the gold entities keep them all",
        f"CEAF-REE: mentions of one role with the same words, or some of the other's, or tied by {SAME_ENTITY} are one "
        "predicted entity, named by its most probable mention",
        PUBLISHED,
    )
    schema = plain_schema("muc4", ROLES, {SAME_ENTITY: {"head": list(ROLES), "tail": list(ROLES)}})
    data = PublicData(schema, parts["train"][:learnt], parts["train"][learnt:], parts["dev"], notes)
    return data, [_entities(document) for document in documents["dev"]]


def _entities(document: _Document) -> dict[str, list[Entity]]:
    return {
        role: [frozenset(normalised(mention) for mention, _ in entity) for entity in entities if entity]
        for role, entities in document.extracts.items()
    }


def _dispatch(document: _Document, place: Place, dropped: _Dropped) -> Dispatch:
    spans = list(_spans(document, place, dropped))
    kept = without_overlaps(spans)
    dropped.overlapping += len(spans) - len(kept)
    entities = defaultdict(list)
    for span in kept:
        entities[span.id.split(".")[0]].append(span.id)
    ties = [Relation(SAME_ENTITY, later, earlier) for ids in entities.values() for earlier, later in pairwise(ids)]
    return Dispatch(document.docid, document.doctext, spans=kept, relations=tuple(ties))


def _spans(document: _Document, place: Place, dropped: _Dropped) -> Iterator[Span]:
    """A span for each occurrence; the part of its id before the dot is its entity's."""
    text, number, entity_number = document.doctext, 0, 0
    for role, entities in document.extracts.items():
        if role not in ROLES:
            raise InputError(place, document.docid, f"expected the roles {', '.join(ROLES)}, got {role}")
        for entity in entities:
            entity_number += 1
            for mention, start in entity:
                if not mention or text[start : start + len(mention)] != mention:
                    raise InputError(place, document.docid, f"{mention!r} does not stand at {start}")
                dropped.cut += cuts_a_word(text, start, start + len(mention))
                for match in re.finditer(rf"(?<!\w){re.escape(mention)}(?!\w)", text):
                    number += 1
                    yield Span(f"e{entity_number}.{number}", role, *match.span())
