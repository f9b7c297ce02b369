"""Files → shards: where each ends, what it says of its place, and what becomes of a file that cannot be read."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from dateline_archive.listing import listing_lines
from dateline_archive.shards import FORMATS, Plan, Position, Shard, shards
from dateline_inputs.dispatches import Columns
from dateline_inputs.unpacking import Limits
from dateline_labels import InputError


@dataclass(frozen=True)
class Done:
    """A shard that was cut before, as the journal knows it."""

    first: int
    documents: int
    end: Position


def texts(path: Path, *lengths: int) -> Path:
    """A file of JSON lines, each so many bytes with its line break left out."""
    empty = len(json.dumps({"text": ""}))
    assert min(lengths) >= empty
    path.write_text("".join(json.dumps({"text": "x" * (each - empty)}) + "\n" for each in lengths), encoding="utf-8")
    return path


def cut(folder: Path, inputs: Sequence[Path], plan: Plan, done: dict[int, Done] | None = None) -> list[Shard]:
    listing = folder / "inputs.listing"
    listing.write_bytes(b"".join(listing_lines(inputs)))
    return list(shards(listing, plan, done or {}))


def lines(found: Sequence[Shard]) -> list[list[tuple[str, int]]]:
    return [[(Path(row.path).name, row.line) for row in shard.rows] for shard in found]


def as_done(shard: Shard) -> Done:
    return Done(shard.first, len(shard.rows), shard.end)


def test_unless_told_otherwise_a_shard_has_a_thousand_documents_or_eight_mebibytes(tmp_path: Path) -> None:
    small = texts(tmp_path / "small.jsonl", *[12] * 2_001)
    assert [len(shard.rows) for shard in cut(tmp_path, [small], Plan())] == [1000, 1000, 1]
    large = texts(tmp_path / "large.jsonl", *[2**21] * 5)
    assert [len(shard.rows) for shard in cut(tmp_path, [large], Plan())] == [4, 1]
    assert Plan().format == "parquet"
    assert Plan().limit is None
    assert Plan().columns == Columns()


def test_a_packed_file_may_hold_a_tebibyte_and_no_more() -> None:
    assert Plan().limits == Limits(unpacked=2**40)


@pytest.mark.parametrize("form", ["csv", "PARQUET", ""])
def test_another_format_is_refused_by_naming_those_there_are(form: str) -> None:
    with pytest.raises(InputError) as caught:
        Plan(format=form)
    assert str(caught.value) == f"--format:0:format: expected one of parquet, jsonl, got {form}"
    assert FORMATS == ("parquet", "jsonl")


@pytest.mark.parametrize(("most", "sizes"), [(61, [3, 2]), (90, [3, 2]), (91, [4, 1]), (30, [1] * 5), (1, [1] * 5)])
def test_the_document_that_reaches_the_bytes_is_the_last_of_its_shard(
    tmp_path: Path, most: int, sizes: list[int]
) -> None:
    source = texts(tmp_path / "x.jsonl", *[30] * 5)
    assert [len(shard.rows) for shard in cut(tmp_path, [source], Plan(bytes=most))] == sizes
    twice = texts(tmp_path / "y.jsonl", *[30] * 2 * sizes[0])
    assert [len(shard.rows) for shard in cut(tmp_path, [twice], Plan(bytes=most))] == [sizes[0]] * 2


def test_of_a_table_the_words_of_all_cells_count(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text("text,place\nabcde,fgh\nabcde,fgh\nabcde,fgh\n", encoding="utf-8")
    assert [len(shard.rows) for shard in cut(tmp_path, [source], Plan(bytes=16))] == [2, 1]
    assert [len(shard.rows) for shard in cut(tmp_path, [source], Plan(bytes=17))] == [3]


def test_what_a_table_holds_besides_words_takes_no_room(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"text": ["abcde"] * 3, "year": [2017, 2018, None], "note": [None, "fgh", None]})
    parquet.write_table(table, tmp_path / "x.parquet")
    found = cut(tmp_path, [tmp_path / "x.parquet"], Plan(bytes=13))
    assert [len(shard.rows) for shard in found] == [2, 1]
    assert found[0].rows[1].data == {"text": "abcde", "year": 2018, "note": "fgh"}


def test_shards_reach_over_files_and_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    inputs = [texts(tmp_path / "a.jsonl", 20, 20, 20), texts(tmp_path / "b.jsonl", 40, 40)]
    found = cut(tmp_path, inputs, Plan(documents=2))
    assert lines(found) == [
        [("a.jsonl", 1), ("a.jsonl", 2)],
        [("a.jsonl", 3), ("b.jsonl", 1)],
        [("b.jsonl", 2)],
    ]
    assert [(shard.number, shard.first) for shard in found] == [(0, 0), (1, 2), (2, 4)]
    assert [(shard.begin, shard.end) for shard in found] == [
        (Position(), Position(0, 42, 2)),
        (Position(0, 42, 2), Position(1, 41, 1)),
        (Position(1, 41, 1), Position(1, 82, 2)),
    ]


def test_a_shard_says_how_many_bytes_of_the_files_were_read_by_then(tmp_path: Path) -> None:
    inputs = [texts(tmp_path / f"{name}.jsonl", *[99] * 900) for name in "abc"]
    size = inputs[0].stat().st_size
    found = cut(tmp_path, inputs, Plan(documents=300))
    consumed = [shard.consumed for shard in found]
    assert consumed == sorted(consumed)
    assert consumed[2::3] == [size, 2 * size, 3 * size]
    for shard in found:  # a file is read ahead by a buffer at the most
        assert 0 <= shard.consumed - 100 * (shard.first + len(shard.rows)) < 2**17
    later = cut(tmp_path, inputs, Plan(documents=300), {number: as_done(found[number]) for number in range(5)})
    assert later[0].consumed == consumed[5]


@pytest.mark.parametrize(("limit", "sizes"), [(0, []), (1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (9, [2, 2, 1])])
def test_no_more_documents_are_read_than_the_limit(tmp_path: Path, limit: int, sizes: list[int]) -> None:
    source = texts(tmp_path / "x.jsonl", *[20] * 5)
    found = cut(tmp_path, [source], Plan(documents=2, limit=limit))
    assert [len(shard.rows) for shard in found] == sizes


@pytest.mark.parametrize("limit", [1, 3, 4])
def test_the_limit_counts_the_documents_of_shards_that_are_done(tmp_path: Path, limit: int) -> None:
    source = texts(tmp_path / "x.jsonl", *[20] * 7)
    whole = cut(tmp_path, [source], Plan(documents=2, limit=limit))
    done = {0: as_done(cut(tmp_path, [source], Plan(documents=2))[0])}
    assert cut(tmp_path, [source], Plan(documents=2, limit=limit), done) == whole[1:]


def test_what_is_done_is_not_read_again_between_shards_that_are_not(tmp_path: Path) -> None:
    source = texts(tmp_path / "x.jsonl", *[20] * 9)
    plan = Plan(documents=2)
    whole = cut(tmp_path, [source], plan)
    done = {number: as_done(whole[number]) for number in (1, 2, 4)}
    assert [(shard.number, shard.first, shard.rows) for shard in cut(tmp_path, [source], plan, done)] == [
        (shard.number, shard.first, shard.rows) for shard in whole if shard.number not in done
    ]
    assert cut(tmp_path, [source], plan, {number: as_done(shard) for number, shard in enumerate(whole)}) == []


def test_a_run_that_goes_on_in_a_file_reads_the_next_ones_from_their_beginning(tmp_path: Path) -> None:
    inputs = [texts(tmp_path / f"{name}.jsonl", 20, 20, 20) for name in "abc"]
    whole = cut(tmp_path, inputs, Plan(documents=4))
    rest = cut(tmp_path, inputs, Plan(documents=4), {0: as_done(whole[0])})
    assert rest == whole[1:]
    assert lines(rest) == [
        [("b.jsonl", 2), ("b.jsonl", 3), ("c.jsonl", 1), ("c.jsonl", 2)],
        [("c.jsonl", 3)],
    ]


def test_nothing_is_cut_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    assert cut(tmp_path, [tmp_path / "empty.jsonl"], Plan()) == []


def test_the_rest_of_a_damaged_file_is_one_row_that_says_so_and_the_next_file_is_read(tmp_path: Path) -> None:
    packed = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(texts(tmp_path / "x", *[20] * 3).read_bytes())
    packed.write_bytes(whole + b"no gzip at all")
    other = texts(tmp_path / "b.jsonl", 20)
    found = cut(tmp_path, [packed, other], Plan(documents=10))
    assert lines(found) == [
        [("a.jsonl.gz", 1), ("a.jsonl.gz", 2), ("a.jsonl.gz", 3), ("a.jsonl.gz", 4), ("b.jsonl", 1)]
    ]
    fault = found[0].rows[3].fault
    assert fault is not None
    assert fault[0] == "gzip"
    assert fault[1].endswith("; the rest of the file was not read")
    assert found[0].rows[3].data == b""
    assert found[0].consumed == packed.stat().st_size + other.stat().st_size
    one_each = cut(tmp_path, [packed, other], Plan(documents=1))
    assert [shard.end for shard in one_each][3:] == [Position(1, 0, 0), Position(1, 21, 1)]
    assert one_each[3].consumed == packed.stat().st_size


def test_a_table_without_the_column_of_texts_stops_the_run(tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text("body\nabc\n", encoding="utf-8")
    with pytest.raises(InputError, match="no such column, got body"):
        cut(tmp_path, [source], Plan())
    (shard,) = cut(tmp_path, [source], Plan(columns=Columns(text="body")))
    assert shard.rows[0].data == {"body": "abc"}


@pytest.mark.parametrize("at", [0, 1])
def test_a_file_that_changes_before_its_shard_is_cut_stops_the_run(tmp_path: Path, at: int) -> None:
    inputs = [texts(tmp_path / "a.jsonl", 20, 20), texts(tmp_path / "b.jsonl", 20, 20)]
    listing = tmp_path / "inputs.listing"
    listing.write_bytes(b"".join(listing_lines(inputs)))
    inputs[at].write_text("{}\n", encoding="utf-8")
    found = []
    with pytest.raises(InputError) as caught:
        found.extend(shards(listing, Plan(documents=2), {}))
    assert lines(found) == [[("a.jsonl", 1), ("a.jsonl", 2)]][:at]
    assert str(caught.value) == f"{inputs[at]}:0:file: was changed since the run began"


def test_a_limit_on_texts_is_kept(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Gao fell." * 10, encoding="utf-8")
    (shard,) = cut(tmp_path, [tmp_path / "x.txt"], Plan(limits=Limits(text=20)))
    assert shard.rows[0].fault == ("text", "longer than 20 characters")
