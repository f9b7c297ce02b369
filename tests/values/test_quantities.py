"""Every word that bends or stands for a number, with the numbers it means."""

import pytest
from dateline_values.quantities import Quantity, bent, quantity

VAGUE = {
    "a couple of men": (2, 3, "couple"),
    "few men": (3, 9, "few"),
    "a handful of men": (3, 9, "handful"),
    "several men": (3, 9, "several"),
    "tens of men": (20, 99, "tens"),
    "dozens of men": (24, 99, "dozens"),
    "scores of men": (40, 199, "scores"),
    "hundreds of men": (200, 999, "hundreds"),
    "thousands of men": (2_000, 9_999, "thousands"),
    "millions of men": (2_000_000, 9_999_999, "millions"),
    "several dozen men": (36, 108, "several"),
    "several dozens of men": (36, 108, "dozens"),
    "several scores of men": (60, 180, "scores"),
    "a few hundreds of men": (300, 900, "hundreds"),
    "a few thousand men": (3_000, 9_000, "few"),
    "tens of thousands of men": (20_000, 99_000, "thousands"),
    "dozens of millions of men": (24_000_000, 99_000_000, "millions"),
}
GROUPS = {"pair": 2, "duo": 2, "couple": 2, "twins": 2, "trio": 3, "threesome": 3, "triplets": 3, "quartet": 4}
BENT = {
    "at_least": [
        *("at least 50 men", "at the very least 50 men", "at a minimum 50 men", "no fewer than 50 men"),
        *("not less than 50 men", "a minimum of 50 men", "minimum 50 men", "upwards of 50 men", "upward of 50 men"),
        *("50 or more men", "50 or even more", "50 plus", "50+ men", "50 at least"),
    ],
    "up_to": [
        *("up to 50 men", "as many as 50 men", "no more than 50 men", "not more than 50 men", "at most 50 men"),
        *("at the most 50 men", "a maximum of 50 men", "maximum 50 men", "anything up to 50 men", "50 or fewer men"),
        *("50 or less", "50 at most", "50, at the most"),
    ],
    "more_than": [
        *("more than 50 men", "many more than 50 men", "far more than 50 men", "over 50 men", "well over 50 men"),
        *("just above 50 men", "slightly over 50 men", "far above 50 men", "in excess of 50 men"),
        *("well in excess of 50 men", "exceeding 50 men", "greater than 50 men"),
    ],
    "fewer_than": ["fewer than 50 men", "far fewer than 50 men", "less than 50 men", "under 50 men", "below 50 men"],
    "nearly": [
        *("nearly 50 men", "almost 50 men", "close to 50 men", "just under 50 men", "just short of 50 men"),
        *("approaching 50 men", "not far short of 50 men", "little short of 50 men"),
    ],
    "about": [
        *("about 50 men", "around 50 men", "some 50 men", "roughly 50 men", "approximately 50 men", "approx. 50 men"),
        *("an estimated 50 men", "estimated 50 men", "circa 50 men", "perhaps 50 men", "maybe 50 men"),
        *("possibly 50 men", "an average of 50 men", "somewhere around 50 men", "somewhere near 50 men"),
        *("somewhere in the region of 50 men", "in the region of 50 men", "~ 50 men", "50 or so men"),
    ],
    "exact": [
        *("50 men", "the 50 men", "all 50 men", "only 50 men", "just 50 men", "exactly 50 men", "another 50 men"),
        *("the other 50 men", "these 50 men", "a mere 50 men", "his 50 men", "a total of 50 men", "yet 50 men"),
        *("the first 50 men", "in all 50 men", "altogether 50 men", "our 50 men"),
    ],
}
SHARES = {
    "half of the 30 men": (15, 15, 15),
    "a third of the 30 men": (10, 10, 10),
    "a quarter of the 30 men": (7, 8, 8),
    "one fifth of the 30 men": (6, 6, 6),
    "three tenths of the 30 men": (9, 9, 9),
    "nearly half of about 30 men": (15, 15, 15),
    "the vast majority of the 30 men": (16, 29, None),
    "the bulk of the 30 men": (16, 29, None),
    "10 percent of the 30 men": (1, 30, None),
    "10% of his 30 men": (1, 30, None),
}
UNSAID = ["an unknown number of men", "an undisclosed number", "a similar number of men", "as many women"]
MANY = ["many men", "so many men", "numerous men", "a large number of men", "countless men", "large numbers of men"]
SOME = ["some men", "various men", "a number of men", "a small number of men", "numbers of men", "those", "others"]
NOBODY = [
    "no men",
    "nil",
    "none",
    "nobody",
    "no one",
    "no-one",
    "nothing",
    "not one man",
    "not a single man",
    "without",
]


@pytest.mark.parametrize("words", VAGUE)
def test_vague_words_have_a_range(words: str) -> None:
    low, high, qualifier = VAGUE[words]
    assert quantity(words) == Quantity(low, high, low, qualifier)
    assert quantity(f"at least {words}") in (Quantity(low, None, low, qualifier), Quantity(2, None, 2, "at_least"))


@pytest.mark.parametrize("word", GROUPS)
def test_groups_have_a_size(word: str) -> None:
    size = GROUPS[word]
    assert quantity(f"the young {word}") == Quantity(size, size, size, "exact")


@pytest.mark.parametrize("words", [words for phrases in BENT.values() for words in phrases])
def test_every_phrase_bends_its_number(words: str) -> None:
    (qualifier,) = (name for name, phrases in BENT.items() if words in phrases)
    assert quantity(words) == bent(50, qualifier)


@pytest.mark.parametrize(
    ("number", "qualifier", "expected"),
    [
        (50, "at_least", (50, None, 50)),
        (50, "more_than", (51, None, 51)),
        (50, "up_to", (1, 50, 50)),
        (50, "fewer_than", (1, 49, 49)),
        (2, "fewer_than", (1, 1, 1)),
        (1, "fewer_than", (0, 0, 0)),
        (50, "nearly", (45, 50, 50)),
        (2, "nearly", (1, 2, 2)),
        (1, "nearly", (1, 1, 1)),
        (50, "about", (45, 55, 50)),
        (4, "about", (3, 5, 4)),
        (1, "about", (1, 2, 1)),
        (16, "about", (14, 18, 16)),
        (50, "exact", (50, 50, 50)),
    ],
)
def test_a_bent_number_reaches_so_far(
    number: int, qualifier: str, expected: tuple[int, int | None, int | None]
) -> None:
    assert bent(number, qualifier) == Quantity(*expected, qualifier)
    assert bent(0, qualifier) == Quantity(0, 0, 0, "none")


@pytest.mark.parametrize("words", SHARES)
def test_shares_are_counted_out(words: str) -> None:
    assert quantity(words) == Quantity(*SHARES[words], "share")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *((words, Quantity(1, None, None, "unknown")) for words in UNSAID),
        *((words, Quantity(3, None, None, "many")) for words in MANY),
        *((words, Quantity(2, None, None, "unknown")) for words in SOME),
        *((words, Quantity(0, 0, 0, "none")) for words in NOBODY),
        ("no reports of casualties", Quantity(0, None, 0, "none")),
        ("no immediate word of casualties", Quantity(0, None, 0, "none")),
        ("both men", Quantity(2, 2, 2, "exact")),
        ("both of the 30 men", Quantity(2, 2, 2, "exact")),
        ("most of them", Quantity(2, None, None, "share")),
        ("all of them", Quantity(2, None, None, "share")),
        ("half of them", Quantity(1, None, None, "share")),
        ("the rest", Quantity(1, None, None, "share")),
        ("all of the 30 men", Quantity(30, 30, 30, "exact")),
        ("a family of five", Quantity(5, 5, 5, "exact")),
        ("a patrol of about 50 men", Quantity(45, 55, 50, "about")),
        ("a group of up to 50 men", Quantity(1, 50, 50, "up_to")),
        ("between 10 and 20 men", Quantity(10, 20, 10, "between")),
        ("10 to 20 men", Quantity(10, 20, 10, "between")),
        ("20 or 10 men", Quantity(10, 20, 10, "between")),
        ("10 and/or 20 men", Quantity(10, 20, 10, "between")),
        ("10 and 20 men", Quantity(10, 10, 10, "exact")),
        ("20 to 20 men", Quantity(20, 20, 20, "exact")),
        ("30-odd men", Quantity(30, 39, 30, "about")),
        ("300-odd men", Quantity(300, 330, 300, "about")),
    ],
)
def test_other_words_mean_so_many(words: str, expected: Quantity) -> None:
    assert quantity(words) == expected


@pytest.mark.parametrize(
    "words", ["soldiers", "", "10-year sentence", "10 years old", "10 per cent", "30%", "no. 5", "bothered men"]
)
def test_nothing_counts_here(words: str) -> None:
    assert quantity(words) is None
