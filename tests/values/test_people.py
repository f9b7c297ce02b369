"""Noun phrases for people: their counted parts, pairs, and one person or several."""

import pytest
from dateline_values.people import conjuncts, is_pair, is_plural

SEVERAL = [
    *("police", "personnel", "troops", "staff", "brethren", "crew", "clergy", "the wounded", "the dead", "injured"),
    *("militia", "cavalry", "infantry", "artillery", "passers-by", "passersby", "Taliban", "mujahideen", "mujahidin"),
    *("fedayeen", "peshmerga", "kin", "the elderly", "brothers-in-law", "sisters-in-law", "a family", "a battalion"),
    *("the garrison", "a patrol", "a platoon", "a squad", "a convoy", "a delegation", "a congregation", "a household"),
    *("the team", "a command", "a unit", "a group", "a gang", "a posse", "the population"),
    *("policemen", "women", "children", "people", "townsfolk", "soldiers", "farmers", "its members", "TRADERS"),
    *("Iraqis", "Israelis", "Pakistanis", "Saudis", "Yemenis", "Somalis", "Bengalis", "Houthis", "Emiratis"),
    *(
        "Tutsis",
        "Hindus",
        "Zulus",
        "Kuwaitis",
        "Omanis",
        "Azeris",
        "Nepalis",
        "Punjabis",
        "Yazidis",
        "Bahrainis",
        "Bangladeshis",
        "Sindhis",
    ),
]
ONE = [
    *("a soldier", "the driver", "an officer", "a boss", "a witness", "the press", "the mayor's", "the mayor’s"),
    *("a corps", "corps", "a specimen", "a bus", "a chassis", "a tennis", "Moses Kais", "Ali", ""),
]
LARGE = [
    *("Indians", "Mexicans", "Koreans", "Islamists", "Druzites", "Fighters", "Rangers", "Tigers", "Guards"),
    *("Soldiers", "Marines", "Muslims", "Jews", "Arabs", "Sikhs", "Kurds", "Serbs", "Croats", "Turks", "Greeks"),
    *("Tamils", "Hindus", "Hutus", "Tutsis", "Germans", "Uzbeks", "Chechens", "Afghans", "Rebels", "Militants"),
    "Workers",
]


@pytest.mark.parametrize("words", SEVERAL)
def test_these_are_several_people(words: str) -> None:
    assert is_plural(words, f"They saw {words} there.")
    assert is_plural(words.upper(), f"THEY SAW {words.upper()} THERE.")
    assert is_plural(f"“{words}”", f"They saw “{words}” there.")


@pytest.mark.parametrize("words", ONE)
def test_these_are_one_person_or_no_people(words: str) -> None:
    assert not is_plural(words, f"They saw {words} there.")


@pytest.mark.parametrize("word", LARGE)
def test_a_people_written_large_within_a_sentence_is_no_name(word: str) -> None:
    assert is_plural(word, f"They saw {word} there.")
    assert is_plural(f"two dead {word}", f"They saw two dead {word} there.")


def test_a_word_in_s_that_the_text_writes_large_within_a_sentence_is_a_name() -> None:
    assert not is_plural("Canales", "Canales was shot. Police knew Canales.")
    assert not is_plural("Ana Canales", "Ana Canales was shot.")
    assert not is_plural("CANALES", "CANALES WAS SHOT. Police knew Canales.")
    assert not is_plural("Mourners", "They said Mourners was shot.")


def test_a_word_in_s_that_the_text_writes_small_or_only_at_beginnings_is_none() -> None:
    assert is_plural("Mourners", "Mourners were shot. The police fired at mourners, who met Mourners.")
    assert is_plural("Mourners", "Mourners were shot.")
    assert is_plural("Mourners", 'Police left. "Mourners were shot." Mourners fled.\nMourners wept: Mourners prayed.')
    assert is_plural("mourners", "They said mourners were shot.")
    assert is_plural("OLD MOURNERS", "OLD MOURNERS WERE SHOT.")


@pytest.mark.parametrize(
    ("words", "several"),
    [
        ("soldiers of the army", True),
        ("a soldier of the guards", False),
        ("the driver, and his sons", False),
        ("students from a college", True),
        ("the driver aboard two buses", False),
        ("the farmer killed by raiders", False),
        ("farmers killed by a raider", True),
        ("the man who led the rebels", False),
        ("the owner (of two shops)", False),
        ("officers – the chief of police said", True),
        ("the guard outside the gates", False),
        ("the guard including friends", False),
        ("the man armed with knives", False),
        ("the guide with the porters", False),
        ("his two sons", True),
        ("the wounded in the market", True),
        ("a Guards", False),
        ("An Others", False),
    ],
)
def test_the_noun_that_counts_stands_before_what_is_told_of_it(words: str, several: bool) -> None:
    assert is_plural(words, f"They saw {words} there.") is several


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("a captain and two soldiers", ["a captain", "two soldiers"]),
        ("two men, a woman and three children", ["two men", "a woman", "three children"]),
        ("two men, and a woman", ["two men", "a woman"]),
        ("two men; 3 women", ["two men", "3 women"]),
        ("a guard, as well as his sons", ["a guard", "his sons"]),
        ("a guard along with two sons", ["a guard", "two sons"]),
        ("Two men PLUS a guard", ["Two men", "a guard"]),
        ("his wife and at least five others", ["his wife", "at least five others"]),
        ("a driver and another man", ["a driver", "another man"]),
        ("ten men and thirteen boys", ["ten men", "thirteen boys"]),
        ("two hundred and five men", ["two hundred and five men"]),
        ("a thousand and two men", ["a thousand and two men"]),
        ("between 10 and 20 men", ["between 10 and 20 men"]),
        ("both a guard and a driver", ["both a guard", "a driver"]),
        ("two boys aged nine and ten", ["two boys aged nine and ten"]),
        ("guards and drivers", ["guards and drivers"]),
        ("one soldier", ["one soldier"]),
        ("", [""]),
    ],
)
def test_a_phrase_is_taken_apart_where_another_count_begins(words: str, parts: list[str]) -> None:
    assert list(conjuncts(words)) == parts


@pytest.mark.parametrize(
    "words",
    [
        *("a man and woman", "a man and a woman", "husband and wife", "his young son and daughter", "MAN AND WIFE"),
        *("Oleh and Nina Prykhodko", "Ali and Omar", "brothers Ali and Omar", "John Smith and Ana O'Neill"),
    ],
)
def test_two_people_are_a_pair(words: str) -> None:
    assert is_pair(words)


@pytest.mark.parametrize(
    "words",
    ["a man", "guards and drivers", "Ali", "Ali and others", "ALI AND OMAR", "a man, woman and child", "man and dog"],
)
def test_other_phrases_are_no_pair(words: str) -> None:
    assert not is_pair(words)
