"""Every kind of disagreement is found where it stands, once; nothing is where both say the same."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from annotators_of_notes import ACT, FULL, PLACE, TEXT, WHO, raid, shared_by, span
from dateline_agreement.disagreements import KINDS, Disagreement, disagreements
from dateline_labels import Dispatch, Relation
from dateline_labels.scoring import score, total
from dateline_statistics.row_files import write_rows
from dispatch_strategies import SCHEMA, json_dispatches
from disturbed_readings import corpus, disturbed
from hypothesis import given, settings

BOTH = [("perpetrator", "b", "a"), ("place", "b", "c")]
RAID = "ATTACK 7-15 'ambushed'"
GUNMEN = "ACTOR 0-6 'Gunmen'"


def found(one: Dispatch, two: Dispatch) -> list[Disagreement]:
    return disagreements(shared_by({"anna": [one], "ben": [two]}))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            raid(WHO, ACT, PLACE, span("d", "TIME", "Monday"), relations=BOTH),
            ("missing", "TIME", "Monday", "", "TIME 37-43 'Monday'"),
        ),
        (
            raid(WHO, ACT, span("c", "LOCATION", "near Gao"), relations=BOTH),
            ("border", "LOCATION", "near Gao", "LOCATION 30-33 'Gao'", "LOCATION 25-33 'near Gao'"),
        ),
        (
            raid(WHO, ACT, span("c", "ACTOR", "Gao"), relations=BOTH),
            ("label", "LOCATION", "Gao", "LOCATION 30-33 'Gao'", "ACTOR 30-33 'Gao'"),
        ),
        (
            raid(WHO, ACT, span("c", "ACTOR", "near Gao"), relations=BOTH),
            ("border and label", "LOCATION", "near Gao", "LOCATION 30-33 'Gao'", "ACTOR 25-33 'near Gao'"),
        ),
        (
            raid(WHO, replace(ACT, attributes={**ACT.attributes, "kind": "bombing"}), PLACE, relations=BOTH),
            ("attribute", "ATTACK.kind", "ambushed", "armed_assault", "bombing"),
        ),
        (
            raid(WHO, ACT, PLACE, relations=BOTH[1:]),
            ("relation missing", "perpetrator", "Gunmen ambushed", f"perpetrator: {RAID} → {GUNMEN}", ""),
        ),
        (
            raid(WHO, ACT, PLACE, relations=[("target", "b", "a"), BOTH[1]]),
            (
                "relation label",
                "perpetrator",
                "Gunmen ambushed",
                f"perpetrator: {RAID} → {GUNMEN}",
                f"target: {RAID} → {GUNMEN}",
            ),
        ),
        (
            raid(WHO, ACT, PLACE, relations=[("perpetrator", "a", "b"), BOTH[1]]),
            (
                "direction",
                "perpetrator",
                "Gunmen ambushed",
                f"perpetrator: {RAID} → {GUNMEN}",
                f"perpetrator: {GUNMEN} → {RAID}",
            ),
        ),
    ],
    ids=[name.replace(" ", "_") for name in KINDS],
)
def test_each_kind_is_found_once(other: Dispatch, expected: tuple[str, ...]) -> None:
    (one,) = found(FULL, other)
    assert (one.kind, one.label, one.words, one.first_says, one.second_says) == expected
    assert (one.dispatch, one.first, one.second, TEXT[one.start : one.end]) == ("raid", "anna", "ben", one.words)
    (back,) = found(other, FULL)
    assert (back.kind, back.words, back.first_says, back.second_says) == (
        one.kind,
        one.words,
        one.second_says,
        one.first_says,
    )


def test_a_relation_says_which_span_the_other_lacks() -> None:
    missing, relation = found(FULL, raid(ACT, PLACE, relations=BOTH[1:]))
    assert (missing.kind, relation.kind) == ("missing", "relation missing")
    assert relation.second_says == "no span for its tail"


def test_the_ids_of_two_annotators_are_not_taken_for_each_other() -> None:
    one = raid(ACT, span("x", "ACTOR", "Gunmen"), relations=[("perpetrator", "b", "x")])
    two = raid(ACT, span("x", "ACTOR", "patrol"), relations=[("perpetrator", "b", "x")])
    assert [each.kind for each in found(one, two)] == ["missing", "relation missing", "relation missing", "missing"]


def test_mentions_put_together_by_other_links_are_no_disagreement() -> None:
    killing, patrol = (span(name, "ATTACK", words) for name, words in (("d", "killing"), ("e", "patrol")))
    bare = replace(ACT, attributes={})
    one = raid(bare, killing, patrol, relations=[("same_event", "b", "d"), ("same_event", "d", "e")])
    two = raid(bare, killing, patrol, relations=[("same_event", "e", "b"), ("same_event", "d", "b")])
    assert found(one, two) == []
    assert [each.kind for each in found(one, replace(two, relations=two.relations[:1]))] == ["relation missing"] * 2


@settings(deadline=None, max_examples=60)
@given(json_dispatches())
def test_who_says_the_same_has_no_disagreement(dispatch: Dispatch) -> None:
    turned = replace(dispatch, spans=dispatch.spans[::-1], relations=dispatch.relations[::-1])
    assert found(dispatch, turned) == []


def test_as_many_as_the_scores_tell() -> None:
    """Spans that only one has, exactly, are those of the disagreements over spans."""
    notes = corpus("militancy_notes")[:40]
    others = disturbed(notes)
    counts = total(score(notes, others, SCHEMA).spans.values())
    kinds = [each.kind for each in disagreements(shared_by({"anna": notes, "ben": others}))]
    both = sum(kinds.count(kind) for kind in ("border", "label", "border and label"))
    assert 2 * both + kinds.count("missing") == counts.missed + counts.spurious > 20
    wrong = [each for each in score(notes, others, SCHEMA).cases if each.measure == "attribute"]
    assert kinds.count("attribute") >= len(wrong) > 0


def test_three_annotators_are_compared_two_by_two() -> None:
    here = disagreements(shared_by({"anna": [FULL], "ben": [FULL], "carl": [raid(WHO, ACT, PLACE)]}))
    assert {(each.first, each.second) for each in here} == {("anna", "carl"), ("ben", "carl")}
    assert len(here) == 4


def test_files_for_programs_and_spreadsheets(tmp_path: Path) -> None:
    text = "=1+1 is a formula"
    one = Dispatch("+d", text, spans=(span_of("=1+1", text),))
    listed = disagreements(shared_by({"@anna": [one], "ben": [replace(one, spans=())]}))
    write_rows(tmp_path, "disagreements", Disagreement, listed)
    with (tmp_path / "disagreements.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert dict(zip(header, row, strict=True))["words"] == "'=1+1"
    (line,) = (tmp_path / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()
    assert Disagreement(**json.loads(line)) == listed[0]


def span_of(words: str, text: str) -> object:
    start = text.index(words)
    return replace(WHO, start=start, end=start + len(words))


def test_relations_of_doubled_spans_are_compared_too() -> None:
    twin = replace(WHO, id="twin")
    one = raid(WHO, twin, ACT, relations=[("perpetrator", "b", "twin")])
    two = raid(WHO, ACT, relations=[("perpetrator", "b", "a")])
    assert found(one, two) == []
    assert one.relations != (Relation("perpetrator", "b", "a"),)
