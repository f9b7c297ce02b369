import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError
from dateline_labels.main import main

ROWS = [
    {"id": "a", "text": "Gunmen attacked\nGao.", "published": "2019-03-14", "source": "wire"},
    {"id": "b", "text": 'He said: "no, 5"', "published": "2019-03-15", "source": "radio"},
]


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")


def write_gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS).encode()))


def write_csv(path: Path) -> None:
    cells = [["id", "text", "published", "source"], *([str(row[key]) for key in row] for row in ROWS)]
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in cells)
    path.write_bytes("\ufeff".encode() + "\r\n".join(quoted).encode())


def write_marked(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + "".join(json.dumps(row) + "\r\n" for row in ROWS).encode())


def write_parquet(path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("x.jsonl", write_jsonl),
        ("x.jsonl", write_marked),
        ("x.jsonl.gz", write_gzipped),
        ("x.csv", write_csv),
        ("x.parquet", write_parquet),
    ],
)
def test_every_format_gives_the_same_dispatches(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    found = read_inputs([tmp_path / name], Columns())
    assert [(d.id, d.text, d.published, dict(d.meta)) for d in found] == [
        (row["id"], row["text"], row["published"], {"source": row["source"]}) for row in ROWS
    ]


def test_a_text_file_is_one_dispatch_named_after_it_and_nothing_is_changed(tmp_path: Path) -> None:
    (tmp_path / "gao.txt").write_bytes(b" Gao \r\nfell.\n")
    (found,) = read_inputs([tmp_path / "gao.txt"], Columns())
    assert (found.id, found.text) == ("gao", " Gao \r\nfell.\n")


def test_the_mark_that_notepad_writes_before_a_text_is_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "gao.txt").write_bytes("\ufeffGao fell.\r\n".encode())
    (found,) = read_inputs([tmp_path / "gao.txt"], Columns())
    assert found.text == "Gao fell.\r\n"


def test_other_columns_can_be_named_and_rows_without_ids_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("body,day\nGao fell.,2019-01-02\nKidal too.,\n", encoding="utf-8")
    found = read_inputs([path], Columns(text="body", published="day"))
    assert [(d.id, d.text, d.published) for d in found] == [
        ("news-2", "Gao fell.", "2019-01-02"),
        ("news-3", "Kidal too.", None),
    ]


@pytest.mark.parametrize(
    ("given", "texts"),
    [('{"text": "Gao fell."}\n{"text": "Kidal."}\n', ["Gao fell.", "Kidal."]), ("Gao.\n", ["Gao.\n"])],
)
def test_standard_input_is_json_lines_or_one_text(
    monkeypatch: pytest.MonkeyPatch, given: str, texts: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    assert [dispatch.text for dispatch in read_inputs([Path("-")], Columns())] == texts


def test_a_text_of_standard_input_has_the_limit_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x" * (Limits().text + 1))))
    with pytest.raises(InputError, match=r"^stdin:0:text: expected at most"):
        read_inputs([Path("-")], Columns())


@pytest.mark.parametrize(
    ("name", "data", "dispatch"),
    [
        ("reuters.2017.03.txt", b"Gao fell.", "reuters.2017.03"),
        ("reuters.2017.jsonl", b'{"text": "Gao fell."}\n', "reuters.2017-1"),
        (".txt", b"Gao fell.", ".txt"),
        (".csv", b"text\nGao fell.\n", ".csv-2"),
        (".jsonl.gz", gzip.compress(b'{"text": "Gao fell."}\n', mtime=0), ".jsonl.gz-1"),
    ],
)
def test_a_name_of_many_parts_is_kept_but_for_its_ending(tmp_path: Path, name: str, data: bytes, dispatch: str) -> None:
    (tmp_path / name).write_bytes(data)
    (found,) = read_inputs([tmp_path / name], Columns())
    assert (found.id, found.text) == (dispatch, "Gao fell.")


@pytest.mark.parametrize("column", ["text", "source"])
def test_two_columns_of_one_name_are_refused_as_one_would_be_lost(tmp_path: Path, column: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"text,source,{column},,\nGao fell.,wire,radio,,\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"x\.csv:1:{column}: expected one column of this name, got 2"):
        read_inputs([path], Columns())
    path.write_text("text,source,,\nGao fell.,wire,,\n", encoding="utf-8")
    assert read_inputs([path], Columns())[0].text == "Gao fell."


def test_what_was_marked_is_left_out_and_columns_of_that_name_are_kept(tmp_path: Path) -> None:
    marked = {"text": "Gao fell.", "spans": [{"id": "p1"}], "relations": [], "note": "x"}
    (tmp_path / "x.jsonl").write_text(json.dumps(marked) + "\n", encoding="utf-8")
    (tmp_path / "x.csv").write_text("text,relations\nGao fell.,strained\n", encoding="utf-8")
    assert read_inputs([tmp_path / "x.jsonl"], Columns())[0].meta == {"note": "x"}
    assert read_inputs([tmp_path / "x.csv"], Columns())[0].meta == {"relations": "strained"}


def test_half_characters_beside_the_text_can_be_written(tmp_path: Path, tiny_bundle: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        '{"id": "\\ud800", "text": "Gao \\udfff", "k\\ud800": "\\ud800"}\n', encoding="utf-8"
    )
    out = tmp_path / "out.jsonl"
    assert main(["extract", str(tiny_bundle), str(tmp_path / "x.jsonl"), "--out", str(out)]) == 0
    row = json.loads(out.read_text(encoding="utf-8"))
    assert (row["id"], row["text"]) == ("\ufffd", "Gao \ufffd")
    assert row["meta"] == {"k\ufffd": "\ufffd", "replaced_surrogates": 1}


GOOD = '{"text": "Gao fell."}\n'
MALFORMED: dict[str, tuple[str, bytes, int, str]] = {
    "broken JSON": ("x.jsonl", f'{GOOD}{{"text": \n'.encode(), 2, "json"),
    "a list for an object": ("x.jsonl", f"{GOOD}[1]\n".encode(), 2, "json"),
    "no text": ("x.jsonl", f'{GOOD}{{"body": "x"}}\n'.encode(), 2, "text"),
    "a number for a text": ("x.jsonl", f'{GOOD}{{"text": 5}}\n'.encode(), 2, "text"),
    "a doubled key": ("x.jsonl", f'{GOOD}{{"text": "a", "text": "b"}}\n'.encode(), 2, "json"),
    "not a number": ("x.jsonl", f'{GOOD}{{"text": "a", "n": NaN}}\n'.encode(), 2, "json"),
    "Latin-1": ("x.jsonl", GOOD.encode() + '{"text": "é"}\n'.encode("latin-1"), 2, "encoding"),
    "semicolons": ("x.csv", b"id;text\n1;Gao\n", 1, "csv"),
    "UTF-16": ("x.txt", "Gao".encode("utf-16"), 1, "encoding"),
    "half a gzip file": ("x.jsonl.gz", gzip.compress(GOOD.encode())[:-5], 0, "gzip"),
    "no gzip file": ("x.jsonl.gz", GOOD.encode(), 0, "gzip"),
    "a column less": ("x.csv", b"id,body\n1,Gao\n", 1, "text"),
    "a cell less": ("x.csv", b"id,text\n1,Gao\n2\n", 3, "row"),
    "a cell more": ("x.csv", b"id,text\n1,Gao\n2,Kidal,x\n", 3, "row"),
    "an open quote": ("x.csv", b'id,text\n1,"Gao\n', 2, "csv"),
    "an empty table": ("x.csv", b"", 1, "text"),
    "no Parquet file": ("x.parquet", b"PAR1 and more", 0, "parquet"),
    "another format": ("x.docx", b"PK", 0, "format"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_input_is_one_line_and_nothing_is_written(
    tmp_path: Path, tiny_bundle: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name, data, line, field = MALFORMED[case]
    path, out = tmp_path / name, tmp_path / "out.jsonl"
    path.write_bytes(data)
    assert main(["extract", str(tiny_bundle), str(path), "--out", str(out)]) == 2
    printed = capsys.readouterr()
    (said,) = printed.err.splitlines()
    assert said.startswith(f"{path}:{line}:{field}: ")
    assert printed.out == ""
    assert not out.exists()


def test_a_missing_file_is_an_error_of_input_and_output(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(tiny_bundle), str(tmp_path / "gone.txt")]) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_parquet_file_without_the_text_column_is_refused(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([{"body": "x"}]), tmp_path / "x.parquet")
    with pytest.raises(InputError, match="no such column, got body"):
        read_inputs([tmp_path / "x.parquet"], Columns())
