"""The layers of INCEpTION and WebAnno: which hold annotations, what is the label of one, which attributes fit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dateline_labels import Dispatch

from .format import Finding
from .losses import lost

SPAN_LAYER = "webanno.custom.Span"
RELATION_LAYER = "webanno.custom.Relation"
LABEL = "label"
"""What we write: a layer of spans and one of relations, with the label in a feature of this name."""

_OWN = frozenset({LABEL, "begin", "end", "sofa", "next", "Governor", "Dependent", "xmiID", "get", "set"})
_FEATURE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LANGUAGE = tuple(
    f"de.tudarmstadt.ukp.dkpro.core.api.{part}."
    for part in ("lexmorph", "metadata", "morph", "segmentation", "syntax", "transform")
)
_DOCUMENT = ("uima.", "de.tudarmstadt.ukp.clarin.webanno.api.", "org.dkpro.core.api.xml.", "org.dkpro.core.api.pdf.")


def is_read(layer: str) -> bool:
    """Whether a layer holds annotations, and neither the language of the text nor the form of the document."""
    return not layer.startswith((*_LANGUAGE, *_DOCUMENT))


def label_of(layer: str, values: Mapping[str, str | None]) -> tuple[str, dict[str, str]]:
    """The label of an annotation by its features, and what the others say, where they say something."""
    chosen = _label_feature(list(values))
    label = (values[chosen] if chosen is not None else None) or layer.rpartition(".")[2] or layer
    return label, {name: value for name, value in values.items() if value is not None and name != chosen}


def _label_feature(features: Sequence[str]) -> str | None:
    """`label`, or else `Label`, `value`, `Value`, or the only feature; none of several others."""
    named = [name for wanted in (LABEL, "Label", "value", "Value") for name in features if name == wanted]
    return named[0] if named else features[0] if len(features) == 1 else None


def with_features(dispatch: Dispatch, losses: list[Finding]) -> Dispatch:
    """The dispatch with the attributes that can be features by their names; the others are added to `losses`."""
    spans = []
    for span in dispatch.spans:
        fit = {name: value for name, value in span.attributes.items() if _FEATURE.fullmatch(name) and name not in _OWN}
        for name in span.attributes.keys() - fit.keys():
            losses.append(lost(dispatch, f"spans.{span.id}", f"no feature of a layer can be named {name!r}"))
        spans.append(replace(span, attributes=fit))
    return replace(dispatch, spans=tuple(spans))
