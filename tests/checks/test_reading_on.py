"""What cannot be read hides nothing beside it, in any format; every fault is told where it stands."""

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from dateline_checks.pieces import pieces_of, read_pieces
from dateline_checks.problems import Problem
from dateline_checks.reading_on import Read, read_on
from dateline_formats.known import FORMATS, named
from dateline_formats.label_map import LabelMap
from dateline_labels import Dispatch, InputError, Relation, Span
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = ("Gunmen", "stormed", "Orvel", "and", "left")
TEXT = " ".join(WORDS)
ROWS = [each.name for each in FORMATS if each.pieces == "rows"]
IN_PIECES = [each.name for each in FORMATS if each.pieces != "none"]


def dispatch(name: str) -> Dispatch:
    spans = (Span("1", "GROUP", 0, 6), Span("2", "ATTACK", 7, 14), Span("3", "PLACE", 15, 20))
    return Dispatch(name, f"{TEXT} for {name}", spans=spans, relations=(Relation("by", "2", "1"),))


def written(folder: Path, format_name: str, count: int) -> Path:
    each = named(format_name)
    path = folder / f"data{each.suffixes[0]}"
    each.write([dispatch(f"d{number}") for number in range(count)], path, True)
    return path


def errors(read: Read) -> list[Problem]:
    return [problem for problem in read.problems if problem.kind == "error"]


def read(*paths: Path, given: str | None = None, mapping: LabelMap | None = None) -> Read:
    return read_on(paths, mapping or LabelMap(), named(given) if given else None)


@pytest.mark.parametrize("name", IN_PIECES)
def test_the_pieces_of_a_file_read_as_the_file_does(name: str, tmp_path: Path) -> None:
    path, each = written(tmp_path, name, 5), named(name)
    pieces = pieces_of(path, each)
    whole = each.read(path)
    again = read_pieces(path, each, pieces)
    assert len(pieces) >= len(whole.dispatches) == 5
    assert again == whole


@pytest.mark.parametrize("name", ROWS)
def test_two_faulty_rows_hide_none_of_the_others(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, name, 7)
    each = named(name)
    pieces = pieces_of(path, each)
    lines = path.read_text(encoding="utf-8").split("\n")
    for number in (1, 4):
        at = pieces[number].line - 1
        lines[at] = lines[at].replace("{", '{"zz": NaN, ', 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, given=name)
    assert {problem.place.line for problem in errors(found)} == {pieces[1].line, pieces[4].line}
    assert len(found.placed) == 5


def test_rows_of_a_list_on_one_line_are_told_apart_by_their_fields(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    result = {"id": "a", "type": "labels", "value": {"start": 0, "end": 6, "text": "Gunmen", "labels": ["GROUP"]}}
    tasks = [{"id": n, "data": {"text": TEXT}, "annotations": [{"result": [result]}]} for n in range(6)]
    for number, start in ((1, 3), (4, 99)):
        value = {**result["value"], "start": start, "end": start + 6}  # type: ignore[dict-item]
        tasks[number]["annotations"] = [{"result": [{**result, "value": value}]}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    found = read(path)
    assert [problem.field for problem in errors(found)] == [
        "[1].annotations[0].result[0].value",
        "[4].annotations[0].result[0].value",
    ]
    assert [placed.dispatch.id for placed in found.placed] == ["tasks-0", "tasks-2", "tasks-3", "tasks-5"]
    assert {placed.place().line for placed in found.placed} == {1}


def test_a_faulty_line_of_conll_costs_its_document_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "conll", 4)
    lines = path.read_text(encoding="utf-8").split("\n")
    at = lines.index("d2 O")
    lines[at] = "d2"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, given="conll")
    assert [problem.place.line for problem in errors(found)] == [at + 1]
    assert len(found.placed) == 3
    assert all(placed.dispatch.words(placed.dispatch.spans[0]) == "Gunmen" for placed in found.placed)


@pytest.mark.parametrize("name", ["brat", "markup", "webanno"])
def test_a_faulty_file_hides_no_other(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    named(name).write([dispatch(f"d{number}") for number in range(3)], folder, True)
    file = next(path for path in sorted(folder.iterdir()) if path.name.startswith("d1.") and path.suffix != ".txt")
    file.write_text(file.read_text(encoding="utf-8").replace("Gunmen", "Gun\x00[", 1) + "1\t2\t3\n", encoding="utf-8")
    found = read(folder)
    assert [problem.place.path for problem in errors(found)] == [str(file)]
    assert [placed.dispatch.id for placed in found.placed] == ["d0", "d2"]


def test_a_packed_file_is_read_on_too(tmp_path: Path) -> None:
    plain = written(tmp_path, "jsonl", 3)
    lines = plain.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b'"end": 6', b'"end": 600')
    packed = tmp_path / "data.jsonl.gz"
    packed.write_bytes(gzip.compress(b"\n".join(lines)))
    found = read(packed)
    assert [(problem.place.path, problem.place.line) for problem in errors(found)] == [(str(packed), 2)]
    assert len(found.placed) == 2


def test_bytes_that_are_no_text_cost_their_line_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "jsonl", 4)
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"Orvel", b"Orv\xe9l")
    path.write_bytes(b"\n".join(lines))
    found = read(path)
    assert [(problem.field, problem.place.line) for problem in errors(found)] == [("encoding", 3)]
    assert [placed.place().line for placed in found.placed] == [1, 2, 4]


@pytest.mark.parametrize("damage", ["no comma", "broken off", "not closed", "more"])
def test_a_list_that_is_none_is_read_as_far_as_it_goes(damage: str, tmp_path: Path) -> None:
    """Beside a row that is at fault by itself, which does not hide what is wrong with the list."""
    path = written(tmp_path, "label-studio", 6)
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[2] = lines[2].replace("{", '{"zz": NaN, ', 1)
    match damage:
        case "no comma":
            lines[4] = lines[4].removesuffix(",")
        case "broken off":
            lines[5:] = [lines[5][:30]]
        case "not closed":
            lines[7:] = []
        case _:
            lines += ["[]"]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(path, given="label-studio")
    where = {"no comma": [3, 6], "broken off": [3, 6], "not closed": [3], "more": [3, 10]}
    assert [problem.place.line for problem in errors(found)] == where[damage]
    left = {"no comma": [2, 4, 5], "broken off": [2, 4, 5]}
    assert [placed.place().line for placed in found.placed] == left.get(damage, [2, 4, 5, 6, 7])


def test_nothing_can_be_read_of_what_is_all_at_fault(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text("{}\n{\n[]\n\n5\n", encoding="utf-8")
    found = read(path, given="jsonl")
    assert found.placed == []
    assert [problem.place.line for problem in errors(found)] == [1, 2]


def test_an_id_twice_costs_no_dispatch(tmp_path: Path) -> None:
    path = written(tmp_path, "jsonl", 4)
    path.write_text(path.read_text(encoding="utf-8").replace('"d3"', '"d1"'), encoding="utf-8")
    found = read(path)
    assert errors(found) == []  # the collection tells it
    assert sorted(placed.place().line for placed in found.placed) == [1, 2, 3, 4]


def test_offsets_mean_what_they_do_in_the_whole_file(tmp_path: Path) -> None:
    """Rows in UTF-16 units beside one that is wrong in any: the others are repaired as if it were not there."""
    text = "🔥🔥 Gunmen stormed Orvel"
    rows = [
        {"text": text, "entities": [{"id": 0, "start_offset": 5, "end_offset": 11, "label": "GROUP"}], "relations": []}
    ]
    rows = [{**rows[0], "id": number} for number in range(4)]
    rows[2]["entities"] = [{"id": 0, "start_offset": 500, "end_offset": 501, "label": "GROUP"}]
    path = tmp_path / "data.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = read(path)
    assert [problem.place.line for problem in errors(found)] == [3]
    assert [placed.dispatch.words(placed.dispatch.spans[0]) for placed in found.placed] == ["Gunmen"] * 3
    assert [problem.place.line for problem in found.problems if problem.kind == "repaired"] == [1, 2, 4]


def test_a_fault_that_no_piece_has_is_still_told(tmp_path: Path) -> None:
    path = written(tmp_path, "jsonl", 3)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    found = read(path, given="jsonl")
    assert [str(problem) for problem in errors(found)] == [
        f"{path}:1:encoding: error: expected UTF-8 without a byte order mark"
    ]
    assert len(found.placed) == 3


def test_paths_in_no_format_and_files_that_are_no_text_are_told_and_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"words")
    (tmp_path / "b.jsonl").write_bytes(b'{"id": "\xff"}\n')
    found = read(tmp_path / "a.docx", tmp_path / "b.jsonl", written(tmp_path, "jsonl", 2))
    assert [problem.field for problem in errors(found)] == ["format", "encoding"]
    assert len(found.placed) == 2


def test_a_map_that_one_dispatch_does_not_take_costs_that_one(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    bare = Dispatch("d1", TEXT, spans=(Span("1", "GROUP", 0, 6, {"a": "x"}),))
    double = Dispatch("d2", TEXT, spans=(Span("1", "GROUP", 0, 6, {"a": "x", "b": "y"}),))
    named("jsonl").write([bare, double], path, False)
    rules = tmp_path / "map.toml"
    rules.write_text('[map.attributes]\na = "c"\nb = "c"\n', encoding="utf-8")
    found = read(path, mapping=LabelMap.read(rules))
    assert [(problem.check, problem.place.line) for problem in errors(found)] == [("map", 2)]
    assert [placed.dispatch.spans[0].attributes for placed in found.placed] == [{"c": "x"}]


rows_of_json = st.lists(
    st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5), max_size=3), min_size=1
)


@settings(deadline=None, max_examples=60)
@given(rows_of_json, st.sampled_from(["lines", "list", "pretty"]))
def test_a_file_of_objects_is_cut_into_those_objects(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[object], style: str
) -> None:
    path = tmp_path_factory.mktemp("rows") / "x.jsonl"
    plain = {
        "lines": "\n".join(map(json.dumps, rows)),
        "list": json.dumps(rows),
        "pretty": json.dumps(rows, indent=1, ensure_ascii=False),
    }[style]
    path.write_text(plain, encoding="utf-8", newline="")
    pieces = pieces_of(path, named("doccano"))
    assert [json.loads(piece.text) for piece in pieces] == rows
    assert all("\n" not in piece.text for piece in pieces)
    starts = [plain.split("\n")[piece.line - 1].lstrip(" [")[:1] for piece in pieces]
    assert style == "list" or starts == ["{"] * len(rows)


@pytest.mark.parametrize("name", IN_PIECES)
def test_whatever_was_done_to_a_file_ends_in_errors_and_dispatches(name: str, tmp_path: Path) -> None:
    """Never in anything else, and there is an error exactly where the reader refuses the file."""
    data, chance, refused = written(tmp_path, name, 4).read_bytes(), random.Random(7), 0
    each = named(name)
    path = tmp_path / f"damaged{each.suffixes[0]}"
    for _ in range(25):
        at, length = chance.randrange(len(data)), chance.randint(1, 9)
        other = chance.choice(
            (b"", b'"', b"}", b"[", b",", b"\n", b"\xff", b"-1", b"99", b"null", data[at : at + 40] * 2)
        )
        path.write_bytes(data[:at] + other + data[at + length :])
        found = read(path, given=name)
        try:
            whole = each.read(path).dispatches
        except InputError:
            refused += 1
            assert errors(found) or len(found.placed) > len({placed.dispatch.id for placed in found.placed})
        else:
            assert tuple(placed.dispatch for placed in found.placed) == whole
            assert not errors(found)
    assert refused > 5
