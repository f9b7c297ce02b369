"""Events → PLOVER objects, one a line of JSON, as far as a dispatch tells; identifiers of actors stay empty.

Event categories, modes and quad codes after the PLOVER codebook. `size` is their object of dead, injured and arrested.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from .actor_table import CIVILIANS, CRIMINALS, GOVERNMENT, INTERNATIONAL, MEDIA, MILITIA, REBELS, STATE, UNIDENTIFIED
from .event import Cell, Event, Party, date_evidence, place_evidence
from .incident_choices import Rule
from .incidents import ROLES

COLUMNS = (
    "id",
    "date",
    "enddate",
    "actor",
    "recipient",
    "event",
    "event_loc",
    "event_text",
    "quad_code",
    "mode",
    "context",
    "size",
    "text_info",
    "cite_info",
    "coder",
    "coded_date",
)
RULE = Rule.CONSERVATIVE

_ASSAULT, _THREATEN = ("ASSAULT", 4), ("THREATEN", 3)
_MODES = {
    ROLES.armed_clash: "firearms",
    ROLES.armed_assault: "firearms",
    ROLES.bombing: "explosives",
    ROLES.suicide_bombing: "suicide-attack",
    ROLES.air_strike: "heavy-weapons",
    ROLES.shelling: "heavy-weapons",
    ROLES.killing: "assassinate",
}
_SECTORS = {
    STATE: "MIL",
    GOVERNMENT: "GOV",
    REBELS: "REB",
    MILITIA: "PRM",
    CRIMINALS: "CRM",
    CIVILIANS: "CVL",
    INTERNATIONAL: "IGO",
    MEDIA: "JRN",
    UNIDENTIFIED: "UAF",
}


def takes(event: Event) -> bool:
    """Whether it is an event there: all are."""
    return bool(event.incidents)


def row(event: Event) -> dict[str, Cell]:
    """The parts of the object that the records give a value."""
    cells = (_head(event), _when(event), _who(event), _where(event), _size(event))
    return {column: cell for part in cells for column, cell in part}


def _head(event: Event) -> Iterator[tuple[str, Cell]]:
    category, quad = _THREATEN if event.status == ROLES.threatened else _ASSAULT
    first = event.incidents[0]
    evidence = event.triggers()
    yield "id", Cell(event.id)
    yield "event", Cell([category], evidence)
    yield "event_text", Cell("; ".join(first.triggers), evidence)
    yield "quad_code", Cell(quad, evidence)
    if event.kind in _MODES and category == _ASSAULT[0]:
        yield "mode", Cell([_MODES[event.kind]], evidence)
    yield "cite_info", Cell([{"citation": document} for document in event.documents])
    yield "text_info", Cell([{"citation": e.document, "start": e.start, "end": e.end} for e in evidence])
    yield "coder", Cell("dateline")


def _when(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.dated
    if incident and incident.date_start:
        evidence = date_evidence(incident)
        yield "date", Cell(incident.date_start.isoformat(), evidence)
        if isinstance(incident.date_end, date) and incident.date_end != incident.date_start:
            yield "enddate", Cell(incident.date_end.isoformat(), evidence)


def _who(event: Event) -> Iterator[tuple[str, Cell]]:
    for column, parties in (("actor", event.perpetrators), ("recipient", event.targets)):
        if parties:
            yield column, Cell(_actors(parties), tuple(e for party in parties for e in party.evidence))


def _actors(parties: Sequence[Party]) -> list[dict[str, Any]]:
    return [
        {"entity_text": party.key, **({"sector": _SECTORS[party.kind]} if party.kind in _SECTORS else {})}
        for party in parties
    ]


def _where(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.placed
    if incident is None:
        return
    given = {
        "text": " < ".join((incident.place or "", *incident.within)),
        "name": incident.geoname,
        "country": incident.country,
        "adm1": incident.admin1,
        "adm2": incident.admin2,
        "lat": incident.latitude,
        "lon": incident.longitude,
        "geonameid": incident.geoname_id,
    }
    known = {name: value for name, value in given.items() if value is not None}
    yield "event_loc", Cell(known, place_evidence(incident))


def _size(event: Event) -> Iterator[tuple[str, Cell]]:
    if event.status == ROLES.threatened:
        return
    outcomes = {"dead": ROLES.killed, "injured": ROLES.injured}
    decisions = {name: event.decision(outcome) for name, outcome in outcomes.items()}
    numbers = {name: d.number.best for name, d in decisions.items() if d.number and d.number.best is not None}
    if numbers:
        claims = [claim for name in numbers for claim in decisions[name].claims]
        yield "size", Cell(numbers, event.evidence_of(claims))
