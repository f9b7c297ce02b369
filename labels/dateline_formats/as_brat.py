"""brat standoff: `DOC.ann` beside its text, `DOC.txt`.

    T1 ⇥ Attack 10 18 ⇥ ambushed                       a span; its pieces with ; between
    R1 ⇥ Perpetrator Arg1:T1 Arg2:T3                   a relation
    E1 ⇥ Attack:T1 Agent:T3 Place:T4                   an event: its trigger, then arguments, read as relations from it
    A1 ⇥ Negation E1   A2 ⇥ Confidence E1 High         attributes, of a span or of an event's trigger
    * ⇥ Equiv T1 T4                                    read as relations from each span to the next
    #1 ⇥ AnnotatorNotes T1 ⇥ words                     kept as meta data, as are pieces and references
    N1 ⇥ Reference T1 Wikidata:Q42 ⇥ words

brat breaks a span at line ends and tabs; such pieces are one span here. Of pieces that are truly apart the longest is
the span (Stenetorp et al., 2012, for the tool; its wiki for the format).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from dateline_labels import Dispatch, InputError, Place, Span
from dateline_labels.files import decode_utf8

from .carrying import Carries, file_name, renamed, with_file_names, write_files
from .drafts import Draft, Reading, new_relation, new_span
from .format import Annotated, Finding, Format
from .json_rows import BYTE_ORDER_MARK
from .losses import kept_spans
from .offsets import Mark, Piece, located

FRAGMENTS, NOTES, REFERENCES = "fragments", "notes", "references"
"""Meta data: the pieces of spans by id, and lists of [span id, type, words]."""
_SPAN = re.compile(r"(?P<label>\S+) (?P<pieces>\d{1,15} \d{1,15}(?:;\d{1,15} \d{1,15})*)")
_ARGUMENT = re.compile(r"(?P<role>[^:\s]+):(?P<end>[TE]\d+)")
_BREAK = re.compile(r"[\n\t]+")
_TARGET = r"[TE]\d+"
_EQUIVALENT = "Equiv"
_PRESENT = "true"
_CARRIES = "brat's standoff"
_SETTINGS = ("annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf")


@dataclass(frozen=True)
class _Line:
    """A line after its id: the words up to the next tab, and those after it."""

    place: Place
    id: str
    words: str
    tail: str


@dataclass
class _Lines:
    """The lines of a file by kind."""

    spans: list[_Line] = field(default_factory=list)
    relations: list[_Line] = field(default_factory=list)
    events: list[_Line] = field(default_factory=list)
    attributes: list[_Line] = field(default_factory=list)
    equivalences: list[_Line] = field(default_factory=list)
    notes: list[_Line] = field(default_factory=list)
    references: list[_Line] = field(default_factory=list)

    def of(self, mark: str) -> list[_Line] | None:
        """The lines whose ids begin with the mark."""
        kinds = {
            "T": self.spans,
            "R": self.relations,
            "E": self.events,
            "A": self.attributes,
            "M": self.attributes,  # as the older shared tasks have it
            "*": self.equivalences,
            "#": self.notes,
            "N": self.references,
        }
        return kinds.get(mark)


def recognise(path: Path, head: bytes) -> str:
    """A file that ends in `.ann`."""
    if path.suffix != ".ann" or path.is_dir():
        return ""
    return "lines as T1⇥…" if re.match(rb"[TREAMN#]\d+\t|\*\t", head) else "its name ends in .ann"


def read(path: Path) -> Annotated:
    """The dispatch of an `.ann` file and the text beside it; its id is their name. Raises as `Format` says."""
    path = path.with_suffix(".ann")  # whoever names the format may name the text
    place = Place(str(path))
    lines = _lines(decode_utf8(path.read_bytes().removeprefix(BYTE_ORDER_MARK), place), place)
    text_path = path.with_suffix(".txt")
    if not text_path.is_file():
        raise InputError(place, "text", f"expected its text beside it, as {text_path.name}")
    bare = data = text_path.read_bytes()
    while bare.startswith(BYTE_ORDER_MARK):  # a mark at the start counts as a character, as it does in brat
        bare = bare.removeprefix(BYTE_ORDER_MARK)
    marks = (len(data) - len(bare)) // len(BYTE_ORDER_MARK)
    text = "\ufeff" * marks + decode_utf8(bare, Place(str(text_path)))
    reading = Reading()
    meta: dict[str, Any] = {}
    draft = Draft(reading, place, path.stem, text, meta=meta)
    _read_spans(lines, draft, meta)
    triggers = _read_events(lines, draft)
    _read_relations(lines, draft, triggers)
    _read_attributes(lines, draft, triggers)
    _read_notes(lines, draft, triggers, meta)
    draft.finish()
    return reading.annotated()


def _lines(source: str, place: Place) -> _Lines:
    rows = source.split("\n")
    if rows[-1] == "":
        rows.pop()
    if all(row.endswith("\r") for row in rows):  # else a return belongs to quoted words
        rows = [row[:-1] for row in rows]
    lines, seen = _Lines(), set()
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        name, tab, rest = row.partition("\t")
        kind = lines.of(name[:1])
        if kind is None or not tab or not re.fullmatch(r"\*|[TREAMN#]\d+", name):
            what = f"expected an id as T1, a tab and the annotation, got {row!r}"
            raise InputError(place.at(number), "line", what)
        if name != "*" and name in seen:
            raise InputError(place.at(number), name, "the id occurs twice")
        seen.add(name)
        words, _, tail = rest.partition("\t")
        kind.append(_Line(place.at(number), name, words.strip(" "), tail))
    return lines


def _read_spans(lines: _Lines, draft: Draft, meta: dict[str, Any]) -> None:
    marks, labels = [], []
    for line in lines.spans:
        match = _SPAN.fullmatch(line.words)
        if not match:
            raise InputError(line.place, line.id, f"expected LABEL START END, got {line.words!r}")
        borders = [piece.split() for piece in match["pieces"].split(";")]
        pieces = tuple((int(start), int(end)) for start, end in borders)
        marks.append(Mark(line.place, line.id, draft.text, pieces, line.tail or None))
        labels.append(match["label"])
    placed, findings = located(marks)
    draft.reading.findings += findings
    for mark, label, pieces in zip(marks, labels, placed, strict=True):
        start, end = _joined(draft, mark, pieces, meta)
        draft.span(mark.place, mark.field, new_span(mark.place, mark.field, mark.field, label, start, end))


def _joined(draft: Draft, mark: Mark, pieces: tuple[Piece, ...], meta: dict[str, Any]) -> Piece:
    """The span of the pieces: all of them where only white space lies between, else the longest, the rest as meta."""
    gaps = [draft.text[end:start] for (_, end), (start, _) in pairwise(pieces)]
    in_order = all(end <= start for (_, end), (start, _) in pairwise(pieces))
    if in_order and all(not gap.strip() for gap in gaps):
        if not all(_BREAK.search(gap) for gap in gaps):
            what = f"{len(pieces)} pieces with white space between are one span"
            draft.reading.note(mark.place, mark.field, "repaired", what)
        return pieces[0][0], pieces[-1][1]
    longest = max(pieces, key=lambda piece: piece[1] - piece[0])
    meta.setdefault(FRAGMENTS, {})[mark.field] = [list(piece) for piece in pieces]
    words = draft.text[slice(*longest)]
    what = f"of {len(pieces)} pieces apart only {words!r} is the span; all are kept as meta data"
    draft.reading.note(mark.place, mark.field, "lost", what)
    return longest


def _read_events(lines: _Lines, draft: Draft) -> dict[str, str]:
    """Add the arguments as relations; returns the trigger of each event."""
    triggers: dict[str, str] = {}
    taken: set[str] = set()
    arguments: list[tuple[_Line, str, str]] = []
    for line in lines.events:
        parts = [_ARGUMENT.fullmatch(part) for part in line.words.split()]
        first = parts[0] if parts else None
        if not first or None in parts:
            raise InputError(line.place, line.id, f"expected TYPE:TRIGGER ROLE:ARGUMENT …, got {line.words!r}")
        trigger = draft.spans.get(first["end"])
        if trigger is None or trigger.label != first["role"]:
            what = f"expected a trigger labelled {first['role']}, got {trigger.label if trigger else first['end']}"
            raise InputError(line.place, line.id, what)
        if trigger.id in taken:
            what = f"another event has the trigger {trigger.id} too; their arguments are read as one event's"
            draft.reading.note(line.place, line.id, "lost", what)
        taken.add(trigger.id)
        triggers[line.id] = trigger.id
        arguments += [(line, part["role"], part["end"]) for part in parts[1:] if part]
    roles = {role for _, role, _ in arguments}
    for line, role, end in arguments:
        first_role = re.sub(r"(?<=\D)\d+$", "", role)
        label = first_role if first_role in roles else role  # Agent2 is a second Agent, ARG2 no second ARG
        _relate(draft, line, label, triggers[line.id], triggers.get(end, end))
    return triggers


def _read_relations(lines: _Lines, draft: Draft, triggers: Mapping[str, str]) -> None:
    for line in lines.relations:
        label, _, rest = line.words.partition(" ")
        parts = [_ARGUMENT.fullmatch(part) for part in rest.split()]
        if len(parts) != 2 or None in parts:
            raise InputError(line.place, line.id, f"expected LABEL Arg1:T1 Arg2:T2, got {line.words!r}")
        named = [(part["role"], part["end"]) for part in parts if part]
        if {role for role, _ in named} == {"Arg1", "Arg2"}:
            named.sort()
        else:
            what = f"the names of its arguments, {named[0][0]} and {named[1][0]}; the first is the head"
            draft.reading.note(line.place, line.id, "lost", what)
        head, tail = (triggers.get(end, end) for _, end in named)
        _relate(draft, line, label, head, tail)
    for line in lines.equivalences:
        label, *ends = line.words.split() or [""]
        if len(ends) < 2:
            raise InputError(line.place, line.id, f"expected {_EQUIVALENT} and two spans or more, got {line.words!r}")
        ends = [triggers.get(end, end) for end in ends]
        for head, tail in pairwise(ends):
            _relate(draft, line, label, head, tail)


def _relate(draft: Draft, line: _Line, label: str, head: str, tail: str) -> None:
    for end in (head, tail):
        if end not in draft.spans:
            raise InputError(line.place, line.id, f"no span has the id {end}")
    draft.relation(line.place, line.id, new_relation(line.place, line.id, label, head, tail))


def _read_attributes(lines: _Lines, draft: Draft, triggers: Mapping[str, str]) -> None:
    for line in lines.attributes:
        name, _, rest = line.words.partition(" ")
        target, _, value = rest.strip().partition(" ")
        if not name or not target:
            raise InputError(line.place, line.id, f"expected NAME T1 or NAME T1 VALUE, got {line.words!r}")
        span = draft.spans.get(triggers.get(target, target))
        if span is None and re.fullmatch(_TARGET, target):
            raise InputError(line.place, line.id, f"nothing has the id {target}")
        if span is None or name in span.attributes:
            why = f"of {target}, which is no span" if span is None else f"a second {name} of the span {span.id}"
            draft.reading.note(line.place, line.id, "lost", f"the attribute {name} {why}")
            continue
        attributes = {**span.attributes, name: value.strip() or _PRESENT}
        draft.spans[span.id] = replace(span, attributes=attributes)


def _read_notes(lines: _Lines, draft: Draft, triggers: Mapping[str, str], meta: dict[str, Any]) -> None:
    for key, rows in ((NOTES, lines.notes), (REFERENCES, lines.references)):
        for line in rows:
            kind, _, rest = line.words.partition(" ")
            target, _, reference = rest.strip().partition(" ")
            span = triggers.get(target, target)
            if span not in draft.spans:
                draft.reading.note(line.place, line.id, "lost", f"words on {target}, which is no span: {line.tail!r}")
                continue
            row = [span, kind, reference, line.tail] if key == REFERENCES else [span, kind, line.tail]
            meta.setdefault(key, []).append(row)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """Two files a dispatch in the folder `target`; spans are named anew where brat does not take their ids. Raises as
    `Format` says.
    """
    if target.suffix:
        raise InputError(Place(str(target)), "format", "expected a folder to write brat files to")
    carries = Carries(_CARRIES, attributes=True, meta=_meta_problem, names=r"\S+")
    borders_lost: list[Finding] = []
    named = with_file_names(dispatches, _CARRIES, borders_lost) if lossy else dispatches
    trimmed = [_trimmed(dispatch, borders_lost) for dispatch in named]
    fitted, findings = carries.fitted(trimmed, lossy, borders_lost)
    files: dict[str, str] = {}
    for dispatch in fitted:
        files[file_name(dispatch, ".txt")] = dispatch.text
        files[file_name(dispatch, ".ann")] = "".join(f"{row}\n" for row in _rows(dispatch))
    write_files(target, files)
    return tuple(findings)


def _trimmed(dispatch: Dispatch, findings: list[Finding]) -> Dispatch:
    """The dispatch with the line ends and tabs off the borders of its spans, which brat does not mark."""
    spans = []
    for span in dispatch.spans:
        words = dispatch.words(span)
        start = span.start + len(words) - len(words.lstrip("\n\t"))
        end = span.end - len(words) + len(words.rstrip("\n\t"))
        if (start, end) != (span.start, span.end):
            what = f"{_CARRIES} carries no span that begins or ends with a line break or tab, as {span.id}"
            findings.append(Finding(Place(dispatch.id), f"spans.{span.id}", "lost", what))
        if start < end:
            spans.append(replace(span, start=start, end=end))
    kept = {span.id: span for span in spans}
    return replace(kept_spans(dispatch, kept, findings), spans=tuple(spans))


def _meta_problem(key: str, value: object) -> str:
    """Only what the reader makes is written."""
    if key == FRAGMENTS and isinstance(value, dict):
        return ""
    widths = {NOTES: 3, REFERENCES: 4}
    if key in widths and isinstance(value, list) and all(_is_words(row, widths[key]) for row in value):
        return ""
    return f"no meta data, as {key}"


def _is_words(row: object, count: int) -> bool:
    if not isinstance(row, list) or len(row) != count:
        return False
    return all(isinstance(words, str) and not re.search(r"[\n\t]", words) for words in row)


def _rows(dispatch: Dispatch) -> Iterator[str]:
    new = renamed(dispatch, r"T\d+", "T")
    name_of = {old.id: span.id for old, span in zip(dispatch.spans, new.spans, strict=True)}
    fragments: Any = dispatch.meta.get(FRAGMENTS, {})
    for old, span in zip(dispatch.spans, new.spans, strict=True):
        pieces = list(_pieces(dispatch, old, fragments))
        words = " ".join(re.sub(r"\s", " ", dispatch.text[start:end]) for start, end in pieces)
        yield f"{span.id}\t{span.label} {';'.join(f'{start} {end}' for start, end in pieces)}\t{words}"
    for number, relation in enumerate(new.relations, start=1):
        yield f"R{number}\t{relation.label} Arg1:{relation.head} Arg2:{relation.tail}"
    attributes = [(span.id, *each) for span in new.spans for each in span.attributes.items()]
    for number, (span_id, name, value) in enumerate(attributes, start=1):
        yield f"A{number}\t{name} {span_id}{'' if value == _PRESENT else f' {value}'}"
    for mark, key in (("#", NOTES), ("N", REFERENCES)):
        rows: Any = dispatch.meta.get(key, [])
        for number, (span_id, *words) in enumerate((row for row in rows if row[0] in name_of), start=1):
            head = " ".join((words[0], name_of[span_id], *words[1:-1]))
            yield f"{mark}{number}\t{head}\t{words[-1]}"


def _pieces(dispatch: Dispatch, span: Span, fragments: Any) -> Iterator[Piece]:
    """The span without its line ends and tabs, or the pieces it was read from."""
    known = fragments.get(span.id)
    if isinstance(known, list) and [span.start, span.end] in known:
        yield from ((start, end) for start, end in known)
        return
    start = span.start
    for match in _BREAK.finditer(dispatch.text, span.start, span.end):
        yield start, match.start()
        start = match.end()
    yield start, span.end


FORMAT = Format("brat", "brat standoff", ("",), recognise, read, write, pieces="none", companions=_SETTINGS)
