"""What a format carries comes back equal, also through several formats in turn; what it does not is refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from dateline_formats.format import Format
from dateline_formats.known import FORMATS, named
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import json_dispatches
from hypothesis import given, settings
from hypothesis import strategies as st

BOTH_WAYS = ("brat", "label-studio", "doccano", "prodigy")
TARGET = {"brat": "out", "label-studio": "out.json", "doccano": "out.jsonl", "prodigy": "out.jsonl"}
RESERVED = {"id", "text", "published", "relations", "meta", "cats", "entities", "label", "labels", "annotations"} | {
    *("Comments", "comments", "_input_hash", "_task_hash", "answer", "tokens", "tokenized_text", "data", "spans"),
    *("sentences", "_session_id", "_view_id", "predictions", "completions"),
}


def anonymous(dispatch: Dispatch) -> Dispatch:
    """The dispatch with its spans numbered: how they are named is a matter of the file."""
    number = {span.id: f"e{index}" for index, span in enumerate(dispatch.spans)}
    spans = tuple(replace(span, id=number[span.id]) for span in dispatch.spans)
    relations = tuple(replace(each, head=number[each.head], tail=number[each.tail]) for each in dispatch.relations)
    return replace(dispatch, spans=spans, relations=relations)


def unscored(dispatch: Dispatch, attributes: bool = True) -> Dispatch:
    spans = tuple(
        replace(span, score=None, attribute_scores={}, attributes=span.attributes if attributes else {})
        for span in dispatch.spans
    )
    return replace(dispatch, spans=spans, relations=tuple(replace(each, score=None) for each in dispatch.relations))


def for_label_studio(dispatch: Dispatch) -> Dispatch:
    return replace(dispatch, meta={key: value for key, value in dispatch.meta.items() if key not in RESERVED})


def for_doccano(dispatch: Dispatch) -> Dispatch:
    return unscored(for_label_studio(dispatch), attributes=False)


def for_brat(dispatch: Dispatch) -> Dispatch:
    """Without what brat has no place for: spans that begin or end with a line break or a tab, names of hidden files."""
    spans = tuple(span for span in dispatch.spans if dispatch.words(span).strip("\n\t") == dispatch.words(span))
    kept = {span.id for span in spans}
    relations = tuple(each for each in dispatch.relations if {each.head, each.tail} <= kept)
    name = re.sub(r"[/\0]|^\.", "_", dispatch.id)
    return unscored(replace(dispatch, id=name, published=None, meta={}, spans=spans, relations=relations))


CARRIED: dict[str, Callable[[Dispatch], Dispatch]] = {
    "brat": for_brat,
    "label-studio": for_label_studio,
    "doccano": for_doccano,
    "prodigy": for_doccano,
}


def through(name: str, dispatches: list[Dispatch], folder: Path) -> list[Dispatch]:
    """The dispatches written in the format and read as what it is recognised as."""
    target = folder / name / TARGET.get(name, "out.jsonl")
    named(name).write(dispatches, target, False)
    return list(read_annotations([target]).dispatches)


def by_id(dispatches: list[Dispatch]) -> list[Dispatch]:
    return sorted((anonymous(dispatch) for dispatch in dispatches), key=lambda dispatch: dispatch.id)


some = st.lists(json_dispatches(), min_size=1, max_size=3, unique_by=lambda dispatch: for_brat(dispatch).id)


@pytest.mark.parametrize("name", BOTH_WAYS)
@settings(max_examples=20, deadline=None)
@given(dispatches=some)
def test_what_is_carried_comes_back_equal(name: str, dispatches: list[Dispatch]) -> None:
    carried = [CARRIED[name](dispatch) for dispatch in dispatches]
    with TemporaryDirectory() as folder:
        assert by_id(through(name, carried, Path(folder))) == by_id(carried)


@settings(max_examples=10, deadline=None)
@given(dispatches=some)
def test_a_walk_through_every_format_changes_nothing(dispatches: list[Dispatch]) -> None:
    carried = [for_doccano(for_brat(dispatch)) for dispatch in dispatches]
    walked = carried
    with TemporaryDirectory() as folder:
        for name in ("brat", "label-studio", "jsonl", "prodigy", "doccano", "jsonl"):
            walked = through(name, walked, Path(folder))
    assert by_id(walked) == by_id(carried)


@settings(max_examples=10, deadline=None)
@given(dispatches=some)
def test_attributes_come_back_through_the_triangle(dispatches: list[Dispatch]) -> None:
    carried = [for_brat(dispatch) for dispatch in dispatches]
    walked = carried
    with TemporaryDirectory() as folder:
        for name in ("brat", "label-studio", "jsonl", "brat"):
            walked = through(name, walked, Path(folder))
    assert by_id(walked) == by_id(carried)


FULL = Dispatch(
    "d1",
    "Gunmen ambushed a convoy.",
    "2019-03-14",
    {"theatre": "example"},
    (
        Span("a1", "ATTACK", 7, 15, {"kind": "armed_assault", "status": "occurred"}, 0.5, {"kind": 0.25}),
        Span("p1", "ACTOR", 0, 6, {}, 1.0),
        Span("p2", "ACTOR", 0, 15),
    ),
    (Relation("perpetrator", "a1", "p1", 0.75),),
)
LOST: dict[str, list[str]] = {
    "brat": ["published", "meta", "spans.a1", "spans.p1", "relations.perpetrator"],
    "label-studio": [],
    "doccano": ["spans.a1", "spans.a1", "spans.a1", "spans.p1", "relations.perpetrator"],
    "prodigy": ["spans.a1", "spans.a1", "spans.a1", "spans.p1", "relations.perpetrator"],
    "markup": ["spans.a1", "spans.p1", "relations.perpetrator", "span", "span", "relation"],
    "jsonl": [],
}


@pytest.mark.parametrize("each", [each for each in FORMATS if each.name in LOST], ids=lambda each: each.name)
def test_what_is_not_carried_is_refused_or_listed(each: Format, tmp_path: Path) -> None:
    target = tmp_path / TARGET.get(each.name, "out" if each.name == "markup" else "out.jsonl")
    losses = LOST[each.name]
    if losses:
        with pytest.raises(InputError, match=rf"^d1:0:{losses[0]}: .*; losses in all: {len(losses)} \(--lossy goes on"):
            each.write([FULL], target, False)
        assert list(tmp_path.iterdir()) == []
    findings = each.write([FULL], target, True)
    assert [finding.field for finding in findings] == losses
    assert {finding.kind for finding in findings} <= {"lost"}
    (back,) = read_annotations([target]).dispatches
    assert (back.id, back.text) == (FULL.id, FULL.text)
    if not losses:
        assert anonymous(back) == anonymous(FULL)


@pytest.mark.parametrize("name", ["a/b", "../b", "/b", ".", "a/", ".b"])
@pytest.mark.parametrize("each", ["brat", "markup"])
def test_an_id_never_leads_out_of_the_folder(each: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        named(each).write([Dispatch(name, "x")], tmp_path / "out", False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("each", ["brat", "markup", "webanno", "xmi"])
def test_with_losses_an_id_that_cannot_be_a_file_name_is_made_one(each: str, tmp_path: Path) -> None:
    if each == "xmi":
        pytest.importorskip("cassis")
    dispatches = [Dispatch(name, "x") for name in ("a/b", "a_b", "..", "../c", ".hidden", "plain")]
    findings = named(each).write(dispatches, tmp_path / "out", True)
    assert [(finding.place.path, finding.what.rpartition(" ")[2]) for finding in findings] == [
        ("a/b", "a_b-2"),
        ("..", "dispatch"),
        ("../c", "_c"),
        (".hidden", "hidden"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    back = read_annotations([tmp_path / "out"]).dispatches
    assert sorted(each.id for each in back) == ["_c", "a_b", "a_b-2", "dispatch", "hidden", "plain"]


def test_a_text_that_no_markup_holds_is_refused_or_left_out(tmp_path: Path) -> None:
    dispatches = [Dispatch("windows", "one\r\ntwo"), Dispatch("plain", "one\ntwo")]
    with pytest.raises(InputError, match=r"^windows:0:markup: the markup carries no line that ends in"):
        named("markup").write(dispatches, tmp_path / "out", False)
    assert list(tmp_path.iterdir()) == []
    (told,) = named("markup").write(dispatches, tmp_path / "out", True)
    assert str(told).startswith("windows:0:text: lost: the markup carries no line that ends in")
    assert [each.id for each in read_annotations([tmp_path / "out"]).dispatches] == ["plain"]


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.name)
def test_a_target_of_another_kind_is_refused(each: Format, tmp_path: Path) -> None:
    def refused(*_: Any) -> None:
        with pytest.raises(InputError, match=r"format: expected a"):
            each.write([Dispatch("d", "x")], tmp_path / "out.txt", False)

    refused()
    assert list(tmp_path.iterdir()) == []
