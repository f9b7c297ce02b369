"""`dateline split` from end to end: no copy in two parts, the file knows its texts, other data are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from dateline_labels import Dispatch, InputError, Place, Span
from dateline_labels.splits import Splits, split_by_number
from dateline_splits.choices import By, Wanted
from dateline_splits.file import SplitFile
from dateline_splits.leaks import leaks, nearest, signed
from dateline_splits.making import make_split
from hypothesis import given, settings
from hypothesis import strategies as st
from small_corpus import annotated, made, run_split, text, written

NOWHERE = Place("splits.json")


@pytest.fixture
def stories() -> list[Dispatch]:
    """Sixty dispatches: every third one with a copy, in ten stories of two sources."""
    rows = []
    for number in range(60):
        of = number - 1 if number % 3 == 1 else None
        label = "RARE" if number in (2, 23, 47) else "ACTOR"
        rows.append(made(number, label, of, story=f"s{number // 6}", source=f"src{number % 7 // 4}"))
    return rows


def parts_of(dispatches: list[Dispatch], wanted: Wanted) -> Splits:
    return make_split(annotated(dispatches), wanted).file.splits(dispatches, NOWHERE)


def ids(part: tuple[Dispatch, ...]) -> set[str]:
    return {dispatch.id for dispatch in part}


@pytest.mark.parametrize("by", [By.STORY, By.COPIES, By.DATE, By.THEATRE, By.RANDOM])
def test_no_copy_is_in_another_part_and_every_dispatch_is_in_one_or_left_out(stories: list[Dispatch], by: By) -> None:
    rows = [Dispatch(f"f{int(d.id[1:]) // 2}-{d.id[1:]}", d.text, d.published, d.meta, d.spans) for d in stories]
    found = make_split(annotated(rows), Wanted(by, validation=20, test=20))
    splits = found.file.splits(rows, NOWHERE)
    together = [*ids(splits.train), *ids(splits.validation), *ids(splits.test), *found.file.parts.left_out]
    assert sorted(together) == sorted(dispatch.id for dispatch in rows)
    assert bool(found.file.parts.left_out) == (by is By.DATE)
    for one, other in (
        (splits.test, splits.train),
        (splits.validation, splits.train),
        (splits.test, splits.validation),
    ):
        assert nearest(signed(one), signed(other)).alike.max() < 0.6
    if by is By.DATE:
        newest = max(str(dispatch.published) for dispatch in splits.train)
        oldest = min(str(dispatch.published) for dispatch in splits.validation)
        assert newest < oldest == found.file.first_days["validation"] < found.file.first_days["test"]


def test_a_random_split_by_number_would_have_parted_those_copies(stories: list[Dispatch]) -> None:
    splits = split_by_number(stories)
    assert nearest(signed(splits.test), signed(splits.train)).alike.max() > 0.9


def test_stories_are_whole_shares_are_near_and_rare_labels_are_everywhere(stories: list[Dispatch]) -> None:
    splits = parts_of(stories, Wanted(validation=20, test=20))
    parts = (splits.train, splits.validation, splits.test)
    held = [{str(dispatch.meta["story"]) for dispatch in part} for part in parts]
    assert sum(map(len, held)) == len(set.union(*held)) == 10
    assert [len(part) for part in parts] == [36, 12, 12]
    assert all(any(span.label == "RARE" for dispatch in part for span in dispatch.spans) for part in parts)


def test_sources_are_whole(stories: list[Dispatch], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = [made(number, source=f"src{number % 5}") for number in range(40)]
    splits = parts_of(alone, Wanted(By.SOURCE, validation=20, test=20))
    held = [{each.meta["source"] for each in part} for part in (splits.train, splits.validation, splits.test)]
    assert sorted(map(len, held)) == [1, 1, 3]
    assert len(set.union(*held)) == 5
    # copies tie the two sources of the stories to each other
    data = written(stories, tmp_path / "x.jsonl")
    assert run_split(data, "--by", "source", "-o", tmp_path / "s.json") == 2
    assert capsys.readouterr().err == "--by:0:source: 1 groups cannot be shared out among 3 parts\n"
    assert not (tmp_path / "s.json").exists()


def test_what_the_bands_passed_over_is_put_together(monkeypatch: pytest.MonkeyPatch, stories: list[Dispatch]) -> None:
    import numpy as np
    from dateline_splits import making as splitting

    monkeypatch.setattr(splitting, "copies_among", lambda texts, alike: np.arange(len(texts)))
    splits = parts_of(stories, Wanted(By.COPIES))
    assert nearest(signed(splits.test), signed(splits.train)).alike.max() < 0.6
    assert nearest(signed(splits.validation), signed(splits.train)).alike.max() < 0.6


def test_the_seed_decides_and_the_order_of_the_data_does_not_matter_to_use(stories: list[Dispatch]) -> None:
    one, same, other = (make_split(annotated(stories), Wanted(By.COPIES, seed=seed)).file for seed in (1, 1, 2))
    assert one == same
    assert one.sha256 != other.sha256
    assert one.collection == other.collection
    turned = one.splits(stories[::-1], NOWHERE)
    assert ids(turned.test) == set(one.parts.test)
    assert [each.id for each in turned.test] == [each.id for each in stories[::-1] if each.id in one.parts.test]


def test_annotation_may_change_and_text_may_not(stories: list[Dispatch]) -> None:
    file = make_split(annotated(stories), Wanted()).file
    bare = [Dispatch(each.id, each.text) for each in stories]
    assert ids(file.splits(bare, NOWHERE).test) == set(file.parts.test)
    changed = [Dispatch("d3", "Other words.") if each.id == "d3" else each for each in stories[1:]]
    with pytest.raises(InputError) as caught:
        file.splits([*changed, made(99), made(98)], NOWHERE)
    assert str(caught.value) == (
        "splits.json:0:parts: made of other data: 1 of its 60 dispatches are not in the data, as d0; "
        "1 of its 60 dispatches have another text there, as d3; 2 of the data's 61 are not in it, as d99"
    )


# ids as readers take them, but for letters and signs of any script
@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8), unique=True, min_size=3)
)
def test_the_file_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    rows = [Dispatch(name, text(at, 20) + name) for at, name in enumerate(names)]
    file = make_split(annotated(rows), Wanted(By.RANDOM)).file
    path = tmp_path_factory.mktemp("split") / "splits.json"
    file.write(path)
    assert SplitFile.read(path) == file


def _move(row: dict[str, Any]) -> None:
    name, digest = row["parts"]["test"].popitem()
    row["parts"]["train"][name] = digest


def _double(row: dict[str, Any]) -> None:
    row["parts"]["train"] |= row["parts"]["test"]


FAULTS = {
    "an id moved by hand": (_move, "sha256: the parts are not those that were written"),
    "an id twice": (_double, "is in train as well"),
    "no parts": (lambda row: row.pop("parts"), "parts: Field required"),
    "another format": (lambda row: row.update(format=2), "format: Input should be 1, got 2"),
    "a key too many": (lambda row: row.update(colour=3), "colour: Extra inputs are not permitted, got 3"),
    "a digest that is a number": (lambda row: row["parts"]["test"].update(x=1), "parts.test.x: Input should be"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_was_changed_is_one_line(
    stories: list[Dispatch], tmp_path: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, what = FAULTS[fault]
    path, data = tmp_path / "s.json", written(stories, tmp_path / "x.jsonl")
    make_split(annotated(stories), Wanted()).file.write(path)
    row = json.loads(path.read_text(encoding="utf-8"))
    change(row)
    path.write_text(json.dumps(row), encoding="utf-8")
    assert run_split(data, "--check", path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{path}:0:")
    assert what in line


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1, "a": 2}', b"[" * 100_000, b"\xff\xfe", b"NaN", b"x"])
def test_what_is_no_split_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        SplitFile.read(path)
    assert str(caught.value).startswith(f"{path}:")


def test_the_command_writes_the_file_and_prints_parts_and_leaks(
    stories: list[Dispatch], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, path = written(stories, tmp_path / "x.jsonl"), tmp_path / "s.json"
    assert run_split(data, "--out", path, "--validation", "20", "--test", "20") == 0
    out, err = capsys.readouterr()
    assert "kept together: near-copies and meta story" in err
    assert "60 dispatches in 10 groups, the largest of 6" in err
    assert "source there" in out
    file = SplitFile.read(path)
    assert f"split {file.sha256[:12]} of the collection {file.collection[:12]} written to {path}" in out
    assert [(leak["part"], leak["other"]) for leak in file.leaks] == [
        ("test", "train"),
        ("validation", "train"),
        ("test", "validation"),
    ]
    assert file.leaks[0]["near_copies"]["0.6"] == {"seen": 0, "of": 12}
    assert file.leaks[0]["shared"]["story"] == {"seen": 0, "of": 12}
    assert run_split(data, "--check", path, "--out", tmp_path / "leaks.json") == 0
    assert capsys.readouterr().out == out[: out.index("\nsplit ")]
    assert json.loads((tmp_path / "leaks.json").read_text(encoding="utf-8")) == file.leaks
    other = written(stories[:-1], tmp_path / "y.jsonl")
    assert run_split(other, "--check", path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"{path}:0:parts: made of other data: 1 of its 60 dispatches are not in the data, as d59"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--validation", "60", "--test", "40"), "--test:0:test: expected --validation and --test of more than 0"),
        (("--validation", "0", "--test", "0"), "--test:0:test: expected"),
        (("--check", "held-out"), "--check:0:held-out: no dispatch has an id that starts with sahel-"),
        (("--by", "weather"), "dateline: Invalid value for '--by'"),
        (("--key", "event"), "--key:0:key: no dispatch has event in its meta"),
    ],
)
def test_faulty_options_are_one_line(
    stories: list[Dispatch], tmp_path: Path, options: tuple[str, ...], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(stories, tmp_path / "x.jsonl")
    assert run_split(data, "--out", tmp_path / "s.json", *options) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(what)
    assert not (tmp_path / "s.json").exists()


def test_leaks_are_counted() -> None:
    def marked(name: str, words: str, *labels: str, day: str = "2020-01-01", **meta: object) -> Dispatch:
        starts = [0, *(at + 1 for at, sign in enumerate(words) if sign == " ")]
        spans = (
            Span(f"s{at}", label, start, (words + " ").index(" ", start))
            for at, (start, label) in enumerate(zip(starts, labels, strict=False))
        )
        return Dispatch(name, words, day, meta, tuple(spans))

    story = text(1, 100)
    train = (
        marked("a", f"Army {story}", "ACTOR", source="x"),
        marked("b", f"army {text(2)}", "ACTOR", day="2020-01-02", source="y"),
    )
    test = (
        marked("c", f"ARMY {story}", "ACTOR", source="x"),  # a copy
        marked("d", f"Rebels raid {' '.join(story.split()[:20])}", "ACTOR", "ATTACK", day="2020-01-03", source=""),
        marked("e", f"Rebels {text(3)}", "ACTOR", day="2020-01-02"),
        marked("f", "army", "PLACE", day="2020-01-04", source="z"),
    )
    (leak,) = leaks(Splits(train, (), test))
    assert (leak.part, leak.other, leak.dispatches) == ("test", "train", 4)
    assert [leak.near_copies[each].seen for each in ("0.3", "0.6", "1.0")] == [1, 1, 1]
    assert (leak.passages.seen, leak.passages.of) == (94 + 13, 94 + 15 + 54)
    assert (leak.half_copied.seen, leak.half_copied.of) == (2, 4)
    words = {label: (seen.spans.seen, seen.spans.of, seen.different.seen) for label, seen in leak.words.items()}
    assert words == {"ACTOR": (1, 3, 1), "ATTACK": (0, 1, 0), "PLACE": (0, 1, 0)}
    assert leak.words["ACTOR"].different.of == 2
    assert {key: (seen.seen, seen.of) for key, seen in leak.shared.items()} == {"published": (2, 4), "source": (1, 2)}
    assert (leak.pairs[0].id, leak.pairs[0].other, leak.pairs[0].alike) == ("c", "a", 1.0)
    assert leaks(Splits((), (), test)) == []


def test_hostile_labels_and_ids_are_shown_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.jsonl"
    spans = [{"id": "s", "label": "X\u202e\x1b", "start": 0, "end": 4}]
    rows = [{"id": f"i{number}", "text": text(number), "spans": spans} for number in range(6)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run_split(path, "--by", "random", "--validation", "30", "--test", "30", "-o", tmp_path / "s.json") == 0
    out = capsys.readouterr().out
    assert "X\\u202e\\x1b" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_neither_the_data_nor_the_split_that_is_to_grow_is_written_over(
    stories: list[Dispatch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    data, split = written(stories, tmp_path / "data.jsonl"), tmp_path / "splits.json"
    assert run_split(data, "--by", "copies") == 0
    before = data.read_bytes(), split.read_bytes()
    for options in (("--out", data), ("--check", split, "--out", split), ("--grow", split)):
        assert run_split(data, *options) == 2
        assert "out: expected another file than those that are read" in capsys.readouterr().err
    assert (data.read_bytes(), split.read_bytes()) == before
