"""Gold and predicted dispatches → scores with their cases.

Spans: exact (label and both borders). Relations, after Bekoulis et al. (2018): *boundaries* (relation label and the
borders of both spans) and *strict* (the labels of both spans as well); *overlapping* counts a relation right where both
spans, of the right labels, share a character with those of the gold relation. Direction counts. Attributes are judged
on the spans found exactly. Every score keeps the cases that it counts, so that each can be looked at.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .dispatch import Dispatch, Relation, Span
from .schema import Schema

Key = tuple[str, ...]
SpanKey = tuple[int, int, str]
RelationKey = tuple[str, SpanKey, SpanKey]


@dataclass
class Counts:
    """Right, spurious and missed; precision, recall and F1 are 0 where nothing could be counted."""

    right: int = 0
    spurious: int = 0
    missed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.spurious + other.spurious, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of the predicted ones that are right."""
        return self.right / (self.right + self.spurious) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold ones that were found."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.spurious + self.missed) if self.right else 0.0

    @property
    def gold(self) -> int:
        """How many gold ones there are."""
        return self.right + self.missed


@dataclass(frozen=True)
class Case:
    """One error: what was missed, spurious or confused, and where. `kind` is missed, spurious or wrong."""

    dispatch: str
    measure: str
    label: str
    kind: str
    what: str
    start: int
    end: int


@dataclass
class Scores:
    """Counts by label for each measure, the attributes' confusions and the cases."""

    spans: dict[str, Counts]
    relations: dict[str, dict[str, Counts]]  # measure -> relation label -> counts
    attributes: dict[str, Counter[tuple[str, str]]]  # "LABEL.attribute" -> (gold, predicted) -> how many
    cases: list[Case] = field(default_factory=list)


def total(counts: Iterable[Counts]) -> Counts:
    """The sum, for micro figures."""
    return sum(counts, Counts())


def score(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema | None) -> Scores:
    """Score predictions against gold, dispatch by dispatch in the same order.

    The figures are of every label of the schema; without one, of those that occur.

    Raises ValueError where ids or texts of a pair differ.
    """
    scores = Scores(
        {label: Counts() for label in (schema.spans if schema else ())},
        {
            measure: {label: Counts() for label in (schema.relations if schema else ())}
            for measure in ("strict", "boundaries", "overlapping")
        },
        {f"{label}.{name}": Counter() for label, name, _ in (schema.attributes if schema else ())},
    )
    for true, found in zip(gold, predicted, strict=True):
        if (true.id, true.text) != (found.id, found.text):
            raise ValueError(f"expected the prediction of {true.id}, got one of {found.id} or of another text")
        _score_spans(scores, true, found)
        _score_attributes(scores, true, found)
        _score_relations(scores, true, found)
    return scores


def match_spans(gold: Sequence[Span], predicted: Sequence[Span]) -> dict[str, str]:
    """Predicted id → gold id, one to one: equal spans first, then by the characters two spans of one label share.

    The order of the spans does not matter; between equal overlaps the earlier pair wins.
    """
    exact = {span_key(span): span.id for span in gold}
    matches = {span.id: exact[span_key(span)] for span in predicted if span_key(span) in exact}
    taken = set(matches.values())
    overlaps = [
        (min(g.end, p.end) - max(g.start, p.start), g, p)
        for p in predicted
        if p.id not in matches
        for g in gold
        if g.id not in taken and g.label == p.label and g.start < p.end and p.start < g.end
    ]
    for _, true, found in sorted(overlaps, key=lambda o: (-o[0], o[1].start, o[1].end, o[2].start, o[2].end)):
        if found.id not in matches and true.id not in taken:
            matches[found.id] = true.id
            taken.add(true.id)
    return matches


def _score_spans(scores: Scores, gold: Dispatch, predicted: Dispatch) -> None:
    true, found = {span_key(span) for span in gold.spans}, {span_key(span) for span in predicted.spans}
    for start, end, label in sorted(true | found):
        key = (start, end, label)
        kind = _kind(key in true, key in found)
        _count(scores.spans.setdefault(label, Counts()), kind)
        if kind != "right":
            scores.cases.append(Case(gold.id, "span", label, kind, gold.text[start:end], start, end))


def _score_attributes(scores: Scores, gold: Dispatch, predicted: Dispatch) -> None:
    found = {span_key(span): span for span in predicted.spans}
    for span in gold.spans:
        match = found.get(span_key(span))
        if match is None:
            continue
        for name, value in span.attributes.items():
            got = match.attributes.get(name, "")
            scores.attributes.setdefault(f"{span.label}.{name}", Counter())[value, got] += 1
            if got != value:
                what = f"{gold.words(span)}: expected {value}, got {got}"
                case = Case(gold.id, "attribute", f"{span.label}.{name}", "wrong", what, span.start, span.end)
                scores.cases.append(case)


def _score_relations(scores: Scores, gold: Dispatch, predicted: Dispatch) -> None:
    true = {relation_key(gold, relation) for relation in gold.relations}
    found = {relation_key(predicted, relation) for relation in predicted.relations}
    for key in sorted(true | found):
        label, head, tail = key
        kind = _kind(key in true, key in found)
        _count(scores.relations["strict"].setdefault(label, Counts()), kind)
        if kind != "right":
            what = f"{gold.text[head[0] : head[1]]} → {gold.text[tail[0] : tail[1]]}"
            scores.cases.append(Case(gold.id, "relation", label, kind, what, head[0], head[1]))
    _count_sets(scores.relations["boundaries"], {_borders(key) for key in true}, {_borders(key) for key in found})
    matches = match_spans(gold.spans, predicted.spans)
    overlapping: set[Key] = {
        (
            relation.label,
            matches.get(relation.head, f"?{relation.head}"),
            matches.get(relation.tail, f"?{relation.tail}"),
        )
        for relation in predicted.relations
    }
    by_ids: set[Key] = {(relation.label, relation.head, relation.tail) for relation in gold.relations}
    _count_sets(scores.relations["overlapping"], by_ids, overlapping)


def _count_sets(counts: dict[str, Counts], true: set[Key], found: set[Key]) -> None:
    for key in true | found:
        _count(counts.setdefault(key[0], Counts()), _kind(key in true, key in found))


def _count(counts: Counts, kind: str) -> None:
    counts.right += kind == "right"
    counts.spurious += kind == "spurious"
    counts.missed += kind == "missed"


def _kind(in_gold: bool, in_predicted: bool) -> str:
    if in_gold and in_predicted:
        return "right"
    return "missed" if in_gold else "spurious"


def span_key(span: Span) -> SpanKey:
    """What an exact match of spans compares."""
    return span.start, span.end, span.label


def relation_key(dispatch: Dispatch, relation: Relation) -> RelationKey:
    """What a strict match of relations compares."""
    return relation.label, span_key(dispatch.span_by_id[relation.head]), span_key(dispatch.span_by_id[relation.tail])


def _borders(key: RelationKey) -> Key:
    label, head, tail = key
    return (label, *map(str, (*head[:2], *tail[:2])))
