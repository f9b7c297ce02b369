"""What became of each span and relation agrees with the cases of the scorer and the cells of the confusion."""

from collections import Counter

from dateline_labels import Dispatch, Relation, Schema, Span
from dateline_labels.schema import RelationType, SpanType
from dateline_labels.scoring import score
from dateline_report.case_data import browser_data
from dateline_report.error_kinds import Outcome, relation_outcomes, span_outcomes
from dateline_report.semeval import confusion, pair_spans
from example_report import example_metrics, gold_dispatch, read_dispatch
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = "abcdefghijklmnopqrst"
LABELS = ("ACTOR", "ATTACK")
SCHEMA = Schema("two", "1", {label: SpanType() for label in LABELS}, {"tie": RelationType(LABELS, LABELS)})


@st.composite
def dispatches(draw: st.DrawFn) -> Dispatch:
    """Spans that do not overlap, of two labels, and relations among them."""
    borders = sorted(draw(st.sets(st.integers(0, len(TEXT)), max_size=10)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    spans = [Span(f"s{a}", draw(st.sampled_from(LABELS)), a, b, {}, 0.5) for a, b in pairs]
    ends = [(one.id, two.id) for one in spans for two in spans if one is not two]
    chosen = draw(st.sets(st.sampled_from(ends), max_size=4)) if ends else set()
    return Dispatch("d", TEXT, spans=tuple(spans), relations=tuple(Relation("tie", *each) for each in sorted(chosen)))


@given(dispatches(), dispatches())
@settings(max_examples=60, deadline=None)
def test_kinds_agree_with_the_cases_and_the_confusion(gold: Dispatch, predicted: Dispatch) -> None:
    cases = Counter((case.measure, case.kind) for case in score([gold], [predicted], SCHEMA).cases)
    true, read = span_outcomes(gold.spans, predicted.spans)
    spans = Counter(outcome.kind for outcome in (*true, *read))
    relations = Counter(
        outcome.kind
        for outcome in (*relation_outcomes(gold, predicted, "missed"), *relation_outcomes(predicted, gold, "spurious"))
    )
    for kind in ("missed", "spurious"):
        assert spans[kind] == cases["span", kind]
        assert relations[kind] == cases["relation", kind]
    cells = {
        (row["gold"], row["predicted"]): row["count"] for row in confusion([pair_spans(gold.spans, predicted.spans)])
    }
    for label in LABELS:
        for other in (*LABELS, ""):
            asked = [
                outcome
                for span, outcome in zip(gold.spans, true, strict=True)
                if span.label == label and outcome.other == other and outcome.kind != "right"
            ]
            if label != other:
                assert len(asked) == cells.get((label, other), 0)


def test_each_kind_of_nearness_is_told_apart() -> None:
    gold, predicted = gold_dispatch("note"), read_dispatch("note")
    true, read = span_outcomes(gold.spans, predicted.spans)
    borders, label = Outcome("missed", "borders", "ACTOR"), Outcome("missed", "label", "ACTOR")
    assert true == [Outcome("right"), Outcome("right"), borders, label, Outcome("right")]
    assert read[2:5] == [
        *(Outcome("spurious", "borders", "ACTOR"), Outcome("spurious", "label", "LOCATION")),
        Outcome("spurious", "nothing"),
    ]
    assert relation_outcomes(gold, predicted, "missed") == [
        *(Outcome("right"), Outcome("missed", "spans"), Outcome("missed", "label", "target")),
    ]
    untied = Dispatch("note", gold.text, spans=gold.spans)
    assert relation_outcomes(gold, untied, "missed") == [Outcome("missed", "pair")] * 3


def test_a_label_that_the_metrics_do_not_know_is_browsed_too() -> None:
    gold = Dispatch("note", "abc", spans=(Span("s1", "STRANGE", 0, 3),))
    data = browser_data(example_metrics([gold]), [gold], [gold], [])
    assert data["spanLabels"] == ["ATTACK", "ACTOR", "LOCATION", "STRANGE"]
