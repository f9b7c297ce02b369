from dataclasses import replace

import numpy as np
import pytest
from dateline_infer.config import ReadingConfig
from dateline_infer.extractor import Extractor
from dateline_labels import Dispatch, Span
from dateline_train.transitions import _peak, association, choose_transitions
from infer.table_network import SCHEMA, TableNetwork
from tokenizers import Tokenizer, models, pre_tokenizers


def test_what_follows_more_often_than_alone_is_positive() -> None:
    """Two texts of the tags O B I O: after B stands I, where no word goes on."""
    numbers = np.array([0, 1, 2, 0])
    evidence = association([(numbers, np.zeros(4, dtype=np.bool_))] * 50, 3)
    assert evidence.shape == (3, 3)
    assert evidence[1, 2] > 1.0
    assert evidence[1, 1] < -1.0
    assert evidence[0, 1] > 0 > evidence[0, 2]


def test_tokens_inside_of_words_tell_nothing() -> None:
    numbers, inside = np.array([1, 2, 2, 2]), np.array([False, True, True, True])
    evidence = association([(numbers, inside)] * 50, 3)
    assert np.allclose(evidence, 0.0)


@pytest.mark.parametrize(
    ("scores", "expected"), [([0.5, 0.5, 0.5], 0), ([0.5, 0.9, 0.5, 0.7, 0.8, 0.7], 4), ([0.9, 0.6, 0.1], 0)]
)
def test_a_single_high_score_may_be_chance(scores: list[float], expected: int) -> None:
    assert _peak(scores) == expected


WORDS = ("[UNK]", "a", "in", "rebels", "engineering", "firm")
ACTOR = 1 + 2 * SCHEMA.span_labels.index("ACTOR")


def reader(firm: tuple[float, float]) -> Extractor:
    """Sure that "engineering" begins an ACTOR; of "firm" it gives the logits of another beginning and of going on."""
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    network = TableNetwork.random(len(WORDS))
    network.tag_logits[:] = -9.0
    network.tag_logits[:3, 0] = network.tag_logits[3:5, ACTOR] = 5.0
    network.tag_logits[5, [ACTOR, ACTOR + 1]] = firm
    return Extractor(network, tokenizer, ReadingConfig(SCHEMA, 64, 16), padding=0)


DISPATCHES = [
    Dispatch(f"d{number}", "rebels in a engineering firm", spans=(Span("a", "ACTOR", 0, 6), Span("b", "ACTOR", 12, 28)))
    for number in range(20)
]


def test_where_the_network_is_unsure_a_span_goes_on_as_in_training() -> None:
    extractor = reader((1.0, 0.8))
    assert [span.end for span in extractor.batch(DISPATCHES[:1])[0].spans] == [6, 23, 28]
    transitions = choose_transitions(extractor, DISPATCHES[:10], DISPATCHES[10:])
    read = Extractor(extractor.network, extractor.tokenizer, replace(extractor.config, transitions=transitions), 0)
    assert [(span.start, span.end) for span in read.batch(DISPATCHES[:1])[0].spans] == [(0, 6), (12, 28)]


def test_nothing_is_added_where_nothing_is_to_be_gained() -> None:
    assert choose_transitions(reader((0.0, 9.0)), DISPATCHES[:10], DISPATCHES[10:]) == ((0.0,) * 11,) * 11


@pytest.mark.parametrize("transitions", [((0.0,),), ((0.0,) * 11,) * 10, ((float("nan"),) * 11,) * 11])
def test_transitions_of_another_shape_or_without_a_number_are_refused(transitions: tuple[tuple[float, ...]]) -> None:
    with pytest.raises(ValueError, match="11 tags: expected transitions"):
        ReadingConfig(SCHEMA, transitions=transitions)
