"""Whatever the bytes, a reader reads them or says in one line why not; `benchmarks/fuzzing.py` does so for long."""

import contextlib
import json
import random
import zlib
from pathlib import Path

import fuzzing
import pytest
from damaging import Damage, vocabulary, with_each_part, with_each_value
from dateline_formats import as_doccano, known
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
def test_any_value_in_place_of_another_is_read_or_refused_in_one_line(each: Format, tmp_path: Path) -> None:
    target = target_of(each, tmp_path)
    for source in target.inputs:
        assert target.outcome(source) == ""  # what others write is read too
        for data in with_each_value(source[1:]) if each.name != "datasets" else ():  # whose JSON is for the library
            target.outcome(source[:1] + data)


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_any_bytes_are_read_or_refused_in_one_line(each: Format, tmp_path: Path) -> None:
    target = target_of(each, tmp_path)

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: json.dumps({"text": text}).encode()))
    def check(data: bytes) -> None:
        assert "\n" not in target.outcome(b"\0" + data)

    check()


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_file_held_in_memory_is_read_as_one_on_disk(each: Format, tmp_path: Path) -> None:
    held = target_of(each, tmp_path / "in_one_place")
    written = fuzzing.Target.of(each, tmp_path / "in_the_other", in_memory=False)
    outcomes = []
    for data in fuzzing.damaged(held, 30, seed=5):
        outcomes.append(held.outcome(data).replace("in_one_place", "in_the_other"))
        assert outcomes[-1] == written.outcome(data)
    assert len(set(outcomes)) > 5


def test_a_session_counts_what_it_tried_and_the_next_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["jsonl", "--random", "--kept", str(tmp_path)]
    assert fuzzing.main([*common, "--runs", "30"]) == 0
    assert fuzzing.main([*common, "--until", "50"]) == 0
    assert fuzzing.main([*common, "--until", "50"]) == 0  # nothing is left to do
    rows = fuzzing.sessions(tmp_path / "jsonl")
    assert [(row["seed"], row["by"], row["runs"]) for row in rows] == [(13, "random", 30), (14, "random", 20)]
    assert 0 < sum(row["refused"] for row in rows) < 50
    assert capsys.readouterr().out.splitlines()[-1].startswith("jsonl: 50 executions, ")
    with pytest.raises(SystemExit):
        fuzzing.main([*common, "--runs", "30", "--seed", "13"])
    assert "the seed 13 was tried before" in capsys.readouterr().err


def test_each_word_and_value_takes_the_place_of_every_other(tmp_path: Path) -> None:
    target = fuzzing.Target.of(known.named("jsonl"), tmp_path)
    tried = list(fuzzing.each_in_turn(target))
    assert len(set(tried)) > 5_000
    for part in (
        b'"start": [], "end": 10',
        b'"start": "", "end": 10',
        b'"meta": {}, "spans"',
        b'"label": "1e9", "start": 2',
    ):
        assert any(part in data for data in tried), part


def test_each_byte_of_what_is_packed_takes_other_values() -> None:
    inside = [zlib.decompress(data) for data in with_each_part(zlib.compress(b"ab"), ())]
    assert {b"\0b", b"\xffb", b"bb", b"`b", b"aa", b"ac"} <= set(inside)
    assert b"ab" not in inside


def test_damage_reaches_inside_of_what_is_packed_and_knows_the_words_of_the_reader() -> None:
    words = vocabulary(as_doccano.read)
    assert {"start_offset", "entities", "relations"} <= set(words)
    damage = Damage(random.Random(3), words)
    packed = zlib.compress(b"Azor rebels shelled the camp")
    inside = set()
    for _ in range(60):
        with contextlib.suppress(zlib.error):
            inside.add(zlib.decompress(damage.of(packed)))
    assert len(inside) > 20
    assert any(word.encode() in data for data in inside for word in words)


def test_what_no_reader_may_raise_is_raised(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        raise KeyError(path.name)

    target = fuzzing.Target.of(next(each for each in FORMATS if each.name == "jsonl"), tmp_path)
    broken = fuzzing.Target(target.unit, target.files, read)
    with pytest.raises(KeyError):
        broken.outcome(b"\0x")
    assert not issubclass(KeyError, DatelineError)
