"""Dispatches with their days → parts in the order of time: training was published before what is tested on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from dateline_formats.drafts import taken_date
from dateline_labels import Dispatch

from .groups import Groups
from .shares import NOWHERE, Parts

_DAY = len("2019-03-14")


@dataclass(frozen=True)
class Timed:
    """The parts, and the first day of validation and of test, None for a part that is not asked for; how many
    dispatches are in no part because they have no day, and because copies of them are beyond a boundary.
    """

    parts: Parts
    first_days: tuple[str | None, str | None]
    undated: int
    copies: int


def days_of(dispatches: Sequence[Dispatch], key: str | None) -> list[str | None]:
    """The day of each dispatch: of publication or, where a key of meta is named, with which begins what it says."""
    if key is None:
        return [dispatch.published for dispatch in dispatches]
    return [taken_date(str(dispatch.meta.get(key, ""))[:_DAY]) for dispatch in dispatches]


def parts_by_date(published: Sequence[str | None], copies: Groups, shares: Sequence[float]) -> Timed:
    """Train before validation before test, each day in one of them, and copies never in two.

    Of copies on both sides of a boundary those stay that are more, the later ones where they are as many; the others
    are in no part. Raises ValueError where there are fewer days than parts, or a part would be empty.
    """
    days = list(map(taken_date, published))
    firsts = _first_days(Counter(day for day in days if day), shares)
    timed = parts_from(days, copies, (firsts[0], firsts[1]))
    if any(share > 0 and part not in timed.parts for part, share in enumerate(shares)):
        raise ValueError("a part of it is left with copies of others alone; ask for other shares")
    return timed


def parts_from(published: Sequence[str | None], copies: Groups, first_days: tuple[str | None, str | None]) -> Timed:
    """The parts between boundaries that are known already, copies apart as above."""
    days = list(map(taken_date, published))
    bounds = [day for day in first_days if day]
    numbers = [part for part, day in enumerate(first_days, start=1) if day]
    found = [NOWHERE if day is None else _part(day, bounds, numbers) for day in days]
    parts = np.array(found, dtype=np.int64)
    apart = _copies_apart(parts, copies)
    undated = int((parts == NOWHERE).sum())
    parts[apart] = NOWHERE
    return Timed(parts, first_days, undated, len(apart))


def _first_days(counts: Counter[str], shares: Sequence[float]) -> list[str | None]:
    """The first day of each part after the first, at which what comes before is nearest to the shares asked for."""
    days = sorted(counts)
    asked = [part for part in range(1, len(shares)) if shares[part] > 0]
    if not days:
        raise ValueError("no dispatch has a day of publication; --key names a key of meta that holds one")
    if len(days) <= len(asked):
        raise ValueError(f"{len(days)} days of publication cannot be shared out among {len(asked) + 1} parts")
    before = np.concatenate([[0], np.cumsum([counts[day] for day in days])])
    firsts: list[str | None] = [None] * (len(shares) - 1)
    at = 0
    for left, part in zip(range(len(asked) - 1, -1, -1), asked, strict=True):
        wanted = sum(shares[:part]) * before[-1]
        candidates = np.arange(at + 1, len(days) - left)
        at = int(candidates[np.argmin(np.abs(before[candidates] - wanted))])
        firsts[part - 1] = days[at]
    return firsts


def _part(day: str, bounds: Sequence[str], numbers: Sequence[int]) -> int:
    passed = sum(day >= bound for bound in bounds)
    return numbers[passed - 1] if passed else 0


def _copies_apart(parts: Parts, copies: Groups) -> list[int]:
    """The dispatches that give way because more copies of them, or as many later ones, are in another part."""
    tallies: dict[int, Counter[int]] = {}
    for part, group in zip(parts.tolist(), copies.tolist(), strict=True):
        if part != NOWHERE:
            tallies.setdefault(group, Counter())[part] += 1
    kept = {group: max(tally, key=lambda part: (tally[part], part)) for group, tally in tallies.items()}
    pairs = enumerate(zip(parts.tolist(), copies.tolist(), strict=True))
    return [at for at, (part, group) in pairs if part != NOWHERE and part != kept[group]]
