"""What a format is: a name, how its files are recognised, a reader and a writer; and what a reader has to say.

A reader takes one unit of its format, a file or (where the format has folders as units) a folder, and never drops
anything in silence: what it cannot read is an InputError, what a dispatch cannot carry a `lost` finding, what it put
right a `repaired` one. A writer refuses what its format cannot carry, or lists it where the user accepts losses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dateline_labels import Dispatch, InputError, Place, Relation, Span, one_line

Kind = Literal["lost", "repaired", "warning"]
Pieces = Literal["rows", "blocks", "none"]
"""What a file is made of, one a dispatch: JSON objects, or lines up to the next that begins a document (a sentence)."""


@dataclass(frozen=True)
class Finding:
    """Something in the annotation that the user should know; `str()` is one line, `path:line:field: kind: what`."""

    place: Place
    field: str
    kind: Kind
    what: str

    def __str__(self) -> str:
        short_field = one_line(self.field, 100).replace(":", "\\x3a")
        return f"{one_line(self.place.path, 4096)}:{self.place.line}:{short_field}: {self.kind}: {one_line(self.what)}"


@dataclass(frozen=True)
class Annotated:
    """What was read: the dispatches, what there is to say about them, and where in the files they stand.

    `places` has the place of a dispatch under (its id,), of a span under (its dispatch's id, its own) and of a relation
    under (its dispatch's id, head, label, tail); a part that is not there stands where its dispatch does.
    """

    dispatches: tuple[Dispatch, ...]
    findings: tuple[Finding, ...] = ()
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)

    def place_of(self, dispatch: Dispatch, part: Span | Relation | None = None) -> Place:
        """Where the dispatch, or a span or relation of it, stands; the id as a path where nobody knows."""
        whole = self.places.get((dispatch.id,), Place(dispatch.id))
        match part:
            case Span():
                return self.places.get((dispatch.id, part.id), whole)
            case Relation():
                return self.places.get((dispatch.id, part.head, part.label, part.tail), whole)
        return whole


@dataclass(frozen=True)
class Format:
    """A format of annotations.

    `recognise` is given the path of a file and its first mebibyte (unpacked where it is packed), or the path of a
    folder and no bytes, and says in a few words by what it knows the format, "" where it does not. Only a format whose
    unit is a folder knows folders. `read` raises InputError, or OSError where a file is unreadable, and nothing else;
    labels are as the file has them, its caller checks the schema. `write` writes whole or not at all: it raises
    InputError at the first thing that the format cannot carry, unless `lossy`, when each is a `lost` finding.
    `suffixes` are of what it writes; "" stands for a folder. `pieces` says how a file can be cut, so that dispatches
    beside a faulty one are read all the same; none where a file is one dispatch, or a whole that cannot be cut.
    `companions` are names of files that may stand beside a unit or in a folder above it and belong to it.
    """

    name: str  # as --from and --to take it
    title: str
    suffixes: tuple[str, ...]
    recognise: Callable[[Path, bytes], str]
    read: Callable[[Path], Annotated]
    write: Callable[[Sequence[Dispatch], Path, bool], tuple[Finding, ...]]
    pieces: Pieces
    companions: tuple[str, ...] = ()


def refuse_losses(findings: Sequence[Finding], lossy: bool) -> None:
    """Raise InputError at the first of the `lost` findings, saying how many there are, unless losses are accepted."""
    losses = [finding for finding in findings if finding.kind == "lost"]
    if losses and not lossy:
        first = losses[0]
        raise InputError(first.place, first.field, f"{first.what}; losses in all: {len(losses)} (--lossy goes on)")
