"""The rows of one shard, held against the texts they are about."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dateline_inputs.dispatches import dispatch_of, name_of
from dateline_inputs.rows import Row
from dateline_labels import Dispatch, InputError, Place
from dateline_labels.surrogates import whole

from .shards import Plan, Shard
from .tables import CLAIMS, DISPATCHES, ERROR, INCIDENTS, LEDGER, RELATIONS, SPANS, shown_path

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
Names = Mapping[str, str]


def table_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a table's file, of Parquet with the checksums of its pages checked."""
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8", newline="\n") as lines:
            return [json.loads(line) for line in lines]
    from pyarrow.parquet import ParquetFile

    # opened here, for pyarrow takes no path with bytes that are no UTF-8
    with path.open("rb") as data, ParquetFile(data, page_checksum_verification=True) as file:
        rows: list[dict[str, Any]] = file.read().to_pylist()
    return rows


def content_problems(folder: Path, shard: Shard, plan: Plan, names: Names, tables: Tables) -> Iterator[InputError]:
    """What is wrong in the tables of a shard; `names` are those of the tables' files."""
    places = {table: Place(str(folder / name)) for table, name in names.items()}
    texts: dict[int, str] = {}
    if len(tables[LEDGER]) != len(shard.rows):
        yield InputError(places[LEDGER], "rows", f"expected {len(shard.rows)}, got {len(tables[LEDGER])}")
        return
    for at, (row, line) in enumerate(zip(shard.rows, tables[LEDGER], strict=True), start=1):
        dispatch = _dispatch(row, plan)
        for field, expected in _expected(shard.first + at - 1, row, dispatch).items():
            if line[field] != expected:
                yield InputError(places[LEDGER].at(at), field, f"expected {expected!r}, got {line[field]!r}")
        if dispatch is not None and line["status"] != ERROR:
            texts[line["document"]] = whole(dispatch.text)
    yield from _count_problems(places, tables, texts)
    for table in (SPANS, INCIDENTS, CLAIMS):
        for number, record in enumerate(tables[table], start=1):
            text = texts.get(record["document"])
            if text is not None:
                yield from _offset_problems(places[table].at(number), record, text)
    yield from _relation_problems(places[RELATIONS], tables)


def _dispatch(row: Row, plan: Plan) -> Dispatch | None:
    try:
        return dispatch_of(row, plan.columns, plan.limits)
    except InputError:
        return None


def _expected(number: int, row: Row, dispatch: Dispatch | None) -> dict[str, object]:
    known: dict[str, object] = {"document": number, "source": shown_path(row.path), "line": row.line}
    if dispatch is None:
        return {**known, "id": name_of(row), "status": ERROR, "characters": 0}
    return {**known, "id": dispatch.id, "characters": len(dispatch.text)}


def _count_problems(places: Mapping[str, Place], tables: Tables, texts: Mapping[int, str]) -> Iterator[InputError]:
    """Whether each dispatch has its row, and each row of another table its dispatch, as many as are counted."""
    found = [row["document"] for row in tables[DISPATCHES]]
    if found != list(texts):
        yield InputError(places[DISPATCHES], "document", "expected one row for each document that the ledger has read")
    for table in (SPANS, RELATIONS, INCIDENTS, CLAIMS):
        counts = Counter(row["document"] for row in tables[table])
        expected = {row["document"]: row[table] for row in tables[DISPATCHES]}
        for document in sorted({*counts, *expected}):
            if counts[document] != expected.get(document, 0):
                what = f"expected {expected.get(document, 0)} rows of document {document}, got {counts[document]}"
                yield InputError(places[table], "rows", what)


def _offset_problems(place: Place, row: Mapping[str, Any], text: str) -> Iterator[InputError]:
    """Whether the words of a row stand in the text where it says: `X`, `X_start`, `X_end`, one or lists of them; of a
    span `words`, `start`, `end`.
    """
    if "words" in row:
        yield from _word_problems(place, "words", (row["words"], row["start"], row["end"]), text)
    for name in row:
        if f"{name}_start" in row and f"{name}_end" in row:
            yield from _word_problems(place, name, (row[name], row[f"{name}_start"], row[f"{name}_end"]), text)


def _word_problems(place: Place, name: str, cells: tuple[Any, Any, Any], text: str) -> Iterator[InputError]:
    found: list[tuple[Any, Any, Any]] = [cells]
    if isinstance(cells[0], list):
        if len({len(each) for each in cells}) != 1:
            yield InputError(place, name, "expected as many words as offsets")
            return
        found = list(zip(*cells, strict=True))
    for words, start, end in found:
        if (words, start, end) == (None, None, None):
            continue
        if not 0 <= start < end <= len(text) or text[start:end] != words:
            yield InputError(place, name, f"expected {text[start:end]!r} at {start} to {end}, got {words!r}")


def _relation_problems(place: Place, tables: Tables) -> Iterator[InputError]:
    spans = {(row["document"], row["span"]) for row in tables[SPANS]}
    for number, row in enumerate(tables[RELATIONS], start=1):
        for end in ("head", "tail"):
            if (row["document"], row[end]) not in spans:
                yield InputError(place.at(number), end, f"document {row['document']} has no span {row[end]}")
