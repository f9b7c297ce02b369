"""Dispatches of the kinds that foreign formats carry, and what a round trip through files leaves of them."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dateline_formats.format import Annotated, Format
from dateline_formats.tokens import joined, tokenised
from dateline_labels import Dispatch, InputError, Relation, Span
from dispatch_strategies import any_texts, ids, json_meta
from hypothesis import strategies as st

labels = st.from_regex(r"[A-Za-zÀ-ÿ中][\w.:/+-]{0,6}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).filter(
    lambda word: not any(map(str.isspace, word))
)
joined_texts = st.lists(words, max_size=12).map(lambda parts: joined(tokenised(" ".join(parts)).words).text)


@st.composite
def token_dispatches(
    draw: Any,
    texts: st.SearchStrategy[str] = any_texts,
    meta: st.SearchStrategy[Any] = json_meta,
    overlaps: bool = True,
    twins: bool = True,
) -> Dispatch:
    """A dispatch whose spans cover whole tokens, without attributes, scores and a date; `twins` share their words."""
    text = draw(texts)
    offsets = tokenised(text).offsets
    chosen: dict[tuple[Any, ...], tuple[str, int, int]] = {}
    free = 0
    for _ in range(draw(st.integers(0, 6)) if offsets else 0):
        first = draw(st.integers(0, len(offsets) - 1))
        last = draw(st.integers(first, min(len(offsets) - 1, first + 4)))
        label = draw(labels)
        if overlaps or first >= free:
            free = last + 1
            chosen.setdefault((first, last, label if twins else ""), (label, offsets[first][0], offsets[last][1]))
    spans = tuple(Span(f"e{number}", *each) for number, each in enumerate(chosen.values(), start=1))
    return Dispatch(draw(ids), text, None, draw(meta), spans, draw(relations_of(spans)))


@st.composite
def relations_of(draw: Any, spans: Sequence[Span]) -> tuple[Relation, ...]:
    """Different relations among the spans."""
    pairs = [(head.id, tail.id) for head in spans for tail in spans if head != tail]
    chosen = draw(st.lists(st.tuples(labels, st.sampled_from(pairs)), max_size=5, unique=True)) if pairs else []
    return tuple(Relation(label, *ends) for label, ends in chosen)


def round_trip(each: Format, dispatches: Sequence[Dispatch], target: Path) -> Annotated:
    """What is read from what was written without a loss; no finding is allowed on the way."""
    assert each.write(dispatches, target, False) == ()
    annotated = each.read(target)
    assert annotated.findings == ()
    return annotated


def by_place(dispatch: Dispatch) -> Dispatch:
    """The dispatch with its spans in the order of the text and numbered so, its relations in the order of theirs."""
    spans = sorted(dispatch.spans, key=lambda span: (span.start, span.end, span.label, sorted(span.attributes.items())))
    new = {span.id: f"e{number}" for number, span in enumerate(spans, start=1)}
    relations = [replace(each, head=new[each.head], tail=new[each.tail]) for each in dispatch.relations]
    return replace(
        dispatch,
        spans=tuple(replace(span, id=new[span.id]) for span in spans),
        relations=tuple(sorted(relations, key=lambda each: (each.head, each.tail, each.label))),
    )


def mutations(data: bytes, count: int, seed: int) -> list[bytes]:
    """Damaged copies: bytes changed, cut out, doubled and swapped."""
    chance = random.Random(seed)
    damaged = []
    for _ in range(count):
        copy = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(copy) + 1), chance.randint(1, 12)
            part = bytes(copy[at : at + length])
            match chance.randrange(4):
                case 0:
                    copy[at : at + length] = chance.randbytes(chance.randint(0, 3))
                case 1:
                    del copy[at : at + length]
                case 2:
                    copy[at:at] = part
                case _:
                    copy[at : at + length] = chance.choice(
                        (b"-1", b"999", b"{}", b"[]", b"null", b'"', b"\t", b"\n", b"|")
                    )
        damaged.append(bytes(copy))
    return damaged


def assert_only_input_errors(each: Format, damaged: Sequence[bytes], path: Path) -> None:
    """No damage gets anything but an InputError of one line, or dispatches, out of the reader; some of it is found."""
    errors = []
    for data in damaged:
        path.write_bytes(data)
        try:
            each.recognise(path, data)
            each.read(path)
        except InputError as error:
            errors.append(str(error))
    assert len(errors) > len(damaged) // 20
    assert all(error.startswith(f"{path}:") and "\n" not in error for error in errors)


def refused(each: Format, path: Path, data: bytes | str) -> str:
    """The one line that the file is refused with, without its path."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    with pytest.raises(InputError) as caught:
        each.read(path)
    assert str(caught.value).startswith(f"{path}:")
    return str(caught.value).removeprefix(f"{path}:")
