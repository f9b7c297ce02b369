"""A dispatch while its file is read: each part is checked as it comes, so that a fault is told where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Relation, Span
from dateline_labels.dispatch import check_date, check_id

from .format import Annotated, Finding, Kind

SAME_ENTITY = "same_entity"
"""The relation that ties a mention to the one before it, where a format tells the mentions of an entity as a list."""


@dataclass
class Reading:
    """What a reader has so far: whole dispatches, findings and places."""

    dispatches: list[Dispatch] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[tuple[str, ...], Place] = field(default_factory=dict)

    def note(self, place: Place, name: str, kind: Kind, what: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(place, name, kind, what))

    def annotated(self) -> Annotated:
        """The reading as a whole."""
        return Annotated(tuple(self.dispatches), tuple(self.findings), self.places)


@dataclass
class Draft:
    """A dispatch with its parts so far; `finish` adds it to the reading.

    `span` and `relation` raise InputError at the place and field that they are given.
    """

    reading: Reading
    place: Place
    id: str
    text: str
    published: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    relations: dict[tuple[str, str, str], Relation] = field(default_factory=dict)

    def span(self, place: Place, name: str, span: Span) -> None:
        """Add a span; refused where it leaves the text or its id is taken."""
        if span.id in self.spans:
            raise InputError(place, name, f"the id {span.id} occurs twice")
        if span.end > len(self.text):
            raise InputError(place, name, f"ends at {span.end}, the text at {len(self.text)}")
        self.spans[span.id] = span
        self.reading.places[self.id, span.id] = place

    def relation(self, place: Place, name: str, relation: Relation) -> None:
        """Add a relation between spans that are there; the same one again is a `lost` finding. Raises InputError where
        a span is not there.
        """
        for end in (relation.head, relation.tail):
            if end not in self.spans:
                raise InputError(place, name, f"no span has the id {end}")
        key = relation.head, relation.label, relation.tail
        if key in self.relations:
            self.reading.note(place, name, "lost", f"the relation {' '.join(key)} is given twice, and kept once")
            return
        self.relations[key] = relation
        self.reading.places[self.id, *key] = place

    def finish(self) -> None:
        """Build the dispatch; raises InputError where its id is taken already or cannot be one."""
        try:
            check_id(self.id)
            spans, relations = tuple(self.spans.values()), tuple(self.relations.values())
            dispatch = Dispatch(self.id, self.text, self.published, self.meta, spans, relations)
        except ValueError as error:
            raise InputError(self.place, "id", str(error)) from None
        if (self.id,) in self.reading.places:
            raise InputError(self.place, "id", f"{self.id} occurs twice")
        self.reading.places[self.id,] = self.place
        self.reading.dispatches.append(dispatch)


@dataclass
class Marks:
    """The spans and relations that a reader adds to a draft, numbered in their order, each once."""

    draft: Draft
    known: dict[tuple[str, int, int, tuple[tuple[str, str], ...]], str] = field(default_factory=dict)

    def span(self, place: Place, name: str, span: Span) -> str:
        """Add a span under an id of its own; its id, or that of the same span given before."""
        key = span.label, span.start, span.end, tuple(sorted(span.attributes.items()))
        if key in self.known:
            what = f"{span.label} from {span.start} to {span.end} is given twice, and kept once"
            self.draft.reading.note(place, name, "lost", what)
            return self.known[key]
        self.known[key] = f"e{len(self.draft.spans) + 1}"
        self.draft.span(place, name, replace(span, id=self.known[key]))
        return self.known[key]

    def relation(self, place: Place, name: str, label: str, ends: tuple[str, str], score: float | None = None) -> None:
        """Add a relation between the spans of these ids, from the first to the second. Raises InputError where there
        can be no such relation.
        """
        head, tail = ends
        if head == tail:
            self.draft.reading.note(place, name, "lost", f"{label} relates {head} to itself")
            return
        made = new_relation(place, name, label, head, tail)
        try:
            self.draft.relation(place, name, replace(made, score=score))
        except ValueError as error:
            raise InputError(place, name, str(error)) from None


def new_span(place: Place, name: str, span_id: str, label: str, start: int, end: int) -> Span:
    """A span without attributes; raises InputError where there can be no such span."""
    try:
        return Span(span_id, label, start, end)
    except ValueError as error:
        raise InputError(place, name, str(error)) from None


def new_relation(place: Place, name: str, label: str, head: str, tail: str) -> Relation:
    """A relation without a score; raises InputError where there can be no such relation."""
    try:
        return Relation(label, head, tail)
    except ValueError as error:
        raise InputError(place, name, str(error)) from None


def id_of(path: Path, given: object, number: int) -> str:
    """The id of a dispatch: words that the file gives, else the file's name with the number that it gives, or counted.

    Numbers alone are taken by every export; with the name of the file they differ from those of another.
    """
    if isinstance(given, str) and given:
        return given
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    return f"{stem}-{given if isinstance(given, int) and not isinstance(given, bool) else number}"


def taken_date(value: object) -> str | None:
    """The value where it is a day as YYYY-MM-DD, else nothing: other words of others stay meta data."""
    try:
        return check_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
