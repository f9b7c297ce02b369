import json
from itertools import pairwise
from pathlib import Path

import conll04
import muc4
import pytest
import re3d
from dateline_labels import Dispatch, InputError, Span
from hypothesis import given
from hypothesis import strategies as st
from public_data import PublicData, cuts_a_word, without_overlaps
from public_files import conll04_folder, muc4_folder, re3d_folder, write

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench"
spans = st.builds(lambda start, length: Span("s", "X", start, start + length), st.integers(0, 20), st.integers(1, 8))


def marked(dispatch: Dispatch) -> list[tuple[str, str]]:
    return [(span.label, dispatch.words(span)) for span in dispatch.spans]


@given(st.lists(spans, max_size=10))
def test_the_longest_spans_are_kept_and_none_overlap(given_spans: list[Span]) -> None:
    kept = without_overlaps(given_spans)
    assert all(left.end <= right.start for left, right in pairwise(kept))
    for span in given_spans:
        rivals = [other for other in kept if other.start < span.end and span.start < other.end]
        assert rivals
        assert span in kept or max(other.end - other.start for other in rivals) >= span.end - span.start


def test_borders_inside_a_word() -> None:
    assert cuts_a_word("two guns", 4, 7)
    assert cuts_a_word("ricardo", 2, 7)
    assert not cuts_a_word("two guns", 4, 8)
    assert not cuts_a_word("guns-two", 0, 4)


def test_conll04_sentences_become_dispatches(tmp_path: Path) -> None:
    data = conll04.read(conll04_folder(tmp_path))
    first = data.train[0]
    assert first.text == "Amina of Old Gao spoke ."
    assert marked(first) == [("Peop", "Amina"), ("Loc", "Old Gao")]
    assert [(r.label, first.words(first.span_by_id[r.tail])) for r in first.relations] == [("Live_In", "Old Gao")]
    assert (len(data.train), len(data.validation), len(data.test)) == (30, 6, 6)
    assert data.schema.span_labels == ("Loc", "Org", "Peop")
    assert (data.schema.relations["Live_In"].head, data.schema.relations["Live_In"].tail) == (("Peop",), ("Loc",))
    assert any("6 sentences of test stand in train" in note for note in data.notes)


def test_conll04_entities_and_relations_given_twice_count_once(tmp_path: Path) -> None:
    folder = conll04_folder(tmp_path)
    rows = json.loads((folder / "conll04_test.json").read_text(encoding="utf-8"))
    rows[0]["entities"].append(rows[0]["entities"][0])
    rows[0]["relations"].append({"type": "Live_In", "head": 2, "tail": 1})
    write(folder / "conll04_test.json", rows)
    data = conll04.read(folder)
    assert (len(data.test[0].spans), len(data.test[0].relations)) == (2, 1)
    assert any("twice in one sentence: 2 " in note for note in data.notes)


def test_muc4_spans_are_all_occurrences_and_entities_stay_whole(tmp_path: Path) -> None:
    data, entities = muc4.read(muc4_folder(tmp_path))
    assert (len(data.train), len(data.validation), len(data.test)) == (27, 3, 6)
    assert marked(data.train[0]) == []
    first = data.train[1]
    assert marked(first) == [("PerpInd", "rebels"), ("Victim", "boris"), ("Target", "mosul farm"), ("Target", "farm")]
    ties = [(tie.label, first.span_by_id[tie.head].start, first.span_by_id[tie.tail].start) for tie in first.relations]
    assert ties == [("same_entity", first.spans[3].start, first.spans[2].start)]
    assert entities[0]["Target"] == [frozenset({"homs farm", "farm"})]
    assert entities[0]["Weapon"] == [frozenset({"gun"})]
    parts = ("without 24 that lie in a longer one", "24 mentions that cut a word")
    assert any(all(part in note for part in parts) for note in data.notes)


def test_re3d_keeps_the_longest_and_tests_every_fifth(tmp_path: Path) -> None:
    data = re3d.read(re3d_folder(tmp_path))
    assert [dispatch.id for dispatch in data.test] == ["North-4", "North-9", "South-4", "South-9"]
    assert (len(data.train), len(data.validation)) == (15, 1)
    assert marked(data.train[0]) == [("Organisation", "Troops"), ("Location", "the town of Gao")]
    assert any(
        "20 entities that overlap a longer one" in note and "20 moved off white space" in note for note in data.notes
    )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"docid": "x", "doctext": "one", "extracts": {"Victim": [[["two", 0]]]}}, "'two' does not stand at 0"),
        ({"docid": "x", "doctext": "one", "extracts": {"Killer": [[["one", 0]]]}}, "expected the roles"),
        ({"docid": "x", "extracts": {}}, "doctext"),
        ({"docid": "x", "doctext": "one", "extracts": {"Victim": [[["one", "first"]]]}}, "integer"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, broken: object, message: str) -> None:
    folder = muc4_folder(tmp_path)
    write(folder / "dev.json", broken)
    with pytest.raises(InputError, match=message) as caught:
        muc4.read(folder)
    assert str(folder / "dev.json") in str(caught.value)


def test_entities_beyond_the_sentence_are_refused(tmp_path: Path) -> None:
    folder = conll04_folder(tmp_path)
    tokens = {"tokens": ["One"], "entities": [{"type": "Loc", "start": 0, "end": 2}], "relations": []}
    write(folder / "conll04_dev.json", [tokens])
    with pytest.raises(InputError, match=r"conll04_dev\.json:1:\[0\]\.entities\[0\]: expected tokens from 0 to 0"):
        conll04.read(folder)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/bench is not there")
def test_the_real_files_are_read_whole_and_legal() -> None:
    data: dict[str, PublicData] = {
        "conll04": conll04.read(SHARED / "conll04"),
        "muc4": muc4.read(SHARED / "muc4")[0],
        "re3d": re3d.read(SHARED / "re3d"),
    }
    sizes = {name: (len(each.train), len(each.validation), len(each.test)) for name, each in data.items()}
    assert sizes == {"conll04": (922, 231, 288), "muc4": (1170, 130, 200), "re3d": (64, 7, 17)}
    for each in data.values():
        dispatches = (*each.train, *each.validation, *each.test)
        assert not [problem for dispatch in dispatches for problem in each.schema.problems(dispatch)]
        assert len({dispatch.id for dispatch in dispatches}) == len(dispatches)
    assert sum(len(dispatch.relations) for dispatch in data["conll04"].test) == 422
