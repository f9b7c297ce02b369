"""A read dispatch → its incidents: the mentions tied by `same_event` are one, with the arguments of them all.

Pure bookkeeping over spans and relations: nothing is guessed, everything keeps its offsets, rival figures stay side by
side, each with its source.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dateline_labels import Dispatch, Relation, Schema, Span
from dateline_labels.clusters import clusters


@dataclass(frozen=True)
class Roles:
    """The names that the assembler and the formats of others look for in a schema; everywhere else labels are data."""

    trigger: str = "ATTACK"
    kind: str = "kind"
    status: str = "status"
    outcome: str = "outcome"
    vague_kind: str = "other"
    same_event: str = "same_event"
    time: str = "time"
    place: str = "place"
    within: str = "within"
    perpetrator: str = "perpetrator"
    target: str = "target"
    casualty: str = "casualty"
    side: str = "side"
    source: str = "source"
    actor: str = "ACTOR"
    time_span: str = "TIME"
    place_span: str = "LOCATION"
    killed: str = "killed"
    injured: str = "injured"
    killed_or_injured: str = "killed_or_injured"
    captured: str = "captured"
    armed_clash: str = "armed_clash"
    armed_assault: str = "armed_assault"
    bombing: str = "bombing"
    suicide_bombing: str = "suicide_bombing"
    air_strike: str = "air_strike"
    shelling: str = "shelling"
    abduction: str = "abduction"
    killing: str = "killing"
    arson_or_sabotage: str = "arson_or_sabotage"
    occurred: str = "occurred"
    foiled: str = "foiled"
    threatened: str = "threatened"


ROLES: Final = Roles()


@dataclass(frozen=True)
class Mention:
    """Words of the text, with their code points, half-open."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class PlaceMention:
    """A place and the places it lies in, nearest first."""

    place: Mention
    within: tuple[Mention, ...]


@dataclass(frozen=True)
class CasualtyFigure:
    """One figure of one outcome, whose people they are and who says so."""

    figure: Mention
    outcome: str
    sides: tuple[Mention, ...]
    sources: tuple[Mention, ...]
    score: float | None


@dataclass(frozen=True)
class Incident:
    """One event of one dispatch; `number` counts from 1 in the order of first mention. `sources` are those of the
    report as a whole, `score` is the least of its triggers' and its figures'.
    """

    dispatch: str
    published: str | None
    number: int
    kind: str
    status: str
    triggers: tuple[Mention, ...]
    times: tuple[Mention, ...]
    places: tuple[PlaceMention, ...]
    perpetrators: tuple[Mention, ...]
    targets: tuple[Mention, ...]
    casualties: tuple[CasualtyFigure, ...]
    sources: tuple[Mention, ...]
    score: float | None


def can_assemble(schema: Schema) -> bool:
    """Whether the schema has what an incident needs: the trigger and the relations that tie its arguments."""
    relations = (ROLES.same_event, ROLES.time, ROLES.place, ROLES.casualty)
    return ROLES.trigger in schema.spans and all(name in schema.relations for name in relations)


def incidents(dispatch: Dispatch) -> list[Incident]:
    """The incidents of a dispatch in the order of their first mention."""
    graph = Graph(dispatch)
    return [graph.incident(number, triggers) for number, triggers in enumerate(events(dispatch), start=1)]


def events(dispatch: Dispatch) -> Iterator[list[Span]]:
    """The triggers of each event, in the order of the text."""
    triggers = sorted((span for span in dispatch.spans if span.label == ROLES.trigger), key=lambda span: span.start)
    ids = {span.id for span in triggers}
    # another schema may tie more than triggers
    ties = [(r.head, r.tail) for r in dispatch.relations if r.label == ROLES.same_event and {r.head, r.tail} <= ids]
    event = {member: number for number, cluster in enumerate(clusters(ties)) for member in cluster}
    groups: dict[int | str, list[Span]] = {}
    for span in triggers:
        groups.setdefault(event.get(span.id, span.id), []).append(span)
    yield from groups.values()


@dataclass(frozen=True)
class Argument:
    """A span that a relation leads to, the span that it leaves from, and how many characters lie between them."""

    span: Span
    head: Span
    score: float | None
    distance: int


class Graph:
    """The relations of a dispatch, by head and label."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._tails: dict[tuple[str, str], list[Relation]] = {}
        for relation in dispatch.relations:
            self._tails.setdefault((relation.head, relation.label), []).append(relation)
        placed = {relation.head for relation in dispatch.relations if relation.label == ROLES.within}
        in_order = sorted((dispatch.span_by_id[head] for head in placed), key=lambda span: span.start)
        self._wider_of_name: dict[str, list[Span]] = {}
        for span in in_order:
            self._wider_of_name.setdefault(_name(self._mention(span)), self._spans([span], ROLES.within))
        self._outer: dict[str, list[Span]] = {}

    def incident(self, number: int, triggers: list[Span]) -> Incident:
        """The incident that the triggers tell of."""
        casualties = self._spans(triggers, ROLES.casualty)
        return Incident(
            self._dispatch.id,
            self._dispatch.published,
            number,
            attribute(triggers, ROLES.kind, ROLES.vague_kind),
            attribute(triggers, ROLES.status, ""),
            tuple(self._mention(span) for span in triggers),
            self._mentions(triggers, ROLES.time),
            _distinct(self._place(span) for span in self.innermost(self._spans(triggers, ROLES.place))),
            self._mentions(triggers, ROLES.perpetrator),
            self._mentions(triggers, ROLES.target),
            tuple(self._figure(span) for span in casualties),
            self._mentions(triggers, ROLES.source),
            least(span.score for span in (*triggers, *casualties)),
        )

    def arguments(self, heads: Iterable[Span], label: str) -> list[Argument]:
        """What relations `label` lead to from any of the heads, each span once by its nearest head, the nearest first
        and of equally near ones the earlier.
        """
        nearest: dict[str, Argument] = {}
        for head in heads:
            for relation in self._tails.get((head.id, label), []):
                tail = self._dispatch.span_by_id[relation.tail]
                argument = Argument(tail, head, relation.score, gap(head, tail))
                if tail.id not in nearest or argument.distance < nearest[tail.id].distance:
                    nearest[tail.id] = argument
        return sorted(nearest.values(), key=lambda argument: (argument.distance, argument.span.start))

    def _figure(self, span: Span) -> CasualtyFigure:
        return CasualtyFigure(
            self._mention(span),
            span.attributes.get(ROLES.outcome, ""),
            self._mentions([span], ROLES.side),
            self._mentions([span], ROLES.source),
            span.score,
        )

    def _place(self, span: Span) -> PlaceMention:
        return PlaceMention(self._mention(span), tuple(self._mention(outer) for outer in self.outer(span)))

    def outer(self, span: Span) -> list[Span]:
        """The places that `span` lies in, narrowest first: those that lie in most others of them."""
        if span.id not in self._outer:
            outer = self._reachable(span)
            if len(outer) > 1:
                outer = sorted(outer, key=lambda place: -sum(wider in outer for wider in self._reachable(place)))
            self._outer[span.id] = outer
        return self._outer[span.id]

    def _reachable(self, span: Span) -> list[Span]:
        """The places that chains of `within` lead to; a circle is walked once."""
        chain = [span]
        for inner in chain:
            chain += [wider for wider in self._wider(inner) if wider not in chain]
        return chain[1:]

    def _wider(self, place: Span) -> list[Span]:
        """The places that a place lies in, as its own mention says or else the first of its name that says so: a text
        tells of a district's province once.
        """
        own = self._spans([place], ROLES.within)
        return own or self._wider_of_name.get(_name(self._mention(place)), [])

    def innermost(self, places: list[Span]) -> list[Span]:
        """The places without those that another of them is said to lie in."""
        outer = {span.id for place in places for span in self.outer(place)}
        return [place for place in places if place.id not in outer] or places

    def _mentions(self, heads: Iterable[Span], label: str) -> tuple[Mention, ...]:
        """Each name once, by its first mention."""
        names: dict[str, Mention] = {}
        for span in self._spans(heads, label):
            names.setdefault(_name(self._mention(span)), self._mention(span))
        return tuple(names.values())

    def _spans(self, heads: Iterable[Span], label: str) -> list[Span]:
        """The spans that a relation leads to from any of the heads, each once, in the order of the heads."""
        relations = [relation for head in heads for relation in self._tails.get((head.id, label), [])]
        return [self._dispatch.span_by_id[tail] for tail in dict.fromkeys(relation.tail for relation in relations)]

    def _mention(self, span: Span) -> Mention:
        return Mention(self._dispatch.words(span), span.start, span.end)


def gap(one: Span, other: Span) -> int:
    """How many characters lie between two spans."""
    return max(0, one.start - other.end, other.start - one.end)


def _distinct(places: Iterable[PlaceMention]) -> tuple[PlaceMention, ...]:
    """Each place once, by the mention that says most of where it lies; places of one name that are said to lie in
    different ones stay apart.
    """
    kept: list[PlaceMention] = []
    for place in places:
        at = next((at for at, other in enumerate(kept) if _says(other, place) or _says(place, other)), len(kept))
        if at == len(kept) or not _says(kept[at], place):
            kept[at : at + 1] = [place]
    return tuple(kept)


def _says(place: PlaceMention, other: PlaceMention) -> bool:
    """Whether `place` has the name of `other` and lies in all the places that `other` lies in."""
    return _name(place.place) == _name(other.place) and set(map(_name, other.within)) <= set(map(_name, place.within))


def _name(mention: Mention) -> str:
    return " ".join(mention.words.casefold().split())


def attribute(triggers: Sequence[Span], name: str, vague: str) -> str:
    """The value most mentions give, a vague one only where no other is given; the earliest wins a tie."""
    values = [span.attributes[name] for span in triggers if name in span.attributes]
    telling = [value for value in values if value != vague] or values
    return max(telling, key=telling.count, default="")


def least(scores: Iterable[float | None]) -> float | None:
    """The least of the scores that are there, None where none is."""
    known = [score for score in scores if score is not None]
    return min(known) if known else None
