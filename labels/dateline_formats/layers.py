"""The layers of INCEpTION and WebAnno: which hold annotations, and what is the label of one."""

from collections.abc import Mapping, Sequence

SPAN_LAYER = "webanno.custom.Span"
RELATION_LAYER = "webanno.custom.Relation"
LABEL = "label"
"""What we write: a layer of spans and one of relations, with the label in a feature of this name."""

_LABELS = (LABEL, "value")
_LANGUAGE = tuple(
    f"de.tudarmstadt.ukp.dkpro.core.api.{part}."
    for part in ("lexmorph", "metadata", "morph", "segmentation", "syntax", "transform")
)
_DOCUMENT = ("uima.", "de.tudarmstadt.ukp.clarin.webanno.api.", "org.dkpro.core.api.xml.", "org.dkpro.core.api.pdf.")


def is_read(layer: str) -> bool:
    """Whether a layer holds annotations, and neither the language of the text nor the form of the document."""
    return not layer.startswith((*_LANGUAGE, *_DOCUMENT))


def label_feature(features: Sequence[str]) -> str | None:
    """The feature that is the label of an annotation: `label`, or else `value`, or the only one; None of several.

    An annotation without one has its layer's name for a label.
    """
    named = [name for wanted in _LABELS for name in features if name.casefold() == wanted]
    return named[0] if named else features[0] if len(features) == 1 else None


def label_of(layer: str, values: Mapping[str, str | None]) -> tuple[str, dict[str, str]]:
    """The label of an annotation by its features, and what the others say, where they say something."""
    chosen = label_feature(list(values))
    label = (values[chosen] if chosen is not None else None) or layer.rpartition(".")[2] or layer
    return label, {name: value for name, value in values.items() if value is not None and name != chosen}
