"""WebAnno TSV: what a row shows comes back whole; what others export is read as they mean it."""

from pathlib import Path
from typing import Any

import pytest
from dateline_formats.as_webanno import FORMAT
from dateline_formats.reading import read_annotations
from dateline_formats.webanno_cells import escape_text, escape_value, split, unescape_text, unescape_value
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import any_texts
from foreign import assert_only_input_errors, by_place, mutations, refused, relations_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

HEADER = "#FORMAT=WebAnno TSV 3.3\n"
SPANS = "#T_SP=custom.Span|label\n"
RELATIONS = "#T_RL=custom.Relation|label|BT_custom.Span\n"
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=8)
FILE_IDS = st.from_regex(r"[A-Za-z0-9][\w-]{0,8}", fullmatch=True)


@st.composite
def dispatches(draw: Any) -> Dispatch:
    """Spans that overlap and cut words, with any labels and attributes."""
    text = draw(any_texts)
    text = " " * draw(st.integers(0, 2)) + text.lstrip() if text.strip() else ""
    offsets = [at for at, character in enumerate(text) if not character.isspace()]
    spans: dict[Any, Span] = {}
    for _ in range(draw(st.integers(0, 6)) if offsets else 0):
        start = draw(st.sampled_from(offsets))
        end = draw(st.sampled_from([at for at in offsets if at >= start][:12])) + 1
        attributes = draw(st.dictionaries(st.sampled_from(["kind", "value", "Sure"]), WORDS | st.just(""), max_size=3))
        label = draw(WORDS)
        key = (start, end, label, tuple(sorted(attributes.items())))
        spans.setdefault(key, Span(f"e{len(spans) + 1}", label, start, end, attributes))
    found = tuple(spans.values())
    related = draw(relations_of(found))
    return by_place(Dispatch(draw(FILE_IDS), text, spans=found, relations=related))


def sheet(*rows: str, header: str = HEADER + SPANS, text: str = "Gunmen hit Gao .") -> str:
    return f"{header}\n\n#Text={text}\n" + "".join(f"{row}\n" for row in rows)


def read(tmp_path: Path, source: str, name: str = "d.tsv") -> Any:
    path = tmp_path / name
    path.write_text(source, encoding="utf-8", newline="")
    return FORMAT.read(path)


def marked(dispatch: Dispatch) -> list[tuple[str, str, dict[str, str]]]:
    return [(span.label, dispatch.words(span), dict(span.attributes)) for span in dispatch.spans]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dispatches())
def test_what_rows_show_comes_back_whole(tmp_path: Path, dispatch: Dispatch) -> None:
    folder = tmp_path / "out"
    assert FORMAT.write([dispatch], folder, False) == ()
    path = folder / f"{dispatch.id}.tsv"
    assert FORMAT.recognise(path, path.read_bytes())
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    assert by_place(annotated.dispatches[0]) == dispatch


@given(st.text())
def test_escapes_are_undone(text: str) -> None:
    assert unescape_text(escape_text(text)) == text
    assert unescape_value(escape_value(text)) == text
    assert split(escape_value(text), "|") == [escape_value(text)]


def test_in_a_project_the_document_is_the_folder(tmp_path: Path) -> None:
    for folder in ("annotation/report.txt", "curation/report.txt", "annotation/notes", "elsewhere/notes"):
        (tmp_path / folder).mkdir(parents=True)
    source = sheet("1-1\t0-6\tGunmen\tActor\t", text="Gunmen")
    for name, known_as in (
        ("annotation/report.txt/anna.tsv", "report.txt"),
        ("curation/report.txt/CURATION_USER.tsv", "report.txt"),
        ("elsewhere/notes/CURATION_USER.tsv", "notes"),
        ("elsewhere/notes/anna.tsv", "anna"),
        ("annotation/notes/anna.tsv", "anna"),  # may be any folder of this name
    ):
        assert read(tmp_path, source, name).dispatches[0].id == known_as
    (tmp_path / "exportedproject.json").write_text("{}", encoding="utf-8")
    assert read(tmp_path, source, "annotation/notes/anna.tsv").dispatches[0].id == "notes"
    unannotated = tmp_path / "annotation" / "notes" / "INITIAL_CAS.tsv"
    unannotated.write_text(source, encoding="utf-8")
    assert not FORMAT.recognise(unannotated, unannotated.read_bytes())
    (tmp_path / "annotation" / "report.txt" / "ben.tsv").write_text(source, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"ben\.tsv:1:id: report\.txt occurs twice, first in .*; if two have annotated"
    ):
        read_annotations([tmp_path / "annotation"])


def test_stacked_spans_and_those_of_several_tokens(tmp_path: Path) -> None:
    source = sheet(
        "1-1\t0-6\tGunmen\tActor[1]|Group\\_x[2]\t",
        "1-2\t7-10\thit\tActor[1]\t",
        "1-3\t11-14\tGao\t*\t",
        "1-3.1\t11-13\tGa\tPart\t",
        "1-4\t15-16\t.\t_\t",
    )
    (dispatch,) = read(tmp_path, source).dispatches
    assert (dispatch.id, dispatch.text) == ("d", "Gunmen hit Gao .")
    assert marked(dispatch) == [
        ("Actor", "Gunmen hit", {}),
        ("Group_x", "Gunmen", {}),
        ("Span", "Gao", {}),
        ("Part", "Ga", {}),
    ]


def test_relations_point_from_their_source_to_the_row(tmp_path: Path) -> None:
    source = sheet(
        "1-1\t0-6\tGunmen\tActor[1]|Group[2]\t_\t_\t",
        "1-2\t7-10\thit\tAttack\t_\t_\t",
        "1-3\t11-14\tGao\tPlace[3]\tby|at\t1-1[2_3]|1-2[0_3]\t",
        "1-4\t15-16\t.\tPlace[3]\tby|at\t1-1[2_3]|1-2[0_3]\t",
        header=HEADER + SPANS + RELATIONS,
    )
    annotated = read(tmp_path, source)
    assert annotated.findings == ()
    assert annotated.dispatches[0].relations == (Relation("by", "e2", "e4"), Relation("at", "e3", "e4"))


def test_slots_and_chains_become_relations(tmp_path: Path) -> None:
    header = (
        HEADER + "#T_SP=custom.Event|ROLE_custom.Event:args_custom.EventArgsLink|custom.Thing\n"
        "#T_SP=custom.Thing|kind\n#T_CH=custom.CorefLink|referenceRelation|referenceType\n"
    )
    source = sheet(
        "1-1\t0-6\tGunmen\t_\t_\tactor\t*->1-1\tpr[1]\t",
        "1-2\t7-10\thit\tby;*\t1-1;1-3[4]\t_\tthen->1-2\tpr[1]\t",
        "1-3\t11-14\tGao\t_\t_\tplace[4]\t_\t_\t",
        "1-4\t15-16\t.\t_\t_\tplace[4]\t*->1-3\t*[1]\t",
        header=header,
    )
    annotated = read(tmp_path, source)
    assert annotated.findings == ()
    (dispatch,) = annotated.dispatches
    assert [(label, words) for label, words, _ in marked(dispatch)] == [
        ("Event", "hit"),
        ("actor", "Gunmen"),
        ("place", "Gao ."),
        ("pr", "Gunmen"),
        ("pr", "hit"),
        ("CorefLink", "."),
    ]
    assert dispatch.relations == (
        Relation("by", "e1", "e2"),
        Relation("args", "e1", "e3"),
        Relation("same_entity", "e5", "e4"),
        Relation("then", "e6", "e5"),
    )


def test_layers_of_the_language_are_told(tmp_path: Path) -> None:
    pos = "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"
    source = sheet("1-1\t0-6\tGunmen\tNN\tActor\t", header=f"{HEADER}#T_SP={pos}|PosValue\n{SPANS}", text="Gunmen")
    annotated = read(tmp_path, source)
    assert marked(annotated.dispatches[0]) == [("Actor", "Gunmen", {})]
    assert [str(each) for each in annotated.findings] == [
        f"{tmp_path}/d.tsv:7:POS: lost: not read, as it tells of the language; 1 rows have something of it"
    ]


@pytest.mark.parametrize(("shift", "kinds"), [(1, []), (0, ["repaired"])])
def test_offsets_in_utf_16_or_code_points(tmp_path: Path, shift: int, kinds: list[str]) -> None:
    rows = (f"1-1\t0-{1 + shift}\t🔥\t_", f"1-2\t{2 + shift}-{5 + shift}\tGao\tPlace")
    annotated = read(tmp_path, sheet(*rows, text="🔥 Gao"))
    assert marked(annotated.dispatches[0]) == [("Place", "Gao", {})]
    assert [finding.kind for finding in annotated.findings] == kinds


def test_sentences_are_put_where_their_offsets_say(tmp_path: Path) -> None:
    source = (
        f"{HEADER}\n\n#Sentence.id=s1\n#Text=A b\n#Text=c\\td\n1-1\t2-3\tA\n1-2\t4-5\tb\n1-3\t6-7\tc\n1-4\t8-9\td\n\n"
        "#Text=next\n2-1\t10-14\tnext\n\n#Text=far\n3-1\t17-20\tfar\n\n#Text=er\n4-1\t20-22\ter\n"
    )
    annotated = read(tmp_path, source.replace("\n", "\r\n"))
    assert annotated.dispatches[0].text == "  A b\nc\td\nnext\n  farer"
    assert [finding.what for finding in annotated.findings] == ["'#Sentence.id=s1' is not read"]


def test_no_words_and_ties_to_them_are_told(tmp_path: Path) -> None:
    source = sheet(
        "1-1\t0-6\tGunmen\tActor\tby\t1-1.1\t",
        "1-1.1\t3-3\t\tNothing\t_\t_\t",
        header=HEADER + SPANS + RELATIONS,
        text="Gunmen",
    )
    assert [finding.what for finding in read(tmp_path, source).findings] == [
        "an annotation of no words, at 3, is not carried",
        "by ties what is not read as a span",
    ]


def test_what_no_row_shows_is_refused_or_listed(tmp_path: Path) -> None:
    spans = (Span("a", "Place", 1, 5), Span("b", "Place", 2, 5, {"how sure": "1", "kind": "town"}, 0.5))
    dispatch = Dispatch("d", "\n Gao", "2001-02-03", {"story": "x"}, spans, (Relation("in", "b", "a"),))
    target = tmp_path / "out"
    with pytest.raises(InputError, match=r"losses in all: 7 \(--lossy goes on\)$"):
        FORMAT.write([dispatch], target, False)
    assert not target.exists()
    fields = [finding.field for finding in FORMAT.write([dispatch], target, True)]
    assert fields == ["published", "meta", "spans.b", "text", "spans.a", "relations.in", "spans.b"]
    (after,) = FORMAT.read(target / "d.tsv").dispatches
    assert marked(after) == [("Place", "Gao", {"kind": "town"})]


def test_an_id_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="id: cannot be a file name"):
        FORMAT.write([Dispatch("../d", "Gao")], tmp_path / "out", False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "1:format: expected #FORMAT=WebAnno TSV 3.3"),
        (f"{HEADER}#T_XX=a\n", "2:layer: expected a layer"),
        (f"{HEADER}#T_RL=a|label\n", "2:layer: expected the layer of relations to end in |BT_"),
        (f"{HEADER}#T_CH=a|referenceType\n", "2:layer: expected a layer of chains to have two columns"),
        (f"{HEADER}#T_SP=\n", "2:layer: expected a layer"),
        (f"{HEADER}#T_SP=a|ROLE_a:b_c\n", "2:layer: expected the type of what a slot takes"),
        (f"{HEADER}\n\n1-1\t0-3\tGao\n", "4:sentence: expected #Text="),
        (f"{HEADER}\n\n#Text=Gao\n", "5:sentence: expected tokens after the text"),
        (sheet("1-1\t0-6\tGunmen"), "6:row: expected 4 columns"),
        (sheet("1-1\t0-6\tGunmen\t_\t_"), "6:row: expected 4 columns"),
        (sheet("1-1\tx\tGunmen\t_"), "6:offsets: expected two numbers"),
        (sheet("1-1\t0-6\tGunman\t_"), "6:offsets: expected 'Gunman' at 0-6, got 'Gunmen'"),
        (sheet("1-1\t0-99\tGunmen\t_"), "6:offsets: expected 'Gunmen' at 0-99, got no part of the text"),
        (sheet("1-1\t999999999-9999999999\tGunmen\t_"), "6:offsets: the sentence begins at 999999999"),
        (sheet("1-1\t0-6\tGunmen\tA[1]b"), "6:Span: expected a value, and a number in brackets"),
        (sheet("1-1\t0-6\tGunmen\tA", "#Text=x"), "7:sentence: expected an empty line after the tokens"),
        (sheet("1-1\t0-6\tGunmen\tA", "", "#Text=x", "2-1\t3-4\tx\t_"), "9:offsets: the sentence begins at 3"),
    ],
)
def test_a_broken_sheet_is_named(tmp_path: Path, source: str, message: str) -> None:
    assert refused(FORMAT, tmp_path / "d.tsv", source).startswith(message)


@pytest.mark.parametrize(
    ("cell", "reference", "message"),
    [
        ("A", "1-9", "6:Relation: no annotation of custom.Span stands at 1-9"),
        ("A", "1-1[7_0]", "6:Relation: no annotation has the number 7"),
        ("A", "1-1[7]", "6:Relation: expected two numbers such as [1_3], got [7]"),
        ("A", "1-1|1-1", "6:Relation: expected as many values in each of its columns, got [1, 2]"),
        ("_", "1-1", "6:Relation: no annotation of custom.Span stands at 1-1"),
    ],
)
def test_a_broken_relation_is_named(tmp_path: Path, cell: str, reference: str, message: str) -> None:
    source = sheet(f"1-1\t0-6\tGunmen\t{cell}\tby\t{reference}", header=HEADER + SPANS + RELATIONS).replace(
        f"{SPANS}{RELATIONS}\n", f"{SPANS}{RELATIONS}"
    )
    assert refused(FORMAT, tmp_path / "d.tsv", source).startswith(message)


def test_damaged_sheets_raise_nothing_else(tmp_path: Path) -> None:
    spans = (Span("a", "Actor", 0, 6, {"kind": "x"}), Span("b", "Place", 8, 14), Span("c", "Place", 11, 13))
    text = "Gunmen hit Gao. They 🔥 fled.\nOthers came."
    FORMAT.write([Dispatch("d", text, spans=spans, relations=(Relation("at", "a", "b"),))], tmp_path / "out", False)
    data = (tmp_path / "out" / "d.tsv").read_bytes()
    assert_only_input_errors(FORMAT, mutations(data, 400, seed=5), tmp_path / "x.tsv")
