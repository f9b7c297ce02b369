"""The ACTOR spans of a dispatch → who each is: one key for all mentions of one actor, and its kind.

In the order of the text, a mention is (1) the known actor whose name it holds; (2) what an acronym in brackets stands
for ("Front for the South (FFS)", later "FFS"); (3) the person whose family name it ends with; (4) for "the militants",
"the group" and the like, the last actor of that noun or kind; (5) what its own words say, without numbers and titles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import dropwhile
from typing import Final

from dateline_labels import Dispatch, Span

from .actor_table import STATE_SIDE, UNIDENTIFIED, ActorTable, PeopleNoun, Words, word_tuple

_EMPTY: Final = PeopleNoun("", "")
_GENERIC_GROUP = frozenset({"group", "outfit", "organisation", "organization", "movement", "faction"})
LOOSE = frozenset(
    [
        "the",
        "a",
        "an",
        "some",
        "several",
        "many",
        "few",
        "more",
        "than",
        "at",
        "least",
        "about",
        "around",
        "over",
        "under",
        "nearly",
        "almost",
        "up",
        "to",
        "dozen",
        "score",
        "of",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "unknown",
        "unidentified",
        "suspected",
        "alleged",
        "armed",
        "masked",
        "hooded",
        "heavily",
        "other",
        "another",
        "both",
        "all",
        "these",
        "those",
        "their",
        "his",
    ]
)
"""Words that tell how many, or that nobody is known, but not who."""
_TITLES = frozenset(
    [
        "gen",
        "col",
        "maj",
        "mr",
        "mrs",
        "ms",
        "dr",
        "lt",
        "capt",
        "gov",
        "sgt",
        "brig",
        "sheikh",
        "sheik",
        "mullah",
        "rev",
        "sir",
        "haji",
    ]
)
_ACRONYM = re.compile(r"\s*[(\[]\s*([A-Z][A-Za-z./-]{1,11})\s*[)\]]")
_DESCRIPTION = re.compile(r"(?: of| for| from|,)\s+((?:[\w'’.-]+\s+){0,7}[\w'’-]+)")
_DEFINITE = re.compile(r"\b(?:the|these|those|same|said)\s+$", re.IGNORECASE)
_CAPITALISED = re.compile(r"[A-Z][\w'’-]*$")


@dataclass(frozen=True)
class Actor:
    """Who a mention is: `key` is the same for all mentions of one actor, `group` the narrower kind of people."""

    key: str
    kind: str
    group: str

    @property
    def is_named(self) -> bool:
        """Whether it is told who they are, beyond that they attacked."""
        return bool(self.key) and self.kind != UNIDENTIFIED


@dataclass
class _Seen:
    """What the mentions before have told, each by what later ones may say."""

    acronyms: dict[str, Actor]
    persons: dict[str, Actor]
    heads: dict[str, Actor]
    groups: list[Actor]


def actors_of(dispatch: Dispatch, spans: Iterable[Span], table: ActorTable) -> dict[str, Actor]:
    """Who each of the spans is, by span id; the spans are those of one dispatch that name actors."""
    in_order = sorted(spans, key=lambda span: span.start)
    seen = _Seen(_acronyms(dispatch, in_order, table), {}, {}, [])
    return {span.id: _actor(dispatch, span, table, seen) for span in in_order}


def people(words: str, table: ActorTable) -> PeopleNoun:
    """What kind of people the words of a figure tell of; empty where they tell none."""
    head = head_words(word_tuple(words))
    noun = table.noun(head) or table.noun(word_tuple(words))
    known = None if noun else table.known(word_tuple(words))
    return noun or (PeopleNoun(known.kind, "") if known else _EMPTY)


def _actor(dispatch: Dispatch, span: Span, table: ActorTable, seen: _Seen) -> Actor:
    text = dispatch.words(span)
    words = word_tuple(text)
    own = tuple(dropwhile(_is_loose, words)) or words
    name = _name(text, table)
    known = _known(words, table)
    actor = (
        known
        or seen.acronyms.get("".join(own))
        or (seen.persons.get(name[-1]) if len(name) == 1 else None)
        or _mentioned_before(dispatch, span, own, table, seen)
        or _described(dispatch, span, _by_its_words(own, table), table)
    )
    if name and actor.kind == UNIDENTIFIED:  # "the bomber" is nobody, "bomber Ahmad Khan" is somebody
        actor = replace(actor, kind="")
    if len(name) > 1 and not known:
        seen.persons[name[-1]] = actor
    if own and not name:
        seen.heads[own[-1]] = actor
    if actor.kind not in {"", *STATE_SIDE} and actor.is_named:
        seen.groups.append(actor)
    return actor


def _known(words: Words, table: ActorTable) -> Actor | None:
    known = table.known(words)
    if known is None:
        return None
    noun = table.noun(words)
    return Actor(known.name, known.kind, noun.group if noun and noun.kind == known.kind else "")


def _mentioned_before(dispatch: Dispatch, span: Span, own: Words, table: ActorTable, seen: _Seen) -> Actor | None:
    """The actor that a bare noun with an article before it takes up."""
    if len(own) != 1 or not _DEFINITE.search(dispatch.text, max(0, span.start - 12), span.start):
        return None
    if own[0] in _GENERIC_GROUP:
        return seen.groups[-1] if seen.groups else None
    before = seen.heads.get(own[0])
    if before:
        return before
    noun = table.noun(own)
    alike = [actor for actor in seen.groups if noun and actor.kind == noun.kind]
    return alike[-1] if alike else None


def _described(dispatch: Dispatch, span: Span, actor: Actor, table: ActorTable) -> Actor:
    """The actor with the kind that the words right after it tell: "spokesman for the provincial government", "Omar
    Zawak, the army spokesman".
    """
    after = None if actor.kind else _DESCRIPTION.match(dispatch.text, span.end)
    if after is None:
        return actor
    words = word_tuple(after[1])
    known, noun = table.known(words), table.noun(words)
    return replace(actor, kind=known.kind if known else noun.kind if noun else "")


def _by_its_words(own: Words, table: ActorTable) -> Actor:
    noun = table.noun(head_words(own)) or table.noun(own) or _EMPTY
    return Actor(" ".join(own), noun.kind, noun.group)


def head_words(words: Words) -> Words:
    """The words before the first "of", "for" or "from", unless only a number stands there."""
    cut = next((at for at, word in enumerate(words) if word in ("of", "for", "from")), len(words))
    return tuple(dropwhile(_is_loose, words[:cut])) or words


def _is_loose(word: str) -> bool:
    return word in LOOSE or word.isdigit()


def _name(text: str, table: ActorTable) -> Words:
    """The words in capitals that a mention ends with, without titles: a name, or nothing."""
    if text.isupper():
        return ()
    name: list[str] = []
    for word in reversed(text.split()):
        plain = word_tuple(word)
        if not _CAPITALISED.match(word) or not plain or plain[0] in _TITLES or table.noun(plain):
            break
        name.append("".join(plain))
    return tuple(reversed(name))


def _acronyms(dispatch: Dispatch, spans: Iterable[Span], table: ActorTable) -> dict[str, Actor]:
    """The acronyms that stand in brackets right after an actor, by their letters."""
    found: dict[str, Actor] = {}
    for span in spans:
        text = dispatch.words(span)
        after = _ACRONYM.match(dispatch.text, span.end) or _ACRONYM.search(text)
        name = text[: after.start()] if after and after.end() <= len(text) and after.string is text else text
        if after and _fits(after[1], name):
            words = word_tuple(name)
            found.setdefault("".join(word_tuple(after[1])), _known(words, table) or _by_its_words(words, table))
    return found


def _fits(acronym: str, name: str) -> bool:
    """Whether the letters of an acronym occur in the name in their order."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in acronym.casefold() if letter.isalpha())
