"""GLiNER's JSON: a list of rows with their tokens, entities by tokens, relations by entities (Zaratiana et al., 2024).

    {"tokenized_text": [], "ner": [[first, last, label]], "relations": [[head, tail, label]]}

A row's text is its tokens with one space between or, where we wrote it and that is another, stands under `_text`; its
id, which GLiNER passes over, under `id`; whatever else a row holds becomes `meta`.
"""

from collections.abc import Sequence
from pathlib import Path

from dateline_labels import Dispatch
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, TypeAdapter

from .carrying import Carries, no_own_keys
from .drafts import Draft, Reading, id_of
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, typed
from .token_drafts import TokenMarks, as_tokens
from .token_rows import TEXT, entity_ends, read_each, read_tokens, text_row, write_list

SUFFIXES = (".json",)
_TITLE = "GLiNER's JSON"
_KEYS = ("tokenized_text", "ner", "relations", "id", TEXT)


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)

    tokenized_text: list[StrictStr]
    ner: list[tuple[StrictInt, StrictInt, StrictStr]]
    relations: list[tuple[StrictInt, StrictInt, StrictStr]] = []


_ROW = TypeAdapter(_Row)


def recognise(path: Path, head: bytes) -> str:
    """JSON objects with a tokenized_text."""
    return "one of its keys is tokenized_text" if "tokenized_text" in first_keys(head) else ""


def read(path: Path) -> Annotated:
    """A dispatch for each row."""
    return read_each(path, _read_row)


def _read_row(row: Row, path: Path, number: int, reading: Reading) -> None:
    found = typed(row, _ROW)
    tokens = read_tokens(row, found.tokenized_text)
    meta = {key: value for key, value in row.value.items() if key not in _KEYS}
    draft = Draft(reading, row.place, id_of(path, row.value.get("id"), number), tokens.text, meta=meta)
    marks = TokenMarks(draft, tokens=tokens)
    ids = [
        marks.token_span(row.place, row.name("ner", index), label, (first, last))
        for index, (first, last, label) in enumerate(found.ner)
    ]
    for index, (head, tail, label) in enumerate(found.relations):
        name = row.name("relations", index)
        marks.relation(row.place, name, label, entity_ends(row, name, ids, (head, tail)))
    draft.finish()


_CARRIES = Carries(_TITLE, meta=no_own_keys(_KEYS))


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One row a dispatch, in one list; tokens by the rule of `tokens`."""
    return write_list(dispatches, target, lossy, _CARRIES, _row)


def _row(dispatch: Dispatch, losses: list[Finding]) -> dict[str, object]:
    written = as_tokens(dispatch, _TITLE, losses)
    order = {span.id: number for number, span in enumerate(written.dispatch.spans)}
    own = {
        "tokenized_text": written.tokens.words,
        "ner": [[*written.ranges[span.id], span.label] for span in written.dispatch.spans],
        "relations": [[order[each.head], order[each.tail], each.label] for each in written.dispatch.relations],
        "id": dispatch.id,
    }
    return {**own, **dispatch.meta, **text_row(written)}


FORMAT = Format("gliner", _TITLE, SUFFIXES, recognise, read, write, pieces="rows")
