"""What a Decoder makes of answers that are written down word by word: scores, thresholds, and whose head is whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from dateline_infer import decoding
from dateline_infer.calibration import Calibration, Curve
from dateline_infer.config import ReadingConfig
from dateline_infer.decoding import Decoder, Encoded, code_points, given, sigmoid
from dateline_infer.heads import SpanBatch
from dateline_infer.tags import TokenSpan
from dateline_infer.tokens import FloatArray, IntArray, Tokens
from dateline_labels import Dispatch, Relation, RelationType, Schema, Span, SpanType

SCHEMA = Schema(
    "three",
    "1",
    {
        "EVENT": SpanType(attributes={"mood": ("calm", "angry"), "size": ("small", "middling", "large")}),
        "PLACE": SpanType(),
        "FIGURE": SpanType(attributes={"sort": ("dead", "hurt")}),
    },
    {
        "at": RelationType(("EVENT",), ("PLACE",)),
        "toll": RelationType(("EVENT",), ("FIGURE", "PLACE")),
        "after": RelationType(("EVENT",), ("EVENT",)),
    },
)
LABELS = {"event": 0, "raid": 0, "place": 1, "town": 1, "figure": 2, "two": 2}
"""The words that are spans, with their labels."""


def odds(probability: float) -> float:
    return log(probability / (1.0 - probability))


@dataclass
class WrittenNetwork:
    """Gives each related pair of words the probability that is written down for it, by relation label, and each word
    the logits of its attributes; 0.01 and 0 where nothing is.
    """

    related: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    attributes: Mapping[str, Sequence[float]] = field(default_factory=dict)
    words: Sequence[str] = ()
    at_once: int = 1

    def _words(self, batch: SpanBatch, rows: IntArray) -> list[str]:
        return [self.words[int(batch.vectors[row, 0])] for row in batch.starts[rows]]

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        words = self._words(batch, np.arange(len(batch.labels)))
        return np.array([self.attributes.get(word, [0.0] * 7) for word in words], dtype=np.float32)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        heads, tails = self._words(batch, pairs[:, 0]), self._words(batch, pairs[:, 1])
        rows = [
            [odds(self.related.get((label, head, tail), 0.01)) for label in SCHEMA.relations]
            for head, tail in zip(heads, tails, strict=True)
        ]
        return np.array(rows, dtype=np.float32).reshape(-1, len(SCHEMA.relations))

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        raise NotImplementedError

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        raise NotImplementedError


def tokens_of(text: str) -> Tokens:
    """A token a word, with the space before it."""
    ends = [at for at in range(1, len(text) + 1) if at == len(text) or text[at] == " "]
    offsets = np.array([*pairwise([0, *ends])], dtype=np.int64).reshape(-1, 2)
    count = len(ends)
    zeros = np.zeros(count, dtype=np.int64)
    return Tokens(np.arange(count), offsets, np.zeros(count, dtype=np.bool_), zeros, zeros)


def encoded_of(texts: Sequence[str]) -> tuple[list[str], Encoded]:
    """All words, and what an encoder made of them: the number of each and tags that are as good as sure."""
    words = [word for text in texts for word in text.split(" ") if text]
    tags = np.zeros((len(words), 1 + 2 * len(SCHEMA.spans)), dtype=np.float32)
    for row, word in enumerate(words):
        label = LABELS.get(word.rstrip("0123456789"))
        tags[row, 0 if label is None else 1 + 2 * label] = 20.0
    bounds = np.cumsum([0, *(len(text.split(" ")) if text else 0 for text in texts)])
    return words, Encoded(np.arange(len(words), dtype=np.float32)[:, None], tags, bounds)


def read(texts: Sequence[str], network: WrittenNetwork, config: ReadingConfig | None = None) -> list[Dispatch]:
    """The dispatches of some texts as they are decoded together."""
    network.words, encoded = encoded_of(texts)
    dispatches = [Dispatch(f"d{number}", text) for number, text in enumerate(texts)]
    return Decoder(network, config or ReadingConfig(SCHEMA)).decode(dispatches, [*map(tokens_of, texts)], encoded)


def related(dispatch: Dispatch) -> set[tuple[str, str, str]]:
    """The relations by their words."""
    return {
        (each.label, *(dispatch.words(dispatch.span_by_id[end]) for end in (each.head, each.tail)))
        for each in dispatch.relations
    }


def test_spans_are_named_by_label_and_number_and_stand_without_the_space_around() -> None:
    (dispatch,) = read(["A raid in town0 and  town1 then raid"], WrittenNetwork())
    assert [(span.id, span.label, dispatch.words(span)) for span in dispatch.spans] == [
        ("event1", "EVENT", "raid"),
        ("place1", "PLACE", "town0"),
        ("place2", "PLACE", "town1"),
        ("event2", "EVENT", "raid"),
    ]


def test_numbers_begin_anew_in_every_text_and_each_keeps_what_is_known_of_it() -> None:
    texts = ["town0 raid", "", "nothing here", "raid town1 raid1"]
    network = WrittenNetwork()
    network.words, encoded = encoded_of(texts)
    dispatches = [Dispatch(f"d{n}", text, "2017-07-20", {"source": n}) for n, text in enumerate(texts)]
    found = Decoder(network, ReadingConfig(SCHEMA)).decode(dispatches, [*map(tokens_of, texts)], encoded)
    assert [[span.id for span in each.spans] for each in found] == [
        ["place1", "event1"],
        [],
        [],
        ["event1", "place1", "event2"],
    ]
    assert [replace(each, spans=(), relations=()) for each in found] == dispatches


def test_where_no_text_has_a_span_each_stays_as_it_is() -> None:
    assert read(["nothing here", ""], WrittenNetwork()) == [Dispatch("d0", "nothing here"), Dispatch("d1", "")]
    assert read([], WrittenNetwork()) == []


def test_an_attribute_takes_its_likeliest_value_with_its_share_among_the_values_of_that_attribute() -> None:
    logits = {"raid": [0.0, log(3), log(2), log(5), log(3), 99.0, 0.0], "two": [99.0, 0, 0, 99.0, 0, log(9), 0.0]}
    (dispatch,) = read(["raid on two near town"], WrittenNetwork(attributes=logits))
    raid, two, town = dispatch.spans
    assert raid.attributes == {"mood": "angry", "size": "middling"}
    assert raid.attribute_scores == {"mood": 0.75, "size": 0.5}
    assert two.attributes == {"sort": "dead"}
    assert two.attribute_scores == {"sort": 0.9}
    assert (town.attributes, town.attribute_scores) == ({}, {})


def test_scores_of_spans_attributes_and_relations_go_each_through_the_curve_of_their_own_label() -> None:
    calibration = Calibration(
        spans={"PLACE": Curve(1e-6, odds(0.7))},
        attributes={"EVENT.size": Curve(1.0, -log(2))},
        relations={"toll": Curve(2.0, 0.0)},
    )
    network = WrittenNetwork(
        {("at", "raid", "town"): 0.75, ("toll", "raid", "two"): 0.75}, {"raid": [0, 0, log(2), log(6), log(4), 0, 0]}
    )
    (dispatch,) = read(["raid in town killed two"], network, ReadingConfig(SCHEMA, calibration=calibration))
    raid, town, _ = dispatch.spans
    assert (raid.score, town.score) == (0.9999, 0.7)
    assert raid.attribute_scores == {"mood": 0.5, "size": pytest.approx(1 / 3, abs=1e-4)}
    assert {each.label: each.score for each in dispatch.relations} == {"at": 0.75, "toll": 0.9}


def test_a_relation_is_believed_from_the_threshold_of_its_label_on() -> None:
    network = WrittenNetwork(
        {
            ("at", "raid", "town"): 0.5,
            ("at", "raid1", "town"): 0.49,
            ("toll", "raid", "two"): 0.79,
            ("toll", "raid1", "two"): 0.81,
            ("after", "raid1", "raid"): 0.3,
        }
    )
    config = ReadingConfig(SCHEMA, thresholds={"toll": 0.8, "after": 0.2})
    (dispatch,) = read(["raid in town killed two before raid1"], network, config)
    assert related(dispatch) == {("at", "raid", "town"), ("toll", "raid1", "two"), ("after", "raid1", "raid")}
    assert [each.score for each in dispatch.relations] == [0.5, 0.3, 0.81]
    assert [(each.head, each.tail) for each in dispatch.relations] == [
        ("event1", "place1"),
        ("event2", "event1"),
        ("event2", "figure1"),
    ]


def test_what_the_schema_does_not_allow_is_no_relation_however_likely() -> None:
    network = WrittenNetwork(
        {("at", "town", "raid"): 0.99, ("at", "raid", "two"): 0.99, ("after", "raid", "raid"): 0.99}
    )
    assert read(["raid in town killed two"], network)[0].relations == ()


FORCED = {"toll": ("FIGURE",)}


@pytest.mark.parametrize(
    ("probabilities", "heads"),
    [
        ({"raid": 0.3, "raid1": 0.2}, {"raid"}),
        ({"raid": 0.2, "raid1": 0.3}, {"raid1"}),
        ({"raid": 0.06, "raid1": 0.01}, {"raid"}),
        ({"raid": 0.04, "raid1": 0.01}, set()),
        ({"raid": 0.6, "raid1": 0.3}, {"raid"}),
        ({"raid": 0.6, "raid1": 0.7}, {"raid", "raid1"}),
    ],
)
def test_a_span_that_must_have_a_head_takes_its_likeliest_where_none_passes(
    probabilities: dict[str, float], heads: set[str]
) -> None:
    network = WrittenNetwork({("toll", raid, "two"): value for raid, value in probabilities.items()})
    (dispatch,) = read(["raid raid1 two"], network, ReadingConfig(SCHEMA, obligatory=FORCED))
    assert related(dispatch) == {("toll", raid, "two") for raid in heads}
    scores = sorted(each.score for each in dispatch.relations if each.score)
    assert scores == sorted(probabilities[raid] for raid in heads)


def test_no_other_label_and_no_other_relation_is_forced() -> None:
    related_weakly = {(label, "raid", tail): 0.3 for label in SCHEMA.relations for tail in ("two", "town")}
    text, network = "raid in town killed two", WrittenNetwork(related_weakly)
    assert related(read([text], network)[0]) == set()
    assert related(read([text], network, ReadingConfig(SCHEMA, obligatory=FORCED))[0]) == {("toll", "raid", "two")}
    both = ReadingConfig(SCHEMA, obligatory={"toll": ("FIGURE", "PLACE"), "at": ("PLACE",)})
    assert related(read([text], network, both)[0]) == {
        ("toll", "raid", "two"),
        ("toll", "raid", "town"),
        ("at", "raid", "town"),
    }


def test_each_of_several_spans_has_its_own_likeliest_head() -> None:
    network = WrittenNetwork(
        {("toll", "raid", "two"): 0.3, ("toll", "raid1", "two"): 0.2, ("toll", "raid", "two1"): 0.1}
        | {("toll", "raid1", "two1"): 0.4, ("toll", "raid1", "two2"): 0.9}
    )
    (dispatch,) = read(["raid two raid1 two1 two2"], network, ReadingConfig(SCHEMA, obligatory=FORCED))
    assert related(dispatch) == {("toll", "raid", "two"), ("toll", "raid1", "two1"), ("toll", "raid1", "two2")}


def many(size: int) -> tuple[list[str], WrittenNetwork]:
    """Texts with spans, without and with one alone, and a network that likes some pairs at random."""
    texts = [
        "raid0 town0 two0",
        "",
        "raid1",
        "a word",
        *(f"raid{n} two{n} raid{n}1 town{n} two{n}1" for n in range(2, size)),
    ]
    random = np.random.default_rng(3)
    words = sorted({word for text in texts for word in text.split()})
    liked = {
        (label, head, tail): float(random.uniform(0.02, 0.98))
        for label in SCHEMA.relations
        for head in words
        for tail in words
    }
    return texts, WrittenNetwork(liked)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_text_is_decoded_alike_alone_among_others_and_in_blocks_of_any_size(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, network = many(6)
    config = ReadingConfig(SCHEMA, thresholds={"toll": 0.9}, obligatory={**FORCED, "at": ("PLACE",)})
    alone = [read([text], network, config)[0] for text in texts]
    monkeypatch.setattr(decoding, "_PAIRS_A_BLOCK", size)
    together = read(texts, network, config)
    assert [(each.spans, each.relations) for each in together] == [(each.spans, each.relations) for each in alone]
    assert sum(len(each.relations) for each in together) > 10


def test_spans_that_are_given_get_the_relations_that_the_same_spans_found_would_have() -> None:
    texts, network = many(6)
    config = ReadingConfig(SCHEMA, obligatory=FORCED)
    found = read(texts, network, config)
    network.words, encoded = encoded_of(texts)
    decoder = Decoder(network, config)
    tokens = [*map(tokens_of, texts)]
    bare = [replace(each, relations=()) for each in found]
    assert decoder.relate(bare, tokens, encoded) == found
    turned = [replace(each, spans=each.spans[::-1], relations=()) for each in found]
    for dispatch, other in zip(decoder.relate(turned, tokens, encoded), found, strict=True):
        assert dispatch.spans == other.spans[::-1]
        assert set(dispatch.relations) == set(other.relations)


def test_relations_that_a_dispatch_carried_are_replaced_also_where_nothing_can_be_related() -> None:
    spans = (Span("x", "PERSON", 0, 4), Span("y", "PERSON", 5, 9))
    dispatch = Dispatch("d", "this that", spans=spans, relations=(Relation("knows", "x", "y"),))
    network = WrittenNetwork()
    network.words, encoded = encoded_of([dispatch.text])
    (found,) = Decoder(network, ReadingConfig(SCHEMA)).relate([dispatch], [tokens_of(dispatch.text)], encoded)
    assert found == replace(dispatch, relations=())


def test_given_spans_stand_in_the_order_of_the_text_without_unknown_labels_and_without_tokens() -> None:
    spans = (
        Span("late", "FIGURE", 12, 16),
        Span("odd", "PERSON", 0, 4),
        Span("long", "PLACE", 5, 11),
        Span("early", "EVENT", 0, 4, {"mood": "calm"}),
        Span("behind", "PLACE", 17, 19),
    )
    dispatch = Dispatch("d", "raid in town two1   ", spans=spans)
    places = given(dispatch, tokens_of("raid in town two1"), SCHEMA)
    assert [(span.id, place) for span, place in places] == [
        ("early", TokenSpan(0, 0, 1)),
        ("long", TokenSpan(1, 1, 3)),
        ("late", TokenSpan(2, 3, 4)),
    ]


def test_a_span_of_tokens_reaches_from_the_first_to_the_end_of_the_last() -> None:
    tokens = tokens_of("one two three")
    assert code_points([TokenSpan(0, 0, 1)], tokens) == [(0, 3)]
    assert code_points([TokenSpan(0, 1, 3)], tokens) == [(3, 13)]


def test_what_was_encoded_of_a_text_is_found_by_its_number() -> None:
    _, encoded = encoded_of(["raid on", "", "two towns here"])
    assert [encoded.vectors_of(text)[:, 0].tolist() for text in range(3)] == [[0, 1], [], [2, 3, 4]]
    assert [encoded.tags_of(text).argmax(axis=1).tolist() for text in range(3)] == [[1, 0], [], [5, 0, 0]]


def test_log_odds_of_any_size_are_probabilities() -> None:
    logits = np.array([-1e30, -2.0, 0.0, 2.0, 1e30], dtype=np.float32)
    with np.errstate(all="raise"):
        probabilities = sigmoid(logits)
    assert probabilities.dtype == np.float32
    assert probabilities.tolist() == pytest.approx([exp(-60), 1 / (1 + exp(2)), 0.5, 1 / (1 + exp(-2)), 1.0])
