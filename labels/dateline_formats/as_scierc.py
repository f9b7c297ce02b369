"""The JSON lines of SciERC, DyGIE++ and PURE (Luan et al., 2018; Wadden et al., 2019): tokens in sentences, entities
and relations by tokens of the document, the last one in it.

    {"doc_key", "sentences": [[token]], "ner": [[[first, last, label]]],
     "relations": [[[first, last, first, last, label]]], "clusters": [[[first, last]]],
     "events": [[[[token, label], [first, last, role]]]]}

A row's text is its tokens with one space between or, where we wrote it and that is another, stands under `_text`. The
mentions of a cluster are tied by relations, each to the one before it; an event's trigger is a span, each argument a
relation from it, where an entity stands there. Where a row has predictions alone, they are read with their scores.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import write_atomically
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, TypeAdapter

from .carrying import Carries
from .drafts import SAME_ENTITY, Draft, Reading, id_of
from .format import Annotated, Finding, Format
from .json_rows import Row, first_keys, typed
from .losses import with_clear_ends
from .token_drafts import TokenMarks, as_tokens
from .token_rows import TEXT, read_each, read_tokens, row_lines, text_row
from .tokens import sentences

SUFFIXES = (".jsonl", ".json")
_TITLE = "SciERC's JSON"

_ENTITY = (int, int, str)  # then, where it is predicted, a logit and a probability; so in relations
_RELATION = (int, int, int, int, str)
_TRIGGER = (int, str)
_Lists = list[list[list[Any]]]  # for each sentence its entities, say


class _Row(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)

    doc_key: Any = None
    sentences: list[list[StrictStr]]
    ner: _Lists | None = None
    relations: _Lists = []
    clusters: list[list[tuple[StrictInt, StrictInt]]] = []
    events: list[_Lists] = []
    predicted_ner: _Lists | None = None
    predicted_relations: _Lists = []


_ROW = TypeAdapter(_Row)


def recognise(path: Path, head: bytes) -> str:
    """JSON objects with sentences and entities."""
    keys = first_keys(head) & {"sentences", "ner", "predicted_ner", "doc_key"}
    return f"its keys are {' and '.join(sorted(keys))}" if "sentences" in keys and len(keys) > 1 else ""


def read(path: Path) -> Annotated:
    """A dispatch for each row."""
    return read_each(path, _read_row)


def _read_row(row: Row, path: Path, number: int, reading: Reading) -> None:
    found = typed(row, _ROW)
    tokens = read_tokens(row, [word for sentence in found.sentences for word in sentence])
    meta = {key: value for key, value in (found.model_extra or {}).items() if key != TEXT}
    draft = Draft(reading, row.place, id_of(path, found.doc_key, number), tokens.text, meta=meta)
    if not isinstance(found.doc_key, str | int | None):
        reading.note(row.place, row.name("doc_key"), "lost", "expected words or a number, the rows are counted instead")
    reader = _Reader(row, TokenMarks(draft, tokens=tokens), len(found.sentences))
    if found.ner is None and found.predicted_ner is not None:
        reader.entities("predicted_ner", found.predicted_ner)
        reader.relations("predicted_relations", found.predicted_relations)
    else:
        reader.entities("ner", found.ner or [])
        reader.relations("relations", found.relations)
        if any(found.predicted_ner or ()) or any(found.predicted_relations):
            reading.note(row.place, row.name("predicted_ner"), "lost", "predictions are not read where there is a gold")
    reader.events(found.events)
    reader.clusters(found.clusters)
    draft.finish()


@dataclass(frozen=True)
class _Reader:
    """The parts of one row as spans and relations; entities are found again by their tokens."""

    row: Row
    marks: TokenMarks
    sentences: int
    by_tokens: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))

    def entities(self, key: str, found: _Lists) -> None:
        for name, given in self._named(key, found):
            first, last, label = self._parts(name, given, _ENTITY)
            self._mark(name, label, (first, last), _score(given, _ENTITY))

    def relations(self, key: str, found: _Lists) -> None:
        for name, given in self._named(key, found):
            *ends, label = self._parts(name, given, _RELATION)
            head, tail = self._entity(name, ends[0], ends[1]), self._entity(name, ends[2], ends[3])
            self._tie(name, label, (head, tail), _score(given, _RELATION))

    def events(self, found: list[_Lists]) -> None:
        for name, event in self._named("events", found):
            given = event[0] if event else []
            of_several = isinstance(given, list) and len(given) > 1 and type(given[1]) is int
            kinds = _ENTITY if of_several else _TRIGGER
            *tokens, label = self._parts(name, given, kinds)
            trigger = self._mark(name, label, (tokens[0], tokens[-1]), None)
            for argument in event[1:]:
                first, last, role = self._parts(name, argument, _ENTITY)
                if self._is_entity(name, (first, last)):
                    self._tie(name, role, (trigger, self._entity(name, first, last)), None)

    def clusters(self, found: list[list[tuple[int, int]]]) -> None:
        for number, cluster in enumerate(found):
            name = self.row.name("clusters", number)
            known = [each for each in cluster if self._is_entity(name, each)]
            mentions = [self._entity(name, *each) for each in sorted(known)]
            for earlier, later in pairwise(mentions):
                self._tie(name, SAME_ENTITY, (later, earlier), None)

    def _is_entity(self, name: str, tokens: tuple[int, int]) -> bool:
        """Whether these tokens are an entity; a mention that is none has no label, and is lost."""
        if tokens in self.by_tokens:
            return True
        what = f"no entity stands from token {tokens[0]} to {tokens[1]}, the mention is not carried"
        self.marks.draft.reading.note(self.row.place, name, "lost", what)
        return False

    def _named(self, key: str, found: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
        """The parts of all sentences with their fields; raises InputError where not every sentence has a list."""
        if found and len(found) != self.sentences:
            what = f"expected as many lists as there are sentences, {self.sentences}, got {len(found)}"
            raise InputError(self.row.place, self.row.name(key), what)
        for number, parts in enumerate(found):
            for index, part in enumerate(parts):
                yield self.row.name(key, number, index), part

    def _parts(self, name: str, given: object, kinds: tuple[type, ...]) -> list[Any]:
        """The first parts of a list, of these kinds; raises InputError where they are not."""
        if not isinstance(given, list) or [type(part) for part in given[: len(kinds)]] != list(kinds):
            expected = ", ".join("a number" if kind is int else "a label" for kind in kinds)
            raise InputError(self.row.place, name, f"expected a list of {expected}, got {given!r}")
        if len(given) not in (len(kinds), len(kinds) + 2):
            self.marks.draft.reading.note(self.row.place, name, "lost", f"not read: {given[len(kinds) :]!r}")
        return given[: len(kinds)]

    def _mark(self, name: str, label: str, tokens: tuple[int, int], score: float | None) -> str:
        span_id = self.marks.token_span(self.row.place, name, label, tokens, score)
        if span_id not in self.by_tokens[tokens]:
            self.by_tokens[tokens].append(span_id)
        return span_id

    def _tie(self, name: str, label: str, ends: tuple[str, str], score: float | None) -> None:
        self.marks.relation(self.row.place, name, label, ends, score)

    def _entity(self, name: str, first: int, last: int) -> str:
        """The entity of these tokens, the first given of several; raises InputError where there is none."""
        found = self.by_tokens.get((first, last), [])
        if not found:
            raise InputError(self.row.place, name, f"no entity stands from token {first} to {last}")
        if len(found) > 1:
            what = f"{len(found)} entities stand from token {first} to {last}, the first is taken"
            self.marks.draft.reading.note(self.row.place, name, "warning", what)
        return found[0]


def _score(given: list[Any], kinds: tuple[type, ...]) -> float | None:
    """The probability of a prediction, after its logit."""
    value = given[-1] if len(given) == len(kinds) + 2 else None
    if not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else value  # no score, and maybe too large for a float


def _carries(key: str, value: object) -> str:
    """The readers of DyGIE++ refuse other keys."""
    carried = key in ("dataset", "weight") or (key.startswith("_") and key != TEXT)
    return "" if carried else f"no fact under the key {key}, but under dataset, weight and what begins with _"


_CARRIES = Carries(_TITLE, meta=_carries)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One row a dispatch, tokens and sentences by the rules of `tokens`; sentences that a relation ties stay one.
    Raises as `Format` says.
    """
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .jsonl or .json")
    lines, losses = row_lines(dispatches, lossy, _CARRIES, _row)
    write_atomically(target, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    return losses


def _row(dispatch: Dispatch, losses: list[Finding]) -> dict[str, object]:
    written = as_tokens(dispatch, _TITLE, losses)
    carried = with_clear_ends(written.dispatch, lambda span: written.ranges[span.id], losses).relations
    tied = [sorted((*written.ranges[each.head], *written.ranges[each.tail])) for each in carried]
    ranges = sentences(written.tokens, [*written.ranges.values(), *((ends[0], ends[-1]) for ends in tied)])
    ner = [(written.ranges[span.id], [span.label]) for span in written.dispatch.spans]
    relations = [((*written.ranges[each.head], *written.ranges[each.tail]), [each.label]) for each in carried]
    return {
        "doc_key": dispatch.id,
        **dispatch.meta,
        **text_row(written),
        "sentences": [written.tokens.words[start:end] for start, end in ranges],
        "ner": _by_sentence(ranges, ner),
        "relations": _by_sentence(ranges, relations),
    }


def _by_sentence(
    ranges: Sequence[tuple[int, int]], parts: Sequence[tuple[tuple[int, ...], list[str]]]
) -> list[list[list[int | str]]]:
    """The parts, tokens and then a label, in the sentence that their first token stands in."""
    return [[[*tokens, *label] for tokens, label in parts if start <= tokens[0] < end] for start, end in ranges]


FORMAT = Format("scierc", "the JSON of SciERC, DyGIE++ and PURE", SUFFIXES, recognise, read, write, pieces="rows")
