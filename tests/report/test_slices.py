"""Slices: what they hold, that they add up, and what is left out."""

from dataclasses import replace

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.scoring import score, total
from dateline_report.outcomes import Outcomes
from dateline_report.slices import (
    OTHERS,
    Evaluated,
    casualty_form,
    distance,
    known_words,
    length,
    slices,
    source,
)
from dateline_statistics.bootstrap import Sampling
from disturbed_readings import SCHEMA, corpus, disturbed


def evaluated(gold: list[Dispatch], read: list[Dispatch]) -> Evaluated:
    outcomes = [Outcomes.of(one, two) for one, two in zip(gold, read, strict=True)]
    return Evaluated(gold, outcomes, SCHEMA, Sampling.of(gold, 50, 13))


@pytest.mark.parametrize("name", ["source", "style", "year", "length", "theatre", "names"])
def test_the_slices_of_a_slicing_add_up_to_all(name: str) -> None:
    gold = corpus("snippets") + corpus("roundups")
    read = disturbed(gold)
    rows = slices(evaluated(gold, read), known_words(gold[:40]))[name]
    exact = total(score(gold, read, SCHEMA).spans.values())
    assert len(rows) > 1
    for count in ("right", "spurious", "missed"):
        assert sum(row["spans"][count] for row in rows.values()) == getattr(exact, count)
    assert sum(row["support"] for row in rows.values()) == exact.gold
    if name != "names":
        assert sum(row["dispatches"] for row in rows.values()) == len(gold)
        strict = total(score(gold, read, SCHEMA).relations["strict"].values())
        assert sum(row["relations"]["right"] for row in rows.values()) == strict.right


def test_every_relation_is_at_some_distance_and_every_figure_has_a_form() -> None:
    gold = corpus()
    read = disturbed(gold)
    found, scores = slices(evaluated(gold, read), None), score(gold, read, SCHEMA)
    rows = found["distance"].values()
    assert sum(row["relations"]["missed"] for row in rows) == total(scores.relations["strict"].values()).missed
    assert all(row["spans"] is None for row in rows)
    rows = found["casualty form"].values()
    assert sum(row["spans"]["spurious"] for row in rows) == scores.spans["CASUALTY"].spurious
    assert all(row["relations"] is None for row in rows)
    assert "names" not in found


def test_values_of_the_fewest_dispatches_are_put_together() -> None:
    gold = [Dispatch(f"d-{at}", "A raid.", meta={"theatre": f"t{at // 2}"}) for at in range(100)]
    rows = slices(evaluated(gold, gold), None)["theatre"]
    assert len(rows) == 41
    assert list(rows)[-1] == OTHERS
    assert rows[OTHERS]["dispatches"] == 20
    assert all(row["small"] for row in rows.values())


def test_a_slicing_that_tells_none_apart_is_left_out() -> None:
    gold = [Dispatch(f"d-{at}", "A raid.", published="2019-03-14") for at in range(3)]
    assert slices(evaluated(gold, gold), {}) == {}


@pytest.mark.parametrize(
    ("dispatch_id", "expected"),
    [
        ("sahel-005", "sahel"),
        ("case-test_set-346", "case-test_set"),
        ("re-us-2C27", "re-us"),
        ("note", "note"),
        ("muc4-17", "muc4"),
        ("dev-32_VOA_2014_06_04", "dev-32_VOA"),
        ("17", ""),
    ],
)
def test_a_source_is_told_or_what_ids_have_in_common(dispatch_id: str, expected: str) -> None:
    assert source(Dispatch(dispatch_id, "A raid.")) == expected
    assert source(Dispatch(dispatch_id, "A raid.", meta={"source": "The Post"})) == "The Post"


@pytest.mark.parametrize(
    ("words", "expected"), [(1, "0–50 words"), (50, "0–50 words"), (51, "51–100 words"), (401, "401 or more words")]
)
def test_a_length_is_counted_in_words(words: int, expected: str) -> None:
    assert length(Dispatch("d", "word " * words)) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("12 soldiers", "digits"),
        ("twelve soldiers", "number words or one"),
        ("a policeman", "number words or one"),
        ("at least 12 soldiers", "qualified or vague"),
        ("dozens", "qualified or vague"),
        ("soldiers", "without a number"),
        ("No casualties", "nobody"),
    ],
)
def test_the_form_of_a_figure(figure: str, expected: str) -> None:
    text = f"{figure} died."
    assert casualty_form(Dispatch("d", text), (0, len(figure), "CASUALTY"), SCHEMA) == expected
    assert casualty_form(Dispatch("d", text), (0, len(figure), "ACTOR"), SCHEMA) == ""


def test_a_distance_is_the_words_between_whichever_comes_first() -> None:
    text = "Rebels from the hills in the far north again hit Gao."
    dispatch = Dispatch("d", text)
    rebels, hit = (0, 6, "ACTOR"), (text.index("hit"), text.index("hit") + 3, "ATTACK")
    assert distance(dispatch, ("perpetrator", hit, rebels)) == "4–10 words"
    assert distance(dispatch, ("place", hit, (len(text) - 4, len(text) - 1, "LOCATION"))) == "0–3 words"


def test_names_are_seen_under_their_label_whatever_their_letters() -> None:
    text = "MALI and Gao"
    gold = Dispatch("d", text, spans=(Span("l1", "LOCATION", 0, 4), Span("l2", "LOCATION", 9, 12)))
    trained = Dispatch("t", "Mali, Gao", spans=(Span("l", "LOCATION", 0, 4), Span("p", "ACTOR", 6, 9)))
    rows = slices(evaluated([gold], [replace(gold, spans=gold.spans[:1])]), known_words([trained]))["names"]
    assert (rows["seen"]["spans"]["recall"], rows["unseen"]["spans"]["recall"]) == (100.0, 0.0)


def test_relations_of_equal_spans_are_told_apart_by_their_labels() -> None:
    spans = (Span("a", "ATTACK", 0, 3), Span("p", "ACTOR", 4, 8))
    gold = Dispatch("d", "hit them", spans=spans, relations=(Relation("target", "a", "p"),))
    read = replace(gold, relations=(Relation("perpetrator", "a", "p"),))
    assert [outcome for _, outcome in Outcomes.of(gold, read).relations] == ["spurious", "missed"]
