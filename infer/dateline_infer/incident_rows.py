"""A read dispatch → the rows of the tables `incidents` and `claims`: flat, typed, each value beside its offsets.

A field is a column. Offsets are code points of the dispatch's text, half-open; lists of one role run in parallel.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dateline_labels import Dispatch

from .incidents import CasualtyFigure, Incident, Mention, incidents


@dataclass(frozen=True)
class IncidentRecord:
    """One event of one dispatch."""

    incident: str
    """The dispatch's id and the number, as `id#1`."""
    dispatch: str
    published: str | None
    number: int
    """From 1, in the order of first mention."""
    kind: str
    status: str
    times: list[str]
    times_start: list[int]
    times_end: list[int]
    places: list[str]
    places_start: list[int]
    places_end: list[int]
    within: list[str]
    """For each place, the places it lies in, nearest first, joined by ` < `."""
    perpetrators: list[str]
    perpetrators_start: list[int]
    perpetrators_end: list[int]
    targets: list[str]
    targets_start: list[int]
    targets_end: list[int]
    sources: list[str]
    """Whom the report of the event is credited to."""
    sources_start: list[int]
    sources_end: list[int]
    triggers: list[str]
    triggers_start: list[int]
    triggers_end: list[int]
    claims: int
    """How many rows of `claims` it has."""
    score: float | None
    """The least of its triggers' and its figures'."""


@dataclass(frozen=True)
class ClaimRecord:
    """One figure of one outcome."""

    claim: str
    """The incident and the number, as `id#1.2`."""
    incident: str
    dispatch: str
    number: int
    """From 1 within the incident."""
    outcome: str
    figure: str
    figure_start: int
    figure_end: int
    sides: list[str]
    """Whose people they are."""
    sides_start: list[int]
    sides_end: list[int]
    sources: list[str]
    """Who says so."""
    sources_start: list[int]
    sources_end: list[int]
    score: float | None


def records(dispatch: Dispatch) -> tuple[list[IncidentRecord], list[ClaimRecord]]:
    """The incidents of a dispatch and what is claimed about each, in the order of the text."""
    found = incidents(dispatch)
    claims = [_claim(incident, number, each) for incident in found for number, each in _numbered(incident)]
    return [_incident(incident) for incident in found], claims


def _numbered(incident: Incident) -> Iterable[tuple[int, CasualtyFigure]]:
    return enumerate(incident.casualties, start=1)


def _incident(incident: Incident) -> IncidentRecord:
    return IncidentRecord(
        f"{incident.dispatch}#{incident.number}",
        incident.dispatch,
        incident.published,
        incident.number,
        incident.kind,
        incident.status,
        *_parallel(incident.times),
        *_parallel([place.place for place in incident.places]),
        [" < ".join(outer.words for outer in place.within) for place in incident.places],
        *_parallel(incident.perpetrators),
        *_parallel(incident.targets),
        *_parallel(incident.sources),
        *_parallel(incident.triggers),
        len(incident.casualties),
        incident.score,
    )


def _claim(incident: Incident, number: int, figure: CasualtyFigure) -> ClaimRecord:
    name = f"{incident.dispatch}#{incident.number}"
    words = figure.figure
    return ClaimRecord(
        f"{name}.{number}",
        name,
        incident.dispatch,
        number,
        figure.outcome,
        words.words,
        words.start,
        words.end,
        *_parallel(figure.sides),
        *_parallel(figure.sources),
        figure.score,
    )


def _parallel(mentions: Iterable[Mention]) -> tuple[list[str], list[int], list[int]]:
    mentions = list(mentions)
    return (
        [mention.words for mention in mentions],
        [mention.start for mention in mentions],
        [mention.end for mention in mentions],
    )
