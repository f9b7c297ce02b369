"""A dispatch as HTML for a notebook: its text with the spans in colour, then its relations as a list.

All styles stand in the elements themselves: notebooks drop style sheets of outputs that they do not trust. Without any
styles labels and words are still there to read. Nothing of the dispatch is markup, and nothing of it stays unseen.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from zlib import crc32

from .visible_text import parts, plain

if TYPE_CHECKING:
    from .dispatch import Dispatch, Relation, Span

LONGEST: Final = 20_000
"""Code points of a text that are shown; what comes after them is counted."""
_COLOURS: Final = ("#00609c", "#9c4a00", "#00684c", "#8f3d76", "#6b5b00", "#1b6d8a", "#57534e", "#a3293d")
"""Those of the report's page: white on them reads at 4.5:1 at least."""
_SIGN: Final = "border:1px solid;border-radius:3px;font-size:70%;padding:0 2px"
_CHIP: Final = (
    "color:#fff;border-radius:3px;font-size:65%;padding:1px 4px;margin-left:3px;vertical-align:1px;white-space:nowrap"
)


def dispatch_html(dispatch: "Dispatch") -> str:
    """The dispatch as a fragment of HTML; of a text longer than LONGEST the beginning."""
    shown = [span for span in dispatch.spans if span.end <= LONGEST]
    ids = {span.id for span in shown}
    relations = [each for each in dispatch.relations if each.head in ids and each.tail in ids]
    left_out = _left_out(dispatch, len(shown), len(relations))
    return (
        '<div style="max-width:52rem">'
        f"<div><b>{shown_text(dispatch.id)}</b> <small>{shown_text(dispatch.published or '')}</small></div>"
        f"{_failure(dispatch)}"
        f'<div dir="auto" style="white-space:pre-wrap;line-height:2;margin:4px 0">{_text(dispatch, shown)}</div>'
        f"{left_out}{_relations(dispatch, relations)}</div>"
    )


def shown_text(text: str) -> str:
    """Untrusted text as HTML: escaped, isolated from the direction of its neighbours, unseen characters as signs."""
    return f"<bdi>{_escaped(text)}</bdi>" if text else ""


def _escaped(text: str) -> str:
    return "".join(
        f'<span style="{_SIGN}">{escape(words)}</span>' if is_sign else escape(words).replace("\n", "<br>")
        for words, is_sign in parts(text)
    )


def _failure(dispatch: "Dispatch") -> str:
    if "error" not in dispatch.meta:
        return ""
    return f'<div style="color:#a3293d">not read: {shown_text(str(dispatch.meta["error"]))}</div>'


def _text(dispatch: "Dispatch", spans: Sequence["Span"]) -> str:
    """The text, cut where a span begins or ends, so that overlapping spans are all seen."""
    colours = _colours(spans)
    end = min(len(dispatch.text), LONGEST)
    borders = sorted({0, end, *(border for span in spans for border in (span.start, span.end))})
    pieces = []
    for start, stop in pairwise(borders):
        words = _escaped(dispatch.text[start:stop])
        around = [span for span in spans if span.start <= start and stop <= span.end]
        pieces.append(_mark(words, colours[around[0].label]) if around else words)
        pieces += [_chip(span, colours[span.label]) for span in around if span.end == stop]
    return "".join(pieces)


def _mark(words: str, colour: str) -> str:
    return f'<mark style="background:none;color:inherit;border-bottom:3px solid {colour}">{words}</mark>'


def _chip(span: "Span", colour: str) -> str:
    told = escape(plain(" ".join([span.label, *span.attributes.values()])))
    title = "" if span.score is None else f' title="{span.score:.2f}"'
    return f'<small{title} style="background:{colour};{_CHIP}">{told}</small>'


def _colours(spans: Sequence["Span"]) -> dict[str, str]:
    """A colour for each label: the same in every dispatch, but where two labels of one dispatch would share it."""
    chosen: dict[str, str] = {}
    for label in sorted({span.label for span in spans}):
        first = crc32(label.encode("utf-8", "replace"))
        turns = [_COLOURS[(first + turn) % len(_COLOURS)] for turn in range(len(_COLOURS))]
        chosen[label] = next((colour for colour in turns if colour not in chosen.values()), turns[0])
    return chosen


def _relations(dispatch: "Dispatch", relations: Sequence["Relation"]) -> str:
    """One item a head, in the order of the text."""
    by_head: dict[str, list[Relation]] = {}
    for relation in sorted(relations, key=lambda each: dispatch.span_by_id[each.head].start):
        by_head.setdefault(relation.head, []).append(relation)
    items = (f"<li>{_words(dispatch, head)}: {'; '.join(_tails(dispatch, own))}</li>" for head, own in by_head.items())
    return f'<ul style="margin:4px 0">{"".join(items)}</ul>' if by_head else ""


def _tails(dispatch: "Dispatch", relations: Sequence["Relation"]) -> Iterator[str]:
    for relation in relations:
        score = "" if relation.score is None else f" <small>{relation.score:.2f}</small>"
        yield f"{shown_text(relation.label)} → {_words(dispatch, relation.tail)}{score}"


def _words(dispatch: "Dispatch", span: str) -> str:
    return f"<b>{shown_text(' '.join(dispatch.words(dispatch.span_by_id[span]).split()))}</b>"


def _left_out(dispatch: "Dispatch", spans: int, relations: int) -> str:
    if len(dispatch.text) <= LONGEST:
        return ""
    characters = len(dispatch.text) - LONGEST
    rest = f"{len(dispatch.spans) - spans:,} spans and {len(dispatch.relations) - relations:,} relations"
    return f"<div><small>… and {characters:,} more characters, with {rest}</small></div>"
