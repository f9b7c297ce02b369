"""Two annotators of a dispatch → every disagreement, by where it stands in the text.

Spans are paired one to one: equal ones, then those of one label that overlap, then any that overlap. Relations are
compared between the spans so paired, so that one span with other borders is one disagreement, and not one for each of
its relations too. A relation that ties mentions of one event is none where both put these together by other links.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from dateline_labels import Dispatch, Relation, Span
from dateline_labels.clusters import clusters
from dateline_labels.scoring import match_spans, span_key

from .pair_counts import TIE
from .shared_dispatches import Shared

KINDS: Final = {
    "missing": "only one of them marked the words",
    "border": "one label, other borders",
    "label": "the same words, another label",
    "border and label": "words that overlap, other borders and another label",
    "attribute": "one span, another value of an attribute",
    "relation missing": "only one of them tied the two spans",
    "relation label": "the two spans tied by another relation",
    "direction": "the same relation the other way round",
}
"""The kinds of disagreements, in the order in which they are listed, and what each says."""
BOTH: Final = "both"
End = tuple[str, str]
"""A span as both annotators know it: whose it is, and its id, that of the first annotator's where it is of both."""
Ends = Mapping[str, End]
Tied = tuple[str, End, End]
"""A relation between such spans: its label, head and tail."""


@dataclass(frozen=True)
class Disagreement:
    """What one annotator says of some words, and what another does; code points from `start` to `end`, half-open.

    `label` is that of the first who has one; "" stands for an annotator who says nothing.
    """

    dispatch: str
    kind: str
    label: str
    start: int
    end: int
    words: str
    first: str
    first_says: str
    second: str
    second_says: str


def disagreements(shared: Shared) -> list[Disagreement]:
    """Those of every two annotators, dispatch by dispatch, in the order of the text."""
    found: list[Disagreement] = []
    for each in shared.dispatches:
        here: list[Disagreement] = []
        for first, second in combinations(each.by, 2):
            here += _Pair(each.id, (first, second), (each.by[first], each.by[second])).all()
        kinds = list(KINDS)
        found += sorted(here, key=lambda one: (one.start, one.end, kinds.index(one.kind), one.label, one.first))
    return found


def paired(one: Dispatch, two: Dispatch) -> dict[str, str]:
    """Id of a span of the second → that of the first's, one to one: of one label as far as it goes, then whatever
    overlaps. The order of the spans does not matter; of those with the same borders and label one stands for all.
    """
    ours, theirs = _distinct(one), _distinct(two)
    pairs = match_spans(ours, theirs)
    taken = set(pairs.values())
    left = [replace(span, label="*") for span in ours if span.id not in taken]
    others = [replace(span, label="*") for span in theirs if span.id not in pairs]
    return {**pairs, **match_spans(left, others)}


@dataclass(frozen=True)
class _Pair:
    """A dispatch of two annotators."""

    id: str
    names: tuple[str, str]
    both: tuple[Dispatch, Dispatch]

    def all(self) -> list[Disagreement]:
        one, two = self.both
        pairs = paired(one, two)
        matched = set(pairs.values())
        found = [each for second, first in pairs.items() for each in self._of_pair(first, second)]
        found += [self._missing(span, 0) for span in _distinct(one) if span.id not in matched]
        found += [self._missing(span, 1) for span in _distinct(two) if span.id not in pairs]
        same = {first: first for first in matched}
        return [*found, *self._relations((_ends(one, same, "first"), _ends(two, pairs, "second")))]

    def _of_pair(self, first: str, second: str) -> Iterator[Disagreement]:
        one, two = self.both[0].span_by_id[first], self.both[1].span_by_id[second]
        border, label = (one.start, one.end) != (two.start, two.end), one.label != two.label
        where = min(one.start, two.start), max(one.end, two.end)
        if border or label:
            kind = " and ".join(name for name, differs in (("border", border), ("label", label)) if differs)
            yield self._at(kind, one.label, where, (self._says(one, 0), self._says(two, 1)))
        for name in sorted({*one.attributes, *two.attributes}) if not label else ():
            values = one.attributes.get(name, ""), two.attributes.get(name, "")
            if values[0] != values[1]:
                yield self._at("attribute", f"{one.label}.{name}", where, values)

    def _missing(self, span: Span, who: int) -> Disagreement:
        says = self._says(span, who)
        return self._at("missing", span.label, (span.start, span.end), ("", says) if who else (says, ""))

    def _relations(self, ends: tuple[Ends, Ends]) -> Iterator[Disagreement]:
        """The relations of both that are not the same, each with the other's that is nearest to it."""
        ours, theirs = (
            {(each.label, of[each.head], of[each.tail]): each for each in dispatch.relations}
            for dispatch, of in zip(self.both, ends, strict=True)
        )
        left = {key: each for key, each in ours.items() if key not in theirs and not _together(key, theirs)}
        others = {key: each for key, each in theirs.items() if key not in ours and not _together(key, ours)}
        for kind in ("direction", "relation label"):
            for key in sorted(left):
                near = next((other for other in sorted(others) if _is_near(kind, key, other)), None)
                if near:
                    yield self._relation(kind, (left.pop(key), others.pop(near)))
        for key, each in left.items():
            yield self._relation("relation missing", (each, None), _unmarked(key))
        for key, each in others.items():
            yield self._relation("relation missing", (None, each), _unmarked(key))

    def _relation(self, kind: str, told: tuple[Relation | None, Relation | None], why: str = "") -> Disagreement:
        says = [self._tells(each, who) if each else why for who, each in enumerate(told)]
        who, relation = next((who, each) for who, each in enumerate(told) if each)
        head, tail = (self.both[who].span_by_id[end] for end in (relation.head, relation.tail))
        where = min(head.start, tail.start), max(head.end, tail.end)
        return self._at(kind, relation.label, where, (says[0], says[1]))

    def _at(self, kind: str, label: str, where: tuple[int, int], says: tuple[str, str]) -> Disagreement:
        words = self.both[0].text[slice(*where)]
        return Disagreement(self.id, kind, label, *where, words, self.names[0], says[0], self.names[1], says[1])

    def _says(self, span: Span, who: int) -> str:
        return f"{span.label} {span.start}-{span.end} {self.both[who].words(span)!r}"

    def _tells(self, relation: Relation, who: int) -> str:
        head, tail = (self.both[who].span_by_id[end] for end in (relation.head, relation.tail))
        return f"{relation.label}: {self._says(head, who)} → {self._says(tail, who)}"


def _distinct(dispatch: Dispatch) -> list[Span]:
    """The spans, of those with the same borders and label one."""
    return list({span_key(span): span for span in dispatch.spans}.values())


def _ends(dispatch: Dispatch, first_of: Mapping[str, str], whose: str) -> Ends:
    """Each span as both know it: by its own id, or by that of the first annotator's where the other has one too."""
    stands_for = {span_key(span): span.id for span in _distinct(dispatch)}
    ids = {span.id: stands_for[span_key(span)] for span in dispatch.spans}
    return {span: (BOTH, first_of[one]) if one in first_of else (whose, one) for span, one in ids.items()}


def _together(key: Tied, others: Mapping[Tied, Relation]) -> bool:
    """Whether the other annotator puts the two ends together too, where the relation does that."""
    label, head, tail = key
    names = {end: "\t".join(end) for _, *ends in others for end in ends}
    if label != TIE or head not in names or tail not in names:
        return False
    links = [(names[head], names[tail]) for label, head, tail in others if label == TIE]
    return any({names[head], names[tail]} <= set(cluster) for cluster in clusters(links))


def _is_near(kind: str, one: Tied, two: Tied) -> bool:
    (label, head, tail), (other, *ends) = one, two
    if kind == "direction":
        return label == other and [tail, head] == ends
    return label != other and ends in ([head, tail], [tail, head])


def _unmarked(key: Tied) -> str:
    """Which end of the relation the other annotator has no span for; "" where they have both."""
    missing = [name for name, end in zip(("head", "tail"), key[1:], strict=True) if end[0] != BOTH]
    return f"no span for its {' and its '.join(missing)}" if missing else ""
