"""What is about to be written is looked at first: no input is replaced, no work is lost for a place without rights."""

import os
from pathlib import Path

import pytest
from dateline_labels import InputError
from dateline_labels.outputs import check_folder, check_outputs


@pytest.fixture
def read(tmp_path: Path) -> Path:
    path = tmp_path / "read.jsonl"
    path.write_text("{}", encoding="utf-8")
    return path


def test_files_that_are_not_there_and_folders_yet_to_be_made_are_fine(tmp_path: Path, read: Path) -> None:
    check_outputs((tmp_path / "out.csv", tmp_path / "a" / "b" / "out.csv", None), (read, tmp_path / "gone", None))
    assert list(tmp_path.iterdir()) == [read]


def test_an_old_output_is_fine(read: Path) -> None:
    check_outputs((read,), ())


@pytest.mark.parametrize("name", ["read.jsonl", "a/../read.jsonl", "link.jsonl", "hard.jsonl"])
def test_an_input_is_no_output_by_whatever_name(name: str, tmp_path: Path, read: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link.jsonl").symlink_to(read)
    (tmp_path / "hard.jsonl").hardlink_to(read)
    with pytest.raises(InputError, match=r":0:out: expected another file than those that are read"):
        check_outputs((tmp_path / "other", tmp_path / name), (tmp_path / "another", read))


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.claims\.jsonl:0:out: expected a file for each"):
        check_outputs((tmp_path / "x.claims.jsonl", None, tmp_path / "a" / ".." / "x.claims.jsonl"))


def test_a_device_is_read_and_written() -> None:
    check_outputs((Path(os.devnull), Path(os.devnull)), (Path(os.devnull),))


def test_a_folder_and_a_file_that_is_taken_for_a_folder_are_no_files(tmp_path: Path, read: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        check_outputs((tmp_path,))
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(NotADirectoryError) as other:
        check_outputs((read / "out.csv",))
    assert other.value.filename == str(read / "out.csv")


def test_where_nobody_may_write_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # whoever runs the tests may be root
    for out in (tmp_path / "out.csv", tmp_path / "new" / "out.csv"):
        with pytest.raises(PermissionError) as caught:
            check_outputs((out,))
        assert caught.value.filename == str(out)


def test_a_folder_is_looked_at_too(tmp_path: Path, read: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "new" / "folder")
    for out in (read, read / "below"):
        with pytest.raises(NotADirectoryError) as caught:
            check_folder(out)
        assert caught.value.filename == str(out)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    for out in (tmp_path, tmp_path / "new" / "folder"):
        with pytest.raises(PermissionError):
            check_folder(out)
