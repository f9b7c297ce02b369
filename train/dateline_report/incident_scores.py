"""Incidents assembled from what a model read → how many are as those assembled from gold, and what is wrong.

An incident of the model stands for the gold one with which it shares most mentions (overlapping triggers, one to one).
It is wholly right where kind, status, days, place, perpetrators, targets, attribution and all figures (outcome, fewest,
most, whose, by whom) are those of gold, and right at the core where days, place and the numbers of all outcomes are. A
figure is right where its words overlap those of a gold figure of the same
outcome, with the same fewest, most and best, in the incident that stands for that one's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dateline_incidents.incidents import ROLES
from dateline_incidents.records import ClaimRecord, IncidentRecord
from dateline_labels.scoring import Counts

Records = tuple[Sequence[IncidentRecord], Sequence[ClaimRecord]]
ALL = "wholly right"
CORE = "right at the core"
_HARM = (ROLES.killed, ROLES.injured)


@dataclass
class Tally:
    """Dispatches by whether their incidents are all right, incidents by what is, figures by outcome."""

    dispatches: int = 0
    whole: int = 0
    told: int = 0
    told_whole: int = 0
    told_core: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    incidents: Counts = field(default_factory=Counts)
    figures: dict[str, Counts] = field(default_factory=dict)


def tally(pairs: Iterable[tuple[Records, Records]]) -> Tally:
    """The tally of (gold, predicted) records, a pair a dispatch."""
    found = Tally()
    for gold, predicted in pairs:
        _add(found, gold, predicted)
    return found


def _add(found: Tally, gold: Records, predicted: Records) -> None:
    stands_for = matched(gold[0], predicted[0])
    right = core = 0
    for incident in gold[0]:
        other = next((each for each in predicted[0] if stands_for.get(each.incident) == incident.incident), None)
        if other is None:
            continue
        parts = {name: same(incident, other) for name, same in PARTS.items()}
        parts["figures"] = _figures(incident, gold[1]) == _figures(other, predicted[1])
        found.parts.update(name for name, holds in parts.items() if holds)
        at_core = parts["days"] and parts["place"] and _numbers(incident, gold[1]) == _numbers(other, predicted[1])
        found.parts[ALL] += all(parts.values())
        found.parts[CORE] += at_core
        right += all(parts.values())
        core += at_core
    whole = right == len(gold[0]) == len(predicted[0])
    found.dispatches += 1
    found.whole += whole
    if gold[0] or predicted[0]:
        found.told += 1
        found.told_whole += whole
        found.told_core += core == len(gold[0]) == len(predicted[0])
    both = len(stands_for)
    found.incidents += Counts(both, len(predicted[0]) - both, len(gold[0]) - both)
    for outcome in _HARM:
        before = found.figures.get(outcome, Counts(0, 0, 0))
        found.figures[outcome] = before + score_figures(gold[1], predicted[1], stands_for, outcome)


def matched(gold: Sequence[IncidentRecord], predicted: Sequence[IncidentRecord]) -> dict[str, str]:
    """The gold incident that each predicted one stands for, by ids; those that share most mentions first."""
    shared = [(_shared(one, other), one, other) for one in gold for other in predicted]
    of: dict[str, str] = {}
    for count, one, other in sorted(shared, key=lambda each: (-each[0], each[1].number, each[2].number)):
        if count and other.incident not in of and one.incident not in of.values():
            of[other.incident] = one.incident
    return of


def score_figures(
    gold: Sequence[ClaimRecord], predicted: Sequence[ClaimRecord], stands_for: Mapping[str, str], outcome: str
) -> Counts:
    """Figures of an outcome: found as in gold, spurious, missed."""
    wanted = [claim for claim in gold if claim.outcome == outcome]
    given = [claim for claim in predicted if claim.outcome == outcome]
    left, right = list(wanted), 0
    for claim in given:
        true = next((each for each in left if _is_same_figure(each, claim, stands_for)), None)
        if true:
            left.remove(true)
            right += 1
    return Counts(right, len(given) - right, len(wanted) - right)


def _is_same_figure(gold: ClaimRecord, claim: ClaimRecord, stands_for: Mapping[str, str]) -> bool:
    overlap = gold.figure_start < claim.figure_end and claim.figure_start < gold.figure_end
    number = (gold.low, gold.best, gold.high) == (claim.low, claim.best, claim.high)
    return overlap and number and stands_for.get(claim.incident) == gold.incident


def _shared(one: IncidentRecord, other: IncidentRecord) -> int:
    ours = list(zip(one.triggers_start, one.triggers_end, strict=True))
    theirs = list(zip(other.triggers_start, other.triggers_end, strict=True))
    return sum(any(start < last and first < end for first, last in theirs) for start, end in ours)


def _figures(incident: IncidentRecord, claims: Sequence[ClaimRecord]) -> Counter[tuple[object, ...]]:
    return Counter(
        (claim.outcome, claim.low, claim.high, claim.people, claim.source_key)
        for claim in claims
        if claim.incident == incident.incident
    )


def _numbers(incident: IncidentRecord, claims: Sequence[ClaimRecord]) -> Counter[tuple[object, ...]]:
    return Counter(
        (claim.outcome, claim.low, claim.best, claim.high) for claim in claims if claim.incident == incident.incident
    )


def _name(words: str | None) -> str:
    return " ".join((words or "").casefold().split())


PARTS: dict[str, Callable[[IncidentRecord, IncidentRecord], bool]] = {
    "kind": lambda one, other: one.kind == other.kind,
    "status": lambda one, other: one.status == other.status,
    "days": lambda one, other: (one.date_start, one.date_end) == (other.date_start, other.date_end),
    "place": lambda one, other: _name(one.place) == _name(other.place),
    "perpetrators": lambda one, other: set(one.perpetrators_key) == set(other.perpetrators_key),
    "targets": lambda one, other: set(one.targets_key) == set(other.targets_key),
    "attribution": lambda one, other: one.attribution == other.attribution,
}
