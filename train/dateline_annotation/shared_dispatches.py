"""Annotators → the dispatches that at least two of them have, each with what each made of it.

They are put together by their ids; those whose id nobody else has, by their texts, as many exports make ids of the name
of the file. Texts must agree, for offsets count in them; what is left out is listed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from pathlib import Path

from dateline_formats.format import Annotated, Finding
from dateline_labels import Dispatch, InputError, Place

from .annotators import Annotator


@dataclass(frozen=True)
class SharedDispatch:
    """A dispatch of several annotators: what each made of it, by their names, in their order."""

    id: str
    text: str
    by: Mapping[str, Dispatch]


@dataclass(frozen=True)
class Shared:
    """The dispatches that are of at least two annotators, and what there is to say about the others."""

    annotators: tuple[str, ...]
    dispatches: tuple[SharedDispatch, ...]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every two annotators who have a dispatch together."""
        together = {pair for each in self.dispatches for pair in combinations(each.by, 2)}
        return tuple(pair for pair in combinations(self.annotators, 2) if pair in together)


def shared_dispatches(annotators: Sequence[Annotator]) -> Shared:
    """Raises InputError where no dispatch is of two annotators."""
    ids = Counter(dispatch.id for each in annotators for dispatch in each.annotated.dispatches)
    findings: list[Finding] = []
    partners = _by_text(annotators, ids, findings)
    gathered: dict[str, dict[str, Dispatch]] = {}
    for each in annotators:
        for dispatch in each.annotated.dispatches:
            own = partners.get((each.name, dispatch.id), dispatch.id)
            _gather(gathered.setdefault(own, {}), each, replace(dispatch, id=own), findings)
    whole = tuple(
        SharedDispatch(name, next(iter(by.values())).text, by) for name, by in gathered.items() if len(by) > 1
    )
    known = {each.id: set(each.by) for each in whole}
    for each in annotators:
        findings += _alone(each, known, partners)
    names = tuple(each.name for each in annotators)
    if not whole:
        first = [each.annotated.dispatches[0].id for each in annotators if each.annotated.dispatches]
        what = f"no dispatch is of two annotators, by its id or by its text; their first ones are {', '.join(first)}"
        raise InputError(Place(str(_path(annotators))), "id", what)
    for dispatch in whole:
        missing = [name for name in names if name not in dispatch.by]
        if missing:
            findings.append(Finding(Place(dispatch.id), "id", "warning", f"not of {', '.join(missing)}"))
    return Shared(names, whole, tuple(findings))


def _gather(by: dict[str, Dispatch], annotator: Annotator, dispatch: Dispatch, findings: list[Finding]) -> None:
    """Add the dispatch to those of its id, unless it has another text than the first of them."""
    if by:
        first, text = next(iter(by)), next(iter(by.values())).text
        if text != dispatch.text:
            at = next((at for at, two in enumerate(zip(text, dispatch.text, strict=False)) if two[0] != two[1]), None)
            at = min(len(text), len(dispatch.text)) if at is None else at
            place = annotator.annotated.place_of(dispatch)
            what = f"another text than that of {first} from code point {at} on; left out"
            findings.append(Finding(place, "text", "lost", f"{dispatch.id} of {annotator.name}: {what}"))
            return
    by[annotator.name] = dispatch


def _by_text(
    annotators: Sequence[Annotator], ids: Mapping[str, int], findings: list[Finding]
) -> dict[tuple[str, str], str]:
    """The id under which a dispatch is put whose own nobody else has, by (annotator, its own): that of the first
    annotator who has its text under an id that nobody else has.
    """
    first: dict[str, str] = {}
    partners: dict[tuple[str, str], str] = {}
    for each in annotators:
        single = _texts_once(each.annotated, ids)
        for text, dispatch in single.items():
            if text not in first:
                first[text] = dispatch.id
                continue
            partners[each.name, dispatch.id] = first[text]
            what = f"nobody else has the id {dispatch.id}; put together with {first[text]}, which has the same text"
            findings.append(Finding(each.annotated.place_of(dispatch), "id", "repaired", what))
    return partners


def _texts_once(annotated: Annotated, ids: Mapping[str, int]) -> dict[str, Dispatch]:
    """The dispatches whose ids nobody else has, by their texts, of which the annotator has each but once."""
    own = [dispatch for dispatch in annotated.dispatches if ids[dispatch.id] == 1]
    texts = Counter(dispatch.text for dispatch in own)
    return {dispatch.text: dispatch for dispatch in own if texts[dispatch.text] == 1}


def _alone(
    annotator: Annotator, known: Mapping[str, set[str]], partners: Mapping[tuple[str, str], str]
) -> list[Finding]:
    """A finding for each dispatch that nobody else has."""
    found = []
    for dispatch in annotator.annotated.dispatches:
        if partners.get((annotator.name, dispatch.id), dispatch.id) not in known:
            place = annotator.annotated.place_of(dispatch)
            found.append(Finding(place, "id", "lost", f"only {annotator.name} has {dispatch.id}; left out"))
    return found


def _path(annotators: Sequence[Annotator]) -> Path:
    return annotators[-1].path
