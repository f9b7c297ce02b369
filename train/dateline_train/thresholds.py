"""The least probability at which each relation is believed, chosen on validation dispatches alone."""

from collections import defaultdict
from collections.abc import Sequence

from dateline_infer.config import ReadingConfig
from dateline_infer.extractor import Extractor
from dateline_labels import Dispatch
from dateline_labels.scoring import match_spans

_LOWEST = 0.05
_SHRINKAGE = 20
"""A relation with few validation examples keeps near 0.5: its threshold is worth as much as this many examples."""


def choose_thresholds(extractor: Extractor, validation: Sequence[Dispatch]) -> dict[str, float]:
    """For each relation the threshold of the highest F1 over predicted spans that overlap gold ones, drawn towards
    0.5 where there are few examples.

    `extractor` must believe relations from a low probability on (see `with_low_thresholds`).
    """
    scored: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    gold_count: dict[str, int] = defaultdict(int)
    for gold, found in zip(validation, extractor.batch(validation), strict=True):
        true = {(relation.label, relation.head, relation.tail) for relation in gold.relations}
        matches = match_spans(gold.spans, found.spans)
        for relation in gold.relations:
            gold_count[relation.label] += 1
        for relation in found.relations:
            key = (relation.label, matches.get(relation.head, ""), matches.get(relation.tail, ""))
            scored[relation.label].append((relation.score or 0.0, key in true))
    return {label: _best(scored[label], gold_count[label]) for label in extractor.config.schema.relations}


def with_low_thresholds(config: ReadingConfig) -> ReadingConfig:
    """The same config, believing every relation from a low probability on."""
    return ReadingConfig(config.schema, config.window, config.overlap, dict.fromkeys(config.schema.relations, _LOWEST))


def _best(scored: Sequence[tuple[float, bool]], gold: int) -> float:
    best_f1, best, right = 0.0, 0.5, 0
    ranked = sorted(scored, reverse=True)
    for count, (probability, is_right) in enumerate(ranked, start=1):
        right += is_right
        following = ranked[count][0] if count < len(ranked) else _LOWEST
        f1 = 2 * right / (count + gold) if gold else 0.0
        if following < probability and f1 > best_f1:
            best_f1, best = f1, (probability + following) / 2
    drawn = (best * gold + 0.5 * _SHRINKAGE) / (gold + _SHRINKAGE)
    return round(min(max(drawn, _LOWEST), 1 - _LOWEST), 4)
