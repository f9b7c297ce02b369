"""What spoils annotations, planted by kinds in a clean collection: it is listed where it stands, no other line is."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_collection import Row, checked, clean_rows, write_rows

pytest.importorskip("rensa")

Rows = list[Any]


@dataclass(frozen=True)
class Poisoning:
    """Something done to the rows; it is to be found by the check at the lines, from 1."""

    name: str
    check: str
    lines: tuple[int, ...]
    plant: Callable[[Rows], None]
    annotator: str | None = None


def span(rows: Rows, line: int, span_id: str) -> Row:
    return next(each for each in rows[line - 1]["spans"] if each["id"] == span_id)


def change(line: int, span_id: str, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: span(rows, line, span_id).update(values)


def move(line: int, span_id: str, start: int, end: int) -> Callable[[Rows], None]:
    def plant(rows: Rows) -> None:
        each = span(rows, line, span_id)
        each.update(start=each["start"] + start, end=each["end"] + end)

    return plant


def relate(line: int, *relation: str) -> Callable[[Rows], None]:
    return lambda rows: rows[line - 1]["relations"].append(dict(zip(("head", "label", "tail"), relation, strict=True)))


def drop(line: int, span_id: str) -> Callable[[Rows], None]:
    def plant(rows: Rows) -> None:
        row = rows[line - 1]
        row["spans"] = [each for each in row["spans"] if each["id"] != span_id]
        row["relations"] = [each for each in row["relations"] if span_id not in (each["head"], each["tail"])]

    return plant


def again(line: int, span_id: str, **values: Any) -> Callable[[Rows], None]:
    return lambda rows: rows[line - 1]["spans"].append({**span(rows, line, span_id), "id": "x9", **values})


def copied(*changes: Callable[[Rows], None], **values: Any) -> Callable[[Rows], None]:
    """The third dispatch again at the end, the thirteenth, changed."""

    def plant(rows: Rows) -> None:
        rows.append({**deepcopy(rows[2]), "id": "copy", **values})
        for each in changes:
            each(rows)

    return plant


def insert(line: int, words: str) -> Callable[[Rows], None]:
    """Words at the end of the text, which no span touches."""
    return lambda rows: rows[line - 1].update(text=rows[line - 1]["text"] + words)


def replace_line(line: int, change: Callable[[str], str]) -> Callable[[Rows], None]:
    def plant(rows: Rows) -> None:
        rows[line - 1] = change(json.dumps(rows[line - 1]))

    return plant


def escaped(words: str, escape: str) -> Callable[[Rows], None]:
    return replace_line(1, lambda line: line.replace(words, escape))


def nearly(rows: Rows) -> None:
    """A near-copy of the fourth dispatch, one word longer at its end, with one place bare."""
    rows.append({**deepcopy(rows[3]), "id": "near", "text": rows[3]["text"] + " Yesterday."})
    drop(13, "l2")(rows)


def by_two(rows: Rows) -> None:
    rows.append(deepcopy(rows[4]))
    rows[4]["meta"], rows[12]["meta"] = {"by": "ann"}, {"by": "bob"}
    span(rows, 13, "p1")["label"] = "PLACE"
    rows[12]["relations"] = []


POISONINGS = (
    Poisoning("two spans overlap", "overlap", (1,), again(1, "p1", label="PLACE", start=0, end=99)),
    Poisoning("a span within another", "overlap", (4,), move(4, "l2", -18, 0)),
    Poisoning("one span given twice", "duplicate", (2,), again(2, "l1")),
    Poisoning("two labels for the same words", "overlap", (2,), again(2, "l1", label="GROUP")),
    Poisoning("a space before a span", "space", (3,), move(3, "p1", -1, 0)),
    Poisoning("a space after a span", "space", (3,), move(3, "a2", 0, 1)),
    Poisoning("punctuation in a span", "border", (2,), move(2, "l1", 0, 1)),
    Poisoning("a span that cuts a word", "token", (5,), move(5, "l1", 0, -1)),
    Poisoning("an offset off by one", "token", (7,), move(7, "p1", 1, 1)),
    Poisoning("a label that the schema does not have", "label", (6,), change(6, "p1", label="Group")),
    Poisoning("a value that the schema does not have", "attribute", (6,), change(6, "a1", attributes={"kind": "raid"})),
    Poisoning(
        "an attribute that the schema does not have", "attribute", (6,), change(6, "p1", attributes={"kind": "bombing"})
    ),
    Poisoning("an attribute that is missing", "attribute", (6,), change(6, "a1", attributes={})),
    Poisoning("a relation the wrong way round", "relation", (8,), relate(8, "p1", "by", "a2")),
    Poisoning("a relation that the schema does not have", "relation", (8,), relate(8, "a2", "with", "p1")),
    Poisoning("a relation both ways", "both-ways", (8,), relate(8, "l2", "near", "l1")),
    Poisoning("a relation to a span that is not there", "unreadable", (9,), relate(9, "a2", "by", "p7")),
    Poisoning("a relation from a span to itself", "unreadable", (9,), relate(9, "l1", "near", "l1")),
    Poisoning("an id of two spans", "unreadable", (9,), change(9, "l2", id="l1")),
    Poisoning("an id of two dispatches", "duplicate", (11,), lambda rows: rows[10].update(id=rows[3]["id"])),
    Poisoning("a span past the end of the text", "unreadable", (10,), change(10, "p1", end=9_999)),
    Poisoning("a span of no words", "unreadable", (10,), change(10, "p1", start=5, end=5)),
    Poisoning("a line cut short", "unreadable", (10,), replace_line(10, lambda line: line[: len(line) // 2])),
    Poisoning("a text twice", "duplicate", (13,), copied()),
    Poisoning("a copy with another label", "copies", (13,), copied(change(13, "l2", label="GROUP"), drop(13, "l1"))),
    Poisoning("a copy with other borders", "copies", (13,), copied(move(13, "a3", 0, 5))),
    Poisoning("a copy with one relation less", "copies", (13,), copied(lambda rows: rows[12]["relations"].pop())),
    Poisoning("a near-copy with a bare name", "copies", (13,), nearly),
    Poisoning("two annotators who differ", "annotators", (13,), by_two, "by"),
    Poisoning("a name marked and bare in one dispatch", "omission", (12,), insert(12, " They fled Ebb by night.")),
    Poisoning("a name bare that is marked everywhere", "omission", (12,), drop(12, "p1")),
    Poisoning("words under another label than elsewhere", "conflict", (11,), change(11, "p1", label="PLACE")),
    Poisoning("a control character", "characters", (1,), insert(1, " \x07")),
    Poisoning("text in a wrong encoding", "characters", (1,), insert(1, " It was the cafÃ©.")),
    Poisoning("half a surrogate pair", "unreadable", (1,), escaped("dusk", "\\ud83d")),
    Poisoning("a direction sign that nobody sees", "characters", (1,), insert(1, " a\u202eb")),
    Poisoning("an empty text", "empty", (13,), lambda rows: rows.append({"id": "empty", "text": " \n"})),
)  # fmt: skip

NOT_LISTED = (
    Poisoning("a common word bare that is marked everywhere", "omission", (12,), drop(12, "a2")),
    Poisoning(
        "a value other than the same words have", "conflict", (11,), change(11, "a2", attributes={"kind": "shooting"})
    ),
    Poisoning("a relation left out", "omission", (12,), lambda rows: rows[11]["relations"].pop()),
)
"""What only the context tells: for these there is `dateline suspects`."""


def listed(poisoning: Poisoning, folder: Path) -> tuple[set[int], set[int]]:
    """The lines that the right check lists, and those that any lists."""
    rows: Rows = clean_rows()
    poisoning.plant(rows)
    data = write_rows(folder / "data.jsonl", rows)
    problems = checked(folder, data, annotator=poisoning.annotator).problems
    found = [each for each in problems if each.place.path == str(data)]
    return {each.place.line for each in found if each.check == poisoning.check}, {each.place.line for each in found}


def test_nothing_is_found_in_the_clean_collection(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "data.jsonl", clean_rows())
    result = checked(tmp_path, data)
    assert [str(problem) for problem in result.problems] == []
    assert result.counts.dispatches == 12


@pytest.mark.parametrize("poisoning", POISONINGS, ids=lambda each: each.name)
def test_each_poisoning_is_listed_at_its_line_and_nothing_elsewhere(poisoning: Poisoning, tmp_path: Path) -> None:
    right, all_lines = listed(poisoning, tmp_path)
    assert set(poisoning.lines) <= right
    assert all_lines <= set(poisoning.lines)


@pytest.mark.parametrize("poisoning", NOT_LISTED, ids=lambda each: each.name)
def test_what_only_the_context_tells_is_not_listed(poisoning: Poisoning, tmp_path: Path) -> None:
    assert listed(poisoning, tmp_path) == (set(), set())


def test_all_together_are_listed_too(tmp_path: Path) -> None:
    """One poisoning hides no other: twelve that touch a dispatch each, in one file."""
    names = {each.name: each for each in POISONINGS}
    rows: Rows = clean_rows()
    planted = [
        names[name]
        for name in (
            "a span past the end of the text",
            "an id of two dispatches",
            "one span given twice",
            "a span within another",
            "a span that cuts a word",
            "a value that the schema does not have",
            "a relation both ways",
            "a relation to a span that is not there",
            "a space before a span",
            "a control character",
            "an empty text",
            "a name marked and bare in one dispatch",
        )
    ]
    for each in planted:
        each.plant(rows)
    problems = checked(tmp_path, write_rows(tmp_path / "data.jsonl", rows)).problems
    found = {(each.check, each.place.line) for each in problems}
    assert {(each.check, line) for each in planted for line in each.lines} <= found
