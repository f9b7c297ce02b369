"""spaCy's DocBin: texts, spans and relations come back whole; documents of others are read."""

import zlib
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.as_docbin import FORMAT
from dateline_labels import Dispatch, InputError, Relation, Span
from foreign import assert_only_input_errors, by_place, mutations, refused, token_dispatches
from hypothesis import HealthCheck, given, settings

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

spacy = pytest.importorskip("spacy", reason="spaCy is not installed")


def distinct_starts(dispatch: Dispatch) -> bool:
    starts = [span.start for span in dispatch.spans]
    return len(set(starts)) == len(starts)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(token_dispatches().filter(distinct_starts))
def test_documents_come_back_whole(tmp_path: Path, dispatch: Dispatch) -> None:
    path = tmp_path / "x.spacy"
    assert FORMAT.write([dispatch], path, False) == ()
    assert FORMAT.recognise(path, path.read_bytes())
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    assert by_place(annotated.dispatches[0]) == by_place(dispatch)


def docs(path: Path, *made: Any, user_data: bool = True) -> Path:
    spacy.tokens.DocBin(docs=made, store_user_data=user_data).to_disk(path)
    return path


def doc(*words: str) -> Any:
    return spacy.tokens.Doc(spacy.vocab.Vocab(), words=list(words))


def test_entities_groups_and_relations_of_others_are_read(tmp_path: Path) -> None:
    made = doc("Two", "gunmen", "hit", "Gao")
    spans = [spacy.tokens.Span(made, 1, 2, label="Actor"), spacy.tokens.Span(made, 3, 4, label="Place")]
    made.set_ents(spans)
    made.spans["sc"] = [spans[0], spacy.tokens.Span(made, 0, 2, label="Group")]
    made.cats = {"violent": 1.0}
    made.user_data[("._.", "rel", None, None)] = {(1, 3): {"at": 0.75, "by": 0.25}, (3, 1): {"of": 1.0}}
    annotated = FORMAT.read(docs(tmp_path / "x.spacy", made))
    assert annotated.findings == ()
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.text, dispatch.meta) == ("x-0", "Two gunmen hit Gao ", {"cats": {"violent": 1.0}})
    assert [(span.label, dispatch.words(span)) for span in dispatch.spans] == [
        ("Actor", "gunmen"),
        ("Place", "Gao"),
        ("Group", "Two gunmen"),
    ]
    assert dispatch.relations == (Relation("at", "e1", "e2", 0.75), Relation("of", "e2", "e1"))


def test_spans_without_a_label_as_those_of_clusters_are_listed(tmp_path: Path) -> None:
    annotated = FORMAT.read(docs(tmp_path / "x.spacy", with_group(0, 1, "")))
    assert annotated.dispatches[0].spans == ()
    assert [str(each).partition("x.spacy:")[2] for each in annotated.findings] == [
        "0:docs[0]: lost: a span without a label, 'Gao'"
    ]


def test_of_spans_that_begin_with_one_token_a_relation_takes_the_first_and_that_is_told(tmp_path: Path) -> None:
    made = doc("Gao", "fell", "today")
    made.set_ents([spacy.tokens.Span(made, 0, 1, label="Place"), spacy.tokens.Span(made, 2, 3, label="Time")])
    made.spans["sc"] = [spacy.tokens.Span(made, 0, 2, label="Event")]
    made.user_data[("._.", "rel", None, None)] = {(0, 2): {"at": 1.0}}
    annotated = FORMAT.read(docs(tmp_path / "x.spacy", made))
    assert annotated.dispatches[0].relations == (Relation("at", "e1", "e2"),)
    assert [(each.kind, each.what) for each in annotated.findings] == [
        ("warning", "at ties tokens 0 and 2; of the spans that begin there the first is taken")
    ]


def test_what_no_dispatch_holds_is_told(tmp_path: Path) -> None:
    made = doc("Gao", "fell")
    made.set_ents([spacy.tokens.Span(made, 0, 1, label="Place", kb_id="Q1")])
    made.user_data["source"] = "x"
    annotated = FORMAT.read(docs(tmp_path / "x.spacy", made))
    assert [each.what for each in annotated.findings] == [
        "not read of user_data: source",
        "ids of entities in a knowledge base are not read: Gao",
    ]


def test_what_is_written_trains_spacy(tmp_path: Path) -> None:
    spans = (Span("a", "Actor", 0, 6), Span("b", "Place", 11, 14))
    FORMAT.write([Dispatch("d", "Gunmen hit\nGao.", spans=spans)], tmp_path / "x.spacy", False)
    (made,) = spacy.tokens.DocBin().from_disk(tmp_path / "x.spacy").get_docs(spacy.vocab.Vocab())
    assert [(each.label_, each.text) for each in made.ents] == [("Actor", "Gunmen"), ("Place", "Gao")]
    overlapping = (*spans, Span("c", "Phrase", 0, 10))
    FORMAT.write([Dispatch("d", "Gunmen hit\nGao.", spans=overlapping)], tmp_path / "x.spacy", False)
    (made,) = spacy.tokens.DocBin().from_disk(tmp_path / "x.spacy").get_docs(spacy.vocab.Vocab())
    assert [each.text for each in made.spans["sc"]] == ["Gunmen", "Gao", "Gunmen hit"]
    assert not made.ents


def test_what_a_docbin_cannot_carry_is_refused(tmp_path: Path) -> None:
    spans = (Span("a", "X", 0, 3, {"kind": "town"}, 0.5), Span("b", "Y", 0, 8), Span("c", "Z", 1, 3))
    dispatch = Dispatch("d", "Gao fell", "2001-01-01", {"n": 1}, spans, (Relation("r", "a", "b"),))
    with pytest.raises(InputError, match=r"losses in all: 4 \("):
        FORMAT.write([dispatch], tmp_path / "x.spacy", False)
    assert list(tmp_path.iterdir()) == []


def with_group(start: int, end: int, label: str = "X") -> Any:
    made = doc("Gao", "fell")
    made.spans["sc"] = [spacy.tokens.Span(made, start, end, label=label)]
    return made


def with_data(key: object, value: object) -> Any:
    made = doc("Gao", "fell")
    made.user_data[key] = value
    return made


def with_categories(categories: object) -> Any:
    made = doc("Gao", "fell")
    made.cats = categories
    return made


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: with_categories(7), "0:docs[0]: expected categories with numbers, got 7"),
        (lambda: with_categories({"war": "much"}), "0:docs[0]: expected categories with numbers, got {'war'"),
        (lambda: with_categories({"war": float("nan")}), "0:docs[0]: expected categories with numbers, got {'war'"),
        (lambda: with_group(1, 1), "0:docs[0]: expected tokens from 0 to 1"),
        (lambda: with_data("dateline", "[]"), "0:docs[0]: expected an object with an id"),
        (lambda: with_data("dateline", '{"id": "a", "meta": {}, "published": "now"}'), "0:docs[0]: expected a date"),
        (lambda: with_data(("._.", "rel", None, None), {(0, 1): {"at": 1.0}}), "0:docs[0]: at ties tokens 0 and 1"),
        (lambda: with_data(("._.", "rel", None, None), {"a": 1}), "0:docs[0]: expected relations by two tokens"),
        (
            lambda: with_data(("._.", "rel", None, None), {(0, 1): {"at": "x"}}),
            "0:docs[0]: expected a label and a prob",
        ),
    ],
)
def test_a_broken_document_is_named(tmp_path: Path, made: Any, message: str) -> None:
    path = docs(tmp_path / "x.spacy", made())
    assert refused(FORMAT, path, path.read_bytes()).startswith(message)


def test_damaged_files_raise_nothing_else(tmp_path: Path) -> None:
    path = docs(tmp_path / "x.spacy", with_group(0, 1), with_data("dateline", '{"id": "a", "meta": {}}'))
    data = zlib.decompress(path.read_bytes())
    damaged = [*mutations(path.read_bytes(), 50, seed=5), *map(zlib.compress, mutations(data, 150, seed=6))]
    assert_only_input_errors(FORMAT, damaged, path)
