"""Events → rows with the columns of the Global Terrorism Database, as far as a dispatch tells.

Codes after the GTD codebook. Their criteria, doubts and summaries are judgements and stay empty, and so do the numbers
of countries. Threatened attacks are left out; foiled ones are there with success 0.
"""

from collections.abc import Iterator

from .actor_table import ARMED_SIDE, CIVILIANS, GOVERNMENT, STATE
from .attribution import CLAIMED
from .event import Cell, Event, date_evidence, place_evidence
from .incident_choices import Rule
from .incidents import ROLES

COLUMNS = (
    "eventid",
    "iyear",
    "imonth",
    "iday",
    "approxdate",
    "extended",
    "country",
    "country_txt",
    "provstate",
    "city",
    "latitude",
    "longitude",
    "specificity",
    "vicinity",
    "location",
    "summary",
    "crit1",
    "crit2",
    "crit3",
    "doubtterr",
    "success",
    "suicide",
    "attacktype1",
    "attacktype1_txt",
    "targtype1",
    "targtype1_txt",
    "target1",
    "gname",
    "guncertain1",
    "claimed",
    "nperps",
    "weaptype1",
    "weaptype1_txt",
    "nkill",
    "nkillus",
    "nkillter",
    "nwound",
    "nwoundus",
    "nwoundte",
    "ishostkid",
    "nhostkid",
    "scite1",
    "scite2",
    "scite3",
    "dbsource",
)
RULE = Rule.LATEST

_ATTACKS = {
    ROLES.killing: (1, "Assassination"),
    ROLES.armed_assault: (2, "Armed Assault"),
    ROLES.armed_clash: (2, "Armed Assault"),
    ROLES.bombing: (3, "Bombing/Explosion"),
    ROLES.suicide_bombing: (3, "Bombing/Explosion"),
    ROLES.shelling: (3, "Bombing/Explosion"),
    ROLES.air_strike: (3, "Bombing/Explosion"),
    ROLES.abduction: (6, "Hostage Taking (Kidnapping)"),
    ROLES.arson_or_sabotage: (7, "Facility/Infrastructure Attack"),
}
_UNKNOWN_ATTACK = (9, "Unknown")
_EXPLOSIVE = frozenset({ROLES.bombing, ROLES.suicide_bombing, ROLES.shelling, ROLES.air_strike})
_TARGETS = {
    GOVERNMENT: (2, "Government (General)"),
    STATE: (4, "Military"),
    CIVILIANS: (14, "Private Citizens & Property"),
}
_SPECIFICITY = {1: 1, 2: 2, 3: 3, 4: 4}


def takes(event: Event) -> bool:
    """Whether it is an event there."""
    return event.status in (ROLES.occurred, ROLES.foiled)


def row(event: Event) -> dict[str, Cell]:
    """The cells that the records give a value."""
    cells = (_when(event), _where(event), _what(event), _who(event), _casualties(event), _documents(event))
    return {column: cell for part in cells for column, cell in part}


def _when(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.dated
    if incident is None or incident.date_start is None:
        return
    evidence, precision = date_evidence(incident), incident.date_precision or 5
    yield "iyear", Cell(incident.date_start.year, evidence)
    yield "imonth", Cell(incident.date_start.month if precision <= 4 else 0, evidence)
    yield "iday", Cell(incident.date_start.day if precision == 1 else 0, evidence)
    if precision > 1:
        yield "approxdate", Cell(incident.date_words, evidence)


def _where(event: Event) -> Iterator[tuple[str, Cell]]:
    incident = event.placed
    if incident is None:
        return
    evidence, precision = place_evidence(incident), incident.where_precision
    yield "location", Cell(" < ".join((incident.place or "", *incident.within)), evidence)
    given = {
        "country_txt": incident.country,
        "provstate": incident.admin1,
        "city": incident.geoname if precision in (1, 2) else None,
        "latitude": incident.latitude,
        "longitude": incident.longitude,
        "specificity": _SPECIFICITY.get(precision or 0, 5 if precision else None),
        "vicinity": {1: 0, 2: 1}.get(precision or 0),
    }
    yield from ((column, Cell(value, evidence)) for column, value in given.items() if value is not None)


def _what(event: Event) -> Iterator[tuple[str, Cell]]:
    evidence = event.triggers()
    code, name = _ATTACKS.get(event.kind, _UNKNOWN_ATTACK)
    yield "success", Cell(int(event.status == ROLES.occurred), evidence)
    yield "suicide", Cell(int(event.kind == ROLES.suicide_bombing), evidence)
    yield "attacktype1", Cell(code, evidence)
    yield "attacktype1_txt", Cell(name, evidence)
    if event.kind in _EXPLOSIVE:
        yield "weaptype1", Cell(6, evidence)
        yield "weaptype1_txt", Cell("Explosives", evidence)


def _who(event: Event) -> Iterator[tuple[str, Cell]]:
    if event.targets:
        target = event.targets[0]
        yield "target1", Cell(target.key, target.evidence)
        if target.kind in _TARGETS:
            police = target.kind == STATE and "police" in target.key.casefold()
            code, name = (3, "Police") if police else _TARGETS[target.kind]
            yield "targtype1", Cell(code, target.evidence)
            yield "targtype1_txt", Cell(name, target.evidence)
    if event.perpetrators:
        doer = event.perpetrators[0]
        yield "gname", Cell(doer.key, doer.evidence)
        claimed = any(incident.attribution == CLAIMED for incident in event.incidents)
        yield "claimed", Cell(int(claimed), doer.evidence)


def _casualties(event: Event) -> Iterator[tuple[str, Cell]]:
    columns = (
        (ROLES.killed, "nkill", "nkillter"),
        (ROLES.injured, "nwound", "nwoundte"),
        (ROLES.captured, "nhostkid", ""),
    )
    for outcome, column, of_attackers in columns:
        decision = event.decision(outcome)
        if decision.number is None or decision.number.best is None:
            continue
        evidence = event.evidence_of(decision.claims)
        yield column, Cell(decision.number.best, evidence)
        attackers = sum(best for kind, best in decision.sides.items() if kind in ARMED_SIDE)
        if attackers and of_attackers:
            yield of_attackers, Cell(attackers, evidence)
        if outcome == ROLES.captured:
            yield "ishostkid", Cell(1, evidence)


def _documents(event: Event) -> Iterator[tuple[str, Cell]]:
    for number, document in enumerate(event.documents[:3], start=1):
        evidence = tuple(each for each in event.triggers() if each.document == document)
        yield f"scite{number}", Cell(document, evidence)
