"""A dispatch of two annotators → what they have together and what one of them has alone, by measure and label.

Spans: exact, and overlapping (of one label, with a character in common, one to one). Relations: strict, boundaries and
overlapping, as `dateline_labels.scoring` has them; agreed spans: strict, of the relations between spans that both
marked alike; clusters: pairs of mentions that are put together, by whatever links.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dateline_incidents.incidents import ROLES
from dateline_labels import Dispatch, Schema
from dateline_labels.clusters import score_clusters
from dateline_labels.scoring import Counts, match_spans, score, span_key

MEASURES: Final = (
    ("spans", "exact"),
    ("spans", "overlapping"),
    ("relations", "strict"),
    ("relations", "boundaries"),
    ("relations", "overlapping"),
    ("relations", "agreed spans"),
    ("relations", "clusters"),
)
TIE: Final = ROLES.same_event
"""The relation that puts mentions together; which of them it ties, and in which direction, is all the same."""
Measured = Mapping[tuple[str, str], Mapping[str, Counts]]
"""(kind, measure) → label → counts; `missed` is what the first annotator has alone, `spurious` what the second has."""


def pair_counts(one: Dispatch, two: Dispatch, schema: Schema | None) -> Measured:
    """The counts under every measure, of the labels of the schema, or else of those that occur."""
    scores = score([one], [two], schema)
    agreed = {span_key(span) for span in one.spans} & {span_key(span) for span in two.spans}
    of_agreed = score([_among(one, agreed)], [_among(two, agreed)], None)
    tied = any(relation.label == TIE for each in (one, two) for relation in each.relations)
    return {
        ("spans", "exact"): scores.spans,
        ("spans", "overlapping"): _overlapping(one, two),
        **{("relations", measure): counts for measure, counts in scores.relations.items()},
        ("relations", "agreed spans"): of_agreed.relations["strict"],
        ("relations", "clusters"): {TIE: score_clusters([one], [two], TIE)} if tied else {},
    }


def _overlapping(one: Dispatch, two: Dispatch) -> dict[str, Counts]:
    ours, theirs = ({span_key(span): span for span in each.spans} for each in (one, two))
    matched = match_spans(list(ours.values()), list(theirs.values()))
    right = Counter(two.span_by_id[span].label for span in matched)
    first, second = (Counter(span.label for span in each.values()) for each in (ours, theirs))
    return {
        label: Counts(right[label], second[label] - right[label], first[label] - right[label])
        for label in sorted(first | second)
    }


def _among(dispatch: Dispatch, keys: set[tuple[int, int, str]]) -> Dispatch:
    """The dispatch with the relations alone whose spans are of the keys."""
    ids = {span.id for span in dispatch.spans if span_key(span) in keys}
    relations = tuple(each for each in dispatch.relations if {each.head, each.tail} <= ids)
    return replace(dispatch, relations=relations)
