"""Checks of the spans of one dispatch that need no schema: borders, overlaps, relations both ways."""

from collections.abc import Iterator

from dateline_infer.characters import BLANK, WORD, Flags, flags_of
from dateline_infer.tokens import run_together
from dateline_labels import Span

from .problems import Kind, Placed, Problem

_NEVER_FIRST = frozenset(",;:.!?)]}”»…%")
_NEVER_LAST = frozenset(",;:([{“‘«¿¡")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"), ('"', '"'))


def check_spans(placed: Placed) -> Iterator[Problem]:
    """What is wrong with the spans and relations of a dispatch."""
    flags = flags_of(placed.dispatch.text)
    for number, span in enumerate(placed.dispatch.spans):
        inside = flags[span.start : span.end]
        blank = (inside & BLANK) > 0
        found: list[tuple[Kind, str, str]] = []
        if blank.all():
            found.append(("error", "space", "marks nothing but space"))
        elif blank[0] or blank[-1]:
            ends = " and ".join(side for side, is_blank in (("begins", blank[0]), ("ends", blank[-1])) if is_blank)
            found.append(("warning", "space", f"{ends} with space"))
        elif not (inside & WORD).any():
            found.append(("warning", "border", "marks neither letter nor digit"))
        elif what := _border(placed.dispatch.words(span)):
            found.append(("warning", "border", what))
        if what := _cut(placed.dispatch.text, flags, span):
            found.append(("warning", "token", what))
        if "\n\n" in placed.dispatch.words(span).replace("\r", "").strip():
            found.append(("warning", "border", "goes over an empty line"))
        for kind, check, what in found:
            yield placed.of_span(number, kind, check, what)
    yield from _overlaps(placed)
    yield from _both_ways(placed)


def _border(words: str) -> str:
    if words[0] in _NEVER_FIRST:
        return f"begins with {words[0]!r}"
    if words[-1] in _NEVER_LAST:
        return f"ends with {words[-1]!r}"
    for first, last in _BRACKETS:
        odd = words.count(first) % 2 if first == last else words.count(first) - words.count(last)
        if odd:
            return f"one of {first + last!r} is outside"
    return ""


def _cut(text: str, flags: Flags, span: Span) -> str:
    """Which borders lie inside a word, as no reading of a model's does; words that were run together are two."""
    cut = [
        side
        for side, at in (("begins", span.start), ("ends", span.end))
        if 0 < at < len(text) and flags[at - 1] & WORD and flags[at] & WORD and not run_together(text, at)
    ]
    if not cut:
        return ""
    start, end = span.start, span.end
    while start > 0 and flags[start - 1] & WORD:
        start -= 1
    while end < len(text) and flags[end] & WORD:
        end += 1
    return f"{' and '.join(cut)} inside a word of {text[start:end]!r}; no model reads parts of words"


def _overlaps(placed: Placed) -> Iterator[Problem]:
    """Every span that shares a character with one that begins before it: tags of words hold one label each."""
    in_order = sorted(enumerate(placed.dispatch.spans), key=lambda each: (each[1].start, -each[1].end, each[0]))
    last: Span | None = None  # the one that reaches farthest so far
    for number, span in in_order:
        if last is not None and span.start < last.end:
            twin = (span.start, span.end) == (last.start, last.end)
            if twin and span.label == last.label:
                yield placed.of_span(number, "error", "duplicate", f"repeats {last.id}")
            else:
                what = f"{'marks the same words as' if twin else 'overlaps'} {placed.quoted(last)}; spans never overlap"
                yield placed.of_span(number, "error", "overlap", what)
        if last is None or span.end > last.end:
            last = span


def _both_ways(placed: Placed) -> Iterator[Problem]:
    seen = set()
    for number, relation in enumerate(placed.dispatch.relations):
        if (relation.label, relation.tail, relation.head) in seen:
            what = f"{relation.label} leads from {relation.tail} to {relation.head} and back"
            yield placed.of_relation(number, "warning", "both-ways", what)
        seen.add((relation.label, relation.head, relation.tail))
