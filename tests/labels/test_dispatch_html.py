"""How a notebook shows a dispatch: all of its text, its labels and relations, and nothing of it as markup."""

import re
from html.parser import HTMLParser

from dateline_labels import Dispatch, Relation, Span
from dateline_labels.dispatch_html import LONGEST, dispatch_html, shown_text
from dateline_labels.visible_text import parts
from dispatch_strategies import json_dispatches
from hypothesis import given, settings

NOTE = Dispatch(
    "note-1",
    "Gunmen fired on a bus near Gao.\nNo one was hurt.",
    "2019-03-14",
    spans=(
        Span("p1", "ACTOR", 0, 6, score=0.5),
        Span("a1", "ATTACK", 7, 12, {"kind": "armed_assault", "status": "occurred"}, 0.91),
        Span("l1", "LOCATION", 27, 30),
    ),
    relations=(Relation("perpetrator", "a1", "p1", 0.75), Relation("place", "a1", "l1")),
)


class Page(HTMLParser):
    """What an HTML fragment shows: its text by the element it stands in, and every element and attribute."""

    def __init__(self, fragment: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[tuple[tuple[str, ...], str]] = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag == "br":
            self.text.append((tuple(self.open), "\n"))
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append((tuple(self.open), data))

    def within(self, element: str) -> list[str]:
        return [data for around, data in self.text if element in around]


def test_a_dispatch_is_shown_with_labels_and_relations() -> None:
    page = Page(NOTE._repr_html_())
    assert page.within("mark") == ["Gunmen", "fired", "Gao"]
    assert page.within("small") == ["2019-03-14", "ACTOR", "ATTACK armed_assault occurred", "LOCATION", "0.75"]
    relations = "".join(page.within("li"))
    assert relations == "fired: perpetrator → Gunmen 0.75; place → Gao"
    assert 'title="0.91"' in NOTE._repr_html_()


def test_labels_have_colours_of_their_own_and_keep_them() -> None:
    colours = re.findall(r"border-bottom:3px solid (#\w+)", dispatch_html(NOTE))
    assert len(set(colours)) == 3
    alone = Dispatch("note-2", "Gao", spans=(Span("l1", "LOCATION", 0, 3),))
    assert colours[2] in dispatch_html(alone)


def test_overlapping_spans_are_both_seen() -> None:
    page = Page(dispatch_html(Dispatch("d", "army post", spans=(Span("1", "A", 0, 9), Span("2", "B", 5, 9)))))
    assert page.within("mark") == ["army ", "post"]
    assert sorted(each for each in page.within("small") if each) == ["A", "B"]


def test_a_dispatch_that_was_not_read_says_why() -> None:
    shown = dispatch_html(Dispatch("lost", "Gao fell.", meta={"error": "TypeError: <b>no</b>"}))
    assert "not read: <bdi>TypeError: &lt;b&gt;no&lt;/b&gt;</bdi>" in shown


def test_of_a_long_text_the_beginning_is_shown_and_the_rest_counted() -> None:
    text = "x" * LONGEST + " Gao Gao"
    spans = (Span("1", "A", 0, 3), Span("2", "A", LONGEST + 1, LONGEST + 4), Span("3", "A", LONGEST + 5, LONGEST + 8))
    shown = dispatch_html(Dispatch("long", text, spans=spans, relations=(Relation("r", "1", "2"),)))
    assert "… and 8 more characters, with 2 spans and 1 relations" in shown
    assert "Gao" not in shown


@settings(max_examples=80, deadline=None)
@given(json_dispatches())
def test_every_text_is_shown_whole_and_nothing_of_it_is_markup(dispatch: Dispatch) -> None:
    page = Page(dispatch_html(dispatch))
    assert not page.open
    assert page.elements <= {"div", "b", "bdi", "small", "mark", "span", "br", "ul", "li"}
    assert page.attributes <= {"style", "dir", "title"}
    body = "".join(
        data for around, data in page.text if around[:2] == ("div", "div") and not {"small", "b"} & {*around}
    )
    expected = "".join(words for words, _ in parts(dispatch.text))
    assert body == " " + expected  # the space before the date


def test_unseen_characters_and_markup_are_shown_as_signs() -> None:
    shown = shown_text("a\u202e<script>\r\x1b")
    assert "\u202e" not in shown
    assert "<script" not in shown
    assert "".join(Page(shown).within("bdi")) == "aU+202E<script>CRESC"
