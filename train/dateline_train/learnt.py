"""What a checkpoint has learnt from: a list beside its weights, dispatch by dispatch, and what follows from it.

<checkpoint>/learnt.jsonl   {"id", "sha256"} a line, of every dispatch that it, or the one it began with, was fitted to;
                            the digest is of the dispatch as a line of JSON, text and annotation
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.digests import dispatch_digest
from dateline_labels.files import decode_utf8, write_atomically
from dateline_labels.splits import Splits

LEARNT = "learnt.jsonl"


@dataclass(frozen=True)
class Known:
    """What a checkpoint has learnt from: the digest of each dispatch by its id; nothing is said where it tells
    nothing.
    """

    checkpoint: Path
    digests: Mapping[str, str]

    @staticmethod
    def of(checkpoint: Path) -> "Known":
        """As the checkpoint tells it; raises InputError where its list cannot be read."""
        path = checkpoint / LEARNT
        if not path.is_file():
            return Known(checkpoint, {})
        digests = {}
        text = decode_utf8(path.read_bytes(), Place(str(path)))
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                row = json.loads(line)
                digests[str(row["id"])] = str(row["sha256"])
            except (ValueError, TypeError, KeyError):
                raise InputError(Place(str(path), number), "line", 'expected {"id", "sha256"}') from None
        return Known(checkpoint, digests)

    def check_validation(self, splits: Splits, place: Place) -> None:
        """Raises InputError where something is to be validated on that was learnt already."""
        if seen := self.among(splits.validation):
            what = f"{seen[0]} is for validation, but {self.checkpoint} has learnt from it"
            raise InputError(place, "data.split", f"{what}; split the data as they were split then")

    def among(self, here: Iterable[Dispatch]) -> list[str]:
        """The ids of the dispatches that were learnt."""
        return [each.id for each in here if each.id in self.digests]

    def check_old(self, here: Iterable[Dispatch], place: Place) -> None:
        """Raises InputError where something that was learnt is not among the dispatches that can be replayed."""
        gone = sorted(set(self.digests) - {dispatch.id for dispatch in here})
        if gone:
            what = f"{self.checkpoint} has learnt from {len(gone)} dispatches that are not here, as {gone[0]}"
            way = "name their files in [data] files or by --data, or replay nothing and forget ([retrain] replay = 0.0)"
            raise InputError(place, "data.files", f"{what}: {way}")

    def changed(self, here: Iterable[Dispatch]) -> list[str]:
        """The ids of the dispatches that were learnt otherwise than they stand now."""
        return [each.id for each in here if self.digests.get(each.id, found := dispatch_digest(each)) != found]


def write_learnt(folder: Path, dispatches: Iterable[Dispatch], before: Known | None) -> None:
    """Write the list of a checkpoint that was fitted to `dispatches` and began with what is known `before`."""
    digests = dict(before.digests) if before else {}
    digests |= {dispatch.id: dispatch_digest(dispatch) for dispatch in dispatches}
    lines = "".join(json.dumps({"id": name, "sha256": found}) + "\n" for name, found in digests.items())
    write_atomically(folder / LEARNT, lines.encode("utf-8"))
