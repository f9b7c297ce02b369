"""What SpERT's, SciERC's and GLiNER's rows of tokens share: how a file of them is gone through and how it is made."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import write_atomically

from .carrying import Carries
from .drafts import Reading
from .format import Annotated, Finding, refuse_losses
from .json_rows import Row, read_rows
from .token_drafts import TokenDispatch
from .tokens import Tokens, aligned, joined

TEXT = "_text"
"""The key under which a row also holds the text, where one space between its tokens does not make it."""

ReadRow = Callable[[Row, Path, int, Reading], None]
MakeRow = Callable[[Dispatch, list[Finding]], dict[str, object]]


def read_each(path: Path, read_row: ReadRow) -> Annotated:
    """What `read_row` makes of each row of a file, given with its number."""
    reading = Reading()
    for number, row in enumerate(read_rows(path)):
        read_row(row, path, number, reading)
    return reading.annotated()


def read_tokens(row: Row, words: Sequence[str]) -> Tokens:
    """The tokens of a row in the text it holds, or with one space between; raises InputError where they disagree."""
    text = row.value.get(TEXT)
    if text is None:
        return joined(words)
    if not isinstance(text, str):
        raise InputError(row.place, row.name(TEXT), f"expected a text, got {type(text).__name__}")
    try:
        return aligned(words, text)
    except ValueError as error:
        raise InputError(row.place, row.name(TEXT), str(error)) from None


def text_row(written: TokenDispatch) -> dict[str, str]:
    """The text under its key, where the tokens alone do not make it."""
    return {} if written.tokens.is_joined else {TEXT: written.dispatch.text}


def entity_ends(row: Row, name: str, ids: Sequence[str], ends: tuple[int, int]) -> tuple[str, str]:
    """The ids of the entities that a relation numbers; raises InputError where there is none of such a number."""
    for end in ends:
        if not 0 <= end < len(ids):
            raise InputError(row.place, name, f"expected entities from 0 to {len(ids) - 1}, got {end}")
    return ids[ends[0]], ids[ends[1]]


def row_lines(
    dispatches: Sequence[Dispatch], lossy: bool, carries: Carries, make_row: MakeRow
) -> tuple[list[str], tuple[Finding, ...]]:
    """A row for each dispatch as JSON on one line, and what is lost; raises InputError where nothing may be."""
    fitted, losses = carries.fitted(dispatches, lossy=True)
    lines = [json.dumps(make_row(dispatch, losses), ensure_ascii=False, allow_nan=False) for dispatch in fitted]
    refuse_losses(losses, lossy)
    return lines, tuple(losses)


def write_list(
    dispatches: Sequence[Dispatch], target: Path, lossy: bool, carries: Carries, make_row: MakeRow
) -> tuple[Finding, ...]:
    """Write the rows of the dispatches in one list, to a file ending in .json. Raises as `Format` says."""
    if not target.name.endswith(".json"):
        raise InputError(Place(str(target)), "format", "expected a file ending in .json")
    lines, losses = row_lines(dispatches, lossy, carries, make_row)
    write_atomically(target, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
    return losses
