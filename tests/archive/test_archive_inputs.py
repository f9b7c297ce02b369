"""Files of dispatches as an archive run reads them: from any place in them, in bounded memory, within limits."""

import glob
import gzip
import itertools
import json
import os
import random
import tracemalloc
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from archive_texts import write_mixed
from archives import write_lines
from dateline_archive.listing import check_listing, listing_lines
from dateline_archive.shards import Plan, Position, Shard, shards
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_inputs.files import files_of, matches
from dateline_inputs.rows import At, rows
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

NOTE = '{"text": "Gao fell."}\n'


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_mixed(tmp_path_factory.mktemp("archive"), 90, seed=11, broken=5)


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory, mixed: list[Path]) -> Path:
    path = tmp_path_factory.mktemp("listing") / "inputs.jsonl"
    path.write_bytes(b"".join(listing_lines(mixed)))
    return path


@pytest.mark.parametrize("name", ["a.jsonl.gz", "b.jsonl.zst", "c.parquet", "d.csv", "texts/d88.txt"])
def test_reading_from_any_place_gives_the_rest(mixed: list[Path], name: str) -> None:
    path = mixed[0].parent / name
    whole = list(rows(path, At(), "text", Limits()))
    assert whole
    for at, placed in enumerate(whole):
        rest = [(each.row, each.after) for each in rows(path, placed.after, "text", Limits())]
        assert rest == [(each.row, each.after) for each in whole[at + 1 :]]
    assert whole[-1].consumed <= path.stat().st_size


def cut(listing: Path, plan: Plan, done: dict[int, Shard]) -> list[Shard]:
    class Done:
        def __init__(self, shard: Shard) -> None:
            self.first, self.documents, self.end = shard.first, len(shard.rows), shard.end

    return list(shards(listing, plan, {number: Done(shard) for number, shard in done.items()}))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_shards_that_are_not_done_are_the_same_whichever_are(listing: Path, data: st.DataObject) -> None:
    plan = Plan(documents=data.draw(st.integers(1, 40)))
    whole = cut(listing, plan, {})
    assert [row for shard in whole for row in shard.rows] == [
        row for shard in cut(listing, Plan(), {}) for row in shard.rows
    ]
    assert [shard.first for shard in whole] == [*itertools.accumulate((len(s.rows) for s in whole[:-1]), initial=0)]
    done = data.draw(st.sets(st.sampled_from(range(len(whole)))))
    left = cut(listing, plan, {number: whole[number] for number in done})
    assert [shard.number for shard in left] == [number for number in range(len(whole)) if number not in done]
    for shard in left:
        assert (shard.rows, shard.begin, shard.end, shard.first) == (
            whole[shard.number].rows,
            whole[shard.number].begin,
            whole[shard.number].end,
            whole[shard.number].first,
        )


def test_shards_end_with_the_text_that_fills_them(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "x.jsonl", [{"text": "x" * length} for length in (10, 500, 10, 10, 10, 10)])
    (tmp_path / "inputs.jsonl").write_bytes(b"".join(listing_lines([source])))
    found = cut(tmp_path / "inputs.jsonl", Plan(documents=3, bytes=200), {})
    assert [len(shard.rows) for shard in found] == [2, 3, 1]
    assert found[0].begin == Position()


def test_a_file_that_changes_under_a_run_stops_it(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "x.jsonl", [{"text": "x"}] * 5)
    (tmp_path / "inputs.jsonl").write_bytes(b"".join(listing_lines([source])))
    reading = shards(tmp_path / "inputs.jsonl", Plan(documents=2), {})
    next(reading)
    source.write_text("{}\n")
    with pytest.raises(InputError, match="was changed since the run began"):
        list(reading)


def test_folders_and_patterns_stand_for_their_files_by_name(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.jsonl", "c.csv.zst", "a/b/3.parquet", "a/notes.docx", "10.txt", "9.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [str(path.relative_to(tmp_path)) for path in files_of([tmp_path])]
    assert found == ["10.txt", "9.txt", "b.txt", "c.csv.zst", "a/1.jsonl", "a/2.txt", "a/b/3.parquet"]
    found = [str(path.relative_to(tmp_path)) for path in files_of([tmp_path / "**" / "*.txt"])]
    assert found == ["10.txt", "9.txt", "a/2.txt", "b.txt"]
    with pytest.raises(InputError, match="is given twice"):
        list(files_of([tmp_path / "a", tmp_path / "*" / "2.txt"]))
    (tmp_path / "[x].txt").touch()
    assert list(files_of([tmp_path / "[x].txt"])) == [tmp_path / "[x].txt"]


def test_names_that_are_no_utf8_are_listed_and_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text("Gao fell.")
    (tmp_path / "inputs.jsonl").write_bytes(b"".join(listing_lines([path])))
    (shard,) = cut(tmp_path / "inputs.jsonl", Plan(), {})
    assert shard.rows[0].data == b"Gao fell."
    check_listing(tmp_path / "inputs.jsonl", [path])


@pytest.mark.parametrize("suffix", [".jsonl.zst", ".csv.gz", ".csv.zst"])
def test_extract_reads_them_too(tmp_path: Path, suffix: str) -> None:
    plain = b"id,text\r\n1,Gao fell.\r\n" if ".csv" in suffix else b'{"id": "1", "text": "Gao fell."}\n'
    packed = gzip.compress(plain) if suffix.endswith(".gz") else pyarrow.compress(plain, codec="zstd", asbytes=True)
    (tmp_path / f"x{suffix}").write_bytes(packed)
    (found,) = read_inputs([tmp_path], Columns())
    assert (found.id, found.text) == ("1", "Gao fell.")


@pytest.mark.parametrize(("suffix", "damage"), [(".gz", "cut off"), (".gz", "garbled"), (".zst", "cut off")])
def test_a_damaged_file_is_read_up_to_there_from_wherever_reading_begins(
    tmp_path: Path, suffix: str, damage: str
) -> None:
    chance = random.Random(1)
    plain = "".join(json.dumps({"text": chance.randbytes(400).hex()}) + "\n" for _ in range(500)).encode()
    packed = gzip.compress(plain) if suffix == ".gz" else pyarrow.compress(plain, codec="zstd", asbytes=True)
    half = len(packed) // 2
    data = packed[:half] if damage == "cut off" else packed[:half] + b"\xff" * 600 + packed[half + 600 :]
    path = tmp_path / f"x.jsonl{suffix}"
    path.write_bytes(data)
    (tmp_path / "inputs.jsonl").write_bytes(b"".join(listing_lines([path])))
    whole = cut(tmp_path / "inputs.jsonl", Plan(documents=40), {})
    lines = [row.data for shard in whole for row in shard.rows]
    assert len(lines) > 20
    assert whole[-1].rows[-1].fault is not None
    assert plain.startswith(b"\n".join(lines[:20]))  # type: ignore[arg-type]
    for done in range(1, len(whole)):
        left = cut(tmp_path / "inputs.jsonl", Plan(documents=40), dict(enumerate(whole[:done])))
        assert [shard.rows for shard in left] == [shard.rows for shard in whole[done:]]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_bomb_is_stopped_where_it_passes_the_ratio_or_the_bytes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.jsonl{suffix}"
    plain = NOTE.encode() * 100 + b" " * 2**25
    path.write_bytes(gzip.compress(plain) if suffix == ".gz" else pyarrow.compress(plain, codec="zstd", asbytes=True))
    found = []
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        found += [*rows(path, At(), "text", Limits())]
    for placed in rows(path, At(), "text", Limits(ratio=2**20)):
        found.append(placed)
    assert len(found) == 101
    assert found[-1].row.fault is not None  # a line of 32 MB
    with pytest.raises(InputError, match="unpacks to more than 1000000 bytes"):
        list(rows(path, At(), "text", Limits(unpacked=1_000_000)))


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    table = pyarrow.table({"text": [" " * 2**20] * 80})
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet", compression="zstd", use_dictionary=False)
    with pytest.raises(InputError, match=r"a column unpacks from \d+ to \d+ bytes"):
        list(rows(tmp_path / "x.parquet", At(), "text", Limits()))


def test_a_line_without_end_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with path.open("wb") as file:
        file.write(NOTE.encode())
        for _ in range(200):
            file.write(b"x" * 2**20)
        file.write(b"\n" + NOTE.encode())
    tracemalloc.start()
    found = [placed.row for placed in rows(path, At(), "text", Limits(text=100_000))]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(row.line, row.fault is None) for row in found] == [(1, True), (2, False), (3, True)]
    assert most < 10 * 2**20


def test_a_broken_record_of_csv_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(
        b'\xef\xbb\xbfid,text\n1,Gao\n2,\xff\xfe\n3\n4,a,b\n\n5,"two\nlines"\n6,"x"y\n7,Kidal\n'
    )
    found = [placed.row for placed in rows(tmp_path / "x.csv", At(), "text", Limits())]
    assert [(row.line, row.fault[0] if row.fault else row.data) for row in found] == [
        (2, {"id": "1", "text": "Gao"}),
        (3, "encoding"),
        (4, "row"),
        (5, "row"),
        (8, {"id": "5", "text": "two\nlines"}),
        (9, "csv"),
        (10, {"id": "7", "text": "Kidal"}),
    ]


def test_a_cell_of_parquet_that_is_no_text_leaves_the_others(tmp_path: Path) -> None:
    bad = pyarrow.array([b"Gao", b"\xff\xfe", b"Kidal"]).cast(pyarrow.binary())
    texts = pyarrow.Array.from_buffers(pyarrow.string(), 3, bad.buffers())
    pyarrow.parquet.write_table(pyarrow.table({"text": texts}), tmp_path / "x.parquet")
    found = [placed.row for placed in rows(tmp_path / "x.parquet", At(), "text", Limits())]
    assert [row.fault[0] if row.fault else row.data["text"] for row in found] == ["Gao", "encoding", "Kidal"]  # type: ignore[index]


def test_json_is_told_apart_line_by_line(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "x.jsonl", [{"text": "a"}, "", "   ", "broken", {"text": "b"}])
    found = [placed.row for placed in rows(source, At(), "text", Limits())]
    assert [(row.line, row.data) for row in found] == [
        (1, b'{"text": "a"}'),
        (4, b"broken"),
        (5, b'{"text": "b"}'),
    ]
    assert json.loads(found[0].data)["text"] == "a"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "ab", "*", "a*", "**"]), max_size=3),
    st.lists(st.sampled_from(["a", "ab", "b"]), max_size=3),
)
def test_a_pattern_matches_a_path_as_the_files_of_a_disk(
    tmp_path_factory: pytest.TempPathFactory, pattern: list[str], folders: list[str]
) -> None:
    root = tmp_path_factory.mktemp("pattern")
    file = root.joinpath(*folders, "x.txt")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    looked_for = root.joinpath(*pattern, "*.txt")
    assert matches(looked_for, file) == (str(file) in glob.glob(str(looked_for), recursive=True))
