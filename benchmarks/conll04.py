"""CoNLL04 (Roth and Yih, 2004) in SpERT's JSON, sentences as dispatches: their tokens with one space between.

Scored as SpERT scores (Eberts and Ulges, 2020): an entity is right with its span and type, a relation with its type and
the spans and types of both entities; micro F1 over all sentences, each entity and relation of a sentence counted once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_formats import as_spert
from dateline_labels import Dispatch, Schema
from public_data import PublicData, plain_schema, read_typed_json

PUBLISHED = "SpERT (BERT-base cased, trained on train and dev): entities 88.94, relations 71.47"


@dataclass(frozen=True)
class _Types:
    entities: dict[str, dict[str, str]]
    relations: dict[str, dict[str, str | bool]]


def read(folder: Path) -> PublicData:
    """Train, dev as validation, and test. The schema allows a relation between the types it has in train.

    Raises InputError where a file is not as expected, OSError where one cannot be read.
    """
    read_parts = {part: as_spert.read(folder / f"conll04_{part}.json") for part in ("train", "dev", "test")}
    parts = {part: annotated.dispatches for part, annotated in read_parts.items()}
    types = read_typed_json(folder / "conll04_types.json", _Types)
    schema = _schema(types, parts["train"])
    train_texts = {dispatch.text for dispatch in parts["train"]}
    known = sum(dispatch.text in train_texts for dispatch in parts["test"])
    twice = sum(len(annotated.findings) for annotated in read_parts.values())
    notes = (
        f"trained on train alone ({len(parts['train'])} sentences), thresholds (and the epoch, where the recipe "
        f"validates) chosen on dev ({len(parts['dev'])}), tested on test ({len(parts['test'])})",
        f"entities or relations that the gold gives twice in one sentence: {twice} (they would count once); "
        f"{known} sentences of test stand in train too, and are kept",
        f"`spans F1` and `relations F1, strict` are SpERT's measures; published: {PUBLISHED}",
    )
    return PublicData(schema, parts["train"], parts["dev"], parts["test"], notes)


def _schema(types: _Types, train: Sequence[Dispatch]) -> Schema:
    heads: dict[str, set[str]] = defaultdict(set)
    tails: dict[str, set[str]] = defaultdict(set)
    for dispatch in train:
        for relation in dispatch.relations:
            heads[relation.label].add(dispatch.span_by_id[relation.head].label)
            tails[relation.label].add(dispatch.span_by_id[relation.tail].label)
    relations = {label: {"head": sorted(heads[label]), "tail": sorted(tails[label])} for label in types.relations}
    return plain_schema("conll04", types.entities, relations)
