"""Dispatches → WebAnno TSV 3.3, one file each: spans with their attributes in one layer, relations in another.

A span that begins or ends inside a token stands at a part of it, as INCEpTION writes it; tokens and sentences by the
rules of `tokens`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Span
from dateline_labels.files import write_atomically

from .carrying import Carries
from .format import Finding, refuse_losses
from .layers import LABEL, RELATION_LAYER, SPAN_LAYER, attributes_fitted
from .offsets import Unit
from .token_drafts import kept_spans, lost
from .tokens import Tokens, sentences, tokenised
from .webanno_cells import BASE, FORMAT_LINE, escape_text, write_cell

SUFFIXES = ("",)
_TITLE = "WebAnno TSV"
_CARRIES = Carries(_TITLE, attributes=True, names=r"[^\r]+")


@dataclass(frozen=True)
class _Unit:
    """A token, or a part of one, with the spans that stand at it."""

    id: str
    start: int
    end: int
    spans: tuple[Span, ...]


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A file for each dispatch, named by its id, in the folder `target`."""
    if target.suffix:
        raise InputError(Place(str(target)), "format", f"expected a folder to write {_TITLE} to")
    fitted, losses = _CARRIES.fitted(dispatches, lossy=True)
    files = {file_of(target, dispatch, ".tsv"): _written(dispatch, losses) for dispatch in fitted}
    refuse_losses(losses, lossy)
    for path, text in files.items():
        write_atomically(path, text.encode("utf-8"))
    return tuple(losses)
