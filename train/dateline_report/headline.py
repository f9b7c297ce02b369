"""The figures that a report begins with, each with its interval and its meaning."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dateline_statistics.ratios import is_small

from .meanings import meaning

Path = tuple[str, ...]

_HEADLINE: Final[tuple[tuple[Path, str], ...]] = (
    (("spans", "exact", "micro", "f1"), "Spans, exact"),
    (("spans", "semeval", "partial", "micro", "f1"), "Spans, partial"),
    (("relations", "strict", "micro", "f1"), "Relations, strict"),
    (("relations", "overlapping", "micro", "f1"), "Relations, overlapping spans"),
    (("relations", "gold_spans", "micro", "f1"), "Relations, gold spans given"),
    (("attributes", "*", "accuracy"), "Attribute {}"),
    (("events", "recall", "share"), "Events found (recall)"),
    (("clusters", "*", "pairs", "f1"), "Mentions of one event, pairs"),
    (("clusters", "*", "lea", "f1"), "Mentions of one event, LEA"),
    (("casualties", "number", "micro", "f1"), "Casualty figures with their number"),
    (("casualties", "number_and_event", "micro", "f1"), "Casualty figures with number and event"),
    (("incidents", "core", "f1"), "Incidents right at the core"),
    (("incidents", "whole", "f1"), "Incidents wholly right"),
    (("swaps", "rate"), "Perpetrator and target swapped"),
)
"""Where each stands in the metrics (`*`: every key there) and its title."""


def headline(figures: Mapping[str, Any], dispatches: int) -> list[dict[str, Any]]:
    """The rows of the headline, of those figures that there are."""
    return [row for path, title in _HEADLINE for row in _rows(figures, path, title, dispatches)]


def _rows(figures: Mapping[str, Any], path: Path, title: str, dispatches: int) -> Iterator[dict[str, Any]]:
    for names, node in _nodes(figures, path[:-1]):
        support = _support(node)
        if path[-1] not in node or not support:
            continue
        key = ".".join((*names, path[-1]))
        told = title.format(*(name for name, asked in zip(names, path, strict=False) if asked == "*"))
        yield {
            "key": key,
            "title": told,
            "value": node[path[-1]],
            "low": node.get("low"),
            "high": node.get("high"),
            "support": support,
            "small": is_small(support, dispatches),
            "meaning": meaning(key),
        }


def _nodes(figures: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every place that a path leads to, with its names."""
    if not path:
        yield (), figures
        return
    for name in figures if path[0] == "*" else [each for each in path[:1] if each in figures]:
        for names, node in _nodes(figures[name], path[1:]):
            yield (name, *names), node


def _support(node: Mapping[str, Any]) -> int:
    """How many gold ones stand behind the figures of a node."""
    if "rate" in node:
        return int(node["right"] + node["swapped"])
    if "correct" in node:
        return int(sum(node[name] for name in ("correct", "incorrect", "partial", "missed")))
    return int(node.get("gold", node.get("judged", node.get("of", 0))))
