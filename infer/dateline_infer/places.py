"""The places of an event → one place of the gazetteer, or none, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from dateline_labels import Dispatch, Span

from .gazetteer import Gazetteer
from .incidents import Graph


@dataclass(frozen=True)
class Where:
    """A place of the gazetteer: its id and name there, ISO country, names of the first and second administrative level,
    degrees, UCDP's where_prec, and why this one, or why none.
    """

    reason: str
    geoname_id: int | None = None
    geoname: str | None = None
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    precision: int | None = None


class Locator:
    """Finds the places of one dispatch."""

    def __init__(self, dispatch: Dispatch, graph: Graph, gazetteer: Gazetteer | None) -> None:
        self._dispatch, self._graph, self._gazetteer = dispatch, graph, gazetteer

    def locate(self, places: Sequence[Span]) -> Where:
        """Where the event was whose places these are, the nearest first."""
        if not places:
            return Where("no place is told")
        if self._gazetteer is None:
            return Where("no gazetteer was given")
        raise NotImplementedError
