"""What a format has no place for, as `lost` findings that its writer lists or refuses."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from dateline_labels import Dispatch, Place

from .format import Finding

Part = Literal["published", "meta", "attributes", "scores", "relations"]
"""A part of a dispatch that a format may not carry; `scores` stands for those of spans, attributes and relations."""


def lost_parts(dispatches: Sequence[Dispatch], title: str, parts: Collection[Part]) -> list[Finding]:
    """A finding for each dispatch and part that is there and that the format `title` cannot carry.

    Relations are listed one by one, attributes and scores by the ids of their spans.
    """
    return [
        Finding(Place(dispatch.id), name, "lost", f"{title} carries no {what}")
        for dispatch in dispatches
        for part, name, what in _present(dispatch)
        if part in parts
    ]


def lost(dispatch: Dispatch, name: str, what: str) -> Finding:
    """One loss of a dispatch that is written."""
    return Finding(Place(dispatch.id), name, "lost", what)


def _present(dispatch: Dispatch) -> Iterator[tuple[Part, str, str]]:
    if dispatch.published is not None:
        yield "published", "published", f"date of publication: {dispatch.published}"
    if dispatch.meta:
        yield "meta", "meta", f"other facts about a dispatch: {_listed(dispatch.meta)}"
    attributed = [span.id for span in dispatch.spans if span.attributes]
    if attributed:
        yield "attributes", "attributes", f"attributes; there are some of {_listed(attributed)}"
    scored = [span.id for span in dispatch.spans if span.score is not None or span.attribute_scores]
    if scored:
        yield "scores", "score", f"scores of spans; there are some of {_listed(scored)}"
    for index, relation in enumerate(dispatch.relations):
        words = f"{relation.head} {relation.label} {relation.tail}"
        yield "relations", f"relations[{index}]", f"relations: {words}"
    related = [f"{each.head} {each.label} {each.tail}" for each in dispatch.relations if each.score is not None]
    if related:
        yield "scores", "score", f"scores of relations; there are some of {_listed(related)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
