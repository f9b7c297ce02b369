"""The index of a GeoNames dump, asked by name."""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from dateline_labels import InputError
from dateline_labels import Place as FilePlace

from .gazetteer_index import index_of, name_key

_MOST: Final = 200
"""Places of one name that are looked at, those with most people first; the index of the whole world has more "San Jose"
than a dispatch can mean.
"""
_REMEMBERED: Final = 50_000
_QUERY: Final = (
    "SELECT p.id, p.name, p.latitude, p.longitude, p.class, p.code, p.country, p.admin1, p.admin2, p.population "
    "FROM names n JOIN places p ON p.id = n.id WHERE n.name = ? ORDER BY p.population DESC, p.id LIMIT ?"
)


@dataclass(frozen=True)
class GazetteerPlace:
    """A place of GeoNames: degrees, feature class and code, ISO country, codes of the administrative levels."""

    id: int
    name: str
    latitude: float
    longitude: float
    feature_class: str
    feature_code: str
    country: str
    admin1: str
    admin2: str
    population: int

    @property
    def is_country(self) -> bool:
        """Whether it is a country or the like."""
        return self.feature_code.startswith("PCL")

    def lies_in(self, outer: "GazetteerPlace") -> bool:
        """Whether the codes of the levels put it into `outer`."""
        if self.country != outer.country or self.id == outer.id:
            return False
        if outer.is_country:
            return True
        if self.admin1 != outer.admin1 or not outer.admin1 or self.feature_code == "ADM1":
            return False
        if outer.feature_code == "ADM1":
            return True
        return not outer.admin2 or not self.admin2 or self.admin2 == outer.admin2


class Gazetteer:
    """Places by name."""

    def __init__(self, index: Path) -> None:
        self.index = index
        # nothing is written, and SQLite itself lets several threads read
        self._database = sqlite3.connect(
            f"{index.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._called = lru_cache(maxsize=_REMEMBERED)(self._look_up)
        self._level = lru_cache(maxsize=_REMEMBERED)(self._look_up_level)

    @staticmethod
    def open(dump: Path, folder: Path | None = None) -> "Gazetteer":
        """The gazetteer of a GeoNames dump, indexed where it is not yet; see `gazetteer_index.index_of`.

        Raises InputError where the dump or its index is not as it should be.
        """
        index = index_of(dump, folder)
        try:
            gazetteer = Gazetteer(index)
            gazetteer.called("x")
        except sqlite3.DatabaseError as error:
            raise InputError(FilePlace(str(index)), "index", f"{error}; delete it, and it is made again") from None
        return gazetteer

    def called(self, name: str) -> tuple[GazetteerPlace, ...]:
        """The places that go by a name, those with most people first."""
        return self._called(name_key(name))

    def country(self, place: GazetteerPlace) -> str | None:
        """The name of its country."""
        return self._level(place.country)

    def admin1(self, place: GazetteerPlace) -> str | None:
        """The name of the first administrative level that it lies in."""
        return self._level(f"{place.country}.{place.admin1}") if place.admin1 else None

    def admin2(self, place: GazetteerPlace) -> str | None:
        """The name of the second administrative level that it lies in."""
        return self._level(f"{place.country}.{place.admin1}.{place.admin2}") if place.admin2 else None

    def _look_up(self, key: str) -> tuple[GazetteerPlace, ...]:
        return tuple(GazetteerPlace(*row) for row in self._database.execute(_QUERY, (key, _MOST)))

    def _look_up_level(self, code: str) -> str | None:
        row = self._database.execute("SELECT name FROM levels WHERE code = ?", (code,)).fetchone()
        return row[0] if row else None
