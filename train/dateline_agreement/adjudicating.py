"""Shared dispatches → one file for an annotation tool, in which somebody settles what is disputed.

What all annotators of a dispatch agree on is filled in. What is disputed is there in every reading, each with a note
that tells who says so and what the others say; an attribute with several values is left empty. Whoever settles it
deletes what is wrong; what is left is read by the reader of the format.

    brat           a folder; notes are AnnotatorNotes
    label-studio   a dispatch with disputes is a prediction to start from, one without an annotation; notes are the text
                   that belongs to a region

Where all tie two spans whose borders or labels are disputed, every reading of the one is tied to every reading of the
other, so that the relation stays whichever are kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from pathlib import Path

from dateline_formats import as_brat, label_studio_writing
from dateline_formats.format import Finding
from dateline_labels import Dispatch, InputError, Place, Relation, Span, one_line
from dateline_labels.clusters import clusters
from dateline_labels.scoring import RelationKey, SpanKey, relation_key, span_key

from .disagreements import paired
from .merge_tool import Tool
from .shared_dispatches import SharedDispatch

_OF_SPANS = (as_brat.NOTES, as_brat.FRAGMENTS, as_brat.REFERENCES)
"""Meta data that name spans, by ids that the merged file does not have."""


@dataclass(frozen=True)
class Merged:
    """A dispatch with every reading, and the notes on its spans, by their ids."""

    dispatch: Dispatch
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def merged(shared: SharedDispatch) -> Merged:
    """Every span and relation that anybody marked, once; the date and meta data are those of the first annotator."""
    return _Merging(shared).merged()


def merged_target(out: Path, tool: Tool) -> Path:
    """Where in the folder `out` the merged file goes; raises InputError where one is, which may be half settled."""
    target = out / ("merged" if tool == Tool.BRAT else "merged.json")
    if target.exists():
        raise InputError(Place(str(target)), "merged", "exists already, and is not written over")
    return target


def write_merged(dispatches: Sequence[Merged], target: Path, tool: Tool) -> tuple[Finding, ...]:
    """Write the merged file, and say what the format cannot carry."""
    if tool == Tool.BRAT:
        lost = as_brat.write([_with_notes(each) for each in dispatches], target, True)
        return *_uncarried(dispatches, target), *lost
    notes = {each.dispatch.id: each.notes for each in dispatches}
    return label_studio_writing.write_drafts([each.dispatch for each in dispatches], notes, target)


def left_behind(dispatches: Sequence[SharedDispatch], target: Path) -> tuple[Finding, ...]:
    """What annotators have that the merged file does not, a finding for each kind."""
    others = [(each.first, other) for each in dispatches for other in each.by.values()]
    differing = {one.id for one, other in others if (one.published, _kept(one)) != (other.published, _kept(other))}
    noted = {other.id for _, other in others if any(key in other.meta for key in _OF_SPANS)}
    said = {
        f"dates and meta data are those of the first annotator, also in {len(differing)} dispatches in which "
        "those of another differ": differing,
        f"notes, references and pieces of spans are left out; {len(noted)} dispatches have some": noted,
    }
    return tuple(Finding(Place(str(target)), "meta", "lost", what) for what, ids in said.items() if ids)


def _kept(dispatch: Dispatch) -> dict[str, object]:
    return {key: value for key, value in dispatch.meta.items() if key not in _OF_SPANS}


def _uncarried(dispatches: Sequence[Merged], target: Path) -> tuple[Finding, ...]:
    """One finding for all dates and meta data, which brat does not carry."""
    having = sum(each.dispatch.published is not None or bool(each.dispatch.meta) for each in dispatches)
    what = f"brat carries neither dates nor meta data, which {having} dispatches have"
    return (Finding(Place(str(target)), "meta", "lost", what),) if having else ()


def _with_notes(each: Merged) -> Dispatch:
    rows = [[span, "AnnotatorNotes", words] for span, notes in each.notes.items() for words in notes]
    return replace(each.dispatch, published=None, meta={as_brat.NOTES: rows} if rows else {})


class _Merging:
    """The spans of all annotators under one numbering, with who marked each, and the relations with who told each."""

    def __init__(self, shared: SharedDispatch) -> None:
        self.shared = shared
        self.spans: dict[SpanKey, dict[str, Span]] = {}
        told: dict[RelationKey, list[str]] = {}
        for who, dispatch in shared.by.items():
            for span in dispatch.spans:
                self.spans.setdefault(span_key(span), {})[who] = span
            for key in sorted({relation_key(dispatch, relation) for relation in dispatch.relations}):
                if key[1] != key[2]:  # two spans with the same borders and label are one
                    told.setdefault(key, []).append(who)
        self.ids = {key: f"T{number}" for number, key in enumerate(sorted(self.spans), start=1)}
        self.relations = self._of_every_reading(told)

    def merged(self) -> Merged:
        first = self.shared.first
        spans = [
            Span(self.ids[key], key[2], key[0], key[1], self._agreed(by)) for key, by in sorted(self.spans.items())
        ]
        relations = [Relation(label, self.ids[head], self.ids[tail]) for label, head, tail in sorted(self.relations)]
        dispatch = Dispatch(self.shared.id, first.text, first.published, _kept(first), tuple(spans), tuple(relations))
        return Merged(dispatch, {self.ids[key]: notes for key in sorted(self.spans) if (notes := [*self._notes(key)])})

    def _of_every_reading(self, told: Mapping[RelationKey, list[str]]) -> dict[RelationKey, list[str]]:
        """The relations, those that all tell between every reading of their spans, each with who tells it."""
        readings = self._readings()
        tellers: dict[RelationKey, dict[str, None]] = {}
        for (label, head, tail), who in told.items():
            tellers.setdefault((label, readings[head][0], readings[tail][0]), {}).update(dict.fromkeys(who))
        relations = dict(told)
        for (label, head, tail), everybody in tellers.items():
            if len(everybody) == len(self.shared.by):
                pairs = product(readings[head], readings[tail])
                relations.update({(label, *pair): list(everybody) for pair in pairs if pair[0] != pair[1]})
        return relations

    def _readings(self) -> dict[SpanKey, list[SpanKey]]:
        """Each span with all spans that stand for the same words of some other annotator, and itself."""
        key_of = {name: key for key, name in self.ids.items()}
        links = []
        for one, two in combinations(self.shared.by.values(), 2):
            for second, first in paired(one, two).items():
                ends = span_key(one.span_by_id[first]), span_key(two.span_by_id[second])
                links.append((self.ids[ends[0]], self.ids[ends[1]]))
        found = {key: [key] for key in self.spans}
        for cluster in clusters(links):
            found.update({key_of[name]: sorted({key_of[each] for each in cluster}) for name in cluster})
        return found

    def _agreed(self, by: Mapping[str, Span]) -> dict[str, str]:
        """The attributes that all who marked the span give one value."""
        values = _values(by)
        return {name: next(iter(of.values())) for name, of in values.items() if len(set(of.values())) == 1}

    def _notes(self, key: SpanKey) -> Iterator[str]:
        by = self.spans[key]
        if len(by) < len(self.shared.by):
            others = [who for who in self.shared.by if who not in by]
            yield _note(f"only {_names(by)}", [f"{who}: {self._instead(who, key)}" for who in others])
        for name, of in _values(by).items():
            if len(set(of.values())) > 1:
                yield _note(name, [f"{who}: {value or 'nothing'}" for who, value in of.items()])
        for (label, head, tail), told in sorted(self.relations.items()):
            if head == key and len(told) < len(self.shared.by):
                others = [who for who in self.shared.by if who not in told]
                yield _note(f"{label} → {self._shown(tail)}: {_names(told)}", [f"not {_names(others)}"])

    def _instead(self, who: str, key: SpanKey) -> str:
        """What the annotator marked there."""
        start, end, _ = key
        spans = self.shared.by[who].spans
        found = [self._shown(span_key(span)) for span in spans if span.start < end and start < span.end]
        return ", ".join(found) or "nothing"

    def _shown(self, key: SpanKey) -> str:
        start, end, label = key
        return f"{label} {start}-{end} {self.shared.first.text[start:end]!r}"


def _values(by: Mapping[str, Span]) -> dict[str, dict[str, str]]:
    """Attribute → annotator → value, "" where they gave none."""
    names = dict.fromkeys(name for span in by.values() for name in span.attributes)
    return {name: {who: span.attributes.get(name, "") for who, span in by.items()} for name in names}


def _names(names: Iterable[str]) -> str:
    return " and ".join(names)


def _note(what: str, others: Sequence[str]) -> str:
    return one_line(f"disputed: {what}; {'; '.join(others)}", 2_000)
