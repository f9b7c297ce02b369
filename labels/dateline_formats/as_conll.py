"""CoNLL: a token and its tag on each line, columns between spaces or tabs, an empty line after each sentence.

The token is the first column (the second, where the first counts the tokens of each sentence, as that of CoNLL-U does),
the tag the last, in the scheme of `tag_schemes` that the file's tags are in. With lines
`-DOCSTART-` each document is a dispatch, without them each sentence; either way its text is its tokens with one space
between. Spans alone are carried, and none that overlap (Tjong Kim Sang and De Meulder, 2003).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place
from dateline_labels.files import decode_utf8, read_bytes, write_atomically

from .carrying import Carries
from .drafts import Draft, Reading, id_of
from .format import Annotated, Finding, Format, refuse_losses
from .json_rows import BYTE_ORDER_MARK
from .losses import lost
from .tag_schemes import Scheme, Tag, Tagged, read_tag, scheme_of, spans_of
from .token_drafts import TokenMarks, as_tokens
from .tokens import joined, sentences

SUFFIXES = (".conll",)
_CARRIES = Carries("CoNLL", relations=False, overlaps=False, names=r"\S+")
_DOCUMENT = "-DOCSTART-"
_GAP = re.compile(r"[ \t]+")
_EMPTY = ("-X-", "_")
_LOOKED_AT = 200  # lines, to recognise the format
_MOSTLY = 0.9  # of them; what is wrong with the others is told by line
_NAMED = (*SUFFIXES, ".bio", ".iob", ".bilou", ".bioes", ".iobes")


@dataclass(frozen=True)
class _Line:
    number: int
    columns: tuple[str, ...]  # but for the last
    tag: Tag


@dataclass(frozen=True)
class _Document:
    line: int
    sentences: tuple[tuple[_Line, ...], ...]


def recognise(path: Path, head: bytes) -> str:
    """A file of which each line ends in a tag, or nearly each, or which is named as such files are."""
    lines = head.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n")
    columns = [_columns(line) for line in (lines[:-1] or lines)[:_LOOKED_AT] if line.strip() and line[0] != "#"]
    tokens = [each for each in columns if each[0] != _DOCUMENT]
    tags = [each[-1] for each in tokens if len(each) > 1 and read_tag(each[-1])]
    if tokens and (len(tags) == len(tokens) or (len(tags) >= _MOSTLY * len(tokens) and set(tags) != {"O"})):
        return f"its lines end in tags, as in {max(tags, key=len)}"
    # what brat writes beside its .ann files is named so too, and has other columns
    is_likely = 2 * len(tags) >= max(len(tokens), 1) or bool({*tags} - {"O"})
    return f"its name ends in {path.suffix}" if path.suffix in _NAMED and is_likely and not path.is_dir() else ""


def read(path: Path) -> Annotated:
    """A dispatch for each document or, where the file marks none, each sentence. Tags that break the scheme of the file
    begin or end a span all the same, with a finding. Raises as `Format` says.
    """
    place, reading = Place(str(path)), Reading()
    text = decode_utf8(read_bytes(path).removeprefix(BYTE_ORDER_MARK), place)
    documents = list(_documents(text, place, reading))
    if not documents:
        raise InputError(place, "file", "expected lines with a token and a tag, got none")
    found = [sentence for document in documents for sentence in document.sentences]
    at = int(all(map(_is_counted, found)))
    told = next(((line, more) for sentence in found for line in sentence if (more := _others(line, at))), None)
    if told:
        first = "second, as the first counts tokens," if at else "first"
        what = f"the columns between the {first} and the last are not read, as {', '.join(told[1])}"
        reading.note(place.at(told[0].number), "columns", "lost", what)
    scheme = scheme_of([line.tag for line in sentence] for sentence in found)
    for number, document in enumerate(documents, start=1):
        _read_document(document, Draft(reading, place.at(document.line), id_of(path, None, number), ""), scheme, at)
    return reading.annotated()


def _documents(text: str, place: Place, reading: Reading) -> Iterator[_Document]:
    by_document = re.search(rf"^{_DOCUMENT}", text, re.MULTILINE) is not None
    begun = 0  # the line of the document's first token or of its -DOCSTART-, 0 before
    found: list[tuple[_Line, ...]] = []
    sentence: list[_Line] = []
    for number, line in enumerate([*text.split("\n"), "", _DOCUMENT], start=1):
        columns = _columns(line)
        starts = columns[0] == _DOCUMENT
        if line.strip() and not starts:
            if not sentence and line.startswith("#") and not read_tag(columns[-1]):
                reading.note(place.at(number), "line", "lost", f"the comment {line!r} is not read")
                continue
            sentence.append(_line(columns, number, place))
            begun = begun or number
            continue
        if sentence:
            found.append(tuple(sentence))
            sentence = []
        if (starts or not by_document) and begun:
            yield _Document(begun, tuple(found))
            begun, found = 0, []
        if starts:
            begun = number


def _columns(line: str) -> list[str]:
    """The columns of a line, at least one; between tabs where it has any, or else between spaces."""
    line = line.rstrip(" \t\r")
    return line.split("\t") if "\t" in line else _GAP.split(line.strip(" "))


def _line(columns: list[str], number: int, place: Place) -> _Line:
    tag = read_tag(columns[-1].strip(" "))
    if len(columns) < 2 or not tag:
        got = f"got {len(columns)} column" if len(columns) < 2 else f"got {columns[-1]!r}"
        raise InputError(place.at(number), "tag", f"expected a token and a tag, O or a letter of BIMELSU-LABEL, {got}")
    if not columns[0]:
        raise InputError(place.at(number), "token", "expected a token before the tag, got nothing")
    return _Line(number, tuple(columns[:-1]), tag)


def _is_counted(sentence: Sequence[_Line]) -> bool:
    """Whether the first of three columns or more counts the tokens of the sentence from 1."""
    numbered = enumerate((line.columns for line in sentence), start=1)
    return all(len(columns) > 1 and columns[1] and columns[0] == str(number) for number, columns in numbered)


def _others(line: _Line, at: int) -> list[str]:
    """What the columns between the token's and the last say."""
    return [each for each in line.columns[at + 1 :] if each not in _EMPTY]


def _read_document(document: _Document, draft: Draft, scheme: Scheme, at_column: int) -> None:
    tokens = joined([line.columns[at_column] for sentence in document.sentences for line in sentence])
    draft.text = tokens.text
    marks = TokenMarks(draft, tokens=tokens)
    at = 0
    for sentence in document.sentences:
        for found in spans_of([line.tag for line in sentence], scheme):
            if isinstance(found, Tagged):
                place = draft.place.at(sentence[found.first].number)
                marks.token_span(place, "tag", found.label, (at + found.first, at + found.last))
            else:
                draft.reading.note(draft.place.at(sentence[found[0]].number), "tag", "repaired", found[1])
        at += len(sentence)
    draft.finish()


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """One document a dispatch, BIO tags, tokens and sentences by the rules of `tokens`. Raises as `Format` says."""
    if not target.name.endswith(SUFFIXES):
        raise InputError(Place(str(target)), "format", "expected a file ending in .conll")
    fitted, losses = _CARRIES.fitted(dispatches, lossy=True)
    documents = [_document(dispatch, id_of(target, None, n), losses) for n, dispatch in enumerate(fitted, start=1)]
    refuse_losses(losses, lossy)
    write_atomically(target, "".join(documents).encode("utf-8"))
    return tuple(losses)


def _document(dispatch: Dispatch, read_id: str, losses: list[Finding]) -> str:
    if dispatch.id != read_id:
        losses.append(lost(dispatch, "id", f"CoNLL carries no id, it is read back as {read_id}"))
    written = as_tokens(dispatch, "CoNLL", losses)
    if not written.tokens.is_joined:
        losses.append(lost(dispatch, "text", "CoNLL carries no text but its tokens, with one space between"))
    tags = ["O"] * len(written.tokens.offsets)
    for span in written.dispatch.spans:
        first, last = written.ranges[span.id]
        tags[first : last + 1] = [f"B-{span.label}", *[f"I-{span.label}"] * (last - first)]
    lines = [f"{word} {tag}\n" for word, tag in zip(written.tokens.words, tags, strict=True)]
    found = sentences(written.tokens, written.ranges.values())
    return f"{_DOCUMENT} O\n\n" + "".join("".join(lines[start:end]) + "\n" for start, end in found)


FORMAT = Format("conll", "CoNLL: a token and a tag a line", SUFFIXES, recognise, read, write, pieces="blocks")
