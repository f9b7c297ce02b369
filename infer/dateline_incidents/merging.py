"""Incidents of many dispatches → events: those that tell of one event are grouped, and why is written down.

Two incidents are compared where their days lie within a window and the place of one is the place of the other or one
that it lies in. The score is a weighted mean of four parts from 0 to 1: days, place, kind, actors; what one of them
does not tell counts half. The best pairs are joined first; two incidents of one dispatch never come into one event, for
the dispatch tells them apart, nor do incidents whose days lie further apart than the window.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, cos, inf, radians, sin, sqrt

from dateline_labels import InputError, Place

from .actor_table import UNIDENTIFIED, word_tuple
from .incidents import ROLES
from .ledger import IncidentRecord

_UNKNOWN = 0.5
_KILOMETRES = 30.0
_STEP = 0.5
"""What a place is worth for each step from the other place up to it."""
_TYPES = frozenset(
    [
        "district",
        "province",
        "governorate",
        "region",
        "state",
        "city",
        "town",
        "village",
        "county",
        "department",
        "of",
        "the",
        "area",
    ]
)
"""Words that names of places come with or without."""
_ALIKE = (
    frozenset({ROLES.bombing, ROLES.suicide_bombing}),
    frozenset({ROLES.armed_clash, ROLES.armed_assault}),
    frozenset({ROLES.armed_assault, ROLES.killing}),
    frozenset({ROLES.shelling, ROLES.air_strike}),
)


@dataclass(frozen=True)
class Merging:
    """How much each part weighs, from which score on two incidents are one event, how many days apart they may be.
    Raises InputError where a weight is below 0 or all are 0.
    """

    threshold: float = 0.75
    days: int = 1
    date: float = 0.3
    place: float = 0.4
    kind: float = 0.15
    actors: float = 0.15

    def __post_init__(self) -> None:
        weights = (self.date, self.place, self.kind, self.actors)
        if not 0 < sum(weights) < inf or min(weights) < 0:  # also what is no number
            what = f"expected finite numbers, none below 0 and not all 0, got {weights}"
            raise InputError(Place("--weights"), "weights", what)


@dataclass(frozen=True)
class Match:
    """Two incidents, the score that they are one event, and its parts; `days_apart` is 0 where their days meet."""

    one: str
    other: str
    score: float
    date: float
    place: float
    kind: float
    actors: float
    days_apart: int
    why: str


@dataclass(frozen=True)
class Group:
    """The incidents of one event, in the order given, and the matches that joined them."""

    incidents: tuple[IncidentRecord, ...]
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class _Compared:
    """What the comparison looks at, worked out once."""

    record: IncidentRecord
    first: date
    last: date
    places: frozenset[str]
    around: tuple[str, ...]
    perpetrators: frozenset[str]
    targets: frozenset[str]


def merge(incidents: Sequence[IncidentRecord], merging: Merging) -> list[Group]:
    """The events, in the order of their first incidents; each incident is in one."""
    compared = [_compared(record) for record in incidents]
    matches = [match for pair in _pairs(compared, merging.days) if (match := _match(*pair, merging))]
    joined = _join(compared, sorted(matches, key=lambda match: (-match.score, match.one, match.other)), merging.days)
    groups: dict[int, list[IncidentRecord]] = defaultdict(list)
    for each in compared:
        groups[id(joined.of[each.record.incident])].append(each.record)
    why = joined.matches
    return [Group(tuple(group), tuple(why.get(id(joined.of[group[0].incident]), []))) for group in groups.values()]


def _compared(record: IncidentRecord) -> _Compared:
    # a day that nobody tells is at most the day of the dispatch
    first = record.date_start or record.published or date.min
    last = record.date_end or record.published or record.date_start or date.min
    return _Compared(
        record,
        first,
        max(first, last),
        frozenset(map(_name, [record.place, *record.other_places] if record.place else [])),
        tuple(map(_name, record.within)),
        frozenset(_told(record.perpetrators_key, record.perpetrators_kind)),
        frozenset(_told(record.targets_key, record.targets_kind)),
    )


def _told(keys: Iterable[str], kinds: Iterable[str]) -> Iterator[str]:
    """Who is more than "gunmen"."""
    return (key for key, kind in zip(keys, kinds, strict=True) if kind != UNIDENTIFIED)


def _name(place: str) -> str:
    return " ".join(word for word in word_tuple(place) if word not in _TYPES)


def _pairs(compared: Sequence[_Compared], window: int) -> Iterator[tuple[_Compared, _Compared]]:
    """Every two of different dispatches whose days lie within the window and one of whose places the other names."""
    there: dict[str, list[int]] = defaultdict(list)
    inside: dict[str, list[int]] = defaultdict(list)
    some_day = (at for at, each in enumerate(compared) if each.first != date.min)
    for at in sorted(some_day, key=lambda at: compared[at].first):
        for name in compared[at].places:
            there[name].append(at)
        for name in compared[at].around:
            inside[name].append(at)
    seen: set[tuple[int, int]] = set()
    for name, group in there.items():
        for others in (group, inside.get(name, [])):
            # as numbers, for a window may reach past the calendar
            days = [compared[at].first.toordinal() for at in others]
            for at in group:
                begin = bisect_left(days, compared[at].first.toordinal() - window)
                for other in others[begin : bisect_right(days, compared[at].last.toordinal() + window)]:
                    pair = (min(at, other), max(at, other))
                    one, two = compared[pair[0]], compared[pair[1]]
                    if at != other and pair not in seen and one.record.dispatch != two.record.dispatch:
                        seen.add(pair)
                        yield one, two


def _match(one: _Compared, other: _Compared, merging: Merging) -> Match | None:
    """The match of two incidents; None where the score stays below the threshold."""
    apart = _days_apart(one, other)
    announced = (one.record.status == ROLES.threatened) != (other.record.status == ROLES.threatened)
    if apart > merging.days or announced:
        return None
    days = 1 - apart / (merging.days + 1) if _is_dated(one) and _is_dated(other) else _UNKNOWN
    place, where = _places(one, other)
    kind = _kinds(one.record.kind, other.record.kind)
    actors, who = _actors(one, other)
    weights = (merging.date, merging.place, merging.kind, merging.actors)
    parts = (days, place, kind, actors)
    score = sum(weight * part for weight, part in zip(weights, parts, strict=True)) / sum(weights)
    if score < merging.threshold or not place:
        return None
    why = f"{'the same day' if not apart else f'{apart} days apart'}; {where}; {who}"
    return Match(
        one=one.record.incident,
        other=other.record.incident,
        score=round(score, 4),
        date=round(days, 4),
        place=round(place, 4),
        kind=round(kind, 4),
        actors=round(actors, 4),
        days_apart=apart,
        why=why,
    )


def _is_dated(one: _Compared) -> bool:
    return one.record.date_start is not None


def _days_apart(one: _Compared, other: _Compared) -> int:
    return max(0, (one.first - other.last).days, (other.first - one.last).days)


def _places(one: _Compared, other: _Compared) -> tuple[float, str]:
    """How near the places are, and in words."""
    ours, theirs = one.record, other.record
    if ours.geoname_id and theirs.geoname_id:
        if ours.geoname_id == theirs.geoname_id:
            return 1.0, f"both at {ours.geoname}"
        apart = _kilometres(ours, theirs)
        if max(ours.where_precision or 9, theirs.where_precision or 9) <= 2:
            return max(0.0, 1 - apart / _KILOMETRES), f"{apart:.0f} km apart"
    shared = one.places & other.places
    if shared:
        # the same name within places that share none are namesakes
        namesakes = one.around and other.around and not set(one.around) & set(other.around)
        return (0.0, "namesakes") if namesakes else (1.0, f"both at {min(shared)}")
    for inner, outer in ((one, other), (other, one)):
        for steps, name in enumerate(inner.around, start=1):
            if name in outer.places:
                return _STEP**steps, f"one in {name}"
    return 0.0, "elsewhere"


def _kilometres(one: IncidentRecord, other: IncidentRecord) -> float:
    """The distance on a sphere of the Earth's mean radius, by the haversine formula."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return float("inf")
    north, south = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(chord))


def _kinds(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if ROLES.vague_kind in (one, other):
        return _UNKNOWN
    return _UNKNOWN if any({one, other} <= alike for alike in _ALIKE) else 0.0


def _actors(one: _Compared, other: _Compared) -> tuple[float, str]:
    """How much those who attacked and those attacked are the same, and in words."""
    roles = ((one.perpetrators, other.perpetrators), (one.targets, other.targets))
    parts = [_UNKNOWN if not a or not b else 1.0 if a & b else 0.0 for a, b in roles]
    shared = sorted((one.perpetrators & other.perpetrators) | (one.targets & other.targets))
    return sum(parts) / len(parts), f"both tell of {', '.join(shared)}" if shared else "no actor in common is told"


@dataclass
class _Cluster:
    """Incidents that are joined so far."""

    members: list[str]
    dispatches: set[str]
    first: date  # the latest first day
    last: date  # the earliest last day


@dataclass
class _Joined:
    """The cluster of each incident, and the matches that made each."""

    of: dict[str, _Cluster]
    matches: dict[int, list[Match]]


def _join(compared: Sequence[_Compared], matches: Iterable[Match], window: int) -> _Joined:
    of = {c.record.incident: _Cluster([c.record.incident], {c.record.dispatch}, c.first, c.last) for c in compared}
    made: dict[int, list[Match]] = {}
    for match in matches:
        left, right = of[match.one], of[match.other]
        first, last = max(left.first, right.first), min(left.last, right.last)
        if left is right:
            made[id(left)].append(match)
        elif not left.dispatches & right.dispatches and (first - last).days <= window:
            left.members += right.members
            left.dispatches |= right.dispatches
            left.first, left.last = first, last
            made[id(left)] = [*made.get(id(left), []), *made.pop(id(right), []), match]
            of.update(dict.fromkeys(right.members, left))
    return _Joined(of, made)
