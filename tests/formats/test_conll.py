"""CoNLL: every scheme of tags gives the same spans; what breaks a scheme is told; what it carries comes back."""

from pathlib import Path

import pytest
from dateline_formats.as_conll import FORMAT
from dateline_labels import Dispatch, InputError, Relation, Span
from foreign import assert_only_input_errors, by_place, joined_texts, mutations, refused, token_dispatches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

WORDS = ["Old", "Gao", "Mopti", "fell", "to", "Ansar", "."]
SCHEMES = {
    "BIO": ["B-Place", "I-Place", "B-Place", "O", "O", "B-Actor", "O"],
    "IOB1": ["I-Place", "I-Place", "B-Place", "O", "O", "I-Actor", "O"],
    "BILOU": ["B-Place", "L-Place", "U-Place", "O", "O", "U-Actor", "O"],
    "IOBES": ["B-Place", "E-Place", "S-Place", "O", "O", "S-Actor", "O"],
}
SPANS = [("Place", "Old Gao"), ("Place", "Mopti"), ("Actor", "Ansar")]


def written(tags: list[str], between: str = " ") -> str:
    return "".join(f"{word}{between}{tag}\n" for word, tag in zip(WORDS, tags, strict=True))


def marked(dispatch: Dispatch) -> list[tuple[str, str]]:
    return [(span.label, dispatch.words(span)) for span in dispatch.spans]


@pytest.mark.parametrize("between", [" ", "\t", " -X- _ "])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_gives_the_same_spans(tmp_path: Path, scheme: str, between: str) -> None:
    path = tmp_path / "x.conll"
    path.write_text(f"-DOCSTART- -X- -X- O\n\n{written(SCHEMES[scheme], between)}\n", encoding="utf-8")
    assert FORMAT.recognise(path, path.read_bytes())
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    (dispatch,) = annotated.dispatches
    assert (dispatch.id, dispatch.text) == ("x-1", "Old Gao Mopti fell to Ansar .")
    assert marked(dispatch) == SPANS


def test_other_columns_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text(written(SCHEMES["BIO"], " NNP B-NP "), encoding="utf-8")
    annotated = FORMAT.read(path)
    assert marked(annotated.dispatches[0]) == SPANS
    assert [str(each) for each in annotated.findings] == [
        f"{path}:1:columns: lost: the columns between the first and the last are not read, as NNP, B-NP"
    ]


@pytest.mark.parametrize(
    ("name", "source", "known"),
    [
        ("x.conll", "Gao NNP\nfell B-X\nthen VB\n", True),
        ("x.bio", "Gao b-place\nfell O\n", True),
        ("x.conll", "B-Place\t0\t3\tGao\nO\t4\t8\tfell\n", False),
        ("x.txt", "Gao NNP\nfell B-X\nthen VB\n", False),
        ("x.txt", "Gao B-Place\n" + "fell O\n" * 8 + "then 0\n", True),
        ("x.txt", "Gao B-Place\n" + "fell O\n" * 7 + "then 0\n", False),
        ("x.txt", "Group O\n" * 9 + "then 0\n", False),
        ("x.txt", "", False),
    ],
)
def test_a_file_with_a_wrong_tag_is_known_all_the_same(tmp_path: Path, name: str, source: str, known: bool) -> None:
    assert bool(FORMAT.recognise(tmp_path / name, source.encode())) == known


def test_a_first_column_that_counts_tokens_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    rows = ["# http://example.org", "1\tOld\tO\tB-Place", "2\tGao\tB-City\tI-Place", "", "1\tThen\tO\tO", ""]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert FORMAT.recognise(path, path.read_bytes())
    annotated = FORMAT.read(path)
    assert [each.text for each in annotated.dispatches] == ["Old Gao", "Then"]
    assert marked(annotated.dispatches[0]) == [("Place", "Old Gao")]
    assert [str(each).partition(".tsv:")[2] for each in annotated.findings] == [
        "1:line: lost: the comment '# http://example.org' is not read",
        "2:columns: lost: the columns between the second, as the first counts tokens, and the last are not read, as O",
    ]
    path.write_text("1\tO\n2\tB-Year\n", encoding="utf-8")  # two columns have no place for a number
    assert FORMAT.read(path).dispatches[0].text == "1 2"


def test_sentences_are_dispatches_where_no_document_begins(tmp_path: Path) -> None:
    path = tmp_path / "x.bio"
    path.write_text("Gao B-Place\r\nfell O\r\n\r\n\r\nTwo O\r\n", encoding="utf-8", newline="")
    annotated = FORMAT.read(path)
    assert [(each.id, each.text) for each in annotated.dispatches] == [("x-1", "Gao fell"), ("x-2", "Two")]
    assert annotated.place_of(annotated.dispatches[1]).line == 5


def test_documents_hold_their_sentences_and_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text("-DOCSTART- O\n\nGao B-P\n\nMopti I-P\n\n-DOCSTART- O\n\n-DOCSTART- O\na O", encoding="utf-8")
    annotated = FORMAT.read(path)
    assert [each.text for each in annotated.dispatches] == ["Gao Mopti", "", "a"]
    assert marked(annotated.dispatches[0]) == [("P", "Gao"), ("P", "Mopti")]


@pytest.mark.parametrize(
    ("tags", "spans", "told"),
    [
        ("B-A I-B O", [("A", "a"), ("B", "b")], ["2:tag: repaired: I-B begins a span, which B- would say"]),
        ("B-A O I-A", [("A", "a"), ("A", "c")], ["3:tag: repaired: I-A begins a span, which B- would say"]),
        ("B-A O U-A", [("A", "a"), ("A", "c")], ["1:tag: repaired: B-A ends a span, which E-, L-, S- or U- would say"]),
        ("E-A O S-A", [("A", "a"), ("A", "c")], ["1:tag: repaired: E-A begins a span, which B- would say"]),
        ("B-A E-B O", [("A", "a"), ("B", "b")], [
            "1:tag: repaired: B-A ends a span, which E-, L-, S- or U- would say",
            "2:tag: repaired: E-B begins a span, which B- would say",
        ]),
    ],
)  # fmt: skip
def test_what_breaks_the_scheme_is_told(
    tmp_path: Path, tags: str, spans: list[tuple[str, str]], told: list[str]
) -> None:
    path = tmp_path / "x.conll"
    rows = [f"{word}\t{tag}\n" for word, tag in zip("abc", tags.split(), strict=True)]
    path.write_text("".join(rows), encoding="utf-8")
    annotated = FORMAT.read(path)
    assert marked(annotated.dispatches[0]) == spans
    assert [str(each).removeprefix(f"{path}:") for each in annotated.findings] == told


def test_comments_are_told_and_a_sharp_is_a_token(tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text("# id 7\n# O\nGao B-Place\n", encoding="utf-8")
    annotated = FORMAT.read(path)
    assert annotated.dispatches[0].text == "# Gao"
    assert [each.what for each in annotated.findings] == ["the comment '# id 7' is not read"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(token_dispatches(joined_texts, st.just({}), overlaps=False), min_size=1, max_size=3))
def test_joined_tokens_come_back_whole(tmp_path: Path, dispatches: list[Dispatch]) -> None:
    path = tmp_path / "x.conll"
    bare = [Dispatch(f"x-{number}", each.text, spans=each.spans) for number, each in enumerate(dispatches, start=1)]
    assert FORMAT.write(bare, path, False) == ()
    annotated = FORMAT.read(path)
    assert annotated.findings == ()
    assert [by_place(each) for each in annotated.dispatches] == [by_place(each) for each in bare]


def test_what_tags_cannot_carry_is_refused_or_listed(tmp_path: Path) -> None:
    spans = (Span("a", "Place", 0, 3), Span("b", "Part of", 5, 9), Span("c", "Place", 0, 9), Span("d", "X", 1, 2))
    dispatch = Dispatch("d", "Gao, fell", None, {}, spans, (Relation("in", "a", "c"),))
    path = tmp_path / "x.conll"
    with pytest.raises(InputError, match=r"losses in all: 6 \(--lossy goes on\)$"):
        FORMAT.write([dispatch], path, False)
    assert list(tmp_path.iterdir()) == []
    losses = [f"{each.field}: {each.what}" for each in FORMAT.write([dispatch], path, True)]
    assert losses[:2] == [
        "spans.b: CoNLL carries no label 'Part of'",
        "relations.in: CoNLL carries no relations, as a in c",
    ]
    assert losses[-2:] == [
        "id: CoNLL carries no id, it is read back as x-1",
        "text: CoNLL carries no text but its tokens, with one space between",
    ]
    assert marked(FORMAT.read(path).dispatches[0]) == [("Place", "Gao , fell")]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "0:file: expected lines with a token and a tag, got none"),
        ("\n \n", "0:file: expected lines with a token and a tag"),
        ("Gao\n", "1:tag: expected a token and a tag, O or a letter of BIMELSU-LABEL, got 1 column"),
        ("Gao B-Place\nfell X\n", "2:tag: expected a token and a tag, O or a letter of BIMELSU-LABEL, got 'X'"),
        ("Gao B-\n", "1:tag: expected a token and a tag"),
        ("\tO\n", "1:token: expected a token before the tag, got nothing"),
        (b"Gao \xff\n", "1:encoding: expected UTF-8"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, source: str | bytes, message: str) -> None:
    assert refused(FORMAT, tmp_path / "x.conll", source).startswith(message)


def test_damaged_lines_raise_nothing_else(tmp_path: Path) -> None:
    data = f"-DOCSTART- O\n\n{written(SCHEMES['BIO'])}\n{written(SCHEMES['BIO'])}".encode()
    assert_only_input_errors(FORMAT, mutations(data, 200, seed=5), tmp_path / "x.conll")
