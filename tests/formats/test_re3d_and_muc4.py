"""re3d and MUC-4: every row is read or told; re3d comes back whole; the real files lose nothing unexplained."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dateline_formats import as_muc4, as_re3d, as_spert
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Relation, Span
from foreign import assert_only_input_errors, by_place, mutations, refused, round_trip, token_dispatches
from hypothesis import HealthCheck, given, settings

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/bench is not there")
TEXT = "Rebels took\nGao. They hold “Gao”."
DOCUMENT = {"_id": "d", "title": "t", "text": TEXT}
ENTITIES: list[dict[str, Any]] = [
    {"begin": 0, "end": 6, "type": "Actor", "value": "Rebels", "confidence": 1},
    {"begin": 12, "end": 15, "type": "Place", "value": "Gao", "confidence": 0.5},
    {"begin": 27, "end": 32, "type": "Place", "value": "'Gao'"},
    {"begin": 6, "end": 11, "type": "Act", "value": " took"},
]
RELATION: dict[str, Any] = {
    "sourceBegin": 0,
    "sourceEnd": 6,
    "source": "Rebels",
    "targetBegin": 12,
    "targetEnd": 15,
    "target": "Gao",
    "type": "at",
    "begin": 7,
    "end": 11,
    "value": "took",
    "confidence": 0.75,
}


def lines(path: Path, rows: list[dict[str, Any]], document: str = "d") -> None:
    texts = [json.dumps({"documentId": document, **row}, ensure_ascii=False) for row in rows]
    path.write_text("\ufeff" + "\n".join(texts), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "North"
    made.mkdir()
    (made / as_re3d.DOCUMENTS).write_text(json.dumps(DOCUMENT), encoding="utf-8")
    lines(made / as_re3d.ENTITIES, ENTITIES)
    lines(made / as_re3d.RELATIONS, [RELATION])
    return made


def told(annotated: Annotated) -> list[str]:
    return [f"{Path(each.place.path).name}:{str(each).partition('.json:')[2]}" for each in annotated.findings]


def test_a_folder_of_re3d_is_read(folder: Path) -> None:
    assert as_re3d.FORMAT.recognise(folder, b"")
    annotated = as_re3d.FORMAT.read(folder)
    (dispatch,) = annotated.dispatches
    assert [(span.label, dispatch.words(span), span.score) for span in dispatch.spans] == [
        ("Actor", "Rebels", 1.0),
        ("Place", "Gao", 0.5),
        ("Place", "“Gao”", None),
        ("Act", "took", None),
    ]
    assert dispatch.relations == (Relation("at", "e1", "e2", 0.75),)
    words = {"head": "e1", "label": "at", "tail": "e2", "begin": 7, "end": 11, "value": "took"}
    assert dispatch.meta == {"title": "t", "relation_words": [words]}
    assert told(annotated) == [
        "entities.json:3:value: warning: \"'Gao'\" stands in the text as '“Gao”'",
        "entities.json:4:begin: repaired: ' took' begins or ends with white space",
    ]


def test_what_no_dispatch_holds_is_told(folder: Path) -> None:
    lines(
        folder / as_re3d.ENTITIES, [ENTITIES[0], ENTITIES[0], {**ENTITIES[0], "begin": 6}, {**ENTITIES[0], "type": "X"}]
    )
    loop = {**RELATION, "targetBegin": 0, "targetEnd": 6}
    lines(folder / as_re3d.RELATIONS, [RELATION, loop, {**loop, "documentId": "z"}])
    annotated = as_re3d.FORMAT.read(folder)
    assert len(annotated.dispatches[0].spans) == 2
    assert annotated.dispatches[0].relations == ()
    assert told(annotated) == [
        "entities.json:3:begin: lost: Actor of no words is not carried",
        "entities.json:2:begin: lost: Actor from 0 to 6 is given twice, and kept once",
        "relations.json:1:sourceBegin: warning: 2 entities stand from 0 to 6, the first is taken",
        "relations.json:1:sourceBegin: lost: at goes with an entity that is not there",
        "relations.json:2:sourceBegin: warning: 2 entities stand from 0 to 6, the first is taken",
        "relations.json:2:targetBegin: warning: 2 entities stand from 0 to 6, the first is taken",
        "relations.json:2:type: lost: at relates e1 to itself",
        "relations.json:3:documentId: lost: no document has the id z",
    ]


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("entities.json", [{**ENTITIES[0], "value": "Mopti"}], "entities.json:1:begin: expected 'Mopti' at 0-6"),
        (
            "entities.json",
            [{**ENTITIES[0], "end": 99, "value": None}],
            "entities.json:1:begin: expected a part of the text",
        ),
        ("entities.json", [{"begin": 0, "end": 6}], "entities.json:1:type: Field required"),
        ("entities.json", [{**ENTITIES[0], "confidence": 2}], "entities.json:1:confidence: Input should be less"),
        ("relations.json", [{"type": "at"}], "relations.json:1:sourceBegin: Field required"),
        ("documents.json", [DOCUMENT, DOCUMENT], "documents.json:2:_id: d occurs twice"),
    ],
)
def test_a_broken_row_of_re3d_is_named(folder: Path, name: str, rows: list[dict[str, Any]], message: str) -> None:
    lines(folder / name, rows)
    with pytest.raises(InputError) as caught:
        as_re3d.FORMAT.read(folder)
    assert message in str(caught.value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token_dispatches(twins=False))
def test_re3d_comes_back_whole(tmp_path: Path, dispatch: Dispatch) -> None:
    if {"_id", "text", "relation_words"} & set(dispatch.meta):
        return
    assert round_trip(as_re3d.FORMAT, [dispatch], tmp_path / "out").dispatches == (dispatch,)


def test_scores_and_words_of_relations_come_back(folder: Path, tmp_path: Path) -> None:
    dispatches = as_re3d.FORMAT.read(folder).dispatches
    assert round_trip(as_re3d.FORMAT, dispatches, tmp_path / "again").dispatches == dispatches


def test_what_re3d_cannot_carry_is_refused(tmp_path: Path) -> None:
    spans = (Span("a", "X", 0, 3, {"kind": "town"}), Span("b", "Y", 0, 3), Span("c", "Z", 4, 8))
    dispatch = Dispatch("d", "Gao fell", "2001-01-01", {"relation_words": [{}]}, spans, (Relation("r", "b", "c"),))
    with pytest.raises(InputError, match=r"losses in all: 4 \("):
        as_re3d.FORMAT.write([dispatch], tmp_path / "out", False)
    assert list(tmp_path.iterdir()) == []


def test_damaged_rows_of_re3d_raise_nothing_else(folder: Path) -> None:
    for name in (as_re3d.ENTITIES, as_re3d.RELATIONS):
        whole = (folder / name).read_bytes()
        errors = 0
        for data in mutations(whole, 150, seed=5):
            (folder / name).write_bytes(data)
            try:
                as_re3d.FORMAT.read(folder)
            except InputError:
                errors += 1
        assert errors > 20
        (folder / name).write_bytes(whole)


ROLES = {"Perp": [[["rebels", 0], ["they", 17]]], "Target": [[["gao", 12]], [["gao", 12]]], "Weapon": []}
MUC4 = {"docid": "m", "doctext": "rebels took gao. they left gaos and gao.", "extracts": ROLES}


def test_every_occurrence_of_a_mention_is_a_span(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(MUC4), encoding="utf-8")
    assert as_muc4.FORMAT.recognise(path, path.read_bytes())
    annotated = as_muc4.FORMAT.read(path)
    (dispatch,) = annotated.dispatches
    assert [(span.label, span.start, dispatch.words(span)) for span in dispatch.spans] == [
        ("Perp", 0, "rebels"),
        ("Perp", 17, "they"),
        ("Target", 12, "gao"),
        ("Target", 36, "gao"),
    ]
    assert dispatch.relations == (Relation("same_entity", "e2", "e1"), Relation("same_entity", "e4", "e3"))
    assert [each.kind for each in annotated.findings] == ["warning", "warning", "lost", "lost", "lost"]
    assert all("extracts.Target" in each.field for each in annotated.findings)


@pytest.mark.parametrize(
    ("extracts", "message"),
    [
        ({"Perp": [[["army", 0]]]}, "1:extracts.Perp[0]: 'army' does not stand at 0"),
        ({"Perp": [[["", 0]]]}, "1:extracts.Perp[0]: '' does not stand at 0"),
        ({"": [[["rebels", 0]]]}, "1:extracts: expected a role"),
        ({"Perp": [[["rebels", "0"]]]}, "1:extracts.Perp[0][0][1]: Input should be a valid integer"),
    ],
)
def test_a_broken_row_of_muc4_is_named(tmp_path: Path, extracts: object, message: str) -> None:
    row = json.dumps({**MUC4, "extracts": extracts})
    assert refused(as_muc4.FORMAT, tmp_path / "x.json", row).startswith(message)


def test_role_fillers_come_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(MUC4), encoding="utf-8")
    dispatches = as_muc4.FORMAT.read(path).dispatches
    assert as_muc4.FORMAT.write(dispatches, tmp_path / "again.json", False) == ()
    after = as_muc4.FORMAT.read(tmp_path / "again.json").dispatches
    assert [by_place(each) for each in after] == [by_place(each) for each in dispatches]


def test_what_role_fillers_do_not_tell_is_refused_or_listed(tmp_path: Path) -> None:
    spans = (Span("a", "X", 0, 3, {"kind": "town"}), Span("b", "X", 4, 8))
    dispatch = Dispatch("d", "gao fell; gao", None, {}, spans, (Relation("r", "a", "b"),))
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match=r"losses in all: 4 \("):
        as_muc4.FORMAT.write([dispatch], path, False)
    assert list(tmp_path.iterdir()) == []
    assert [each.what for each in as_muc4.FORMAT.write([dispatch], path, True)][1:] == [
        "r from 'gao' at 0 to 'fell' at 4 is not told by its words",
        "X 'gao' at 10 is read back as well",
        "same_entity from 'gao' at 10 to 'gao' at 0 is read back as well",
    ]


def test_damaged_rows_of_muc4_raise_nothing_else(tmp_path: Path) -> None:
    assert_only_input_errors(as_muc4.FORMAT, mutations(json.dumps(MUC4).encode(), 200, seed=5), tmp_path / "x.json")


def raw(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def reasons(annotated: Annotated) -> Counter[str]:
    """The lost findings by their words without names and numbers."""
    known = ("given twice", "of no words", "to itself", "no document", "not there")
    return Counter(
        next((words for words in known if words in each.what), each.what)
        for each in annotated.findings
        if each.kind == "lost"
    )


@needs_shared
def test_the_real_re3d_loses_nothing_unexplained() -> None:
    lost: Counter[str] = Counter()
    for folder in sorted(path for path in (SHARED / "re3d").iterdir() if path.is_dir()):
        assert as_re3d.FORMAT.recognise(folder, b"")
        annotated = as_re3d.FORMAT.read(folder)
        lost += (here := reasons(annotated))
        assert len(annotated.dispatches) == len(raw(folder / as_re3d.DOCUMENTS))
        entities = sum(len(dispatch.spans) for dispatch in annotated.dispatches)
        relations = sum(len(dispatch.relations) for dispatch in annotated.dispatches)
        twice = sum("relation " in each.what for each in annotated.findings if "given twice" in each.what)
        assert entities + here["given twice"] - twice + here["of no words"] == len(raw(folder / as_re3d.ENTITIES))
        assert relations + here["to itself"] + here["not there"] + twice == len(raw(folder / as_re3d.RELATIONS))
    assert set(lost) <= {"given twice", "of no words", "to itself", "not there"}


@needs_shared
def test_the_real_conll04_loses_nothing() -> None:
    for part in ("train", "dev", "test"):
        path = SHARED / "conll04" / f"conll04_{part}.json"
        assert as_spert.FORMAT.recognise(path, path.read_bytes()[:1000])
        annotated = as_spert.FORMAT.read(path)
        rows = json.loads(path.read_text(encoding="utf-8"))
        assert annotated.findings == ()
        for row, dispatch in zip(rows, annotated.dispatches, strict=True):
            assert (len(row["entities"]), len(row["relations"])) == (len(dispatch.spans), len(dispatch.relations))


@needs_shared
def test_the_real_muc4_loses_nothing_unexplained() -> None:
    for part in ("train", "dev"):
        path = SHARED / "muc4" / f"{part}.json"
        annotated = as_muc4.FORMAT.read(path)
        assert set(reasons(annotated)) <= {"given twice"}
        for row, dispatch in zip(raw(path), annotated.dispatches, strict=True):
            marked = {(span.label, span.start, dispatch.words(span)) for span in dispatch.spans}
            given = {
                (role, at, words) for role, found in row["extracts"].items() for each in found for words, at in each
            }
            assert given <= marked
            assert {words for _, _, words in marked} == {words for _, _, words in given}
