"""Incidents of many dispatches that tell of one event: found, explained, and never by force."""

from datetime import date, timedelta

import pytest
from dateline_incidents.event_tables import events_of, sums, total_records
from dateline_incidents.incident_choices import Rule
from dateline_incidents.ledger import IncidentRecord
from dateline_incidents.merging import Merging, merge
from dateline_labels import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_rows import a_claim, an_incident

DAY = date(2017, 7, 20)


def told(dispatch: str, number: int = 1, **values: object) -> IncidentRecord:
    """A bombing in Gereshk on the day, by the Taliban, as `dispatch` tells it."""
    given = {
        "published": DAY,
        "kind": "bombing",
        "status": "occurred",
        "date_start": DAY,
        "date_end": DAY,
        "date_precision": 1,
        "place": "Gereshk district",
        "within": ["Helmand province"],
        "perpetrators_key": ["Taliban"],
        "perpetrators_kind": ["rebel_group"],
        **values,
    }
    return an_incident(incident=f"{dispatch}#{number}", dispatch=dispatch, number=number, **given)


def groups(*incidents: IncidentRecord, merging: Merging | None = None) -> list[list[str]]:
    return [[i.incident for i in group.incidents] for group in merge(incidents, merging or Merging())]


def test_reports_of_one_event_are_one_and_say_why() -> None:
    (group,) = merge([told("a"), told("b", place="Gereshk", kind="suicide_bombing")], Merging())
    (match,) = group.matches
    assert (match.one, match.other, match.date, match.place, match.kind, match.actors) == (
        "a#1",
        "b#1",
        1,
        1,
        0.5,
        0.75,
    )
    assert match.score == pytest.approx(0.3 + 0.4 + 0.15 * 0.5 + 0.15 * 0.75)
    assert match.why == "the same day; both at gereshk; both tell of Taliban"


@pytest.mark.parametrize(
    "change",
    [
        {"date_start": DAY + timedelta(days=3), "date_end": DAY + timedelta(days=3)},
        {"place": "Sangin district"},
        {"within": ["Kunduz province"]},
        {"place": None, "within": []},
        {"status": "threatened"},
        {"kind": "abduction", "perpetrators_key": ["bandit"], "perpetrators_kind": ["criminal_group"]},
        {"date_start": None, "date_end": None, "published": None},
    ],
)
def test_what_differs_stays_apart(change: dict[str, object]) -> None:
    assert groups(told("a"), told("b", **change)) == [["a#1"], ["b#1"]]


@pytest.mark.parametrize(
    "change",
    [
        {"date_start": DAY + timedelta(days=1), "date_end": DAY + timedelta(days=1)},
        {"date_start": DAY - timedelta(days=6), "date_end": DAY + timedelta(days=1), "date_precision": 3},
        {"date_start": None, "date_end": None},
        {"perpetrators_key": ["gunman"], "perpetrators_kind": ["unidentified"]},
        {"place": "Helmand", "within": []},
        {"kind": "other"},
    ],
)
def test_what_is_told_less_well_still_merges(change: dict[str, object]) -> None:
    assert groups(told("a"), told("b", **change)) == [["a#1", "b#1"]]


def test_two_incidents_of_one_dispatch_never_merge_even_by_way_of_a_third() -> None:
    assert groups(told("a"), told("a", 2)) == [["a#1"], ["a#2"]]
    assert sorted(map(len, groups(told("a"), told("a", 2), told("b")))) == [1, 2]


def test_reports_do_not_drift_from_day_to_day() -> None:
    days = [DAY + timedelta(days=n) for n in range(4)]
    found = groups(*(told(f"d{n}", date_start=day, date_end=day) for n, day in enumerate(days)))
    assert sorted(map(len, found)) == [2, 2]


def test_coordinates_bring_names_together_and_keep_namesakes_apart() -> None:
    def at(latitude: float, number: int) -> dict[str, object]:
        return {
            "geoname_id": number,
            "geoname": f"G{number}",
            "latitude": latitude,
            "longitude": 64.5,
            "where_precision": 1,
        }

    assert groups(told("a", **at(31.8, 1)), told("b", **at(31.8, 1))) == [["a#1", "b#1"]]
    assert groups(told("a", **at(31.8, 1)), told("b", **at(36.1, 2))) == [["a#1"], ["b#1"]]


def test_the_threshold_and_the_weights_are_the_users() -> None:
    pair = (told("a"), told("b", kind="shelling"))
    assert groups(*pair, merging=Merging(threshold=0.9)) == [["a#1"], ["b#1"]]
    assert groups(*pair, merging=Merging(threshold=0.9, kind=0.0)) == [["a#1", "b#1"]]
    with pytest.raises(InputError):
        Merging(date=-1)


def test_figures_change_over_time_as_claims_by_date() -> None:
    incidents = [told("a"), told("b", published=DAY + timedelta(days=1))]
    claims = [a_claim(1, 6, incident="a#1", published=DAY), a_claim(1, 9, incident="b#1", published=DAY + timedelta(1))]
    (event,) = events_of(merge(incidents, Merging()), claims, Rule.LATEST)
    assert event.id == "a#1"
    rows = {row.rule: (row.best, row.claims) for row in total_records([event], list(Rule))}
    assert rows["conservative"] == (6, ["a#1.1"])
    assert rows["latest"] == rows["highest"] == (9, ["b#1.1"])
    assert rows["government"] == (None, [])
    table = {row.rule: (row.events, row.best) for row in sums(total_records([event], list(Rule)))}
    assert (table["conservative"], table["government"]) == ((1, 6), (0, 0))


def test_the_victims_of_a_threat_are_in_no_total() -> None:
    threat = told("a", status="threatened")
    events = events_of(merge([threat], Merging()), [a_claim(1, 6, incident="a#1")], Rule.LATEST)
    assert list(total_records(events, list(Rule))) == []


incident_lists = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.integers(0, 4),
        st.sampled_from(("Gereshk", "Sangin", "Helmand")),
        st.sampled_from(("bombing", "other", "armed_clash")),
    ),
    max_size=10,
).map(
    lambda rows: [
        told(d, n, date_start=DAY + timedelta(days), date_end=DAY + timedelta(days), place=place, kind=kind)
        for n, (d, days, place, kind) in enumerate(rows, start=1)
    ]
)


@settings(max_examples=60, deadline=None)
@given(incident_lists, st.integers(0, 2))
def test_each_incident_is_in_one_event_with_no_other_of_its_dispatch(
    incidents: list[IncidentRecord], days: int
) -> None:
    found = merge(incidents, Merging(days=days))
    members = [incident.incident for group in found for incident in group.incidents]
    assert sorted(members) == sorted(incident.incident for incident in incidents)
    for group in found:
        dispatches = [incident.dispatch for incident in group.incidents]
        assert len(dispatches) == len(set(dispatches))
        starts = [incident.date_start for incident in group.incidents if incident.date_start]
        assert (max(starts) - min(starts)).days <= days
        assert (len(group.matches) > 0) == (len(group.incidents) > 1)
        assert all(match.score >= Merging().threshold for match in group.matches)


@pytest.mark.slow
def test_a_hundred_thousand_incidents_are_merged() -> None:
    incidents = [
        told(
            f"d{n}", place=f"Town {n // 2 % 5_000}", date_start=(day := DAY + timedelta(n // 100 % 1_000)), date_end=day
        )
        for n in range(100_000)
    ]
    assert sum(len(group.incidents) for group in merge(incidents, Merging())) == 100_000


def test_a_window_may_reach_past_the_calendar() -> None:
    assert groups(told("a"), told("b"), merging=Merging(days=10_000_000)) == [["a#1", "b#1"]]
