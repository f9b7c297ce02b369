"""Hugging Face datasets on disk: dispatches come back whole; rows of others, of texts or of tokens, are read."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.as_datasets import FORMAT
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import json_dispatches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

datasets = pytest.importorskip("datasets", reason="datasets is not installed")
ENTITIES = [{"start": 0, "end": 6, "label": "Actor"}, {"start": 11, "end": 14, "label": "Place"}]
ROW = {"text": "Gunmen hit Gao.", "entities": ENTITIES, "relations": [{"head": 0, "tail": 1, "label": "at"}], "year": 9}


def saved(path: Path, rows: list[dict[str, Any]], features: Any = None) -> Path:
    datasets.disable_progress_bars()
    datasets.Dataset.from_list(rows, features).save_to_disk(str(path))
    return path


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(json_dispatches(), min_size=1, max_size=3, unique_by=lambda dispatch: dispatch.id))
def test_dispatches_come_back_whole(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    path = Path(tempfile.mkdtemp(dir=tmp_path)) / "out"
    assert FORMAT.write(dispatches, path, False) == ()
    assert FORMAT.recognise(path, b"")
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    assert list(annotated.dispatches) == dispatches


def test_splits_are_kept(tmp_path: Path) -> None:
    parts = {"a": "train", "b": "test", "c": "test"}
    dispatches = [Dispatch(name, "Gao", meta={"split": split}) for name, split in parts.items()]
    FORMAT.write(dispatches, tmp_path / "out", False)
    loaded = datasets.load_from_disk(str(tmp_path / "out"))
    assert {split: part["id"][:] for split, part in loaded.items()} == {"train": ["a"], "test": ["b", "c"]}
    assert list(FORMAT.read(tmp_path / "out").dispatches) == dispatches


def test_rows_of_texts_are_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", [ROW])
    assert FORMAT.recognise(path, b"")
    annotated = FORMAT.read(path)
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.meta) == ("train-0", {"year": 9, "split": "train"})
    assert dispatch.spans == (Span("e1", "Actor", 0, 6), Span("e2", "Place", 11, 14))
    assert dispatch.relations == (Relation("at", "e1", "e2"),)
    assert (annotated.place_of(dispatch).path, annotated.place_of(dispatch).line) == (str(path / "train"), 1)


def test_rows_of_tokens_are_read(tmp_path: Path) -> None:
    names = ["O", "B-Place", "I-Place"]
    tags = datasets.List(datasets.ClassLabel(names=names))
    features = datasets.Features({"tokens": datasets.List(datasets.Value("string")), "ner_tags": tags})
    path = saved(tmp_path / "d", [{"tokens": ["Old", "Gao", "fell"], "ner_tags": [1, 2, 0]}], features)
    (dispatch,) = FORMAT.read(path).dispatches
    assert dispatch.text == "Old Gao fell"
    assert dispatch.spans == (Span("e1", "Place", 0, 7),)


def test_an_id_that_several_splits_have_goes_with_the_split(tmp_path: Path) -> None:
    rows = [{"id": "0", "tokens": ["Gao"], "tags": ["O"]}, {"id": "one", "tokens": ["fell"], "tags": ["O"]}]
    parts = {"train": datasets.Dataset.from_list(rows), "test": datasets.Dataset.from_list(rows[:1])}
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "d"))
    annotated = FORMAT.read(tmp_path / "d")
    assert [each.id for each in annotated.dispatches] == ["train-0", "one", "test-0"]
    assert [str(each) for each in annotated.findings] == [
        f"{tmp_path / 'd'}:0:id: repaired: 1 ids occur in several splits, as 0; they go with the name of the split"
    ]


def test_texts_whose_spans_stand_in_another_column_are_told(tmp_path: Path) -> None:
    row = {"text": "Gao", "spans": [{"start": 0, "end": 3, "label": "Place"}]}
    annotated = FORMAT.read(saved(tmp_path / "d", [row]))
    assert annotated.dispatches[0].spans == ()
    assert [str(each) for each in annotated.findings] == [
        f"{tmp_path / 'd' / 'train'}:0:entities: warning: there is no column entities, and so no span; "
        "what is there is meta data: spans, text"
    ]


def test_offsets_in_utf_16_are_found_by_the_words(tmp_path: Path) -> None:
    entity = {"start": 3, "end": 6, "label": "Place", "text": "Gao"}
    annotated = FORMAT.read(saved(tmp_path / "d", [{"text": "🔥 Gao", "entities": [entity], "relations": []}]))
    assert [annotated.dispatches[0].words(span) for span in annotated.dispatches[0].spans] == ["Gao"]
    assert [each.kind for each in annotated.findings] == ["repaired"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"words": "x"}, "train:1:text: expected a text, or tokens with tags, got None"),
        ({**ROW, "published": "now"}, "train:1:published: expected a date"),
        ({**ROW, "meta": "[]"}, "train:1:meta: expected an object, got list"),
        ({**ROW, "meta": "{"}, "train:1:json: "),
        ({**ROW, "entities": "x"}, "train:1:entities: expected a list of structures"),
        (
            {**ROW, "entities": [{"start": "0", "end": "6", "label": "X"}]},
            "train:1:entities[0]: expected a start and an end",
        ),
        (
            {**ROW, "entities": [{"start": 0, "end": 99, "label": "X"}]},
            "train:1:entities[0]: expected a part of the text",
        ),
        ({**ROW, "entities": [{"start": 0, "end": 6, "label": 1}]}, "train:1:entities[0]: expected a label"),
        ({**ROW, "entities": [{**ENTITIES[0], "score": ""}]}, "train:1:entities[0]: expected a label and attributes"),
        (
            {**ROW, "relations": [{"head": 0, "tail": 7, "label": "at"}]},
            "train:1:relations[0]: expected a label, and ids",
        ),
        ({"tokens": ["a"], "tags": ["O", "O"]}, "train:1:tokens: expected as many tags"),
        ({"tokens": ["a"]}, "train:1:tokens: expected as many tags"),
        ({"tokens": ["a"], "tags": [1]}, "train:1:tags: expected tags such as B-LABEL, or numbers that a ClassLabel"),
        ({"tokens": ["a"], "tags": ["x"]}, "train:1:tags[0]: expected a tag such as B-LABEL, got 'x'"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    path = saved(tmp_path / "d", [row])
    with pytest.raises(InputError) as caught:
        FORMAT.read(path)
    assert str(caught.value).startswith(f"{path}/{message}")


def test_damage_is_named_and_nothing_is_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", [ROW])
    with pytest.raises(InputError, match="expected a folder that is not there yet"):
        FORMAT.write([], path, False)
    state = json.loads((path / "state.json").read_text(encoding="utf-8"))
    for damaged in ("{", json.dumps({**state, "_data_files": [{"filename": "x"}]}), "[]"):
        (path / "state.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(InputError, match=rf"^{path}:0:datasets: "):
            FORMAT.read(path)


def test_a_table_that_leads_beyond_its_file_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "d", [{"text": "Gunmen hit Gao."}])
    (table,) = path.glob("*.arrow")
    before, offsets, after = table.read_bytes().rpartition(bytes([0, 0, 0, 0, len("Gunmen hit Gao."), 0, 0, 0]))
    table.write_bytes(before + offsets[:4] + (1 << 30).to_bytes(4, "little") + after)
    with pytest.raises(InputError, match=r"d:0:datasets: ArrowInvalid: .") as raised:
        FORMAT.read(path)
    assert "\n" not in str(raised.value)


def test_columns_are_read_that_the_dataset_was_saved_without_showing(tmp_path: Path) -> None:
    datasets.disable_progress_bars()
    datasets.Dataset.from_list([ROW]).with_format("numpy", columns=["text"]).save_to_disk(str(tmp_path / "d"))
    (dispatch,) = FORMAT.read(tmp_path / "d").dispatches
    assert [span.label for span in dispatch.spans] == ["Actor", "Place"]
