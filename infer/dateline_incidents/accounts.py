"""Claims of one event and one outcome → accounts: what each source says in all, without counting anyone twice.

Figures stand in a tree of people: all of them, a kind (state forces, civilians), a group of that kind (police,
children). What a statement joins adds up ("two soldiers and a boy"); what is said again does not: of several statements
the largest figure of each kind of people holds, and a figure of more people covers those of fewer ("12 people" … "seven
soldiers"). `more` adds, if need be to what another source said before, `total` takes the place of what was said before
it, `of` never adds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .incidents import ROLES
from .ledger import ClaimRecord
from .numbers import NOBODY, Number, largest, total

_WHOLE = ("whole", "total")

Path = tuple[str, ...]
"""Whose people: () all, (kind,), or (kind, group); the kind may be "", unknown."""


@dataclass(frozen=True)
class Account:
    """What one source says of one outcome: in all, and of each kind of people it speaks of.

    `of_all` tells whether some figure is of people at large; without one the account may leave people out. `parts` are
    figures said to be part of others. `claims` are the ids of those that count; where all are parts of what other
    sources say, there are none.
    """

    source: str | None
    source_kind: str
    day: date
    order: int
    number: Number
    kinds: Mapping[str, Number]
    parts: Mapping[str, Number]
    of_all: bool
    claims: tuple[str, ...]


def accounts_of(claims: Iterable[ClaimRecord], outcome: str) -> list[Account]:
    """The accounts of `outcome`, in the order of their last words. The claims are those of one event, of one dispatch
    or several; a source's later dispatch takes the place of its earlier one, unless it only adds. Persons of whom only
    the name is told are taken to be among those of whom more is told, where there are any.
    """
    claims = _of(claims, outcome)
    claims = [claim for claim in claims if not _is_named(claim)] or claims
    by_source: dict[tuple[str, str], list[ClaimRecord]] = defaultdict(list)
    last_whole: dict[str, tuple[str, str]] = {}
    for claim in sorted(claims, key=lambda c: (c.published or date.min, c.dispatch, c.number)):
        # what a dispatch says itself is its own account
        source = ("source", claim.source_key) if claim.source_key else ("dispatch", claim.dispatch)
        if claim.part in _WHOLE:
            last_whole[claim.incident] = source
        elif claim.part == "more" and not any(_is_whole_of(other, claim) for other in by_source[source]):
            source = last_whole.get(claim.incident, source)
        by_source[source].append(claim)
    by_source = {source: said for source, said in by_source.items() if said}
    accounts = [_account(_newest(said)) for said in by_source.values()]
    in_order = sorted(accounts, key=lambda account: (account.day, account.claims))
    return [replace(account, order=order) for order, account in enumerate(in_order)]


def _of(claims: Iterable[ClaimRecord], outcome: str) -> list[ClaimRecord]:
    """The claims of an outcome; who says that nobody was killed or injured says so of both."""
    both = outcome in (ROLES.killed, ROLES.injured)
    return [
        c for c in claims if c.outcome == outcome or (both and c.outcome == ROLES.killed_or_injured and c.high == 0)
    ]


def _is_whole_of(claim: ClaimRecord, more: ClaimRecord) -> bool:
    return claim.part in _WHOLE and claim.incident == more.incident


def _is_named(claim: ClaimRecord) -> bool:
    """Whether it is one person by name, of whom nothing tells what kind of people."""
    return claim.best == 1 and not claim.people and claim.ends_in_capital and not claim.figure.isupper()


def _newest(said: Sequence[ClaimRecord]) -> list[ClaimRecord]:
    """What holds of all that a source has said over time: its newest dispatch that gives a whole figure, and what later
    ones add.
    """
    dispatches = list(dict.fromkeys(claim.dispatch for claim in said))
    whole = [d for d in dispatches if any(c.dispatch == d and c.part in _WHOLE for c in said)]
    first = dispatches.index(whole[-1]) if whole else 0
    return [claim for claim in said if claim.dispatch in dispatches[first:]]


@dataclass
class _Tree:
    """Figures by whose people they are of: the largest statement of each, what is added, what is part of others."""

    stated: dict[Path, Number] = field(default_factory=dict)
    added: dict[Path, Number] = field(default_factory=dict)
    parts: dict[Path, Number] = field(default_factory=dict)
    claims: dict[Path, list[str]] = field(default_factory=dict)
    of_all: bool = False

    def state(self, claims: Sequence[ClaimRecord]) -> None:
        """A statement: its figures add up at every place of the tree above them."""
        sums: dict[Path, Number] = {}
        for claim in claims[:1] if _is_broken_down(claims) else claims:
            self._count(claim)
            for above in _upward(_path(claim)):
                sums[above] = sums.get(above, NOBODY).plus(_number(claim))
        for path, number in sums.items():
            self.stated[path] = self.stated.get(path, NOBODY).or_more(number)

    def add(self, claim: ClaimRecord) -> None:
        """Some more people."""
        self._count(claim)
        for above in _upward(_path(claim)):
            self.added[above] = self.added.get(above, NOBODY).plus(_number(claim))

    def take_part(self, claim: ClaimRecord) -> None:
        """People who are part of a figure that is there."""
        path = _path(claim)
        for above in _upward(path):
            self.parts[above] = self.parts.get(above, NOBODY).or_more(_number(claim))

    def forget(self, path: Path) -> None:
        """Drop what was added of these people."""
        for figures in (self.added, self.parts, self.claims):
            for below in [each for each in figures if each[: len(path)] == path]:
                del figures[below]

    def number(self, path: Path, figures: Mapping[Path, Number]) -> Number:
        """The people of a place of the tree: its own figure, or those below together where they are more."""
        below = {each for each in figures if len(each) == len(path) + 1 and each[:-1] == path}
        return largest((figures.get(path, NOBODY), total(self.number(each, figures) for each in sorted(below))))

    def in_all(self, path: Path) -> Number:
        """What is stated and what is added."""
        return self.number(path, self.stated).plus(self.number(path, self.added))

    def _count(self, claim: ClaimRecord) -> None:
        self.claims.setdefault(_path(claim), []).append(claim.claim)
        self.of_all = self.of_all or not _path(claim)


def _account(said: Sequence[ClaimRecord]) -> Account:
    tree = _Tree()
    more_said: dict[tuple[Path, int, int | None], str] = {}
    statements: dict[tuple[str, int], list[ClaimRecord]] = defaultdict(list)
    for claim in said:
        if claim.part == "total":
            tree.forget(_path(claim))
            for stated in statements.values():
                stated[:] = [each for each in stated if not _is_within(each, claim)]
        if claim.part == "more":
            # a later dispatch that repeats "another four" tells of the same four
            if more_said.setdefault((_path(claim), claim.low, claim.high), claim.dispatch) == claim.dispatch:
                tree.add(claim)
        elif claim.part == "of" and claim.part_of:
            tree.take_part(claim)
        elif claim.part == "of":
            # "24 deaths, 15 men among them", and nobody tells of what: parts may be parts of parts
            statements[claim.claim, 0].append(claim)
        else:
            statements[claim.incident, claim.statement].append(claim)
    for stated in filter(None, statements.values()):
        tree.state(stated)
    return Account(
        said[-1].source_key,
        said[-1].source_kind or "",
        max(claim.published or date.min for claim in said),
        0,
        tree.in_all(()),
        {path[0]: tree.in_all(path) for path in (*tree.stated, *tree.added) if len(path) == 1},
        {path[0]: tree.number(path, tree.parts) for path in tree.parts if len(path) == 1},
        tree.of_all,
        tuple(dict.fromkeys(claim for claims in tree.claims.values() for claim in claims)),
    )


def _is_within(claim: ClaimRecord, total: ClaimRecord) -> bool:
    """Whether its people are among those of the total."""
    path = _path(total)
    return _path(claim)[: len(path)] == path


def _is_broken_down(claims: Sequence[ClaimRecord]) -> bool:
    """Whether the first figure is the sum of the others: "seven men were found, five in a car and two in a canal"."""
    first, *others = claims
    return len(others) > 1 and all(c.best for c in others) and first.best == sum(c.best or 0 for c in others)


def _path(claim: ClaimRecord) -> Path:
    if claim.people_group:
        return (claim.people, claim.people_group)
    return (claim.people,) if claim.people else ()


def _upward(path: Path) -> list[Path]:
    return [path[:length] for length in range(len(path) + 1)]


def _number(claim: ClaimRecord) -> Number:
    return Number(claim.low, claim.best, claim.high)
