"""The journal of an archive run: what was written down is there again, whenever the process was stopped."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from dateline_archive.journal import JOURNAL, DoneShard, FileRecord, Journal, read_journal, total
from dateline_archive.reading import ReadShard, TableFile
from dateline_archive.shards import Position, Shard
from dateline_inputs.rows import Row
from dateline_labels import InputError


def done(number: int, documents: int = 3) -> DoneShard:
    """A shard as it is written down."""
    files = {"spans": FileRecord(7 + number, 700, "ab" * 32)}
    begin, end = Position(0, 10 * number, number), Position(1, 10 * number + 9, number + 1)
    return DoneShard(number, documents * number, documents, begin, end, {"ok": documents}, files)


def written(folder: Path, *numbers: int) -> Path:
    """The file of a journal of these shards, in this order."""
    journal = Journal(folder)
    for number in numbers:
        journal.add(done(number))
    journal.close()
    return folder / JOURNAL


def test_a_shard_is_written_down_with_its_place_its_documents_and_its_files() -> None:
    rows = tuple(Row("x.jsonl", line, b"{}") for line in (4, 5))
    shard = Shard(2, 30, rows, Position(0, 8, 3), Position(1, 9, 5), 90)
    read = ReadShard(2, {"spans": TableFile(4, b"four"), "ledger": TableFile(2, b"")}, {"ok": 1, "error": 1})
    assert DoneShard.of(shard, read) == DoneShard(
        shard=2,
        first=30,
        documents=2,
        begin=Position(0, 8, 3),
        end=Position(1, 9, 5),
        statuses={"ok": 1, "error": 1},
        files={
            "spans": FileRecord(4, 4, sha256(b"four").hexdigest()),
            "ledger": FileRecord(2, 0, sha256(b"").hexdigest()),
        },
    )


def test_what_was_added_is_there_at_once_and_when_it_is_opened_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.done == {}
    for number in (1, 0):
        journal.add(done(number))
        assert journal.done[number] == done(number)
        assert read_journal(tmp_path / JOURNAL)[0] == journal.done
    journal.close()
    again = Journal(tmp_path)
    assert again.done == {0: done(0), 1: done(1)}
    again.add(done(2))
    again.close()
    assert sorted(Journal(tmp_path).done) == [0, 1, 2]


def test_a_line_is_one_object_of_json_in_ascii(tmp_path: Path) -> None:
    (line,) = written(tmp_path, 4).read_bytes().splitlines()
    assert [file.name for file in tmp_path.iterdir()] == ["journal.jsonl"]
    assert line.isascii()
    assert b" " not in line
    assert json.loads(line) == {
        "shard": 4,
        "first": 12,
        "documents": 3,
        "begin": {"file": 0, "offset": 40, "line": 4},
        "end": {"file": 1, "offset": 49, "line": 5},
        "statuses": {"ok": 3},
        "files": {"spans": {"rows": 11, "bytes": 700, "sha256": "ab" * 32}},
    }


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_line_that_a_kill_left_unfinished_is_no_line_and_is_written_over(tmp_path: Path, kept: int) -> None:
    path = written(tmp_path, 0, 1, 2)
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.write_bytes(whole.removesuffix(last) + last[:kept])
    assert read_journal(path) == ({0: done(0), 1: done(1)}, len(whole) - len(last))
    journal = Journal(tmp_path)
    assert sorted(journal.done) == [0, 1]
    journal.add(done(2))
    journal.close()
    assert path.read_bytes() == whole


@pytest.mark.parametrize("damaged", [b"{}\n", b"\n", b"[1]\n", b'{"shard": 1\n', b"\xff\n"])
def test_a_damaged_line_is_told_with_its_number(tmp_path: Path, damaged: bytes) -> None:
    path = written(tmp_path, 0)
    path.write_bytes(path.read_bytes() + damaged + path.read_bytes())
    with pytest.raises(InputError) as caught:
        Journal(tmp_path)
    assert str(caught.value) == f"{path}:2:journal: expected a shard that is done"


def test_in_the_end_the_lines_stand_in_the_order_of_the_shards_whoever_read_which_when(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    journal = Journal(tmp_path / "one")
    for number in (2, 0, 1):
        journal.add(done(number))
    journal.put_in_order()
    journal.close()
    path = tmp_path / "one" / JOURNAL
    assert path.read_bytes() == written(tmp_path / "two", 0, 1, 2).read_bytes()
    assert [each.name for each in path.parent.iterdir()] == [JOURNAL]


def test_of_a_shard_that_is_written_down_twice_the_later_line_counts(tmp_path: Path) -> None:
    later = replace(done(0), statuses={"error": 3})
    journal = Journal(tmp_path)
    journal.add(done(0))
    journal.add(later)
    journal.close()
    assert Journal(tmp_path).done == {0: later}


def test_counts_are_summed_by_name_in_the_order_of_the_names() -> None:
    sums = total([{"ok": 3, "error": 1}, {}, {"no_attack": 2, "ok": 4}])
    assert list(sums.items()) == [("error", 1), ("no_attack", 2), ("ok", 7)]
    assert total([]) == {}
