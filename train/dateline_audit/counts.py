"""What is counted in a dispatch for an audit: how many, and how many of a prediction are right.

`spans.exact.…`, `relations.strict.…`: by label and all together (`micro`); `…overlapping.micro`: as `scoring` says.
`incidents`: those that share a mention, one to one. `figures.killed`: casualty figures with their words, numbers and
incident. `people.killed`: the people that the incidents come to, under a rule for rival accounts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dateline_incidents.event_tables import apart, events_of, total_records
from dateline_incidents.incident_choices import Rule
from dateline_incidents.incidents import ROLES
from dateline_incidents.records import ClaimRecord, IncidentRecord
from dateline_labels import Dispatch, Schema
from dateline_labels.scoring import match_spans, score
from dateline_report.incident_scores import matched, score_figures

SPANS, RELATIONS = "spans.exact.micro", "relations.strict.micro"
SPANS_OVERLAPPING, RELATIONS_OVERLAPPING = "spans.overlapping.micro", "relations.overlapping.micro"
INCIDENTS = "incidents"
HARM = (ROLES.killed, ROLES.injured)


@dataclass(frozen=True)
class Read:
    """A dispatch, gold or predicted, with its incidents and their figures."""

    dispatch: Dispatch
    incidents: Sequence[IncidentRecord]
    claims: Sequence[ClaimRecord]


def names(schema: Schema, assembled: bool) -> list[str]:
    """Everything that is counted under a schema, people aside; incidents and figures where they are assembled."""
    spans = [SPANS, SPANS_OVERLAPPING, *(f"spans.exact.{label}" for label in schema.spans)]
    relations = [RELATIONS, RELATIONS_OVERLAPPING, *(f"relations.strict.{label}" for label in schema.relations)]
    return [*spans, *relations, *((INCIDENTS, *(f"figures.{outcome}" for outcome in HARM)) if assembled else ())]


def people_names(assembled: bool) -> list[str]:
    """The numbers of people that are summed up."""
    return [f"people.{outcome}" for outcome in HARM] if assembled else []


def count(
    span_labels: Iterable[str],
    relation_labels: Iterable[str],
    incidents: Sequence[IncidentRecord],
    claims: Sequence[ClaimRecord],
    rule: Rule,
) -> Counter[str]:
    """How much of everything there is in one dispatch, or in many."""
    spans, relations = Counter(span_labels), Counter(relation_labels)
    found = Counter({f"spans.exact.{label}": number for label, number in spans.items()})
    found.update({f"relations.strict.{label}": number for label, number in relations.items()})
    found[SPANS] = found[SPANS_OVERLAPPING] = spans.total()
    found[RELATIONS] = found[RELATIONS_OVERLAPPING] = relations.total()
    found[INCIDENTS] = len(incidents)
    found.update(f"figures.{claim.outcome}" for claim in claims)
    for row in total_records(events_of(apart(incidents), claims, rule), [rule]):
        found[f"people.{row.outcome}"] += row.best or 0
    return found


def count_read(read: Read, rule: Rule) -> Counter[str]:
    """As `count`, of one dispatch that is here."""
    dispatch = read.dispatch
    labels = (span.label for span in dispatch.spans), (relation.label for relation in dispatch.relations)
    return count(*labels, read.incidents, read.claims, rule)


def count_right(gold: Read, predicted: Read, schema: Schema) -> Counter[str]:
    """How much of a prediction is right."""
    scores = score([gold.dispatch], [predicted.dispatch], schema)
    spans = {label: counts.right for label, counts in scores.spans.items()}
    relations = {label: counts.right for label, counts in scores.relations["strict"].items()}
    found = Counter({f"spans.exact.{label}": right for label, right in spans.items()})
    found.update({f"relations.strict.{label}": right for label, right in relations.items()})
    found[SPANS], found[RELATIONS] = sum(spans.values()), sum(relations.values())
    found[SPANS_OVERLAPPING] = len(match_spans(gold.dispatch.spans, predicted.dispatch.spans))
    found[RELATIONS_OVERLAPPING] = sum(counts.right for counts in scores.relations["overlapping"].values())
    stands_for = matched(gold.incidents, predicted.incidents)
    found[INCIDENTS] = len(stands_for)
    for outcome in HARM:
        found[f"figures.{outcome}"] = score_figures(gold.claims, predicted.claims, stands_for, outcome).right
    return found
