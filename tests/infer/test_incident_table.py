"""Incidents as a table: what a spreadsheet, a script and the text itself must agree on."""

import csv
import io
import json
import unicodedata
from typing import Any

import pytest
from dateline_infer.incident_table import COLUMNS, to_csv, to_jsonl
from dateline_infer.incidents import incidents
from dateline_labels import Dispatch, Place, Relation, Span, markup
from hypothesis import given, settings
from hypothesis import strategies as st
from table_network import SCHEMA

NOTE = """\
id: note-1
published: 2019-03-14

[Gunmen](ACTOR p1) [ambushed](ATTACK a1 kind=armed_assault status=occurred) a [convoy
of the army](ACTOR p2) 😀 near [Gao](LOCATION l1), [Mali](LOCATION l2), on [Monday](TIME t1).
[Four soldiers](CASUALTY c1 outcome=killed) died, the [army](ACTOR p3) said; the [rebels](ACTOR p4) claimed
[30](CASUALTY c2 outcome=killed). [A bomb](ATTACK a2 kind=bombing status=foiled) was defused.
---
a1 perpetrator p1
a1 target p2
a1 place l1
a1 time t1
a1 casualty c1
a1 casualty c2
l1 within l2
c1 source p3
c2 source p4
c1 side p2
"""
HOSTILE = [
    *("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"x\")"),
    *('"', '""', ",", ";", "'", "a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\tb", "a\0b"),
]  # fmt: skip


def note() -> Dispatch:
    return markup.read(NOTE, Place("note"), SCHEMA)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), strict=True))


def named_everywhere(words: str) -> Dispatch:
    """A dispatch whose id, date, actor, place, time and figure are all `words`."""
    text, spans = "hit", [Span("a1", "ATTACK", 0, 3, {"kind": "killing", "status": "occurred"})]
    for name, label in (("p1", "ACTOR"), ("l1", "LOCATION"), ("t1", "TIME"), ("c1", "CASUALTY")):
        attributes = {"outcome": "killed"} if label == "CASUALTY" else {}
        spans.append(Span(name, label, len(text) + 1, len(text) + 1 + len(words), attributes))
        text += f" {words}"
    ties = [("perpetrator", "p1"), ("target", "p1"), ("place", "l1"), ("time", "t1"), ("casualty", "c1")]
    relations = tuple(Relation(label, "a1", tail) for label, tail in ties)
    return Dispatch(words, text, words, {}, tuple(spans), relations)


def test_a_row_an_event_with_the_columns_in_their_order() -> None:
    text = to_csv(incidents(note()))
    assert text.splitlines()[0].split(",") == list(COLUMNS)
    ambush, bomb = rows(text)
    assert ambush == {
        "dispatch": "note-1",
        "published": "2019-03-14",
        "incident": "1",
        "kind": "armed_assault",
        "status": "occurred",
        "time": "Monday",
        "place": "Gao",
        "within": "Mali",
        "perpetrators": "Gunmen",
        "targets": "convoy of the army",
        "casualties": ambush["casualties"],
        "sources": "",
        "mentions": f"ambushed [{note().text.index('ambushed')}-{note().text.index('ambushed') + 8}]",
        "score": "",
    }
    start = note().text.index("Four soldiers")
    assert ambush["casualties"].startswith(
        f"Four soldiers killed, of convoy of the army, says army [{start}-{start + 13}]; 30 killed, says rebels ["
    )
    assert (bomb["incident"], bomb["kind"], bomb["status"], bomb["place"]) == ("2", "bombing", "foiled", "")


def test_no_incidents_are_a_header_and_no_lines() -> None:
    assert to_csv([]) == ",".join(COLUMNS) + "\n"
    assert to_jsonl([]) == ""


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_neither_break_the_table_nor_run(words: str) -> None:
    text = to_csv(incidents(named_everywhere(words)))
    (row,) = rows(text)
    assert tuple(row) == COLUMNS
    assert len(text.splitlines()) == 2  # one line an event, whatever breaks lines
    for cell in row.values():
        assert not unicodedata.normalize("NFKC", cell[:1]).startswith(("=", "+", "-", "@"))
        assert not cell[:1].isspace()
        assert not set(cell) & set("\n\r\t\u2028")
    flat = " ".join(words.split())
    assert {row["dispatch"], row["published"], row["place"], row["time"], row["targets"]} <= {flat, f"'{flat}"}


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip))
def test_json_lines_carry_every_word_and_offset_as_they_are(words: str) -> None:
    dispatch = named_everywhere(words)
    (line,) = to_jsonl(incidents(dispatch)).removesuffix("\n").split("\n")
    row = json.loads(line)
    assert (row["dispatch"], row["published"], row["number"]) == (words, words, 1)
    found = mentions(row)
    assert len(found) == 6
    assert [dispatch.text[each["start"] : each["end"]] for each in found] == [each["words"] for each in found]
    assert [each["words"] for each in found].count(words) == 5


def mentions(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for each in value for found in mentions(each)]
    if isinstance(value, dict):
        return ([value] if "words" in value else []) + [found for each in value.values() for found in mentions(each)]
    return []


def test_the_json_lines_of_a_note_name_everything_that_is_tied_to_its_event() -> None:
    first = json.loads(to_jsonl(incidents(note())).splitlines()[0])
    assert {(each["words"], each["start"]) for each in mentions(first)} == {
        (words, note().text.index(words))
        for words in (
            "ambushed",
            "Gunmen",
            "convoy\nof the army",
            "Gao",
            "Mali",
            "Monday",
            "Four soldiers",
            "30",
            "rebels",
        )
    } | {("army", note().text.index("army said"))}


def test_the_csv_and_the_json_lines_tell_the_same_events() -> None:
    found = incidents(note())
    assert [(row["dispatch"], row["incident"], row["kind"]) for row in rows(to_csv(found))] == [
        (row["dispatch"], str(row["number"]), row["kind"]) for row in map(json.loads, to_jsonl(found).splitlines())
    ]
