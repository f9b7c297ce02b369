"""The casualty figures tied to an event → its claims: how many, of whom, who says so, each with its offsets."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from dateline_labels import Dispatch, Span
from dateline_values.figures import read_figure

from .actor_table import ActorTable, word_tuple
from .actors import LOOSE, Actor, head_words, people
from .incidents import ROLES, Argument, Graph
from .ledger import ClaimRecord

_JOINED_WITHIN = 80
"""Figures further apart, in characters, are not joined by one statement, however long the sentence."""
_CARRIED_WITHIN = 60
_SAME_PERSON = re.compile(r",? ?\(|, (?:(?:alias|named|identified as|known as|called) )?", re.IGNORECASE)
_OF = re.compile(r"\s+of\s+(?:(?:the|these|those|his|her|its|their|all)\s+)?")
_ARTICLE = re.compile(r"(?:a|an|one|another)\s", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])|\n\s*\n")
_NO_NOUN = LOOSE | {"them"}
_HARMED = {"dead", "killed", "wounded", "injured", "victim", "body", "casualty", "fatality", "death", "life", "injury"}
_AT_LARGE = (
    _NO_NOUN | _HARMED | {"people", "person", "soul", "missing", "no", "nobody", "none", "unspecified", "number"}
)
_COMPARED = re.compile(
    r"\b(?:against|from|than|then|compared|instead|earlier|previous|previously|at first|initially|revised|but|not)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Told:
    """What a dispatch tells, looked up once: who its actors are and what relations lead where."""

    dispatch: Dispatch
    published: date | None
    graph: Graph
    actors: Mapping[str, Actor]
    table: ActorTable


def claims_of(told: Told, incident: str, triggers: Sequence[Span]) -> list[ClaimRecord]:
    """The claims of the event with these triggers, in the order of the text."""
    figures = sorted(told.graph.arguments(triggers, ROLES.casualty), key=lambda argument: argument.span.start)
    claims: list[ClaimRecord] = []
    for number, argument in enumerate(figures, start=1):
        claims.append(_in_context(_claim(told, incident, number, argument), claims, told.dispatch.text))
    return [_with_whole(claim, claims) for claim in _parts_of_next(claims, told.dispatch.text)]


def _claim(told: Told, incident: str, number: int, argument: Argument) -> ClaimRecord:
    """The claim of one figure, as its own words and relations tell it."""
    span, trigger = argument.span, argument.head
    figure = read_figure(told.dispatch.text, span.start, span.end)
    sides = told.graph.arguments([span], ROLES.side)
    own_sources = told.graph.arguments([span], ROLES.source)
    sources = own_sources or told.graph.arguments([trigger], ROLES.source)
    side, source = _first(told, sides), _first(told, sources)
    kind, group, told_by = _people(told, span, side)
    return ClaimRecord(
        claim=f"{incident}.{number}",
        incident=incident,
        dispatch=told.dispatch.id,
        published=told.published,
        number=number,
        outcome=span.attributes.get(ROLES.outcome, ""),
        low=figure.low,
        high=figure.high,
        best=figure.best,
        qualifier=figure.qualifier,
        part=figure.part,
        part_of=None,
        figure=told.dispatch.words(span),
        figure_start=span.start,
        figure_end=span.end,
        statement=number,
        people=kind,
        people_group=group,
        people_by=told_by,
        side=side.words,
        side_start=side.start,
        side_end=side.end,
        side_key=side.key,
        side_kind=side.kind,
        source=source.words,
        source_start=source.start,
        source_end=source.end,
        source_key=source.key,
        source_kind=source.kind,
        source_by="figure" if own_sources else "report" if sources else "",
        other_sides=[told.dispatch.words(each.span) for each in sides[1:]],
        other_sides_start=[each.span.start for each in sides[1:]],
        other_sides_end=[each.span.end for each in sides[1:]],
        other_sources=[told.dispatch.words(each.span) for each in sources[1:]],
        other_sources_start=[each.span.start for each in sources[1:]],
        other_sources_end=[each.span.end for each in sources[1:]],
        trigger=told.dispatch.words(trigger),
        trigger_start=trigger.start,
        trigger_end=trigger.end,
        score=span.score,
        outcome_score=span.attribute_scores.get(ROLES.outcome),
        tie_score=argument.score,
        side_score=side.score,
        source_score=source.score,
    )


@dataclass(frozen=True)
class _Party:
    """Whose people, or who says so; all None where nobody is told."""

    words: str | None = None
    start: int | None = None
    end: int | None = None
    key: str | None = None
    kind: str | None = None
    score: float | None = None


def _first(told: Told, arguments: Sequence[Argument]) -> _Party:
    if not arguments:
        return _Party()
    span, actor = arguments[0].span, told.actors[arguments[0].span.id]
    return _Party(told.dispatch.words(span), span.start, span.end, actor.key, actor.kind, arguments[0].score)


def _people(told: Told, span: Span, side: _Party) -> tuple[str, str, str]:
    """The kind and the group of the people harmed, and what tells it."""
    noun = people(told.dispatch.words(span), told.table)
    if side.kind:
        return side.kind, noun.group if noun.kind == side.kind else "", "side"
    if noun.kind:
        return noun.kind, noun.group, "words"
    return "", _own_noun(told.dispatch.words(span)), ""


def _own_noun(figure: str) -> str:
    """The noun of a figure that is of particular people ("two classmates"); nothing where it is of people at large."""
    words = [word for word in head_words(word_tuple(figure)) if word not in _AT_LARGE and not word.isdigit()]
    return words[-1] if words else ""


def _in_context(claim: ClaimRecord, before: Sequence[ClaimRecord], text: str) -> ClaimRecord:
    """The claim with what the figures before it in its sentence tell: whose people a bare number is, and what it joins.

    "Six policemen were killed and five injured": the five are policemen too. "Two soldiers and a boy were killed": the
    two figures are one statement, and add up. "His driver, Amina Yusuf": both are one person.
    """
    last = before[-1] if before else None
    between = text[last.figure_end : claim.figure_start + 1] if last else ""
    if last is None or SENTENCE_END.search(between):
        return claim
    is_whole = _OF.fullmatch(between[:-1])
    if not is_whole and not claim.people and last.people and len(between) <= _CARRIED_WITHIN and _is_bare(claim.figure):
        claim = replace(claim, people=last.people, people_group=last.people_group, people_by="carried")
    if _is_same_person(last, claim, between[:-1]):
        claim = replace(claim, part="of", part_of=last.claim)
    joined = (last.outcome, last.source_key) == (claim.outcome, claim.source_key)
    joined = joined and last.part == claim.part == "whole" and not _COMPARED.search(between)
    if joined and len(between) <= _JOINED_WITHIN and ";" not in between:
        claim = replace(claim, statement=last.statement)
    return claim


def _parts_of_next(claims: Sequence[ClaimRecord], text: str) -> list[ClaimRecord]:
    """The claims, where "two of the 12 killed" are two figures, with the two as part of the twelve."""
    found = list(claims)
    for at, (claim, after) in enumerate(pairwise(claims)):
        if claim.outcome == after.outcome and _OF.fullmatch(text, claim.figure_end, after.figure_start):
            found[at] = replace(claim, part="of", part_of=after.claim)
    return found


def _is_bare(figure: str) -> bool:
    """Whether the words are a number without a noun."""
    return all(word in _NO_NOUN or word.isdigit() for word in word_tuple(figure))


def _is_same_person(last: ClaimRecord, claim: ClaimRecord, between: str) -> bool:
    """Whether a name follows, as an apposition, the person whose name it is."""
    one = last.qualifier == claim.qualifier == "exact" and last.best == claim.best == 1
    named = claim.ends_in_capital and not last.ends_in_capital
    return (
        one
        and named
        and last.outcome == claim.outcome
        and bool(_SAME_PERSON.fullmatch(between))
        and not _ARTICLE.match(claim.figure)
    )


def _with_whole(claim: ClaimRecord, claims: Sequence[ClaimRecord]) -> ClaimRecord:
    """A part with the figure that it belongs to: the nearest before it, else after it, of its source before others."""
    if claim.part != "of" or claim.part_of:
        return claim
    wholes = [other for other in claims if other.part != "of" and other.outcome == claim.outcome]
    nearest = min(
        wholes,
        key=lambda other: (
            other.source_key != claim.source_key,
            other.number > claim.number,
            abs(other.number - claim.number),
        ),
        default=None,
    )
    return replace(claim, part_of=nearest.claim if nearest else None)
