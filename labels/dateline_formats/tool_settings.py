"""A label schema → the settings of an annotation tool, with the names that the writers of its format use.

label-studio   the labelling interface of a project, XML: Settings → Labeling Interface → Code
brat           annotation.conf, beside the .txt and .ann files
"""

from collections.abc import Callable
from typing import Final
from xml.sax.saxutils import quoteattr

from dateline_labels import Schema

_COLOURS: Final = ("#00609c", "#9c4a00", "#00684c", "#8f3d76", "#6b5b00", "#1b6d8a", "#57534e", "#a3293d")


def label_studio(schema: Schema) -> str:
    """Labels, choices for each region that has an attribute, and relations, on the text of `data.text`."""
    lines = ["<View>", '  <Labels name="label" toName="text">']
    for number, (label, span) in enumerate(schema.spans.items()):
        hint = f" hint={quoteattr(' '.join(span.description.split()))}" if span.description else ""
        lines.append(f'    <Label value="{label}" background="{_COLOURS[number % len(_COLOURS)]}"{hint}/>')
    lines += ["  </Labels>", '  <Text name="text" value="$text"/>']
    for name, (labels, values) in _attributes(schema).items():
        where = f'whenTagName="label" whenLabelValue="{",".join(labels)}"'
        lines.append(f'  <Choices name="{name}" toName="text" choice="single" perRegion="true" {where}>')
        lines += [*(f'    <Choice value="{value}"/>' for value in values), "  </Choices>"]
    if schema.relations:
        lines += [
            "  <Relations>",
            *(f'    <Relation value="{label}"/>' for label in schema.relations),
            "  </Relations>",
        ]
    return "\n".join([*lines, "</View>", ""])


def brat(schema: Schema) -> str:
    """The four sections; relations with the labels that they may tie, attributes with their values."""
    relations = [
        f"{label}\tArg1:{'|'.join(relation.head)}, Arg2:{'|'.join(relation.tail)}"
        for label, relation in schema.relations.items()
    ]
    attributes = [
        f"{name}\tArg:{'|'.join(labels)}, Value:{'|'.join(values)}"
        for name, (labels, values) in _attributes(schema).items()
    ]
    sections = {"entities": list(schema.spans), "relations": relations, "events": [], "attributes": attributes}
    return "\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in sections.items())


def _attributes(schema: Schema) -> dict[str, tuple[list[str], list[str]]]:
    """Each attribute by its name, with the labels that carry it and all of its values: a tool has one of a name."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for label, name, values in schema.attributes:
        labels, known = found.setdefault(name, ([], []))
        labels.append(label)
        known += [value for value in values if value not in known]
    return found


TOOLS: Final[dict[str, Callable[[Schema], str]]] = {"label-studio": label_studio, "brat": brat}
"""By the name of the format."""
