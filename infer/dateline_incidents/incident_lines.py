"""What a table for people says of an incident, in lines, whether a terminal shows it or a notebook."""

from collections.abc import Sequence

from .ledger import ClaimRecord, IncidentRecord

COLUMNS = ("what", "when and where", "who → whom", "casualties, according to")
"""The cells of an incident."""


def incident_lines(incident: IncidentRecord, claims: Sequence[ClaimRecord]) -> tuple[list[str], ...]:
    """The lines of each cell of COLUMNS, with the incident's own claims; untrusted text as it stands."""
    return _what(incident), _where(incident), _who(incident), _casualties(incident, claims)


def _what(incident: IncidentRecord) -> list[str]:
    return [incident.kind, incident.status, *(f"“{trigger}”" for trigger in incident.triggers[:3])]


def _where(incident: IncidentRecord) -> list[str]:
    days = [_days(incident)] if incident.date_start else []
    told = [words for words in (incident.date_words, *incident.other_dates) if words]
    place = [" < ".join((incident.place, *incident.within))] if incident.place else []
    found = [", ".join(filter(None, (incident.geoname, incident.country)))] if incident.geoname else []
    return [*days, *told, *place, *incident.other_places, *found]


def _days(incident: IncidentRecord) -> str:
    """2017-07-20 05:00, 2017-07-18 to 2017-07-20, since 2017-07-18."""
    start, end = incident.date_start, incident.date_end
    days = f"since {start}" if end is None else f"{start}" if end == start else f"{start} to {end}"
    return f"{days} {incident.clock or ''}".strip()


def _who(incident: IncidentRecord) -> list[str]:
    perpetrators = _each_once(incident.perpetrators, incident.perpetrators_key)
    return [*perpetrators, *(f"→ {target}" for target in _each_once(incident.targets, incident.targets_key))]


def _each_once(words: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The nearest words for each actor."""
    first: dict[str, str] = {}
    for key, name in zip(keys, words, strict=True):
        first.setdefault(key, name)
    return list(first.values())


def _casualties(incident: IncidentRecord, claims: Sequence[ClaimRecord]) -> list[str]:
    lines = []
    for claim in claims:
        side = f" (of {claim.side})" if claim.side else ""
        source = f", says {claim.source}" if claim.source else ""
        part = {"of": "among them ", "more": "another "}.get(claim.part, "")
        lines.append(f"• {part}{number_words(claim)} {claim.outcome}: {claim.figure}{side}{source}")
    return [*lines, *(f"told by {source}" for source in _each_once(incident.sources, incident.sources_key))]


def number_words(claim: ClaimRecord) -> str:
    """4; 18–22 where it can mean several; 11+ where it is open upward."""
    if claim.high is None:
        return f"{claim.low}+"
    return str(claim.low) if claim.low == claim.high else f"{claim.low}–{claim.high}"
