"""The inline markup: one dispatch a file, readable by people, the form in which the corpus ships.

    header lines `key: value`, a blank line, the text with `[words](LABEL id key=value …)`, a line `---`,
    then one relation a line: `head label tail`.

A literal square bracket or backslash in the text is written with a backslash before it. `write` is the inverse of
`read`: a file that `write` made reads back equal but for scores, which it leaves out, and with the spans in the order
of the text; a file in this form is written back byte for byte (`read` also takes empty lines after the rule where
there are no relations; `write` leaves them out).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from .dispatch import Dispatch, Relation, Span, check_date, check_id
from .errors import InputError, Place
from .schema import Schema

_TOKEN = re.compile(r"\\(?P<escaped>.?)|(?P<open>\[)|\](?P<tag>\([^)\n]*\))?", re.DOTALL)
NAME = r"\w[\w-]*"
"""What a label, an attribute or its value can be, as a regular expression."""
SPAN_ID = r"[A-Za-z][\w-]*"
"""What a span's id can be."""
_TAG = re.compile(rf"\((?P<label>{NAME}) (?P<id>{SPAN_ID})(?P<attributes>(?: {NAME}={NAME})*)\)")
_HEADER = re.compile(r"(?P<key>\w[\w-]*): (?P<value>\S(?:.*\S)?)")
_UNKNOWN_DATE = "unknown"
_NEEDS_ESCAPE = re.compile(r"[\[\]\\]")


def read(source: str, place: Place, schema: Schema | None) -> Dispatch:
    """The dispatch in `source`; raises InputError naming the line and the field of the first fault.

    Without a schema any label goes, and spans still never overlap.
    """
    if "\r\n" in source:
        line = source.count("\n", 0, source.index("\r\n")) + 1
        raise InputError(place.at(line), "file", "expected lines to end in \\n, got \\r\\n")
    head, blank, rest = source.partition("\n\n")
    if not blank:
        raise InputError(place.at(1), "header", "expected header lines, then a blank line, then the text")
    header = _read_header(head, place)
    body, rule, tail = rest.rpartition("\n---\n")
    first_line = head.count("\n") + 3
    if not rule:
        last_line = source.removesuffix("\n").count("\n") + 1
        raise InputError(place.at(last_line), "relations", "expected a line --- between the text and the relations")
    text, spans = _read_text(body, place, first_line)
    published = header.pop("published")
    dispatch_id = header.pop("id")
    marked = Dispatch(dispatch_id, text, None if published == _UNKNOWN_DATE else published, header, tuple(spans))
    for field, what in (
        schema.problems(marked) if schema else ()
    ):  # before the relations, which would only suffer from a wrong label
        raise InputError(place.at(_line_of(field, marked, first_line)), field, what)
    first_relation = first_line + body.count("\n") + 2
    relations = _read_relations(tail, place, first_relation, marked.span_by_id, schema)
    return replace(marked, relations=tuple(relations))


def header_line(source: str, key: str) -> int:
    """The line on which the header names `key`, 1 where it does not."""
    head = source.partition("\n\n")[0].split("\n")
    return next((number for number, line in enumerate(head, start=1) if line.startswith(f"{key}: ")), 1)


def write(dispatch: Dispatch) -> str:
    """The dispatch in the inline markup; raises ValueError where it cannot carry the dispatch (overlaps, say)."""
    relations = "".join(f"{relation.head} {relation.label} {relation.tail}\n" for relation in dispatch.relations)
    if any(re.search("[ \n]", relation.label) for relation in dispatch.relations):
        raise ValueError("the markup carries no space in the label of a relation")
    source = _header_of(dispatch) + "\n" + _marked_text(dispatch) + "\n---\n" + relations
    if "\r\n" in source:
        raise ValueError("the markup carries no line that ends in \\r\\n")
    return source


def meta_problem(key: str, value: object) -> str:
    """What the markup carries as meta data, where it does not carry `value` as `key`; else nothing."""
    if key in ("id", "published"):
        return "one id and one published, meta names another"
    return _line_problem(key, value)


def _line_problem(key: str, value: object) -> str:
    if isinstance(value, str) and _HEADER.fullmatch(f"{key}: {value}"):
        return ""
    return f"words on one line as {key}, got {value!r}"


def _read_header(head: str, place: Place) -> dict[str, str]:
    header: dict[str, str] = {}
    for number, line in enumerate(head.split("\n"), start=1):
        match = _HEADER.fullmatch(line)
        if not match:
            raise InputError(place.at(number), "header", f"expected `key: value`, got {line!r}")
        if match["key"] in header:
            raise InputError(place.at(number), match["key"], "the header names it twice")
        header[match["key"]] = match["value"]
        try:
            if match["key"] == "id":
                check_id(match["value"])
            elif match["key"] == "published" and match["value"] != _UNKNOWN_DATE:
                check_date(match["value"])
        except ValueError as error:
            raise InputError(place.at(number), match["key"], f"{error}, got {match['value']!r}") from None
    for key in ("id", "published"):
        if key not in header:
            raise InputError(place.at(1), key, "missing in the header")
    return header


def _read_text(body: str, place: Place, first_line: int) -> tuple[str, list[Span]]:
    """The bare text and its spans; offsets count code points of the bare text."""
    spans: dict[str, Span] = {}
    pieces: list[str] = []
    length = done = 0
    here = place.at(first_line)
    opened: tuple[int, Place] | None = None  # offset in the bare text
    for token in _TOKEN.finditer(body):
        pieces.append(body[done : token.start()])
        length += len(pieces[-1])
        here = here.at(here.line + pieces[-1].count("\n"))
        done = token.end()
        if token[0].startswith("\\"):
            if token["escaped"] not in ("[", "]", "\\"):
                raise InputError(here, "text", f"expected [, ] or \\ after a backslash, got {token['escaped']!r}")
            pieces.append(token["escaped"])
            length += 1
        elif token["open"]:
            if opened:
                raise InputError(here, "text", "a span opens inside another; spans never nest (a literal [ is \\[)")
            opened = length, here
        else:
            span = _read_span(token["tag"], opened and opened[0], length, here)
            if span.id in spans:
                raise InputError(here, span.id, "the id occurs twice")
            spans[span.id] = span
            opened = None
    if opened:
        raise InputError(opened[1], "text", "a span opens and never closes (a literal [ is \\[)")
    return "".join(pieces) + body[done:], list(spans.values())


def _read_span(tag: str | None, start: int | None, end: int, here: Place) -> Span:
    if start is None:
        raise InputError(here, "text", "a span closes that never opened (a literal ] is \\])")
    match = _TAG.fullmatch(tag) if tag else None
    if not match:
        raise InputError(here, "span", f"expected (LABEL id key=value …) after ], got {tag or 'nothing'}")
    if start == end:
        raise InputError(here, match["id"], "a span marks no words")
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in match["attributes"].split())]
    attributes = dict(pairs)
    if len(attributes) != len(pairs):
        raise InputError(here, match["id"], "an attribute occurs twice")
    return Span(match["id"], match["label"], start, end, attributes)


def _read_relations(
    tail: str, place: Place, first_line: int, spans: Mapping[str, Span], schema: Schema | None
) -> list[Relation]:
    relations: dict[tuple[str, str, str], Relation] = {}
    if tail and not tail.endswith("\n"):  # else a relation cut short could pass for a shorter id
        last_line = first_line + tail.count("\n")
        raise InputError(place.at(last_line), "relation", "expected the last line to end in a line break")
    for number, line in enumerate(tail.removesuffix("\n").split("\n") if tail.strip("\n") else [], start=first_line):
        parts = line.split(" ")
        if len(parts) != 3 or not all(parts):
            raise InputError(place.at(number), "relation", f"expected `head label tail`, got {line!r}")
        head, label, end = parts
        for span_id in (head, end):
            if span_id not in spans:
                raise InputError(place.at(number), "relation", f"no span has the id {span_id}")
        what = schema.relation_problem(label, spans[head].label, spans[end].label) if schema else None
        if not what and head == end:
            what = f"{head} is related to itself"
        if not what and (label, head, end) in relations:
            what = "the relation occurs twice"
        if what:
            raise InputError(place.at(number), "relation", what)
        relations[label, head, end] = Relation(label, head, end)
    return list(relations.values())


def _line_of(field: str, dispatch: Dispatch, first_line: int) -> int:
    """The line on which the span that a schema problem's field names begins."""
    index = re.match(r"spans\[(\d+)\]", field)
    return first_line + dispatch.text.count("\n", 0, dispatch.spans[int(index[1])].start) if index else first_line


def _header_of(dispatch: Dispatch) -> str:
    check_id(dispatch.id)
    published = _UNKNOWN_DATE if dispatch.published is None else check_date(dispatch.published)
    header = [("id", dispatch.id), ("published", published), *dispatch.meta.items()]
    problem = _line_problem("id", dispatch.id) or next(filter(None, (meta_problem(*each) for each in header[2:])), "")
    if problem:
        raise ValueError(f"the markup carries {problem}")
    return "".join(f"{key}: {value}\n" for key, value in header)


def _marked_text(dispatch: Dispatch) -> str:
    pieces: list[str] = []
    done = 0
    for span in sorted(dispatch.spans, key=lambda span: span.start):
        if span.start < done:
            raise ValueError(f"the markup carries no overlapping spans, {span.id} overlaps the one before it")
        parts = [span.label, span.id, *(f"{key}={value}" for key, value in span.attributes.items())]
        if not _TAG.fullmatch(tag := f"({' '.join(parts)})"):
            raise ValueError(f"the markup cannot carry the span {span.id} as {tag}")
        pieces += [_escape(dispatch.text[done : span.start]), "[", _escape(dispatch.words(span)), "]", tag]
        done = span.end
    return "".join(pieces) + _escape(dispatch.text[done:])


def _escape(text: str) -> str:
    return _NEEDS_ESCAPE.sub(lambda match: "\\" + match[0], text)
