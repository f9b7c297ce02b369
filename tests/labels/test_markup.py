"""The inline markup: reading and writing are inverse, on the whole corpus and on texts made to break it."""

import re
from pathlib import Path

import pytest
from dateline_labels import Dispatch, InputError, Place, Relation, Span, jsonl, markup
from dispatch_strategies import SCHEMA, markup_dispatches
from hypothesis import given, settings

LABELS = Path(__file__).parents[2] / "labels"
PLACE = Place("x.md")


def read(source: str) -> Dispatch:
    return markup.read(source, PLACE, SCHEMA)


def body_of(source: str) -> str:
    return source.partition("\n\n")[2].rpartition("\n---\n")[0]


def test_every_file_of_the_corpus_survives_json_and_back_byte_for_byte() -> None:
    files = sorted((LABELS / "corpus").rglob("*.md"))
    assert len(files) == 1516
    for file in files:
        source = file.read_bytes().decode("utf-8")
        dispatch = markup.read(source, Place(str(file)), SCHEMA)
        line = jsonl.write_line(dispatch)
        again = jsonl.read_line(line, Place(str(file)), SCHEMA)
        assert again == dispatch, file
        assert markup.write(again) == source, file


def test_the_example_of_the_guidelines_reads_and_writes() -> None:
    source = re.findall(r"```\n(.*?)```", (LABELS / "guidelines.md").read_text(encoding="utf-8"), re.DOTALL)[-1]
    dispatch = read(source)
    assert markup.write(dispatch) == source
    assert (dispatch.id, dispatch.published) == ("example-0001", "2019-03-14")
    assert dispatch.meta == {"theatre": "example", "synthetic": "true"}
    assert (len(dispatch.spans), len(dispatch.relations)) == (15, 14)
    assert dispatch.words(dispatch.span_by_id["c2"]) == "at least seven"
    assert dispatch.span_by_id["a1"].attributes == {"kind": "armed_assault", "status": "occurred"}
    assert dispatch.relations[-1] == Relation("source", "c3", "p5")


@settings(max_examples=200, deadline=None)
@given(markup_dispatches())
def test_what_was_written_reads_back_equal(dispatch: Dispatch) -> None:
    source = markup.write(dispatch)
    again = read(source)
    assert again == dispatch
    assert markup.write(again) == source


@settings(max_examples=100, deadline=None)
@given(markup_dispatches())
def test_a_written_file_is_plain_words_when_the_tags_and_backslashes_are_taken_out(dispatch: Dispatch) -> None:
    body = body_of(markup.write(dispatch))
    bare = re.sub(r"\\(.)|\[|\]\([^)]*\)", lambda match: match[1] or "", body)
    assert bare == dispatch.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        " ",
        "---",
        "---\n",
        "\n---",
        "\n---\n",
        "a\n---\nb",
        "a\n---\na1 place l1\n",
        "---\n---\n---",
        "id: x\npublished: unknown\n\ntext\n---\n",
        "[]",
        "[Text](ACTOR p1)",
        "\\",
        "\\\\[",
        "a\rb",
        "\r\ra",
        "\ufeffmark",
        "\0",
        "\u2028\u2029\x85\x0b\x0c",
        "\u202eevil\u202c",
        "e\u0301 é ﬁ 👩\u200d🚒 🇲🇱",
    ],
)  # fmt: skip
def test_an_awkward_text_reads_back_as_it_was(text: str) -> None:
    dispatch = Dispatch("d", text)
    assert read(markup.write(dispatch)) == dispatch


def test_text_and_spans_around_a_line_of_three_dashes() -> None:
    text = "Before.\n---\nGunmen\n---\nafter."
    span = Span("p1", "ACTOR", text.index("Gunmen\n---"), text.index("after") - 1)
    dispatch = Dispatch("d", text, spans=(span,))
    assert read(markup.write(dispatch)) == dispatch


def test_brackets_and_backslashes_are_written_with_a_backslash_before_them() -> None:
    dispatch = Dispatch("d", "a [b] \\c", spans=(Span("p1", "ACTOR", 2, 5),))
    assert body_of(markup.write(dispatch)) == "a [\\[b\\]](ACTOR p1) \\\\c"


def test_spans_that_touch_stand_side_by_side() -> None:
    source = "id: d\npublished: unknown\n\n[ab](ACTOR p1)[c](ACTOR p2)\n---\n"
    assert [(span.start, span.end) for span in read(source).spans] == [(0, 2), (2, 3)]
    assert markup.write(read(source)) == source


def test_an_unknown_day_is_none() -> None:
    assert read("id: d\npublished: unknown\n\n\n---\n") == Dispatch("d", "", None)
    assert markup.write(Dispatch("d", "")) == "id: d\npublished: unknown\n\n\n---\n"


def test_the_header_may_come_in_any_order() -> None:
    dispatch = read("theatre: x\npublished: 2019-03-14\nid: d: e\n\ntext\n---\n")
    assert dispatch == Dispatch("d: e", "text", "2019-03-14", {"theatre": "x"})


@pytest.mark.parametrize("empty", ["\n", "\n\n\n"])
def test_empty_lines_after_the_rule_are_taken_and_left_out_again(empty: str) -> None:
    source = "id: d\npublished: unknown\n\ntext\n---\n"
    assert markup.write(read(source + empty)) == source


def test_spans_are_written_in_the_order_of_the_text() -> None:
    spans = (Span("p2", "ACTOR", 4, 5), Span("p1", "ACTOR", 0, 1))
    assert read(markup.write(Dispatch("d", "a of b", spans=spans))).spans == spans[::-1]


def test_scores_are_left_out() -> None:
    dispatch = Dispatch("d", "a of b", spans=(Span("p1", "ACTOR", 0, 1, score=0.5),))
    assert read(markup.write(dispatch)).spans == (Span("p1", "ACTOR", 0, 1),)


ACTORS = (Span("p1", "ACTOR", 0, 1), Span("p2", "ACTOR", 2, 3))


@pytest.mark.parametrize(
    ("dispatch", "what"),
    [
        (Dispatch("d", "a\r\nb"), "no line that ends in"),
        (Dispatch("d", "a\r"), "no line that ends in"),
        (Dispatch("d\ne", "a"), "expected an id"),
        (Dispatch("d ", "a"), "expected an id"),
        (Dispatch("d", "a", "unknown"), "expected a date"),
        (Dispatch("d", "a", ""), "expected a date"),
        (Dispatch("d", "a", "May"), "expected a date"),
        (Dispatch("d", "a", meta={"id": "e"}), "one id and one published"),
        (Dispatch("d", "a", meta={"published": "unknown"}), "one id and one published"),
        (Dispatch("d", "a", meta={"n": 1}), "words on one line as n, got 1"),
        (Dispatch("d", "a", meta={"n": None}), "words on one line as n"),
        (Dispatch("d", "a", meta={"n": "b\nc"}), "words on one line as n"),
        (Dispatch("d", "a", meta={"n": ""}), "words on one line as n"),
        (Dispatch("d", "a", meta={"n": " b"}), "words on one line as n"),
        (Dispatch("d", "a", meta={"n": "b\t"}), "words on one line as n"),
        (Dispatch("d", "a", meta={"two words": "b"}), "words on one line as two words"),
        (Dispatch("d", "a", meta={"": "b"}), "words on one line as"),
        (Dispatch("d", "abc", spans=(Span("p1", "ACTOR", 0, 2), Span("p2", "ACTOR", 1, 3))), "p2 overlaps"),
        (Dispatch("d", "abc", spans=(Span("p1", "ACTOR", 0, 3), Span("p2", "ACTOR", 1, 2))), "p2 overlaps"),
        (Dispatch("d", "abc", spans=(Span("p 1", "ACTOR", 0, 2),)), "cannot carry the span p 1"),
        (Dispatch("d", "abc", spans=(Span("1", "ACTOR", 0, 2),)), "cannot carry the span 1"),
        (Dispatch("d", "abc", spans=(Span("p)", "ACTOR", 0, 2),)), "cannot carry the span p"),
        (Dispatch("d", "abc", spans=(Span("p1", "THE ACTOR", 0, 2),)), "cannot carry the span p1"),
        (Dispatch("d", "abc", spans=(Span("p1", "ACTOR", 0, 2, {"a": "b c"}),)), "cannot carry the span p1"),
        (Dispatch("d", "abc", spans=ACTORS, relations=(Relation("r s", "p1", "p2"),)), "no space in the label"),
        (Dispatch("d", "abc", spans=ACTORS, relations=(Relation("r\n", "p1", "p2"),)), "no space in the label"),
    ],
)  # fmt: skip
def test_what_the_markup_cannot_carry_is_refused(dispatch: Dispatch, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        markup.write(dispatch)


CUT = "id: d\npublished: unknown\n\n[a](LOCATION l1) of [b](LOCATION l11) by\n---\nl1 within l11\n"
WITHOUT_RELATIONS = CUT.index("l1 within")


@pytest.mark.parametrize("length", [length for length in range(len(CUT)) if length != WITHOUT_RELATIONS])
def test_a_file_cut_anywhere_but_before_its_relations_is_refused(length: int) -> None:
    with pytest.raises(InputError):
        read(CUT[:length])


def test_a_fault_after_three_thousand_spans_is_told_with_its_line() -> None:
    numbers = range(3_000)
    text = "".join(f"[word](LOCATION l{number}) \\[\n" for number in numbers)
    relations = "".join(f"l{number} within l{number + 1}\n" for number in numbers[:-1])
    source = f"id: d\npublished: unknown\n\n{text}---\n{relations}"
    dispatch = read(source)
    assert (len(dispatch.spans), len(dispatch.relations)) == (3_000, 2_999)
    with pytest.raises(InputError, match=r"^x\.md:3003:l1: the id occurs twice$"):
        read(source.replace("l2999)", "l1)"))
    with pytest.raises(InputError, match=r"^x\.md:6004:relation: the relation occurs twice$"):
        read(source + "l0 within l1\n")


def test_that_file_is_whole_before_it_is_cut() -> None:
    assert [len(read(source).relations) for source in (CUT, CUT[:WITHOUT_RELATIONS])] == [1, 0]
