"""What counts as a right incident, and the report of a tiny bundle."""

from dataclasses import replace
from pathlib import Path

import pytest
from dateline_incidents.records import records
from dateline_labels import Dispatch, Place, Relation, Schema, Span, markup
from dateline_labels.scoring import Counts
from dateline_report.incident_scores import ALL, CORE, matched, tally
from incidents import main, report

SCHEMA = Schema.read(Path(__file__).resolve().parents[2] / "labels" / "schema.toml")
NOTE = """\
id: note
published: 2019-03-14

[Rebels](ACTOR p1) [stormed](ATTACK a1 kind=armed_assault status=occurred) [Gao](LOCATION l1) on [Monday](TIME t1),
killing [five soldiers](CASUALTY c1 outcome=killed) and wounding [two](CASUALTY c2 outcome=injured), the
[army](ACTOR p2) said. A [bomb](ATTACK a2 kind=bombing status=occurred) hit [Kidal](LOCATION l2).
---
a1 perpetrator p1
a1 place l1
a1 time t1
a1 casualty c1
a1 casualty c2
c1 source p2
a2 place l2
"""


def gold() -> Dispatch:
    return markup.read(NOTE, Place("note"), SCHEMA)


def changed(**spans: Span | None) -> Dispatch:
    """The gold dispatch with some spans changed, or gone with their relations."""
    note = gold()
    kept = tuple(spans.get(span.id, span) for span in note.spans)
    ids = {span.id for span in kept if span}
    relations = tuple(each for each in note.relations if {each.head, each.tail} <= ids)
    return replace(note, spans=tuple(span for span in kept if span), relations=relations)


def test_gold_is_wholly_right_beside_itself() -> None:
    found = tally([(records(gold()), records(gold())), (([], []), ([], []))])
    assert (found.dispatches, found.whole, found.told, found.told_whole, found.told_core) == (2, 2, 1, 1, 1)
    assert (found.incidents, found.parts[ALL], found.parts[CORE]) == (Counts(2), 2, 2)
    assert found.figures == {"killed": Counts(1), "injured": Counts(1)}


def test_what_is_wrong_is_counted_where_it_is_wrong() -> None:
    figure = gold().span_by_id["c1"]
    wrong = changed(c1=replace(figure, end=figure.start + len("five")), c2=None, l2=None)
    found = tally([(records(gold()), records(wrong))])
    assert (found.whole, found.parts[ALL], found.parts[CORE]) == (0, 0, 0)
    assert (found.parts["place"], found.parts["days"], found.parts["figures"]) == (1, 2, 1)
    assert found.figures == {"killed": Counts(1), "injured": Counts(0, 0, 1)}
    (line, *_) = report("x", found)
    assert line.startswith("x: the incident table of 0 of 1 dispatches with incidents is wholly right, 0.0 %")


def test_an_incident_stands_for_the_one_it_shares_most_mentions_with() -> None:
    joined = gold()
    joined = replace(joined, relations=(*joined.relations, Relation("same_event", "a2", "a1")))
    assert matched(records(gold())[0], records(joined)[0]) == {"note#1": "note#1"}
    assert tally([(records(gold()), records(joined))]).incidents == Counts(1, 0, 1)
    assert tally([(records(gold()), ([], []))]).incidents == Counts(0, 0, 2)


def test_every_set_has_its_lines(
    tmp_path: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(tiny_bundle, corpus_sample, tmp_path / "nowhere")
    missing, table, *others = capsys.readouterr().out.splitlines()
    assert missing.endswith("is not there: no real dispatches")
    assert table.startswith("test split: the incident table of ")
    assert others[-1].startswith("test split: reading ")
    assert "% of it" in others[-1]
