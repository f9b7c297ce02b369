"""Dispatches as other desks would write them: in lower case, in capitals, without accents, without punctuation, with
sentences run together, numbers spelt otherwise, abbreviations in brackets, slips of the pen.

A style turns a dispatch into the pieces to be rewritten (see `rewriting`). Some take every piece there is; those that
draw take some of them. `varied` reads a dispatch in one or two styles, drawn at random, and with the names of others,
to be learnt from: real texts come from the web, from optical character recognition and from monitors, with all of
these traits, and tell of places and people that no training data know.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import numpy as np
from dateline_infer.tokens import run_together
from dateline_labels import Dispatch

from .number_words import spelt_otherwise
from .rewriting import Piece, borders, cuts_no_border, rewritten

Style = Callable[[Dispatch], Iterator[Piece]]
DrawnStyle = Callable[[Dispatch, np.random.Generator], Iterator[Piece]]


def in_lower_case(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter in lower case."""
    return _by_character(dispatch.text, str.lower)


def in_capitals(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter as a capital, "ß" as "SS"."""
    return _by_character(dispatch.text, str.upper)


def without_accents(dispatch: Dispatch) -> Iterator[Piece]:
    """Every letter without its marks, whether it carries them composed or decomposed: "é" as "e". Letters of their own
    ("ø", "ß") stay, and so do marks that no letter comes before.
    """
    for start, end in pairwise(borders(dispatch)):
        while start < end:
            after = next((at for at in range(start + 1, end) if not unicodedata.combining(dispatch.text[at])), end)
            letter = dispatch.text[start:after]
            decomposed = unicodedata.normalize("NFD", letter)
            bare = "".join(character for character in decomposed if not unicodedata.combining(character))
            if bare and bare != decomposed:
                yield Piece(start, after, unicodedata.normalize("NFC", bare))
            start = after


def with_numbers_spelt_otherwise(dispatch: Dispatch) -> Iterator[Piece]:
    """Every plain cardinal in its other spelling (see `number_words`), but for those that a span border cuts."""
    marked = borders(dispatch)
    return (piece for piece in spelt_otherwise(dispatch.text) if cuts_no_border(marked, piece))


def with_some_numbers_spelt_otherwise(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """About half of the plain cardinals in their other spelling."""
    return (piece for piece in with_numbers_spelt_otherwise(dispatch) if random.random() < 0.5)


_SENTENCE_GAP = re.compile(r"(?<=[.!?\"”’])[ \n]+(?=[A-Z\"“])")
_LINE_GAP = re.compile(r"(?<=\S)[ ]*\n+[ ]*(?=\S)")


def with_sentences_run_together(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """Line breaks lost, or the space after sentences: "said.The", "SuspectA court", as stripped web pages have them.

    A gap stays where nothing would tell any longer that two words meet there.
    """
    text, gap = dispatch.text, (_SENTENCE_GAP, _LINE_GAP)[int(random.integers(2))]
    share = random.uniform(0.3, 1.0)
    for match in gap.finditer(text):
        before, after = text[: match.start()][-5:], text[match.end() :][:5]
        apart = not (before[-1].isalnum() and after[0].isalnum()) or run_together(before + after, len(before))
        if apart and random.random() < share:
            yield Piece(*match.span(), "")


_MARKS = (re.compile(r",(?!\d)"), re.compile(r"[,.;:](?=\s|$)"), re.compile(r"[\"“”]"), re.compile(r"['’](?=\w)"))


def without_some_punctuation(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """One kind of marks left out: commas, all marks at the ends of words, quotation marks or apostrophes."""
    share = random.uniform(0.5, 1.0)
    marked = {(span.start, span.end) for span in dispatch.spans}
    for match in _MARKS[int(random.integers(len(_MARKS)))].finditer(dispatch.text):
        if match.span() not in marked and random.random() < share:
            yield Piece(*match.span(), "")


_BRACKETS = str.maketrans("()", "[]")


def with_square_brackets(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:  # noqa: ARG001
    """Square brackets for round ones, as monitors write them."""
    for match in re.finditer(r"[()]", dispatch.text):
        yield Piece(*match.span(), match[0].translate(_BRACKETS))


_NAME = re.compile(r"\b[A-Z][\w'’-]+(?:(?: (?:of|the|for|de|al|e|and)){0,2} [A-Z][\w'’-]+){1,6}(?= \w)")


def with_abbreviations(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """Names inside spans with their initials in brackets: "Islamic State (IS) militants"."""
    square = random.random() < 0.3
    for span in sorted(dispatch.spans, key=lambda span: span.start):
        match = _NAME.match(dispatch.text, span.start, span.end)
        if match and random.random() < 0.7:
            initials = "".join(word[0] for word in match[0].split() if word[0].isupper())
            if len(initials) > 1:
                yield Piece(match.end(), match.end(), f" [{initials}]" if square else f" ({initials})")


_DASH = re.compile(r" ?(?:--|[—–]) ?(?=\w)| - (?=\w)")


def with_other_dashes(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """Dashes between words written in another way."""
    dash = str(random.choice([" -- ", "--", " — ", "—", " - ", " – "]))
    marked = borders(dispatch)
    for match in _DASH.finditer(dispatch.text):
        piece = Piece(*match.span(), dash)
        if cuts_no_border(marked, piece) and match.start() and not dispatch.text[match.start() - 1].isdigit():
            yield piece


def with_slips(dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
    """A letter inside some words left out, doubled or changed with its neighbour."""
    share = random.uniform(0.01, 0.06)
    marked = borders(dispatch)
    for match in re.finditer(r"[^\W\d_]{5,}", dispatch.text):
        if random.random() < share:
            at = match.start() + int(random.integers(1, len(match[0]) - 2))
            first, second = dispatch.text[at], dispatch.text[at + 1]
            piece = Piece(at, at + 2, str(random.choice([first, first + first + second, second + first])))
            if cuts_no_border(marked, piece):
                yield piece


STYLES: tuple[DrawnStyle, ...] = (
    lambda dispatch, _: in_lower_case(dispatch),
    lambda dispatch, _: in_capitals(dispatch),
    lambda dispatch, _: without_accents(dispatch),
    with_some_numbers_spelt_otherwise,
    with_sentences_run_together,
    without_some_punctuation,
    with_square_brackets,
    with_abbreviations,
    with_other_dashes,
    with_slips,
)


_WHOLE_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")


class Names:
    """The names that spans of some dispatches consist of, by label and number of words; only where there are `enough`,
    for some labels have no names but capitals at the beginning of a sentence.
    """

    def __init__(self, dispatches: Iterable[Dispatch], enough: int = 100) -> None:
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for dispatch in dispatches:
            for span in dispatch.spans:
                words = dispatch.words(span)
                if _is_name(words):
                    found[span.label, len(words.split())].add(words)
        self._by_kind = {kind: sorted(names) for kind, names in found.items() if len(names) >= enough}

    def others(self, dispatch: Dispatch, random: np.random.Generator) -> Iterator[Piece]:
        """Other names of the same label and as many words in the place of some, one for one throughout the dispatch."""
        chosen: dict[tuple[str, str], str] = {}
        share = random.uniform(0.3, 1.0)
        for span in sorted(dispatch.spans, key=lambda span: span.start):
            words = dispatch.words(span)
            if _is_name(words) and (span.label, words) not in chosen:
                names = self._by_kind.get((span.label, len(words.split())), [words])
                other = names[int(random.integers(len(names)))] if random.random() < share else words
                chosen[span.label, words] = other
            if chosen.get((span.label, words), words) != words:
                yield Piece(span.start, span.end, chosen[span.label, words])


def _is_name(words: str) -> bool:
    return bool(_WHOLE_NAME.fullmatch(words)) and not words.isupper()


def varied(dispatch: Dispatch, random: np.random.Generator, names: Names) -> Dispatch:
    """`dispatch` every second time with other names, and in one or two styles drawn from all."""
    if random.random() < 0.5:
        dispatch = rewritten(dispatch, list(names.others(dispatch, random)))
    drawn = [STYLES[number] for number in random.choice(len(STYLES), size=int(random.integers(1, 3)), replace=False)]
    # what runs together must be told apart in the text as it is in the end: in capitals nothing would tell two names
    for style in sorted(drawn, key=lambda style: style is with_sentences_run_together):
        dispatch = rewritten(dispatch, list(style(dispatch, random)))
    return dispatch


def _by_character(text: str, change: Callable[[str], str]) -> Iterator[Piece]:
    for at, character in enumerate(text):
        if change(character) != character:
            yield Piece(at, at + 1, change(character))
