"""The file of a split: which dispatches are in which part, how it was made, and of which texts.

A dispatch is known by its id and the SHA-256 of its text, so that its annotation may change and its text may not. The
same holds of the collection: its digest is that of the sorted lines `id text-digest`. `sha256` is the digest of the
assignment, sorted lines `part id text-digest`: two splits of the same digest are the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.digests import text_digest
from dateline_labels.files import write_atomically
from dateline_labels.record_files import read_record
from dateline_labels.splits import Splits
from pydantic import BaseModel, ConfigDict

OTHER_DATA = "made of other data"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class How(_Record):
    """How a split was made."""

    by: str
    kept_together: str
    alike: float
    validation: float
    test: float
    seed: int
    version: str
    key: str | None = None


class Ids(_Record):
    """The ids of each part, each with the SHA-256 of its text."""

    train: dict[str, str]
    validation: dict[str, str]
    test: dict[str, str]
    left_out: dict[str, str]


class SplitFile(_Record):
    """`splits.json`; `grown_from` is the digest of the split that it keeps to, where it is one that has grown."""

    format: Literal[1] = 1
    how: How
    first_days: dict[str, str]
    collection: str
    sha256: str
    parts: Ids
    leaks: list[dict[str, Any]]
    grown_from: str | None = None

    @staticmethod
    def read(path: Path) -> "SplitFile":
        """Raises InputError where it is no such file or does not agree with itself, OSError where unreadable."""
        found = read_record(path, SplitFile)
        _check(found, Place(str(path)))
        return found

    def write(self, path: Path) -> None:
        """Write it whole or not at all."""
        text = json.dumps(self.model_dump(), indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(path, (text + "\n").encode("utf-8", errors="replace"))

    def splits(self, dispatches: Sequence[Dispatch], place: Place) -> Splits:
        """The parts of the dispatches, each in their order; raises InputError where they are others."""
        self.check(dispatches, place)
        train, validation, test = (
            tuple(dispatch for dispatch in dispatches if dispatch.id in ids)
            for ids in (self.parts.train, self.parts.validation, self.parts.test)
        )
        return Splits(train, validation, test)

    def check(self, dispatches: Sequence[Dispatch], place: Place, more: bool = False) -> None:
        """Raises InputError where they are not those of the split, of which there may be `more` where that is said."""
        got = {dispatch.id: text_digest(dispatch.text) for dispatch in dispatches}
        known = self.digests()
        _check_same(known, {name: got[name] for name in got if name in known} if more else got, place)

    def digests(self) -> dict[str, str]:
        """Of every dispatch, by its id."""
        return {**self.parts.train, **self.parts.validation, **self.parts.test, **self.parts.left_out}


def split_file(how: How, first_days: Mapping[str, str], parts: Ids, leaks: Iterable[dict[str, Any]]) -> SplitFile:
    """The file of these parts."""
    return SplitFile(
        how=how,
        first_days=dict(first_days),
        collection=_collection(parts),
        sha256=_assignment(parts),
        parts=parts,
        leaks=list(leaks),
    )


def _collection(parts: Ids) -> str:
    return _digest_of(f"{name} {digest}" for _, ids in parts for name, digest in ids.items())


def _assignment(parts: Ids) -> str:
    return _digest_of(f"{part} {name} {digest}" for part, ids in parts for name, digest in ids.items())


def _digest_of(lines: Iterable[str]) -> str:
    return text_digest("".join(line + "\n" for line in sorted(lines)))


def _check(found: SplitFile, place: Place) -> None:
    """Raise InputError where the file is not as it was written: an id in two parts, or digests of something else."""
    seen: dict[str, str] = {}
    for part, ids in found.parts:
        for name in ids:
            if name in seen:
                raise InputError(place, f"parts.{part}", f"{name} is in {seen[name]} as well")
            seen[name] = part
    if found.collection != _collection(found.parts) or found.sha256 != _assignment(found.parts):
        raise InputError(place, "sha256", "the parts are not those that were written; make the split again")


def _check_same(expected: Mapping[str, str], got: Mapping[str, str], place: Place) -> None:
    kinds = (
        ("are not in the data", [name for name in expected if name not in got]),
        ("have another text there", [name for name in expected if name in got and got[name] != expected[name]]),
    )
    faults = [
        f"{len(names):,} of its {len(expected):,} dispatches {what}, as {names[0]}" for what, names in kinds if names
    ]
    new = [name for name in got if name not in expected]
    if new:
        faults.append(f"{len(new):,} of the data's {len(got):,} are not in it, as {new[0]}")
    if faults:
        raise InputError(place, "parts", f"{OTHER_DATA}: {'; '.join(faults)}")
