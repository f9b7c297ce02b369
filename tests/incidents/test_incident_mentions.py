"""Which mentions an incident is made of, in which order, and which of them are one."""

from itertools import permutations
from pathlib import Path

import pytest
from dateline_incidents.incidents import Incident, incidents
from dateline_labels import Dispatch, Place, Relation, Schema, Span, markup, read_dispatches
from table_network import SCHEMA

CORPUS = Path(__file__).resolve().parents[2] / "labels" / "corpus"


def told(marked: str, *relations: str) -> list[Incident]:
    """The incidents of a text in the inline markup with one relation a line."""
    return incidents(
        markup.read(
            f"id: x\npublished: 2019-03-14\n\n{marked}\n---\n" + "\n".join(relations) + "\n", Place("x"), SCHEMA
        )
    )


def attack(words: str, number: int, kind: str = "killing", status: str = "occurred") -> str:
    return f"[{words}](ATTACK a{number} kind={kind} status={status})"


def name(words: str) -> str:
    return " ".join(words.split()).casefold()


def test_names_stand_in_the_order_of_their_first_mention() -> None:
    (incident,) = told(
        f"{attack('Raid', 1)} by [Azawad](ACTOR p1), [Boko](ACTOR p2), [azawad](ACTOR p3), [Cisse](ACTOR p4), "
        "[BOKO](ACTOR p5)",
        *(f"a1 perpetrator p{number}" for number in range(1, 6)),
    )
    assert [(each.words, each.start) for each in incident.perpetrators] == [("Azawad", 8), ("Boko", 16), ("Cisse", 30)]


def test_a_name_broken_over_lines_is_the_same_name() -> None:
    (incident,) = told(
        f"{attack('Raid', 1)} by [Ansar\nDine](ACTOR p1), [Ansar Dine](ACTOR p2)",
        "a1 perpetrator p1",
        "a1 perpetrator p2",
    )
    assert [each.words for each in incident.perpetrators] == ["Ansar\nDine"]


PLACES: list[tuple[str, str, list[str], list[tuple[str, list[str]]]]] = [
    ("the_same_words", "[Gao](LOCATION l1) [gao](LOCATION l2)", ["a1 place l1", "a2 place l2"], [("Gao", [])]),
    (
        "the_later_mention_says_more",
        "[Gao](LOCATION l1) [Gao](LOCATION l2) [Mali](LOCATION l3)",
        ["a1 place l1", "a2 place l2", "l2 within l3"],
        [("Gao", ["Mali"])],
    ),
    (
        "the_earlier_mention_says_more",
        "[Gao](LOCATION l1) [Mali](LOCATION l3) [Gao](LOCATION l2)",
        ["a1 place l1", "a2 place l2", "l1 within l3"],
        [("Gao", ["Mali"])],
    ),
    (
        "one_name_in_two_countries",
        "[Aden](LOCATION l1) [Yemen](LOCATION l2) [Aden](LOCATION l3) [Canada](LOCATION l4)",
        ["a1 place l1", "a2 place l3", "l1 within l2", "l3 within l4"],
        [("Aden", ["Yemen"]), ("Aden", ["Canada"])],
    ),
    (
        "one_place_told_twice_by_one_mention",
        "[market](LOCATION l1) [Gao](LOCATION l2) [Mali](LOCATION l3)",
        ["a1 place l1", "a1 place l2", "a2 place l2", "a2 place l3", "l1 within l2", "l2 within l3"],
        [("market", ["Gao", "Mali"])],
    ),
    (
        "two_places_in_one",
        "[Gao](LOCATION l1) [Kidal](LOCATION l2) [Mali](LOCATION l3)",
        ["a1 place l1", "a1 place l2", "a2 place l3", "l1 within l3", "l2 within l3"],
        [("Gao", ["Mali"]), ("Kidal", ["Mali"])],
    ),
    (
        "a_circle",
        "[Gao](LOCATION l1) [Mali](LOCATION l2)",
        ["a1 place l1", "a2 place l2", "l1 within l2", "l2 within l1"],
        [("Gao", ["Mali"]), ("Mali", ["Gao"])],
    ),
    (
        "a_chain_of_four",
        "[world](LOCATION l4) [Mali](LOCATION l3) [Gao](LOCATION l2) [market](LOCATION l1)",
        ["a1 place l1", "l3 within l4", "l2 within l3", "l1 within l2"],
        [("market", ["Gao", "Mali", "world"])],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "relations", "places"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_a_place_is_told_once_by_what_says_most_of_it(
    words: str, relations: list[str], places: list[tuple[str, list[str]]]
) -> None:
    marked = f"{attack('Raid', 1)} {attack('raid', 2)} {words}"
    (incident,) = told(marked, "a2 same_event a1", *relations)
    assert [(each.place.words, [outer.words for outer in each.within]) for each in incident.places] == places


def test_a_chain_of_ties_is_one_event_whatever_their_order_and_direction() -> None:
    ties = ["a1 same_event a3", "a4 same_event a3", "a2 same_event a4"]
    marked = " ".join(attack(f"raid{number}", number) for number in range(1, 6))
    for order in permutations(ties):
        first, second = told(marked, *order)
        assert [each.words for each in first.triggers] == ["raid1", "raid2", "raid3", "raid4"]
        assert ([each.words for each in second.triggers], second.number) == (["raid5"], 2)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["other", "bombing"], "bombing"),
        (["other", "other", "bombing"], "bombing"),
        (["other", "other"], "other"),
        (["killing", "bombing", "bombing"], "bombing"),
        (["killing", "bombing"], "killing"),
        (["other", "killing", "bombing", "other", "other"], "killing"),
    ],
)
def test_the_kind_is_that_of_most_mentions_and_a_vague_one_gives_way(kinds: list[str], expected: str) -> None:
    marked = " ".join(attack(f"raid{number}", number, kind) for number, kind in enumerate(kinds))
    (incident,) = told(marked, *(f"a{number} same_event a0" for number in range(1, len(kinds))))
    assert incident.kind == expected


def test_figures_of_one_event_stand_side_by_side_each_with_its_own_sides_and_sources() -> None:
    (incident,) = told(
        f"{attack('Raid', 1)}: [ten soldiers](CASUALTY c1 outcome=killed), [30](CASUALTY c2 outcome=killed), "
        "[30](CASUALTY c3 outcome=injured), [army](ACTOR p1), [rebels](ACTOR p2), [BBC](ACTOR p3)",
        *("a1 casualty c1", "a1 casualty c2", "a1 casualty c3", "a1 source p3"),
        *("c1 source p1", "c1 side p1", "c2 source p2", "c2 source p3"),
    )
    assert [
        (
            each.figure.words,
            each.outcome,
            [side.words for side in each.sides],
            [source.words for source in each.sources],
        )
        for each in incident.casualties
    ] == [
        ("ten soldiers", "killed", ["army"], ["army"]),
        ("30", "killed", [], ["rebels", "BBC"]),
        ("30", "injured", [], []),
    ]
    assert [each.words for each in incident.sources] == ["BBC"]


def test_the_score_is_the_least_of_the_triggers_and_figures() -> None:
    spans = (
        Span("a1", "ATTACK", 0, 4, {"kind": "killing", "status": "occurred"}, 0.9),
        Span("c1", "CASUALTY", 5, 8, {"outcome": "killed"}, 0.4),
        Span("p1", "ACTOR", 9, 12, {}, 0.1),
    )
    ties = (Relation("casualty", "a1", "c1", 0.2), Relation("perpetrator", "a1", "p1", 0.3))
    (incident,) = incidents(Dispatch("x", "raid ten men", None, {}, spans, ties))
    assert (incident.score, incident.casualties[0].score) == (0.4, 0.4)


def test_a_schema_that_ties_more_than_attacks_makes_no_incident_of_them() -> None:
    plain = SCHEMA.to_dict()
    tied = next(relation for relation in plain["relations"] if relation["label"] == "same_event")
    tied["head"] = tied["tail"] = ["ATTACK", "LOCATION"]
    schema = Schema.from_dict(plain)
    spans = (
        Span("a1", "ATTACK", 0, 4, {"kind": "killing", "status": "occurred"}),
        Span("l1", "LOCATION", 5, 8),
        Span("l2", "LOCATION", 9, 12),
    )
    ties = (Relation("same_event", "l1", "l2"), Relation("same_event", "a1", "l1"), Relation("same_event", "l2", "a1"))
    dispatch = Dispatch("x", "raid Gao Gao", None, {}, spans, ties)
    assert list(schema.problems(dispatch)) == []
    assert [[each.words for each in incident.triggers] for incident in incidents(dispatch)] == [["raid"]]


@pytest.mark.parametrize("folder", ["militancy_notes", "long_features", "sahel"])
def test_every_argument_of_the_corpus_is_in_an_incident_with_its_own_words(folder: str) -> None:
    for gold in read_dispatches([CORPUS / folder], SCHEMA):
        found = incidents(gold)
        assert [incident.number for incident in found] == list(range(1, len(found) + 1))
        firsts = [incident.triggers[0].start for incident in found]
        assert firsts == sorted(firsts)
        mentions = [each for incident in found for each in (*incident.triggers, *incident.times, *incident.targets)]
        assert all(gold.text[each.start : each.end] == each.words for each in mentions)
        for relation, told_names in (
            ("perpetrator", {name(each.words) for incident in found for each in incident.perpetrators}),
            ("place", {name(e.words) for i in found for each in i.places for e in (each.place, *each.within)}),
        ):
            tails = {each.tail for each in gold.relations if each.label == relation}
            assert {name(gold.words(gold.span_by_id[tail])) for tail in tails} <= told_names, gold.id
