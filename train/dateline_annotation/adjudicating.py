"""Shared dispatches → one file for an annotation tool, in which somebody settles what is disputed.

What all annotators of a dispatch agree on is filled in. What is disputed is there in every reading, each with a note
that tells who says so and what the others say; an attribute with several values is left empty. Whoever settles it
deletes what is wrong; what is left is read by the reader of the format.

    brat           a folder; notes are AnnotatorNotes
    label-studio   a dispatch with disputes is a prediction to start from, one without an annotation; notes are the text
                   that belongs to a region
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dateline_formats import as_brat, label_studio_writing
from dateline_formats.format import Finding
from dateline_labels import Dispatch, Relation, Span, one_line
from dateline_labels.scoring import RelationKey, SpanKey, relation_key, span_key

from .merge_tool import Tool
from .shared_dispatches import SharedDispatch


@dataclass(frozen=True)
class Merged:
    """A dispatch with every reading, and the notes on its spans, by their ids."""

    dispatch: Dispatch
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def merged(shared: SharedDispatch) -> Merged:
    """Every span and relation that anybody marked, once; the date and meta data are those of the first annotator."""
    return _Merging(shared).merged()


def write_merged(dispatches: Sequence[Merged], out: Path, tool: Tool) -> tuple[Path, tuple[Finding, ...]]:
    """Where the merged file went, in the folder `out`, and what the format cannot carry."""
    if tool == Tool.BRAT:
        target = out / "merged"
        return target, as_brat.write([_with_notes(each) for each in dispatches], target, True)
    target = out / "merged.json"
    notes = {each.dispatch.id: each.notes for each in dispatches}
    return target, label_studio_writing.write_drafts([each.dispatch for each in dispatches], notes, target)


def _with_notes(each: Merged) -> Dispatch:
    rows = [[span, "AnnotatorNotes", words] for span, notes in each.notes.items() for words in notes]
    dispatch = each.dispatch
    meta = {**dispatch.meta, **({as_brat.NOTES: rows} if rows else {})}
    return Dispatch(dispatch.id, dispatch.text, dispatch.published, meta, dispatch.spans, dispatch.relations)


class _Merging:
    """The spans of all annotators under one numbering, with who marked each."""

    def __init__(self, shared: SharedDispatch) -> None:
        self.shared = shared
        self.spans: dict[SpanKey, dict[str, Span]] = {}
        self.relations: dict[RelationKey, list[str]] = {}
        for who, dispatch in shared.by.items():
            for span in dispatch.spans:
                self.spans.setdefault(span_key(span), {})[who] = span
            for key in sorted({relation_key(dispatch, relation) for relation in dispatch.relations}):
                self.relations.setdefault(key, []).append(who)
        self.ids = {key: f"T{number}" for number, key in enumerate(sorted(self.spans), start=1)}

    def merged(self) -> Merged:
        first = next(iter(self.shared.by.values()))
        spans = [
            Span(self.ids[key], key[2], key[0], key[1], self._agreed(by)) for key, by in sorted(self.spans.items())
        ]
        pairs = [(label, self.ids[head], self.ids[tail]) for label, head, tail in sorted(self.relations)]
        relations = [Relation(*each) for each in pairs if each[1] != each[2]]
        ours = (as_brat.NOTES, as_brat.FRAGMENTS, as_brat.REFERENCES)  # they name spans by their former ids
        meta = {key: value for key, value in first.meta.items() if key not in ours}
        dispatch = Dispatch(self.shared.id, first.text, first.published, meta, tuple(spans), tuple(relations))
        return Merged(dispatch, {self.ids[key]: notes for key in sorted(self.spans) if (notes := [*self._notes(key)])})

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
                yield _note(f"{name}", [f"{who}: {value or 'nothing'}" for who, value in of.items()])
        for relation, who in sorted(self.relations.items()):
            if relation[1] == key and len(who) < len(self.shared.by):
                others = [f"not {_names([name for name in self.shared.by if name not in who])}"]
                yield _note(f"{relation[0]} → {self._shown(relation[2])}: {_names(who)}", others)

    def _instead(self, who: str, key: SpanKey) -> str:
        """What the annotator marked there."""
        start, end, _ = key
        spans = self.shared.by[who].spans
        found = [self._shown(span_key(span)) for span in spans if span.start < end and start < span.end]
        return ", ".join(found) or "nothing"

    def _shown(self, key: SpanKey) -> str:
        start, end, label = key
        return f"{label} {start}-{end} {self.shared.text[start:end]!r}"


def _values(by: Mapping[str, Span]) -> dict[str, dict[str, str]]:
    """Attribute → annotator → value, "" where they gave none."""
    names = dict.fromkeys(name for span in by.values() for name in span.attributes)
    return {name: {who: span.attributes.get(name, "") for who, span in by.items()} for name in names}


def _names(names: Iterator[str] | Sequence[str] | Mapping[str, Span]) -> str:
    return " and ".join(names)


def _note(what: str, others: Sequence[str]) -> str:
    return one_line(f"disputed: {what}; {'; '.join(others)}", 2_000)
