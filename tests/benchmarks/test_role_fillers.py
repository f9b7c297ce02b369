from dataclasses import replace

import pytest
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.scoring import Counts, total
from hypothesis import given
from hypothesis import strategies as st
from role_fillers import SAME_ENTITY, Entity, count_entities, normalised, predicted_entities, score_roles


def entities(*mentions: str) -> list[Entity]:
    """An entity a string, its mentions with bars between."""
    return [frozenset(part.split("|")) for part in mentions]


def test_mentions_are_compared_without_case_articles_punctuation_and_space() -> None:
    assert normalised('The  "Santo Tomas" farm, a house') == "santo tomas farm house"
    assert normalised("another theatre") == "another theatre"
    assert normalised("the") == ""


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        # any mention of the gold entity names it, and several of them do
        (entities("guerrillas|rebels"), entities("rebels"), Counts(1, 0, 0)),
        (entities("guerrillas|rebels"), entities("rebels|guerrillas"), Counts(1, 0, 0)),
        # one mention that is none of the gold's spoils the entity: R is no subset of K
        (entities("guerrillas|rebels"), entities("rebels|soldiers"), Counts(0, 1, 1)),
        # entities are aligned one to one: naming one twice is spurious
        (entities("guerrillas|rebels"), entities("rebels", "guerrillas"), Counts(1, 1, 0)),
        # "men" could go to either, "rebels" to the second alone: the best alignment places both
        (entities("men", "men|rebels"), entities("men", "rebels"), Counts(2, 0, 0)),
        (entities("men|rebels", "men"), entities("men", "rebels"), Counts(2, 0, 0)),
        # moving one along: a→1, b→2, c→3 although a and b fit elsewhere
        (entities("a", "a|b", "b|c"), entities("a", "b", "c"), Counts(3, 0, 0)),
        (entities("a|b", "a|b", "c"), entities("a", "b", "a"), Counts(2, 1, 1)),
        ([], entities("men"), Counts(0, 1, 0)),
        (entities("men"), [], Counts(0, 0, 1)),
        ([], [], Counts()),
    ],
)
def test_worked_by_hand(gold: list[Entity], predicted: list[Entity], expected: Counts) -> None:
    assert count_entities(gold, predicted) == expected
    assert count_entities(gold[::-1], predicted[::-1]) == expected


some_entities = st.lists(st.frozensets(st.sampled_from("abcde"), min_size=1, max_size=3), max_size=5)


def most_aligned(gold: list[Entity], predicted: list[Entity]) -> int:
    """By trying every alignment."""
    if not predicted:
        return 0
    first, rest = predicted[0], predicted[1:]
    fitting = (at for at, mentions in enumerate(gold) if first <= mentions)
    placed = (1 + most_aligned(gold[:at] + gold[at + 1 :], rest) for at in fitting)
    return max([most_aligned(gold, rest), *placed])


@given(some_entities, some_entities)
def test_no_alignment_is_better(gold: list[Entity], predicted: list[Entity]) -> None:
    right = most_aligned(gold, predicted)
    assert count_entities(gold, predicted) == Counts(right, len(predicted) - right, len(gold) - right)


def document(*mentions: tuple[str, str, float]) -> Dispatch:
    """A dispatch whose text is the mentions, each with its label and probability."""
    spans, text = [], ""
    for number, (label, words, score) in enumerate(mentions):
        spans.append(Span(f"m{number}", label, len(text), len(text) + len(words), {}, score))
        text += words + " | "
    return Dispatch("d", text, spans=tuple(spans))


def test_mentions_of_like_words_are_one_entity_named_by_its_most_probable_one() -> None:
    read = document(
        ("Victim", "the Mayor", 0.6),
        ("Victim", "mayor Lopez", 0.9),
        ("Victim", "Lopez", 0.8),
        ("Victim", "two peasants", 0.5),
        ("Target", "mayor", 0.99),
        ("Victim", "the", 0.7),
    )
    assert predicted_entities(read, "Victim") == entities("mayor lopez", "two peasants")
    assert predicted_entities(read, "Target") == entities("mayor")
    assert predicted_entities(read, "Weapon") == []


def test_mentions_that_are_tied_are_one_entity() -> None:
    victims = ("Lopez", "the mayor", "two")
    read = document(*(("Victim", words, 0.9 - at / 10) for at, words in enumerate(victims)), ("Target", "jeep", 0.8))
    ties = tuple(Relation(SAME_ENTITY, head, tail) for head, tail in (("m1", "m0"), ("m2", "m3")))
    tied = replace(read, relations=ties)
    assert predicted_entities(tied, "Victim") == entities("lopez", "two")
    assert predicted_entities(tied, "Target") == entities("jeep")


def test_the_earlier_of_equally_probable_mentions_names_the_entity() -> None:
    read = document(("Victim", "the Mayor", 0.5), ("Victim", "mayor Lopez", 0.5))
    assert predicted_entities(read, "Victim") == entities("mayor")


def test_roles_and_documents_are_counted_apart() -> None:
    read = [document(("Victim", "mayor", 0.9), ("Weapon", "bomb", 0.9)), document(("Weapon", "bomb", 0.9))]
    gold = [
        {"Victim": entities("mayor"), "Weapon": []},
        {"Victim": entities("judge"), "Weapon": entities("the bomb|bomb")},
    ]
    counts = score_roles(gold, read, ("Victim", "Weapon"))
    assert counts == {"Victim": Counts(1, 0, 1), "Weapon": Counts(1, 1, 0)}
    assert total(counts.values()).f1 == pytest.approx(2 / 3)
