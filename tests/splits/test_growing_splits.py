"""A split that grows: what was in a part stays there, new copies go with the old ones, nothing leaks."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.splits import Splits
from dateline_splits import growing
from dateline_splits.choices import By, Wanted
from dateline_splits.file import SplitFile
from dateline_splits.growing import grow_split
from dateline_splits.leaks import nearest, signed
from dateline_splits.making import MadeSplit, make_split
from small_corpus import annotated, made, run_split, written

OLD = Place("old.json")


def stories(numbers: range) -> list[Dispatch]:
    """Every third one a copy of the one before it, six of each story."""
    return [
        made(n, "RARE" if n % 20 == 3 else "ACTOR", n - 1 if n % 3 == 1 else None, story=f"s{n // 6}") for n in numbers
    ]


def old_split(by: By, old: list[Dispatch]) -> SplitFile:
    return make_split(annotated(old), Wanted(by, validation=20, test=20)).file


def grown(file: SplitFile, *dispatches: Dispatch) -> MadeSplit:
    return grow_split(annotated(dispatches), file, OLD)


def part_of(file: SplitFile) -> dict[str, str]:
    parts: Mapping[str, Mapping[str, str]] = dict(file.parts)
    return {name: part for part, ids in parts.items() for name in ids}


def check_copies(splits: Splits) -> None:
    for one, other in (
        (splits.test, splits.train),
        (splits.validation, splits.train),
        (splits.test, splits.validation),
    ):
        assert nearest(signed(one), signed(other)).alike.max() < 0.6


@pytest.mark.parametrize("by", [By.STORY, By.COPIES, By.DATE, By.RANDOM])
def test_every_dispatch_stays_where_it_is_and_the_new_ones_leak_nothing(by: By) -> None:
    old, new = stories(range(60)), stories(range(60, 120))
    new += [made(200 + n, of=n) for n in range(0, 60, 6)]  # copies of old ones, without a story
    file = old_split(by, old)
    found = grown(file, *new, *old).file
    before, after = part_of(file), part_of(found)
    assert {name: after[name] for name in before} == before
    assert set(after) == {each.id for each in (*old, *new)}
    assert found.grown_from == file.sha256
    check_copies(found.splits([*old, *new], OLD))
    if by is not By.DATE:
        assert {after[f"d{200 + n}"] for n in range(0, 60, 6) if before[f"d{n}"] == "test"} == {"test"}
        counts = [len(ids) for _, ids in found.parts][:3]
        assert np.abs(np.array(counts) / sum(counts) - [0.6, 0.2, 0.2]).max() < 0.06
    if by is By.STORY:
        held = [
            {str(each.meta["story"]) for each in [*old, *new] if after[each.id] == part and each.meta}
            for part in ("train", "validation", "test")
        ]
        assert sum(map(len, held)) == len(set.union(*held)) == 20


def test_new_ones_fill_the_part_that_is_behind() -> None:
    old = [made(n) for n in range(40)]
    file = make_split(annotated(old), Wanted(By.COPIES, validation=5, test=5)).file
    more = file.model_copy(update={"how": file.how.model_copy(update={"validation": 20.0, "test": 20.0})})
    new = [made(n) for n in range(100, 120)]
    after = part_of(grow_split(annotated([*old, *new]), more, OLD).file)
    told = [after[each.id] for each in new]
    assert (told.count("validation"), told.count("test"), told.count("train")) == (10, 10, 0)


def test_what_belongs_to_several_parts_is_in_none_and_said() -> None:
    old = [made(n, story=f"s{n}") for n in range(30)]
    file = old_split(By.STORY, old)
    here = part_of(file)
    trained, tested = (next(each for each in old if here[each.id] == part) for part in ("train", "test"))
    digest = Dispatch("both", made(90).text, meta={"story": [trained.meta["story"], tested.meta["story"]]})
    copy = Dispatch("copy", f"{digest.text} again")
    found = grown(file, *old, digest, copy, made(91))
    assert set(found.file.parts.left_out) == {"both", "copy"}
    assert any("left out: 2 new ones" in line and "both" in line for line in found.said)
    assert "3 new dispatches" in found.said[1]


def test_by_date_new_ones_go_between_the_days_of_old() -> None:
    old = [Dispatch(f"o{day}", made(day).text, f"2020-01-{day:02}") for day in range(1, 21)]
    file = old_split(By.DATE, old)
    assert file.first_days == {"validation": "2020-01-13", "test": "2020-01-17"}
    days = {"a": "2019-05-01", "b": "2020-01-14", "c": "2021-02-02", "d": None, "e": "2020-01-18"}
    new = [Dispatch(name, made(50 + at).text, day) for at, (name, day) in enumerate(days.items())]
    new[-1] = Dispatch("e", f"{old[2].text} again", days["e"])  # a copy of what is trained on
    found = grown(file, *old, *new).file
    after = part_of(found)
    assert [after[name] for name in days] == ["train", "validation", "test", "left_out", "left_out"]
    assert found.first_days == file.first_days


def test_what_the_bands_passed_over_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "copies_among", lambda texts, alike: np.arange(len(texts)))
    old, new = stories(range(30)), [made(n, of=100 + n % 4) for n in range(200, 224)]
    file = old_split(By.COPIES, old)
    check_copies(grown(file, *old, *new).file.splits([*old, *new], OLD))


def test_it_can_grow_again_and_the_seed_decides(tmp_path: Path) -> None:
    old, more, most = stories(range(30)), stories(range(60)), stories(range(90))
    once = grown(old_split(By.STORY, old), *more).file
    assert once == grown(old_split(By.STORY, old), *more).file
    once.write(tmp_path / "s.json")
    again = grown(SplitFile.read(tmp_path / "s.json"), *most).file
    assert part_of(again).items() >= part_of(once).items()
    assert again.grown_from == once.sha256


def test_data_that_lack_an_old_dispatch_or_have_none_more_are_refused() -> None:
    old = stories(range(30))
    file = old_split(By.STORY, old)
    with pytest.raises(InputError, match=r"old\.json:0:parts: made of other data: 1 of its 30 .* as d0$"):
        grown(file, *old[1:], made(99))
    with pytest.raises(InputError, match=r"old\.json:0:parts: expected data with further dispatches, got those"):
        grown(file, *old)


def test_the_command_keeps_to_how_the_split_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = [made(n, beat=f"b{n % 10}") for n in range(40)], [made(n, beat=f"b{n % 14}") for n in range(40, 70)]
    first, second = written(old, tmp_path / "old.jsonl"), written(new, tmp_path / "new.jsonl")
    assert run_split(first, "--by", "source", "--key", "beat", "--test", "20", "-o", tmp_path / "s.json") == 0
    assert run_split(first, second, "--grow", tmp_path / "s.json", "-o", tmp_path / "grown.json") == 0
    assert "30 new dispatches: " in capsys.readouterr().err
    file, found = SplitFile.read(tmp_path / "s.json"), SplitFile.read(tmp_path / "grown.json")
    assert (found.how.key, found.how.by, found.how.test) == ("beat", "source", 20.0)
    after = part_of(found)
    beats = {str(each.meta["beat"]): after[each.id] for each in old}
    assert all(after[each.id] == beats.get(str(each.meta["beat"]), after[each.id]) for each in new)
    assert part_of(file).items() <= after.items()
    assert run_split(first, second, "--grow", tmp_path / "s.json", "--by", "date") == 2
    assert capsys.readouterr().err == (
        "--by:0:by: expected --grow alone, which keeps to how the split was made, got --by beside it\n"
    )
