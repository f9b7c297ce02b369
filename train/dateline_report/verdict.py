"""A comparison → whether the model lost more than is allowed, for `--fail-if-worse` in continuous integration.

Two figures decide, micro F1 of spans (exact) and of relations (strict): the others are kinds of these, or rest on too
few. The loss itself decides, not its interval: half a point on a small test split is less than chance moves it by, so
the interval is said with it and whoever sets the bound can choose it with that in mind.
"""

from collections.abc import Mapping
from typing import Any

from dateline_labels import InputError, Place, WorseModelError

from .comparing import RELATIONS, SPANS

DECISIVE = (SPANS, RELATIONS)


def check_points(points: float | None, other: object, resamples: int = 1) -> None:
    """Raises InputError where the bound cannot be one, or there is nothing to compare with or no resample to do it."""
    place = Place("--fail-if-worse")
    if points is not None and other is None:
        raise InputError(place, "compare", "expected --compare with the model that it is compared with, got none")
    if other is not None and resamples < 1:
        raise InputError(Place("--resamples"), "resamples", "expected 1 or more to compare with another model, got 0")
    if points is not None and not 0 <= points <= 100:
        raise InputError(place, "points", f"expected points of F1 from 0 to 100, got {points}")


def verdict(comparison: Mapping[str, Any], points: float) -> dict[str, Any]:
    """Whether a decisive figure fell by more than so many points: `failed`, the rows that did, and a sentence."""
    decisive = _decisive(comparison)
    worse = [row for row in decisive if row["difference"] < -points]
    what = "; ".join(map(_told, worse or decisive))
    bound = f"{'more than' if worse else 'none by more than'} the {points:g} points allowed"
    return {
        "points": points,
        "failed": bool(worse),
        "worse": [row["key"] for row in worse],
        "sentence": f"{'Worse' if worse else 'Not worse'}: {what}, {bound}.",
    }


def told(comparison: Mapping[str, Any]) -> str:
    """What the comparison came to, in a line: the verdict where one was asked for, else what either figure moved by."""
    if comparison["verdict"]:
        return str(comparison["verdict"]["sentence"])
    return f"Against the other: {'; '.join(map(_told, _decisive(comparison)))}."


def check_verdict(found: Mapping[str, Any]) -> None:
    """Raises WorseModelError (exit code 6) where the verdict is that the model failed; to be called when all is
    written.
    """
    if found["failed"]:
        raise WorseModelError(found["sentence"])


def _decisive(comparison: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [row for row in comparison["headline"] if row["key"] in DECISIVE]


def _told(row: Mapping[str, Any]) -> str:
    interval = f"95 % interval {row['low']:+.2f} to {row['high']:+.2f}"
    return (
        f"{row['title'].lower()} {row['difference']:+.2f} points ({row['other']:.2f} → {row['value']:.2f}, {interval})"
    )
