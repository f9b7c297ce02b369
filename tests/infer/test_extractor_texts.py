"""The tiny model on texts that are enormous, empty, odd or broken; `test_extractor.py` has the ordinary ones."""

import json
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from dateline_infer import Extractor
from dateline_infer import extractor as extractor_module
from dateline_infer.tokens import tokenize, tokenize_all
from dateline_labels import Dispatch, Place, read_dispatches
from dateline_labels.jsonl import read_line, write_line
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import AWKWARD
from table_network import SCHEMA

MANY = 200_000  # a step that took the square of it would not end
pieces = st.one_of(
    st.sampled_from(AWKWARD), st.text(st.characters(), max_size=4), st.just("Militants killed two in Gao.")
)
texts = st.lists(pieces, max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def extractor(tiny_bundle: Path) -> Extractor:
    return Extractor.load(tiny_bundle)


@pytest.fixture(scope="module")
def gold(corpus_sample: Path) -> list[Dispatch]:
    return read_dispatches([corpus_sample], SCHEMA)


@settings(max_examples=100, deadline=None)
@given(text=texts)
def test_whatever_the_text_the_result_fits_it_and_can_be_written_and_read(extractor: Extractor, text: str) -> None:
    read = extractor(text)
    assert len(read.text) == len(text)
    assert list(SCHEMA.problems(read)) == []
    assert all(one.end <= other.start for one, other in pairwise(read.spans))
    line = write_line(read)
    line.encode("utf-8")
    assert read_line(line, Place("line", 1), SCHEMA) == read


@pytest.mark.parametrize("character", ["a", "😀", " ", "\u0301", "\ud800"])
def test_one_character_over_and_over_is_read_whole(extractor: Extractor, character: str) -> None:
    read = extractor(character * MANY)
    assert len(read.text) == MANY
    assert read.meta.get("replaced_surrogates", 0) == (MANY if character == "\ud800" else 0)


def test_no_token_of_a_long_text_is_left_out(extractor: Extractor, gold: list[Dispatch]) -> None:
    """One vector for each token reaches the heads, whatever the number of windows."""
    text = "\n\n".join(dispatch.text for dispatch in gold)
    tokens = tokenize(extractor.tokenizer, text)
    assert len(tokens) > 20 * extractor.config.window
    encoded = extractor.encode([tokens])
    assert len(encoded.vectors) == len(encoded.tag_logits) == len(tokens)


def test_more_dispatches_than_are_read_at_once_keep_their_order(extractor: Extractor, gold: list[Dispatch]) -> None:
    many = [Dispatch(f"d{number}", gold[number % 3].text[:80]) for number in range(150)]
    found = extractor.batch(many)
    assert [(dispatch.id, dispatch.text) for dispatch in found] == [(dispatch.id, dispatch.text) for dispatch in many]
    assert [found[number].spans for number in range(147)] == [found[number + 3].spans for number in range(147)]


def test_a_stream_takes_no_more_than_it_must(extractor: Extractor) -> None:
    taken: list[int] = []

    def source() -> object:
        for number in range(1_000):
            taken.append(number)
            yield Dispatch(f"d{number}", "Gao fell.")

    stream = extractor.stream(source())  # type: ignore[arg-type]
    assert next(stream).id == "d0"
    assert len(taken) <= 2 * 256
    assert [dispatch.id for dispatch in stream] == [f"d{number}" for number in range(1, 1_000)]


def test_what_a_dispatch_carried_is_replaced_but_not_what_is_known_of_it(
    extractor: Extractor, gold: list[Dispatch]
) -> None:
    bare = [Dispatch(dispatch.id, dispatch.text, dispatch.published, dispatch.meta) for dispatch in gold[:5]]
    assert extractor.batch(gold[:5]) == extractor.batch(bare)
    assert [(read.published, read.meta) for read in extractor.batch(gold[:5])] == [
        (dispatch.published, dispatch.meta) for dispatch in gold[:5]
    ]


def test_reading_again_gives_the_same(extractor: Extractor, gold: list[Dispatch]) -> None:
    once = extractor.batch([*gold[:5], Dispatch("broken", "\ud800 Gao")])
    assert extractor.batch(once) == once


def test_an_error_of_an_earlier_reading_is_not_kept(extractor: Extractor, gold: list[Dispatch]) -> None:
    failed = Dispatch("d", gold[0].text, None, {"error": "TypeError: no", "source": "wire"})
    read = extractor.batch([failed])[0]
    assert read.spans
    assert read.meta == {"source": "wire"}


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("error", [TypeError("no\x1b[2J"), ValueError("x" * 5_000), RecursionError()])
def test_a_dispatch_that_the_tokenizer_fails_on_is_recorded_and_the_others_are_read_the_same(
    at: int, error: Exception, extractor: Extractor, gold: list[Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = extractor.batch(gold[:3])

    def failing(tokenizer: object, texts: Sequence[str]) -> object:
        if gold[at].text in texts:
            raise error
        return tokenize_all(tokenizer, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(extractor_module, "tokenize_all", failing)
    found = extractor.batch(gold[:3])
    assert [read for number, read in enumerate(found) if number != at] == [
        read for number, read in enumerate(expected) if number != at
    ]
    assert (found[at].text, found[at].spans, found[at].relations) == (gold[at].text, (), ())
    said = str(found[at].meta["error"])
    assert said.startswith(type(error).__name__)
    assert said.isprintable()
    assert len(said) < 600


def test_lone_surrogates_anywhere_keep_every_offset(extractor: Extractor, gold: list[Dispatch]) -> None:
    text = gold[0].text
    at = text.index(" ") + 1
    broken = f"{text[:at]}\udc00\ud800{text[at:]}\ud83d"
    read = extractor(broken)
    assert read.text == f"{text[:at]}\ufffd\ufffd{text[at:]}\ufffd"
    assert read.meta == {"replaced_surrogates": 3}
    assert extractor(read.text).spans == read.spans
    assert json.loads(write_line(read))["text"] == read.text


def test_composed_and_decomposed_text_give_the_same_spans(extractor: Extractor, gold: list[Dispatch]) -> None:
    composed = gold[0].text.replace("a", "á").replace("e", "é")
    one, other = extractor(composed), extractor(unicodedata.normalize("NFD", composed))
    assert len(other.text) > len(one.text)
    assert len(one.spans) > 3
    words = [(span.label, unicodedata.normalize("NFC", other.words(span)), span.score) for span in other.spans]
    assert words == [(span.label, one.words(span), span.score) for span in one.spans]
    assert [(r.label, r.head, r.tail) for r in one.relations] == [(r.label, r.head, r.tail) for r in other.relations]
