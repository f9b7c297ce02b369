"""Events → rows with ACLED's columns, as far as a dispatch tells; ids, regions and codings of their own stay empty.

Names and codes after ACLED's codebook of 2023 (event types, inter codes, precision codes). Threatened attacks are no
events there and are left out.
"""

from collections.abc import Iterator, Sequence

from .actor_table import CIVILIANS, CRIMINALS, GOVERNMENT, INTERNATIONAL, MILITIA, REBELS, STATE
from .event import Cell, Event, Party, date_evidence, place_evidence, source_evidence
from .incident_choices import Rule
from .incidents import ROLES

COLUMNS = (
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
)
RULE = Rule.CONSERVATIVE

_VIOLENCE, _STRATEGIC = "Political violence", "Strategic developments"
_BATTLES, _REMOTE, _CIVILIANS = "Battles", "Explosions/Remote violence", "Violence against civilians"
_TYPES = {
    ROLES.armed_clash: (_BATTLES, "Armed clash"),
    ROLES.bombing: (_REMOTE, "Remote explosive/landmine/IED"),
    ROLES.suicide_bombing: (_REMOTE, "Suicide bomb"),
    ROLES.air_strike: (_REMOTE, "Air/drone strike"),
    ROLES.shelling: (_REMOTE, "Shelling/artillery/missile attack"),
    ROLES.abduction: (_CIVILIANS, "Abduction/forced disappearance"),
    ROLES.arson_or_sabotage: (_STRATEGIC, "Looting/property destruction"),
}
_INTER = {
    STATE: "State forces",
    GOVERNMENT: "State forces",
    REBELS: "Rebel group",
    MILITIA: "Political militia",
    CRIMINALS: "Political militia",
    CIVILIANS: "Civilians",
    INTERNATIONAL: "External/Other forces",
}
_ORDER = ("State forces", "Rebel group", "Political militia", "Civilians", "External/Other forces")
_TIME = {1: 1, 2: 2, 3: 2, 4: 3, 5: 3}
_PLACE = {1: 1, 2: 2, 3: 2, 4: 3, 6: 3}


def takes(event: Event) -> bool:
    """Whether it is an event there."""
    return event.status in (ROLES.occurred, ROLES.foiled)


def row(event: Event) -> dict[str, Cell]:
    """The cells that the records give a value."""
    actors = [*event.perpetrators[:1], *event.targets[:1]]
    return {
        **dict(_when(event)),
        **dict(_what(event, event.targets)),
        **dict(_who(actors)),
        **dict(_where(event)),
        **dict(_more(event)),
    }


def _when(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.dated
    if incident and incident.date_start:
        evidence = date_evidence(incident)
        yield "event_date", Cell(incident.date_start.isoformat(), evidence)
        yield "year", Cell(incident.date_start.year, evidence)
        if incident.date_precision in _TIME:
            yield "time_precision", Cell(_TIME[incident.date_precision], evidence)


def _what(event: Event, targets: Sequence[Party]) -> Iterator[tuple[str, Cell]]:
    of_civilians = any(target.kind == CIVILIANS for target in targets)
    event_type, sub_type = _TYPES.get(event.kind, ("", ""))
    if not event_type and targets:  # small arms or no means told: battle or attack, by who was aimed at
        armed = all(target.kind in (STATE, REBELS, MILITIA, CRIMINALS) for target in targets)
        event_type, sub_type = (
            (_BATTLES, "Armed clash") if armed else (_CIVILIANS, "Attack") if of_civilians else ("", "")
        )
    if event.status == ROLES.foiled:
        event_type, sub_type = (_STRATEGIC, "Disrupted weapons use") if event_type == _REMOTE else ("", "")
    if event_type:
        yield "disorder_type", Cell(_STRATEGIC if event_type == _STRATEGIC else _VIOLENCE, event.triggers())
        yield "event_type", Cell(event_type, event.triggers())
        yield "sub_event_type", Cell(sub_type, event.triggers())
    if of_civilians:
        evidence = tuple(e for target in targets if target.kind == CIVILIANS for e in target.evidence)
        yield "civilian_targeting", Cell("Civilian targeting", evidence)


def _who(actors: Sequence[Party]) -> Iterator[tuple[str, Cell]]:
    inters = []
    for number, actor in enumerate(actors, start=1):
        yield f"actor{number}", Cell(actor.key, actor.evidence)
        if actor.kind in _INTER:
            inters.append(_INTER[actor.kind])
            yield f"inter{number}", Cell(_INTER[actor.kind], actor.evidence)
    if len(inters) == len(actors) == 2:
        both = tuple(evidence for actor in actors for evidence in actor.evidence)
        yield "interaction", Cell("-".join(sorted(inters, key=_ORDER.index)), both)


def _where(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.placed
    if incident is None:
        return
    evidence = place_evidence(incident)
    yield "location", Cell(incident.geoname or incident.place, evidence)
    for column in ("country", "admin1", "admin2", "latitude", "longitude"):
        if getattr(incident, column) is not None:
            yield column, Cell(getattr(incident, column), evidence)
    if incident.where_precision in _PLACE:
        yield "geo_precision", Cell(_PLACE[incident.where_precision], evidence)


def _more(event: Event) -> Iterator[tuple[str, Cell]]:
    sources = dict(source_evidence(event))
    yield "source", Cell("; ".join(event.documents), tuple(sources.values()))
    killed = event.decision(ROLES.killed)
    if killed.number and killed.number.best is not None:
        yield "fatalities", Cell(killed.number.best, event.evidence_of(killed.claims))
