"""Dispatches → groups that must stay in one part: near-copies, and what has one story, source or theatre.

What is connected by any of these is one group: where a story has two sources, these are one group.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from dateline_archive.copies import likeness
from dateline_formats.format import Annotated
from dateline_labels import InputError, Place
from dateline_labels.components import connected
from dateline_labels.progress import with_progress
from dateline_labels.stories import Values, links_of, meta_values
from numpy.typing import NDArray

from .choices import By, Wanted

Groups = NDArray[np.int64]  # (dispatches,) the number of the first dispatch of each one's group
_AT_ONCE = 1_024
_SHOWN = 20


def copies_among(texts: Sequence[str], alike: float) -> Groups:
    """The groups of texts that say nearly the same."""
    pieces = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
    with tempfile.TemporaryDirectory() as folder:
        return likeness(with_progress(pieces, len(pieces), "looking for copies"), alike, Path(folder)).groups


def groups_of(copies: Groups, values: Values) -> Groups:
    """What copies and equal values connect."""
    return also_connected(copies, links_of(values))


def also_connected(groups: Groups, links: Iterable[tuple[int, int]]) -> Groups:
    """The groups with what the links, pairs of numbers, connect besides."""
    return np.array(connected(len(groups), [*enumerate(groups.tolist()), *links]), dtype=np.int64)


def values_to_keep(annotated: Annotated, wanted: Wanted) -> tuple[Values, str]:
    """What is kept together besides copies, and in words where it was found.

    Raises InputError where no dispatch has it; but for stories that nobody named, which are then the copies.
    """
    dispatches = annotated.dispatches
    if wanted.by not in (By.STORY, By.SOURCE, By.THEATRE):
        if wanted.key and wanted.by is not By.DATE:
            raise InputError(Place("--key"), "key", "expected --by story, source, theatre or date")
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
