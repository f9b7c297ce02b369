"""What a terminal is given: everything to read, and nothing that moves, colours or turns it but Dateline's own."""

import io
import re
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest
from dateline_incidents.records import records
from dateline_infer.extraction import drawing
from dateline_infer.render import rendered, show_dispatch, show_incidents, visible
from dateline_labels import Dispatch, Place, Relation, Span, markup
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from small_tokenizers import AWKWARD
from table_network import SCHEMA

NOTE = """\
id: note-1
published: 2019-03-14

[Gunmen](ACTOR p1) [ambushed](ATTACK a1 kind=armed_assault status=occurred) a convoy 😀 near [Gao](LOCATION l1), in
[Mali](LOCATION l2), on [Monday](TIME t1). [Four soldiers](CASUALTY c1 outcome=killed) died, the [army](ACTOR p2) said.
---
a1 perpetrator p1
a1 place l1
a1 time t1
a1 casualty c1
l1 within l2
c1 source p2
"""
HOSTILE = (
    *("\x1b[2J", "\x1b]8;;https://example.org\x07", "\x1b[31m", "\x9b2J", "\x90q", "\x07", "\x08", "\r", "\x7f", "\0"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u2028", "\u2029", "\ufeff", "\u00ad", "\U000e0041"),
    *("\x0b", "\x0c", "\ufffe", "\uffff"),
    *("[bold]", "[/]", "[link=https://example.org]", "[red on blue]", ":skull:", "\\[", "\t", "\n"),
)  # fmt: skip
pieces = st.one_of(st.sampled_from((*HOSTILE, *AWKWARD)), st.text(st.characters(exclude_categories=["Cs"]), max_size=4))
texts = st.lists(pieces, min_size=1, max_size=8).map("".join).filter(bool)


def on_page(dispatch: Dispatch, colour: bool = False, width: int = 160) -> str:
    page = io.StringIO()
    system = "truecolor" if colour else None
    console = Console(file=page, width=width, force_terminal=colour, color_system=system, highlight=False)
    show_dispatch(dispatch, SCHEMA, console)
    show_incidents(*records(dispatch), console)
    return page.getvalue()


def squeezed(text: str) -> str:
    return "".join(text.split())


def all_of(words: str) -> Dispatch:
    """A dispatch in which an attack, its actor, its date and its id are `words`."""
    start = len(words) + 1
    spans = (
        Span("p1", "ACTOR", 0, len(words)),
        Span("a1", "ATTACK", start, start + len(words), {"kind": "other", "status": "occurred"}),
    )
    return Dispatch(words, f"{words} {words}", words, {}, spans, (Relation("perpetrator", "a1", "p1", 0.5),))


def test_the_plain_page_tells_every_span_its_label_and_what_it_is_tied_to() -> None:
    dispatch = markup.read(NOTE, Place("note"), SCHEMA)
    page = on_page(dispatch)
    squeezed_page = squeezed(page)
    for span in dispatch.spans:
        values = "".join(span.attributes.values())
        assert squeezed(f"[{dispatch.words(span)}{span.label}{values}]") in squeezed_page
    for relation in dispatch.relations:
        head, tail = (dispatch.words(dispatch.span_by_id[end]) for end in (relation.head, relation.tail))
        assert squeezed(f"{head}─{relation.label}→{tail}") in squeezed_page
    for told in (
        "note-1 2019-03-14",
        "Incidents",
        "Gao < Mali",
        "• 4 killed: Four soldiers, says army",
        "2019-03-11",
        "“ambushed”",
    ):
        assert told in page
    assert "\x1b" not in page


def test_without_its_brackets_and_labels_the_rendering_is_the_text() -> None:
    dispatch = markup.read(NOTE, Place("note"), SCHEMA)
    plain = rendered(dispatch, SCHEMA).plain
    assert re.sub(r"\[([^\]]*?) [A-Z]{4,}[a-z_ ]*\]", r"\1", plain) == dispatch.text


def test_every_label_has_its_colour_on_a_terminal() -> None:
    dispatch = markup.read(NOTE, Place("note"), SCHEMA)
    text = rendered(dispatch, SCHEMA)
    styles = {
        label: {str(part.style) for part in text.spans if text.plain[part.start : part.end] == dispatch.words(span)}
        for span in dispatch.spans
        for label in [span.label]
    }
    assert len({frozenset(style) for style in styles.values()}) == len(SCHEMA.spans)
    assert "\x1b[" in on_page(dispatch, colour=True)


@settings(max_examples=80, deadline=None)
@given(texts)
def test_nothing_of_a_text_reaches_the_terminal_that_is_not_seen(words: str) -> None:
    page = on_page(all_of(words))
    hidden = {character for character in page if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")}
    assert hidden <= {"\n"}


@pytest.mark.parametrize("words", HOSTILE)
def test_in_colour_the_only_sequences_are_those_of_a_harmless_text(words: str) -> None:
    def sequences(page: str) -> set[str]:
        return set(re.findall(r"\x1b[^m]*m?", page))

    assert sequences(on_page(all_of(f"x{words}x"), colour=True)) <= sequences(on_page(all_of("xx"), colour=True))


@pytest.mark.parametrize("words", ["[bold]", "[/]", "[link=https://example.org]x[/link]", ":skull:", "\\[", "[red]x"])
def test_markup_of_the_rendering_library_is_shown_as_it_stands(words: str) -> None:
    assert squeezed(on_page(all_of(words), width=300)).count(squeezed(words)) >= 4


@settings(max_examples=60, deadline=None)
@given(texts)
def test_visible_text_has_the_length_of_the_text_and_its_letters(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    for one, other in zip(shown, text, strict=True):
        assert one == other or unicodedata.category(other)[0] in "CZ"


@settings(max_examples=30, deadline=None)
@given(texts)
def test_a_picture_of_any_text_is_well_formed(words: str) -> None:
    console = Console(file=io.StringIO(), record=True, width=110, highlight=False)
    show_dispatch(all_of(words), SCHEMA, console)
    show_incidents(*records(all_of(words)), console)
    drawn = drawing(console)
    ElementTree.fromstring(drawn.encode("utf-8"))
    assert "<script" not in drawn


def test_a_dispatch_that_was_not_read_says_why() -> None:
    page = on_page(Dispatch("lost", "Gao fell.", meta={"error": "TypeError: \x1b[2Jno"}))
    assert "not read: TypeError:" in page
    assert "\x1b" not in page
    assert "No incident." in page


def test_the_incident_table_fits_a_terminal_of_eighty_columns() -> None:
    page = on_page(markup.read(NOTE, Place("note"), SCHEMA), width=80)
    assert max(map(len, page.splitlines())) <= 80
    assert "…" not in page


@pytest.mark.parametrize("kind", ["suicide_bombing", "arson_or_sabotage"])
def test_in_eighty_columns_no_kind_of_the_shipped_schema_is_broken(kind: str) -> None:
    page = on_page(markup.read(NOTE.replace("kind=armed_assault", f"kind={kind}"), Place("note"), SCHEMA), width=80)
    assert f" {kind} " in page.partition("Incidents")[2]
    assert max(map(len, page.splitlines())) <= 80
