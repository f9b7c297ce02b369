from functools import cache
from pathlib import Path

import numpy as np
import pytest
from dateline_infer.tokens import tokenize
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_train.rewriting import rewritten
from dateline_train.styles import (
    STYLES,
    DrawnStyle,
    Names,
    varied,
    with_abbreviations,
    with_other_dashes,
    with_sentences_run_together,
    with_slips,
    with_square_brackets,
    without_some_punctuation,
)
from dispatch_strategies import marked
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "labels" / "schema.toml"


@cache
def dispatches(folder: str) -> tuple[Dispatch, ...]:
    """What the corpus has in a folder."""
    return tuple(read_dispatches([ROOT / "labels" / "corpus" / folder], Schema.read(SCHEMA)))


def outcomes(style: DrawnStyle, dispatch: Dispatch) -> set[tuple[str, ...]]:
    """All that the style makes of a dispatch under some seeds: its text and the words of its spans."""
    found = set()
    for seed in range(60):
        again = rewritten(dispatch, list(style(dispatch, np.random.default_rng(seed))))
        found.add((again.text, *map(again.words, again.spans)))
    return found


@pytest.mark.parametrize(
    ("style", "parts", "one_of_them"),
    [
        (with_sentences_run_together, ("It fell. ", "Rebels", " fled."), ("It fell.Rebels fled.", "Rebels")),
        (with_sentences_run_together, ("Bomb ", "Suspect", "\n\nA court"), ("Bomb SuspectA court", "Suspect")),
        (without_some_punctuation, ("In Gao, ", "U.S. troops", " fled"), ("In Gao U.S. troops fled", "U.S. troops")),
        (without_some_punctuation, ("In Gao, ", "U.S. troops", " fled"), ("In Gao U.S troops fled", "U.S troops")),
        (without_some_punctuation, ("", "Gao’s men", ' "fled"'), ('Gaos men "fled"', "Gaos men")),
        (with_square_brackets, ("", "Foo (Bar) cadres", " (x)"), ("Foo [Bar] cadres [x]", "Foo [Bar] cadres")),
        (
            with_abbreviations,
            ("", "Islamic State militants", " and Boko Haram men"),
            ("Islamic State (IS) militants and Boko Haram men", "Islamic State (IS) militants"),
        ),
        (
            with_abbreviations,
            ("", "Movement of the Left cadres", ""),
            ("Movement of the Left [ML] cadres", "Movement of the Left [ML] cadres"),
        ),
        (with_other_dashes, ("GAO -- ", "Rebels", " fled"), ("GAO—Rebels fled", "Rebels")),
        (with_slips, ("", "rebels", ""), ("rebles", "rebles")),
    ],
)
def test_what_a_style_can_make_of_a_text(
    style: DrawnStyle, parts: tuple[str, ...], one_of_them: tuple[str, ...]
) -> None:
    assert one_of_them in outcomes(style, marked(*parts))


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        (with_sentences_run_together, ("In ", "Kut", "\nAn attack")),  # "KutAn" would be one word
        (without_some_punctuation, ("", "1,200 men", " fled")),
        (with_abbreviations, ("Islamic State militants ", "fled", " far")),  # no span
        (with_abbreviations, ("", "Islamic State", " militants")),  # the name ends where the span ends
        (with_other_dashes, ("on ", "3-4 June", ", 3 - 4")),
        (with_slips, ("", "men", " fled")),
    ],
)
def test_what_a_style_leaves_alone(style: DrawnStyle, parts: tuple[str, ...]) -> None:
    dispatch = marked(*parts)
    assert outcomes(style, dispatch) == {(dispatch.text, *map(dispatch.words, dispatch.spans))}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 39))
def test_a_varied_dispatch_keeps_its_spans_relations_and_legality(seed: int, number: int) -> None:
    schema = Schema.read(SCHEMA)
    dispatch, names = dispatches("snippets")[number], Names(dispatches("militancy_notes"))
    again = varied(dispatch, np.random.default_rng(seed), names)
    assert not list(schema.problems(again))
    assert again.relations == dispatch.relations
    assert [(span.id, span.label, span.attributes) for span in again.spans] == [
        (span.id, span.label, span.attributes) for span in dispatch.spans
    ]
    assert again == varied(dispatch, np.random.default_rng(seed), names)


def test_names_take_the_place_of_names_of_their_label_and_length() -> None:
    known = Names([marked("", "Boko Haram", " and ", "police", " and ", "SPLA", " and ", "Ansar")], enough=1)
    dispatch = marked("", "Islamic State", " or ", "Taliban", " or ", "army", " or ", "Islamic State", ", Hamas")
    found = outcomes(known.others, dispatch)
    assert ("Boko Haram or Ansar or army or Boko Haram, Hamas", "Boko Haram", "Ansar", "army", "Boko Haram") in found
    assert all(first == last for _, first, _, _, last in found)
    assert len(outcomes(Names([dispatch]).others, dispatch)) == 1


def test_every_style_changes_some_dispatch_of_the_corpus() -> None:
    random = np.random.default_rng(0)
    some = dispatches("militancy_notes") + dispatches("caribbean_venezuela")
    for style in STYLES:
        assert any(list(style(dispatch, random)) for dispatch in some), style


def test_words_stay_apart_for_the_tokenizer_where_sentences_run_together(tiny_encoder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_encoder / "tokenizer.json"))
    random = np.random.default_rng(1)
    for dispatch in dispatches("militancy_notes")[:40]:
        again = rewritten(dispatch, list(with_sentences_run_together(dispatch, random)))
        tokens = tokenize(tokenizer, again.text)
        for span in again.spans:
            first, last = tokens.bounds(span.start, span.end)
            assert (tokens.offsets[first, 0], tokens.offsets[last - 1, 1]) == (span.start, span.end)


def test_names_that_run_together_are_told_apart_in_whatever_style_comes_with_it() -> None:
    """In capitals nothing would tell the place that ends a line from the one that begins the next."""
    dispatch, names = marked("Office in ", "Larkana", "\n", "Larkana", ": Men came."), Names(())
    made = {varied(dispatch, np.random.default_rng(seed), names).text for seed in range(4_000)}
    assert "OFFICE IN LARKANA\nLARKANA: MEN CAME." in made
    assert any("LarkanaLarkana" in text for text in made)
    assert not any("larkanalarkana" in text.lower() and "LarkanaLarkana" not in text for text in made)
