"""What is told of events: numbers, incidents, roles of the wrong side."""

from dataclasses import replace

from dateline_labels import Dispatch, Place, Relation, Span, markup
from dateline_labels.scoring import Counts
from dateline_report.casualty_numbers import number_counts
from dateline_report.incident_figures import incident_figures, swap_figures
from dateline_statistics.bootstrap import Sampling
from disturbed_readings import SCHEMA, corpus, disturbed

NOTE = """\
id: note
published: 2019-03-14

[Rebels](ACTOR p1) [stormed](ATTACK a1 kind=armed_assault status=occurred) [Gao](LOCATION l1) on [Monday](TIME t1),
killing [at least five soldiers](CASUALTY c1 outcome=killed) and wounding [two](CASUALTY c2 outcome=injured). The
[army](ACTOR p2) said the [raid](ATTACK a2 kind=armed_assault status=occurred) failed.
---
a1 perpetrator p1
a1 target p2
a1 place l1
a1 time t1
a1 casualty c1
a1 casualty c2
a2 same_event a1
"""


def gold() -> Dispatch:
    return markup.read(NOTE, Place("note"), SCHEMA)


def with_relations(*relations: tuple[str, str, str]) -> Dispatch:
    return replace(gold(), relations=tuple(Relation(label, head, tail) for label, head, tail in relations))


def with_span(old: str, **changes: object) -> Dispatch:
    note = gold()
    return replace(note, spans=tuple(replace(s, **changes) if s.id == old else s for s in note.spans))  # type: ignore[arg-type]


def swaps(read: Dispatch) -> tuple[int, int, float]:
    figures = swap_figures([gold()], [read], Sampling.none(1))
    return figures["right"], figures["swapped"], figures["rate"]


def test_a_number_is_right_by_what_its_words_mean() -> None:
    figure = gold().span_by_id["c1"]
    assert number_counts(gold(), gold(), SCHEMA) == {"killed": Counts(1), "injured": Counts(1)}
    shorter = with_span("c1", end=figure.start + len("at least five"))
    assert number_counts(gold(), shorter, SCHEMA)["killed"] == Counts(1)
    bare = with_span("c1", start=figure.start + len("at least five "), end=figure.end)
    assert number_counts(gold(), bare, SCHEMA)["killed"] == Counts(0, 1, 1)


def test_a_number_under_another_outcome_is_spurious_there_and_missed_here() -> None:
    read = with_span("c2", attributes={"outcome": "captured"})
    assert number_counts(gold(), read, SCHEMA) == {
        "killed": Counts(1),
        "injured": Counts(missed=1),
        "captured": Counts(spurious=1),
    }


def test_gold_read_as_gold_is_wholly_right() -> None:
    notes = [gold(), *corpus()]
    notes = [replace(each, id=f"n{at}") for at, each in enumerate(notes)]
    figures = incident_figures(notes, notes, SCHEMA, Sampling.of(notes, 20, 13))
    for row in (
        figures["incidents"]["core"],
        figures["incidents"]["whole"],
        figures["events"]["found"],
        figures["casualties"]["number"]["micro"],
        figures["casualties"]["number_and_event"]["micro"],
    ):
        assert (row["f1"], row["low"], row["high"]) == (100.0, 100.0, 100.0)
        assert row["gold"] > 5
    for share in (figures["events"]["recall"], *figures["incidents"]["parts"].values()):
        assert share["share"] == 100.0


def test_an_incident_with_another_place_is_found_but_neither_right_nor_at_the_core() -> None:
    place = gold().span_by_id["l1"]
    read = with_span("l1", start=place.start + 1)
    figures = incident_figures([gold()], [read], SCHEMA, Sampling.none(1))
    assert figures["events"]["found"]["right"] == 1
    assert figures["incidents"]["parts"]["place"] == {"share": 0.0, "right": 0, "of": 1}
    assert figures["incidents"]["parts"]["days"]["share"] == 100.0
    for how in ("core", "whole"):
        row = figures["incidents"][how]
        assert (row["right"], row["spurious"], row["missed"]) == (0, 1, 1)
        assert figures["incidents"]["dispatches"][how] == {"share": 0.0, "right": 0, "of": 1}


def test_an_actor_in_the_role_of_the_other_side_is_swapped() -> None:
    assert swaps(gold()) == (2, 0, 0.0)
    assert swaps(with_relations(("target", "a1", "p1"), ("target", "a1", "p2"))) == (1, 1, 50.0)
    assert swaps(with_relations(("target", "a1", "p1"))) == (0, 1, 100.0)


def test_a_role_at_another_mention_of_the_event_counts_for_the_event() -> None:
    assert swaps(with_relations(("target", "a2", "p1"), ("target", "a2", "p2"))) == (1, 1, 50.0)


def test_an_actor_that_is_not_read_in_either_role_or_in_both_is_not_swapped() -> None:
    assert swaps(with_relations()) == (0, 0, 0.0)
    assert swaps(with_relations(("target", "a1", "p1"), ("perpetrator", "a1", "p1"))) == (1, 0, 0.0)
    moved = with_span("p1", start=0, end=3)
    assert swaps(moved) == (2, 0, 0.0)  # it overlaps the gold actor still
    assert swaps(replace(gold(), spans=(Span("x", "ACTOR", 0, 6),), relations=())) == (0, 0, 0.0)


def test_the_rate_of_a_careless_reading_has_an_interval() -> None:
    notes = corpus()
    figures = swap_figures(notes, disturbed(notes), Sampling.of(notes, 200, 13))
    assert 0 < figures["low"] < figures["rate"] < figures["high"] < 40
