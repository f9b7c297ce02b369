import pytest
from dateline_train.number_words import spelt_otherwise
from dateline_values.number_words import LARGEST, from_words, in_words
from hypothesis import given
from hypothesis import strategies as st

SPELLINGS = {
    0: "zero",
    7: "seven",
    19: "nineteen",
    20: "twenty",
    42: "forty-two",
    100: "one hundred",
    305: "three hundred five",
    1_000: "one thousand",
    12_817: "twelve thousand eight hundred seventeen",
    100_001: "one hundred thousand one",
    999_999: "nine hundred ninety-nine thousand nine hundred ninety-nine",
    2_000_000: "two million",
}


def otherwise(text: str) -> str:
    for piece in sorted(spelt_otherwise(text), key=lambda piece: -piece.start):
        text = text[: piece.start] + piece.words + text[piece.end :]
    return text


@pytest.mark.parametrize(("number", "words"), SPELLINGS.items())
def test_known_spellings(number: int, words: str) -> None:
    assert in_words(number) == words
    assert from_words(words.replace("-", " ").split()) == number


@given(st.integers(0, LARGEST) | st.integers(0, 2_000))
def test_words_and_digits_are_inverse(number: int) -> None:
    assert from_words(in_words(number).replace("-", " ").split()) == number
    sentence = f"They counted {in_words(number)} people."
    assert otherwise(sentence) == f"They counted {number:,} people."
    assert otherwise(otherwise(sentence)) == sentence


NUMBER_WORDS = ["a", "one", "two", "eleven", "twenty", "thirty", "hundred", "thousand", "million", "and"]


@given(st.lists(st.sampled_from(NUMBER_WORDS), max_size=6))
def test_what_is_read_as_a_number_is_one_in_its_own_words(words: list[str]) -> None:
    number = from_words(words)
    if number is not None:
        plain = ["one" if word == "a" else word for word in words if word != "and"]
        assert in_words(number).replace("-", " ").split() == plain


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        in_words(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eight Policemen and 15 bombs.", "8 Policemen and fifteen bombs."),
        ("12 died. 30 were hurt, 1,200 fled", "Twelve died. Thirty were hurt, one thousand two hundred fled"),
        ("three hundred and five soldiers", "305 soldiers"),
        ("Twenty five rebels", "25 rebels"),
        ("a hundred and twelve rebels", "112 rebels"),
        ("a thousand rebels", "1,000 rebels"),
        ("two and three soldiers", "2 and 3 soldiers"),
        ("one hundred thousand people", "100,000 people"),
        ("Matanov, 23, faces (90), and", "Matanov, twenty-three, faces (ninety), and"),
        ("2 million rupees", "Two million rupees"),
        ("One civilian, one of them a child", "1 civilian, 1 of them a child"),
        ("Article 53.", "Article fifty-three."),
        ("may kill 12", "may kill twelve"),
        ("on July 2, 12 soldiers died", "on July 2, twelve soldiers died"),
        ("He said: “15 died.”", "He said: “fifteen died.”"),
    ],
)
def test_cardinals_are_spelt_the_other_way(text: str, expected: str) -> None:
    assert otherwise(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "in 2007 and 1500 men at 2330 (0530 GMT)",
        "25 June, June 25, 17 and 18 Aug 88, July 5 and 6, April 15, 2013, on August 27 1975, 25 JUNE",
        "the night of 12-13 October, 1st October, twenty-five June",
        "05:00, 6.30 a.m., 5 p.m., at 10 GMT, around 10 00pm, five o'clock, 11 am",
        "$500 and $15 million, 12%, 5 per cent, 5 percent, 1.5, 7.62mm, 35km, M-16, No.5, 1/2, 910-432-3383, 20°",
        "27-year-old, five-year-old, three-storey, 3-1, the 4th, 2nd Battalion",
        "the twenty-first, two thirds, one half, twenty first, one quarter, the second",
        "hundreds, dozens, several hundred, a few thousand, a million-dollar",
        "no one, the one, the last one, one another, every one, one by one, one day",
        "nineteen eighty-eight, two two, someone, tension, weighty, oneness, one's",
        "00, 007 and 1,00 and 12,34",
        "hundred and two hundred",
        "two hundred thirds",
    ],
)
def test_what_is_no_plain_cardinal_is_left_alone(text: str) -> None:
    assert otherwise(text) == text


@given(st.text(st.sampled_from("0123456789,.-$% aby\nÉ٣²") | st.characters(), max_size=30))
def test_pieces_lie_in_any_text_one_after_another(text: str) -> None:
    end = 0
    for piece in spelt_otherwise(text):
        assert end <= piece.start < piece.end <= len(text)
        assert piece.words
        end = piece.end
