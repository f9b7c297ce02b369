"""WebAnno TSV 3.3, as INCEpTION and WebAnno export it: one dispatch a file, named by it or, in a project, its folder.

A layer's annotations are spans, labelled by the feature `label`, or `value`, or its only one, or else by the layer's
name; what other features say are attributes. Relations go from their source to their target, slots from what has them
to what fills them, the links of a chain each to the one before. Layers of the language (tokens, parts of speech) are
not read. Source: INCEpTION's user guide, "WebAnno TSV 3.3 File format".
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from dateline_labels import InputError, Place, Span
from dateline_labels.files import decode_utf8

from .drafts import SAME_ENTITY, Draft, Marks, Reading
from .format import Annotated, Format
from .inception_project import is_unannotated, project_document, stem_of
from .json_rows import BYTE_ORDER_MARK
from .layers import is_read, label_of
from .webanno_cells import BASE, NO_VALUE, NOTHING, ROLE, Layer, Value, read_value, split, unescape_value
from .webanno_text import Row, Sheet, read_sheet
from .webanno_writing import SUFFIXES, write

_START = b"#FORMAT=WebAnno TSV 3"
_ANY = "uima.tcas.Annotation"
_LINK = re.compile(r"(?P<arrow>.*)->(?P<chain>[0-9]{1,9})-(?P<link>[0-9]{1,9})", re.DOTALL)


def recognise(path: Path, head: bytes) -> str:
    """A file that says so, but for what a project exports of nobody."""
    if is_unannotated(path):
        return ""
    return "its first line names the format" if head.removeprefix(BYTE_ORDER_MARK).startswith(_START) else ""


def read(path: Path) -> Annotated:
    """The dispatch of the file; its id is the document's name."""
    place, reading = Place(str(path)), Reading()
    source = decode_utf8(path.read_bytes().removeprefix(BYTE_ORDER_MARK), place)
    sheet = read_sheet(source, place, reading)
    draft = Draft(reading, place.at(1), project_document(path) or stem_of(path), sheet.text)
    _Reader(place, sheet, Marks(draft)).read()
    draft.finish()
    return reading.annotated()


@dataclass
class _Annotation:
    """An annotation of a layer while its rows are read; a link of a chain has its number there, and what it goes by."""

    layer: Layer
    row: Row
    start: int
    end: int
    values: dict[str, str | None]
    slots: list[tuple[str, str, str]] = field(default_factory=list)  # role, what takes it, the layer of that
    link: tuple[str, int] | None = None
    arrow: str | None = None
    span_id: str = ""  # stays so where no span can be made of it


@dataclass(frozen=True)
class _Reader:
    place: Place
    sheet: Sheet
    marks: Marks
    annotations: list[_Annotation] = field(default_factory=list)
    known: dict[tuple[str, str], _Annotation] = field(default_factory=dict)  # by layer of chains or "", and number
    standing: dict[tuple[str, str], list[_Annotation]] = field(default_factory=lambda: defaultdict(list))

    def read(self) -> None:
        """Add everything to the draft: first the spans of all rows, then what ties them."""
        for layer in self.sheet.layers:
            if not is_read(layer.name):
                self._pass_over(layer)
            elif layer.kind != "RL":
                for row in self.sheet.rows:
                    for values in self._stacked(layer, row):
                        self._join(layer, row, values)
        for annotation in self.annotations:
            self._add_span(annotation)
        for annotation in self.annotations:
            for role, target, of_layer in annotation.slots:
                value = self._value(annotation.row, annotation.layer, target)
                found = self._found(annotation.row, annotation.layer, value.raw, value.number, of_layer)
                self._tie(annotation.row, annotation.layer, role, (annotation, found))
        self._tie_chains()
        for layer in self.sheet.layers:
            if layer.kind == "RL" and is_read(layer.name):
                self._tie_relations(layer)

    def _pass_over(self, layer: Layer) -> None:
        rows = [row for row in self.sheet.rows if set(self._cells(layer, row)) != {NOTHING}]
        if rows:
            self._note(rows[0], layer, f"not read, as it tells of the language; {len(rows)} rows have something of it")

    def _cells(self, layer: Layer, row: Row) -> tuple[str, ...]:
        return row.cells[layer.first : layer.first + len(layer.columns)]

    def _stacked(self, layer: Layer, row: Row) -> Iterator[list[tuple[str, str]]]:
        """The annotations of a layer in a row, each as its columns that are not empty with what they hold."""
        columns = [
            (column, [] if cell == NOTHING else split(cell, "|"))
            for column, cell in zip(layer.columns, self._cells(layer, row), strict=True)
        ]
        depths = {len(parts) for _, parts in columns if parts}
        if len(depths) > 1:
            raise self._error(row, layer, f"expected as many values in each of its columns, got {sorted(depths)}")
        for at in range(max(depths, default=0)):
            yield [(column, parts[at] if parts else NOTHING) for column, parts in columns]

    def _join(self, layer: Layer, row: Row, parts: list[tuple[str, str]]) -> None:
        """Add the annotation of these columns, or the row to the one that an earlier row began."""
        made, number = self._chain_link(layer, row, parts) if layer.kind == "CH" else self._made(layer, row, parts)
        annotation = self.known.get(number, made) if number[1] else made
        if annotation is made:
            self.annotations.append(made)
            self.known[number] = made
        elif annotation.layer != layer:
            raise self._error(row, layer, f"the number {number[1]} is that of an annotation of {annotation.layer.name}")
        annotation.start, annotation.end = min(annotation.start, row.start), max(annotation.end, row.end)
        self.standing[layer.name, row.id].append(annotation)

    def _made(self, layer: Layer, row: Row, parts: list[tuple[str, str]]) -> tuple[_Annotation, tuple[str, str]]:
        """An annotation of this row, and its number."""
        made = _Annotation(layer, row, row.start, row.end, {})
        numbers = set()
        for at, (column, part) in enumerate(parts):
            if at and parts[at - 1][0].startswith(ROLE):
                roles = split(self._value(row, layer, parts[at - 1][1]).raw, ";")
                self._fill(made, roles, part, (_feature(parts[at - 1][0]), column))
                continue
            value = self._value(row, layer, part)
            numbers |= {value.number} - {""}
            if column and not column.startswith(ROLE):
                made.values[column] = value.text
        if len(numbers) > 1:
            raise self._error(row, layer, f"expected one number in its columns, got {', '.join(sorted(numbers))}")
        return made, ("", next(iter(numbers), ""))

    def _fill(self, made: _Annotation, roles: list[str], part: str, slot: tuple[str, str]) -> None:
        targets = [] if part in (NOTHING, NO_VALUE) else split(part, ";")
        if targets and len(targets) != len(roles):
            what = f"expected something for each of {len(roles)} roles, got {len(targets)}"
            raise self._error(made.row, made.layer, what)
        for role, target in zip(roles, targets, strict=False):
            named = slot[0] if role in (NOTHING, NO_VALUE) else unescape_value(role)
            made.slots.append((named, target, slot[1]))

    def _chain_link(self, layer: Layer, row: Row, parts: list[tuple[str, str]]) -> tuple[_Annotation, tuple[str, str]]:
        """A link of this row: its type has the chain's number in brackets, what it goes by that of the link as well."""
        links = [(match, column) for column, part in parts if (match := _LINK.fullmatch(part))]
        if len(links) != 1:
            raise self._error(row, layer, "expected one column such as coref->1-2, a chain and a link of it")
        match, of_link = links[0]
        others = {column: self._value(row, layer, part).text for column, part in parts if column != of_link}
        chain, link = match["chain"], match["link"]
        arrow = None if match["arrow"] == NO_VALUE else unescape_value(match["arrow"])
        made = _Annotation(layer, row, row.start, row.end, dict(others), link=(chain, int(link)), arrow=arrow)
        return made, (layer.name, f"{chain}-{link}")

    def _add_span(self, annotation: _Annotation) -> None:
        row, layer = annotation.row, annotation.layer
        if annotation.start == annotation.end:
            self._note(row, layer, f"an annotation of no words, at {row.start}, is not carried")
            return
        label, attributes = label_of(layer.name, annotation.values)
        place = self.place.at(row.line)
        try:
            span = Span("new", label, annotation.start, annotation.end, attributes)
        except ValueError as error:
            raise self._error(row, layer, str(error)) from None
        annotation.span_id = self.marks.span(place, _short(layer), span)

    def _tie_chains(self) -> None:
        chains: dict[tuple[str, str], list[_Annotation]] = defaultdict(list)
        for annotation in self.annotations:
            if annotation.link:
                chains[annotation.layer.name, annotation.link[0]].append(annotation)
        for links in chains.values():
            for earlier, later in pairwise(sorted(links, key=lambda each: each.link or ("", 0))):
                self._tie(later.row, later.layer, earlier.arrow or SAME_ENTITY, (later, earlier))

    def _tie_relations(self, layer: Layer) -> None:
        seen = set()
        of_layer = layer.columns[-1].removeprefix(BASE)
        for row in self.sheet.rows:
            for parts in self._stacked(layer, row):
                values = {column: self._value(row, layer, part).text for column, part in parts[:-1] if column}
                label, others = label_of(layer.name, values)
                if others:
                    self._note(row, layer, f"relations carry no attributes: {', '.join(others)} is not read")
                source = self._value(row, layer, parts[-1][1])
                numbers = source.number.split("_") if source.number else ["", ""]
                if len(numbers) != 2:
                    raise self._error(row, layer, f"expected two numbers such as [1_3], got [{source.number}]")
                head = self._found(row, layer, source.raw, numbers[0], of_layer)
                tail = self._found(row, layer, row.id, numbers[1], of_layer)
                ends = (label, id(head), id(tail))
                if ends not in seen or tail is None or tail.row == row:  # a row of the target goes on with it
                    self._tie(row, layer, label, (head, tail))
                seen.add(ends)

    def _found(self, row: Row, layer: Layer, unit: str, number: str, of_layer: str) -> _Annotation | None:
        """The annotation of a layer with that number, or else at that unit; None where its layer is not read."""
        if of_layer != _ANY and not is_read(of_layer):
            return None
        if number not in ("", "0"):
            if ("", number) not in self.known:
                raise self._error(row, layer, f"no annotation has the number {number}")
            return self.known["", number]
        layers = [each.name for each in self.sheet.layers] if of_layer == _ANY else [of_layer]
        standing = [each for name in layers for each in self.standing.get((name, unit), [])]
        if not standing:
            raise self._error(row, layer, f"no annotation of {of_layer} stands at {unit}")
        return standing[0]

    def _tie(self, row: Row, layer: Layer, label: str, ends: tuple[_Annotation | None, _Annotation | None]) -> None:
        head, tail = ends
        if not (head and tail and head.span_id and tail.span_id):
            self._note(row, layer, f"{label} ties what is not read as a span")
            return
        self.marks.relation(self.place.at(row.line), _short(layer), label, (head.span_id, tail.span_id))

    def _value(self, row: Row, layer: Layer, raw: str) -> Value:
        try:
            return read_value(raw)
        except ValueError as error:
            raise self._error(row, layer, str(error)) from None

    def _error(self, row: Row, layer: Layer, what: str) -> InputError:
        return InputError(self.place.at(row.line), _short(layer), what)

    def _note(self, row: Row, layer: Layer, what: str) -> None:
        self.marks.draft.reading.note(self.place.at(row.line), _short(layer), "lost", what)


def _feature(role: str) -> str:
    """The name of a slot in a column such as `ROLE_custom.Event:arguments_custom.EventArgumentsLink`."""
    return re.sub(r"_[\w.]*$", "", role.rpartition(":")[2]) or role


def _short(layer: Layer) -> str:
    return layer.name.rpartition(".")[2]


FORMAT = Format("webanno", "WebAnno TSV 3.3", SUFFIXES, recognise, read, write, pieces="none")
