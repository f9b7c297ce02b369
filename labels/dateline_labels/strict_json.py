"""JSON as it is taken from others: what other readers let pass or settle in silence is refused."""

import json
import math
from functools import cache
from typing import Any

from .errors import InputError, Place
from .faults import field_path
from .surrogates import SURROGATE


def read_json(line: str, place: Place) -> object:
    """Strict JSON: doubled keys, NaN and infinities, hostile depth and hostile integers are refused.

    The fault of a whole file, a place without a line, is told with its line.
    """
    try:
        return json.loads(line, **_STRICT)
    except json.JSONDecodeError as error:
        where = place if place.line else place.at(error.lineno)
        raise InputError(where, "json", f"{error.msg.removesuffix(' at')} at column {error.colno}") from None
    except ValueError as error:
        raise InputError(place, "json", str(error)) from None
    except RecursionError:
        raise InputError(place, "json", "nested too deep") from None


@cache
def strict_decoder() -> json.JSONDecoder:
    """The decoder behind `read_json`; it raises ValueError or RecursionError."""
    return json.JSONDecoder(**_STRICT)


def check_surrogates(plain: object, place: Place, name: str = "") -> None:
    """Raise InputError where half of a surrogate pair stands alone in a key or a value; `name` leads to `plain`."""
    surrogate = _lone_surrogate(plain)
    if surrogate:
        path = (name, *surrogate[0]) if name else surrogate[0]
        raise InputError(place, field_path(path), f"a lone surrogate at offset {surrogate[1]}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        seen: set[str] = set()
        doubled = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {doubled!r} occurs twice")
    return row


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite_float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits} is too large")
    return value


_STRICT: dict[str, Any] = {
    "object_pairs_hook": _unique,
    "parse_constant": _refuse_constant,
    "parse_float": _finite_float,
}


def _lone_surrogate(plain: object) -> tuple[tuple[int | str, ...], int] | None:
    """Where the first half of a surrogate pair stands alone in a key or a value, and at which offset of it."""
    waiting: list[tuple[tuple[int | str, ...], object]] = [((), plain)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            match = SURROGATE.search(value)
            if match:
                return path, match.start()
        elif isinstance(value, dict):
            waiting += [((*path, key), part) for key, part in value.items()]
            waiting += [((*path, key), key) for key in value]
        elif isinstance(value, list):
            waiting += [((*path, index), part) for index, part in enumerate(value)]
    return None
