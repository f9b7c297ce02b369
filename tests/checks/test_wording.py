"""The same words over a collection: what is a name, what is bare, and when that is told."""

from pathlib import Path

import pytest
from dateline_checks.problems import Placed
from dateline_checks.usage_checks import check_usage
from dateline_checks.wording import usages
from dateline_formats.format import Annotated
from dateline_labels import Place, markup
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]


def collection(*texts: str) -> list[Placed]:
    """Dispatches in which [words] are places."""
    placed = []
    for number, text in enumerate(texts):
        pieces = text.split("]")
        marked = "".join(f"{piece}](PLACE l{at})" for at, piece in enumerate(pieces[:-1])) + pieces[-1]
        dispatch = markup.read(f"id: d{number}\npublished: unknown\n\n{marked}\n---\n", Place("x"), None)
        placed.append(Placed(dispatch, Annotated((dispatch,))))
    return placed


def told(*texts: str) -> list[str]:
    return [problem.what.partition(" in ")[0] for problem in check_usage(usages(collection(*texts)))]


def test_a_name_that_is_bare_in_the_dispatch_that_marks_it_is_told() -> None:
    assert told("Rebels left [Orvel] and came back to Orvel.") == ["'Orvel'"]
    assert told("Rebels left [Orvel] and came back to [Orvel].") == []


@pytest.mark.parametrize(
    "text",
    [
        "They read the Orvel Tribune there.",  # part of a longer name
        "They met in New Orvel there.",
        "An Orvel-based firm denied it.",  # part of a compound
        "Orvel was calm.",  # one word at the beginning of a sentence may be any
        "No place is called orvel.",  # not as a name is written
        "The orvels flew away.",
        "AGAIN THEY CAME BACK TO ORVEL AND LEFT IT.",  # all in capitals no word stands out
    ],
)
def test_what_only_looks_like_the_name_is_not_told(text: str) -> None:
    assert told("Rebels left [Orvel] and burnt it.", f"It was so. {text}") == []
    assert told(*["Rebels left [Orvel] and burnt it."] * 9, f"It was so. {text}") == []


def test_a_name_of_two_words_is_told_wherever_it_stands() -> None:
    texts = ["Rebels left [Low Orvel] for good."] * 4
    assert told(*texts, "Low Orvel was calm.") == ["'Low Orvel'"]
    assert told(*texts, "REBELS RETURN TO LOW OR-\nVEL AND LOW ORVEL") == ["'LOW ORVEL'"]
    assert told(*texts, "They went to Low\nOrvel by boat.") == ["'Low\\nOrvel'"]


def test_a_name_that_is_often_bare_is_not_told() -> None:
    marked, bare = "Rebels left [Orvel] for good.", "They write from Orvel each week."
    assert told(*[marked] * 7, *[bare] * 3) == ["'Orvel'"] * 3
    assert told(*[marked] * 6, *[bare] * 3) == []
    assert told(*[marked] * 2, bare) == []


def test_common_words_are_never_told_as_bare() -> None:
    assert told(*["Rebels burnt a [mill] there."] * 50, "Nobody saw the mill again.") == []


def test_a_label_that_all_other_spans_of_the_words_outvote_is_told() -> None:
    for many, problems in ((10, 1), (9, 0)):
        placed = collection(*["Rebels burnt a [mill] there."] * (many + 1))
        other = markup.read("id: x\npublished: unknown\n\na [mill](GROUP p1)\n---\n", Place("x"), None)
        placed[0] = Placed(other, Annotated((other,)))
        found = list(check_usage(usages(placed)))
        assert len(found) == problems
        assert all(problem.what.endswith(f"the same words are PLACE, {many} of {many} times") for problem in found)


def test_words_are_the_longest_that_are_marked_anywhere() -> None:
    texts = ["Rebels left [Orvel] for good, and [Orvel Bridge] too."] * 4
    assert told(*texts, "They crossed Orvel Bridge by night.") == ["'Orvel Bridge'"]


@settings(deadline=None)
@given(st.lists(st.text("Ab .\n[]", max_size=25), max_size=4))
def test_bare_words_are_outside_of_spans_and_marked_elsewhere(texts: list[str]) -> None:
    made = [text for text in texts if well_formed(text)]
    placed = collection(*made)
    for key, usage in usages(placed).items():
        assert usage.marked
        for bare in usage.bare:
            dispatch = bare.placed.dispatch
            assert dispatch.text[bare.start : bare.end].split()
            assert not any(span.start < bare.end and bare.start < span.end for span in dispatch.spans)
            assert "".join(dispatch.text[bare.start : bare.end].casefold().split()) == "".join(key)


def well_formed(text: str) -> bool:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if depth not in (0, 1) or (character == "]" and not text[:at].rpartition("[")[2]):
            return False
    return depth == 0
