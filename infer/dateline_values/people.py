"""A noun phrase for people → its parts ("a captain and two soldiers"), and whether it means one person or several.

Grammar alone does not tell a name that ends in s from a plural: the rest of the text is asked ("Mourners" is written
small elsewhere, "Canales" large within a sentence), then the ending ("-ers", "-ans").
"""

import re
from collections.abc import Iterator
from typing import Final

_COUNTED = (
    r"(?:an?|\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|several|dozens?|scores|hundreds|his|her|its|their|another|at least|about|some"
    r"|more than|up to|as many)\b"
)
_JOINT: Final = re.compile(rf"(?:,? and |, |; |,? as well as |,? along with |,? plus )(?={_COUNTED})", re.IGNORECASE)
_NO_JOINT: Final = re.compile(r"\bbetween [\w, ]*$|\b(?:hundred|thousand|million|both|aged [\w ]+)$", re.IGNORECASE)
_KIN = (
    r"(?:man|woman|boy|girl|child|baby|wife|husband|son|daughter|brother|sister|mother|father|grandson|granddaughter"
    r"|grandmother|grandfather|nephew|niece|uncle|aunt|cousin|bride|groom)"
)
_BARE_PAIR: Final = re.compile(rf"(?:\w+ ){{0,2}}{_KIN} and (?:\w+ )?{_KIN}", re.IGNORECASE)
_NAMED_PAIR: Final = re.compile(r"(?:\w+ )?[A-Z][\w'’-]+(?: [A-Z][\w.'’-]+)* and (?:[A-Z][\w.'’-]+ )*[A-Z][\w'’-]+")
_AFTER_HEAD: Final = re.compile(
    r"(?:,|(?<!\bthe)(?<!\bthose) (?:killed|wounded|hurt)\b"
    r"| (?:of|from|in|at|on|with|who|whose|whom|that|which|aged|named|known|called|for|by|under|among|near|inside"
    r"|outside|aboard|to|belonging|between|during|after|before|including|suspected|believed|as|he|she|they|so|over"
    r"|running|working|travelling|traveling|accused|wearing|carrying|involved|still|seen|next|armed)\b"
    r"|[(:;–—]).*$",
    re.IGNORECASE | re.DOTALL,
)
# nouns for several people without an s, among them the groups that are counted by nobody
_PLURALS: Final = frozenset(
    (
        *("police", "personnel", "troops", "staff", "brethren", "crew", "clergy", "wounded", "dead", "injured"),
        *(
            "militia",
            "cavalry",
            "infantry",
            "artillery",
            "passers-by",
            "passersby",
            "taliban",
            "mujahideen",
            "mujahidin",
        ),
        *(
            "fedayeen",
            "peshmerga",
            "kin",
            "elderly",
            "brothers-in-law",
            "sisters-in-law",
            "family",
            "battalion",
            "garrison",
        ),
        *("patrol", "platoon", "squad", "convoy", "delegation", "congregation", "household", "team", "command", "unit"),
        *("group", "gang", "posse", "population"),
    )
)
_PLURAL_ENDINGS: Final = ("men", "children", "people", "folk")
_NO_PLURALS: Final = frozenset(("corps", "specimen"))
_IN_IS_AND_US: Final = (
    *(
        "iraqis",
        "israelis",
        "pakistanis",
        "saudis",
        "yemenis",
        "somalis",
        "bengalis",
        "houthis",
        "emiratis",
        "kuwaitis",
    ),
    *("omanis", "azeris", "nepalis", "punjabis", "yazidis", "bahrainis", "bangladeshis", "sindhis", "tutsis"),
    *("hindus", "hutus", "zulus"),
)
# endings of nouns that are written large and are no surnames
_LARGE_PLURALS: Final = (
    *(
        "ians",
        "icans",
        "eans",
        "ists",
        "ites",
        "fighters",
        "rangers",
        "tigers",
        "guards",
        "soldiers",
    ),
    *(
        "marines",
        "muslims",
        "jews",
        "arabs",
        "sikhs",
        "kurds",
        "serbs",
        "croats",
        "turks",
        "greeks",
        "tamils",
    ),
    *("germans", "uzbeks", "chechens", "afghans", "rebels", "militants", "workers"),
)
_ARTICLE: Final = re.compile(r"an?\b", re.IGNORECASE)
_MARKS: Final = "\"'“”‘’.,;:()[] "
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;\n—–-][\"'“”’)\]]*\s*|[\"“]\s*)$")


def conjuncts(words: str) -> Iterator[str]:
    """The counted parts of a noun phrase: "a captain and two soldiers" → "a captain", "two soldiers"."""
    start = 0
    for match in _JOINT.finditer(words):
        if not _NO_JOINT.search(words[start : match.start()]):
            yield words[start : match.start()]
            start = match.end()
    yield words[start:]


def is_pair(words: str) -> bool:
    """Whether an uncounted phrase joins two people: "a man and woman", "Oleh and Nina Prykhodko"."""
    return bool(_BARE_PAIR.fullmatch(words)) or (not words.isupper() and bool(_NAMED_PAIR.fullmatch(words)))


def is_plural(words: str, text: str) -> bool:
    """Whether an uncounted noun phrase of the text means more than one person."""
    head = _AFTER_HEAD.sub("", words.strip(_MARKS)).rstrip(_MARKS) or words
    noun = (head.split() or [""])[-1].strip(_MARKS)
    small = noun.casefold()
    if small in _NO_PLURALS:
        return False
    if small in _PLURALS or small.endswith((*_PLURAL_ENDINGS, *_IN_IS_AND_US)):
        return True
    if _ARTICLE.match(words) or not small.endswith("s") or small.endswith(("ss", "'s", "’s", "is", "us")):
        return False
    return not _is_name(noun, head, text)


def _is_name(noun: str, head: str, text: str) -> bool:
    """Whether a word that ends in s is a name rather than a plural noun."""
    if noun.islower() or noun.casefold().endswith(_LARGE_PLURALS):
        return False
    if len(head.split()) > 1 and not noun.isupper():
        return True
    if re.search(rf"\b{re.escape(noun.casefold())}\b", text):
        return False
    return any(
        not _SENTENCE_START.search(text[max(0, match.start() - 4) : match.start()])
        for match in re.finditer(rf"\b{re.escape(noun.capitalize())}\b", text)
    )
