"""Dispatches → WebAnno TSV 3.3, one file each: spans with their attributes in one layer, relations in another.

A span that begins or ends inside a token stands at a part of it, as INCEpTION writes it; tokens and sentences by the
rules of `tokens`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Span

from .carrying import Carries, file_name, with_file_names, write_files
from .format import Finding, refuse_losses
from .layers import LABEL, RELATION_LAYER, SPAN_LAYER, with_features
from .losses import kept_spans, lost, without_twins
from .offsets import Unit
from .tokens import Tokens, sentences, tokenised
from .webanno_cells import BASE, FORMAT_LINE, NOTHING, escape_text, write_cell

SUFFIXES = ("",)
_TITLE = "WebAnno TSV"
_UTF_16 = Unit("UTF-16 units")
_CARRIES = Carries(_TITLE, attributes=True, names=r"[^\r]*")


@dataclass(frozen=True)
class _Unit:
    """A token, or a part of one, with the spans that stand at it."""

    id: str
    start: int
    end: int
    spans: tuple[Span, ...]


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A file for each dispatch, named by its id, in the folder `target`. Raises as `Format` says."""
    if target.suffix:
        raise InputError(Place(str(target)), "format", f"expected a folder to write {_TITLE} to")
    names_lost: list[Finding] = []
    named = with_file_names(dispatches, _TITLE, names_lost) if lossy else dispatches
    fitted, losses = _CARRIES.fitted(named, True, names_lost)
    files = {file_name(each, ".tsv"): _written(_carried(each, losses)) for each in fitted}
    refuse_losses(losses, lossy)
    write_files(target, files)
    return tuple(losses)


def _carried(dispatch: Dispatch, losses: list[Finding]) -> Dispatch:
    """The dispatch without what no row can show."""
    text = dispatch.text
    start = len(text) - len(text.lstrip())
    if text[:start].strip(" ") or (text and start == len(text)):
        losses.append(lost(dispatch, "text", f"{_TITLE} carries no white space but spaces before the first sentence"))
    kept = {}
    for span in dispatch.spans:
        if text[span.start].isspace() or text[span.end - 1].isspace():
            what = f"{_TITLE} carries no span that begins or ends with white space, as {span.id}"
            losses.append(lost(dispatch, f"spans.{span.id}", what))
        else:
            kept[span.id] = span
    return without_twins(with_features(kept_spans(dispatch, kept, losses), losses), losses)


def _written(dispatch: Dispatch) -> str:
    tokens = tokenised(dispatch.text)
    found = sentences(tokens, ())
    units = _units(tokens, found, dispatch.spans)
    rows = _Cells.of(dispatch, [unit for of_sentence in units for unit in of_sentence])
    widths = list(accumulate(_UTF_16.widths(dispatch.text), initial=0))
    lines = [FORMAT_LINE, *rows.header, ""]
    begins = [tokens.offsets[first][0] for first, _ in found]
    for begin, end, of_sentence in zip(begins, [*begins[1:], None][: len(begins)], units, strict=True):
        body = dispatch.text[begin:end]
        body = body.removesuffix("\n") if end else body  # one break stands between sentences anyway
        lines += ["", *(f"#Text={escape_text(line)}" for line in body.split("\n"))]
        for unit in of_sentence:
            words = dispatch.text[unit.start : unit.end]
            cells = "".join(f"{cell}\t" for cell in rows.at(unit))
            lines.append(f"{unit.id}\t{widths[unit.start]}-{widths[unit.end]}\t{words}\t{cells}")
    return "\n".join(lines) + "\n"


def _units(tokens: Tokens, found: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[list[_Unit]]:
    """For each sentence its tokens, each followed by the parts of it that spans cover."""
    at_token: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        for number in tokens.touched(span):
            at_token[number].append(span)
    return [
        [
            unit
            for index, token in enumerate(range(first, end), start=1)
            for unit in _parts(f"{number}-{index}", tokens.offsets[token], at_token.get(token, []))
        ]
        for number, (first, end) in enumerate(found, start=1)
    ]


def _parts(unit_id: str, token: tuple[int, int], spans: Sequence[Span]) -> Iterator[_Unit]:
    covered: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for span in spans:
        covered[max(token[0], span.start), min(token[1], span.end)].append(span)
    yield _Unit(unit_id, *token, tuple(covered.pop(token, ())))
    for index, (part, covering) in enumerate(sorted(covered.items()), start=1):
        yield _Unit(f"{unit_id}.{index}", *part, tuple(covering))


@dataclass(frozen=True)
class _Cells:
    """What stands in the columns of the two layers, with the numbers of spans at several units or among others."""

    attributes: tuple[str, ...] | None  # None where there are no spans
    arriving: Mapping[str, Sequence[tuple[str, str]]] | None  # by unit the label and the source; None without relations
    numbers: Mapping[str, int]

    @staticmethod
    def of(dispatch: Dispatch, units: Sequence[_Unit]) -> "_Cells":
        first_unit = {span.id: unit.id for unit in reversed(units) for span in unit.spans}
        counts = Counter(span.id for unit in units for span in unit.spans)
        stacked = {span.id for unit in units if len(unit.spans) > 1 for span in unit.spans}
        numbered = [span.id for span in dispatch.spans if counts[span.id] > 1 or span.id in stacked]
        numbers = {span_id: number for number, span_id in enumerate(numbered, start=1)}
        arriving: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for relation in dispatch.relations:
            source, target = numbers.get(relation.head, 0), numbers.get(relation.tail, 0)
            which = f"[{source}_{target}]" if source or target else ""
            arriving[first_unit[relation.tail]].append((relation.label, first_unit[relation.head] + which))
        attributes = tuple(sorted({name for span in dispatch.spans for name in span.attributes}))
        return _Cells(attributes if dispatch.spans else None, arriving or None, numbers)

    @property
    def header(self) -> list[str]:
        """The layers that there is something of."""
        lines = [] if self.attributes is None else ["|".join([f"#T_SP={SPAN_LAYER}", LABEL, *self.attributes])]
        return lines + ([f"#T_RL={RELATION_LAYER}|{LABEL}|{BASE}{SPAN_LAYER}"] if self.arriving is not None else [])

    def at(self, unit: _Unit) -> list[str]:
        """The cells of a row."""
        cells = []
        if self.attributes is not None:
            columns: list[list[str | None]] = [[span.label for span in unit.spans]]
            columns += [[span.attributes.get(name) for span in unit.spans] for name in self.attributes]
            numbers = [self.numbers.get(span.id, 0) for span in unit.spans]
            cells += [write_cell(list(zip(column, numbers, strict=True))) for column in columns]
        if self.arriving is not None:
            relations = self.arriving.get(unit.id, ())
            cells.append(write_cell([(label, 0) for label, _ in relations]))
            cells.append("|".join(source for _, source in relations) or NOTHING)
        return cells
