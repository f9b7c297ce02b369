"""Rows of the ledger for tests: what is not named has no value."""

from dataclasses import fields, replace
from datetime import date

from dateline_infer.ledger import ClaimRecord, IncidentRecord

_EMPTY = {"str": "", "int": 0, "list[str]": (), "list[int]": ()}


def _blank(kind: type) -> object:
    values = {field.name: _EMPTY.get(str(getattr(field.type, "__name__", field.type))) for field in fields(kind)}
    lists = {name: [] for name, value in values.items() if value == ()}
    return kind(**{**values, **lists})


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
        "part": "whole",
        "qualifier": "exact",
        "low": best or 0,
        "best": best,
        "high": best,
        "published": date(2020, 1, 1),
        **values,
    }
    return replace(_blank(ClaimRecord), **given)  # type: ignore[type-var]
