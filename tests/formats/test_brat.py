"""brat standoff as the tool and older shared tasks write it: events, pieces, attributes, notes, Windows line ends."""

from pathlib import Path

import pytest
from dateline_formats import as_brat
from dateline_formats.format import Annotated
from dateline_formats.known import recognise
from dateline_labels import Dispatch, InputError, Relation, Span

TEXT = "Gunmen ambushed seven unarmed soldiers\nnear Gao. The army blamed rebels.\n"
ANN = """\
T1\tAttack 7 15\tambushed
T2\tActor 0 6\tGunmen
T3\tCasualty 16 21;30 38\tseven soldiers
T4\tPlace 44 47\tGao
E1\tAttack:T1 Agent:T2 Agent2:T5 Place:T4
T5\tActor 65 71\trebels
R1\tBlames Arg1:T6 Arg2:E1
T6\tActor 49 57\tThe army
A1\tNegation E1
A2\tConfidence E1 High
*\tEquiv T2 T5
#1\tAnnotatorNotes E1\tunsure
N1\tReference T4 Wikidata:Q3107\tGao
"""


def laid_out(folder: Path, ann: str | bytes, text: str | bytes = TEXT) -> Path:
    for name, data in (("d.ann", ann), ("d.txt", text)):
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder / "d.ann"


def read(folder: Path, ann: str | bytes, text: str | bytes = TEXT) -> Annotated:
    return as_brat.read(laid_out(folder, ann, text))


def test_events_pieces_attributes_and_notes_are_carried(tmp_path: Path) -> None:
    annotated = read(tmp_path, ANN)
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.text) == ("d", TEXT)
    assert dispatch.spans == (
        Span("T1", "Attack", 7, 15, {"Negation": "true", "Confidence": "High"}),
        Span("T2", "Actor", 0, 6),
        Span("T3", "Casualty", 30, 38),
        Span("T4", "Place", 44, 47),
        Span("T5", "Actor", 65, 71),
        Span("T6", "Actor", 49, 57),
    )
    assert dispatch.relations == (
        Relation("Agent", "T1", "T2"),
        Relation("Agent", "T1", "T5"),
        Relation("Place", "T1", "T4"),
        Relation("Blames", "T6", "T1"),
        Relation("Equiv", "T2", "T5"),
    )
    assert dispatch.meta == {
        "fragments": {"T3": [[16, 21], [30, 38]]},
        "notes": [["T1", "AnnotatorNotes", "unsure"]],
        "references": [["T4", "Reference", "Wikidata:Q3107", "Gao"]],
    }
    assert [str(finding) for finding in annotated.findings] == [
        f"{tmp_path}/d.ann:3:T3: lost: of 2 pieces apart only 'soldiers' is the span; all are kept as meta data"
    ]
    assert annotated.place_of(dispatch, dispatch.relations[3]).line == 7


def test_roles_that_end_in_numbers_are_roles_of_their_own(tmp_path: Path) -> None:
    ann = "T1\tAttack 7 15\tambushed\nT2\tActor 0 6\tGunmen\nT4\tPlace 44 47\tGao\nE1\tAttack:T1 ARG0:T2 ARG1:T4\n"
    (dispatch,) = read(tmp_path, ann).dispatches
    assert dispatch.relations == (Relation("ARG0", "T1", "T2"), Relation("ARG1", "T1", "T4"))


def test_what_was_kept_as_meta_data_is_written_again(tmp_path: Path) -> None:
    first = read(tmp_path, ANN).dispatches
    assert as_brat.write(first, tmp_path / "out", False) == ()
    assert as_brat.read(tmp_path / "out" / "d.ann").dispatches == first
    lines = (tmp_path / "out" / "d.ann").read_text(encoding="utf-8").splitlines()
    assert "T3\tCasualty 16 21;30 38\tseven soldiers" in lines
    assert "N1\tReference T4 Wikidata:Q3107\tGao" in lines


def test_a_span_over_a_line_end_is_one_span_and_written_in_pieces(tmp_path: Path) -> None:
    annotated = read(tmp_path, "T1\tX 30 38;39 43\tsoldiers near\n")
    assert annotated.dispatches[0].spans == (Span("T1", "X", 30, 43),)
    assert annotated.findings == ()
    as_brat.write(annotated.dispatches, tmp_path / "out", False)
    assert (tmp_path / "out" / "d.ann").read_text(encoding="utf-8") == "T1\tX 30 38;39 43\tsoldiers near\n"


def test_pieces_with_a_space_between_are_joined_and_that_is_told(tmp_path: Path) -> None:
    annotated = read(tmp_path, "T1\tX 0 6;7 15\tGunmen ambushed\n")
    assert annotated.dispatches[0].spans == (Span("T1", "X", 0, 15),)
    assert [finding.kind for finding in annotated.findings] == ["repaired"]


CRLF = TEXT.replace("\n", "\r\n")


def test_windows_line_ends_counted_as_one_are_put_right(tmp_path: Path) -> None:
    annotated = read(tmp_path, ANN, CRLF)
    (dispatch,) = annotated.dispatches
    assert [dispatch.words(span) for span in dispatch.spans] == [
        "ambushed", "Gunmen", "soldiers", "Gao", "rebels", "The army",
    ]  # fmt: skip
    assert [finding.field for finding in annotated.findings if finding.kind == "repaired"] == ["T4", "T5", "T6"]


def test_pieces_that_hold_the_return_of_a_windows_line_end_are_one_span(tmp_path: Path) -> None:
    annotated = read(tmp_path, b"T1\tX 30 39;40 44\tsoldiers\r near\n", CRLF)
    assert annotated.dispatches[0].spans == (Span("T1", "X", 30, 44),)
    assert annotated.findings == ()


def test_windows_line_ends_of_the_annotation_itself_do_not_matter(tmp_path: Path) -> None:
    assert read(tmp_path, ANN.replace("\n", "\r\n")).dispatches == read(tmp_path, ANN).dispatches


def test_a_text_without_annotation_is_a_dispatch_without_spans(tmp_path: Path) -> None:
    path = laid_out(tmp_path, "")
    assert recognise(path) == (as_brat.FORMAT, "its name ends in .ann")
    assert as_brat.read(path).dispatches[0].spans == ()


def test_what_a_dispatch_has_no_place_for_is_listed(tmp_path: Path) -> None:
    ann = "".join(
        line
        for line in (
            "T1\tX 0 6\tGunmen\n",
            "T2\tY 7 15\tambushed\n",
            "R1\tr Subject:T1 Object:T2\n",
            "R2\tr Arg2:T2 Arg1:T1\n",
            "A1\tOld R1\n",
            "A2\tDone T1 yes\n",
            "A3\tDone T1 no\n",
            "#1\tAnnotatorNotes R1\tdoubtful\n",
            "E1\tY:T2 By:T1\n",
            "E2\tY:T2 At:T1\n",
        )
    )
    annotated = read(tmp_path, ann)
    assert annotated.dispatches[0].relations == tuple(Relation(label, *ends) for label, *ends in (
        ("By", "T2", "T1"), ("At", "T2", "T1"), ("r", "T1", "T2"),
    ))  # fmt: skip
    assert [(each.place.line, each.field, each.kind) for each in annotated.findings] == [
        (10, "E2", "lost"),
        (3, "R1", "lost"),
        (4, "R2", "lost"),
        (5, "A1", "lost"),
        (7, "A3", "lost"),
        (8, "#1", "lost"),
    ]


@pytest.mark.parametrize(
    ("ann", "line", "says"),
    [
        ("T1 X 0 6 Gunmen\n", 1, "line: expected an id as T1, a tab and the annotation"),
        ("X1\tX 0 6\tGunmen\n", 1, "line: expected an id as T1"),
        ("T\tX 0 6\tGunmen\n", 1, "line: expected an id as T1"),
        ("\n\nT1\tX 0\tGunmen\n", 3, "T1: expected LABEL START END"),
        ("T1\tX 0 -6\tGunmen\n", 1, "T1: expected LABEL START END"),
        ("T1\tX Y 0 6\tGunmen\n", 1, "T1: expected LABEL START END"),
        ("T1\tX 0 6;\tGunmen\n", 1, "T1: expected LABEL START END"),
        ("T1\tX 6 0\tGunmen\n", 1, "T1: expected 'Gunmen' at 6-0"),
        ("T1\tX 0 6\tGunmen\nT1\tX 0 6\tGunmen\n", 2, "T1: the id occurs twice"),
        ("T1\tX 0 6\tgunmen\n", 1, "T1: expected 'gunmen' at 0-6 in code points, got 'Gunmen'"),
        ("T1\tX 0 999\tGunmen\n", 1, "T1: expected 'Gunmen' at 0-999 in code points, got no part of the text"),
        ("T1\tX 0 6\tGunmen\nR1\tr Arg1:T1 Arg2:T9\n", 2, "R1: no span has the id T9"),
        ("T1\tX 0 6\tGunmen\nR1\tr Arg1:T1 Arg2:T1\n", 2, "R1: relation r: T1 is related to itself"),
        ("T1\tX 0 6\tGunmen\nR1\tr Arg1:T1\n", 2, "R1: expected LABEL Arg1:T1 Arg2:T2"),
        ("T1\tX 0 6\tGunmen\nE1\tY:T1\n", 2, "E1: expected a trigger labelled Y, got X"),
        ("E1\tY:T1\n", 1, "E1: expected a trigger labelled Y, got T1"),
        ("T1\tX 0 6\tGunmen\nE1\tX:T1 By\n", 2, "E1: expected TYPE:TRIGGER ROLE:ARGUMENT"),
        ("T1\tX 0 6\tGunmen\nE1\tX:T1 By:E2\n", 2, "E1: no span has the id E2"),
        ("A1\tNegation T1\n", 1, "A1: nothing has the id T1"),
        ("A1\tNegation\n", 1, "A1: expected NAME T1 or NAME T1 VALUE"),
        ("*\tEquiv T1\n", 1, "*: expected Equiv and two spans or more"),
        ("*\t\tEquiv T1 T2\n", 1, "*: expected Equiv and two spans or more, got ''"),
        ("T1\tX 0 6\tGunmen\n*\tEquiv T1 T2\n", 2, "*: no span has the id T2"),
        (b"T1\tX 0 6\tGunm\xe9n\n", 1, "encoding: expected UTF-8"),
    ],
)
def test_a_fault_is_one_line_with_its_place(ann: str | bytes, line: int, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, ann)
    assert str(caught.value).startswith(f"{tmp_path}/d.ann:{line}:{says}")
    assert "\n" not in str(caught.value)


def test_an_annotation_without_its_text_is_refused(tmp_path: Path) -> None:
    path = laid_out(tmp_path, ANN)
    (tmp_path / "d.txt").unlink()
    with pytest.raises(InputError, match=r"d\.ann:0:text: expected its text beside it, as d\.txt"):
        as_brat.read(path)


def test_relations_of_a_span_that_brat_cannot_mark_are_listed_with_it(tmp_path: Path) -> None:
    spans = (Span("T1", "Attack", 0, 4), Span("T2", "Break", 4, 5))
    dispatch = Dispatch("d", "Raid\n", spans=spans, relations=(Relation("near", "T1", "T2"),))
    findings = as_brat.write([dispatch], tmp_path, True)
    assert [(finding.kind, finding.field) for finding in findings] == [("lost", "spans.T2"), ("lost", "relations.near")]
    assert [span.id for span in as_brat.read(tmp_path / "d.ann").dispatches[0].spans] == ["T1"]
