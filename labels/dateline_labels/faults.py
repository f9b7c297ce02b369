"""What pydantic finds wrong → the field, and in words what was expected and what was there."""

import re
from collections.abc import Iterable

from pydantic import ValidationError

_LONGEST_INTEGER = 1_000  # bits
_LENGTH = re.compile(r"Tuple should have at most (\d+) items? after validation, not (\d+)")
_OUR_CLASS = re.compile(r" or instance of _?\w+$")  # which no file can hold


def first_fault(error: ValidationError) -> tuple[tuple[int | str, ...], str]:
    """Where the first fault is, for `field_path`, and what it is."""
    fault = error.errors(include_url=False)[0]
    return fault["loc"], fault_text(fault["msg"], fault["input"])


def fault_text(message: str, value: object) -> str:
    """One validation fault in words: what was expected and what was there."""
    message = _OUR_CLASS.sub("", message.removeprefix("Value error, "))
    message = _LENGTH.sub(r"expected a list of \1, got \2", message)
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:  # Python refuses to write it out
        return f"{message}, got an integer of {value.bit_length()} bits"
    scalar = isinstance(value, str | int | float | bool) or value is None
    return f"{message}, got {value!r}" if scalar else message


def field_path(location: Iterable[int | str], whole: str = "dispatch") -> str:
    """`("spans", 2, "start")` as `spans[2].start`; `whole` is what nothing leads to."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".") or whole
