"""What annotators mark: the datum, the schema, the file formats, splits and scoring."""

from .dispatch import Dispatch, Relation, Span
from .errors import (
    BundleError,
    DatelineError,
    ExitCode,
    InputError,
    InterruptedRunError,
    LockedError,
    MissingExtraError,
    Place,
    WorseModelError,
    one_line,
)
from .files import read_dispatches
from .schema import RelationType, Schema, SpanType

__all__ = [
    "BundleError",
    "DatelineError",
    "Dispatch",
    "ExitCode",
    "InputError",
    "InterruptedRunError",
    "LockedError",
    "MissingExtraError",
    "Place",
    "Relation",
    "RelationType",
    "Schema",
    "Span",
    "SpanType",
    "WorseModelError",
    "one_line",
    "read_dispatches",
]
