"""Two annotations of the same text or nearly the same: each difference is told once, and no other."""

from dataclasses import replace

import pytest
from dateline_checks.differences import differences
from dateline_labels import Dispatch, Relation, Span
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = "Gunmen stormed Orvel and burnt a mill."
SPANS = (Span("p1", "GROUP", 0, 6), Span("a1", "ATTACK", 7, 14, {"kind": "raid"}), Span("l1", "PLACE", 15, 20))
ONE = Dispatch("one", TEXT, spans=SPANS, relations=(Relation("by", "a1", "p1"), Relation("place", "a1", "l1")))


def renamed(dispatch: Dispatch, text: str | None = None, offset: int = 0) -> Dispatch:
    """The same annotation under other ids, in another order, maybe of a longer text."""
    spans = tuple(
        replace(span, id=f"x{span.id}", start=span.start + offset, end=span.end + offset)
        for span in reversed(dispatch.spans)
    )
    relations = tuple(replace(each, head=f"x{each.head}", tail=f"x{each.tail}") for each in dispatch.relations)
    return Dispatch("other", text or dispatch.text, spans=spans, relations=relations)


def told(other: Dispatch, one: Dispatch = ONE) -> list[str]:
    return [each.what for each in differences(one, other)]


def test_the_same_annotation_differs_in_nothing_whatever_the_ids() -> None:
    assert told(renamed(ONE)) == []
    assert told(renamed(ONE, f"Late news: {TEXT} More follows.", 11)) == []
    assert told(renamed(ONE, TEXT.replace(" and", ",\n\nand"))) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"label": "PLACE"}, "PLACE here, ATTACK there"),
        ({"end": 20, "start": 7}, "other borders than there, 'stormed'"),
        ({"attributes": {"kind": "bombing"}}, "kind is bombing here, raid there"),
        ({"attributes": {}}, "kind is nothing here, raid there"),
    ],
)
def test_what_differs_in_a_span_is_told_of_it(change: dict[str, object], what: str) -> None:
    spans = tuple(replace(span, **change) if span.id == "a1" else span for span in SPANS)  # type: ignore[arg-type]
    (found,) = differences(ONE, replace(ONE, spans=spans))
    assert found.what.startswith(what)
    assert found.span == 1


def test_borders_inside_one_word_are_the_same_words() -> None:
    cut = tuple(replace(span, end=13) if span.id == "a1" else span for span in SPANS)
    assert told(replace(ONE, spans=cut)) == []


def test_a_span_that_one_has_is_told_whichever_it_is() -> None:
    without = replace(ONE, spans=SPANS[:2], relations=ONE.relations[:1])
    (found,) = differences(ONE, without)
    assert (found.what, found.words) == ("bare here, PLACE there", (15, 20))
    (found,) = differences(without, ONE)
    assert (found.what, found.span) == ("PLACE here, bare there", 2)


def test_a_relation_that_one_has_is_told_whichever_it_is() -> None:
    without = replace(ONE, relations=ONE.relations[:1])
    (found,) = differences(ONE, without)
    assert (found.what, found.span) == ("no place to 'Orvel' here, one there", 1)
    (found,) = differences(without, ONE)
    assert (found.what, found.relation) == ("place here, none there", 1)


def test_words_that_only_one_text_has_are_passed_over() -> None:
    text = TEXT.replace("Orvel", "Tamsin")
    spans = (SPANS[0], SPANS[1], Span("l1", "GROUP", 15, 21))
    assert told(replace(ONE, text=text, spans=spans)) == []


def test_a_dispatch_that_is_not_annotated_at_all_is_told_once() -> None:
    assert told(Dispatch("x", TEXT)) == ["not annotated, 3 spans there"]
    assert [each.what for each in differences(Dispatch("x", TEXT), ONE)] == ["3 spans, none there"]


words = st.lists(st.sampled_from(["Orvel", "mill", "left", "the", "7"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(words, st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_of_one_text_as_many_differences_are_told_as_there_are(
    text: list[str], here: set[int], there: set[int]
) -> None:
    """Each word that only one of the two marks is told, as long as both mark any."""
    one, other = (marked(text, {at for at in chosen if at < len(text)}) for chosen in (there, here))
    found = list(differences(one, other))
    if not one.spans or not other.spans:
        assert len(found) == (bool(one.spans) != bool(other.spans))
    else:
        assert len(found) == len({span.start for span in one.spans} ^ {span.start for span in other.spans})


def marked(text: list[str], chosen: set[int]) -> Dispatch:
    starts = [sum(len(word) + 1 for word in text[:at]) for at in range(len(text))]
    spans = (Span(f"e{at}", "X", starts[at], starts[at] + len(text[at])) for at in sorted(chosen))
    return Dispatch("d", " ".join(text), spans=tuple(spans))
