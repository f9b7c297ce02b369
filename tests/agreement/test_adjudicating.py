"""The merged file: what is agreed is there, what is disputed too, with who says what; read back once it is settled."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from annotators_of_notes import ACT, FULL, PLACE, TEXT, WHO, raid, shared_by, span
from dateline_agreement.adjudicating import Merged, left_behind, merged, write_merged
from dateline_agreement.merge_tool import Tool
from dateline_agreement.shared_dispatches import Shared
from dateline_formats.format import Annotated
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch
from dateline_labels.scoring import relation_key, span_key
from dispatch_strategies import SCHEMA
from disturbed_readings import corpus, disturbed

OTHER = raid(
    WHO,
    span("b", "ATTACK", "ambushed", kind="bombing", status="occurred"),
    span("c", "LOCATION", "near Gao"),
    relations=[("target", "b", "a"), ("place", "b", "c")],
)
NOTES = {
    "T2": [
        "disputed: kind; anna: armed_assault; ben: bombing",
        "disputed: perpetrator → ACTOR 0-6 'Gunmen': anna; not ben",
        "disputed: target → ACTOR 0-6 'Gunmen': ben; not anna",
    ],
    "T3": ["disputed: only ben; anna: LOCATION 30-33 'Gao'"],
    "T4": ["disputed: only anna; ben: LOCATION 25-33 'near Gao'"],
}


def merged_of(shared: Shared) -> list[Merged]:
    return [merged(each) for each in shared.dispatches]


def parts(dispatch: Dispatch) -> tuple[object, ...]:
    """Spans with their attributes and relations, whatever the ids."""
    spans = {span_key(each): dict(each.attributes) for each in dispatch.spans}
    return dispatch.id, dispatch.text, spans, {relation_key(dispatch, each) for each in dispatch.relations}


def test_agreed_is_filled_in_and_disputed_is_there_in_every_reading() -> None:
    (one,) = merged_of(shared_by({"anna": [FULL], "ben": [OTHER]}))
    assert [(each.id, each.label, one.dispatch.words(each), dict(each.attributes)) for each in one.dispatch.spans] == [
        ("T1", "ACTOR", "Gunmen", {}),
        ("T2", "ATTACK", "ambushed", {"status": "occurred"}),
        ("T3", "LOCATION", "near Gao", {}),
        ("T4", "LOCATION", "Gao", {}),
    ]
    relations = [(each.label, each.head, each.tail) for each in one.dispatch.relations]
    # the place is agreed upon, whichever of its borders are kept
    assert relations == [
        ("perpetrator", "T2", "T1"),
        ("place", "T2", "T3"),
        ("place", "T2", "T4"),
        ("target", "T2", "T1"),
    ]
    assert one.notes == NOTES


def test_what_is_not_disputed_has_no_notes() -> None:
    (one,) = merged_of(shared_by({"anna": [FULL], "ben": [FULL]}))
    assert one.notes == {}
    assert parts(one.dispatch) == parts(FULL)


def test_of_three_the_notes_name_all() -> None:
    (one,) = merged_of(shared_by({"anna": [FULL], "ben": [FULL], "carl": [raid(WHO, ACT)]}))
    assert one.notes["T3"] == ["disputed: only anna and ben; carl: nothing"]
    assert "disputed: place → LOCATION 30-33 'Gao': anna and ben; not carl" in one.notes["T2"]


def test_brat_has_notes_and_is_read_back(tmp_path: Path) -> None:
    target = tmp_path / "merged"
    assert write_merged(merged_of(shared_by({"anna": [FULL], "ben": [OTHER]})), target, Tool.BRAT) == ()
    lines = (target / "raid.ann").read_text(encoding="utf-8").splitlines()
    notes = [line.split("\t", 2)[1:] for line in lines if line.startswith("#")]
    assert notes == [[f"AnnotatorNotes {name}", words] for name, told in NOTES.items() for words in told]
    # who settles it in favour of anna deletes a span with its relation, a relation, and fills in an attribute
    kept = [line for line in lines if not line.startswith(("#", "T3\t")) and "T3" not in line and "target" not in line]
    (target / "raid.ann").write_text("\n".join([*kept, "A9\tkind T2 armed_assault"]) + "\n", encoding="utf-8")
    annotated = read_annotations([target], SCHEMA)
    assert parts(annotated.dispatches[0]) == parts(FULL)
    assert annotated.findings == ()


def test_brat_loses_dates_and_meta_data_which_is_told_once(tmp_path: Path) -> None:
    notes = corpus("militancy_notes")[:5]
    findings = write_merged(merged_of(shared_by({"anna": notes, "ben": notes})), tmp_path, Tool.BRAT)
    assert [str(each) for each in findings] == [
        f"{tmp_path}:0:meta: lost: brat carries neither dates nor meta data, which 5 dispatches have"
    ]


def test_label_studio_has_notes_on_its_regions_and_nobody_takes_a_dispute_for_done(tmp_path: Path) -> None:
    quiet = raid(WHO, name="quiet")
    target = tmp_path / "merged.json"
    shared = shared_by({"anna": [FULL, quiet], "ben": [OTHER, quiet]})
    assert write_merged(merged_of(shared), target, Tool.LABEL_STUDIO) == ()
    disputed, done = json.loads(target.read_text(encoding="utf-8"))
    told = {each["id"]: each["meta"]["text"] for each in disputed["predictions"][0]["result"] if "meta" in each}
    assert told == NOTES
    assert "annotations" not in disputed
    assert "predictions" not in done
    annotated = read_annotations([target], SCHEMA)
    assert [each.id for each in annotated.dispatches] == ["quiet"]
    assert ["left out" in str(each) for each in annotated.findings] == [True]


def settled(target: Path, winners: Sequence[Dispatch]) -> Annotated:
    """The merged tasks after somebody found that one annotator was right throughout."""
    tasks = json.loads(target.read_text(encoding="utf-8"))
    by_id = {each.id: each for each in winners}
    for task in tasks:
        winner = by_id[task["data"]["id"]]
        keys = {span_key(each): each for each in winner.spans}
        results = (task.pop("predictions", None) or task["annotations"])[0]["result"]
        found = {each["id"]: each["value"] for each in results if each["type"] == "labels"}
        right = {
            name: keys[key]
            for name, value in found.items()
            if (key := (value["start"], value["end"], value["labels"][0])) in keys
        }
        told = {relation_key(winner, each) for each in winner.relations}
        kept = [each for each in results if each["type"] == "labels" and each["id"] in right]
        for name, winning in right.items():
            for attribute, value in winning.attributes.items():
                choice = {"id": name, "type": "choices", "from_name": attribute, "value": {"choices": [value]}}
                kept.append(choice)
        for each in results:
            if each["type"] == "relation" and {each["from_id"], each["to_id"]} <= right.keys():
                ends = (span_key(right[each["from_id"]]), span_key(right[each["to_id"]]))
                if (each["labels"][0], *ends) in told:
                    kept.append(each)
        task["annotations"] = [{"completed_by": 1, "result": kept}]
    target.write_text(json.dumps(tasks), encoding="utf-8")
    return read_annotations([target], SCHEMA)


def test_all_that_either_said_is_in_the_merged_file(tmp_path: Path) -> None:
    """Whoever is right throughout: from the merged file their annotation can be had back whole."""
    notes = corpus("militancy_notes")[:25]
    others = disturbed(notes)
    shared = shared_by({"anna": notes, "ben": others})
    for winners in (notes, others):
        target = tmp_path / "merged.json"
        assert write_merged(merged_of(shared), target, Tool.LABEL_STUDIO) == ()
        annotated = settled(target, winners)
        assert annotated.findings == ()
        assert [parts(each) for each in annotated.dispatches] == [parts(each) for each in winners]


def test_what_is_left_behind_is_told(tmp_path: Path) -> None:
    noted = replace(FULL, meta={"notes": [["a", "AnnotatorNotes", "sure?"]], "desk": "north"})
    shared = shared_by({"anna": [noted], "ben": [replace(OTHER, published="2019-03-04")]})
    assert [str(each) for each in left_behind(shared.dispatches, tmp_path)] == [
        f"{tmp_path}:0:meta: lost: dates and meta data are those of the first annotator, also in 1 dispatches in which "
        "those of another differ",
        f"{tmp_path}:0:meta: lost: notes, references and pieces of spans are left out; 1 dispatches have some",
    ]
    assert left_behind(shared_by({"anna": [FULL], "ben": [OTHER]}).dispatches, tmp_path) == ()


def test_a_relation_between_doubled_spans_is_none(tmp_path: Path) -> None:
    twins = raid(WHO, replace(WHO, id="z"), relations=[("within", "a", "z")])
    (one,) = merged_of(shared_by({"anna": [twins], "ben": [raid(WHO)]}))
    assert (len(one.dispatch.spans), one.dispatch.relations) == (1, ())


def test_a_hostile_name_cannot_end_the_line_of_a_note(tmp_path: Path) -> None:
    shared = shared_by({"an\nna\tT9": [FULL], "ben": [raid(WHO, ACT)]})
    write_merged(merged_of(shared), tmp_path, Tool.BRAT)
    annotated = read_annotations([tmp_path])
    assert annotated.dispatches[0].text == TEXT
    assert len(annotated.dispatches[0].spans) == len(FULL.spans) == 3
    assert PLACE.label in {each.label for each in annotated.dispatches[0].spans}
