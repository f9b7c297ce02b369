"""Which dispatches are for training, which for validation and which for testing.

By number: the file number that ends a dispatch's id decides, 0 validation and 5 test by its last digit, the rest
training. At random: a hash of the id decides. Leaving folders out: the dispatches of the named folders are the test,
for an honest test of transfer.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .dispatch import Dispatch

HELD_OUT_FOLDERS = ("sahel", "iraq", "ukraine_russia", "official_releases")
"""The folders of the shipped corpus that the test of transfer leaves out."""


@dataclass(frozen=True)
class Splits:
    """Disjoint parts of one collection of dispatches, each in its order."""

    train: tuple[Dispatch, ...]
    validation: tuple[Dispatch, ...]
    test: tuple[Dispatch, ...]


def split_by_number(dispatches: Iterable[Dispatch]) -> Splits:
    """Split by the last digit of the number that ends each id; an id without a number is for training."""
    return _split(dispatches, lambda dispatch: {"0": "validation", "5": "test"}.get(_last_digit(dispatch.id), "train"))


def split_randomly(dispatches: Iterable[Dispatch]) -> Splits:
    """About one in ten for validation and one in ten for testing, by a hash of each id: the same on every machine, and
    a dispatch stays where it is when others are added.
    """
    parts = {0: "validation", 5: "test"}
    return _split(dispatches, lambda d: parts.get(hashlib.sha256(d.id.encode()).digest()[0] % 10, "train"))


def leave_folders_out(dispatches: Iterable[Dispatch], folders: Sequence[str] = HELD_OUT_FOLDERS) -> Splits:
    """The test is every dispatch whose id is `<folder>-<number>` with one of `folders`; validation as by number.

    Raises ValueError where a folder has no dispatch, so that a misspelt name cannot make an empty test.
    """
    dispatches = list(dispatches)
    present = {_folder(dispatch.id) for dispatch in dispatches}
    missing = [folder for folder in folders if folder not in present]
    if missing:
        raise ValueError(f"no dispatch has an id that starts with {missing[0]}-")

    def part(dispatch: Dispatch) -> str:
        if _folder(dispatch.id) in folders:
            return "test"
        return "validation" if _last_digit(dispatch.id) == "0" else "train"

    return _split(dispatches, part)


def _split(dispatches: Iterable[Dispatch], part: Callable[[Dispatch], str]) -> Splits:
    parts: dict[str, list[Dispatch]] = {"train": [], "validation": [], "test": []}
    for dispatch in dispatches:
        parts[part(dispatch)].append(dispatch)
    return Splits(tuple(parts["train"]), tuple(parts["validation"]), tuple(parts["test"]))


def _last_digit(dispatch_id: str) -> str:
    match = re.search(r"(\d)$", dispatch_id)
    return match[1] if match else ""


def _folder(dispatch_id: str) -> str:
    return re.sub(r"-\d+$", "", dispatch_id)
