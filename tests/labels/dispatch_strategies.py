"""Hypothesis strategies for dispatches under the shipped schema, and a dispatch from its parts."""

import datetime
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, Relation, Schema, Span
from hypothesis import strategies as st

SCHEMA = Schema.read(Path(__file__).parents[2] / "labels" / "schema.toml")
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
AWKWARD = (
    *("[", "]", "\\", "(", ")", "\n", "\n\n", "\r", "---", "\n---\n", "[x](ACTOR p1)", "](", "\\[", "id: x\n\n", "\0"),
    *("\u202e", "\u2067", "\u2069", "\u200f", "e\u0301", "é", "\u1112\u1161\u11ab", "ﬁ", "👩\u200d🚒", "🇲🇱"),
    *("🏽", "\ufeff", "\u2028", "\x85", "\x1b[31m", "\u00a0", "\u3000", "𝔄"),
    *("\U0010ffff", "\ue000", "ヿ", "中", "ـ", " ", "\t"),
)  # fmt: skip

characters = st.characters(exclude_categories=["Cs"])
pieces = st.one_of(st.text(characters, max_size=6), st.sampled_from(AWKWARD))
any_texts = st.lists(pieces, max_size=12).map("".join)
markup_texts = any_texts.map(lambda text: re.sub("\r+(\n|$)", r"\1", text))  # without \r\n, also before the rule
ids = st.text(st.characters(exclude_categories=HIDDEN), min_size=1, max_size=12).map(str.strip).filter(bool)
dates = st.none() | st.dates(min_value=datetime.date(1, 1, 1)).map(datetime.date.isoformat)
span_ids = st.from_regex(r"[A-Za-z][\w-]{0,4}", fullmatch=True)
header_keys = st.from_regex(r"\w[\w-]{0,6}", fullmatch=True).filter(lambda key: key not in ("id", "published"))
header_values = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
header_meta = st.dictionaries(header_keys, header_values, max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_texts, inner, max_size=3),
    max_leaves=6,
)
json_meta = st.dictionaries(any_texts, json_values, max_size=3)


@st.composite
def spans(draw: Any, text: str, scores: st.SearchStrategy[float | None]) -> tuple[Span, ...]:
    """Spans of `text` in its order, apart or touching, with every attribute that the schema asks for."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    borders = [pair for pair in pairwise(cuts) if draw(st.booleans())]
    names = draw(st.lists(span_ids, min_size=len(borders), max_size=len(borders), unique=True))
    found = []
    for name, (start, end) in zip(names, borders, strict=True):
        label = draw(st.sampled_from(SCHEMA.span_labels))
        values = SCHEMA.spans[label].attributes
        attributes = {key: draw(st.sampled_from(values[key])) for key in draw(st.permutations(list(values)))}
        believed = {key: value for key in attributes if (value := draw(scores)) is not None}
        found.append(Span(name, label, start, end, attributes, draw(scores), believed))
    return tuple(found)


@st.composite
def relations(draw: Any, among: tuple[Span, ...], scores: st.SearchStrategy[float | None]) -> tuple[Relation, ...]:
    """Different relations among the spans, all legal."""
    legal = [
        (label, head.id, tail.id)
        for label in SCHEMA.relation_labels
        for head in among
        for tail in among
        if head != tail and SCHEMA.relation_problem(label, head.label, tail.label) is None
    ]
    chosen = draw(st.lists(st.sampled_from(legal), unique=True, max_size=8)) if legal else []
    return tuple(Relation(*relation, draw(scores)) for relation in chosen)


@st.composite
def markup_dispatches(draw: Any) -> Dispatch:
    """A dispatch that the inline markup can carry whole."""
    text = draw(markup_texts)
    marked = draw(spans(text, st.none()))
    related = draw(relations(marked, st.none()))
    return Dispatch(draw(ids), text, draw(dates), draw(header_meta), marked, related)


@st.composite
def json_dispatches(draw: Any) -> Dispatch:
    """A dispatch that JSON lines can carry: any text, any meta, scores, spans in any order."""
    text, scores = draw(any_texts), st.none() | st.floats(0, 1)
    marked = draw(spans(text, scores))
    related = draw(relations(marked, scores))
    return Dispatch(draw(ids), text, draw(dates), draw(json_meta), tuple(draw(st.permutations(marked))), related)


def marked(*parts: str) -> Dispatch:
    """A dispatch of the parts, of which every second is an ACTOR."""
    spans, text = [], ""
    for number, part in enumerate(parts):
        if number % 2:
            spans.append(Span(f"s{number}", "ACTOR", len(text), len(text) + len(part)))
        text += part
    return Dispatch("d", text, spans=tuple(spans))
