"""Who is who: one key for all mentions of an actor, and what kind it is."""

from pathlib import Path

import pytest
from dateline_incidents.actor_table import KINDS, ActorTable, PeopleNoun, shipped_actors, word_tuple
from dateline_incidents.actors import Actor, actors_of, people
from dateline_incidents.records import Lookups, records
from dateline_labels import Dispatch, InputError, Place, markup
from dateline_labels.shipped import shipped
from table_network import SCHEMA


def keys(text: str, table: ActorTable | None = None) -> list[tuple[str, str]]:
    """Key and kind of each ACTOR of a text in the inline markup, in its order."""
    marked = "".join(f"[{part[1:]}](ACTOR p{n})" if part[:1] == "@" else part for n, part in enumerate(text.split("|")))
    dispatch = markup.read(f"id: x\npublished: unknown\n\n{marked}\n---\n", Place("x"), SCHEMA)
    found = actors_of(dispatch, dispatch.spans, table or shipped_actors())
    return [(found[span.id].key, found[span.id].kind) for span in dispatch.spans]


def test_the_shipped_table_knows_the_groups_of_the_theatres() -> None:
    table = ActorTable.read(shipped("actors.toml"))
    text = shipped("actors.toml").read_text(encoding="utf-8")
    assert sum(line.startswith('"') for line in text.splitlines()) >= 300
    for words, kind in (
        ("Taliban", "rebel_group"),
        ("TTP", "rebel_group"),
        ("Islamic State group", "rebel_group"),
        ("CPI-Maoist", "rebel_group"),
        ("FARC", "rebel_group"),
        ("Hizbollah", "rebel_group"),
        ("Wagner", "militia"),
        ("CRPF", "state_force"),
        ("MONUSCO", "international"),
        ("Islamabad", "government"),
        ("Jalisco cartel", "criminal_group"),
    ):
        known = table.known(word_tuple(words))
        assert known is not None, words
        assert known.kind == kind
        assert known.kind in KINDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|@Taliban militants| fired; the |@militants| fled", [("Taliban", "rebel_group")] * 2),
        ("|@U.S. forces| and |@American troops|", [("United States Armed Forces", "state_force")] * 2),
        (
            "|@Front for the South| (FFS) said. The |@FFS| and |@Front for the South|",
            [("front for the south", "")] * 3,
        ),
        ("|@Boko Haram| came. The |@group| burnt it", [("Boko Haram", "rebel_group")] * 2),
        ("|@police chief Ismail Karimi| spoke. |@Karimi| left", [("police chief ismail karimi", "state_force")] * 2),
        (
            "|@Interior Ministry| and |@Defence Ministry|",
            [("interior ministry", "government"), ("defence ministry", "government")],
        ),
        ("|@anti-Taliban militia|", [("anti taliban militia", "militia")]),
        ("|@Omar Zawak|, the spokesman for Helmand provincial government, said", [("omar zawak", "government")]),
        ("|@spokesman| for the army", [("spokesman", "state_force")]),
        ("|@Communist Party of India (Maoist)|", [("Communist Party of India (Maoist)", "rebel_group")]),
        ("|@six unknown gunmen|, |@Gunmen|", [("gunman", "unidentified")] * 2),
        ("the |@bomber Amin Khan|, later |@Khan|", [("bomber amin khan", "")] * 2),
        ("|@rebels| attacked. |@Rebels| of another kind", [("rebel", "rebel_group")] * 2),
        ("|@47th Brigade| and |@Battalion 3-16|", [("47th brigade", "state_force"), ("battalion 3 16", "state_force")]),
        (
            "|@residents|, |@Médecins Sans Frontières|",
            [("resident", "civilians"), ("Medecins Sans Frontieres", "international")],
        ),
    ],
)  # fmt: skip
def test_mentions_of_one_actor_have_one_key(text: str, expected: list[tuple[str, str]]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    ("figure", "kind", "group"),
    [
        ("six police officers", "state_force", "police"),
        ("more than 10 security personnel", "state_force", ""),
        ("50 armed rebels", "rebel_group", ""),
        ("two children", "civilians", "children"),
        ("wives of soldiers", "civilians", ""),
        ("two members of the security forces", "state_force", ""),
        ("three UN peacekeepers", "international", ""),
        ("Taliban commander Mullah Dad", "rebel_group", ""),
        ("12 people", "", ""),
        ("34", "", ""),
    ],
)
def test_the_words_of_a_figure_tell_whose_people_they_are(figure: str, kind: str, group: str) -> None:
    assert people(figure, shipped_actors()) == PeopleNoun(kind, group)


TABLE = """[actors.militia]
"Hill Guard" = ["HG"]
[nouns.civilians]
any = ["weaver"]
"""


def test_a_table_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TABLE, encoding="utf-8")
    mine = ActorTable.read(path)
    assert keys("|@HG men| met |@Taliban|", mine) == [("Hill Guard", "militia"), ("taliban", "")]
    text = "[HG](ACTOR p1) [hit](ATTACK a1 kind=other status=occurred)"
    note = f"id: x\npublished: unknown\n\n{text}\n---\na1 perpetrator p1\n"
    (incident,), _ = records(markup.read(note, Place("x"), SCHEMA), Lookups(mine))
    assert (incident.perpetrators, incident.perpetrators_key, incident.perpetrators_kind) == (
        ["HG"],
        ["Hill Guard"],
        ["militia"],
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("militia", "heroes"), "1:actors.heroes: expected one of state_force, government"),
        (('["HG"]', '["HG", "hg"]\n"Other" = ["H.G."]'), "3:actors.militia.Other: 'H.G.' also stands for Hill Guard"),
        (('"weaver"', '"weaver"]\nmore = ["Weavers"'), "5:nouns.civilians.more: 'Weavers' also stands for any"),
        (('["HG"]', '["--"]'), "2:actors.militia.Hill Guard: '--' has no letter"),
        (('["HG"]', '"HG"'), "2:actors.militia.Hill Guard: "),
        (("[nouns", "[names"), "0:nouns: Field required"),
    ],
)
def test_a_faulty_table_is_one_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TABLE.replace(*change), encoding="utf-8")
    with pytest.raises(InputError) as error:
        ActorTable.read(path)
    assert f"{path}:{says}" in str(error.value)


def attribution(text: str, *ties: str) -> tuple[str, list[str]]:
    note = f"id: x\npublished: unknown\n\n{text}\n---\n" + "".join(f"{tie}\n" for tie in ties)
    incident = records(markup.read(note, Place("x"), SCHEMA))[0][0]
    return incident.attribution, incident.attributed_by


RAID = "[raid](ATTACK a1 kind=other status=occurred)"
TALIBAN = "[Taliban](ACTOR p1)"
SPOKESMAN = "Taliban spokesman Zabi"


@pytest.mark.parametrize(
    ("text", "ties", "expected"),
    [
        (f"The {TALIBAN} claimed the {RAID}", ("a1 perpetrator p1", "a1 source p1"), ("claimed_by", ["Taliban"])),
        (
            f"[{SPOKESMAN}](ACTOR p2) told of the {RAID} of the [men](ACTOR p3) of the {TALIBAN}",
            ("a1 perpetrator p1", "a1 source p2"),
            ("claimed_by", [SPOKESMAN]),
        ),
        (f"The {TALIBAN} took responsibility for the {RAID}.", ("a1 perpetrator p1",), ("claimed_by", ["Taliban"])),
        (
            f"No group claimed responsibility for the {RAID}; the [army](ACTOR p2) blamed the {TALIBAN}.",
            ("a1 perpetrator p1", "a1 source p2"),
            ("blamed_on", ["army"]),
        ),
        (f"The {TALIBAN} led the {RAID}.", ("a1 perpetrator p1",), ("blamed_on", [])),
        (f"[Gunmen](ACTOR p1) led the {RAID}.", ("a1 perpetrator p1",), ("unattributed", [])),
        (f"A {RAID} was told of by the [army](ACTOR p1).", ("a1 source p1",), ("unattributed", [])),
    ],
)
def test_who_says_that_they_did_it(text: str, ties: tuple[str, ...], expected: tuple[str, list[str]]) -> None:
    assert attribution(text, *ties) == expected


def test_an_actor_is_the_same_in_every_table() -> None:
    assert not Actor("gunman", "unidentified", "").is_named
    assert records(Dispatch("x", "Rain.")) == ([], [])
