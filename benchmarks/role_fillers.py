"""CEAF-REE, the measure of role-filler entities of Du, Rush and Cardie (2021, "GRIT: Generative Role-filler
Transformers for Document-level Event Entity Extraction"), written from its definition.

The entities of one role and one document, gold K and predicted R, each a set of mention strings, are aligned one to one
such that the sum of φ(K, R) is greatest, φ = 1 where R ⊆ K and else 0. Precision is that sum over the number of
predicted entities, recall over the number of gold ones. Strings are compared in lower case, without ASCII punctuation,
articles (a, an, the) and superfluous space, as the authors compare them.
"""

import re
import string
from collections.abc import Mapping, Sequence

from dateline_labels import Dispatch, Span
from dateline_labels.clusters import clusters
from dateline_labels.scoring import Counts

Entity = frozenset[str]
"""The mention strings of one entity, normalised."""

SAME_ENTITY = "same_entity"
"""The relation that ties a mention to the one before it of its entity."""

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(mention: str) -> str:
    """A mention as it is compared."""
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", mention.lower().translate(_PUNCTUATION)).split())


def count_entities(gold: Sequence[Entity], predicted: Sequence[Entity]) -> Counts:
    """Aligned, spurious and missed entities of one role of one document, under the best alignment.

    As φ is 0 or 1, the best alignment is a maximum matching, found by augmenting paths (Kuhn, 1955).
    """
    partner: dict[int, int] = {}  # gold → predicted

    def is_placed(entity: int, tried: set[int]) -> bool:
        for at, mentions in enumerate(gold):
            if at not in tried and predicted[entity] <= mentions:
                tried.add(at)
                if at not in partner or is_placed(partner[at], tried):
                    partner[at] = entity
                    return True
        return False

    right = sum(is_placed(entity, set()) for entity in range(len(predicted)))
    return Counts(right, len(predicted) - right, len(gold) - right)


def predicted_entities(dispatch: Dispatch, role: str) -> list[Entity]:
    """The entities of the mentions read under the label `role`.

    Mentions whose words, normalised, are the same or some of the other's, or which SAME_ENTITY ties, are one entity,
    over any number of such steps. The most probable of its mentions, the earlier of equals, stands for it, as a system
    of this task names an entity by one mention.
    """
    mentions = {span.id: span for span in dispatch.spans if span.label == role and normalised(dispatch.words(span))}
    words = {span_id: set(normalised(dispatch.words(span)).split()) for span_id, span in mentions.items()}
    links = [(one, other) for one in words for other in words if one != other and words[one] <= words[other]]
    links += [(tie.head, tie.tail) for tie in dispatch.relations if tie.label == SAME_ENTITY]
    links = [(one, other) for one, other in links if one in words and other in words]
    groups = clusters(links)
    grouped = {member for group in groups for member in group}
    groups += [[span_id] for span_id in mentions if span_id not in grouped]
    chosen = (max((mentions[member] for member in group), key=_rank) for group in groups)
    return [frozenset([normalised(dispatch.words(span))]) for span in chosen]


def score_roles(
    gold: Sequence[Mapping[str, Sequence[Entity]]], predicted: Sequence[Dispatch], roles: Sequence[str]
) -> dict[str, Counts]:
    """The counts of each role over all documents, in the order of `roles`."""
    counts = {role: Counts() for role in roles}
    for entities, dispatch in zip(gold, predicted, strict=True):
        for role in roles:
            counts[role] += count_entities(entities.get(role, ()), predicted_entities(dispatch, role))
    return counts


def _rank(span: Span) -> tuple[float, int]:
    return span.score or 0.0, -span.start
