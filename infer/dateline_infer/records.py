"""A read dispatch → the rows of the tables `incidents` and `claims`.

What `incidents.py` ties together gets its values here: numbers, days, who is who, where. Of several words for one value
the nearest to a mention of the event wins and the rest are kept beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dateline_labels import Dispatch, Span

from .actor_table import ActorTable, shipped_actors
from .actors import actors_of
from .attribution import Attribution, attribution_of
from .claims import Told, claims_of
from .dates import When
from .gazetteer import Gazetteer
from .incident_dates import Dated, dated, whens_of
from .incidents import ROLES, Argument, Graph, attribute, events, least
from .ledger import ClaimRecord, IncidentRecord
from .places import Locator, Where

__all__ = ["ClaimRecord", "IncidentRecord", "Lookups", "records"]

SITE = "site"
"""The kind of a target that is a place."""


@dataclass(frozen=True)
class Lookups:
    """What names are looked up in: who is who (None: the table that comes with Dateline), and where (None: nowhere)."""

    actors: ActorTable | None = None
    gazetteer: Gazetteer | None = None


_SHIPPED = Lookups()
_ROLES = (ROLES.time, ROLES.place, ROLES.perpetrator, ROLES.target, ROLES.source)


def records(dispatch: Dispatch, lookups: Lookups = _SHIPPED) -> tuple[list[IncidentRecord], list[ClaimRecord]]:
    """The incidents of a dispatch in the order of first mention, and the claims of each in the order of the text."""
    triggers_of = list(events(dispatch))
    if not triggers_of:
        return [], []
    table = lookups.actors or shipped_actors()
    actors = actors_of(dispatch, (span for span in dispatch.spans if span.label == ROLES.actor), table)
    told = Told(dispatch, _day(dispatch.published), Graph(dispatch), actors, table)
    whens, locator = whens_of(dispatch), Locator(dispatch, told.graph, lookups.gazetteer)
    rows: list[IncidentRecord] = []
    claims: list[ClaimRecord] = []
    for number, triggers in enumerate(triggers_of, start=1):
        own = claims_of(told, f"{dispatch.id}#{number}", triggers)
        rows.append(_incident(told, number, triggers, own, _arguments(told, triggers, whens, locator)))
        claims += own
    return rows, claims


@dataclass(frozen=True)
class _Arguments:
    """What is told of an event besides its figures, each role nearest first."""

    when: Dated
    whens: Mapping[str, When]
    places: list[Span]
    within: list[Span]
    where: Where
    roles: Mapping[str, list[Argument]]
    attribution: Attribution

    def score(self, role: str, span: Span | None) -> float | None:
        """The score of the evidence that `span` plays this role."""
        return next((_score(argument) for argument in self.roles[role] if argument.span is span), None)


def _arguments(told: Told, triggers: Sequence[Span], whens: Mapping[str, When], locator: Locator) -> _Arguments:
    graph = told.graph
    roles = {role: _distinct(told, graph.arguments(triggers, role)) for role in _ROLES}
    places = _spans(roles[ROLES.place])
    innermost = graph.innermost(places)
    places = [place for place in places if place in innermost]
    return _Arguments(
        dated(roles[ROLES.time], whens),
        whens,
        places,
        graph.outer(places[0]) if places else [],
        locator.locate(places),
        roles,
        attribution_of(told, triggers, roles),
    )


def _incident(
    told: Told, number: int, triggers: Sequence[Span], claims: Sequence[ClaimRecord], found: _Arguments
) -> IncidentRecord:
    dispatch, dated_by, when, where = told.dispatch, found.when.words, found.when.when, found.where
    place = found.places[0] if found.places else None
    perpetrators, targets, sources = (found.roles[role] for role in (ROLES.perpetrator, ROLES.target, ROLES.source))
    return IncidentRecord(
        incident=f"{dispatch.id}#{number}",
        dispatch=dispatch.id,
        published=told.published,
        number=number,
        kind=attribute(triggers, ROLES.kind, ROLES.vague_kind),
        status=attribute(triggers, ROLES.status, ""),
        date_start=when.earliest,
        date_end=when.latest,
        clock=found.when.clock.strftime("%H:%M") if found.when.clock else None,
        date_granularity=when.granularity,
        date_precision=when.precision,
        date_words=_word(dispatch, dated_by),
        date_words_start=dated_by.start if dated_by else None,
        date_words_end=dated_by.end if dated_by else None,
        date_score=found.score(ROLES.time, dated_by),
        date_reason=when.reason,
        other_dates=_words(dispatch, found.when.others),
        other_dates_start=_starts(found.when.others),
        other_dates_end=_ends(found.when.others),
        other_dates_value=[_interval(found.whens[span.id]) for span in found.when.others],
        place=_word(dispatch, place),
        place_start=place.start if place else None,
        place_end=place.end if place else None,
        place_score=found.score(ROLES.place, place),
        within=_words(dispatch, found.within),
        within_start=_starts(found.within),
        within_end=_ends(found.within),
        other_places=_words(dispatch, found.places[1:]),
        other_places_start=_starts(found.places[1:]),
        other_places_end=_ends(found.places[1:]),
        geoname_id=where.geoname_id,
        geoname=where.geoname,
        country_code=where.country_code,
        country=where.country,
        admin1=where.admin1,
        admin2=where.admin2,
        latitude=where.latitude,
        longitude=where.longitude,
        where_precision=where.precision,
        where_reason=where.reason,
        perpetrators=_words(dispatch, _spans(perpetrators)),
        perpetrators_start=_starts(_spans(perpetrators)),
        perpetrators_end=_ends(_spans(perpetrators)),
        perpetrators_key=_keys(told, _spans(perpetrators)),
        perpetrators_kind=_kinds(told, _spans(perpetrators)),
        perpetrators_score=_scores(perpetrators),
        targets=_words(dispatch, _spans(targets)),
        targets_start=_starts(_spans(targets)),
        targets_end=_ends(_spans(targets)),
        targets_key=_keys(told, _spans(targets)),
        targets_kind=_kinds(told, _spans(targets)),
        targets_score=_scores(targets),
        attribution=found.attribution.attribution,
        attributed_by=_words(dispatch, found.attribution.by),
        attributed_by_start=_starts(found.attribution.by),
        attributed_by_end=_ends(found.attribution.by),
        sources=_words(dispatch, _spans(sources)),
        sources_start=_starts(_spans(sources)),
        sources_end=_ends(_spans(sources)),
        sources_key=_keys(told, _spans(sources)),
        sources_kind=_kinds(told, _spans(sources)),
        sources_score=_scores(sources),
        triggers=_words(dispatch, triggers),
        triggers_start=_starts(triggers),
        triggers_end=_ends(triggers),
        claims=len(claims),
        score=least((*(span.score for span in triggers), *(claim.score for claim in claims))),
    )


def _distinct(told: Told, arguments: Iterable[Argument]) -> list[Argument]:
    """Without those that say in the same words what a nearer one says; places of one name stay where what they lie in
    tells them apart.
    """
    kept: dict[tuple[str, ...], Argument] = {}
    for argument in arguments:
        span = argument.span
        around = told.graph.outer(span) if span.label == ROLES.place_span else []
        names = tuple(" ".join(told.dispatch.words(each).casefold().split()) for each in (span, *around))
        kept.setdefault(names, argument)
    return list(kept.values())


def _spans(arguments: Iterable[Argument]) -> list[Span]:
    return [argument.span for argument in arguments]


def _score(argument: Argument) -> float | None:
    return least((argument.span.score, argument.score))


def _scores(arguments: Iterable[Argument]) -> list[float]:
    """The scores of the evidence; none for gold."""
    return [score for score in map(_score, arguments) if score is not None]


def _word(dispatch: Dispatch, span: Span | None) -> str | None:
    return dispatch.words(span) if span else None


def _words(dispatch: Dispatch, spans: Iterable[Span]) -> list[str]:
    return [dispatch.words(span) for span in spans]


def _starts(spans: Iterable[Span]) -> list[int]:
    return [span.start for span in spans]


def _ends(spans: Iterable[Span]) -> list[int]:
    return [span.end for span in spans]


def _keys(told: Told, spans: Iterable[Span]) -> list[str]:
    """The key of each actor; a place goes by its words."""
    return [
        told.actors[span.id].key if span.id in told.actors else " ".join(told.dispatch.words(span).casefold().split())
        for span in spans
    ]


def _kinds(told: Told, spans: Iterable[Span]) -> list[str]:
    return [told.actors[span.id].kind if span.id in told.actors else SITE for span in spans]


def _interval(when: When) -> str:
    if when.earliest is None:
        return ""
    return f"{when.earliest.isoformat()}/{when.latest.isoformat() if when.latest else '..'}"


def _day(published: str | None) -> date | None:
    """The day of publication where it is told as an ISO date, as annotations and most archives tell it."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None
