"""Files and folders of annotated dispatches: what is read in which order, and that a failed write leaves nothing."""

import gzip
import os
import stat
from pathlib import Path

import pytest
from dateline_labels import Dispatch, InputError, Place, jsonl, markup, read_dispatches
from dateline_labels.files import annotated_files, decode_utf8, write_atomically, write_dispatches
from dateline_labels.main import main
from dispatch_strategies import SCHEMA

SHIPPED = Path(__file__).parents[2] / "labels"


def lines(*ids: str) -> bytes:
    return "".join(jsonl.write_line(Dispatch(name, f"text of {name}")) + "\n" for name in ids).encode()


def marked(name: str) -> bytes:
    return markup.write(Dispatch(name, f"text of {name}")).encode()


def lay_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def ids(*paths: Path) -> list[str]:
    return [dispatch.id for dispatch in read_dispatches(paths, SCHEMA)]


def test_a_folder_is_read_whole_in_the_order_of_its_names(tmp_path: Path) -> None:
    files = {
        "b.md": marked("b"),
        "a/z.md": marked("a-z"),
        "a/b/c.jsonl": lines("c2", "c1"),
        "d.jsonl.gz": gzip.compress(lines("d1", "d2")),
        "a/notes.txt": b"left out",
        "README": b"left out",
        "e.md.orig": b"left out",
    }
    assert ids(lay_out(tmp_path, files)) == ["c2", "c1", "a-z", "b", "d1", "d2"]


def test_a_folder_that_looks_like_a_file_is_still_a_folder(tmp_path: Path) -> None:
    lay_out(tmp_path, {"x.md/y.md": marked("y"), "x.md/empty.jsonl/z.md": marked("z")})
    assert ids(tmp_path / "x.md") == ["z", "y"]


def test_paths_are_read_in_the_order_given(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.md": marked("a"), "b.jsonl": lines("b"), "c/c.md": marked("c")})
    assert ids(tmp_path / "c", tmp_path / "b.jsonl", tmp_path / "a.md") == ["c", "b", "a"]


def test_a_packed_file_holds_the_same_dispatches(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.jsonl": lines("a", "b"), "b.jsonl.gz": gzip.compress(lines("a", "b"))})
    assert read_dispatches([tmp_path / "a.jsonl"], SCHEMA) == read_dispatches([tmp_path / "b.jsonl.gz"], SCHEMA)


def test_a_file_packed_in_parts_is_read_to_its_end(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.jsonl.gz": gzip.compress(lines("a")) + gzip.compress(lines("b"))})
    assert ids(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("data", [lines("a", "b").removesuffix(b"\n"), lines("a", "b").replace(b"\n", b"\r\n\r\n")])
def test_line_ends_of_json_lines_do_not_matter(data: bytes, tmp_path: Path) -> None:
    assert ids(lay_out(tmp_path, {"a.jsonl": data})) == ["a", "b"]


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        ({"a.md": marked("x")}, {"b.md": marked("x")}, "b.md:1"),
        ({"a.md": marked("x")}, {"b.jsonl": lines("y", "x")}, "b.jsonl:2"),
        ({"a.jsonl": lines("x")}, {"b.md": marked("x")}, "b.md:1"),
        ({"a.jsonl.gz": gzip.compress(lines("x"))}, {"b/a.jsonl": lines("z", "y", "x")}, "b/a.jsonl:3"),
    ],
)
def test_an_id_that_occurs_in_two_files_is_refused(
    first: dict[str, bytes], second: dict[str, bytes], place: str, tmp_path: Path
) -> None:
    lay_out(tmp_path, first | second)
    with pytest.raises(InputError) as caught:
        read_dispatches([tmp_path], SCHEMA)
    assert str(caught.value) == f"{tmp_path}/{place}:id: x occurs twice, first in {tmp_path / next(iter(first))}"


def test_the_same_file_given_twice_is_refused(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.md": marked("x")})
    with pytest.raises(InputError, match="x occurs twice"):
        read_dispatches([tmp_path / "a.md", tmp_path], SCHEMA)


def test_a_folder_without_annotated_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file here ends in"):
        annotated_files(tmp_path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_dispatches([tmp_path / "none.md"], SCHEMA)


def test_bytes_are_decoded_as_they_stand() -> None:
    text = "e\u0301 é\r\n\r\0\u2028\ufeff😀"
    assert decode_utf8(text.encode(), Place("x")) == text


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xef\xbb\xbfa", 1),
        (b"\xff\xfea\0", 1),
        (b"\xfe\xff\0a", 1),
        (b"a\nb\n\xe9\n", 3),
        (b"a\n\xc3", 2),
        (b"\xed\xa0\x80", 1),
    ],
)  # fmt: skip
def test_other_encodings_are_refused_with_their_line(data: bytes, line: int) -> None:
    with pytest.raises(InputError) as caught:
        decode_utf8(data, Place("x"))
    assert (caught.value.place.line, caught.value.field) == (line, "encoding")


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out", "far/down/out.jsonl"])
def test_what_was_written_reads_back_equal(name: str, tmp_path: Path) -> None:
    dispatches = [Dispatch(f"d{number}", f"text {number} 😀", "2019-03-14", {"a": "b"}) for number in range(5)]
    write_dispatches(dispatches, tmp_path / name)
    assert read_dispatches([tmp_path / name], SCHEMA) == dispatches


def test_packed_files_hold_no_time_stamp(tmp_path: Path) -> None:
    write_dispatches([Dispatch("d", "x")], tmp_path / "a.jsonl.gz")
    assert (tmp_path / "a.jsonl.gz").read_bytes()[4:8] == bytes(4)


def test_convert_carries_the_corpus_to_json_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = SHIPPED / "corpus" / "sahel"
    schema = ["--schema", str(SHIPPED / "schema.toml")]
    assert main(["convert", str(source), str(tmp_path / "a.jsonl.gz"), *schema]) == 0
    assert main(["convert", str(tmp_path / "a.jsonl.gz"), str(tmp_path / "back"), *schema]) == 0
    count = len(list(source.iterdir()))
    assert capsys.readouterr().out == (
        f"{count} dispatches written to {tmp_path}/a.jsonl.gz\n{count} dispatches written to {tmp_path}/back\n"
    )
    written = {file.name: file.read_bytes() for file in (tmp_path / "back").iterdir()}
    assert written == {file.name: file.read_bytes() for file in source.iterdir()}


@pytest.mark.parametrize("name", ["out.txt", "out.md", "out.json", "out.gz"])
def test_a_target_of_another_kind_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a folder, or a file ending in"):
        write_dispatches([Dispatch("d", "x")], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_one_dispatch_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="b:0:markup: the markup carries words on one line"):
        write_dispatches([Dispatch("a", "x"), Dispatch("b", "x", meta={"n": 1})], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_two_dispatches_of_one_id_are_refused_as_one_would_be_lost(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="id: a occurs 2 times"):
        write_dispatches([Dispatch("a", "x"), Dispatch("a", "y")], tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a/b", "../b", "/b", ".", "a/"])
def test_an_id_never_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        write_dispatches([Dispatch(name, "x")], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["replace", "fsync", "chmod"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)):
        write_atomically(target, b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.jsonl": b"old"}


def test_a_failed_convert_is_an_io_error_and_leaves_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, {"in/a.md": marked("a"), "in/b.md": marked("b")})

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "out"))

    monkeypatch.setattr(os, "replace", fail)
    for target in ("out.jsonl", "out.jsonl.gz", "out"):
        arguments = ["convert", str(tmp_path / "in"), str(tmp_path / target)]
        assert main([*arguments, "--schema", str(SHIPPED / "schema.toml")]) == 4
        assert capsys.readouterr().err == f"{tmp_path}/out: No space left on device\n"
    left = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {tmp_path / "in/a.md", tmp_path / "in/b.md"}


def test_a_written_file_replaces_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    write_atomically(target, b"a long old text")
    write_atomically(target, b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out": b"new"}


def test_a_written_file_has_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "out", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640
