"""What an Extractor makes of a network's answers, whatever they are: with a network whose answers are known."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from dateline_infer import Extractor, chain, tags
from dateline_infer.tags import tag_count
from dateline_infer.tokens import tokenize
from dateline_labels import Dispatch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import AWKWARD, TOKENIZERS
from table_network import SCHEMA, TableNetwork, table_extractor

kinds = pytest.mark.parametrize("kind", TOKENIZERS)
pieces = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(), max_size=4))
texts = st.lists(pieces, max_size=20).map("".join)
NOTE = "Gunmen killed six soldiers in Gao on Monday, an army spokesman said."
FILLER = "The café owner said 12 civilians near the market were injured. "


def extractor_of(kind: str, seed: int = 1, relation_logit: float = 5.0) -> Extractor:
    tokenizer = TOKENIZERS[kind]
    network = TableNetwork.random(tokenizer.get_vocab_size(), seed)
    network.relation_logit = relation_logit
    return table_extractor(tokenizer, network)


def check(dispatch: Dispatch) -> None:
    """Spans lie in the text, in its order, apart, on words; everything is as the schema allows and scored."""
    assert list(SCHEMA.problems(dispatch)) == []
    for span in dispatch.spans:
        assert dispatch.words(span) == dispatch.words(span).strip() != ""
    assert all(one.end <= other.start for one, other in pairwise(dispatch.spans))
    assert all(0.0 <= each.score <= 1.0 for each in (*dispatch.spans, *dispatch.relations) if each.score is not None)
    assert None not in {each.score for each in (*dispatch.spans, *dispatch.relations)}


def test_the_transitions_of_the_config_are_decoded_with() -> None:
    """Where no tag leads to a beginning, only the first word can begin a span."""
    extractor = extractor_of("word_piece")
    transitions = np.zeros((tag_count(len(SCHEMA.spans)),) * 2)
    transitions[:, 1::2] = -1e6
    config = replace(extractor.config, transitions=tuple(map(tuple, transitions.tolist())))
    read = Extractor(extractor.network, extractor.tokenizer, config, extractor.padding)(FILLER * 3)
    assert len(extractor(FILLER * 3).spans) > 3
    assert [span.start for span in read.spans] in ([], [0])


@kinds
@settings(max_examples=60, deadline=None)
@given(text=texts, seed=st.integers(0, 50))
def test_spans_lie_on_code_points_of_any_text_and_never_overlap(kind: str, text: str, seed: int) -> None:
    dispatch = extractor_of(kind, seed)(text)
    check(dispatch)
    assert len(dispatch.text) == len(text)
    assert all(one == other or "\ud800" <= other <= "\udfff" for one, other in zip(dispatch.text, text, strict=True))


@kinds
@settings(max_examples=25, deadline=None)
@given(st.lists(texts, min_size=2, max_size=6))
def test_a_dispatch_is_the_same_alone_and_among_any_others(kind: str, others: list[str]) -> None:
    extractor = extractor_of(kind)
    dispatches = [Dispatch(f"d{number}", text) for number, text in enumerate(others)]
    together = extractor.batch(dispatches)
    assert together == [extractor.batch([dispatch])[0] for dispatch in dispatches]
    assert extractor.batch(dispatches[::-1]) == together[::-1]


@kinds
@pytest.mark.parametrize("repeats", [0, 1, 3, 20])
def test_reading_in_windows_is_reading_whole(kind: str, repeats: int) -> None:
    """Tags and vectors of every token arrive at its place, as if there were no windows."""
    text = FILLER * repeats + NOTE + FILLER * repeats
    extractor = extractor_of(kind, relation_logit=-5.0)
    tokens = tokenize(extractor.tokenizer, text)
    assert isinstance(extractor.network, TableNetwork)
    (spans,) = chain.decode([extractor.network.tag_logits[tokens.ids]], [tokens.continues])
    words = [text[tokens.offsets[span.start, 0] : tokens.offsets[span.end - 1, 1]].strip() for span in spans]
    labels = [SCHEMA.span_labels[span.label] for span in spans]
    expected = [(word, label) for word, label in zip(words, labels, strict=True) if word]
    found = extractor(text)
    assert len(expected) > repeats
    assert [(found.words(span), span.label) for span in found.spans] == expected
    np.testing.assert_array_equal(extractor.network.seen[-1], extractor.network.vectors[tokens.ids])


@kinds
@pytest.mark.parametrize("before", [0, 1, 5, 6, 7, 20])
def test_a_note_gives_the_same_spans_wherever_it_stands(kind: str, before: int) -> None:
    extractor = extractor_of(kind, relation_logit=-5.0)
    assert isinstance(extractor.network, TableNetwork)
    stop = tokenize(extractor.tokenizer, ".").ids
    extractor.network.tag_logits[stop, tags.OUTSIDE] = 99.0  # so that no span reaches over the end of a sentence

    def found(text: str) -> list[tuple[object, ...]]:
        start = text.index(NOTE)
        return [
            (span.label, span.start - start, span.end - start, span.attributes, span.score)
            for span in extractor(text).spans
            if start <= span.start < start + len(NOTE)
        ]

    alone = found(f".\n{NOTE}")
    assert len(alone) > 2
    assert found(f"{FILLER * before}.\n{NOTE}\n{FILLER * 3}") == alone


def test_all_relations_that_the_schema_allows_are_found_and_no_other() -> None:
    extractor = extractor_of("word_piece")
    assert isinstance(extractor.network, TableNetwork)
    extractor.network.tag_logits *= 20.0  # so that every span is sure, and with it every relation
    for number, word in enumerate(("killed", "gao", "gunmen", "soldiers", "monday")):
        extractor.network.tag_logits[tokenize(extractor.tokenizer, word).ids, 1 + 2 * number] = 99.0
    dispatch = extractor(NOTE + FILLER * 2)
    expected = {
        (label, head.id, tail.id)
        for label in SCHEMA.relations
        for head in dispatch.spans
        for tail in dispatch.spans
        if head != tail and SCHEMA.relation_problem(label, head.label, tail.label) is None
    }
    assert {span.label for span in dispatch.spans} == set(SCHEMA.spans)
    assert {(relation.label, relation.head, relation.tail) for relation in dispatch.relations} == expected


def test_a_relation_is_as_probable_as_it_and_both_its_spans_together() -> None:
    extractor = extractor_of("word_piece")
    dispatch = extractor(NOTE)
    scores = {span.id: span.score or 0.0 for span in dispatch.spans}
    assert min(scores.values()) < 0.9
    alone = 1 / (1 + np.exp(-5.0))
    assert dispatch.relations
    for relation in dispatch.relations:
        assert relation.score == pytest.approx(alone * scores[relation.head] * scores[relation.tail], abs=2e-4)
    assert all((relation.score or 0.0) >= 0.5 for relation in dispatch.relations)


def test_a_token_of_nothing_but_space_is_no_span() -> None:
    tokenizer = TOKENIZERS["byte_level"]
    network = TableNetwork.random(tokenizer.get_vocab_size())
    network.tag_logits[:] = 0.0
    network.tag_logits[:, 1] = 9.0  # every token is a span of its own
    assert tag_count(len(SCHEMA.spans)) == network.tag_logits.shape[1]
    dispatch = table_extractor(tokenizer, network)("Gao \n\n Aden\r\n")
    assert [dispatch.words(span) for span in dispatch.spans] == ["Gao", "Aden"]
    assert len(dispatch.relations) == 2
