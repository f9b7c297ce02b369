"""Dispatches → UIMA CAS XMI, one file each beside one `TypeSystem.xml`, as INCEpTION imports them.

Spans with their attributes are in one layer, relations in another; the id, the date and what else is known of a
dispatch stand in DKPro's metadata. Tokens and sentences are those of `tokens`.
"""

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline_labels import Dispatch, InputError, MissingExtraError, Place

from .carrying import Carries, file_name, with_file_names, write_files
from .format import Finding, refuse_losses
from .layers import LABEL, RELATION_LAYER, SPAN_LAYER, with_features
from .losses import lost, without_twins
from .tokens import sentences, tokenised

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

SUFFIXES = ("",)
TYPES = "TypeSystem.xml"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
META_FIELD = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.MetaDataStringField"
PUBLISHED = "published"
"""The key of a metadata field that holds the date of publication."""

TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"  # noqa: S105
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
_ANNOTATION, _WORDS = "uima.tcas.Annotation", "uima.cas.String"
_TITLE = "CAS XMI"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML = "[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+"


def _carries(key: str, value: object) -> str:
    if key == PUBLISHED or not isinstance(value, str) or _NOT_XML.search(key + value):
        return f"no other facts than words, under other keys than {PUBLISHED}: {key}"
    return ""


_CARRIES = Carries(_TITLE, published=True, meta=_carries, attributes=True, names=_XML)


def write(dispatches: Sequence[Dispatch], target: Path, lossy: bool) -> tuple[Finding, ...]:
    """A file a dispatch, named by its id, and one of the types, in the folder `target`. Raises as `Format` says."""
    if not find_spec("cassis"):
        raise MissingExtraError("CAS XMI", "dkpro-cassis", "formats")
    if target.suffix:
        raise InputError(Place(str(target)), "format", f"expected a folder to write {_TITLE} to")
    names_lost: list[Finding] = []
    named = with_file_names(dispatches, _TITLE, names_lost) if lossy else dispatches
    fitted, losses = _CARRIES.fitted(named, True, names_lost)
    carried = [without_twins(with_features(_with_xml_text(each, losses), losses), losses) for each in fitted]
    for dispatch in carried:
        if _NOT_XML.search(dispatch.id):
            raise InputError(Place(dispatch.id), "id", "XML cannot carry it")
    refuse_losses(losses, lossy)
    types = _types(sorted({name for each in carried for span in each.spans for name in span.attributes}))
    files = {file_name(dispatch, ".xmi"): _cas(dispatch, types).to_xmi() or "" for dispatch in carried}
    write_files(target, {**files, TYPES: types.to_xml() or ""})
    return tuple(losses)


def _with_xml_text(dispatch: Dispatch, losses: list[Finding]) -> Dispatch:
    """The dispatch with U+FFFD in place of what XML cannot carry, which is as long."""
    text, count = _NOT_XML.subn("\ufffd", dispatch.text)
    if not count:
        return dispatch
    losses.append(lost(dispatch, "text", f"{_TITLE} carries no control characters, of which it has {count}"))
    return replace(dispatch, text=text)


def _types(attributes: Sequence[str]) -> "TypeSystem":
    """The types of what we write; those of DKPro and of UIMA with the features that we fill."""
    from cassis import TypeSystem

    types = TypeSystem()
    features: dict[tuple[str, str], dict[str, str]] = {
        (TOKEN, _ANNOTATION): {},
        (SENTENCE, _ANNOTATION): {},
        (METADATA, "uima.tcas.DocumentAnnotation"): {"documentTitle": _WORDS, "documentId": _WORDS},
        (META_FIELD, _ANNOTATION): {"key": _WORDS, "value": _WORDS},
        (SPAN_LAYER, _ANNOTATION): dict.fromkeys((LABEL, *attributes), _WORDS),
        (RELATION_LAYER, _ANNOTATION): {LABEL: _WORDS, "Governor": SPAN_LAYER, "Dependent": SPAN_LAYER},
    }
    for (name, parent), of_type in features.items():
        made = types.create_type(name, parent)
        for feature, kind in of_type.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of `self` and `type`, for which cassis has other names
                types.create_feature(made, feature, kind)
    return types


def _cas(dispatch: Dispatch, types: "TypeSystem") -> "Cas":
    from cassis import Cas

    cas = Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = dispatch.text, "text/plain"

    def add(name: str, start: int, end: int, **values: Any) -> None:
        cas.add(types.get_type(name)(begin=start, end=end, **values))

    add(METADATA, 0, len(dispatch.text), documentTitle=dispatch.id, documentId=dispatch.id)
    published = {PUBLISHED: dispatch.published} if dispatch.published is not None else {}
    for key, value in {**dispatch.meta, **published}.items():
        add(META_FIELD, 0, 0, key=key, value=value)
    tokens = tokenised(dispatch.text)
    for start, end in tokens.offsets:
        add(TOKEN, start, end)
    for first, last in sentences(tokens, ()):
        add(SENTENCE, tokens.offsets[first][0], tokens.offsets[last - 1][1])
    made: dict[str, Any] = {}
    for span in dispatch.spans:
        values = {**span.attributes, LABEL: span.label}
        made[span.id] = types.get_type(SPAN_LAYER)(begin=span.start, end=span.end)
        for name, value in values.items():
            made[span.id][f"{name}_" if name in ("self", "type") else name] = value  # as cassis calls them
        cas.add(made[span.id])
    for relation in dispatch.relations:
        head, tail = made[relation.head], made[relation.tail]
        add(RELATION_LAYER, tail.begin, tail.end, label=relation.label, Governor=head, Dependent=tail)
    return cas
