"""The checks of one dispatch on any dispatch: they end, say true things of it, and each problem is one line."""

from pathlib import Path

import pytest
from dateline_checks.copy_checks import check_copies, check_ids
from dateline_checks.problems import Placed
from dateline_checks.schema_checks import check_schema, count
from dateline_checks.span_checks import check_spans
from dateline_checks.text_checks import check_text
from dateline_checks.usage_checks import check_usage
from dateline_checks.wording import usages
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, Place, Schema, Span
from dispatch_strategies import SCHEMA, any_texts, json_dispatches
from hypothesis import given, settings
from hypothesis import strategies as st


def placed(dispatch: Dispatch) -> Placed:
    return Placed(dispatch, Annotated((dispatch,), places={(dispatch.id,): Place("x.jsonl", 3)}))


@st.composite
def overlapping(draw: st.DrawFn) -> Dispatch:
    text = draw(any_texts.filter(bool))
    borders = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 4), st.sampled_from("AB"))
    spans = [
        Span(f"e{number}", label, start, min(start + length, len(text)))
        for number, (start, length, label) in enumerate(draw(st.lists(borders, max_size=6)))
    ]
    return Dispatch("d", text, spans=tuple(spans))


@settings(deadline=None, max_examples=60)
@given(json_dispatches() | overlapping())
def test_every_problem_of_any_dispatch_is_one_line(dispatch: Dispatch) -> None:
    one = placed(dispatch)
    problems = [*check_text(one), *check_spans(one), *check_schema(one, SCHEMA), *check_usage(usages([one, one]))]
    problems += [*check_ids([one, one], None), *check_copies([one], None)]
    for problem in problems:
        line = str(problem)
        assert line.startswith("x.jsonl:3:")
        assert len(line.splitlines()) == 1
        assert line.isprintable() or any(not each.isprintable() for each in dispatch.text + dispatch.id)
        assert line.split(": ")[1] == problem.kind


@settings(deadline=None, max_examples=60)
@given(json_dispatches())
def test_what_keeps_to_the_schema_and_does_not_overlap_has_no_errors_of_it(dispatch: Dispatch) -> None:
    one = placed(dispatch)
    assert list(check_schema(one, SCHEMA)) == []
    assert not {problem.check for problem in check_spans(one)} & {"overlap", "duplicate"}


@settings(deadline=None, max_examples=60)
@given(overlapping())
def test_overlaps_are_told_of_all_spans_but_those_that_could_stay(dispatch: Dispatch) -> None:
    """There are overlaps if any are told, and without the spans that are told there are none."""
    told = {
        int(problem.field.removeprefix("spans[").removesuffix("]"))
        for problem in check_spans(placed(dispatch))
        if problem.check in ("overlap", "duplicate")
    }
    kept = [span for number, span in enumerate(dispatch.spans) if number not in told]
    assert not any(overlap(one, other) for one in kept for other in kept if one is not other)
    assert bool(told) == any(overlap(one, other) for one in dispatch.spans for other in dispatch.spans if one != other)


def overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("[Six ]men", "ends with space"),
        ("[ Six] men", "begins with space"),
        ("a[ ]b", "marks nothing but space"),
        ("a [-] b", "marks neither letter nor digit"),
        ("[Orvel,] he said", "ends with ','"),
        ("left [, Orvel]", "begins with ','"),
        ("the [army (north] wing)", "one of '()' is outside"),
        ('a ["rebel] chief"', "one of '\"\"' is outside"),
        ("[Orve]l", "ends inside a word of 'Orvel'"),
        ("A[l-Din]", "begins inside a word of 'Al-Din'"),
        ("[Orvel\n\nIn other] news", "goes over an empty line"),
        ("[Orvel] fell", ""),
        ("[U.S.] troops", ""),
        ("[Orvel]'s mayor", ""),
        ("the [SuspectA]n", "ends inside a word"),
        ("the [Suspect]An inquiry", ""),  # words that were run together are two
        ("(the [army])", ""),
    ],
)
def test_borders(words: str, what: str) -> None:
    start, end = words.index("["), words.index("]") - 1
    text = words.replace("[", "").replace("]", "")
    dispatch = Dispatch("d", text, spans=(Span("e1", "X", start, end),))
    found = [problem.what.partition(": ")[2] for problem in check_spans(placed(dispatch))]
    assert len(found) == bool(what)
    assert all(each.startswith(what) for each in found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a\u00adb", "U+00AD SOFT HYPHEN, a sign that is not seen"),
        ("a\x00b\x00", "U+0000, a control, 2 times"),
        ("a\rb\r\n", "U+000D, a control"),
        ("caf\ufffd", "U+FFFD, which stands for a character that was lost"),
        ("a\ue000", "U+E000, no character that everybody has"),
        ("itâ€™s", "'â€™', as UTF-8 looks when it is read in another encoding"),
        ("a \ud83d b", "a lone surrogate"),
        ("---", "the text has neither letter nor digit"),
        (" \n\t", "the text is empty"),
        ("a\r\nb\tc", ""),
        ("ما\u200cو 👩\u200d🚒 naïve café “x” — São 中文", ""),
    ],
)
def test_characters(text: str, what: str) -> None:
    found = [problem.what for problem in check_text(placed(Dispatch("d", text)))]
    assert len(found) == bool(what)
    assert all(each.startswith(what) for each in found)


def test_a_relation_of_a_label_that_is_told_is_not_told_as_well() -> None:
    text = "Gunmen fired"
    spans = (Span("p1", "Actor", 0, 6), Span("a1", "ATTACK", 7, 12, {"kind": "other", "status": "occurred"}))
    from dateline_labels import Relation

    dispatch = Dispatch("d", text, spans=spans, relations=(Relation("perpetrator", "a1", "p1"),))
    assert [problem.check for problem in check_schema(placed(dispatch), SCHEMA)] == ["label"]
    schema = Schema.read(Path(__file__).parents[2] / "labels" / "schema.toml")
    assert count([placed(dispatch)]).relations["perpetrator"] == 1
    assert schema == SCHEMA
