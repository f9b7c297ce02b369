"""How unsure a model is: of what it marked, by the scores, and of what it may have overlooked, by the tags."""

import numpy as np
import pytest
from dateline_choosing.doubt import close_doubt, doubt_of
from dateline_choosing.rarity import LabelCounts, Weights
from dateline_infer.extractor import CloseReading
from dateline_infer.tags import tag_count
from dateline_infer.tokens import Tokens
from dateline_labels import Dispatch, Relation, Schema, Span
from dateline_labels.schema import RelationType, SpanType

SCHEMA = Schema(
    "small", "1", {"ATTACK": SpanType(), "ACTOR": SpanType()}, {"perpetrator": RelationType(("ATTACK",), ("ACTOR",))}
)
TEXT = "Rebels ambushed a convoy, gunmen fled"


def read(attack: float | None, actor: float | None, tied: float | None) -> Dispatch:
    spans = (Span("a1", "ATTACK", 7, 15, score=attack), Span("p1", "ACTOR", 0, 6, score=actor))
    return Dispatch("d", TEXT, spans=spans, relations=(Relation("perpetrator", "a1", "p1", tied),))


def closely(dispatch: Dispatch, overlooked: dict[int, float]) -> CloseReading:
    """With the probability, by the number of a word, that an ACTOR begins there."""
    ends = np.cumsum([len(word) + 1 for word in TEXT.split(" ")]) - 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    count = len(ends)
    probabilities = np.full((count, tag_count(2)), 1e-9)
    probabilities[:, 0] = 1.0
    for word, share in overlooked.items():
        probabilities[word, [0, 3]] = 1.0 - share, share
    numbers = np.zeros(count, dtype=np.int64)
    tokens = Tokens(numbers, np.stack([starts, ends], axis=1), np.zeros(count, dtype=np.bool_), numbers, numbers)
    logits = np.log(probabilities).astype(np.float32)
    return CloseReading(dispatch, tokens, np.ones((count, 3), dtype=np.float32), logits)


def test_what_scores_lack_is_what_is_expected_to_be_wrong() -> None:
    doubt = doubt_of(read(0.9, 0.4, 0.25))
    assert doubt.spans == pytest.approx({"ATTACK": 0.1, "ACTOR": 0.6})
    assert doubt.relations == pytest.approx({"perpetrator": 0.75})
    assert doubt.expected == pytest.approx(1.45)
    assert doubt.words == 6
    assert [mark.what for mark in doubt.marks][:2] == ["perpetrator “ambushed” → “Rebels”", "ACTOR “Rebels”"]


def test_what_has_no_score_is_certain() -> None:
    doubt = doubt_of(read(None, None, None))
    assert (doubt.expected, doubt.marks) == (0.0, ())


def test_words_outside_of_spans_may_have_been_overlooked_and_words_inside_not() -> None:
    doubt = close_doubt(closely(read(1.0, 1.0, 1.0), {0: 0.9, 4: 0.3}), SCHEMA)
    assert doubt.spans["ACTOR"] == pytest.approx(0.3, abs=1e-4)  # the first word is in a span
    assert doubt.spans["ATTACK"] == pytest.approx(0.0, abs=1e-4)
    assert [(mark.label, mark.what) for mark in doubt.marks] == [("ACTOR", "ACTOR overlooked at “gunmen”")]


def test_controls_of_the_text_are_escaped_in_what_is_told() -> None:
    dispatch = Dispatch("d", "a\u202eb fled", spans=(Span("p1", "ACTOR", 0, 3, score=0.1),))
    assert doubt_of(dispatch).marks[0].what == "ACTOR “a\\u202eb”"


def test_rare_labels_weigh_more_and_within_bounds() -> None:
    common = [read(None, None, None)]
    actors = tuple(Span(f"p{at}", "ACTOR", at, at + 1) for at in range(30))
    counts = LabelCounts.of([*common, Dispatch("e", TEXT, spans=actors)])
    assert counts.dispatches == 2
    weights = Weights.of(counts, SCHEMA)
    assert weights.spans["ATTACK"] == 3.0
    assert 0.5 <= weights.spans["ACTOR"] < 1.0
    assert weights.relations == {"perpetrator": 1.0}
    assert weights.is_rare("ATTACK")
    assert not weights.is_rare("ACTOR")
    assert weights.weighed(doubt_of(read(0.5, 1.0, 1.0))) > weights.weighed(doubt_of(read(1.0, 0.5, 1.0)))


def test_where_nothing_is_counted_labels_weigh_the_same() -> None:
    weights = Weights.of(LabelCounts(), SCHEMA)
    assert set(weights.spans.values()) == set(weights.relations.values()) == {1.0}
    doubt = doubt_of(read(0.9, 0.4, 0.25))
    assert weights.weighed(doubt) == pytest.approx(doubt.expected)
