"""A read dispatch → the rows of the tables `incidents` and `claims`.

What `incidents.py` ties together gets its values here: numbers, days, who is who, where. Of several words for one value
the nearest to a mention of the event wins and the rest are kept beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateline_labels import Dispatch, Span
from dateline_values.dates import When, published_day

from .actor_table import ActorTable, shipped_actors
from .actors import actors_of
from .attribution import Attribution, attribution_of
from .claims import Told, claims_of
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
    told = Told(dispatch, published_day(dispatch.published), Graph(dispatch), actors, table)
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
        **_listed(dispatch, "other_dates", found.when.others),
        other_dates_value=[_interval(found.whens[span.id]) for span in found.when.others],
        place=_word(dispatch, place),
        place_start=place.start if place else None,
        place_end=place.end if place else None,
        place_score=found.score(ROLES.place, place),
        **_listed(dispatch, "within", found.within),
        **_listed(dispatch, "other_places", found.places[1:]),
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
        **_role(told, "perpetrators", perpetrators),
        **_role(told, "targets", targets),
        attribution=found.attribution.attribution,
        **_listed(dispatch, "attributed_by", found.attribution.by),
        **_role(told, "sources", sources),
        **_listed(dispatch, "triggers", triggers),
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


def _word(dispatch: Dispatch, span: Span | None) -> str | None:
    return dispatch.words(span) if span else None


def _listed(dispatch: Dispatch, column: str, spans: Sequence[Span]) -> dict[str, Any]:
    """The columns of some spans: their words, where they start and where they end."""
    return {
        column: [dispatch.words(span) for span in spans],
        f"{column}_start": [span.start for span in spans],
        f"{column}_end": [span.end for span in spans],
    }


def _role(told: Told, column: str, arguments: Sequence[Argument]) -> dict[str, Any]:
    """The columns of a role: its spans, who they are, and the scores of the evidence, none for gold."""
    spans = [argument.span for argument in arguments]
    scores = [score for score in map(_score, arguments) if score is not None]
    return {
        **_listed(told.dispatch, column, spans),
        f"{column}_key": _keys(told, spans),
        f"{column}_kind": _kinds(told, spans),
        f"{column}_score": scores,
    }


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
