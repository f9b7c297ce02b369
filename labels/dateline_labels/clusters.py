"""Mentions tied by one relation → clusters, scored by the pairs of mentions that they hold.

`A same_event B, B same_event C` and `B same_event A, C same_event A` tell the same: all three are one event. So neither
the direction nor the chosen links count, but which mentions are together: the pairs within the transitive closure.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from .components import connected
from .dispatch import Dispatch
from .scoring import Counts, match_spans, total

Pair = tuple[str, str]


def clusters(links: Iterable[Pair]) -> list[list[str]]:
    """The connected components of undirected links, each sorted, in the order of their least members."""
    pairs = tuple(links)
    mentions = sorted({mention for pair in pairs for mention in pair})
    numbers = {mention: number for number, mention in enumerate(mentions)}
    found: dict[int, list[str]] = {}
    firsts = connected(len(mentions), ((numbers[head], numbers[tail]) for head, tail in pairs))
    for mention, first in zip(mentions, firsts, strict=True):
        found.setdefault(first, []).append(mention)
    return list(found.values())


def score_clusters(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], relation: str) -> Counts:
    """Pairs of mentions that `relation` puts together, in gold and in predictions, dispatch by dispatch.

    A predicted mention stands for the gold one it is matched to (see `match_spans`: overlapping, of one label, one to
    one); a pair with a mention that is matched to none is spurious. Pairwise precision, recall and F1 are those of the
    counts.
    """
    return total(_count(true, found, relation) for true, found in zip(gold, predicted, strict=True))


def _count(gold: Dispatch, predicted: Dispatch, relation: str) -> Counts:
    matches = match_spans(gold.spans, predicted.spans)
    named = {span.id: (matches.get(span.id, span.id), span.id in matches) for span in predicted.spans}
    true = {frozenset(((head, True), (tail, True))) for head, tail in _pairs(gold, relation)}
    found = {frozenset((named[head], named[tail])) for head, tail in _pairs(predicted, relation)}
    return Counts(len(true & found), len(found - true), len(true - found))


def _pairs(dispatch: Dispatch, label: str) -> list[Pair]:
    links = [(relation.head, relation.tail) for relation in dispatch.relations if relation.label == label]
    return [pair for cluster in clusters(links) for pair in combinations(cluster, 2)]
