"""What a search may change in a recipe, and a recipe with other values in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dateline_labels import InputError, Place
from pydantic import TypeAdapter, ValidationError

from .recipe import Recipe, Searched, Value

_SECTIONS: Final = ("data", "encoder", "adapting", "model", "fitting", "teacher", "retrain")
_PATHS: Final = (
    ("data", "files"),
    ("data", "validation"),
    ("adapting", "files"),
    ("teacher", "checkpoints"),
    ("retrain", "files"),
    ("retrain", "validation"),
)


def check_space(recipe: Recipe, place: Place) -> None:
    """Raises InputError where the space names what is no field of the recipe, or values that the field cannot have."""
    if not recipe.tune.space:
        raise InputError(place, "tune.space", "expected at least one field to search, got none")
    plain = recipe.to_dict()
    for name, searched in recipe.tune.space.items():
        section, _, key = name.partition(".")
        if section not in _SECTIONS or key not in plain[section] or isinstance(plain[section][key], dict):
            some = "encoder.dropout or fitting.epochs"
            raise InputError(place, "tune.space", f"expected a field of a section, as {some}, got {name}")
        for value in _ends(searched):
            with_values(recipe, {name: value}, place)


def with_values(recipe: Recipe, values: Mapping[str, Value], place: Place) -> Recipe:
    """The recipe with these values, by "section.field"; raises InputError where a field cannot have one."""
    plain = recipe.to_dict()
    for name, value in values.items():
        section, _, key = name.partition(".")
        plain[section][key] = value
    try:
        return TypeAdapter(Recipe).validate_python(plain)
    except ValidationError as error:
        told = ", ".join(f"{name} = {value}" for name, value in values.items())
        what = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise InputError(place, "tune.space", f"{told}: {what}") from None


def values_of(recipe: Recipe) -> dict[str, Value]:
    """What the recipe says of the fields that are searched."""
    plain = recipe.to_dict()
    found = {}
    for name in recipe.tune.space:
        section, _, key = name.partition(".")
        found[name] = plain[section][key]
    return found


def is_within(searched: Searched, value: Value) -> bool:
    """Whether a search may come upon the value."""
    if searched.choices:
        return value in searched.choices
    return isinstance(value, int | float) and (searched.low or 0) <= value <= (searched.high or 0)


def at_home(recipe: Recipe, output: Path) -> dict[str, Any]:
    """The recipe as plain data that reads the same from any folder, with another output."""
    plain = recipe.to_dict()
    for section, key in _PATHS:
        plain[section][key] = [_absolute(path) for path in plain[section][key]]
    for key in ("schema", "splits"):
        plain["data"][key] = plain["data"][key] and _absolute(plain["data"][key])
    if Path(plain["encoder"]["name"]).is_dir():
        plain["encoder"]["name"] = _absolute(plain["encoder"]["name"])
    return {**plain, "output": _absolute(output.as_posix())}


def _absolute(path: str) -> str:
    return Path(path).resolve().as_posix()


def _ends(searched: Searched) -> tuple[Value, ...]:
    return searched.choices or tuple(each for each in (searched.low, searched.high) if each is not None)
