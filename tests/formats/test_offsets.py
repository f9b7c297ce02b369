"""In which unit a tool counted: found from the words it quotes and each repair listed; else it is an error."""

import pytest
from dateline_formats.offsets import CODE_POINTS, UNITS, Mark, Unit, located
from dateline_labels import InputError, Place
from hypothesis import given, settings
from hypothesis import strategies as st

PLACE = Place("x.json", 3)
TEXT = "🔥🔥 Café near Gao.\r\nArmy \N{EM DASH} said,\nelsewhere 🔥 Gao"


def counted(unit: Unit, text: str, start: int, end: int) -> tuple[int, int]:
    """Where code points `start` to `end` of `text` stand in `unit`."""
    offset_of = {index: offset for offset, index in unit.borders(text).items()}
    return offset_of[start], offset_of[end]


def mark(unit: Unit, words: str, text: str = TEXT, quoted: bool = True, last: bool = False) -> Mark:
    start = text.rindex(words) if last else text.index(words)
    piece = counted(unit, text, start, start + len(words))
    return Mark(PLACE, words, text, (piece,), words if quoted else None)


@pytest.mark.parametrize("unit", UNITS, ids=str)
@pytest.mark.parametrize("quoted", [True, False])
def test_every_unit_is_found_and_each_repair_listed(unit: Unit, quoted: bool) -> None:
    marks = [mark(unit, words, quoted=quoted) for words in ("Café", "Gao", "Army", "elsewhere")]
    marks.append(mark(unit, "Gao", quoted=quoted, last=True))
    pieces, findings = located(marks)
    assert [TEXT[start:end] for ((start, end),) in pieces] == ["Café", "Gao", "Army", "elsewhere", "Gao"]
    moved = [each.field for each, found in zip(marks, pieces, strict=True) if each.pieces != found]
    assert [finding.field for finding in findings] == moved
    assert bool(moved) == (unit != CODE_POINTS)
    assert all(finding.kind == "repaired" and str(unit) in finding.what for finding in findings)


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("ab é🔥\n\r\u2028𝔄中"), min_size=1, max_size=20), st.data(), st.sampled_from(UNITS))
def test_a_span_that_quotes_its_words_is_put_where_they_stand(text: str, data: st.DataObject, unit: Unit) -> None:
    reachable = sorted(unit.borders(text).values())
    start, end = sorted(data.draw(st.lists(st.sampled_from(reachable), min_size=2, max_size=2, unique=True)))
    ((piece,),), findings = located([Mark(PLACE, "s", text, (counted(unit, text, start, end),), text[start:end])])
    assert text[slice(*piece)] == text[start:end]  # maybe elsewhere, where the same words stand
    assert len(findings) == (piece != counted(unit, text, start, end))


def test_white_space_is_put_where_the_same_white_space_stands() -> None:
    text = "🔥 \N{LINE SEPARATOR}"
    pieces, _ = located([Mark(PLACE, "s", text, (counted(Unit("UTF-16 units"), text, 1, 2),), " ")])
    assert pieces == [((1, 2),)]


def test_one_unit_is_taken_for_the_whole_file() -> None:
    marks = [mark(Unit("UTF-16 units"), "Gao"), mark(CODE_POINTS, "Café"), mark(Unit("UTF-16 units"), "elsewhere")]
    with pytest.raises(InputError, match=r"x\.json:3:Café: expected 'Café' at 3-7 in UTF-16 units, got .*code points"):
        located(marks)


def test_words_that_stand_nowhere_are_an_error() -> None:
    with pytest.raises(InputError, match=r"x\.json:3:s: expected 'Mopti' at 0-5 in code points, got '🔥🔥 Ca'$"):
        located([Mark(PLACE, "s", TEXT, ((0, 5),), "Mopti")])


@pytest.mark.parametrize("piece", [(0, 0), (5, 3), (-3, -1), (0, 999), (999, 1000)])
@pytest.mark.parametrize("quote", [None, "Café"])
def test_offsets_outside_of_the_text_are_an_error(piece: tuple[int, int], quote: str | None) -> None:
    with pytest.raises(InputError, match=r"x\.json:3:s: expected "):
        located([Mark(PLACE, "s", TEXT, (piece,), quote)])


def test_without_words_a_doubtful_place_is_a_warning() -> None:
    pieces, findings = located([Mark(PLACE, "s", "killed near Gao", ((1, 6),))])
    assert pieces == [((1, 6),)]
    assert [str(finding) for finding in findings] == [
        "x.json:3:s: warning: 'illed' begins or ends inside a word or with white space"
    ]


@pytest.mark.parametrize(("unit", "believed"), [("UTF-16 units", True), ("UTF-8 bytes", False)])
def test_without_words_a_rare_unit_is_believed_only_by_two_spans(unit: str, believed: bool) -> None:
    alone = [mark(Unit(unit), "Gao", quoted=False)]  # type: ignore[arg-type]
    two = [*alone, mark(Unit(unit), "elsewhere", quoted=False)]  # type: ignore[arg-type]
    kinds = [[finding.kind for finding in located(marks)[1]] for marks in (alone, two)]
    assert kinds == [["repaired" if believed else "warning"], ["repaired", "repaired"]]


def test_pieces_are_quoted_with_a_space_between() -> None:
    text = "🔥 seven unarmed\nsoldiers"
    utf16 = ((3, 8), (17, 25))
    pieces, findings = located([Mark(PLACE, "T1", text, utf16, "seven soldiers")])
    assert pieces == [((2, 7), (16, 24))]
    assert [finding.what for finding in findings] == ["3-8;17-25 counts UTF-16 units; 2-7;16-24 in code points"]


def test_any_white_space_is_as_good_as_a_space() -> None:
    assert located([Mark(PLACE, "s", "a\r\nb\u00a0c", ((0, 6),), "a b c")]) == ([((0, 6),)], [])
