"""The nouns that names of places come with → the features of GeoNames that they can mean.

Feature classes and codes: https://www.geonames.org/export/codes.html
"""

from collections.abc import Callable, Mapping
from typing import Final

from .gazetteer import GazetteerPlace


def _second_level(place: GazetteerPlace) -> bool:
    return place.feature_class == "A" and place.feature_code not in ("ADM1", "PCLI")


def _first_level(place: GazetteerPlace) -> bool:
    return place.feature_code in ("ADM1", "ADM2", "ADM1H", "RGN", "PCLI")


def _settlement(place: GazetteerPlace) -> bool:
    return place.feature_class == "P" or place.feature_code in ("CMP", "CMPRF")


def _of(*classes: str) -> Callable[[GazetteerPlace], bool]:
    return lambda place: place.feature_class in classes


_NOUNS = {
    "district county cercle municipality woreda tehsil subdistrict commune": _second_level,
    "province provinces governorate region state department oblast prefecture republic": _first_level,
    "village town city hamlet settlement neighborhood neighbourhood camp suburb": _settlement,
    "river lake sea gulf strait bay dam canal": _of("H"),
    "mountain mountains hill hills valley pass island": _of("T"),
    "highway road railway street": _of("R"),
    "airport airfield airbase base hospital prison university mosque church": _of("S"),
    "forest desert park": _of("V", "L", "T"),
}
FITS: Final[Mapping[str, Callable[[GazetteerPlace], bool]]] = {
    noun: fits for nouns, fits in _NOUNS.items() for noun in nouns.split()
}
"""Whether a place can be what the noun says."""
