"""The schema: read from TOML, checked, kept as JSON, and every way in which a dispatch can break it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dateline_labels import Dispatch, InputError, Relation, RelationType, Schema, Span, SpanType

SHIPPED = Path(__file__).parents[2] / "labels" / "schema.toml"
TEXT = "Gunmen killed four near Dadaab on Friday."

SMALL = """\
name = "small"
version = "2"

[spans.EVENT]
description = "What happened."
attributes.mood = ["calm", "angry"]

[spans.PLACE]

[relations.at]
head = ["EVENT"]
tail = ["PLACE"]
description = "Where."
"""


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    return Schema.read(file)


@pytest.fixture(scope="module")
def shipped() -> Schema:
    return Schema.read(SHIPPED)


def problems(schema: Schema, *spans: Span, relations: tuple[Relation, ...] = ()) -> list[tuple[str, str]]:
    return list(schema.problems(Dispatch("d", TEXT, spans=spans, relations=relations)))


def test_toml_is_read_as_it_stands(schema: Schema) -> None:
    assert schema == Schema(
        name="small",
        version="2",
        spans={"EVENT": SpanType("What happened.", {"mood": ("calm", "angry")}), "PLACE": SpanType()},
        relations={"at": RelationType(("EVENT",), ("PLACE",), "Where.")},
    )


def test_labels_keep_the_order_of_the_file(schema: Schema, shipped: Schema) -> None:
    assert schema.span_labels == ("EVENT", "PLACE")
    assert schema.attributes == (("EVENT", "mood", ("calm", "angry")),)
    headers = [line.strip("[]") for line in SHIPPED.read_text(encoding="utf-8").splitlines() if line.startswith("[")]
    named = [f"spans.{label}" for label in shipped.span_labels] + [f"relations.{name}" for name in shipped.relations]
    assert named == headers
    assert shipped.relation_labels == tuple(shipped.relations)


def test_the_shipped_schema_has_what_the_guidelines_describe(shipped: Schema) -> None:
    assert (shipped.name, shipped.version) == ("dispatch", "1.0")
    assert shipped.span_labels == ("ATTACK", "LOCATION", "ACTOR", "CASUALTY", "TIME")
    assert [(label, name, len(values)) for label, name, values in shipped.attributes] == [
        ("ATTACK", "kind", 10),
        ("ATTACK", "status", 3),
        ("CASUALTY", "outcome", 5),
    ]


def test_relations_may_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "spans.toml"
    file.write_text('name = "x"\nversion = "1"\nspans.A = {}\n', encoding="utf-8")
    assert Schema.read(file) == Schema("x", "1", {"A": SpanType()})


@pytest.mark.parametrize("path", [SHIPPED, None])
def test_a_schema_survives_plain_json(path: Path | None, schema: Schema) -> None:
    original = Schema.read(path) if path else schema
    again = Schema.from_dict(json.loads(json.dumps(original.to_dict())))
    assert again == original
    assert again.span_labels == original.span_labels
    assert again.relation_labels == original.relation_labels
    assert again.attributes == original.attributes


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.update(name=5),
        lambda plain: plain.update(version=None),
        lambda plain: plain.update(language="en"),
        lambda plain: plain.pop("name"),
        lambda plain: plain.pop("spans"),
        lambda plain: plain.pop("relations"),
        lambda plain: plain.update(spans=[]),
        lambda plain: plain.update(spans={"EVENT": {}}),
        lambda plain: plain.update(spans=[1]),
        lambda plain: plain["spans"].pop(1),
        lambda plain: plain["spans"].append(plain["spans"][0]),
        lambda plain: plain["spans"][0].update(colour="red"),
        lambda plain: plain["spans"][0].pop("label"),
        lambda plain: plain["spans"][0].update(label=5),
        lambda plain: plain["spans"][0].update(label="two words"),
        lambda plain: plain["spans"][0]["attributes"].append(plain["spans"][0]["attributes"][0]),
        lambda plain: plain["spans"][0]["attributes"][0].update(values=["calm"]),
        lambda plain: plain["spans"][0]["attributes"][0].update(values="calm"),
        lambda plain: plain["relations"].append(plain["relations"][0]),
        lambda plain: plain["relations"][0].pop("tail"),
        lambda plain: plain["relations"][0].update(tail=[]),
        lambda plain: plain["relations"][0].update(tail=["TIME"]),
        lambda plain: plain["relations"][0].update(symmetric=True),
    ],
)
def test_faulty_plain_data_is_refused(change: Callable[[dict[str, Any]], object], schema: Schema) -> None:
    plain = schema.to_dict()
    change(plain)
    with pytest.raises((KeyError, TypeError, ValueError)):
        Schema.from_dict(plain)


@pytest.mark.parametrize("names", [["two words"], [""], ["-a"], ["a\n"], ["a=b"], ["a)"], ["calm", "calm"], []])
def test_values_are_at_least_two_different_words(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"expected a name|names a value twice|needs at least two values"):
        SpanType(attributes={"mood": ("calm", *names)} if names else {"mood": ("calm",)})


def test_labels_may_be_in_any_script() -> None:
    schema = Schema("x", "1", {"حدث": SpanType(), "事件-1": SpanType()}, {"où": RelationType(("حدث",), ("事件-1",))})
    assert schema.span_labels == ("حدث", "事件-1")


def test_a_clean_dispatch_has_no_problem(shipped: Schema) -> None:
    killed = Span("a1", "ATTACK", 7, 13, {"kind": "killing", "status": "occurred"})
    four = Span("c1", "CASUALTY", 14, 18, {"outcome": "killed"})
    assert problems(shipped, killed, four, relations=(Relation("casualty", "a1", "c1"),)) == []


def test_spans_that_touch_are_no_problem(schema: Schema) -> None:
    assert problems(schema, Span("a", "PLACE", 0, 6), Span("b", "PLACE", 6, 9)) == []


def test_an_unknown_label_is_a_problem(schema: Schema) -> None:
    found = problems(schema, Span("a", "PLACE", 0, 1), Span("b", "TIME", 2, 3, {"x": "y"}))
    assert found == [("spans[1].label", "unknown label TIME, expected one of EVENT, PLACE")]


def test_an_attribute_of_no_such_name_is_a_problem(schema: Schema) -> None:
    found = problems(schema, Span("a", "PLACE", 0, 1, {"mood": "calm"}))
    assert found == [("spans[0].attributes.mood", "PLACE has no attribute mood")]


def test_a_missing_attribute_is_a_problem(schema: Schema) -> None:
    assert problems(schema, Span("a", "EVENT", 0, 1)) == [
        ("spans[0].attributes.mood", "EVENT needs the attribute mood")
    ]


def test_a_value_that_is_not_offered_is_a_problem(schema: Schema) -> None:
    found = problems(schema, Span("a", "EVENT", 0, 1, {"mood": "Calm"}))
    assert found == [("spans[0].attributes.mood", "expected one of calm, angry, got Calm")]


@pytest.mark.parametrize(("start", "end"), [(0, 6), (1, 3), (0, 3), (3, 6), (5, 9), (0, 9)])
def test_spans_that_share_a_character_are_a_problem(start: int, end: int, schema: Schema) -> None:
    (first,) = problems(schema, Span("a", "PLACE", 0, 6), Span("b", "PLACE", start, end))
    assert first in [
        ("spans[1]", "overlaps the span a; spans never overlap"),
        ("spans[0]", "overlaps the span b; spans never overlap"),
    ]


def test_overlap_is_found_in_any_order_of_the_spans(schema: Schema) -> None:
    spans = [Span("c", "PLACE", 20, 24), Span("b", "PLACE", 4, 9), Span("a", "PLACE", 0, 5)]
    assert problems(schema, *spans) == [("spans[1]", "overlaps the span a; spans never overlap")]


@pytest.mark.parametrize(
    ("label", "what"),
    [("near", "unknown relation near, expected one of at"), ("AT", "unknown relation AT, expected one of at")],
)
def test_an_unknown_relation_is_a_problem(label: str, what: str, schema: Schema) -> None:
    event, place = Span("e", "EVENT", 0, 1, {"mood": "calm"}), Span("p", "PLACE", 2, 3)
    legal, unknown = Relation("at", "e", "p"), Relation(label, "e", "p")
    assert problems(schema, event, place, relations=(legal, unknown)) == [("relations[1]", what)]


def test_every_problem_is_reported(schema: Schema) -> None:
    found = problems(
        schema,
        Span("a", "EVENT", 0, 6, {"mood": "x", "colour": "y"}),
        Span("b", "TIME", 3, 4),
        Span("c", "PLACE", 8, 9),
        relations=(Relation("at", "c", "a"), Relation("in", "a", "c")),
    )
    assert [field for field, _ in found] == [
        "spans[0].attributes.mood",
        "spans[0].attributes.colour",
        "spans[1].label",
        "relations[0]",
        "relations[1]",
        "spans[1]",
    ]


LEGAL = {
    "perpetrator": ["ATTACK ACTOR"],
    "target": ["ATTACK ACTOR", "ATTACK LOCATION"],
    "place": ["ATTACK LOCATION"],
    "time": ["ATTACK TIME"],
    "casualty": ["ATTACK CASUALTY"],
    "side": ["CASUALTY ACTOR"],
    "source": ["ATTACK ACTOR", "CASUALTY ACTOR"],
    "within": ["LOCATION LOCATION"],
    "same_event": ["ATTACK ATTACK"],
}


@pytest.mark.parametrize("label", LEGAL)
def test_a_relation_goes_between_the_labels_of_the_guidelines_and_no_others(label: str, shipped: Schema) -> None:
    labels = shipped.span_labels
    legal = [f"{head} {tail}" for head in labels for tail in labels if not shipped.relation_problem(label, head, tail)]
    assert sorted(legal) == LEGAL[label]


def test_every_relation_of_the_shipped_schema_is_in_that_table(shipped: Schema) -> None:
    assert list(LEGAL) == list(shipped.relation_labels)


def test_an_illegal_relation_is_told_with_its_wrong_end(shipped: Schema) -> None:
    assert shipped.relation_problem("side", "ATTACK", "ACTOR") == "side leaves from CASUALTY, got ATTACK"
    assert shipped.relation_problem("target", "ATTACK", "TIME") == "target leads to ACTOR or LOCATION, got TIME"
    known = "perpetrator, target, place, time, casualty, side, source, within, same_event"
    assert shipped.relation_problem("near", "ATTACK", "TIME") == f"unknown relation near, expected one of {known}"
    assert shipped.relation_problem("source", "TIME", "ACTOR") == "source leaves from ATTACK or CASUALTY, got TIME"


def test_what_is_said_of_a_label_is_nothing_unless_it_is_written() -> None:
    assert (SpanType().description, SpanType().attributes) == ("", {})
    assert RelationType(("A",), ("A",)).description == ""


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ('version = "2"', "version = 2", 2, "version"),
        ('version = "2"', 'version = "2"\nlicence = "x"', 3, "licence"),
        ('version = "2"', 'version = "2', 2, "toml"),
        ('description = "What happened."', "description = 1", 5, "spans.EVENT.description"),
        ('["calm", "angry"]', '["calm"]', 6, "spans.EVENT.attributes.mood"),
        ('["calm", "angry"]', '["calm", 3]', 6, "spans.EVENT.attributes.mood.1"),
        ("attributes.mood", "attributes . mood = []\nattributes.mode", 6, "spans.EVENT.attributes.mood"),
        ("[spans.PLACE]", "[ spans . 'PLACE' ]  # where\ncolour = 1", 9, "spans.PLACE.colour"),
        ("[spans.PLACE]", "[spans.PLACE", 8, "toml"),
        ('tail = ["PLACE"]\n', "", 10, "relations.at.tail"),
        ('head = ["EVENT"]', 'head = ["EVENTS"]', 11, "relations.at.head"),
        ('tail = ["PLACE"]', 'tail = ["PLACES"]', 12, "relations.at.tail"),
        ("[spans.PLACE]", '[spans."a place"]', 8, "spans.a place"),
        ('["calm", "angry"]', '["calm", "calm"]', 6, "spans.EVENT.attributes.mood"),
        ('["calm", "angry"]', '["calm", "so so"]', 6, "spans.EVENT.attributes.mood"),
        ('tail = ["PLACE"]', "tail = []", 10, "relations.at"),
        ('tail = ["PLACE"]', 'tail = "PLACE"', 12, "relations.at.tail"),
        ("[relations.at]", '[relations."a t"]', 10, "relations.a t"),
        ('name = "small"\n', "", 0, "name"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_line_and_field(
    old: str, new: str, line: int, field: str, tmp_path: Path
) -> None:
    assert SMALL.count(old) == 1
    file = tmp_path / "faulty.toml"
    file.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Schema.read(file)
    assert (caught.value.place.line, caught.value.field) == (line, field)
    assert str(caught.value).startswith(f"{file}:{line}:{field}: ")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Schema.read(tmp_path / "none.toml")
