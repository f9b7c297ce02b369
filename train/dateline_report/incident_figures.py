"""Incidents assembled from what was read beside those of gold → how many are found, right at the core, wholly right.

The table of incidents is assembled as `dateline incidents table` does it; what counts as right stands in
`incident_scores`.
"""

from collections.abc import Sequence
from typing import Any

from dateline_incidents.incidents import ROLES
from dateline_incidents.records import records
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import clusters
from dateline_labels.scoring import Counts, match_spans
from dateline_statistics.bootstrap import Sampling
from dateline_statistics.ratios import by_label, counted_f, share_f

from .casualty_numbers import number_counts
from .incident_scores import ALL, CORE, PARTS, Tally, tally


def incident_figures(
    gold: Sequence[Dispatch], predicted: Sequence[Dispatch], schema: Schema, sampling: Sampling
) -> dict[str, Any]:
    """The parts `incidents`, `events` and `casualties` of the metrics."""
    tallies = [tally([(records(one), records(two))]) for one, two in zip(gold, predicted, strict=True)]
    numbers = [number_counts(one, two, schema) for one, two in zip(gold, predicted, strict=True)]
    outcomes = [outcome for outcome in dict.fromkeys(key for row in numbers for key in row) if outcome]
    return {
        "incidents": {
            "core": counted_f([_right_of(each, CORE) for each in tallies], sampling),
            "whole": counted_f([_right_of(each, ALL) for each in tallies], sampling),
            "parts": {
                part: share_f([(each.parts[part], each.incidents.right) for each in tallies], sampling)
                for part in (*PARTS, "figures")
            },
            "dispatches": {
                "core": share_f([(each.told_core, each.told) for each in tallies], sampling),
                "whole": share_f([(each.told_whole, each.told) for each in tallies], sampling),
            },
        },
        "events": {
            "found": counted_f([each.incidents for each in tallies], sampling),
            "recall": share_f([(each.incidents.right, each.incidents.gold) for each in tallies], sampling),
        },
        "casualties": {
            "number": by_label(numbers, outcomes, sampling),
            "number_and_event": by_label([each.figures for each in tallies], (), sampling),
        },
    }


def _right_of(of: Tally, how: str) -> Counts:
    """Incidents that are right in this way, among those of gold and those of the prediction."""
    right = of.parts[how]
    return Counts(right, of.incidents.right + of.incidents.spurious - right, of.incidents.gold - right)


def swap_figures(gold: Sequence[Dispatch], predicted: Sequence[Dispatch], sampling: Sampling) -> dict[str, Any]:
    """How often an actor is read in the role of the other side: of the actors that are perpetrator or target of a gold
    event, not both, and that were read in one of the two roles of it, the share that has the wrong one alone.

    Events and actors are those of gold; a predicted mention stands for the gold one it is matched to, and a relation of
    any mention of an event counts for the event.
    """
    pairs = [_swaps(one, two) for one, two in zip(gold, predicted, strict=True)]
    share = share_f([(swapped, right + swapped) for right, swapped in pairs], sampling)
    figures = {"right": share["of"] - share["right"], "swapped": share["right"], "rate": share["share"]}
    return {**figures, **{name: share[name] for name in ("low", "high") if name in share}}


def _swaps(gold: Dispatch, predicted: Dispatch) -> tuple[int, int]:
    matches = match_spans(gold.spans, predicted.spans)
    event_of = _events(gold)
    true = _roles(gold, {span.id: span.id for span in gold.spans}, event_of)
    read = _roles(predicted, matches, event_of)
    right = swapped = 0
    for actor, roles in true.items():
        if len(roles) == 1 and read.get(actor):
            right += roles <= read[actor]
            swapped += not roles <= read[actor]
    return right, swapped


def _events(dispatch: Dispatch) -> dict[str, str]:
    """Trigger → the trigger that names its event."""
    tied = clusters((each.head, each.tail) for each in dispatch.relations if each.label == ROLES.same_event)
    return {member: cluster[0] for cluster in tied for member in cluster}


def _roles(dispatch: Dispatch, matches: dict[str, str], event_of: dict[str, str]) -> dict[tuple[str, str], set[str]]:
    """(event, actor) → its roles, in the names of the gold mentions; whatever stands for none is left out."""
    roles: dict[tuple[str, str], set[str]] = {}
    for relation in dispatch.relations:
        head, tail = matches.get(relation.head), matches.get(relation.tail)
        if relation.label in (ROLES.perpetrator, ROLES.target) and head is not None and tail is not None:
            roles.setdefault((event_of.get(head, head), tail), set()).add(relation.label)
    return roles
