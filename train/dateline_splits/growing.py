"""A split and data that have grown → the same split with the new dispatches in it; what was in a part stays there.

A new dispatch goes with the old ones that it nearly repeats, or whose story it tells (source, theatre). Where these are
in several parts it is in none, as it would tell one part of the other. The others are shared out so that the parts come
near the shares that were asked for, in a split by time between the days that part it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from dateline_archive.copies import Signatures
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.stories import Values

from .choices import PARTS, By, Wanted
from .dates import days_of, parts_from
from .file import SplitFile
from .groups import Groups, also_connected, copies_among, groups_of, values_to_keep
from .leaks import nearest, signed
from .making import MadeSplit, bare_file, copied_across, measured
from .shares import NOWHERE, Parts, counted, drawn, shared_out, strata


def grow_split(annotated: Annotated, old: SplitFile, place: Place) -> MadeSplit:
    """The split of `place` with the further dispatches of the data; raises InputError where the data lack some of its
    own, or hold nothing new.
    """
    dispatches = annotated.dispatches
    old.check(dispatches, place, more=True)
    grown = _Grown(dispatches, old, _wanted(old, place), place)
    if not len(grown.new):
        raise InputError(place, "parts", "expected data with further dispatches, got those of the split alone")
    values, kept_together = values_to_keep(annotated, grown.wanted)
    parts = grown.parts(values)
    file = bare_file(dispatches, parts, old.first_days, grown.wanted, kept_together)
    file = file.model_copy(update={"grown_from": old.sha256})
    return measured(file, dispatches, parts, grown.wanted, grown.said(parts))


def _wanted(old: SplitFile, place: Place) -> Wanted:
    """How the split was asked for."""
    how = old.how
    if how.by not in list(By):
        raise InputError(place, "how.by", f"expected one of {', '.join(By)}, got {how.by}")
    return Wanted(By(how.by), how.key, how.validation, how.test, how.alike, how.seed)


@dataclass(frozen=True)
class _Grown:
    """The data, and the split that knows some of them."""

    dispatches: Sequence[Dispatch]
    old: SplitFile
    wanted: Wanted
    place: Place

    @cached_property
    def before(self) -> Parts:
        """(dispatches,) the part of each, NOWHERE for new ones and those that were left out."""
        number = {name: part for part, ids in enumerate(self._ids()) for name in ids}
        return np.array([number.get(each.id, NOWHERE) for each in self.dispatches], dtype=np.int64)

    @cached_property
    def new(self) -> Parts:
        """(new,) the numbers of the new dispatches."""
        known = self.old.digests()
        return np.array([at for at, each in enumerate(self.dispatches) if each.id not in known], dtype=np.int64)

    def _ids(self) -> tuple[Mapping[str, str], ...]:
        return self.old.parts.train, self.old.parts.validation, self.old.parts.test

    def parts(self, values: Values) -> Parts:
        """(dispatches,) the part of each, no new one with a copy in another part."""
        before, new = self.before, self.new
        signatures = signed(self.dispatches)
        ties = _ties(before, new, signatures, values, self.wanted.alike)
        copies = copies_among([self.dispatches[at].text for at in new.tolist()], self.wanted.alike)
        parts = before.copy()
        while True:
            parts[new] = self._placed(copies, ties, tuple(values[at] for at in new.tolist()))
            links = copied_across(parts[new], signatures[new], self.wanted.alike)
            if not links:
                return parts
            copies = also_connected(copies, links)

    def _placed(self, copies: Groups, ties: Sequence[set[int]], values: Values) -> Parts:
        """(new,) the part of each."""
        groups = groups_of(copies, values)
        tied: dict[int, set[int]] = {}
        for group, several in zip(groups.tolist(), ties, strict=True):
            tied.setdefault(group, set()).update(several)
        if self.wanted.by is By.DATE:
            return self._by_date(groups, tied)
        found = np.array([_one(tied[group]) for group in groups.tolist()], dtype=np.int64)
        free = np.array([not tied[group] for group in groups.tolist()])
        if free.any():
            found[free] = self._shared_out(groups[free], free, found)
        return found

    def _by_date(self, groups: Groups, tied: Mapping[int, set[int]]) -> Parts:
        published = days_of([self.dispatches[at] for at in self.new.tolist()], self.wanted.key)
        firsts = self.old.first_days.get(PARTS[1]), self.old.first_days.get(PARTS[2])
        found = parts_from(published, groups, firsts).parts
        for at, (part, group) in enumerate(zip(found.tolist(), groups.tolist(), strict=True)):
            if tied[group] - {part}:
                found[at] = NOWHERE
        return found

    def _shared_out(self, groups: Groups, free: Parts, tied: Parts) -> Parts:
        """(free,) the part of each new dispatch that nothing ties, beside all that is in a part."""
        placed = self.before.copy()
        placed[self.new] = tied
        inside = np.flatnonzero(placed != NOWHERE)
        if self.wanted.by is By.RANDOM:
            _, row, sizes = np.unique(groups, return_inverse=True, return_counts=True)
            held = [int((placed == part).sum()) for part in range(len(PARTS))]
            return drawn(sizes.tolist(), self.wanted.shares, self.wanted.seed, held)[row]
        numbers = np.concatenate([placed[inside], len(PARTS) + groups])  # a part is one group that stays
        held_by = strata([self.dispatches[at] for at in (*inside.tolist(), *self.new[free].tolist())])
        unique, row = np.unique(numbers, return_inverse=True)
        fixed = np.where(unique < len(PARTS), unique, NOWHERE)
        try:
            parts = shared_out(counted(numbers, held_by), self.wanted.shares, self.wanted.seed, fixed)
        except ValueError as error:
            raise InputError(self.place, "parts", str(error)) from None
        return parts[row][len(inside) :]

    def said(self, parts: Parts) -> list[str]:
        """How many of the new ones are in each part."""
        counts = [f"{int((parts[self.new] == part).sum()):,} in {name}" for part, name in enumerate(PARTS)]
        lines = [f"{len(self.new):,} new dispatches: {', '.join(counts)}; the others are where they were"]
        left = [self.dispatches[at].id for at in self.new.tolist() if parts[at] == NOWHERE]
        if left:
            what = "new ones that belong to dispatches of several parts, or have no day where days part them"
            lines.append(f"left out: {len(left):,} {what}, as {left[0]}")
        return lines


def _ties(before: Parts, new: Parts, signatures: Signatures, values: Values, alike: float) -> list[set[int]]:
    """For each new dispatch the parts in which something is that it nearly repeats, or has a value in common with."""
    ties: list[set[int]] = [set() for _ in new]
    for part in range(len(PARTS)):
        members = np.flatnonzero(before == part)
        if not len(members):
            continue
        known = {value for at in members.tolist() for value in values[at]}
        near = nearest(signatures[new], signatures[members]).alike >= alike
        for number, (at, is_near) in enumerate(zip(new.tolist(), near.tolist(), strict=True)):
            if is_near or known & set(values[at]):
                ties[number].add(part)
    return ties


def _one(parts: set[int]) -> int:
    """The part, where it is one."""
    return next(iter(parts)) if len(parts) == 1 else NOWHERE
