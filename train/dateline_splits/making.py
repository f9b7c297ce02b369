"""Annotated dispatches → a split without copies across its parts, with what it leaks all the same.

Copies are looked for by bands of MinHash, which pass over one pair in eighty of those that are just alike enough. So
what came out is compared text by text, and what was passed over is put together before it is shared out anew, until no
text has a copy in another part.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np
from dateline_archive.copies import Signatures
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.digests import text_digest
from dateline_labels.stories import Values

from .choices import PARTS, By, Wanted
from .dates import Timed, days_of, parts_by_date
from .file import How, Ids, SplitFile, split_file
from .groups import Groups, also_connected, copies_among, groups_of, values_to_keep
from .leaks import Leak, leaks, nearest, signed
from .shares import NOWHERE, Parts, absent, counted, drawn, shared_out, strata

_SHOWN = 5


@dataclass(frozen=True)
class MadeSplit:
    """The file, what it leaks, and what there is to say about it, a line each."""

    file: SplitFile
    leaks: list[Leak]
    said: list[str]


def make_split(annotated: Annotated, wanted: Wanted) -> MadeSplit:
    """Split the dispatches as it is asked for; raises InputError where they cannot be split so."""
    dispatches = annotated.dispatches
    values, kept_together = values_to_keep(annotated, wanted)
    parts, first_days, said = _without_copies(dispatches, values, wanted)
    file = bare_file(dispatches, parts, first_days, wanted, kept_together)
    return measured(file, dispatches, parts, wanted, said)


def bare_file(
    dispatches: Sequence[Dispatch], parts: Parts, first_days: Mapping[str, str], wanted: Wanted, kept_together: str
) -> SplitFile:
    """The file of these parts (dispatches,), without its leaks."""
    numbered = (*zip(PARTS, range(3), strict=True), ("left_out", NOWHERE))
    ids = {name: _ids(dispatches, parts, part) for name, part in numbered}
    how = How(
        by=str(wanted.by),
        kept_together=kept_together,
        alike=wanted.alike,
        validation=wanted.validation,
        test=wanted.test,
        seed=wanted.seed,
        version=version("dateline"),
        key=wanted.key,
    )
    return split_file(how, first_days, Ids(**ids), ())


def measured(
    file: SplitFile, dispatches: Sequence[Dispatch], parts: Parts, wanted: Wanted, said: Sequence[str]
) -> MadeSplit:
    """The split with what it leaks, and with what there is to say of it besides."""
    found = leaks(file.splits(dispatches, Place("")), wanted.key)
    whole = file.model_copy(update={"leaks": [asdict(leak) for leak in found]})
    together = f"kept together: {file.how.kept_together}"
    return MadeSplit(whole, found, [together, *said, *_lacking(dispatches, parts, wanted)])


def _ids(dispatches: Sequence[Dispatch], parts: Parts, part: int) -> dict[str, str]:
    chosen = np.flatnonzero(parts == part).tolist()
    return {dispatches[at].id: text_digest(dispatches[at].text) for at in chosen}


def _without_copies(
    dispatches: Sequence[Dispatch], values: Values, wanted: Wanted
) -> tuple[Parts, Mapping[str, str], list[str]]:
    """The part of each dispatch, the first days of parts in time, and what there is to say."""
    copies = copies_among([dispatch.text for dispatch in dispatches], wanted.alike)
    signatures = signed(dispatches)
    while True:
        parts, first_days, said = _parts(dispatches, copies, values, wanted)
        links = copied_across(parts, signatures, wanted.alike)
        if not links:
            return parts, first_days, said
        copies = also_connected(copies, links)


def copied_across(parts: Parts, signatures: Signatures, alike: float) -> list[tuple[int, int]]:
    """Each text that has a copy in another part, with the nearest one there; by their numbers."""
    return [
        (int(members[at]), int(others[near.numbers[at]]))
        for members, others in _two_parts(parts)
        for near in (nearest(signatures[members], signatures[others]),)
        for at in np.flatnonzero(near.alike >= alike).tolist()
    ]


def _two_parts(parts: Parts) -> Iterator[tuple[Parts, Parts]]:
    for one, other in ((2, 0), (1, 0), (2, 1)):
        members, others = np.flatnonzero(parts == one), np.flatnonzero(parts == other)
        if len(members) and len(others):
            yield members, others


def _parts(
    dispatches: Sequence[Dispatch], copies: Groups, values: Values, wanted: Wanted
) -> tuple[Parts, Mapping[str, str], list[str]]:
    groups = groups_of(copies, values)
    sizes = np.unique(groups, return_inverse=True, return_counts=True)
    said = [f"{len(dispatches):,} dispatches in {len(sizes[0]):,} groups, the largest of {sizes[2].max():,}"]
    try:
        if wanted.by is By.DATE:
            timed = parts_by_date(days_of(dispatches, wanted.key), copies, wanted.shares)
            return timed.parts, _named(timed), said + _said_of_dates(timed)
        if wanted.by is By.RANDOM:
            return drawn(sizes[2].tolist(), wanted.shares, wanted.seed)[sizes[1]], {}, said
        counts = counted(groups, strata(dispatches))
        return shared_out(counts, wanted.shares, wanted.seed)[sizes[1]], {}, said
    except ValueError as error:
        raise InputError(Place("--by"), str(wanted.by), str(error)) from None


def _named(timed: Timed) -> dict[str, str]:
    return {part: day for part, day in zip(PARTS[1:], timed.first_days, strict=True) if day}


def _said_of_dates(timed: Timed) -> list[str]:
    said = [f"{part} begins with {day}" for part, day in _named(timed).items()]
    if timed.undated:
        said.append(f"left out: {timed.undated:,} dispatches without a day of publication")
    if timed.copies:
        said.append(f"left out: {timed.copies:,} dispatches with copies on the other side of a boundary")
    return said


def _lacking(dispatches: Sequence[Dispatch], parts: Parts, wanted: Wanted) -> list[str]:
    """What parts lack that is marked elsewhere, a line a part."""
    held, said = strata(dispatches), []
    for number, (name, share) in enumerate(zip(PARTS, wanted.shares, strict=True)):
        lacking = absent(held, parts, number) if share > 0 else []
        if lacking:
            shown = ", ".join(f"{what} ({count})" for what, count in lacking[:_SHOWN])
            more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
            said.append(f"{name} has none of (in brackets the dispatches that have it): {shown}{more}")
    return said
