"""Places of a text in a gazetteer: which one, how exactly, and why."""

import sqlite3
from pathlib import Path

import pytest
from dateline_incidents import gazetteer_index
from dateline_incidents.gazetteer import Gazetteer
from dateline_incidents.ledger import IncidentRecord
from dateline_incidents.records import Lookups, records
from dateline_labels import InputError, Place, markup
from gazetteer_files import PLACES, line, write_gazetteer
from table_network import SCHEMA


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer.open(write_gazetteer(tmp_path_factory.mktemp("gazetteer")))


def placed(gazetteer: Gazetteer, text: str, *ties: str) -> IncidentRecord:
    """The only incident of a text in the inline markup; the last line of every text is its attack."""
    note = f"id: x\npublished: unknown\n\n{text} [Raid](ATTACK a1 kind=other status=occurred).\n---\n"
    dispatch = markup.read(note + "\n".join(ties) + "\n", Place("x"), SCHEMA)
    (incident,), _ = records(dispatch, Lookups(gazetteer=gazetteer))
    return incident


def test_the_chain_chooses_and_the_levels_are_named(gazetteer: Gazetteer) -> None:
    text = "[Gereshk district](LOCATION l1) of [Helmand province](LOCATION l2)"
    found = placed(gazetteer, text, "a1 place l1", "l1 within l2")
    assert (found.geoname_id, found.geoname, found.country_code, found.country) == (
        7053251,
        "Nahr-e Saraj",
        "AF",
        "Afghanistan",
    )
    assert (found.admin1, found.admin2, found.where_precision) == ("Helmand", "Nahr-e Saraj", 3)
    assert (found.latitude, found.longitude) == (31.9, 64.6)
    assert found.where_reason == "“gereshk” in helmand, a district"


@pytest.mark.parametrize(
    ("text", "ties", "number", "precision"),
    [
        ("[Gereshk](LOCATION l1)", (), 1140043, 1),
        ("near [Gereshk](LOCATION l1)", (), 1140043, 2),
        ("five kilometres, or 5 km south of [Gereshk](LOCATION l1)", (), 1140043, 2),
        ("[Helmand](LOCATION l1)", (), 1140025, 4),
        ("[Kandahar province](LOCATION l1)", (), 1138335, 4),
        ("[Kandahar](LOCATION l1)", (), 1138336, 1),
        ("[city of Kandahar](LOCATION l1)", (), 1138336, 1),
        ("[AFGHANISTAN](LOCATION l1)", (), 1149361, 6),
        ("[Gulf of Guinea](LOCATION l1)", (), 2363684, 7),
        ("[Kunduz River](LOCATION l1)", (), 1133616, 5),
        ("[Gao region](LOCATION l1)", (), 2457161, 4),
        ("between [Gao town](LOCATION l1)", (), 2457163, 5),
        ("[Caboul](LOCATION l1)", (), 1138958, 1),
    ],
)
def test_names_types_and_the_words_before_them(
    gazetteer: Gazetteer, text: str, ties: tuple[str, ...], number: int, precision: int
) -> None:
    found = placed(gazetteer, text, "a1 place l1", *ties)
    assert (found.geoname_id, found.where_precision) == (number, precision)


def test_namesakes_are_told_apart_by_the_country_and_else_by_people(gazetteer: Gazetteer) -> None:
    alone = placed(gazetteer, "[Santiago](LOCATION l1)", "a1 place l1")
    assert (alone.country_code, alone.where_reason) == ("CL", "“santiago”, of 3 the one with most people")
    there = placed(gazetteer, "[Dominican Republic](LOCATION l2): [Santiago](LOCATION l1)", "a1 place l1")
    assert (there.country_code, there.where_reason) == (
        "DO",
        "“santiago”, in the country that the dispatch tells of",
    )
    chained = placed(gazetteer, "[Santiago](LOCATION l1) in [Chile](LOCATION l2)", "a1 place l1", "l1 within l2")
    assert (chained.country_code, chained.where_reason) == ("CL", "“santiago” in chile")


def test_a_site_is_placed_where_it_lies(gazetteer: Gazetteer) -> None:
    text = "[market](LOCATION l1) of [Gereshk](LOCATION l2)"
    found = placed(gazetteer, text, "a1 place l1", "l1 within l2")
    assert (found.geoname_id, found.where_precision) == (1140043, 2)
    assert found.where_reason == (
        "the gazetteer has no “market”; “gereshk”, a country or town before what lies around it, which it lies in"
    )


@pytest.mark.parametrize(
    ("text", "ties", "reason"),
    [
        ("nowhere", (), "no place is told"),
        ("[Bourasso](LOCATION l1)", ("a1 place l1",), "the gazetteer has no “Bourasso”"),
        (
            "[Gereshk](LOCATION l1) in [Mali](LOCATION l2)",
            ("a1 place l1", "l1 within l2"),
            None,
        ),
    ],
)
def test_what_cannot_be_placed_says_why(
    gazetteer: Gazetteer, text: str, ties: tuple[str, ...], reason: str | None
) -> None:
    found = placed(gazetteer, text, *ties)
    if reason:
        assert (found.geoname_id, found.latitude, found.where_precision, found.where_reason) == (
            None,
            None,
            None,
            reason,
        )
    else:  # the chain contradicts the gazetteer: only what lies around is placed, and no better than the country
        assert (found.geoname_id, found.where_precision) == (2453866, 6)
        assert found.where_reason.startswith("no “gereshk” of the gazetteer lies in mali; ")


def test_the_index_is_made_once_for_a_dump_and_again_for_another(tmp_path: Path) -> None:
    dump = write_gazetteer(tmp_path / "dump")
    Gazetteer.open(dump, tmp_path / "index")
    (index,) = (tmp_path / "index").iterdir()
    before = index.stat().st_mtime_ns
    Gazetteer.open(dump, tmp_path / "index")
    assert [each.stat().st_mtime_ns for each in (tmp_path / "index").iterdir()] == [before]
    dump.write_text(dump.read_text(encoding="utf-8").replace("Kandahar", "Qandahar"), encoding="utf-8")
    assert Gazetteer.open(dump, tmp_path / "index").called("Qandahar")
    assert len(list((tmp_path / "index").iterdir())) == 2
    index.write_bytes(b"no database" * 100)
    dump = write_gazetteer(tmp_path / "dump")
    with pytest.raises(InputError, match="delete it, and it is made again"):
        Gazetteer.open(dump, tmp_path / "index")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1\tx", "2:columns: expected 19 apart by tabs, got 2"),
        (line((1, "x", "", "north", 0, "P", "PPL", "AF", "1", "", 0)), "2:latitude: expected degrees from -90 to 90"),
        (line((1, "x", "", 0, 181, "P", "PPL", "AF", "1", "", 0)), "2:longitude: expected degrees from -180 to 180"),
        (line((1, "x", "", 0, "nan", "P", "PPL", "AF", "1", "", 0)), "2:longitude: expected degrees"),
        (line(("one", "x", "", 0, 0, "P", "PPL", "AF", "1", "", 0)), "2:geonameid: expected a whole number, got 'one'"),
        (line((1, "x", "", 0, 0, "P", "PPL", "AF", "1", "", -5)), "2:population: expected a whole number"),
        (b"\xff\xfe", "2:encoding: expected UTF-8"),
    ],
)
def test_a_broken_dump_is_one_line_and_leaves_no_index(tmp_path: Path, row: str | bytes, says: str) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_bytes(line(PLACES[0]).encode() + b"\n" + (row if isinstance(row, bytes) else row.encode()) + b"\n")
    with pytest.raises(InputError) as error:
        Gazetteer.open(dump)
    assert f"{dump}:{says}" in str(error.value)
    assert list(tmp_path.iterdir()) == [dump]


def test_a_full_disk_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(gazetteer_index, "_fill", fill)
    with pytest.raises(OSError, match=r"sqlite: database or disk is full"):
        Gazetteer.open(write_gazetteer(tmp_path))
    assert not list(tmp_path.glob("*.sqlite*"))
