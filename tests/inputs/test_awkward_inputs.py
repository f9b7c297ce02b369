"""Archives as other tools write them and as disks damage them: read, or refused in one line."""

import csv
import gzip
import io
import json
import math
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Dispatch, InputError
from dateline_labels.jsonl import write_line
from dateline_labels.main import main
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def read(path: Path, columns: Columns | None = None) -> list[Dispatch]:
    return read_inputs([path], columns or Columns())


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def table(path: Path, **columns: Any) -> Path:
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS.filter(bool)), min_size=1, max_size=5))
def test_any_text_survives_every_format(rows: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("formats")
    lines = "".join(json.dumps({"text": text, "note": note}) + "\n" for text, note in rows).encode()
    page = io.StringIO(newline="")
    csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([("text", "note"), *rows])
    written = [
        write(folder / "x.jsonl", lines),
        write(folder / "x.jsonl.gz", gzip.compress(lines)),
        write(folder / "x.csv", page.getvalue().encode()),
        table(folder / "x.parquet", text=[text for text, _ in rows], note=[note for _, note in rows]),
    ]
    for path in written:
        assert [(found.text, found.meta["note"]) for found in read(path)] == rows, path.suffix
    text = rows[0][0]
    if not text.startswith("\ufeff"):
        assert [found.text for found in read(write(folder / "x.txt", text.encode()))] == [text]


def test_a_table_with_a_nameless_index_column_is_read(tmp_path: Path) -> None:
    """As data frames are written: the column of row numbers has no name."""
    (found,) = read(write(tmp_path / "x.csv", b",text\n0,Gao fell.\n"))
    assert (found.id, found.text) == ("x-2", "Gao fell.")


def test_rows_are_named_by_the_line_they_end_on(tmp_path: Path) -> None:
    found = read(write(tmp_path / "news.csv", b'text\r\n"a\r\nb\r\nc"\r\n\r\nd\r\n'))
    assert [(each.id, each.text) for each in found] == [("news-4", "a\r\nb\r\nc"), ("news-6", "d")]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_no_words_for_are_kept_as_words(number: float, tmp_path: Path) -> None:
    """A missing number of a data frame is NaN, and the result must still be JSON."""
    found = read(table(tmp_path / "x.parquet", text=["a", "b"], dead=[4.5, number]))
    assert [each.meta["dead"] for each in found] == [4.5, str(number)]
    assert json.loads(write_line(found[1]))["meta"] == {"dead": str(number)}


def test_lists_and_objects_beside_the_text_stay_what_they_are(tmp_path: Path) -> None:
    line = r'{"text": "Gao fell.", "tags": ["a", null, {"b": [1, 2.5, true]}], "o": {"k\ud800": "v\udc00"}}'
    (found,) = read(write(tmp_path / "x.jsonl", line.encode()))
    assert found.meta == {"tags": ["a", None, {"b": [1, 2.5, True]}], "o": {"k\ufffd": "v\ufffd"}}
    days = [[date(2012, 3, 31)], None]
    found, other = read(table(tmp_path / "x.parquet", text=["a", "b"], days=days, numbers=[[math.nan, 1.0], []]))
    assert found.meta == {"days": ["2012-03-31"], "numbers": ["NaN", 1.0]}
    assert other.meta == {"numbers": []}
    assert json.loads(write_line(found))["meta"] == found.meta


@pytest.mark.parametrize("depth", range(1, 1_000, 27))
def test_what_is_nested_deep_is_kept_or_refused(depth: int, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", f'{{"text": "a", "k": {"[" * depth}{"]" * depth}}}'.encode())
    with suppress(InputError):  # from where on depends on the stack
        (found,) = read(path)
        assert json.loads(write_line(found))["meta"] == found.meta
    with pytest.raises(InputError, match="nested too deep"):
        read(write(tmp_path / "y.jsonl", f'{{"text": "a", "k": {"[" * 5_000}{"]" * 5_000}}}'.encode()))


def test_lone_surrogates_beside_the_text_are_replaced(tmp_path: Path) -> None:
    line = r'{"id": "a\ud800", "text": "x\udfff", "published": "\ud800", "k\ud800": "v\udc00", "n": ["\ud801"]}'
    (found,) = read(write(tmp_path / "x.jsonl", line.encode()))
    assert (found.id, found.published, found.meta["k\ufffd"]) == ("a\ufffd", "\ufffd", "v\ufffd")
    assert found.text == "x\udfff"  # the Extractor counts those of the text
    write_line(Dispatch(found.id, "", found.published, found.meta)).encode("utf-8")


def test_a_file_name_that_is_no_unicode_gives_an_id_that_can_be_written(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/gao\xff.txt"))
    (found,) = read(write(path, b"Gao fell."))
    assert found.id == "gao\ufffd"


@pytest.mark.parametrize(("name", "dispatch_id"), [("a.b.txt", "a.b"), ("a b.txt", "a b"), ("x.jsonl.gz", "x-1")])
def test_dispatches_without_an_id_are_named_after_the_file(name: str, dispatch_id: str, tmp_path: Path) -> None:
    data = b'{"text": "Gao"}'
    (found,) = read(write(tmp_path / name, gzip.compress(data) if name.endswith(".gz") else data))
    assert found.id == dispatch_id


def test_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, name.encode()) for name in ("b.txt", "a.txt", "c.txt")]
    assert [found.text for found in read_inputs(paths, Columns())] == ["b.txt", "a.txt", "c.txt"]


def test_an_empty_archive_holds_no_dispatch(tmp_path: Path) -> None:
    assert read(write(tmp_path / "x.jsonl", b"\n \n")) == []
    assert read(write(tmp_path / "x.csv", b"text\n")) == []
    assert read(table(tmp_path / "x.parquet", text=pyarrow.array([], pyarrow.string()))) == []


def test_columns_of_parquet_keep_their_values(tmp_path: Path) -> None:
    import datetime

    path = table(
        tmp_path / "x.parquet",
        text=["a"],
        id=[7],
        published=[datetime.date(2019, 3, 14)],
        dead=[3],
        ok=[True],
        no=[None],
    )
    (found,) = read(path)
    assert (found.id, found.published, dict(found.meta)) == ("7", "2019-03-14", {"dead": 3, "ok": True})


def invalid_utf8() -> pyarrow.Array:
    return pyarrow.Array.from_buffers(pyarrow.string(), 1, pyarrow.array([b"Gao \xff"]).buffers())


def damaged(path: Path, at: float) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"text": [f"{'Gao fell. ' * 50}{n}" for n in range(500)]}), path)
    data = bytearray(path.read_bytes())
    begin = int(at * len(data))
    data[begin : begin + 40] = bytes(byte ^ 0xFF for byte in data[begin : begin + 40])
    path.write_bytes(data)


PARQUET: list[tuple[str, Callable[[Path], object], int, str]] = [
    ("empty", lambda path: path.write_bytes(b""), 0, "parquet"),
    ("words", lambda path: path.write_bytes(b"id,text\n1,Gao\n"), 0, "parquet"),
    ("magic_alone", lambda path: path.write_bytes(b"PAR1PAR1"), 0, "parquet"),
    ("cut", lambda path: path.write_bytes(table(path, text=["Gao"]).read_bytes()[:-20]), 0, "parquet"),
    ("damaged_at_the_beginning", lambda path: damaged(path, 0.01), 0, "parquet"),
    ("damaged_in_the_middle", lambda path: damaged(path, 0.4), 0, "parquet"),
    ("not_utf_8", lambda path: table(path, text=invalid_utf8()), 1, "encoding"),
    ("no_text_column", lambda path: table(path, body=["Gao"]), 0, "text"),
    ("bytes", lambda path: table(path, text=[b"Gao"]), 1, "text"),
    ("numbers", lambda path: table(path, text=[1, 2]), 1, "text"),
    ("a_missing_text", lambda path: table(path, text=["Gao", "Aden", None]), 3, "text"),
    ("lists", lambda path: table(path, text=[["Gao"]]), 1, "text"),
]


@pytest.mark.parametrize(("make", "line", "field"), [case[1:] for case in PARQUET], ids=[case[0] for case in PARQUET])
def test_a_bad_parquet_file_is_one_line_and_nothing_is_written(
    make: Callable[[Path], object], line: int, field: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The bundle need not be there: input is looked at first."""
    path, out = tmp_path / "x.parquet", tmp_path / "out.jsonl"
    make(path)
    assert main(["extract", str(tmp_path / "bundle"), str(path), "--out", str(out)]) == 2
    printed = capfd.readouterr()
    (said,) = printed.err.splitlines()
    assert said.startswith(f"{path}:{line}:{field}: ")
    assert printed.out == ""
    assert not out.exists()


@pytest.mark.parametrize("name", ["x.txt", "x.jsonl", "x.jsonl.gz", "x.csv", "x.parquet"])
def test_a_missing_file_is_named_whatever_its_format(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tmp_path / "bundle"), str(tmp_path / name)]) == 4
    assert capsys.readouterr().err == f"{tmp_path / name}: No such file or directory\n"


STDIN: list[tuple[bytes, str]] = [
    (b'{"text": ', "stdin:1:json: "),
    (b'{"text": "a"}\n{"body": 1}\n', "stdin:2:text: "),
    (b' \n{"text": 5}', "stdin:2:text: "),
    (b"Gao \xe9", "stdin:1:encoding: "),
    (b"\xff\xfeG\0", "stdin:1:encoding: "),
]


@pytest.mark.parametrize(("given", "says"), STDIN)
def test_bad_standard_input_is_one_line(
    given: bytes, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert main(["extract", str(tmp_path / "bundle"), "-", "--out", str(tmp_path / "out.jsonl")]) == 2
    printed = capsys.readouterr()
    (said,) = printed.err.splitlines()
    assert said.startswith(says)
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x", "x.TXT", "x.json", "x.gz", "x.csv.bz2", "x.txt.zip", "x.tsv", "a: b\nc.md"])
def test_other_formats_are_refused_by_their_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format: expected a file ending in"):
        read(write(tmp_path / name, b"Gao fell."))


def test_standard_input_that_is_empty_is_one_empty_dispatch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    (found,) = read(Path("-"))
    assert (found.id, found.text) == ("stdin", "")
