"""Events → rows with the columns of UCDP GED, as far as dispatches tell; ids of conflicts, dyads and actors stay empty.

Codes after the GED codebook. An event there has at least one death that may have happened, so that events without a
figure of killed people, and threatened or foiled ones, are left out. deaths_a, deaths_b, deaths_civilians and
deaths_unknown add up to best; officials count as civilians there.
"""

import math
from collections.abc import Iterator

from .actor_table import ARMED_SIDE, CIVILIANS, GOVERNMENT, STATE
from .event import Cell, Event, Party, date_evidence, place_evidence, source_evidence
from .incident_choices import Rule
from .incidents import ROLES
from .rules import Decision

COLUMNS = (
    "id",
    "relid",
    "year",
    "active_year",
    "code_status",
    "type_of_violence",
    "conflict_new_id",
    "conflict_name",
    "dyad_new_id",
    "dyad_name",
    "side_a_new_id",
    "side_a",
    "side_b_new_id",
    "side_b",
    "number_of_sources",
    "source_article",
    "source_office",
    "source_date",
    "source_headline",
    "source_original",
    "where_prec",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "latitude",
    "longitude",
    "geom_wkt",
    "priogrid_gid",
    "country",
    "country_id",
    "region",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
)
RULE = Rule.UCDP

_STATE_BASED, _NON_STATE, _ONE_SIDED = 1, 2, 3


def takes(event: Event) -> bool:
    """Whether it is an event there."""
    killed = event.decision(ROLES.killed).number
    return event.status == ROLES.occurred and killed is not None and killed.high != 0


def row(event: Event) -> dict[str, Cell]:
    """The cells that the records give a value."""
    violence, sides = _sides(event)
    return {
        **dict(_who(violence, sides)),
        **dict(_sources(event)),
        **dict(_where(event)),
        **dict(_when(event)),
        **dict(_deaths(event, sides)),
    }


def _sides(event: Event) -> tuple[int | None, tuple[Party, ...]]:
    """The type of violence and its sides, the state first; none where the kinds of actors do not tell."""
    doers = [party for party in event.perpetrators if party.kind == STATE or party.kind in ARMED_SIDE]
    aimed_at = [party for party in event.targets if party.kind == STATE or party.kind in ARMED_SIDE]
    fighters = list({party.key: party for party in (*doers[:1], *aimed_at[:1])}.values())
    if len(fighters) == 1 and len(doers) > 1:  # "fighting between": both sides are perpetrators
        fighters.append(doers[1])
    if len(fighters) == 2:
        in_order = tuple(sorted(fighters, key=lambda party: party.kind != STATE))
        return (_STATE_BASED if in_order[0].kind == STATE else _NON_STATE), in_order
    of_civilians = any(party.kind in (CIVILIANS, GOVERNMENT) for party in event.targets)
    if len(fighters) == 1 and doers and of_civilians:
        return _ONE_SIDED, tuple(doers[:1])
    return None, tuple(doers[:1])


def _who(violence: int | None, sides: tuple[Party, ...]) -> Iterator[tuple[str, Cell]]:
    evidence = tuple(e for side in sides for e in side.evidence)
    if violence:
        yield "type_of_violence", Cell(violence, evidence)
    for column, side in zip(("side_a", "side_b"), sides, strict=False):
        yield column, Cell(side.key, side.evidence)
    if violence == _ONE_SIDED:
        yield "side_b", Cell("Civilians", evidence)


def _sources(event: Event) -> Iterator[tuple[str, Cell]]:
    credited = dict(source_evidence(event))
    yield "number_of_sources", Cell(len(event.documents))
    yield "source_article", Cell("; ".join(event.documents), event.triggers())
    published = [incident.published for incident in event.incidents if incident.published]
    if published:
        yield "source_date", Cell("; ".join(day.isoformat() for day in sorted(set(published))))
    if credited:
        yield "source_original", Cell("; ".join(credited), tuple(credited.values()))


def _where(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.placed
    if incident is None:
        return
    evidence = place_evidence(incident)
    yield "where_description", Cell(" < ".join((incident.place or "", *incident.within)), evidence)
    given = {
        "where_prec": incident.where_precision,
        "where_coordinates": incident.geoname,
        "adm_1": incident.admin1,
        "adm_2": incident.admin2,
        "latitude": incident.latitude,
        "longitude": incident.longitude,
        "country": incident.country,
    }
    yield from ((column, Cell(value, evidence)) for column, value in given.items() if value is not None)
    if incident.latitude is not None and incident.longitude is not None:
        yield "geom_wkt", Cell(f"POINT ({incident.longitude} {incident.latitude})", evidence)
        yield "priogrid_gid", Cell(priogrid(incident.latitude, incident.longitude), evidence)


def priogrid(latitude: float, longitude: float) -> int:
    """The number of the PRIO-GRID cell: squares of half a degree, 720 a row, from the south-west."""
    row = min(359, math.floor((latitude + 90) * 2))
    column = min(719, math.floor((longitude + 180) * 2))
    return row * 720 + column + 1


def _when(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.dated
    if incident and incident.date_start:
        evidence = date_evidence(incident)
        yield "year", Cell(incident.date_start.year, evidence)
        yield "date_start", Cell(incident.date_start.isoformat(), evidence)
        if incident.date_end:
            yield "date_end", Cell(incident.date_end.isoformat(), evidence)
        if incident.date_precision:
            yield "date_prec", Cell(incident.date_precision, evidence)


def _deaths(event: Event, sides: tuple[Party, ...]) -> Iterator[tuple[str, Cell]]:
    killed = event.decision(ROLES.killed)
    if killed.number is None:
        return
    evidence = event.evidence_of(killed.claims)
    yield "low", Cell(killed.number.low, evidence)
    if killed.number.high is not None:
        yield "high", Cell(killed.number.high, evidence)
    if killed.number.best is not None:
        yield "best", Cell(killed.number.best, evidence)
        for column, best in by_side(killed, sides).items():
            yield column, Cell(best, evidence)


def by_side(killed: Decision, sides: tuple[Party, ...]) -> dict[str, int]:
    """The four columns of deaths, which add up to the best reading."""
    deaths: dict[str, int] = dict.fromkeys(("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"), 0)
    kinds = [side.kind for side in sides]
    for kind, best in killed.sides.items():
        if kinds.count(kind) == 1:
            column = ("deaths_a", "deaths_b")[kinds.index(kind)]
        else:
            column = "deaths_civilians" if kind in (CIVILIANS, GOVERNMENT) else "deaths_unknown"
        deaths[column] += best
    return deaths
