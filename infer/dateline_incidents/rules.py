"""Rival accounts of one event → one number an outcome, under the rule that the user names.

The accounts that speak of people at large are rivals. Those that speak of some people alone (the army of its soldiers)
are put together, kind by kind; together they are a rival too, where nobody speaks of people at large or where they come
to more than all who do: else they are taken as part of them. docs/incidents.md says where the rules come from.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .accounts import Account, accounts_of
from .actor_table import ARMED_SIDE, STATE_SIDE
from .incident_choices import Rule
from .ledger import ClaimRecord, IncidentRecord
from .numbers import Number, total


@dataclass(frozen=True)
class Decision:
    """What holds of one outcome of one event under a rule.

    `number` is None where the rule finds no account. `sides` gives the best reading by kind of people and adds up to
    the number's; the people of whom nobody tells stand under "". `claims` are the ids of the claims that it rests on.
    """

    number: Number | None
    sides: Mapping[str, int]
    claims: tuple[str, ...]
    accounts: int
    reason: str


@dataclass(frozen=True)
class _Rival:
    """One figure that can be chosen, and what rules look at."""

    number: Number
    kinds: Mapping[str, Number]
    day: date
    order: int
    trust: int  # 0: no reason to doubt it; 1: a side in the fighting speaks of others' losses
    of_state: bool
    claims: tuple[str, ...]


def decide(incidents: Sequence[IncidentRecord], claims: Iterable[ClaimRecord], outcome: str, rule: Rule) -> Decision:
    """What holds of `outcome`; the incidents are the records of one event, the claims theirs."""
    accounts = accounts_of(claims, outcome)
    if rule is Rule.GOVERNMENT:
        accounts = [account for account in accounts if account.source_kind in STATE_SIDE]
    silent = [account for account in accounts if not account.claims]
    accounts = [account for account in accounts if account.claims]
    if not accounts:
        what = "no account of a state's forces or offices" if rule is Rule.GOVERNMENT else "no figure is told"
        return Decision(None, {}, (), 0, what)
    sides = _sides(incidents)
    whole = [_rival(account, sides) for account in accounts if account.of_all]
    some = [account for account in accounts if not account.of_all]
    pieces = _put_together(some, sides, rule) if some else None
    rivals = list(whole)
    if pieces and all(pieces.number.reading > rival.number.reading for rival in whole):
        rivals.append(pieces)
    chosen = _choose(rivals, rule)
    number = _bounds(chosen.number, rivals) if rule is Rule.UCDP else chosen.number
    by_kind = _by_kind(chosen, pieces, [*(a for a in accounts if a.claims == chosen.claims), *silent])
    return Decision(number, by_kind, chosen.claims, len(accounts), _reason(rule, chosen, rivals, accounts))


def _rival(account: Account, sides: frozenset[str]) -> _Rival:
    return _Rival(
        account.number,
        account.kinds,
        account.day,
        account.order,
        _trust(account, sides),
        account.source_kind in STATE_SIDE,
        account.claims,
    )


def _put_together(accounts: Sequence[Account], sides: frozenset[str], rule: Rule) -> _Rival:
    """The accounts of some people alone as one: of each kind of people, the account that the rule chooses."""
    kinds = dict.fromkeys(kind for account in accounts for kind in account.kinds)
    chosen: dict[str, _Rival] = {}
    numbers: dict[str, Number] = {}
    for kind in kinds:
        rivals = [
            _Rival(a.kinds[kind], {}, a.day, a.order, _trust(a, sides, kind), a.source_kind in STATE_SIDE, a.claims)
            for a in accounts
            if kind in a.kinds
        ]
        chosen[kind] = _choose(rivals, rule)
        numbers[kind] = _bounds(chosen[kind].number, rivals) if rule is Rule.UCDP else chosen[kind].number
    parts = list(chosen.values())
    return _Rival(
        total(numbers.values()),
        numbers,
        max(part.day for part in parts),
        max(part.order for part in parts),
        max(part.trust for part in parts),
        any(part.of_state for part in parts),
        tuple(dict.fromkeys(claim for part in parts for claim in part.claims)),
    )


def _trust(account: Account, sides: frozenset[str], people: str | None = None) -> int:
    """1 where a side in the fighting speaks of others' losses, else 0."""
    source = _side(account.source_kind)
    if source not in sides:
        return 0
    of = {_side(kind) for kind in ((people,) if people else account.kinds)} or {""}
    return 0 if of == {source} else 1


def _sides(incidents: Iterable[IncidentRecord]) -> frozenset[str]:
    """Who fights: the state, armed groups."""
    kinds = (kind for incident in incidents for kind in (*incident.perpetrators_kind, *incident.targets_kind))
    return frozenset(side for side in map(_side, kinds) if side)


def _side(kind: str) -> str:
    return "state" if kind in STATE_SIDE else "armed" if kind in ARMED_SIDE else ""


def _choose(rivals: Sequence[_Rival], rule: Rule) -> _Rival:
    """The rival that the rule chooses; words that give no number ("the wounded") are no rivals of those that do."""
    return _RULES[rule]([rival for rival in rivals if rival.number.best is not None] or rivals)


def _lowest(rivals: Sequence[_Rival]) -> _Rival:
    return min(rivals, key=lambda rival: (rival.number.reading, rival.order))


def _highest(rivals: Sequence[_Rival]) -> _Rival:
    return max(rivals, key=lambda rival: (rival.number.reading, -rival.order))


def _latest(rivals: Sequence[_Rival]) -> _Rival:
    return max(rivals, key=lambda rival: (rival.day, rival.order))


def _most_reported(rivals: Sequence[_Rival]) -> _Rival:
    """The figure that most accounts give; of equally many the lowest."""
    reported = Counter(rival.number.reading for rival in rivals)
    most = max(reported.values())
    return _lowest([rival for rival in rivals if reported[rival.number.reading] == most])


def _ucdp(rivals: Sequence[_Rival]) -> _Rival:
    """Of the most reliable accounts the lowest."""
    trust = min(rival.trust for rival in rivals)
    return _lowest([rival for rival in rivals if rival.trust == trust])


_RULES: Mapping[Rule, Callable[[Sequence[_Rival]], _Rival]] = {
    Rule.CONSERVATIVE: _lowest,
    Rule.HIGHEST: _highest,
    Rule.LATEST: _latest,
    Rule.MOST_REPORTED: _most_reported,
    Rule.GOVERNMENT: _latest,
    Rule.UCDP: _ucdp,
}


def _bounds(number: Number, rivals: Sequence[_Rival]) -> Number:
    """The number with the lowest and the highest that any rival gives."""
    highs = [rival.number.high for rival in rivals]
    high = None if None in highs else max(high for high in highs if high is not None)
    return Number(min(rival.number.low for rival in rivals), number.best, high)


def _by_kind(chosen: _Rival, pieces: _Rival | None, tellers: Sequence[Account]) -> dict[str, int]:
    """The best reading by kind of people, which adds up: what the chosen figure tells itself, filled with the parts
    that `tellers` tell and with what others say of some people, as far as there is room.
    """
    if chosen.number.best is None:
        return {}
    told = {kind: number.best for kind, number in chosen.kinds.items() if kind and number.best}
    fillers: list[Mapping[str, Number]] = [teller.parts for teller in tellers]
    fillers += [pieces.kinds] if pieces else []
    for kind, number in ((kind, number) for filler in fillers for kind, number in filler.items()):
        wider = {**told, kind: max(told.get(kind, 0), number.best or 0)}
        if kind and number.best and sum(wider.values()) <= chosen.number.best:
            told = wider
    rest = chosen.number.best - sum(told.values())
    return {**told, "": rest} if rest else told


def _reason(rule: Rule, chosen: _Rival, rivals: Sequence[_Rival], accounts: Sequence[Account]) -> str:
    if len(rivals) == 1:
        pieces = len(chosen.claims) > 1 and not any(account.claims == chosen.claims for account in accounts)
        return "accounts of different people, put together" if pieces else "the only account"
    numbers = ", ".join(str(rival.number.reading) for rival in rivals)
    return f"{rule.value} of {len(rivals)} accounts: {numbers}"
