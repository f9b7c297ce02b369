"""CAS XMI: annotations of INCEpTION come back whole; slots, chains and packed exports are read."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.as_xmi import FORMAT
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import dates
from foreign import assert_only_input_errors, by_place, mutations, refused, relations_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

cassis = pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
XML = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r")
XML_TEXTS = st.text(XML, max_size=30)
XML_WORDS = st.text(XML, min_size=1, max_size=6)
FILE_IDS = st.from_regex(r"[A-Za-z0-9][\w-]{0,8}", fullmatch=True)
ATTRIBUTES = st.dictionaries(st.sampled_from(["kind", "value", "type", "self"]), XML_WORDS, max_size=3)


@st.composite
def dispatches(draw: Any) -> Dispatch:
    """Spans anywhere, with any words that XML can hold."""
    text = draw(XML_TEXTS)
    spans: dict[Any, Span] = {}
    for _ in range(draw(st.integers(0, 5)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        span = Span(f"e{len(spans)}", draw(XML_WORDS), start, draw(st.integers(start + 1, len(text))), draw(ATTRIBUTES))
        spans.setdefault((span.label, span.start, span.end, *sorted(span.attributes.items())), span)
    meta = draw(st.dictionaries(XML_WORDS.filter(lambda key: key != "published"), XML_WORDS, max_size=2))
    found = tuple(spans.values())
    related = draw(relations_of([span for span in found if span]))
    return by_place(Dispatch(draw(FILE_IDS), text, draw(dates), meta, found, related))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dispatches())
def test_what_xml_holds_comes_back_whole(tmp_path: Path, dispatch: Dispatch) -> None:
    folder = tmp_path / "out"
    assert FORMAT.write([dispatch], folder, False) == ()
    path = folder / f"{dispatch.id}.xmi"
    assert FORMAT.recognise(path, path.read_bytes())
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    assert by_place(annotated.dispatches[0]) == dispatch


def export(folder: Path) -> Path:
    """A text with a slot, a chain, a multi-valued feature, a part of speech and a relation between tokens."""
    types = cassis.TypeSystem()
    annotation = "uima.tcas.Annotation"
    pos = types.create_type("de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS", annotation)
    thing = types.create_type("custom.Thing", annotation)
    types.create_feature(thing, "kind", "uima.cas.String")
    types.create_feature(thing, "sure", "uima.cas.Boolean")
    types.create_feature(thing, "value", "uima.cas.String")
    types.create_feature(thing, "tags", "uima.cas.StringArray")
    link = types.create_type("custom.EventArgsLink", "uima.cas.TOP")
    types.create_feature(link, "role", "uima.cas.String")
    types.create_feature(link, "target", thing)
    event = types.create_type("custom.Event", annotation)
    types.create_feature(event, "args", "uima.cas.FSArray", elementType=link)
    coref = types.create_type("custom.CorefLink", annotation)
    types.create_feature(coref, "next", coref)
    types.create_feature(coref, "referenceType", "uima.cas.String")
    types.create_feature(coref, "referenceRelation", "uima.cas.String")
    relation = types.create_type("custom.Relation", annotation)
    types.create_feature(relation, "Governor", annotation)
    types.create_feature(relation, "Dependent", annotation)
    types.create_feature(relation, "kind", "uima.cas.String")
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string = "🔥 Gunmen hit Gao. They fled."
    noun = pos(begin=2, end=8)
    gunmen = thing(begin=2, end=8, kind="group", sure=True, value="Actor")
    gao = thing(begin=13, end=16, value="Place", tags=types.get_type("uima.cas.StringArray")(elements=["x"]))
    args = [link(role="by", target=gunmen), link(role=None, target=gao)]
    hit = event(begin=9, end=12, args=types.get_type("uima.cas.FSArray")(elements=args))
    they = coref(begin=18, end=22)
    first = coref(begin=2, end=8, next=they, referenceType="group", referenceRelation="anaphora")
    ties = [
        relation(begin=13, end=16, Governor=gunmen, Dependent=gao, kind="near"),
        relation(begin=2, end=8, Governor=noun, Dependent=gao),
    ]
    for each in (noun, gunmen, gao, hit, they, first, *ties):
        cas.add(each)
    folder.mkdir(exist_ok=True)
    (folder / "TypeSystem.xml").write_text(types.to_xml(), encoding="utf-8")
    (folder / "admin.xmi").write_text(cas.to_xmi(), encoding="utf-8")
    return folder / "admin.xmi"


def test_the_layers_of_others_are_read(tmp_path: Path) -> None:
    annotated = FORMAT.read(export(tmp_path))
    (dispatch,) = annotated.dispatches
    assert dispatch.id == "admin"
    assert [(span.id, span.label, dispatch.words(span), span.attributes) for span in dispatch.spans] == [
        ("e1", "Actor", "Gunmen", {"kind": "group", "sure": "true"}),
        ("e2", "group", "Gunmen", {}),
        ("e3", "Event", "hit", {}),
        ("e4", "Place", "Gao", {}),
        ("e5", "CorefLink", "They", {}),
    ]
    assert dispatch.relations == (
        Relation("anaphora", "e5", "e2"),
        Relation("by", "e3", "e1"),
        Relation("args", "e3", "e4"),
        Relation("near", "e1", "e4"),
    )
    assert [(each.field, each.what) for each in annotated.findings] == [
        ("POS", "1 of this type are not read"),
        ("Thing", "the feature tags of uima.cas.StringArray is not read"),
        ("Relation", "Relation ties what is not read as a span"),
    ]


def test_a_packed_export_is_read(tmp_path: Path) -> None:
    path = export(tmp_path / "plain")
    packed = tmp_path / "admin.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("admin.xmi", "TypeSystem.xml"):
            archive.write(path.parent / name, name)
    assert FORMAT.recognise(packed, packed.read_bytes())
    annotated = FORMAT.read(packed)
    assert annotated.dispatches == FORMAT.read(path).dispatches
    assert annotated.place_of(annotated.dispatches[0]).path == f"{packed}/admin.xmi"


def test_the_types_of_a_folder_belong_to_its_files(tmp_path: Path) -> None:
    annotated = read_annotations([export(tmp_path).parent])
    assert [each.id for each in annotated.dispatches] == ["admin"]
    assert not any("left out" in each.what for each in annotated.findings)


def test_what_xml_cannot_hold_is_refused_or_listed(tmp_path: Path) -> None:
    spans = (Span("a", "Place", 0, 3, {"how sure": "1"}, 0.5), Span("b", "x\0", 0, 3))
    dispatch = Dispatch("d", "Gao\x1b", None, {"n": 1, "w": "x"}, spans)
    with pytest.raises(InputError, match=r"losses in all: 5 \(--lossy goes on\)$"):
        FORMAT.write([dispatch], tmp_path / "out", False)
    assert list(tmp_path.iterdir()) == []
    fields = [each.field for each in FORMAT.write([dispatch], tmp_path / "out", True)]
    assert sorted(fields) == ["meta", "spans.a", "spans.a", "spans.b", "text"]
    (after,) = FORMAT.read(tmp_path / "out" / "d.xmi").dispatches
    assert (after.text, after.meta, len(after.spans)) == ("Gao\ufffd", {"w": "x"}, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("</xmi:XMI>", "", "2:xmi: XMLSyntaxError"),
        ("custom:Thing", "custom:Other", "0:xmi: TypeNotFoundError"),
        ('begin="3"', 'begin="1"', "0:xmi: an annotation begins or ends where no character does"),
        ('sofaString="', 'other="', "0:xmi: TypeError"),
        ("<?xml", "<!DOCTYPE a><?xml", "0:xml: a document type is declared"),
        ('<custom:Thing xmi:id="', '<custom:Thing xmi:id="7" xml:id="', "2:id: two elements have the number 7"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = export(tmp_path)
    source = path.read_text(encoding="utf-8")
    assert old in source
    assert refused(FORMAT, path, source.replace(old, new)).startswith(message)


def test_a_file_without_its_types_is_named(tmp_path: Path) -> None:
    path = export(tmp_path)
    data = path.read_bytes()
    (tmp_path / "TypeSystem.xml").unlink()
    assert refused(FORMAT, path, data).startswith("0:types: expected TypeSystem.xml with an .xmi file")


def test_damaged_files_raise_nothing_else(tmp_path: Path) -> None:
    path = export(tmp_path)
    assert_only_input_errors(FORMAT, mutations(path.read_bytes(), 150, seed=5), path)
