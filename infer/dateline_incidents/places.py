"""The places of an event → one place of the gazetteer, or none, with the reason.

Of the places that go by the name, those in which the text's chain ("Gereshk district" of "Helmand province") does not
put it fall away; then those of the type that the noun tells ("district", "village of") come before others, those of the
country that the dispatch speaks of before others, and those with more people before others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dateline_labels import Dispatch, Span

from .gazetteer import Gazetteer, GazetteerPlace
from .gazetteer_index import name_key
from .incidents import ROLES, Graph
from .place_types import FITS

EXACT, NEAR, SECOND_LEVEL, FIRST_LEVEL, LINE_OR_AREA, COUNTRY, SEA_OR_AIR = range(1, 8)
"""UCDP's where_prec."""

_DATELINE_WITHIN = 40
_NEAR = re.compile(
    r"\b(?:near|outside|close to|not far from|around|off"
    r"|[0-9]+ ?(?:km|kilomet\w+|miles?) \S+(?: \S+)? of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
_SEAS = frozenset({"SEA", "OCN", "GULF", "STRT", "BAY", "CHN"})


@dataclass(frozen=True)
class Where:
    """A place of the gazetteer: its id and name there, ISO code and name of the country, names of the first and second
    administrative level, degrees, UCDP's where_prec, and why this one, or why none.
    """

    reason: str
    geoname_id: int | None = None
    geoname: str | None = None
    country_code: str | None = None
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision: int | None = None


@dataclass(frozen=True)
class _Named:
    """The words of a place: as they are, without the noun of their type, and that noun."""

    words: str
    bare: str
    type_noun: str


class Locator:
    """Finds the places of one dispatch; without a gazetteer, none."""

    def __init__(self, dispatch: Dispatch, graph: Graph, gazetteer: Gazetteer | None) -> None:
        self._finder = _Finder(dispatch, graph, gazetteer) if gazetteer else None

    def locate(self, places: Sequence[Span]) -> Where:
        """Where the event was whose places these are, the nearest first: the first that the gazetteer has, else the
        narrowest of those that one of them lies in.
        """
        if not places:
            return Where("no place is told")
        return self._finder.locate(places) if self._finder else Where("no gazetteer was given")


class _Finder:
    """Finds places in a gazetteer."""

    def __init__(self, dispatch: Dispatch, graph: Graph, gazetteer: Gazetteer) -> None:
        self._dispatch, self._graph, self._gazetteer = dispatch, graph, gazetteer
        self._home = _home(dispatch, gazetteer)

    def locate(self, places: Sequence[Span]) -> Where:
        """Where the event was whose places these are."""
        unknown = []
        for place in places:
            found, reason = self._choose(place, self._graph.outer(place))
            if found:
                return self._where(found, self._precision(place, found), reason)
            unknown.append(reason)
        for place in places:
            outer = self._graph.outer(place)
            for step, around in enumerate(outer, start=1):
                found, reason = self._choose(around, outer[step:])
                if found:
                    precision = max(NEAR, self._precision(around, found))
                    return self._where(found, precision, f"{unknown[0]}; {reason}, which it lies in")
        return Where("; ".join(dict.fromkeys(unknown)))

    def _choose(self, place: Span, outer: Sequence[Span]) -> tuple[GazetteerPlace | None, str]:
        """The place of the gazetteer that the words mean, or None, and why."""
        named = _named(self._dispatch.words(place))
        candidates = self._gazetteer.called(named.words) or self._gazetteer.called(named.bare)
        if not candidates:
            return None, f"the gazetteer has no “{' '.join(named.words.split())}”"
        within, chain = self._within(candidates, outer)
        if not within:
            return None, f"no “{named.bare}” of the gazetteer lies in {chain}"
        return self._best(within, named, f" in {chain}" if chain else "")

    def _within(
        self, candidates: Sequence[GazetteerPlace], outer: Sequence[Span]
    ) -> tuple[Sequence[GazetteerPlace], str]:
        """The candidates that lie in the places around, as far as the gazetteer knows those, and their names."""
        chain = []
        for span in outer:
            named = _named(self._dispatch.words(span))
            called = self._gazetteer.called(named.words) or self._gazetteer.called(named.bare)
            around = [place for place in called if place.feature_class == "A"] or list(called)
            if not around:
                continue
            inside = [c for c in candidates if any(c.lies_in(each) for each in around)]
            chain.append(named.bare)
            candidates = inside
            if not inside:
                break
        return candidates, " and ".join(chain)

    def _best(self, candidates: Sequence[GazetteerPlace], named: _Named, chain: str) -> tuple[GazetteerPlace, str]:
        """The candidate that fits best, and why: type, country, people."""
        # a dateline does not tell its own country
        home = self._home[0] if self._home and self._home[1] != named.bare else None

        def fit(place: GazetteerPlace) -> tuple[bool, int, bool]:
            kind = _fit(place, named.type_noun)
            return place.country == home and kind > 0, kind, place.country == home

        best = max(candidates, key=lambda place: (*fit(place), place.population, -place.id))
        why, others = [f"“{named.bare}”{chain}"], list(candidates)
        for step, words in ((0, "in the country that the dispatch tells of"), (1, _kind_words(named.type_noun))):
            alike = [place for place in others if fit(place)[step] == fit(best)[step]]
            if fit(best)[step] and len(alike) < len(others):
                why.append(words)
            others = alike
        if len(others) > 1:
            why.append(f"of {len(others)} the one with most people")
        return best, ", ".join(why)

    def _precision(self, place: Span, found: GazetteerPlace) -> int:
        """UCDP's where_prec of a place that the text names with these words."""
        text = self._dispatch.text
        kind = _precision(found)
        if kind == EXACT and _BETWEEN.search(text, max(0, place.start - 20), place.start):
            return LINE_OR_AREA
        if kind == EXACT and _NEAR.search(text, max(0, place.start - 40), place.start):
            return NEAR
        return kind

    def _where(self, place: GazetteerPlace, precision: int, reason: str) -> Where:
        return Where(
            reason=reason,
            geoname_id=place.id,
            geoname=place.name,
            country_code=place.country or None,
            country=self._gazetteer.country(place),
            admin1=self._gazetteer.admin1(place),
            admin2=self._gazetteer.admin2(place),
            latitude=place.latitude,
            longitude=place.longitude,
            precision=precision,
        )


def _precision(place: GazetteerPlace) -> int:
    if place.is_country:
        return COUNTRY
    if place.feature_class == "A":
        return FIRST_LEVEL if place.feature_code in ("ADM1", "ADM1H") else SECOND_LEVEL
    if place.feature_code in _SEAS:
        return SEA_OR_AIR
    return EXACT if place.feature_class in ("P", "S") else LINE_OR_AREA


def _fit(place: GazetteerPlace, type_noun: str) -> int:
    """How well a place fits the noun of its type; a bare name means a country before a town before a unit around it."""
    if type_noun:
        return int(FITS[type_noun](place))
    return 3 if place.is_country else {"P": 2, "A": 1}.get(place.feature_class, 0)


def _kind_words(type_noun: str) -> str:
    return f"a {type_noun}" if type_noun else "a country or town before what lies around it"


def _named(words: str) -> _Named:
    """The words taken apart: "Gereshk district", "village of Bourasso", "Lake Chad"."""
    parts = name_key(words).split()
    if len(parts) > 2 and parts[0] in FITS and parts[1] == "of":
        return _Named(words, " ".join(parts[2:]), parts[0])
    if len(parts) > 1 and parts[-1] in FITS:
        return _Named(words, " ".join(parts[:-1]), parts[-1])
    return _Named(words, " ".join(parts), parts[0] if len(parts) > 1 and parts[0] in FITS else "")


def _home(dispatch: Dispatch, gazetteer: Gazetteer) -> tuple[str, str] | None:
    """The code of the country that a dispatch tells of, and the name that tells it: the first country that it names as
    a place, else the place of its dateline.
    """
    spans = sorted((span for span in dispatch.spans if span.label == ROLES.place_span), key=lambda span: span.start)
    for span in spans:
        country = next((p.country for p in gazetteer.called(dispatch.words(span)) if p.is_country), None)
        if country:
            return country, name_key(dispatch.words(span))
    if spans and spans[0].start <= _DATELINE_WITHIN:
        places = gazetteer.called(dispatch.words(spans[0]))
        return (places[0].country, name_key(dispatch.words(spans[0]))) if places else None
    return None
