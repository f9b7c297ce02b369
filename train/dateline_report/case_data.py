"""Gold and predicted dispatches → what report.html's case browser draws, as plain data.

Rows are lists, for a page of 2,000 dispatches holds a quarter of a million of them; `SPAN` and `RELATION` name their
places, and `templates/items.js` reads them by the same names. Labels and outcomes are indices into the lists at the
top.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline_labels import Dispatch
from dateline_labels.scoring import Case, span_key

from .error_kinds import RIGHT, WHYS, Outcome, relation_outcomes, span_outcomes

SPAN = ("id", "start", "end", "label", "outcome", "other", "attributes", "score")
RELATION = ("label", "head", "tail", "outcome", "other", "score")
_OUTCOMES = (
    "right",
    *(f"{kind}.{why}" for kind in ("missed", "spurious") for whys in WHYS.values() for why in whys),
)
_LONGEST_FACT = 300
_Changes = Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]


@dataclass(frozen=True)
class Names:
    """The labels by their numbers."""

    spans: Mapping[str, int]
    relations: Mapping[str, int]


def browser_data(
    metrics: Mapping[str, Any], gold: Sequence[Dispatch], predicted: Sequence[Dispatch], cases: Iterable[Case]
) -> dict[str, Any]:
    """Every dispatch with both annotations and what became of them; gold and predicted stand in the same order."""
    both = [*gold, *predicted]
    names = Names(
        _numbered(metrics["spans"]["exact"], (span.label for each in both for span in each.spans)),
        _numbered(metrics["relations"]["strict"], (relation.label for each in both for relation in each.relations)),
    )
    others: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.measure not in ("span", "relation", "attribute"):
            others[case.dispatch].append(case)
    changes = _changes(metrics.get("comparison"))
    return {
        "spanLabels": list(names.spans),
        "relationLabels": list(names.relations),
        "outcomes": list(_OUTCOMES),
        "columns": {"span": list(SPAN), "relation": list(RELATION)},
        "compared": bool(metrics.get("comparison")),
        "dispatches": [
            _dispatch(true, found, names) | _extras(others[true.id], changes.get(true.id, ()))
            for true, found in zip(gold, predicted, strict=True)
        ],
    }


def _numbered(first: Iterable[str], seen: Iterable[str]) -> dict[str, int]:
    labels = dict.fromkeys([label for label in first if label != "micro"])
    labels |= dict.fromkeys(sorted(set(seen) - labels.keys()))
    return {label: number for number, label in enumerate(labels)}


def _changes(comparison: Mapping[str, Any] | None) -> _Changes:
    """What another model had right and this one has not (lost), and the reverse (won), by dispatch."""
    changes: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for kind in ("lost", "won"):
        for row in (comparison or {}).get(kind, ()):
            changes[row["dispatch"]].append((kind, row))
    return changes


def _dispatch(gold: Dispatch, predicted: Dispatch, names: Names) -> dict[str, Any]:
    outcomes = span_outcomes(gold.spans, predicted.spans)
    return {
        "id": gold.id,
        "published": gold.published or "",
        "about": [[name, _fact(value)] for name, value in gold.meta.items()],
        "failure": _fact(predicted.meta["error"]) if "error" in predicted.meta else "",
        "text": gold.text,
        "gold": _side(gold, outcomes[0], relation_outcomes(gold, predicted, "missed"), names),
        "predicted": _side(predicted, outcomes[1], relation_outcomes(predicted, gold, "spurious"), names),
        "attributes": list(_wrong_attributes(gold, predicted)),
    }


def _side(
    own: Dispatch, span_kinds: Sequence[Outcome], relation_kinds: Sequence[Outcome], names: Names
) -> dict[str, Any]:
    place = {span.id: number for number, span in enumerate(own.spans)}
    spans = [
        [
            *(span.id, span.start, span.end, names.spans[span.label]),
            *_numbers(outcome, names.spans),
            *(dict(span.attributes), _rounded(span.score)),
        ]
        for span, outcome in zip(own.spans, span_kinds, strict=True)
    ]
    relations = [
        [
            *(names.relations[relation.label], place[relation.head], place[relation.tail]),
            *_numbers(outcome, names.relations),
            _rounded(relation.score),
        ]
        for relation, outcome in zip(own.relations, relation_kinds, strict=True)
    ]
    return {"spans": spans, "relations": relations}


def _numbers(outcome: Outcome, labels: Mapping[str, int]) -> tuple[int, int]:
    """The outcome's number and that of the label which the other side has, -1 where it has none."""
    name = outcome.kind if outcome == RIGHT else f"{outcome.kind}.{outcome.why}"
    return _OUTCOMES.index(name), labels.get(outcome.other, -1)


def _wrong_attributes(gold: Dispatch, predicted: Dispatch) -> Iterable[list[Any]]:
    """[gold span, predicted span, attribute, expected, got, score] of each value that differs on exact spans."""
    found = {span_key(span): (number, span) for number, span in enumerate(predicted.spans)}
    for number, span in enumerate(gold.spans):
        if (match := found.get(span_key(span))) is None:
            continue
        for name, value in span.attributes.items():
            got = match[1].attributes.get(name, "")
            if got != value:
                yield [number, match[0], name, value, got, _rounded(match[1].attribute_scores.get(name))]


def _extras(others: Sequence[Case], changes: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Cases of other measures than spans, relations and attributes, and what another model read otherwise."""
    return {
        "others": [[case.measure, case.label, case.kind, case.what, case.start, case.end] for case in others],
        "changes": [
            [kind, str(row["measure"]), str(row["label"]), str(row["what"]), row["start"], row["end"]]
            for kind, row in changes
        ],
    }


def _fact(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_FACT else f"{text[:_LONGEST_FACT]} …"


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
