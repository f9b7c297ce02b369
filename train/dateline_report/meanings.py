"""What each figure of the metrics means, in one sentence; for metrics.json, the page and the docs."""

from collections.abc import Mapping
from typing import Final

MEANINGS: Final[Mapping[str, str]] = {
    "spans": "F1 of spans.",
    "spans.exact": "A span is right where its label and both its borders are those of a gold span.",
    "spans.seqeval": "Spans as BIO tags over words, counted by the package seqeval itself.",
    "spans.seqeval.default": "seqeval's default: whole entities over words, where an I tag may begin one.",
    "spans.seqeval.strict": "seqeval's strict mode (IOB2): whole entities over words, each begun by a B tag.",
    "spans.semeval": "SemEval-2013: gold and predicted spans that share a character, in pairs, one to one.",
    "spans.semeval.strict": "SemEval-2013 strict: a pair is correct where borders and label agree.",
    "spans.semeval.exact": "SemEval-2013 exact: a pair is correct where the borders agree, whatever the labels.",
    "spans.semeval.partial": "SemEval-2013 partial: a pair is correct where the borders agree and counts half where "
    "they only overlap, whatever the labels.",
    "spans.semeval.type": "SemEval-2013 type: a pair is correct where the labels agree, whatever the borders.",
    "relations": "F1 of relations; direction counts, and a relation that is in gold once counts once.",
    "relations.strict": "A relation is right where its label and the borders and labels of both its spans are.",
    "relations.boundaries": "A relation is right where its label and the borders of both its spans are.",
    "relations.overlapping": "A relation is right where its label is and both its spans have the labels of the gold "
    "ones and share a character with them.",
    "relations.gold_spans": "Relations read among the gold spans, which the model was given: what is lost to relations "
    "alone.",
    "clusters": "Mentions that are tied as one event, directly or over others, as clusters; predicted mentions stand "
    "for the gold ones they overlap.",
    "clusters.*.pairs": "Pairs of mentions that are together in one event.",
    "clusters.*.b_cubed": "B³: for each mention the share of its event's mentions that are rightly there.",
    "clusters.*.ceaf_e": "CEAF_e: events aligned one to one with those of gold, by the share of mentions in common.",
    "clusters.*.lea": "LEA: for each event, by its size, the share of the links between its mentions that are there.",
    "attributes": "The share of the spans found exactly whose attribute has the value of the gold span.",
    "casualties": "Casualty figures by what their words mean in numbers.",
    "casualties.number": "A casualty figure is right where its words overlap those of a gold figure of the same "
    "outcome and mean the same fewest, most and best number.",
    "casualties.number_and_event": "As with their number, and the figure is tied to the event that it belongs to.",
    "incidents": "Incidents assembled from what was read, beside those assembled from gold.",
    "incidents.core": "An incident is right at the core where its days, its place and the numbers of all its figures "
    "are those of gold.",
    "incidents.whole": "An incident is wholly right where kind, status, days, place, perpetrators, targets, "
    "attribution and every figure (outcome, fewest, most, whose people, who says so) are those of gold.",
    "incidents.parts": "Of the incidents that were found, the share in which this part is that of gold.",
    "incidents.dispatches": "Of the dispatches that tell or were read to tell an incident, the share "
    "whose whole table is right.",
    "events": "Events of gold and of the prediction that share a mention, one to one.",
    "events.found": "An event is found where one of its mentions overlaps one of the predicted event's, one to one.",
    "events.recall": "The share of the gold events that were found.",
    "swaps": "Of the gold perpetrators and targets whose event and actor were found and tied by one of the two roles, "
    "the share that has the role of the other side.",
    "confidence": "Expected calibration error: how far scores are from the share that is right, over ten bins.",
    "risk": "The share of wrong ones among the surest predictions, by how many of them are kept.",
    "risk.abstain": "The score below which to leave predictions to people, so that of those kept no more than a "
    "bearable share is wrong.",
    "slices": "The same figures for some dispatches, spans or relations apart.",
    "confusion": "How often a span of one label was read as one of another, missed, or read where nothing is.",
    "learning_curve": "The same figures for models that were trained on more or fewer dispatches.",
}
"""By the key of a figure, cut at dots; `*` stands for any one name."""


def meaning(key: str) -> str:
    """The sentence of the longest beginning of `key` that has one; nothing where none has."""
    names = key.split(".")
    for length in range(len(names), 0, -1):
        for asked, sentence in MEANINGS.items():
            if _fits(asked.split("."), names[:length]):
                return sentence
    return ""


def _fits(asked: list[str], names: list[str]) -> bool:
    return len(asked) == len(names) and all(one in ("*", other) for one, other in zip(asked, names, strict=True))
