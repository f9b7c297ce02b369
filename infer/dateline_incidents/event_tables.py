"""Events → the rows of the tables `events` and `totals`, and how the totals change with the rule."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from .event import Event
from .incident_choices import Rule
from .incidents import ROLES
from .ledger import ClaimRecord, IncidentRecord
from .merging import Group
from .rules import Decision, decide


@dataclass(frozen=True)
class EventRecord:
    """One event with what its incidents tell best: the most precise day, the most precise place."""

    event: str
    """The first of its incidents."""
    incidents: list[str]
    documents: list[str]
    kind: str
    status: str
    date_start: date | None
    date_end: date | None
    date_precision: int | None
    place: str | None
    within: list[str]
    geoname_id: int | None
    country: str | None
    admin1: str | None
    admin2: str | None
    latitude: float | None
    longitude: float | None
    where_precision: int | None
    perpetrators: list[str]
    """Keys of the actors, those first that are named."""
    targets: list[str]
    first_published: date | None
    last_published: date | None
    least_score: float | None
    """The least score of a match that joined it; None where it is one incident."""


@dataclass(frozen=True)
class TotalRecord:
    """What holds of one outcome of one event under one rule; all figures None where the rule finds none."""

    event: str
    outcome: str
    rule: str
    low: int | None
    best: int | None
    high: int | None
    sides: list[str]
    """Kinds of people, "" for those of whom nobody tells."""
    sides_best: list[int]
    """The best reading of each; they add up to `best`."""
    claims: list[str]
    """The claims that it rests on."""
    accounts: int
    """How many accounts there are."""
    reason: str


def events_of(groups: Iterable[Group], claims: Iterable[ClaimRecord], rule: Rule) -> list[Event]:
    """The events of the groups with their claims, those of the earliest dispatch first."""
    of: dict[str, list[ClaimRecord]] = {}
    for claim in claims:
        of.setdefault(claim.incident, []).append(claim)
    events = []
    for group in groups:
        incidents = sorted(group.incidents, key=lambda i: (i.published or date.max, i.dispatch, i.number))
        own = tuple(claim for incident in incidents for claim in of.get(incident.incident, []))
        events.append(Event(incidents[0].incident, tuple(incidents), own, rule))
    return events


def apart(incidents: Iterable[IncidentRecord]) -> list[Group]:
    """Each incident as an event of its own."""
    return [Group((incident,), ()) for incident in incidents]


def event_record(event: Event, group: Group) -> EventRecord:
    """The row of an event."""
    day, where = event.dated, event.placed
    published = sorted(incident.published for incident in event.incidents if incident.published)
    return EventRecord(
        event=event.id,
        incidents=[incident.incident for incident in event.incidents],
        documents=event.documents,
        kind=event.kind,
        status=event.status,
        date_start=day.date_start if day else None,
        date_end=day.date_end if day else None,
        date_precision=day.date_precision if day else None,
        place=where.place if where else None,
        within=where.within if where else [],
        geoname_id=where.geoname_id if where else None,
        country=where.country if where else None,
        admin1=where.admin1 if where else None,
        admin2=where.admin2 if where else None,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        where_precision=where.where_precision if where else None,
        perpetrators=[party.key for party in event.perpetrators],
        targets=[party.key for party in event.targets],
        first_published=published[0] if published else None,
        last_published=published[-1] if published else None,
        least_score=min((match.score for match in group.matches), default=None),
    )


def total_records(events: Iterable[Event], rules: Sequence[Rule]) -> Iterator[TotalRecord]:
    """A row for each event, outcome that it tells of and rule; what is only threatened has no victims."""
    for event in (event for event in events if event.status != ROLES.threatened):
        for outcome in dict.fromkeys(claim.outcome for claim in event.claims):
            for rule in rules:
                decision = decide(event.incidents, event.claims, outcome, rule)
                yield _total(event.id, outcome, rule, decision)


def _total(event: str, outcome: str, rule: Rule, decision: Decision) -> TotalRecord:
    number = decision.number
    return TotalRecord(
        event=event,
        outcome=outcome,
        rule=rule.value,
        low=number.low if number else None,
        best=number.best if number else None,
        high=number.high if number else None,
        sides=list(decision.sides),
        sides_best=list(decision.sides.values()),
        claims=list(decision.claims),
        accounts=decision.accounts,
        reason=decision.reason,
    )


@dataclass(frozen=True)
class SumRecord:
    """The totals of all events for one outcome under one rule."""

    outcome: str
    rule: str
    events: int
    """How many have a figure."""
    low: int
    best: int
    high: int
    """The sum of the highest figures that are bounded."""
    without_best: int
    """How many have a figure and no best reading; they add to `low` alone."""
    open_upward: int
    """How many have no highest figure; they add to `high` what they add to `low`."""


def sums(totals: Iterable[TotalRecord]) -> list[SumRecord]:
    """The table that shows how the totals change with the rule: a row for each outcome and rule, in their order."""
    groups: dict[tuple[str, str], list[TotalRecord]] = {}
    for row in totals:
        groups.setdefault((row.outcome, row.rule), []).append(row)
    return [_sum(outcome, rule, rows) for (outcome, rule), rows in sorted(groups.items(), key=lambda each: each[0][0])]


def _sum(outcome: str, rule: str, rows: Sequence[TotalRecord]) -> SumRecord:
    told = [row for row in rows if row.low is not None]
    return SumRecord(
        outcome=outcome,
        rule=rule,
        events=len(told),
        low=sum(row.low or 0 for row in told),
        best=sum(row.best or 0 for row in told),
        high=sum((row.low or 0) if row.high is None else row.high for row in told),
        without_best=sum(row.best is None for row in told),
        open_upward=sum(row.high is None for row in told),
    )
