"""What an audit counts in a dispatch: spans, relations, incidents, figures and people, and how many are right."""

from dataclasses import replace
from pathlib import Path

from dateline_audit.counts import HARM, Read, count_read, count_right, names, people_names
from dateline_incidents.records import records
from dateline_incidents.rules import Rule
from dateline_labels import Dispatch, Relation, Schema, Span

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
TEXT = (
    "Gunmen raided Tarn on Monday, killing four traders, police said; a doctor said nine. In Orlu a mortar wounded two."
)


def span(name: str, label: str, words: str, **attributes: str) -> Span:
    start = TEXT.index(words)
    return Span(name, label, start, start + len(words), attributes)


GOLD = Dispatch(
    "d1",
    TEXT,
    "2021-05-04",
    spans=(
        span("a1", "ATTACK", "raided", kind="armed_assault", status="occurred"),
        span("l1", "LOCATION", "Tarn"),
        span("c1", "CASUALTY", "four traders", outcome="killed"),
        span("p1", "ACTOR", "police"),
        span("p2", "ACTOR", "a doctor"),
        span("c2", "CASUALTY", "nine", outcome="killed"),
        span("a2", "ATTACK", "mortar", kind="shelling", status="occurred"),
        span("c3", "CASUALTY", "two", outcome="injured"),
    ),
    relations=(
        Relation("place", "a1", "l1"),
        Relation("casualty", "a1", "c1"),
        Relation("casualty", "a1", "c2"),
        Relation("source", "c1", "p1"),
        Relation("source", "c2", "p2"),
        Relation("casualty", "a2", "c3"),
    ),
)


def read(dispatch: Dispatch) -> Read:
    return Read(dispatch, *records(dispatch))


def without(*ids: str) -> Dispatch:
    spans = tuple(each for each in GOLD.spans if each.id not in ids)
    return replace(
        GOLD, spans=spans, relations=tuple(each for each in GOLD.relations if not {each.head, each.tail} & set(ids))
    )


def test_everything_is_counted_under_its_name() -> None:
    found = count_read(read(GOLD), Rule.CONSERVATIVE)
    assert {name: found[name] for name in names(SCHEMA, True) if found[name]} == {
        "spans.exact.micro": 8,
        "spans.overlapping.micro": 8,
        "spans.exact.ATTACK": 2,
        "spans.exact.LOCATION": 1,
        "spans.exact.CASUALTY": 3,
        "spans.exact.ACTOR": 2,
        "relations.strict.micro": 6,
        "relations.overlapping.micro": 6,
        "relations.strict.place": 1,
        "relations.strict.casualty": 3,
        "relations.strict.source": 2,
        "incidents": 2,
        "figures.killed": 2,
        "figures.injured": 1,
    }


def test_rival_accounts_are_one_number_of_people_under_the_rule() -> None:
    people = {rule: count_read(read(GOLD), rule) for rule in (Rule.CONSERVATIVE, Rule.HIGHEST)}
    assert [people[rule]["people.killed"] for rule in people] == [4, 9]
    assert all(each["people.injured"] == 2 for each in people.values())
    assert people_names(True) == [f"people.{outcome}" for outcome in HARM]


def test_everything_is_right_of_the_same_reading_and_no_more_of_any() -> None:
    gold = read(GOLD)
    right = count_right(gold, gold, SCHEMA)
    assert {name: right[name] for name in names(SCHEMA, True)} == {
        name: count_read(gold, Rule.CONSERVATIVE)[name] for name in names(SCHEMA, True)
    }
    less = read(without("a2", "c1"))
    right, there = count_right(gold, less, SCHEMA), count_read(less, Rule.CONSERVATIVE)
    assert (right["incidents"], right["figures.killed"], right["figures.injured"]) == (1, 1, 0)
    assert all(right[name] <= there[name] for name in names(SCHEMA, True))
    assert there["people.injured"] == 0


def test_other_borders_are_right_where_overlapping_counts() -> None:
    moved = tuple(replace(each, end=each.end - 1) if each.id == "l1" else each for each in GOLD.spans)
    right = count_right(read(GOLD), read(replace(GOLD, spans=moved)), SCHEMA)
    assert (right["spans.exact.micro"], right["spans.overlapping.micro"]) == (7, 8)
    assert (right["relations.strict.micro"], right["relations.overlapping.micro"]) == (5, 6)


def test_without_incidents_there_are_no_names_of_theirs() -> None:
    assert "incidents" not in names(SCHEMA, False)
    assert people_names(False) == []
