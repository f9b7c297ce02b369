"""A schema inferred from annotations, with its map: the annotations keep to it, whatever their labels."""

import os
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dateline_formats.inferring import infer, legal_name
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Relation, Schema, Span, jsonl
from dateline_labels.main import main
from dispatch_strategies import any_texts, json_dispatches
from hypothesis import assume, given, settings
from hypothesis import strategies as st

CORPUS = Path(__file__).parents[2] / "labels" / "corpus"
SCHEMA = CORPUS.parent / "schema.toml"


def written(folder: Path, dispatches: list[Dispatch]) -> Path:
    path = folder / "data.jsonl"
    path.write_text("".join(jsonl.write_line(each) + "\n" for each in dispatches), encoding="utf-8")
    return path


def test_the_schema_of_the_shipped_corpus_is_found_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found.toml"
    assert main(["schema", "infer", str(CORPUS), "--out", str(out)]) == 0
    count = len(list(CORPUS.rglob("*.md")))
    assert capsys.readouterr().out == f"schema of {count} dispatches written to {out}\n"
    found, shipped = Schema.read(out), Schema.read(SCHEMA)
    assert found.name == "found"
    assert set(found.spans) == set(shipped.spans)
    for label, span in shipped.spans.items():
        assert {name: set(values) for name, values in found.spans[label].attributes.items()} == {
            name: set(values) for name, values in span.attributes.items()
        }
    assert {name: (set(each.head), set(each.tail)) for name, each in found.relations.items()} == {
        name: (set(each.head), set(each.tail)) for name, each in shipped.relations.items()
    }


UNRULY = Dispatch(
    "d",
    "Gunmen ambushed a convoy near Gao.",
    spans=(
        Span("T1", "Violent Event", 7, 15, {"Certainty": "not sure", "Negation": "true"}),
        Span("T2", "Violent Event", 0, 15),
        Span("T3", "GPE", 30, 33),
    ),
    relations=(Relation("takes place/in", "T1", "T3"),),
)


def test_what_no_schema_takes_goes_into_the_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = written(tmp_path, [UNRULY]), tmp_path / "ours.toml"
    assert main(["schema", "infer", str(data), "-o", str(out)]) == 0
    beside = tmp_path / "ours.map.toml"
    assert str(beside) in capsys.readouterr().out
    assert tomllib.loads(beside.read_text(encoding="utf-8")) == {
        "map": {
            "overlaps": "longest",
            "spans": {
                "Violent Event": {"label": "Violent_Event", "attributes": {"Certainty": "none", "Negation": "none"}}
            },
            "relations": {"takes place/in": "takes_place_in"},
            "attributes": {"Certainty": {"name": "Certainty", "values": {"not sure": "not_sure"}}},
        }
    }
    schema = Schema.read(out)
    assert schema.spans["Violent_Event"].attributes == {"Certainty": ("not_sure", "none"), "Negation": ("true", "none")}
    with pytest.raises(InputError, match="unknown label Violent Event"):
        read_annotations([data], schema)
    (dispatch,) = read_annotations([data], schema, LabelMap.read(beside)).dispatches
    assert [span.id for span in dispatch.spans] == ["T2", "T3"]


@pytest.mark.parametrize(("spans_a_value", "dropped"), [(1, True), (3, False)])
def test_an_attribute_of_free_words_is_dropped_by_the_map(spans_a_value: int, dropped: bool, tmp_path: Path) -> None:
    """As the entries of a knowledge base that INCEpTION keeps in `identifier`."""
    dispatches = [
        Dispatch(
            f"d{number}-{turn}", "Gao", spans=(Span("a", "Place", 0, 3, {"identifier": f"Q{number}", "Sure": "y"}),)
        )
        for number in range(21)
        for turn in range(spans_a_value)
    ]
    data, out = written(tmp_path, dispatches), tmp_path / "ours.toml"
    assert main(["schema", "infer", str(data), "-o", str(out)]) == 0
    schema = Schema.read(out)
    assert ("identifier" in schema.spans["Place"].attributes) != dropped
    assert ("# The map drops identifier: 21 values in 21 spans" in out.read_text(encoding="utf-8")) == dropped
    mapping = LabelMap.read(tmp_path / "ours.map.toml") if dropped else LabelMap()
    assert len(read_annotations([data], schema, mapping).dispatches) == len(dispatches)


@settings(max_examples=25, deadline=None)
@given(dispatch=json_dispatches(), renamed=st.dictionaries(st.integers(0, 7), any_texts.filter(bool), max_size=3))
def test_annotations_keep_to_what_was_inferred_from_them(dispatch: Dispatch, renamed: dict[int, str]) -> None:
    assume(dispatch.spans)
    spans = tuple(
        Span(span.id, renamed.get(number, span.label), span.start, span.end, span.attributes)
        for number, span in enumerate(dispatch.spans)
    )
    labels = {span.label for span in spans}
    assume(len({legal_name(label) for label in labels}) == len(labels))
    dispatch = Dispatch(dispatch.id, dispatch.text, None, {}, spans, dispatch.relations)
    with TemporaryDirectory() as name:
        data = written(Path(name), [dispatch])
        inferred = infer(read_annotations([data]), "s")
        (Path(name) / "s.toml").write_text(inferred.schema, encoding="utf-8")
        (Path(name) / "m.toml").write_text(inferred.map or "[map]\n", encoding="utf-8")
        schema, mapping = Schema.read(Path(name) / "s.toml"), LabelMap.read(Path(name) / "m.toml")
        kept = read_annotations([data], schema, mapping).dispatches
        assert [len(each.spans) for each in kept] == [len(spans)]


@pytest.mark.parametrize(
    ("dispatches", "says"),
    [
        ([Dispatch("d", "x")], "expected at least one span"),
        (
            [Dispatch("d", "xy", spans=(Span("a", "A B", 0, 1), Span("b", "A/B", 1, 2)))],
            "'A B' and 'A/B' would both be A_B",
        ),
    ],
)
def test_what_makes_no_schema_is_refused_and_nothing_written(
    dispatches: list[Dispatch], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path, dispatches)
    assert main(["schema", "infer", str(data), "-o", str(tmp_path / "s.toml")]) == 2
    (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert says in line
    assert [path.name for path in tmp_path.iterdir()] == ["data.jsonl"]


def test_neither_the_annotations_nor_their_map_are_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, mapping = written(tmp_path, [UNRULY]), tmp_path / "ours.map.toml"
    mapping.write_text('[spans]\nGPE = "PLACE"\n', encoding="utf-8")
    before = data.read_bytes(), mapping.read_bytes()
    for options in (["-o", str(data)], ["--map", str(mapping), "-o", str(tmp_path / "ours.toml")]):
        assert main(["schema", "infer", str(data), *options]) == 2
        assert "out: expected another file than those that are read" in capsys.readouterr().err
    assert (data.read_bytes(), mapping.read_bytes()) == before
    assert not (tmp_path / "ours.toml").exists()


def test_a_schema_in_a_file_whose_name_is_in_another_encoding_can_be_read(tmp_path: Path) -> None:
    data, out = written(tmp_path, [UNRULY]), tmp_path / os.fsdecode(b"l\xe4tin.toml")
    assert main(["schema", "infer", str(data), "-o", str(out)]) == 0
    assert Schema.read(out).name == "l\ufffdtin"
