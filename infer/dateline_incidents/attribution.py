"""Who says that the perpetrators did it: they themselves (`claimed_by`), others (`blamed_on`), or nobody.

Claimed: a source of a mention of the event is a perpetrator, or a sentence that mentions the event says that one
"claimed responsibility". Blamed: a perpetrator is told by whom it is, be it by the dispatch alone (then nobody is named
who blames). Unattributed: nobody is told, or only that there were gunmen, attackers, a bomber.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dateline_labels import Span

from .actors import Actor
from .claims import SENTENCE_END, Told
from .incidents import ROLES, Argument

CLAIMED: Final = "claimed_by"
BLAMED: Final = "blamed_on"
UNATTRIBUTED: Final = "unattributed"

_CLAIM = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|t(?:akes?|ook|aking)|assum(?:es?|ed|ing)|admitt?(?:s|ed|ing)?)\s+(?:the\s+)?(?:full\s+)?"
    r"(?:responsibility|credit)|\bresponsibility\b[^.;]{0,60}\bclaimed\s+by|\bclaimed\s+by\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no (?:one|group|organi[sz]ation)|nobody|not|denied|neither)\b[^.;]{0,40}$", re.IGNORECASE)


@dataclass(frozen=True)
class Attribution:
    """How the event came to have its perpetrators, and the spans of those who say so."""

    attribution: str
    by: tuple[Span, ...]


def attribution_of(told: Told, triggers: Sequence[Span], roles: Mapping[str, Sequence[Argument]]) -> Attribution:
    """The attribution of the event with these triggers and these arguments by role."""
    perpetrators = [argument.span for argument in roles[ROLES.perpetrator]]
    named = {told.actors[span.id].key for span in perpetrators if told.actors[span.id].is_named}
    sources = [argument.span for argument in roles[ROLES.source]]
    claimants = [span for span in sources if told.actors[span.id].key in named] or _claimants(told, triggers, named)
    if claimants:
        return Attribution(CLAIMED, tuple(claimants))
    return Attribution(BLAMED, tuple(sources)) if named else Attribution(UNATTRIBUTED, ())


def _claimants(told: Told, triggers: Sequence[Span], named: set[str]) -> list[Span]:
    """The perpetrators who claim responsibility in a sentence that mentions the event."""
    text = told.dispatch.text
    found: list[Span] = []
    for match in _CLAIM.finditer(text) if named else ():
        start, end = _sentence(text, match.start(), match.end())
        if _DENIED.search(text, start, match.start()) or not any(start <= t.start < end for t in triggers):
            continue
        found += [
            span
            for span in told.dispatch.spans
            if span.label == ROLES.actor and start <= span.start < end and _key(told.actors, span) in named
        ][:1]
    return found


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a stretch of the text."""
    before = [match.end() for match in SENTENCE_END.finditer(text, 0, start)]
    after = SENTENCE_END.search(text, end)
    return before[-1] if before else 0, after.start() if after else len(text)


def _key(actors: Mapping[str, Actor], span: Span) -> str:
    return actors[span.id].key
