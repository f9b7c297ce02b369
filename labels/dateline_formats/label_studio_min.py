"""Label Studio's JSON-MIN → the tasks of its JSON: a row an annotation, what was marked under the names of the tags.

    {"id", "text", …, "label": [{"start", "end", "text", "labels": [label]}], "kind": "bombing",
     "annotator", "annotation_id", "created_at", "updated_at", "lead_time"}

Rows of one task stand under its id. Relations are not in it, nor on which region a choice was made (issue 1803).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .json_rows import Row

_SIGNS = frozenset({"annotation_id", "lead_time"})
_KEPT_BY_THE_TOOL = frozenset({"id", "annotator", "agreement", "created_at", "updated_at", *_SIGNS})
LEFT_OUT = "JSON-MIN has no relations, and no choices on a region; export as JSON where there are any"


@dataclass(frozen=True)
class Origin:
    """The row of an annotation, and the key and number there of each of its results."""

    row: Row
    results: tuple[tuple[str, int], ...]


def is_minimal(keys: frozenset[str] | Mapping[str, object]) -> bool:
    """Whether a row with these keys is one of JSON-MIN."""
    return all(key in keys for key in _SIGNS) and "data" not in keys


def tasks_of(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Origin]]]:
    """Each task as a row of the full JSON, where its first annotation stands, with the origins of its annotations."""
    tasks: dict[object, list[Row]] = {}
    for number, row in enumerate(rows):
        given = row.value.get("id")
        tasks.setdefault(given if isinstance(given, str | int) else (number,), []).append(row)
    for of_task in tasks.values():
        first = of_task[0]
        data = {key: value for key, value in first.value.items() if not (key in _KEPT_BY_THE_TOOL or _marked(value))}
        parts = [_annotation(row) for row in of_task]
        value = {"id": first.value.get("id"), "data": data, "annotations": [annotation for annotation, _ in parts]}
        yield Row(first.place, first.field, value), [origin for _, origin in parts]


def _annotation(row: Row) -> tuple[dict[str, Any], Origin]:
    results, names = [], []
    for key, value in row.value.items():
        for index, region in enumerate(value if _marked(value) else ()):
            results.append({"type": _kind(region), "from_name": key, "value": region})
            names.append((key, index))
    made = {"completed_by": row.value.get("annotator"), "result": results}
    return made, Origin(row, tuple(names))


def _kind(region: Mapping[str, object]) -> str:
    """The type of what marked the region: that of labels is a key of it."""
    others = ("choices on a region" if "choices" in region else "textarea",)
    return next((name for name in region if name.endswith("labels")), *others)


def _marked(value: object) -> bool:
    """Whether these are regions of the text."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) and "start" in each for each in value)
