import csv
import io
import json
from pathlib import Path

import pytest
from dateline_incidents.incident_choices import Rule
from dateline_incidents.incidents import ROLES, can_assemble, incidents
from dateline_incidents.records import records
from dateline_incidents.rules import decide
from dateline_labels import Dispatch, Relation, Schema, Span, SpanType, read_dispatches
from dateline_labels.main import main

ROOT = Path(__file__).resolve().parents[2]
TEXT = (
    "Rebels stormed Gao town in Mali on Monday. The army said five soldiers died in the raid; "
    "the rebels claimed 20. A bomb hit Kidal."
)
LABELS = {"a": "ATTACK", "l": "LOCATION", "p": "ACTOR", "c": "CASUALTY", "t": "TIME"}


def span(span_id: str, words: str, nth: int = 0, **attributes: str) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(span_id, LABELS[span_id[0]], start, start + len(words), attributes, 0.5 + nth / 10)


SPANS = (
    span("a1", "stormed", kind="armed_assault", status="occurred"),
    span("a2", "raid", kind="other", status="occurred"),
    span("a3", "hit", kind="bombing", status="occurred"),
    span("l1", "Gao town"),
    span("l2", "Mali"),
    span("l3", "Kidal"),
    span("p1", "Rebels"),
    span("p2", "army"),
    span("p3", "rebels"),
    span("c1", "five soldiers", outcome="killed"),
    span("c2", "20", outcome="killed"),
    span("t1", "Monday"),
)
RELATIONS = [
    "a1 perpetrator p1",
    "a1 target l1",
    "a1 place l1",
    "a1 place l2",
    "a1 time t1",
    "l1 within l2",
    "a2 same_event a1",
    "a2 perpetrator p3",
    "a2 casualty c1",
    "a2 casualty c2",
    "c1 source p2",
    "c1 side p2",
    "c2 source p3",
    "a3 place l3",
]


def dispatch(relations: list[str], spans: tuple[Span, ...] = SPANS) -> Dispatch:
    parts = [line.split() for line in relations]
    return Dispatch(
        "d", TEXT, "2019-03-14", {}, spans, tuple(Relation(label, head, tail) for head, label, tail in parts)
    )


def test_mentions_of_one_event_are_one_incident_with_the_arguments_of_all() -> None:
    raid, bomb = incidents(dispatch(RELATIONS))
    assert [trigger.words for trigger in raid.triggers] == ["stormed", "raid"]
    assert (raid.number, raid.published, raid.status) == (1, "2019-03-14", "occurred")
    assert raid.kind == "armed_assault"  # the vague kind of the second mention gives way
    assert [mention.words for mention in raid.perpetrators] == ["Rebels"]  # the same name twice is one
    assert [mention.words for mention in raid.targets] == ["Gao town"]
    assert [mention.words for mention in raid.times] == ["Monday"]
    assert ([place.place.words for place in bomb.places], bomb.kind, bomb.number) == (["Kidal"], "bombing", 2)
    assert bomb.casualties == ()


def test_a_place_that_another_lies_in_is_told_as_such_alone() -> None:
    raid = incidents(dispatch(RELATIONS))[0]
    (place,) = raid.places
    assert place.place.words == "Gao town"
    assert [outer.words for outer in place.within] == ["Mali"]


def test_rival_figures_stand_side_by_side_with_their_sources_and_offsets() -> None:
    raid = incidents(dispatch(RELATIONS))[0]
    told = [
        (figure.figure.words, figure.outcome, [source.words for source in figure.sources], len(figure.sides))
        for figure in raid.casualties
    ]
    assert told == [("five soldiers", "killed", ["army"], 1), ("20", "killed", ["rebels"], 0)]
    for figure in raid.casualties:
        assert TEXT[figure.figure.start : figure.figure.end] == figure.figure.words


def test_a_later_mention_of_a_place_lies_where_the_text_said_before() -> None:
    twice = "Gao in Mali burned. Gao was shelled."
    marked = (
        Span("l1", "LOCATION", 0, 3),
        Span("l2", "LOCATION", 7, 11),
        Span("l3", "LOCATION", 20, 23),
        Span("a1", "ATTACK", 28, 35),
    )
    ties = (Relation("within", "l1", "l2"), Relation("place", "a1", "l3"))
    (place,) = incidents(Dispatch("d", twice, spans=marked, relations=ties))[0].places
    assert (place.place.start, [outer.words for outer in place.within]) == (20, ["Mali"])


def test_wider_places_come_after_narrower_ones_whatever_the_order() -> None:
    spans = (SPANS[2], *SPANS[3:6])
    chain = ["a3 place l3", "l3 within l2", "l3 within l1", "l1 within l2"]
    (place,) = incidents(dispatch(chain, spans))[0].places
    assert [outer.words for outer in place.within] == ["Gao town", "Mali"]


@pytest.mark.parametrize(
    "ties",
    [
        ["a2 same_event a1", "a3 same_event a2"],
        ["a3 same_event a1", "a2 same_event a1"],
        ["a1 same_event a2", "a2 same_event a3"],
        ["a2 same_event a1", "a1 same_event a2", "a3 same_event a2", "a1 same_event a3"],
    ],
)
def test_ties_make_one_event_in_any_order_and_even_in_circles(ties: list[str]) -> None:
    (event,) = incidents(dispatch(ties))
    assert [trigger.words for trigger in event.triggers] == ["stormed", "raid", "hit"]


def test_places_that_lie_in_each_other_end_the_chain() -> None:
    (place, *_) = incidents(dispatch(["a3 place l3", "l3 within l2", "l2 within l3"]))[2].places
    assert [outer.words for outer in place.within] == ["Mali"]


def test_an_event_without_arguments_is_kept() -> None:
    found = incidents(dispatch([]))
    assert [incident.kind for incident in found] == ["armed_assault", "other", "bombing"]
    assert all(not incident.places for incident in found)


def test_a_dispatch_without_an_attack_has_no_incident() -> None:
    assert incidents(Dispatch("d", TEXT, spans=SPANS[3:])) == []


@pytest.mark.parametrize("folder", ["iraq", "roundups", "world_negative"])
def test_every_attack_of_the_corpus_is_in_one_incident_and_every_figure_in_its_own(folder: str) -> None:
    schema = Schema.read(ROOT / "labels" / "schema.toml")
    for gold in read_dispatches([ROOT / "labels" / "corpus" / folder], schema):
        found = incidents(gold)
        triggers = [(trigger.start, trigger.end) for incident in found for trigger in incident.triggers]
        assert sorted(triggers) == sorted((s.start, s.end) for s in gold.spans if s.label == "ATTACK")
        assert len(triggers) == len(set(triggers))
        figures = {(f.figure.start, f.figure.end) for incident in found for f in incident.casualties}
        tied = {relation.tail for relation in gold.relations if relation.label == "casualty"}
        assert figures == {(gold.span_by_id[tail].start, gold.span_by_id[tail].end) for tail in tied}


def test_another_schema_has_no_incidents() -> None:
    assert can_assemble(Schema.read(ROOT / "labels" / "schema.toml"))
    assert not can_assemble(Schema("other", "1", {"PERSON": SpanType()}))
    assert ROLES.trigger == "ATTACK"


def test_the_command_writes_both_tables(tmp_path: Path, tiny_bundle: Path, corpus_sample: Path) -> None:
    dispatches = read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml"))
    source = tmp_path / "x.jsonl"
    lines = [json.dumps({"id": each.id, "text": each.text}) + "\n" for each in dispatches[:6]]
    source.write_text("".join(lines), encoding="utf-8")
    for name in ("table.csv", "table.jsonl"):
        out = ["--out", str(tmp_path / "read.jsonl"), "--incidents", str(tmp_path / name)]
        assert main(["extract", str(tiny_bundle), str(source), *out]) == 0
    in_csv = list(csv.DictReader(io.StringIO((tmp_path / "table.csv").read_text(encoding="utf-8"))))
    in_json = [json.loads(line) for line in (tmp_path / "table.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["incident"] for row in in_csv] == [row["incident"] for row in in_json]
    claims = [json.loads(line) for line in (tmp_path / "table.claims.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {claim["incident"] for claim in claims} <= {row["incident"] for row in in_json}
    assert len(in_csv) >= 4


def test_a_table_of_another_kind_is_refused_before_anything_is_read(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tiny_bundle), "nothing.txt", "--incidents", str(tmp_path / "x.xlsx")]) == 2
    assert "expected a file ending in .csv, .jsonl, .parquet" in capsys.readouterr().err


def test_a_figure_of_white_space_alone_is_a_claim_like_any_other() -> None:
    spans = (
        Span("a1", "ATTACK", 7, 13, {"kind": "killing", "status": "occurred"}),
        Span("c1", "CASUALTY", 14, 19, {"outcome": "killed"}),
        Span("c2", "CASUALTY", 20, 22, {"outcome": "killed"}),
    )
    ties = tuple(Relation("casualty", "a1", span.id) for span in spans[1:])
    ((incident,), claims) = records(Dispatch("d", "Gunmen killed a man,   in Gao.", None, {}, spans, ties))
    assert [claim.figure for claim in claims] == ["a man", "  "]
    assert decide([incident], claims, "killed", Rule.HIGHEST).number is not None
