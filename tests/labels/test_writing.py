"""Where a written file may go: onto links, into pipes, under the longest names; and whom errors name."""

import os
from pathlib import Path
from threading import Thread

import pytest
from dateline_labels.files import replacing, write_atomically


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    link = tmp_path / "latest.csv"
    link.symlink_to("data/2012.csv")
    for data in (b"made", b"replaced"):
        write_atomically(link, data)
        assert link.is_symlink()
        assert (tmp_path / "data" / "2012.csv").read_bytes() == data
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["2012.csv", "data", "latest.csv"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """As /dev/stdout and /dev/null are, which a rename would put an end to for the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_atomically(pipe, b"a table")
    reader.join(timeout=10)
    assert read == [b"a table"]
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("name", ["n" * 251 + ".csv", "é" * 125 + ".csv", os.fsdecode(b"l\xe4tin.csv")])
def test_a_file_may_have_the_longest_name_there_is_and_one_in_another_encoding(name: str, tmp_path: Path) -> None:
    write_atomically(tmp_path / name, b"here")
    assert (tmp_path / name).read_bytes() == b"here"


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_an_error_names_the_file_that_was_asked_for(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **_: object) -> None:
        named = arguments[0] if isinstance(arguments[0], str) else None
        raise OSError(28, "No space left on device", named)

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(tmp_path / "out.csv", b"data")
    monkeypatch.undo()
    assert caught.value.filename == str(tmp_path / "out.csv")
    assert not list(tmp_path.iterdir())


def test_an_error_about_another_file_still_names_that(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, replacing(tmp_path / "out.csv") as file:
        file.write((tmp_path / "gone.csv").read_bytes())
    assert caught.value.filename == str(tmp_path / "gone.csv")
    assert not list(tmp_path.iterdir())
