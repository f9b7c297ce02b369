"""Mentions of one event as clusters, by the measures of coreference: pairs, B³, CEAF and LEA.

    pairs    pairs of mentions that are together
    B³       for each mention, the share of its cluster that is rightly there (Bagga and Baldwin 1998)
    CEAF_e   clusters aligned one to one by their likeness φ₄ (Luo 2005)
    LEA      for each cluster, by its size, the share of its links that are there (Moosavi and Strube 2016)

A mention alone is a cluster of one; in LEA its one link is to itself. A predicted mention stands for the gold one it is
matched to (`match_spans`), else for none: it makes clusters of the prediction larger and is right nowhere. Figures are
ratios of sums over dispatches.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import clusters, score_clusters
from dateline_labels.scoring import match_spans
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import Ratios, counted_f, plain_f

Mention = tuple[str, bool]
"""The id of a gold mention, or of a predicted one that stands for none; True for gold."""
Cluster = frozenset[Mention]
Row = tuple[float, float, float, float]
"""The part and the whole of precision, the part and the whole of recall."""


def cluster_figures(
    gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema, relation: str, sampling: Sampling
) -> dict[str, dict[str, float]]:
    """The figures of every measure."""
    labels = {*schema.relations[relation].head, *schema.relations[relation].tail}
    both = [_clusterings(one, two, relation, labels) for one, two in zip(gold, predicted, strict=True)]
    pairs = [score_clusters([one], [two], relation) for one, two in zip(gold, predicted, strict=True)]
    found = {"pairs": counted_f(pairs, sampling)}
    for name, measure in MEASURES.items():
        ratios: Ratios = np.array([measure(true, read) for true, read in both], dtype=np.float64).reshape(-1, 4)
        found[name] = plain_f(ratios, sampling)
    return found


def _clusterings(
    gold: Dispatch, predicted: Dispatch, relation: str, labels: Iterable[str]
) -> tuple[list[Cluster], list[Cluster]]:
    """The clusters of gold and of the prediction, in the names of the gold mentions."""
    matches = match_spans(gold.spans, predicted.spans)
    true = [frozenset((each, True) for each in cluster) for cluster in _clusters(gold, relation, set(labels))]
    read = [
        frozenset((matches.get(each, each), each in matches) for each in cluster)
        for cluster in _clusters(predicted, relation, set(labels))
    ]
    return true, read


def _clusters(dispatch: Dispatch, relation: str, labels: set[str]) -> list[list[str]]:
    """The clusters of the mentions with one of the labels, each of which is in one."""
    mentions = [span.id for span in dispatch.spans if span.label in labels]
    tied = clusters((each.head, each.tail) for each in dispatch.relations if each.label == relation)
    alone = set(mentions).difference(*tied)
    return [*tied, *([mention] for mention in mentions if mention in alone)]


def b_cubed(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> Row:
    """B³ of one dispatch."""
    return *_b_cubed(predicted, gold), *_b_cubed(gold, predicted)


def _b_cubed(of: Sequence[Cluster], against: Sequence[Cluster]) -> tuple[float, float]:
    part = sum(len(one & other) ** 2 / len(one) for one in of for other in against)
    return part, float(sum(map(len, of)))


def ceaf_e(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> Row:
    """CEAF_e of one dispatch, φ₄ = 2·|K ∩ R| / (|K| + |R|)."""
    likeness = np.array(
        [[2 * len(one & other) / (len(one) + len(other)) for other in predicted] for one in gold], dtype=np.float64
    ).reshape(len(gold), len(predicted))
    if not likeness.size:
        return 0.0, float(len(predicted)), 0.0, float(len(gold))
    from scipy.optimize import linear_sum_assignment

    alike = float(likeness[linear_sum_assignment(likeness, maximize=True)].sum())
    return alike, float(len(predicted)), alike, float(len(gold))


def lea(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> Row:
    """LEA of one dispatch."""
    return *_lea(predicted, gold), *_lea(gold, predicted)


def _lea(of: Sequence[Cluster], against: Sequence[Cluster]) -> tuple[float, float]:
    links = {link for cluster in against for link in _links(cluster)}
    part = 0.0
    for cluster in of:
        own = list(_links(cluster))
        part += len(cluster) * sum(link in links for link in own) / len(own)
    return part, float(sum(map(len, of)))


def _links(cluster: Cluster) -> Iterator[Cluster]:
    """The pairs of a cluster; one alone is linked to itself."""
    if len(cluster) == 1:
        yield cluster
    yield from map(frozenset, combinations(sorted(cluster), 2))


MEASURES: Final = {"b_cubed": b_cubed, "ceaf_e": ceaf_e, "lea": lea}
