"""SHA-256 of texts, dispatches and files: by what a split, a checkpoint or a report knows them again.

A dispatch is its line of JSON (`jsonl`), text and annotation together.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .dispatch import Dispatch
from .jsonl import write_line


def text_digest(text: str) -> str:
    """Of the text in UTF-8, lone surrogates as they are."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def line_of(dispatch: Dispatch) -> bytes:
    """The dispatch as what is digested of it, without a line break."""
    return write_line(dispatch).encode("utf-8", errors="surrogatepass")


def dispatch_digest(dispatch: Dispatch) -> str:
    """Of one dispatch."""
    return hashlib.sha256(line_of(dispatch)).hexdigest()


def dispatches_digest(dispatches: Iterable[Dispatch]) -> str:
    """Of the dispatches as JSON lines, in their order."""
    digest = hashlib.sha256()
    for dispatch in dispatches:
        digest.update(line_of(dispatch) + b"\n")
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Of the file's bytes; raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
