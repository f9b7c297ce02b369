"""Whatever the bytes, a reader reads them or says in one line why not; `benchmarks/fuzzing.py` does so for long."""

import json
from pathlib import Path

import fuzzing
import pytest
from dateline_formats.format import Format
from dateline_formats.known import FORMATS
from dateline_labels import DatelineError, MissingExtraError
from hypothesis import given, settings
from hypothesis import strategies as st

RUNS = 80


def target_of(each: Format, folder: Path) -> fuzzing.Target:
    try:
        return fuzzing.Target.of(each, folder)
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_damaged_file_is_read_or_refused_in_one_line(each: Format, tmp_path: Path) -> None:
    target = target_of(each, tmp_path)
    refused = sum(bool(target.outcome(data)) for data in fuzzing.damaged(target, RUNS, seed=7))
    assert refused > RUNS // 20  # some damage was refused ...
    assert target.outcome(target.whole(0)) == ""  # ... and what was written is read


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_any_bytes_are_read_or_refused_in_one_line(each: Format, tmp_path: Path) -> None:
    target = target_of(each, tmp_path)

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: json.dumps({"text": text}).encode()))
    def check(data: bytes) -> None:
        assert "\n" not in target.outcome(b"\0" + data)

    check()


def test_what_no_reader_may_raise_is_raised(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        raise KeyError(path.name)

    target = fuzzing.Target.of(next(each for each in FORMATS if each.name == "jsonl"), tmp_path)
    broken = fuzzing.Target(target.folder, target.unit, target.files, read)  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        broken.outcome(b"\0x")
    assert not issubclass(KeyError, DatelineError)
