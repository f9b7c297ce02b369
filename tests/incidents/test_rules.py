"""What holds of rival figures under each rule, told by hand from docs/incidents.md."""

from datetime import date

import pytest
from dateline_incidents.incident_choices import Rule
from dateline_incidents.ledger import ClaimRecord
from dateline_incidents.numbers import Number
from dateline_incidents.rules import Decision, decide
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_rows import a_claim, an_incident

POLICE = {"source_key": "police", "source_kind": "state_force"}
REBELS = {"source_key": "rebels", "source_kind": "rebel_group"}
MEDICS = {"source_key": "hospital", "source_kind": "civilians"}
SOLDIERS = {"people": "state_force", "people_group": "military"}
OFFICERS = {"people": "state_force", "people_group": "police"}
FORCES = {"people": "state_force"}
VILLAGERS = {"people": "civilians"}
FIGHT = an_incident(perpetrators_kind=["rebel_group"], targets_kind=["state_force"])


def decided(claims: list[ClaimRecord], rule: Rule = Rule.CONSERVATIVE, outcome: str = "killed") -> Decision:
    return decide([FIGHT], claims, outcome, rule)


def best(claims: list[ClaimRecord], rule: Rule = Rule.CONSERVATIVE) -> int | None:
    number = decided(claims, rule).number
    return number.best if number else None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule.CONSERVATIVE, 10),
        (Rule.HIGHEST, 20),
        (Rule.LATEST, 15),
        (Rule.MOST_REPORTED, 12),
        (Rule.GOVERNMENT, 10),
        (Rule.UCDP, 12),
    ],
)
def test_each_rule_chooses_its_own_of_rival_figures(rule: Rule, expected: int) -> None:
    claims = [
        a_claim(1, 12),
        a_claim(2, 10, **POLICE),
        a_claim(3, 20, **REBELS),
        a_claim(4, 12, **MEDICS),
        a_claim(5, 15, source_key="mayor of Kidal", source_kind="civilians"),
    ]
    assert best(claims, rule) == expected


def test_ucdp_gives_the_bounds_of_all_accounts() -> None:
    claims = [a_claim(1, 12), a_claim(2, 20, **REBELS, high=None), a_claim(3, 10, **MEDICS)]
    assert decided(claims, Rule.UCDP).number == Number(10, 10, None)


def test_a_side_is_believed_of_its_own_losses_alone() -> None:
    own = [a_claim(1, 7, **POLICE, **OFFICERS), a_claim(2, 3, **REBELS, **OFFICERS)]
    assert best(own, Rule.UCDP) == 7


def test_without_a_state_source_the_government_rule_gives_no_number() -> None:
    decision = decided([a_claim(1, 12), a_claim(2, 20, **REBELS)], Rule.GOVERNMENT)
    assert (decision.number, decision.claims) == (None, ())
    assert "no account" in decision.reason


def test_what_a_statement_joins_adds_up() -> None:
    claims = [a_claim(1, 2, **SOLDIERS), a_claim(2, 1, statement=1, **VILLAGERS)]
    decision = decided(claims)
    assert decision.number == Number(3, 3, 3)
    assert decision.sides == {"state_force": 2, "civilians": 1}


def test_what_is_said_again_does_not_add_up() -> None:
    assert best([a_claim(1, 6, **OFFICERS), a_claim(2, 6, **OFFICERS)]) == 6
    assert best([a_claim(1, 12), a_claim(2, 7, **SOLDIERS), a_claim(3, 5, **VILLAGERS)]) == 12
    assert best([a_claim(1, 8, **FORCES), a_claim(2, 5, **OFFICERS), a_claim(3, 2, **SOLDIERS)]) == 8


def test_people_of_different_kinds_add_up_where_nobody_tells_the_whole() -> None:
    claims = [a_claim(1, 7, **SOLDIERS), a_claim(2, 5, **VILLAGERS), a_claim(3, 4, **OFFICERS)]
    decision = decided(claims)
    assert decision.number == Number(16, 16, 16)
    assert decision.sides == {"state_force": 11, "civilians": 5}


def test_sources_that_speak_of_different_people_are_put_together() -> None:
    claims = [
        a_claim(1, 50, people="rebel_group", **POLICE),
        a_claim(2, 20, **FORCES, **POLICE),
        a_claim(3, None, **FORCES, **REBELS, low=11),
    ]
    assert decided(claims, Rule.HIGHEST).sides == {"rebel_group": 50, "state_force": 20}
    assert decided(claims, Rule.CONSERVATIVE).number == Number(70, 70, 70)  # "some of the forces" is no rival of 20
    assert decided([claims[0], claims[2]], Rule.CONSERVATIVE).number == Number(61, 61, None)


def test_a_figure_of_some_people_is_part_of_a_larger_figure_of_all() -> None:
    claims = [a_claim(1, 12), a_claim(2, 7, **SOLDIERS, **POLICE)]
    for rule in (Rule.CONSERVATIVE, Rule.HIGHEST, Rule.LATEST, Rule.UCDP):
        assert decided(claims, rule).sides == {"state_force": 7, "": 5}
    larger = [a_claim(1, 5), a_claim(2, 7, **SOLDIERS, **POLICE)]
    assert best(larger, Rule.HIGHEST) == 7
    assert best(larger, Rule.CONSERVATIVE) == 5


def test_parts_never_add_and_tell_the_sides() -> None:
    claims = [a_claim(1, 12), a_claim(2, 3, part="of", part_of="d#1.1", people="civilians", people_group="children")]
    decision = decided(claims)
    assert decision.number == Number(12, 12, 12)
    assert decision.sides == {"civilians": 3, "": 9}
    too_many = [a_claim(1, 2), a_claim(2, 3, part="of", part_of="d#1.1", **VILLAGERS)]
    assert decided(too_many).sides == {"": 2}


def test_a_source_that_tells_only_a_part_of_anothers_figure_gives_none_of_its_own() -> None:
    claims = [a_claim(1, 12), a_claim(2, 3, part="of", part_of="d#1.1", **VILLAGERS, **POLICE)]
    for rule in (Rule.CONSERVATIVE, Rule.LATEST, Rule.HIGHEST):
        assert decided(claims, rule).sides == {"civilians": 3, "": 9}
    assert decided(claims, Rule.GOVERNMENT).number is None


def test_a_part_whose_whole_nobody_gives_counts_itself() -> None:
    assert best([a_claim(1, 3, part="of", **VILLAGERS)]) == 3


def test_more_adds_and_a_total_takes_the_place_of_all_before() -> None:
    more = [a_claim(1, 5, **SOLDIERS), a_claim(2, 4, part="more")]
    assert best(more) == 9
    assert best([*more, a_claim(3, 7, part="total")]) == 7
    assert best([*more, a_claim(3, 7, part="total"), a_claim(4, 2, part="more")]) == 9
    assert best([a_claim(1, 4, part="more")]) == 4


def test_more_of_another_source_adds_to_what_was_said_before_it() -> None:
    claims = [a_claim(1, 39, **REBELS), a_claim(2, 2, part="more", **MEDICS), a_claim(3, 60, **POLICE)]
    assert best(claims, Rule.CONSERVATIVE) == 41
    assert best(claims, Rule.HIGHEST) == 60


def test_parts_of_nobodys_whole_are_not_added_to_each_other() -> None:
    men = [a_claim(1, 24, part="of"), a_claim(2, 15, part="of", statement=1), a_claim(3, 9, part="of", statement=1)]
    assert best(men) == 24


def test_particular_people_of_an_unknown_kind_are_no_rivals_of_people_at_large() -> None:
    claims = [a_claim(1, 23), a_claim(2, 2, people_group="classmate", **MEDICS)]
    assert best(claims, Rule.CONSERVATIVE) == best(claims, Rule.HIGHEST) == 23
    alone = [a_claim(1, 2, people_group="classmate"), a_claim(2, 3, people_group="man")]
    assert best(alone) == 5


def test_a_person_by_name_is_among_those_told_of() -> None:
    named = {"figure": "Amina Yusuf", "people_group": "yusuf"}
    assert best([a_claim(1, 1, **VILLAGERS), a_claim(2, 1, **named)]) == 1
    assert best([a_claim(1, 1, **named), a_claim(2, 1, figure="Ali Khan", people_group="khan")]) == 2
    assert best([a_claim(1, 1, **named), a_claim(2, 1, **named, **MEDICS)]) == 1


def test_a_figure_broken_down_in_its_statement_is_not_added_to_its_pieces() -> None:
    claims = [a_claim(1, 7), a_claim(2, 5, statement=1), a_claim(3, 2, statement=1)]
    assert best(claims) == 7


def test_a_source_is_taken_at_its_newest_word() -> None:
    claims = [
        a_claim(1, 5, **POLICE),
        a_claim(1, 9, incident="e#1", published=date(2020, 1, 2), **POLICE),
        a_claim(1, 2, incident="f#1", published=date(2020, 1, 3), part="more", **POLICE),
    ]
    assert best(claims, Rule.HIGHEST) == 11
    assert best(claims[:2], Rule.CONSERVATIVE) == 9


def test_two_dispatches_that_both_tell_of_another_four_tell_of_the_same() -> None:
    claims = [
        a_claim(1, 5, **POLICE),
        a_claim(2, 4, part="more", **POLICE),
        a_claim(1, 4, incident="e#1", published=date(2020, 1, 2), part="more", **POLICE),
    ]
    assert best(claims) == 9


def test_nobody_killed_or_injured_is_nobody_of_either() -> None:
    none = [a_claim(1, 0, outcome="killed_or_injured", qualifier="none")]
    assert decided(none).number == Number(0, 0, 0)
    assert decided(none, outcome="injured").number == Number(0, 0, 0)
    assert decided([a_claim(1, 9, outcome="killed_or_injured")]).number is None


claim_lists = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 40)),
        st.sampled_from(({}, SOLDIERS, OFFICERS, FORCES, VILLAGERS, {"people_group": "man"})),
        st.sampled_from(({}, POLICE, REBELS, MEDICS)),
        st.sampled_from(("whole", "of", "more", "total")),
        st.integers(1, 3),
        st.sampled_from((None, "d#1.1")),
    ),
    min_size=1,
    max_size=8,
).map(
    lambda rows: [
        a_claim(n, number, **people, **source, part=part, part_of=whole, statement=min(n, statement))
        for n, (number, people, source, part, statement, whole) in enumerate(rows, start=1)
    ]
)


@settings(max_examples=150, deadline=None)
@given(claim_lists, st.sampled_from([rule for rule in Rule if rule is not Rule.GOVERNMENT]))
def test_the_sides_add_up_and_the_bounds_hold(claims: list[ClaimRecord], rule: Rule) -> None:
    decision = decided(claims, rule)
    number = decision.number
    if number is None:  # all are parts of what somebody else says
        assert all(claim.part == "of" and claim.part_of for claim in claims)
        return
    assert set(decision.claims) <= {claim.claim for claim in claims}
    assert decision.claims
    if number.best is not None:
        assert sum(decision.sides.values()) == number.best
        assert all(best > 0 for best in decision.sides.values())
        assert number.low <= number.best
        assert number.high is None or number.best <= number.high
    assert number.high is None or number.low <= number.high


@settings(max_examples=80, deadline=None)
@given(claim_lists)
def test_the_conservative_figure_is_never_above_the_highest(claims: list[ClaimRecord]) -> None:
    low, high = decided(claims, Rule.CONSERVATIVE).number, decided(claims, Rule.HIGHEST).number
    assert (low is None) == (high is None)
    assert low is None or high is None or low.reading <= high.reading
