"""The rows of the tables `incidents` and `claims`: flat, typed, each value beside the offsets of its words.

A field is a column. Offsets are code points of the dispatch's text, half-open; lists of one role run in parallel (the
words, where they start, where they end, …), the nearest evidence first. None, or "" in a list, is what nobody told;
gold has no scores.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class IncidentRecord:
    """One event of one dispatch."""

    incident: str
    """The dispatch's id and the number, as `id#1`."""
    dispatch: str
    published: date | None
    number: int
    """From 1, in the order of first mention."""
    kind: str
    status: str
    date_start: date | None
    date_end: date | None
    """The last day that it can mean; None with a start: still going on when told."""
    clock: str | None
    """HH:MM, as the text says it."""
    date_granularity: str
    date_precision: int | None
    """As UCDP's date_prec, 1 to 5."""
    date_words: str | None
    date_words_start: int | None
    date_words_end: int | None
    date_score: float | None
    """That these words are of this event: the less of the span's score and the relation's; so for all roles."""
    date_reason: str
    other_dates: list[str]
    other_dates_start: list[int]
    other_dates_end: list[int]
    other_dates_value: list[str]
    """ISO days, as `2017-07-18/2017-07-20`, open ones as `2017-07-18/..`, unresolved ones empty."""
    place: str | None
    place_start: int | None
    place_end: int | None
    place_score: float | None
    within: list[str]
    """The places that the place lies in, narrowest first."""
    within_start: list[int]
    within_end: list[int]
    other_places: list[str]
    other_places_start: list[int]
    other_places_end: list[int]
    geoname_id: int | None
    geoname: str | None
    country_code: str | None
    """ISO 3166, two letters."""
    country: str | None
    admin1: str | None
    admin2: str | None
    latitude: float | None
    longitude: float | None
    where_precision: int | None
    """As UCDP's where_prec, 1 to 7."""
    where_reason: str
    perpetrators: list[str]
    perpetrators_start: list[int]
    perpetrators_end: list[int]
    perpetrators_key: list[str]
    perpetrators_kind: list[str]
    perpetrators_score: list[float]
    targets: list[str]
    targets_start: list[int]
    targets_end: list[int]
    targets_key: list[str]
    targets_kind: list[str]
    """The kind of actor; `site` for a place that was attacked."""
    targets_score: list[float]
    attribution: str
    """claimed_by, blamed_on or unattributed."""
    attributed_by: list[str]
    """Who claims or blames."""
    attributed_by_start: list[int]
    attributed_by_end: list[int]
    sources: list[str]
    """Whom the report of the event is credited to."""
    sources_start: list[int]
    sources_end: list[int]
    sources_key: list[str]
    sources_kind: list[str]
    sources_score: list[float]
    triggers: list[str]
    triggers_start: list[int]
    triggers_end: list[int]
    claims: int
    """How many rows of `claims` it has."""
    score: float | None
    """The least of its triggers' and its figures'; None for gold."""


@dataclass(frozen=True)
class ClaimRecord:
    """One figure of one outcome, as one source gives it."""

    claim: str
    """The incident and the number, as `id#1.2`."""
    incident: str
    dispatch: str
    published: date | None
    number: int
    """From 1 within the incident, in the order of the text."""
    outcome: str
    low: int
    high: int | None
    """None: open upward."""
    best: int | None
    qualifier: str
    part: str
    """whole, of (part of another figure), more (adds to one) or total (replaces those before)."""
    part_of: str | None
    """The claim that a part belongs to, where the dispatch has it."""
    figure: str
    figure_start: int
    figure_end: int
    statement: int
    """The number of the first figure of its statement: figures of one outcome that a sentence joins add up."""
    people: str
    """The kind of those harmed: state_force, rebel_group, civilians, …; empty where nobody tells."""
    people_group: str
    """The narrower group of that kind: police, military, …; of an unknown kind the noun (`man`, `classmate`). Empty
    where the figure is of all of that kind, or of people at large.
    """
    people_by: str
    """What tells it: side, words (of the figure), carried (from the figure before in its sentence) or nothing."""
    side: str | None
    """Whose people they are, where the text mentions it apart from them."""
    side_start: int | None
    side_end: int | None
    side_key: str | None
    side_kind: str | None
    source: str | None
    source_start: int | None
    source_end: int | None
    source_key: str | None
    source_kind: str | None
    source_by: str
    """Whose source it is: figure (its own), report (the event's) or nothing (the dispatch says so itself)."""
    other_sides: list[str]
    other_sides_start: list[int]
    other_sides_end: list[int]
    other_sources: list[str]
    other_sources_start: list[int]
    other_sources_end: list[int]
    trigger: str
    """The mention of the event that it is tied to."""
    trigger_start: int
    trigger_end: int
    score: float | None
    """The figure's; None for gold, and so below."""
    outcome_score: float | None
    tie_score: float | None
    """That the figure belongs to the event."""
    side_score: float | None
    source_score: float | None

    @property
    def ends_in_capital(self) -> bool:
        """Whether the figure's last word is written large, as a name is; white space alone has none."""
        return (self.figure.split() or [""])[-1][:1].isupper()
