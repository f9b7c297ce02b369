"""Near-duplicates: what is a copy of what, and the table of them beside a run."""

import json
import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from archives import check, run, table, write_lines
from dateline_archive.commands import archive
from dateline_archive.copies import ALIKE, likeness
from dateline_archive.folder import COPIES
from dateline_archive.tables import INCIDENTS
from dateline_labels.main import main
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = [f"word{number}" for number in range(400)]


def text(seed: int, length: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def groups(texts: list[str], folder: Path, alike: float = ALIKE) -> list[int]:
    return likeness([texts[:3], [], texts[3:]], alike, folder).groups.tolist()


def test_edited_copies_are_one_group_under_the_first_and_others_are_their_own(tmp_path: Path) -> None:
    story, other = text(1), text(2)
    copies = [
        story,
        other,
        f"REUTERS — {story.upper()}",  # another head, in capitals
        story + " " + text(3, 15),  # a sentence more
        " ".join(story.split()[:100]),  # the end cut
        story.replace("word7 ", "slip "),
        f"{other}\n",
        text(4),
    ]
    assert groups(copies, tmp_path) == [0, 1, 0, 0, 0, 0, 1, 7]
    assert not list(tmp_path.iterdir())


def test_texts_that_share_a_third_are_no_copies(tmp_path: Path) -> None:
    halves = [f"{text(1, 60)} {text(seed, 60)}" for seed in range(2, 22)]
    assert groups(halves, tmp_path) == list(range(20))


def test_texts_without_words_are_each_their_own(tmp_path: Path) -> None:
    assert groups(["", " ", "…", "one", "one", "one two", "One  two!"], tmp_path) == [0, 1, 2, 3, 3, 5, 5]


def test_the_likeness_is_that_with_the_first_of_the_group(tmp_path: Path) -> None:
    story = text(1, 300)
    found = likeness([[story, story, " ".join(story.split()[:240])]], ALIKE, tmp_path)
    assert found.alike[:2].tolist() == [1.0, 1.0]
    assert 0.7 < found.alike[2] < 0.9  # 238 of 298 runs are shared
    assert likeness([], ALIKE, tmp_path).groups.tolist() == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([text(seed, 40) for seed in range(5)] + ["", "a b c"]), max_size=30))
def test_equal_texts_are_always_one_group_and_its_first_is_the_first(
    tmp_path_factory: object, texts: list[str]
) -> None:

    with tempfile.TemporaryDirectory() as folder:
        found = groups(texts, Path(folder))
    assert found == [texts.index(each) if each else at for at, each in enumerate(texts)]


def test_groups_do_not_depend_on_how_texts_are_given(tmp_path: Path) -> None:
    texts = [text(seed % 7) + f" {seed}" for seed in range(40)]
    whole = likeness([texts], ALIKE, tmp_path)
    single = likeness([[each] for each in texts], ALIKE, tmp_path)
    assert np.array_equal(whole.groups, single.groups)
    assert np.array_equal(whole.alike, single.alike)


def test_incidents_are_counted_once_by_the_table(
    tiny_bundle: Path, note: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[object] = [{"text": text(seed)} for seed in range(8)]
    rows += [{"text": note}, "no json", {"text": f"{note} (AFP)"}, {"text": ""}, {"text": note.upper()}]
    out = tmp_path / "out"
    source = write_lines(tmp_path / "x.jsonl", rows)
    assert run(tiny_bundle, [source], out, "--copies", "--shard", "5") == 0
    assert "13 documents, of which 2 are copies of others" in capsys.readouterr().err
    stories = table(out, "copies")
    assert [row["story"] for row in stories] == [*range(10), 8, 11, 8]
    assert [row["copies"] for row in stories] == [1] * 8 + [3, 1, 3, 1, 3]
    once = {row["document"] for row in stories if row["document"] == row["story"]}
    incidents = table(out, INCIDENTS)
    assert 0 < sum(row["document"] in once for row in incidents) < len(incidents)
    assert check(out) == 0
    before = (out / COPIES).read_bytes()
    assert main(["copies", str(out)], archive) == 0
    assert (out / COPIES).read_bytes() == before
    assert main(["copies", str(out), "--alike", "1.0"], archive) == 0
    assert json.loads((out / COPIES).read_text())["groups"] == 12  # capitals are no difference
    assert check(out) == 0
    (out / "copies" / "000001.parquet").write_bytes(b"")
    assert check(out) == 2


def test_copies_are_looked_for_in_finished_runs_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["copies", str(tmp_path)], archive) == 2
    assert "is not the folder of a run" in capsys.readouterr().err
