"""An event: its records, from one dispatch or from several that were merged, and what rows for others are made of.

A cell of such a row has a value and the evidence for it: the document, the offsets, the score.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .actor_table import UNIDENTIFIED
from .incident_choices import Rule
from .incidents import ROLES
from .ledger import ClaimRecord, IncidentRecord
from .rules import Decision, decide


@dataclass(frozen=True)
class Evidence:
    """Words of a document that a cell rests on: code points, half-open, and the model's score, None for gold."""

    document: str
    start: int
    end: int
    score: float | None


@dataclass(frozen=True)
class Cell:
    """A value and what it rests on."""

    value: Any
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Party:
    """An actor in a role: its key, its kind and where it is mentioned."""

    key: str
    kind: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Event:
    """The records of one event, the earliest publication first; `id` is that of the first or of the merged event."""

    id: str
    incidents: tuple[IncidentRecord, ...]
    claims: tuple[ClaimRecord, ...]
    rule: Rule

    @property
    def documents(self) -> list[str]:
        """The ids of its dispatches."""
        return list(dict.fromkeys(incident.dispatch for incident in self.incidents))

    @property
    def kind(self) -> str:
        """The kind most incidents give, a vague one only where none gives another."""
        kinds = [incident.kind for incident in self.incidents]
        telling = [kind for kind in kinds if kind != ROLES.vague_kind] or kinds
        return max(telling, key=telling.count)

    @property
    def status(self) -> str:
        """Occurred where any dispatch says so, else the first one told."""
        statuses = [incident.status for incident in self.incidents]
        return ROLES.occurred if ROLES.occurred in statuses else statuses[0]

    @cached_property
    def perpetrators(self) -> list[Party]:
        """Who did it, each actor once, those first that are named."""
        return sorted(self._parties("perpetrators"), key=lambda party: party.kind in ("", UNIDENTIFIED))

    @cached_property
    def targets(self) -> list[Party]:
        """At whom or what it was aimed, each once, in the order of the evidence."""
        return self._parties("targets")

    @cached_property
    def dated(self) -> IncidentRecord | None:
        """The incident that tells the day best: the most precise, then the first."""
        return min(
            (i for i in self.incidents if i.date_start), key=lambda incident: incident.date_precision or 9, default=None
        )

    @cached_property
    def placed(self) -> IncidentRecord | None:
        """The incident that tells the place best: the most precise in the gazetteer, then the longest chain."""
        return min(
            (i for i in self.incidents if i.place),
            key=lambda incident: (incident.where_precision or 9, -len(incident.within)),
            default=None,
        )

    def decision(self, outcome: str) -> Decision:
        """What holds of an outcome under the event's rule."""
        return decide(self.incidents, self.claims, outcome, self.rule)

    def evidence_of(self, claims: Iterable[str]) -> tuple[Evidence, ...]:
        """Where the figures of these claims stand."""
        wanted = set(claims)
        return tuple(
            Evidence(claim.dispatch, claim.figure_start, claim.figure_end, claim.score)
            for claim in self.claims
            if claim.claim in wanted
        )

    def triggers(self) -> tuple[Evidence, ...]:
        """The mentions of the event."""
        return tuple(
            Evidence(incident.dispatch, start, end, incident.score)
            for incident in self.incidents
            for start, end in zip(incident.triggers_start, incident.triggers_end, strict=True)
        )

    def _parties(self, role: str) -> list[Party]:
        found: dict[str, Party] = {}
        for incident in self.incidents:
            for key, kind, evidence in _mentions(incident, role):
                before = found.get(key, Party(key, kind, ()))
                found[key] = Party(key, before.kind or kind, (*before.evidence, evidence))
        return list(found.values())


def date_evidence(incident: IncidentRecord | None) -> tuple[Evidence, ...]:
    """The words that tell the day."""
    if incident is None or incident.date_words_start is None or incident.date_words_end is None:
        return ()
    return (Evidence(incident.dispatch, incident.date_words_start, incident.date_words_end, incident.date_score),)


def place_evidence(incident: IncidentRecord | None) -> tuple[Evidence, ...]:
    """The words that tell the place and those it lies in."""
    if incident is None or incident.place_start is None or incident.place_end is None:
        return ()
    place = Evidence(incident.dispatch, incident.place_start, incident.place_end, incident.place_score)
    outer = zip(incident.within_start, incident.within_end, strict=True)
    return (place, *(Evidence(incident.dispatch, start, end, None) for start, end in outer))


def source_evidence(event: Event) -> Iterator[tuple[str, Evidence]]:
    """Everybody who is credited with the report or a figure, by key."""
    for incident in event.incidents:
        for key, _, evidence in _mentions(incident, "sources"):
            yield key, evidence
    for claim in event.claims:
        if claim.source_key and claim.source_start is not None and claim.source_end is not None:
            yield claim.source_key, Evidence(claim.dispatch, claim.source_start, claim.source_end, claim.source_score)


def _mentions(incident: IncidentRecord, role: str) -> Iterator[tuple[str, str, Evidence]]:
    """Key, kind and evidence of each mention in a role."""
    starts, ends = getattr(incident, f"{role}_start"), getattr(incident, f"{role}_end")
    scores = getattr(incident, f"{role}_score") or [None] * len(starts)
    for key, kind, start, end, score in zip(
        getattr(incident, f"{role}_key"), getattr(incident, f"{role}_kind"), starts, ends, scores, strict=True
    ):
        yield key, kind, Evidence(incident.dispatch, start, end, score)
