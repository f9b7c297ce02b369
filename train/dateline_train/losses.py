"""Logits and what they should be → losses: against the annotation, and against what a teacher makes of it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from dateline_labels import Schema
from torch import Tensor, nn

IGNORED = -100
"""Target of what has none, as in torch's cross entropy."""


class Logits(NamedTuple):
    """What a model makes of a batch."""

    vectors: Tensor  # (tokens, hidden)
    tags: Tensor  # (tokens, tags)
    attributes: Tensor  # (spans, values of all attributes)
    relations: Tensor  # (pairs, relations)


def attribute_loss(logits: Tensor, targets: Tensor, attributes: Sequence[tuple[str, str, Sequence[str]]]) -> Tensor:
    """Cross entropy of each attribute, a mean over the spans that carry it, added up over the attributes.

    `logits` (spans, values of all attributes), `targets` (spans, attributes).
    """
    loss: Tensor = logits.sum() * 0.0  # every weight takes part, as distributed training demands
    for number, known, columns in _known(targets, attributes):
        loss = loss + nn.functional.cross_entropy(logits[known, columns], targets[known, number])
    return loss


def relation_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross entropy summed over what the schema allows, for each relation there is; both (pairs, relations)."""
    return _of_allowed(logits, targets.float().clamp(min=0.0), targets)


def imitation_losses(
    found: Logits, teacher: Logits, attribute_targets: Tensor, relation_targets: Tensor, schema: Schema
) -> Tensor:
    """(3,): how far tags (with the vectors they come from), attributes and relations are from the teacher's.

    Cross entropy against the teacher's probabilities (Hinton et al. 2015, temperature 1), which have the same weights
    as the losses against the annotation; the vectors by their mean squared difference where both have the same width.
    """
    tags = nn.functional.cross_entropy(found.tags, teacher.tags.softmax(dim=1))
    if found.vectors.shape == teacher.vectors.shape:
        tags = tags + nn.functional.mse_loss(found.vectors, teacher.vectors)
    attributes = found.attributes.sum() * 0.0
    for _, known, columns in _known(attribute_targets, schema.attributes):
        probabilities = teacher.attributes[known, columns].softmax(dim=1)
        attributes = attributes + nn.functional.cross_entropy(found.attributes[known, columns], probabilities)
    return torch.stack([tags, attributes, _of_allowed(found.relations, teacher.relations.sigmoid(), relation_targets)])


def _known(
    targets: Tensor, attributes: Sequence[tuple[str, str, Sequence[str]]]
) -> Iterator[tuple[int, Tensor, slice]]:
    """Each attribute that some span carries: its number, which spans do, and the columns of its logits."""
    column = 0
    for number, (_, _, choices) in enumerate(attributes):
        known = targets[:, number] != IGNORED
        if known.any():
            yield number, known, slice(column, column + len(choices))
        column += len(choices)


def _of_allowed(logits: Tensor, wanted: Tensor, targets: Tensor) -> Tensor:
    """Binary cross entropy against `wanted` summed over what the schema allows, for each relation in `targets`."""
    loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    weighed: Tensor = (loss * (targets != IGNORED)).sum() / ((targets == 1).sum() + 1)
    return weighed
