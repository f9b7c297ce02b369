"""Events with the columns of other datasets: names, codes, sums, evidence."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dateline_incidents import as_acled, as_gtd, as_plover, as_ucdp
from dateline_incidents.event import Event
from dateline_incidents.event_tables import apart, events_of
from dateline_incidents.exporting import export
from dateline_incidents.gazetteer import Gazetteer
from dateline_incidents.incident_choices import Form, Rule
from dateline_incidents.records import Lookups, records
from dateline_labels import Dispatch, Place, markup, read_dispatches
from gazetteer_files import write_gazetteer
from table_network import SCHEMA

CORPUS = Path(__file__).resolve().parents[2] / "labels" / "corpus"
NOTE = """\
id: =note
published: 2017-07-20

[KABUL](LOCATION l4) -- [Taliban fighters](ACTOR p1) [detonated](ATTACK a1 kind=suicide_bombing status=occurred) a car
near [Gereshk](LOCATION l1) in [Helmand province](LOCATION l2) on [Wednesday](TIME t1) as [policemen](ACTOR p2) passed,
killing [six police officers](CASUALTY c1 outcome=killed) and [two children](CASUALTY c2 outcome=killed) and injuring
[more than ten people](CASUALTY c3 outcome=injured), the [army](ACTOR p3) said. A new
[attack](ATTACK a2 kind=other status=threatened) is feared.
---
a1 perpetrator p1
a1 target p2
a1 place l1
a1 time t1
a1 casualty c1
a1 casualty c2
a1 casualty c3
l1 within l2
c1 source p3
c2 source p3
c3 source p3
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer.open(write_gazetteer(tmp_path_factory.mktemp("gazetteer")))


def note() -> Dispatch:
    return markup.read(NOTE, Place("note"), SCHEMA)


def events(dispatch: Dispatch, rule: Rule, gazetteer: Gazetteer | None = None) -> list[Event]:
    incidents, claims = records(dispatch, Lookups(gazetteer=gazetteer))
    return events_of(apart(incidents), claims, rule)


def exported(form: Form, folder: Path, gazetteer: Gazetteer, suffix: str = ".csv") -> tuple[list[Any], list[Any]]:
    """The rows and the rows of the evidence."""
    path = folder / f"x{suffix}"
    export(events(note(), Rule.UCDP, gazetteer), form, path)
    texts = [each.read_text(encoding="utf-8") for each in (path, folder / f"x.evidence{suffix}")]
    if suffix == ".jsonl":
        rows, evidence = ([json.loads(line) for line in text.splitlines()] for text in texts)
    else:
        rows, evidence = (list(csv.DictReader(io.StringIO(text))) for text in texts)
    return rows, evidence


def test_acled_columns(tmp_path: Path, gazetteer: Gazetteer) -> None:
    (row,), _ = exported(Form.ACLED, tmp_path, gazetteer)
    assert {name: value for name, value in row.items() if value} == {
        "event_date": "2017-07-19",
        "year": "2017",
        "time_precision": "1",
        "disorder_type": "Political violence",
        "event_type": "Explosions/Remote violence",
        "sub_event_type": "Suicide bomb",
        "actor1": "Taliban",
        "inter1": "Rebel group",
        "actor2": "policeman",
        "inter2": "State forces",
        "interaction": "State forces-Rebel group",
        "country": "Afghanistan",
        "admin1": "Helmand",
        "admin2": "Nahr-e Saraj",
        "location": "Gereshk",
        "latitude": "31.82089",
        "longitude": "64.57005",
        "geo_precision": "2",
        "source": "'=note",
        "fatalities": "8",
    }


def test_ucdp_columns(tmp_path: Path, gazetteer: Gazetteer) -> None:
    (row,), _ = exported(Form.UCDP, tmp_path, gazetteer)
    told = {
        "type_of_violence": "1",
        "side_a": "policeman",
        "side_b": "Taliban",
        "number_of_sources": "1",
        "source_original": "army",
        "where_prec": "2",
        "where_coordinates": "Gereshk",
        "adm_1": "Helmand",
        "geom_wkt": "POINT (64.57005 31.82089)",
        "priogrid_gid": "175450",
        "date_prec": "1",
        "date_start": "2017-07-19",
        "date_end": "2017-07-19",
        "deaths_a": "6",
        "deaths_b": "0",
        "deaths_civilians": "2",
        "deaths_unknown": "0",
        "best": "8",
        "high": "8",
        "low": "8",
        "conflict_new_id": "",
        "event_clarity": "",
    }
    assert {name: row[name] for name in told} == told


def test_gtd_columns(tmp_path: Path, gazetteer: Gazetteer) -> None:
    (row,), _ = exported(Form.GTD, tmp_path, gazetteer)
    told = {
        "iyear": "2017",
        "imonth": "7",
        "iday": "19",
        "provstate": "Helmand",
        "city": "Gereshk",
        "specificity": "2",
        "vicinity": "1",
        "attacktype1": "3",
        "suicide": "1",
        "success": "1",
        "targtype1": "3",
        "gname": "Taliban",
        "claimed": "0",
        "nkill": "8",
        "nwound": "11",
        "weaptype1": "6",
        "crit1": "",
        "summary": "",
        "scite1": "'=note",
    }
    assert {name: row[name] for name in told} == told


def test_plover_objects(tmp_path: Path, gazetteer: Gazetteer) -> None:
    (bomb, feared), _ = exported(Form.PLOVER, tmp_path, gazetteer, ".jsonl")
    assert bomb["id"] == "=note#1"
    assert (bomb["date"], bomb["event"], bomb["mode"], bomb["quad_code"]) == (
        "2017-07-19",
        ["ASSAULT"],
        ["suicide-attack"],
        4,
    )
    assert bomb["actor"] == [{"entity_text": "Taliban", "sector": "REB"}]
    assert bomb["size"] == {"dead": 8, "injured": 11}
    assert (bomb["event_loc"]["name"], bomb["event_loc"]["geonameid"]) == ("Gereshk", 1140043)
    assert (feared["event"], feared["quad_code"]) == (["THREATEN"], 3)
    assert "size" not in feared


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (
            as_acled.COLUMNS,
            "event_id_cnty event_date inter1 civilian_targeting admin3 geo_precision fatalities timestamp",
        ),
        (
            as_ucdp.COLUMNS,
            "id relid dyad_new_id side_a source_original where_prec adm_1 priogrid_gid deaths_unknown gwnob",
        ),
        (
            as_gtd.COLUMNS,
            "eventid iyear approxdate specificity vicinity crit1 doubtterr guncertain1 nkillter scite3 dbsource",
        ),
        (
            as_plover.COLUMNS,
            "id date enddate actor recipient event event_loc quad_code mode context text_info cite_info coder",
        ),
    ],
)
def test_the_foreign_names_are_kept(columns: tuple[str, ...], names: str) -> None:
    assert set(names.split()) <= set(columns)
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PLOVER])
def test_each_cell_that_words_tell_has_its_evidence(form: Form, tmp_path: Path, gazetteer: Gazetteer) -> None:
    rows, evidence = exported(form, tmp_path, gazetteer)
    text = note().text
    backed = {piece["column"] for piece in evidence}
    of_metadata = {"number_of_sources", "source_date"}
    assert {name for name, value in rows[0].items() if value} - of_metadata <= backed
    for piece in evidence:
        assert (piece["row"], piece["document"]) == ("1", "'=note")
        assert text[int(piece["start"]) : int(piece["end"])].strip()
    killed = {"acled": "fatalities", "ucdp": "best", "gtd": "nkill"}[form.value]
    words = {text[int(p["start"]) : int(p["end"])] for p in evidence if p["column"] == killed}
    assert words == {"six police officers", "two children"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "number"),
    [(-90, -180, 1), (-90, 179.9, 720), (-89.5, -180, 721), (90, 180, 360 * 720), (0.1, 0.1, 180 * 720 + 361)],
)
def test_the_cells_of_prio_grid(latitude: float, longitude: float, number: int) -> None:
    assert as_ucdp.priogrid(latitude, longitude) == number


@pytest.mark.parametrize("folder", [pytest.param("roundups", marks=pytest.mark.slow), "sahel", "world_negative"])
def test_the_deaths_of_every_event_of_the_corpus_add_up(folder: str) -> None:
    for dispatch in read_dispatches([CORPUS / folder], SCHEMA):
        for event in events(dispatch, Rule.UCDP):
            for converter in (as_acled, as_ucdp, as_gtd, as_plover):
                cells = converter.row(event) if converter.takes(event) else {}
                assert set(cells) <= set(converter.COLUMNS)
                for cell in cells.values():
                    assert cell.value is not None
                    assert cell.value != ""
                    for piece in cell.evidence:
                        assert 0 <= piece.start < piece.end <= len(dispatch.text)
                if converter is as_ucdp and "best" in cells:
                    sides = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
                    assert sum(cells[side].value for side in sides) == cells["best"].value
                    assert cells["low"].value <= cells["best"].value or "high" not in cells


def test_an_event_of_several_dispatches_tells_what_each_tells_best() -> None:
    first, second = records(note())[0][0], records(note())[0][0]
    vague = type(first)(
        **{**vars(first), "dispatch": "b", "incident": "b#1", "date_precision": 4, "published": date(2017, 7, 1)}
    )
    (event,) = events_of([type(apart([first])[0])((second, vague), ())], [], Rule.UCDP)
    assert [incident.dispatch for incident in event.incidents] == ["b", "=note"]
    assert event.dated is second
    assert event.documents == ["b", "=note"]
