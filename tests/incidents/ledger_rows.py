"""Rows of the ledger for tests: what is not named has no value."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import get_origin, get_type_hints

from dateline_incidents.ledger import ClaimRecord, IncidentRecord


@cache
def _blank(kind: type) -> object:
    empty = {str: "", int: 0}
    values = {name: [] if get_origin(hint) is list else empty.get(hint) for name, hint in get_type_hints(kind).items()}
    return kind(**values)


def an_incident(**values: object) -> IncidentRecord:
    """An incident `d#1` of dispatch `d`."""
    return replace(_blank(IncidentRecord), **{"incident": "d#1", "dispatch": "d", "number": 1, **values})  # type: ignore[type-var]


def a_claim(number: int, best: int | None, **values: object) -> ClaimRecord:
    """Claim `number` of incident `d#1`: `best` people killed, a statement of its own by the dispatch itself."""
    incident = str(values.get("incident", "d#1"))
    given = {
        "claim": f"{incident}.{number}",
        "incident": incident,
        "dispatch": incident.split("#")[0],
        "number": number,
        "statement": number,
        "outcome": "killed",
        "figure": "some",
        "part": "whole",
        "qualifier": "exact",
        "low": best or 0,
        "best": best,
        "high": best,
        "published": date(2020, 1, 1),
        **values,
    }
    return replace(_blank(ClaimRecord), **given)  # type: ignore[type-var]
