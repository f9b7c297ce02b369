"""Gold dispatches as a careless model would read them, by a seed: spans lost, shortened and relabelled, others added,
values and roles mistaken, relations lost; every prediction with a score.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dateline_labels import Dispatch, Relation, Schema, Span, read_dispatches

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = Schema.read(ROOT / "labels" / "schema.toml")


def corpus(folder: str = "iraq") -> list[Dispatch]:
    return read_dispatches([ROOT / "labels" / "corpus" / folder], SCHEMA)


def disturbed(gold: Sequence[Dispatch], seed: int = 3) -> list[Dispatch]:
    chance = random.Random(seed)
    return [_disturbed(dispatch, chance) for dispatch in gold]


def _disturbed(dispatch: Dispatch, chance: random.Random) -> Dispatch:
    spans = tuple(_read(span, chance) for span in dispatch.spans if chance.random() > 0.1)
    ids = {span.id: span for span in spans}
    relations = {}
    for relation in dispatch.relations:
        if {relation.head, relation.tail} <= set(ids) and chance.random() > 0.2:
            label = _role(relation.label, chance)
            if not SCHEMA.relation_problem(label, ids[relation.head].label, ids[relation.tail].label):
                score = round(chance.uniform(0.4, 1), 4)
                relations[label, relation.head, relation.tail] = Relation(label, relation.head, relation.tail, score)
    return replace(dispatch, spans=spans, relations=tuple(relations.values()))


def _read(span: Span, chance: random.Random) -> Span:
    end = span.end - 1 if span.end - span.start > 3 and chance.random() < 0.1 else span.end
    label = chance.choice(SCHEMA.span_labels) if chance.random() < 0.05 else span.label
    attributes = {
        name: chance.choice(values) if label != span.label or chance.random() < 0.1 else span.attributes[name]
        for name, values in SCHEMA.spans[label].attributes.items()
    }
    scores = {name: round(chance.uniform(0.5, 1), 4) for name in attributes}
    return Span(span.id, label, span.start, end, attributes, round(chance.uniform(0.5, 1), 4), scores)


def _role(label: str, chance: random.Random) -> str:
    swaps = {"perpetrator": "target", "target": "perpetrator"}
    return swaps.get(label, label) if chance.random() < 0.1 else label
