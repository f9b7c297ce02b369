"""Dispatches → groups that must stay in one part: near-copies, and what has one story, source or theatre.

What is connected by any of these is one group: where a story has two sources, these are one group.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from dateline_archive.copies import likeness
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.progress import with_progress
from numpy.typing import NDArray

from .choices import By, Wanted

Groups = NDArray[np.int64]  # (dispatches,) the number of the first dispatch of each one's group
Values = tuple[tuple[str, ...], ...]
"""Of each dispatch what it has under a key: nothing, one value, or several, as a digest of several stories may."""

_AT_ONCE = 1_024
_SHOWN = 20


def copies_among(texts: Sequence[str], alike: float) -> Groups:
    """The groups of texts that say nearly the same."""
    pieces = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
    with tempfile.TemporaryDirectory() as folder:
        whole = ([readable(text) for text in piece] for piece in pieces)
        return likeness(with_progress(whole, len(pieces), "looking for copies"), alike, Path(folder)).groups


def readable(text: str) -> str:
    """The text with `?` for halves of characters, which nothing outside of Python takes."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def groups_of(copies: Groups, values: Values) -> Groups:
    """What copies and equal values connect."""
    return connected(len(copies), [*enumerate(copies.tolist()), *_links(values)])


def connected(count: int, links: Iterable[tuple[int, int]]) -> Groups:
    """The groups that the links make of so many dispatches."""
    leads = list(range(count))

    def root(at: int) -> int:
        while leads[at] != at:
            leads[at] = at = leads[leads[at]]
        return at

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        leads[high] = low
    return np.array([root(at) for at in range(count)], dtype=np.int64)


def _links(values: Values) -> Iterator[tuple[int, int]]:
    firsts: dict[str, int] = {}
    for at, several in enumerate(values):
        for value in several:
            yield at, firsts.setdefault(value, at)


def values_to_keep(annotated: Annotated, wanted: Wanted) -> tuple[Values, str]:
    """What is kept together besides copies, and in words where it was found.

    Raises InputError where no dispatch has it; but for stories that nobody named, which are then the copies.
    """
    dispatches = annotated.dispatches
    if wanted.by not in (By.STORY, By.SOURCE, By.THEATRE):
        if wanted.key:
            raise InputError(Place("--key"), "key", "expected --by story, source or theatre")
        return ((),) * len(dispatches), "near-copies"
    key = wanted.key or str(wanted.by)
    values = meta_values(dispatches, key)
    if any(values):
        lacking = sum(not several for several in values)
        lack = f", which {lacking:,} dispatches lack" if lacking else ""
        return values, f"near-copies and meta {key}{lack}"
    if wanted.key or wanted.by is By.SOURCE:
        found = ", ".join(sorted({name for dispatch in dispatches for name in dispatch.meta})[:_SHOWN]) or "none"
        what = f"no dispatch has {key} in its meta; expected one of the keys that are there, {found}"
        raise InputError(Place("--key"), "key", what)
    if wanted.by is By.STORY:
        return values, "near-copies, for no dispatch has story in its meta"
    return _folders(annotated)


def meta_values(dispatches: Sequence[Dispatch], key: str) -> Values:
    """What each dispatch has in its meta under `key`, whatever its case, spaces and underscores; a list is several
    values.
    """
    return tuple(tuple(_words(dispatch.meta.get(key))) for dispatch in dispatches)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _words(each)
    elif isinstance(value, str | int | float):
        words = " ".join(str(value).casefold().replace("_", " ").split())
        if words:
            yield words


def _folders(annotated: Annotated) -> tuple[Values, str]:
    """The folder of each dispatch's file where there are several, else what stands before the number that ends its id.

    Raises InputError where both are the same for all.
    """
    folders = [str(Path(annotated.place_of(dispatch).path).parent) for dispatch in annotated.dispatches]
    prefixes = [re.sub(r"[-_.]?\d+$", "", dispatch.id) for dispatch in annotated.dispatches]
    for names, told in ((folders, "the folder of the file"), (prefixes, "the id without its number")):
        if len(set(names)) > 1:
            return tuple((name,) for name in names), f"near-copies and {told}, for no dispatch has theatre in its meta"
    raise InputError(Place("--by"), "theatre", "no dispatch has theatre in its meta, and all are of one folder")
