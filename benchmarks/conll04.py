"""CoNLL04 (Roth and Yih, 2004) in SpERT's JSON, sentences as dispatches: their tokens with one space between.

Scored as SpERT scores (Eberts and Ulges, 2020): an entity is right with its span and type, a relation with its type and
the spans and types of both entities; micro F1 over all sentences, each entity and relation of a sentence counted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Relation, Schema, Span
from public_data import PublicData, plain_schema, read_typed_json

PUBLISHED = "SpERT (BERT-base cased, trained on train and dev): entities 88.94, relations 71.47"


@dataclass(frozen=True)
class _Entity:
    type: str
    start: int  # in tokens, half-open
    end: int


@dataclass(frozen=True)
class _Link:
    type: str
    head: int  # number of the entity
    tail: int


@dataclass(frozen=True)
class _Sentence:
    tokens: tuple[str, ...]
    entities: tuple[_Entity, ...]
    relations: tuple[_Link, ...]


@dataclass(frozen=True)
class _Types:
    entities: dict[str, dict[str, str]]
    relations: dict[str, dict[str, str | bool]]


def read(folder: Path) -> PublicData:
    """Train, dev as validation, and test. The schema allows a relation between the types it has in train.

    Raises InputError where a file is not as expected, OSError where one cannot be read.
    """
    sentences, parts = {}, {}
    for part in ("train", "dev", "test"):
        path = folder / f"conll04_{part}.json"
        sentences[part] = read_typed_json(path, tuple[_Sentence, ...])
        parts[part] = tuple(
            _dispatch(sentence, f"conll04-{part}-{number:04}", Place(str(path)))
            for number, sentence in enumerate(sentences[part])
        )
    types = read_typed_json(folder / "conll04_types.json", _Types)
    schema = _schema(types, parts["train"])
    train_texts = {dispatch.text for dispatch in parts["train"]}
    known = sum(dispatch.text in train_texts for dispatch in parts["test"])
    twice = _duplicates(chain(*sentences.values()))
    notes = (
        f"trained on train alone ({len(parts['train'])} sentences), thresholds (and the epoch, where the recipe "
        f"validates) chosen on dev ({len(parts['dev'])}), tested on test ({len(parts['test'])})",
        f"entities or relations that the gold gives twice in one sentence: {twice} (they would count once); "
        f"{known} sentences of test stand in train too, and are kept",
        f"`spans F1` and `relations F1, strict` are SpERT's measures; published: {PUBLISHED}",
    )
    return PublicData(schema, parts["train"], parts["dev"], parts["test"], notes)


def _dispatch(sentence: _Sentence, dispatch_id: str, place: Place) -> Dispatch:
    starts = list(accumulate((len(token) + 1 for token in sentence.tokens), initial=0))
    ids = {entity: f"e{number}" for number, entity in reversed(list(enumerate(sentence.entities)))}
    try:
        spans = tuple(
            Span(ids[entity], entity.type, starts[entity.start], starts[entity.end] - 1)
            for entity in dict.fromkeys(sentence.entities)
        )
        entities = sentence.entities
        links = dict.fromkeys((link.type, entities[link.head], entities[link.tail]) for link in sentence.relations)
        relations = tuple(Relation(label, ids[head], ids[tail]) for label, head, tail in links)
        return Dispatch(dispatch_id, " ".join(sentence.tokens), spans=spans, relations=relations)
    except (IndexError, ValueError) as error:
        raise InputError(place, dispatch_id, str(error)) from None


def _schema(types: _Types, train: Sequence[Dispatch]) -> Schema:
    heads: dict[str, set[str]] = defaultdict(set)
    tails: dict[str, set[str]] = defaultdict(set)
    for dispatch in train:
        for relation in dispatch.relations:
            heads[relation.label].add(dispatch.span_by_id[relation.head].label)
            tails[relation.label].add(dispatch.span_by_id[relation.tail].label)
    relations = {label: {"head": sorted(heads[label]), "tail": sorted(tails[label])} for label in types.relations}
    return plain_schema("conll04", types.entities, relations)


def _duplicates(sentences: Iterable[_Sentence]) -> int:
    count = 0
    for sentence in sentences:
        entities = sentence.entities
        links = [(link.type, entities[link.head], entities[link.tail]) for link in sentence.relations]
        count += len(entities) - len(set(entities)) + len(links) - len(set(links))
    return count
