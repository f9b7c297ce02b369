"""How a notebook shows incidents: a row each, as the terminal does, and nothing of the texts as markup."""

from dateline_incidents.incident_html import MOST_ROWS, IncidentTable
from dateline_incidents.incident_lines import incident_lines
from dateline_labels import Dispatch, Place, Span, markup
from ledger_rows import an_incident
from table_network import SCHEMA
from test_render import NOTE


def test_a_row_says_what_a_terminal_says() -> None:
    table = IncidentTable.of([markup.read(NOTE, Place("note"), SCHEMA)])
    shown = table._repr_html_()
    assert shown.count("<tr>") == 2
    for words in ("note-1#1", "armed_assault", "Gao &lt; Mali", "Gunmen", "4 killed: Four soldiers, says army"):
        assert words in shown


def test_incidents_of_several_dispatches_stand_in_one_table_and_keep_their_own_claims() -> None:
    dispatch = markup.read(NOTE, Place("note"), SCHEMA)
    other = markup.read(NOTE.replace("note-1", "note-2").replace("Four", "Nine"), Place("note"), SCHEMA)
    rows = IncidentTable.of([dispatch, other])._repr_html_().split("<tr>")[2:]
    assert ["Four" in row for row in rows] == [True, False]
    assert ["Nine" in row for row in rows] == [False, True]


def test_nothing_found_is_said() -> None:
    assert IncidentTable.of([Dispatch("d", "Rain fell.")])._repr_html_() == "<p>No incident.</p>"


def test_a_long_table_is_cut_and_says_by_how_much() -> None:
    dispatches = [markup.read(NOTE.replace("note-1", f"note-{number}"), Place("n"), SCHEMA) for number in range(60)]
    shown = IncidentTable.of(dispatches)._repr_html_()
    assert shown.count("<tr>") == MOST_ROWS + 1
    assert "… and 10 more incidents" in shown


def test_untrusted_words_are_escaped() -> None:
    words = "<img src=x onerror=alert(1)>\u202e"
    span = Span("a1", "ATTACK", 0, len(words), {"kind": "other", "status": "occurred"})
    shown = IncidentTable.of([Dispatch("<b>", words, spans=(span,))])._repr_html_()
    assert "<img" not in shown
    assert "<b>" not in shown
    assert "\u202e" not in shown
    assert "U+202E" in shown


def test_a_place_whose_country_has_no_name_stands_alone() -> None:
    where = incident_lines(an_incident(place="Gao", geoname="Gao", country=None), [])[1]
    assert where == ["Gao", "Gao"]
    assert incident_lines(an_incident(place="Gao"), [])[1] == ["Gao"]
