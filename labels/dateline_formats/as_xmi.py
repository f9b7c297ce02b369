"""UIMA CAS XMI, as INCEpTION exports it: a `.xmi` file beside its `TypeSystem.xml`, or a `.zip` of both.

A layer's annotations are spans, labelled by the feature `label`, or `value`, or its only one, or else by the layer's
name; what other features say are attributes. Relations go from their Governor to their Dependent, slots from what has
them to what fills them, the links of a chain each to the one before. Layers of the language (tokens, parts of speech)
are not read.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline_labels import InputError, Place, Span
from dateline_labels.dispatch import check_date

from .drafts import SAME_ENTITY, Draft, Marks, Reading
from .format import Annotated, Format
from .layers import is_read, label_of
from .xmi_files import VIEW, read_files
from .xmi_writing import META_FIELD, METADATA, PUBLISHED, SENTENCE, SUFFIXES, TOKEN, TYPES, write

if TYPE_CHECKING:
    from cassis import Cas

_PRIMITIVE = re.compile(r"uima\.cas\.(?:String|Boolean|Byte|Short|Integer|Long|Float|Double)")
_PLACED = frozenset({"sofa", "begin", "end"})
_ENDS = ("Governor", "Dependent")
_NEXT, _ARROW, _FIRST = "next", "referenceRelation", "first"  # of chains
_SILENT = (METADATA, META_FIELD, TOKEN, SENTENCE, "uima.", "de.tudarmstadt.ukp.clarin.webanno.api.")


def recognise(path: Path, head: bytes) -> str:
    """A file of XMI by its first element, or a packed one by the names in it."""
    if head.startswith(b"PK\x03\x04"):
        return "it is packed and has an .xmi file in it" if b".xmi" in head else ""
    return "its first element is xmi:XMI" if re.search(rb"<(?:\w+:)?XMI\b[^>]*omg\.org/XMI", head[:4096]) else ""


def read(path: Path) -> Annotated:
    """The dispatch of the file, or those of a packed one; its id is the title that its metadata give, or its name.

    Raises MissingExtraError where dkpro-cassis is not installed.
    """
    reading = Reading()
    for place, name, cas in read_files(path):
        _read_cas(cas, name, place, reading)
    return reading.annotated()


def _read_cas(cas: "Cas", name: str, place: Place, reading: Reading) -> None:
    structures: list[Any] = sorted(cas.select_all_fs(), key=_order)
    facts = {str(each.key): str(each.value) for each in structures if each.type.name == META_FIELD}
    titles = [each.documentTitle for each in structures if each.type.name == METADATA and each.documentTitle]
    published = facts.pop(PUBLISHED, None)
    try:
        published = published and check_date(published)
    except ValueError as error:
        raise InputError(place, PUBLISHED, f"{error}, got {published!r}") from None
    draft = Draft(reading, place, titles[0] if titles else name, cas.sofa_string or "", published, facts)
    others = [view.sofa.sofaID for view in cas.views if view.sofa.sofaID != VIEW]
    if others:
        reading.note(place, "sofa", "lost", f"other views are not read: {', '.join(others)}")
    _Reader(place, Marks(draft)).read(structures)
    draft.finish()


def _order(structure: Any) -> tuple[int, int, int]:
    """By begin and end; what has none comes first."""
    begin, end = getattr(structure, "begin", None), getattr(structure, "end", None)
    return (-1 if begin is None else begin, -1 if end is None else end, structure.xmiID)


@dataclass(frozen=True)
class _Reader:
    """The annotations of one text as spans and relations."""

    place: Place
    marks: Marks
    span_ids: dict[int, str] = field(default_factory=dict)  # by the number that XMI gives the annotation

    def read(self, structures: Sequence[Any]) -> None:
        passed_over: Counter[str] = Counter()
        relations, others = [], []
        for structure in structures:
            features = {feature.name for feature in structure.type.all_features}
            if not is_read(structure.type.name) or not {"begin", "end"} <= features:
                passed_over[structure.type.name] += not ({"role", "target"} <= features or _FIRST in features)
            elif set(_ENDS) <= features:
                relations.append(structure)
            else:
                others.append(structure)
        for name, count in passed_over.items():
            if count and not name.startswith(_SILENT):
                self._note(name, f"{count} of this type are not read")
        for structure in others:
            self._add_span(structure)
        for structure in others:
            for label, head, tail in _ties(structure):
                self._tie(structure, label, head, tail)
        for structure in relations:
            self._add_relation(structure)

    def _add_span(self, structure: Any) -> None:
        name = structure.type.name
        values: dict[str, str | None] = {}
        for feature, value in _features(structure):
            if _PRIMITIVE.fullmatch(feature.rangeType.name):
                values[_name(feature)] = _words(value)
            elif value is not None and feature.name != _NEXT and _links(value) is None:
                self._note(name, f"the feature {_name(feature)} of {feature.rangeType.name} is not read")
        if _NEXT in {feature.name for feature, _ in _features(structure)}:
            values.pop(_ARROW, None)
        label, attributes = label_of(name, values)
        try:
            span = Span("new", label, structure.begin, structure.end, attributes)
        except (TypeError, ValueError):
            self._note(name, f"{label} of no words, from {structure.begin} to {structure.end}, is not carried")
            return
        self.span_ids[structure.xmiID] = self.marks.span(self.place, _short(name), span)

    def _add_relation(self, structure: Any) -> None:
        values = {
            _name(feature): _words(value)
            for feature, value in _features(structure)
            if feature.name not in _ENDS and _PRIMITIVE.fullmatch(feature.rangeType.name)
        }
        label, others = label_of(structure.type.name, values)
        if others:
            what = f"relations carry no attributes: {', '.join(others)} of {label} is not read"
            self._note(structure.type.name, what)
        self._tie(structure, label, structure.Governor, structure.Dependent)

    def _tie(self, structure: Any, label: str, head: Any, tail: Any) -> None:
        ids = [self.span_ids.get(getattr(end, "xmiID", None) or -1) for end in (head, tail)]
        if ids[0] is None or ids[1] is None:
            self._note(structure.type.name, f"{label} ties what is not read as a span")
            return
        self.marks.relation(self.place, _short(structure.type.name), label, (ids[0], ids[1]))

    def _note(self, type_name: str, what: str) -> None:
        self.marks.draft.reading.note(self.place, _short(type_name), "lost", what)


def _features(structure: Any) -> list[tuple[Any, Any]]:
    """The features of an annotation but for its place, with what they say."""
    return [(each, structure[each.name]) for each in structure.type.all_features if each.name not in _PLACED]


def _ties(structure: Any) -> Iterator[tuple[str, Any, Any]]:
    """What the slots of an annotation take, and what its chain goes on with: labels, heads and tails."""
    for feature, value in _features(structure):
        if feature.name == _NEXT:
            if value is not None:
                yield _words(structure[_ARROW]) or SAME_ENTITY, value, structure
            continue
        for link in _links(value) or ():
            yield _words(link.role) or _name(feature), structure, link.target


def _links(value: Any) -> list[Any] | None:
    """The links of a slot; None where a value is no slot."""
    elements = getattr(value, "elements", value)
    if not isinstance(elements, list) or not all(
        hasattr(each, "role") and hasattr(each, "target") for each in elements
    ):
        return None
    return elements


def _words(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _name(feature: Any) -> str:
    """The name of a feature, from which cassis tells those of its own by `_`."""
    return str(feature.name[:-1] if feature.name in ("self_", "type_") else feature.name)


def _short(type_name: str) -> str:
    return type_name.rpartition(".")[2]


FORMAT = Format("xmi", "UIMA CAS XMI", SUFFIXES, recognise, read, write, pieces="none", companions=(TYPES,))
