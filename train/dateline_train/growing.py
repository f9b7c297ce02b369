"""Weights under one schema → weights under a schema that has all of its labels and more.

What belongs to a label goes to where the label stands now; what belongs to a new one stays as the new model begins.
"""

from collections.abc import Mapping
from itertools import product
from typing import Final

import torch
from dateline_infer.tags import tag_names
from dateline_labels import Schema
from torch import Tensor

_LABELLED: Final = {
    "tags.weight": "tag",
    "tags.bias": "tag",
    "transitions": "tag",
    "attributes.label.weight": "span label",
    "attributes.output.weight": "value",
    "attributes.output.bias": "value",
    "relations.labels.weight": "pair",
    "relations.output.weight": "relation",
    "relations.output.bias": "relation",
}
"""The weights with a row for each of something that the schema names; `transitions` has such columns too."""


def missing(old: Schema, new: Schema) -> str | None:
    """The first thing that the old schema has and the new one has not, in words; None where the new one has all."""
    known = _numbers(new)
    for what, numbers in _numbers(old).items():
        for name in numbers:
            if name not in known[what]:
                return f"{what} {' '.join(name)}"
    return None


def grown(weights: Mapping[str, Tensor], fresh: Mapping[str, Tensor], old: Schema, new: Schema) -> dict[str, Tensor]:
    """The weights for the new schema, of which `missing` finds nothing; `fresh` are those that the new model begins
    with. Raises RuntimeError where the two models differ in more than their labels.
    """
    before, now = _numbers(old), _numbers(new)
    places = {what: torch.tensor([now[what][name] for name in numbers]) for what, numbers in before.items()}
    moved = dict(weights)
    for name, what in _LABELLED.items():
        there = places[what].to(fresh[name].device)
        moved[name] = fresh[name].clone()
        if name == "transitions":
            moved[name][there[:, None], there] = weights[name]
        elif len(there):
            moved[name][there] = weights[name]
    return moved


def _numbers(schema: Schema) -> dict[str, dict[tuple[str, ...], int]]:
    """Of each kind of thing the number of its row, by its name."""
    labels = schema.span_labels
    names: dict[str, list[tuple[str, ...]]] = {
        "span label": [(label,) for label in labels],
        "tag": [(tag,) for tag in tag_names(labels)],
        "pair": list(product(labels, labels)),
        "value": [(label, name, value) for label, name, values in schema.attributes for value in values],
        "relation": [(label,) for label in schema.relation_labels],
    }
    return {what: {name: number for number, name in enumerate(each)} for what, each in names.items()}
