"""Rows as tables: what a spreadsheet, a script and the text itself must agree on."""

import csv
import io
import json
import unicodedata
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from dateline_incidents.event_tables import EventRecord, TotalRecord
from dateline_incidents.exporting import EvidenceRow
from dateline_incidents.merging import Match
from dateline_incidents.records import ClaimRecord, IncidentRecord, records
from dateline_incidents.tables import Table, table_of, to_csv, to_jsonl, to_parquet
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
    *("=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", '=HYPERLINK("x")'),
    *('"', '""', ",", ";", "'", "a\nb", "a\r\nb", "a\rb", "a\u2028b", "a\tb", "a\0b"),
]


def note() -> Dispatch:
    return markup.read(NOTE, Place("note"), SCHEMA)


def both(dispatch: Dispatch) -> tuple[Table, Table]:
    incidents, claims = records(dispatch)
    return table_of(IncidentRecord, incidents), table_of(ClaimRecord, claims)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode()), strict=True))


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


def test_a_row_an_event_and_a_row_a_figure() -> None:
    incidents, claims = map(rows, map(to_csv, both(note())))
    ambush, bomb = incidents
    assert list(ambush) == [field.name for field in fields(IncidentRecord)]
    told = {
        "incident": "note-1#1",
        "published": "2019-03-14",
        "kind": "armed_assault",
        "date_start": "2019-03-11",
        "date_end": "2019-03-11",
        "date_precision": "1",
        "date_words": "Monday",
        "place": "Gao",
        "within": "Mali",
        "perpetrators": "Gunmen",
        "perpetrators_kind": "unidentified",
        "targets": "convoy of the army",
        "attribution": "unattributed",
        "claims": "2",
        "score": "",
        "latitude": "",
        "where_reason": "no gazetteer was given",
    }
    assert {name: ambush[name] for name in told} == told
    assert (bomb["incident"], bomb["status"], bomb["date_start"]) == ("note-1#2", "foiled", "")
    assert bomb["date_reason"] == "no time is told"
    four, thirty = claims
    assert (four["claim"], four["incident"], four["figure"], four["best"]) == (
        "note-1#1.1",
        "note-1#1",
        "Four soldiers",
        "4",
    )
    assert (four["side"], four["source"], four["source_by"], four["people"]) == (
        "convoy of the army",
        "army",
        "figure",
        "state_force",
    )
    assert (thirty["low"], thirty["high"], thirty["source"]) == ("30", "30", "rebels")
    assert (thirty["people"], thirty["people_by"]) == ("state_force", "carried")


def test_no_incidents_are_a_header_and_no_lines() -> None:
    empty, _ = both(Dispatch("x", "Rain."))
    assert to_csv(empty).decode() == ",".join(field.name for field in fields(IncidentRecord)) + "\n"
    assert to_jsonl(empty) == b""


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_neither_break_a_table_nor_run(words: str) -> None:
    for table in both(named_everywhere(words)):
        (row,) = rows(to_csv(table))
        assert len(to_csv(table).decode().splitlines()) == 2  # one line a row, whatever breaks lines
        for cell in row.values():
            assert not unicodedata.normalize("NFKC", cell[:1]).startswith(("=", "+", "-", "@"))
            assert not cell[:1].isspace()
            assert not set(cell) & set("\n\r\t\u2028")
        flat = " ".join(words.split())
        assert row["dispatch"] in {flat, f"'{flat}"}


def test_hostile_column_names_do_not_run_and_numbers_stay_numbers() -> None:
    table = Table({"=1+1": float, "-x": str}, [{"=1+1": -12.5, "-x": "-y"}])
    assert to_csv(table).decode().splitlines() == ["'=1+1,'-x", "-12.5,'-y"]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip))
def test_json_lines_carry_every_word_and_offset_as_they_are(words: str) -> None:
    dispatch = named_everywhere(words)
    incident, claim = (json.loads(to_jsonl(table)) for table in both(dispatch))
    assert (incident["dispatch"], incident["published"], incident["number"]) == (words, None, 1)
    for role in ("triggers", "perpetrators", "targets"):
        told = zip(incident[role], incident[f"{role}_start"], incident[f"{role}_end"], strict=True)
        assert all(dispatch.text[start:end] == own for own, start, end in told)
    assert dispatch.text[claim["figure_start"] : claim["figure_end"]] == claim["figure"] == words
    assert dispatch.text[incident["place_start"] : incident["place_end"]] == incident["place"] == words
    assert dispatch.text[incident["date_words_start"] : incident["date_words_end"]] == words


def test_parquet_json_lines_and_csv_tell_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for kind, table in zip((IncidentRecord, ClaimRecord), both(note()), strict=True):
        path = tmp_path / "x.parquet"
        path.write_bytes(to_parquet(table))
        read: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
        assert list(read[0]) == [field.name for field in fields(kind)]
        as_json = [json.loads(line) for line in to_jsonl(table).splitlines()]
        plain = [{k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()} for row in read]
        assert plain == as_json
        assert [row["incident"] for row in rows(to_csv(table))] == [row["incident"] for row in as_json]


@pytest.mark.parametrize("kind", [IncidentRecord, ClaimRecord, EventRecord, TotalRecord, Match, EvidenceRow])
def test_the_documentation_has_every_column_with_its_type(kind: type) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "incidents.md").read_text(encoding="utf-8")
    names = {str: "str", int: "int", float: "float", bool: "bool", date: "date"}
    for name, hint in get_type_hints(kind).items():
        plain = [each for each in get_args(hint) if each is not type(None)] or [hint]
        of = names[plain[0]]
        told = f"list[{of}]" if get_origin(hint) is list else f"{of}?" if type(None) in get_args(hint) else of
        assert f"| `{name}` | {told} |" in text, name
