import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from dateline_labels import Dispatch, Relation, Schema, Span, read_dispatches
from dateline_train.rewriting import Piece, rewritten
from dateline_values.number_words import in_words
from dispatch_strategies import json_dispatches, marked
from disturbing import DISTURBANCES, disturbed
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]


def disturbed_words(dispatch: Dispatch, name: str) -> tuple[str, list[str]]:
    ((again,), _) = disturbed([dispatch], DISTURBANCES[name])
    return again.text, [again.words(span) for span in again.spans]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("lower case", "Five killed in İzmir, General Çelik says", ["five", "i\u0307zmir", "çelik"]),
        ("capitals", "Five killed in İzmir, General Çelik says", ["FIVE", "İZMIR", "ÇELIK"]),
        ("no accents", "Five killed in İzmir, General Çelik says", ["Five", "Izmir", "Celik"]),
        ("numbers", "Five killed in İzmir, General Çelik says", ["5", "İzmir", "Çelik"]),
    ],
)
def test_each_disturbance_on_one_sentence(name: str, text: str, words: list[str]) -> None:
    dispatch = marked("", "Five", " killed in ", "İzmir", ", General ", "Çelik", " says")
    assert dispatch.text == text
    assert disturbed_words(dispatch, name)[1] == words


BY_CHARACTER: dict[str, Callable[[str], str]] = {
    "lower case": lambda text: "".join(character.lower() for character in text),
    "capitals": lambda text: "".join(character.upper() for character in text),
}


@given(json_dispatches(), st.sampled_from(sorted(BY_CHARACTER)))
def test_spans_in_another_case_mark_their_words_in_that_case(dispatch: Dispatch, name: str) -> None:
    ((again,), _) = disturbed([dispatch], DISTURBANCES[name])
    assert again.text == BY_CHARACTER[name](dispatch.text)
    for before, after in zip(dispatch.spans, again.spans, strict=True):
        assert again.words(after) == BY_CHARACTER[name](dispatch.words(before))
    assert (again.id, again.published, again.meta, again.relations) == (
        *(dispatch.id, dispatch.published, dispatch.meta),
        dispatch.relations,
    )


@given(json_dispatches())
def test_spans_without_accents_mark_their_words_without_accents(dispatch: Dispatch) -> None:
    ((again,), _) = disturbed([dispatch], DISTURBANCES["no accents"])
    for before, after in zip(dispatch.spans, again.spans, strict=True):
        assert again.words(after) == disturbed_words(Dispatch("s", dispatch.words(before)), "no accents")[0]


@given(st.text(st.sampled_from("eéèç ñüø中\u0301\u0308") | st.characters(exclude_categories=["Cs"])))
def test_no_letter_keeps_an_accent(text: str) -> None:
    bare = disturbed_words(Dispatch("d", text), "no accents")[0]
    marks = [at for at, sign in enumerate(unicodedata.normalize("NFD", bare)) if unicodedata.combining(sign)]
    leading = len(text) - len(text.lstrip("".join(sign for sign in text if unicodedata.combining(sign))))
    assert len(marks) == sum(unicodedata.combining(sign) > 0 for sign in unicodedata.normalize("NFD", text[:leading]))


counts = st.integers(0, 999_999)
plain = st.sampled_from([" of ", " men, then ", " died; ", "\nA bomb hit ", " («", " Gao é ", ", and ", " ß "])


@given(st.lists(st.tuples(plain, counts, st.booleans()), max_size=5), plain)
def test_spans_mark_their_numbers_in_the_other_spelling(parts: list[tuple[str, int, bool]], last: str) -> None:
    spelt = [in_words(count) if words else f"{count:,}" for _, count, words in parts]
    outer = [before for before, _, _ in parts]
    dispatch = marked(*(part for pair in zip(outer, spelt, strict=True) for part in pair), last)
    expected = [f"{count:,}" if words else in_words(count) for _, count, words in parts]
    found = disturbed_words(dispatch, "numbers")[1]
    assert [words.lower() for words in found] == expected


@pytest.mark.parametrize(
    "parts",
    [
        ("", "twenty", " five men"),
        ("three hundred ", "and five men", ""),
        ("1,", "200", " men"),
    ],
)
def test_a_number_that_a_border_cuts_is_left_alone(parts: tuple[str, ...]) -> None:
    dispatch = marked(*parts)
    assert disturbed([dispatch], DISTURBANCES["numbers"]) == ([dispatch], 0)


def test_a_number_wholly_inside_or_outside_is_rewritten() -> None:
    dispatch = marked("12 died, ", "at least 30 people", " fled: 7")
    assert disturbed_words(dispatch, "numbers") == (
        "Twelve died, at least thirty people fled: seven",
        ["at least thirty people"],
    )


def test_a_border_inside_a_piece_is_refused() -> None:
    with pytest.raises(ValueError, match="cuts"):
        rewritten(marked("a", "b", "c"), [Piece(0, 2, "x")])


def test_touching_spans_stay_apart_and_relations_stay() -> None:
    spans = (Span("a", "ACTOR", 0, 2), Span("b", "ACTOR", 2, 4))
    dispatch = Dispatch("d", "ßßßß", spans=spans, relations=(Relation("side", "a", "b"),))
    ((again,), count) = disturbed([dispatch], DISTURBANCES["capitals"])
    assert (again.text, count) == ("SSSSSSSS", 4)
    assert [(span.start, span.end) for span in again.spans] == [(0, 4), (4, 8)]
    assert again.relations == dispatch.relations


def test_the_shipped_corpus_stays_legal_when_disturbed() -> None:
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    dispatches = read_dispatches([ROOT / "labels" / "corpus" / "iraq"], schema)
    for name, disturbance in DISTURBANCES.items():
        again, count = disturbed(dispatches, disturbance)
        assert count > 0 or name == "no accents"
        assert not [problem for dispatch in again for problem in schema.problems(dispatch)]
