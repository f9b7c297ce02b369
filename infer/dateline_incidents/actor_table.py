"""`labels/actors.toml` → who is who: the names of known actors with their kinds, the nouns for kinds of people."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from dateline_labels.shipped import shipped
from dateline_labels.toml_files import FaultyKeysError, read_typed_toml
from pydantic import ConfigDict

STATE, GOVERNMENT, REBELS, MILITIA, CRIMINALS, CIVILIANS, INTERNATIONAL, MEDIA, UNIDENTIFIED = KINDS = (
    "state_force",
    "government",
    "rebel_group",
    "militia",
    "criminal_group",
    "civilians",
    "international",
    "media",
    "unidentified",
)
"""What an actor can be; "" where nobody tells."""
STATE_SIDE: Final = frozenset({STATE, GOVERNMENT})
ARMED_SIDE: Final = frozenset({REBELS, MILITIA, CRIMINALS})
"""The kinds of those who fight: of a state, and others."""
ANY: Final = "any"
_NOT_THEMSELVES = ("anti", "pro", "ex", "former")
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s?\b")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")
_IRREGULAR = {"people": "people", "police": "police", "children": "child", "forces": "force", "wives": "wife"}

Words = tuple[str, ...]


@dataclass(frozen=True)
class KnownActor:
    """A known actor's name as the tables show it, and its kind."""

    name: str
    kind: str


@dataclass(frozen=True)
class PeopleNoun:
    """What a noun tells of people: their kind and the narrower group of that kind, "" where it tells none."""

    kind: str
    group: str


@dataclass(frozen=True)
class _ActorsFile:
    """Kind → name → other names; kind → group → nouns."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    actors: dict[str, dict[str, tuple[str, ...]]]
    nouns: dict[str, dict[str, tuple[str, ...]]]

    def __post_init__(self) -> None:
        for section, kinds in (("actors", self.actors), ("nouns", self.nouns)):
            seen: dict[Words, str] = {}
            for kind, entries in kinds.items():
                if kind not in KINDS:
                    raise FaultyKeysError((section, kind), f"expected one of {', '.join(KINDS)}")
                for name, words in entries.items():
                    own = {word_tuple(word): word for word in ((name, *words) if section == "actors" else words)}
                    for key, word in own.items():
                        if not key or key in seen:
                            what = f"also stands for {seen[key]}" if key else "has no letter"
                            raise FaultyKeysError((section, kind, name), f"{word!r} {what}")
                    seen.update(dict.fromkeys(own, name))


class ActorTable:
    """Finds known actors and nouns of people in the words of a mention."""

    def __init__(self, names: Mapping[Words, KnownActor], nouns: Mapping[Words, PeopleNoun]) -> None:
        self._names, self._nouns = names, nouns
        self._longest_name = max(map(len, names), default=0)
        self._longest_noun = max(map(len, nouns), default=0)

    def known(self, words: Words) -> KnownActor | None:
        """The known actor whose name the words hold, the longest name first and of equally long ones the first.

        A government goes by the name of its country, which is part of many names, so it must be all of the words.
        """
        for start, end in _stretches(len(words), self._longest_name):
            found = self._names.get(words[start:end])
            if found is None or (start and words[start - 1] in _NOT_THEMSELVES):
                continue
            if found.kind != GOVERNMENT or end - start == len(words):
                return found
        return None

    def noun(self, words: Words) -> PeopleNoun | None:
        """What the last noun of people among the words tells, of the nouns that end there the longest."""
        for end in range(len(words), 0, -1):
            for start in range(max(0, end - self._longest_noun), end):
                if words[start:end] in self._nouns:
                    return self._nouns[words[start:end]]
        return None

    @staticmethod
    def read(path: Path) -> "ActorTable":
        """Read a table from TOML; raises InputError with the place of the fault, OSError where unreadable."""
        file = read_typed_toml(path, _ActorsFile)
        names = {
            word_tuple(alias): KnownActor(name, kind)
            for kind, entries in file.actors.items()
            for name, aliases in entries.items()
            for alias in (name, *aliases)
        }
        nouns = {
            word_tuple(noun): PeopleNoun(kind, "" if group == ANY else group)
            for kind, groups in file.nouns.items()
            for group, words in groups.items()
            for noun in words
        }
        return ActorTable(names, nouns)


@cache
def shipped_actors() -> ActorTable:
    """The table that comes with Dateline."""
    return ActorTable.read(shipped("actors.toml"))


@lru_cache(maxsize=65_536)
def word_tuple(text: str) -> Words:
    """The words in small letters, without accents and dots, each in the singular."""
    return tuple(map(singular, plain_words(text)))


def plain_words(text: str) -> list[str]:
    """The words in small letters, without accents, dots and possessive endings."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    if "." in text:
        text = _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text)
    return _WORD.findall(_POSSESSIVE.sub("", text.casefold()))


def singular(word: str) -> str:
    """A noun in small letters without its plural ending; a rule of thumb, the same for tables and texts."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def _stretches(count: int, longest: int) -> Iterator[tuple[int, int]]:
    """Every stretch of `count` words, the longest first."""
    for length in range(min(count, longest), 0, -1):
        for start in range(count - length + 1):
            yield start, start + length
