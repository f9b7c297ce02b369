"""Hugging Face `datasets` on disk: a `DatasetDict`, or one `Dataset`, as `save_to_disk` writes it.

Read are rows of a text with entities by offsets and relations by their ids, and rows of tokens with tags; whatever else
a row holds becomes `meta`, and so does the name of its split. An id that several splits have, as each counts from 0,
goes with the name of the split. Rows of ours hold all of a dispatch; each goes to the split that its `meta` names, or
to `train`.
"""

import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, InputError, MissingExtraError, Place, Span
from dateline_labels.dispatch import check_date
from dateline_labels.strict_json import check_surrogates, read_json

from .drafts import Draft, Marks, Reading, id_of
from .format import Annotated, Finding, Format
from .offsets import Mark, located
from .tag_schemes import Tag, Tagged, read_tag, scheme_of, spans_of
from .token_drafts import TokenMarks
from .tokens import joined

SUFFIXES = ("",)
SPLIT = "split"
"""The key of `meta` that names the split of a dispatch."""

_LONE = "train"  # the split of a Dataset that is no DatasetDict, and of what names none
_TAGS = ("ner_tags", "tags", "labels")
_OWN = ("id", "text", "published", "meta", "entities", "relations")


def recognise(path: Path, head: bytes) -> str:
    """A folder that `save_to_disk` made."""
    if not path.is_dir():
        return ""
    if (path / "dataset_dict.json").is_file():
        return "it has dataset_dict.json"
    alone = ("state.json", "dataset_info.json")
    return "it has state.json and dataset_info.json" if all((path / name).is_file() for name in alone) else ""


def read(path: Path) -> Annotated:
    """A dispatch for each row. Raises MissingExtraError where `datasets` is not installed."""
    _check_datasets(f"{path}: a dataset on disk")
    reading = Reading()
    splits = _splits(path)
    ids = {split: {row["id"] for row in rows if isinstance(row.get("id"), str)} for split, rows in splits.items()}
    held = Counter(each for of_split in ids.values() for each in of_split)
    if shared := [each for each, times in held.items() if times > 1]:
        what = f"{len(shared)} ids occur in several splits, as {min(shared)}; they go with the name of the split"
        reading.note(Place(str(path)), "id", "repaired", what)
    for split, rows in splits.items():
        place = Place(str(path / split))
        placed = [_Row(row, split, number, place.at(number + 1), held) for number, row in enumerate(rows)]
        _note_unread(place, placed, reading)
        _read_tokens([row for row in placed if "tokens" in row.value], reading)
        _read_texts([row for row in placed if "tokens" not in row.value], reading)
    return reading.annotated()


@dataclass(frozen=True)
class _Row:
    """A row of a split; its place counts rows from 1."""

    value: dict[str, Any]
    split: str
    number: int
    place: Place
    held: Mapping[str, int]  # in how many splits an id is

    def draft(self, text: str, own: Sequence[str], reading: Reading) -> Draft:
        """The dispatch of the row before its spans; `own` are the columns that hold something else than facts."""
        given = self.value.get("id")
        draft_id = id_of(Path(f"{self.split}.x"), given, self.number)
        draft_id = f"{self.split}-{draft_id}" if isinstance(given, str) and self.held[given] > 1 else draft_id
        published = self.value.get("published")
        try:
            published = None if published is None else check_date(str(published))
        except ValueError as error:
            raise InputError(self.place, "published", f"{error}, got {published!r}") from None
        meta = self.value.get("meta")
        if isinstance(meta, str):
            facts = read_json(meta, self.place)
        else:
            facts = {key: value for key, value in self.value.items() if key not in own and _is_plain(value)}
            facts[SPLIT] = self.split
        lost = [key for key in self.value if key not in own and not (isinstance(facts, dict) and key in facts)]
        if lost and not isinstance(meta, str):
            reading.note(self.place, "meta", "lost", f"no plain data, and not read: {', '.join(lost)}")
        if not isinstance(facts, dict):
            raise InputError(self.place, "meta", f"expected an object, got {type(facts).__name__}")
        check_surrogates([text, facts], self.place, "row")
        return Draft(reading, self.place, draft_id, text, published, facts)

    def listed(self, key: str) -> list[dict[str, Any]]:
        """A column of structures, also where the structure is of lists; none where there is no such column."""
        value = self.value.get(key) or []
        if isinstance(value, dict) and all(isinstance(part, list) for part in value.values()):
            value = [dict(zip(value, parts, strict=False)) for parts in zip(*value.values(), strict=False)]
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise InputError(self.place, key, f"expected a list of structures, got {value!r}")
        return value


def _check_datasets(what: str) -> None:
    if not find_spec("datasets"):
        raise MissingExtraError(what, "datasets", "train")


def _splits(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of each split, class labels by their names. What fails in `datasets` is an InputError."""
    from datasets import load_from_disk

    try:
        _check_tables(path)
        loaded = load_from_disk(str(path))
        parts: dict[str, Any] = (
            {str(name): each for name, each in loaded.items()} if isinstance(loaded, dict) else {_LONE: loaded}
        )
        plain = {name: part.with_format(None) for name, part in parts.items()}  # not as tensors, every column
        return {name: [_named(row, part.features) for row in part] for name, part in plain.items()}
    except Exception as error:
        raise InputError(Place(str(path)), "datasets", f"{type(error).__name__}: {error}") from None


def _check_tables(path: Path) -> None:
    """Raise where a table does not fit its buffers: whoever takes values from it would read beyond the memory."""
    from pyarrow import ipc, memory_map

    splits = path / "dataset_dict.json"
    folders = [path / name for name in json.loads(splits.read_bytes())["splits"]] if splits.is_file() else [path]
    for folder in folders:
        for file in json.loads((folder / "state.json").read_bytes())["_data_files"]:
            with memory_map(str(folder / file["filename"])) as source:
                ipc.open_stream(source).read_all().validate(full=True)


def _named(value: Any, feature: Any) -> Any:
    """A value with the names of its class labels for their numbers."""
    if isinstance(feature, dict):
        return {key: _named(part, feature[key]) for key, part in value.items()} if isinstance(value, dict) else value
    if isinstance(value, list) and hasattr(feature, "feature"):
        return [_named(part, feature.feature) for part in value]
    if isinstance(value, int) and hasattr(feature, "int2str"):
        return feature.int2str(value)
    return value


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return value is not None


def _note_unread(place: Place, rows: Sequence[_Row], reading: Reading) -> None:
    """That a split has texts and nothing that is read as annotation."""
    columns = {key for row in rows for key in row.value}
    if rows and not columns & {"entities", "relations", "tokens"}:
        what = f"there is no column entities, and so no span; what is there is meta data: {', '.join(sorted(columns))}"
        reading.note(place, "entities", "warning", what)


def _read_tokens(rows: Sequence[_Row], reading: Reading) -> None:
    tagged = [(row, *_tokens(row)) for row in rows]
    scheme = scheme_of(tags for _, _, _, tags in tagged)
    for row, column, words, tags in tagged:
        tokens = joined(words)
        draft = row.draft(tokens.text, ("id", "tokens", "published", "meta", column), reading)
        marks = TokenMarks(draft, tokens=tokens)
        for found in spans_of(tags, scheme):
            if isinstance(found, Tagged):
                name = f"{column}[{found.first}]"
                marks.token_span(row.place, name, found.label, (found.first, found.last))
            else:
                reading.note(row.place, f"{column}[{found[0]}]", "repaired", found[1])
        draft.finish()


def _tokens(row: _Row) -> tuple[str, list[str], list[Tag]]:
    """The column of tags, the tokens, the tags; raises InputError where they do not go together."""
    column = next((name for name in _TAGS if name in row.value), None)
    words, given = row.value["tokens"], row.value.get(column or "", [])
    if column and isinstance(given, list) and any(type(each) is int for each in given):
        raise InputError(row.place, column, "expected tags such as B-LABEL, or numbers that a ClassLabel names")
    if column is None or not _are_words(words) or not _are_words(given) or len(words) != len(given):
        raise InputError(row.place, "tokens", f"expected as many tags in {' or '.join(_TAGS)} as there are tokens")
    tags = [read_tag(tag) for tag in given]
    for index, tag in enumerate(tags):
        if tag is None:
            raise InputError(row.place, f"{column}[{index}]", f"expected a tag such as B-LABEL, got {given[index]!r}")
    return column, words, [tag for tag in tags if tag]


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _read_texts(rows: Sequence[_Row], reading: Reading) -> None:
    drafts, marks, entities = [], [], []
    for row in rows:
        text = row.value.get("text")
        if not isinstance(text, str):
            raise InputError(row.place, "text", f"expected a text, or tokens with tags, got {text!r}")
        drafts.append(row.draft(text, _OWN, reading))
        for index, entity in enumerate(row.listed("entities")):
            name = f"entities[{index}]"
            marks.append(_mark(row, name, text, entity))
            entities.append((drafts[-1], row, name, entity))
    places, findings = located(marks)
    reading.findings += findings
    ids: dict[int, dict[object, str]] = {id(draft): {} for draft in drafts}
    for (draft, row, name, entity), ((start, end),) in zip(entities, places, strict=True):
        given = entity.get("id")
        span_id = given if isinstance(given, str) and given else f"e{len(draft.spans) + 1}"
        ids[id(draft)][len(draft.spans) if given is None else given] = span_id
        draft.span(row.place, name, _span(row, name, entity, (span_id, start, end)))
    for row, draft in zip(rows, drafts, strict=True):
        for index, relation in enumerate(row.listed("relations")):
            _add_relation(draft, row, f"relations[{index}]", relation, ids[id(draft)])
        draft.finish()


def _mark(row: _Row, name: str, text: str, entity: Mapping[str, Any]) -> Mark:
    start, end, quote = entity.get("start"), entity.get("end"), entity.get("text")
    if type(start) is not int or type(end) is not int:
        raise InputError(row.place, name, f"expected a start and an end, got {start!r} and {end!r}")
    return Mark(row.place, name, text, ((start, end),), quote if isinstance(quote, str) else None)


def _span(row: _Row, name: str, entity: Mapping[str, Any], place: tuple[str, int, int]) -> Span:
    label, score = entity.get("label", entity.get("type")), entity.get("score")
    attributes, scores = (_facts(row, name, entity.get(key)) for key in ("attributes", "attribute_scores"))
    words = all(isinstance(value, str) for value in (label, *attributes.values()))
    numbers = all(isinstance(value, int | float) for value in (0.0 if score is None else score, *scores.values()))
    if not words or not numbers:
        raise InputError(
            row.place, name, f"expected a label and attributes of words, scores of numbers, got {entity!r}"
        )
    try:
        return Span(place[0], str(label), *place[1:], attributes, score, scores)
    except ValueError as error:
        raise InputError(row.place, name, str(error)) from None


def _facts(row: _Row, name: str, given: object) -> dict[str, Any]:
    """An object, which may be written out, as Arrow has no dictionaries."""
    facts = read_json(given, row.place) if isinstance(given, str) else given or {}
    if not isinstance(facts, dict):
        raise InputError(row.place, name, f"expected an object, got {given!r}")
    return {key: value for key, value in facts.items() if value is not None}


def _add_relation(draft: Draft, row: _Row, name: str, relation: Mapping[str, Any], ids: Mapping[object, str]) -> None:
    ends = [ids.get(relation.get(end)) for end in ("head", "tail") if isinstance(relation.get(end), str | int)]
    label, score = relation.get("label", relation.get("type")), relation.get("score")
    if len(ends) != 2 or None in ends or not isinstance(label, str) or not isinstance(score, int | float | None):
        raise InputError(row.place, name, f"expected a label, and ids of entities for head and tail, got {relation!r}")
    head, tail = (str(end) for end in ends)
    Marks(draft).relation(row.place, name, label, (head, tail), score)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A `DatasetDict` in the folder `target`, which must not be there; all is carried. Raises as `Format` says."""
    _check_datasets("a dataset on disk")
    if target.suffix or target.exists():
        raise InputError(Place(str(target)), "format", "expected a folder that is not there yet to write a dataset to")
    from datasets import Dataset, DatasetDict, Features, List, Value, disable_progress_bars

    words, number = Value("string"), Value("float64")
    entity = {"id": words, "start": Value("int64"), "end": Value("int64"), "text": words, "label": words}
    scored = {"score": number, "attributes": words, "attribute_scores": words}
    relation = {"head": words, "tail": words, "label": words, "score": number}
    columns = {"entities": List({**entity, **scored}), "relations": List(relation)}
    features = Features({"id": words, "text": words, "published": words, "meta": words, **columns})
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for dispatch in dispatches:
        rows[_split_of(dispatch)].append(_row_of(dispatch))
    parts = DatasetDict({split: Dataset.from_list(of_split, features) for split, of_split in rows.items()})
    target.parent.mkdir(parents=True, exist_ok=True)
    disable_progress_bars()
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        parts.save_to_disk(str(Path(folder) / "dataset"))
        (Path(folder) / "dataset").replace(target)
    return ()


def _split_of(dispatch: Dispatch) -> str:
    split = dispatch.meta.get(SPLIT)
    return split if isinstance(split, str) and re.fullmatch(r"\w+", split) else _LONE


def _row_of(dispatch: Dispatch) -> dict[str, Any]:
    entities = [
        {
            "id": span.id,
            "start": span.start,
            "end": span.end,
            "text": dispatch.words(span),
            "label": span.label,
            "score": span.score,
            "attributes": _written(span.attributes),
            "attribute_scores": _written(span.attribute_scores),
        }
        for span in dispatch.spans
    ]
    relations = [
        {"head": each.head, "tail": each.tail, "label": each.label, "score": each.score} for each in dispatch.relations
    ]
    facts = {"id": dispatch.id, "text": dispatch.text, "published": dispatch.published}
    return {**facts, "meta": _written(dispatch.meta), "entities": entities, "relations": relations}


def _written(facts: Mapping[str, object]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, allow_nan=False)


FORMAT = Format("datasets", "Hugging Face datasets on disk", SUFFIXES, recognise, read, write, pieces="none")
