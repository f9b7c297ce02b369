"""Annotators → the dispatches that at least two of them have, each with what each made of it.

They are put together by their ids; those whose id nobody else has, by their texts, as many exports make ids of the name
of the file. Texts must agree, for offsets count in them; what is left out is listed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from dateline_formats.format import Annotated, Finding
from dateline_labels import Dispatch, InputError, Place

from .annotators import Annotator

_SHOWN = 5


@dataclass(frozen=True)
class SharedDispatch:
    """A dispatch of several annotators: what each made of it, by their names, in their order."""

    id: str
    by: Mapping[str, Dispatch]

    @property
    def first(self) -> Dispatch:
        """What the first of them made of it."""
        return next(iter(self.by.values()))


@dataclass(frozen=True)
class Shared:
    """The dispatches that are of at least two annotators, the annotators who have any of them, and what there is to say
    about the others.
    """

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
    strangers: set[str] = set()
    for each in annotators:
        for dispatch in each.annotated.dispatches:
            own = partners.get((each.name, dispatch.id), dispatch.id)
            by = gathered.setdefault(own, {})
            first = next(iter(by.items()), (each.name, dispatch))
            if first[1].text == dispatch.text:
                by[each.name] = replace(dispatch, id=own)
            else:
                strangers.add(own)
                findings.append(_of_another_text(each, dispatch, first))
    whole = tuple(SharedDispatch(name, by) for name, by in gathered.items() if len(by) > 1)
    told = {each.id for each in whole} | strangers
    for each in annotators:
        findings += _alone(each, told, partners)
    if not whole:
        theirs = [each.annotated.dispatches[0].id for each in annotators if each.annotated.dispatches][:_SHOWN]
        what = f"no dispatch is of two annotators, by its id or by its text; their first ones are {', '.join(theirs)}"
        raise InputError(Place(str(annotators[-1].path)), "id", what)
    taking_part = tuple(each.name for each in annotators if any(each.name in shared.by for shared in whole))
    findings += [_of_nobody_else(each) for each in annotators if each.name not in taking_part]
    return Shared(taking_part, whole, (*findings, *_not_of_all(whole, taking_part)))


def _of_nobody_else(annotator: Annotator) -> Finding:
    """That the annotator shares no dispatch with anybody, and is not compared."""
    what = f"{annotator.name} has no dispatch together with another annotator, and is left out"
    return Finding(Place(str(annotator.path)), "annotators", "lost", what)


def _of_another_text(annotator: Annotator, dispatch: Dispatch, first: tuple[str, Dispatch]) -> Finding:
    """That the dispatch of an annotator is not of the text that the first one has under its id."""
    name, other = first
    differs = (at for at, two in enumerate(zip(dispatch.text, other.text, strict=False)) if two[0] != two[1])
    at = next(differs, min(len(dispatch.text), len(other.text)))
    what = f"{dispatch.id} of {annotator.name}: another text than that of {name} from code point {at} on; left out"
    return Finding(annotator.annotated.place_of(dispatch), "text", "lost", what)


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


def _alone(annotator: Annotator, told: set[str], partners: Mapping[tuple[str, str], str]) -> list[Finding]:
    """A finding for each dispatch that nobody else has."""
    found = []
    for dispatch in annotator.annotated.dispatches:
        if partners.get((annotator.name, dispatch.id), dispatch.id) not in told:
            place = annotator.annotated.place_of(dispatch)
            found.append(Finding(place, "id", "lost", f"only {annotator.name} has {dispatch.id}; left out"))
    return found


def _not_of_all(dispatches: Sequence[SharedDispatch], names: Sequence[str]) -> list[Finding]:
    """A finding for each dispatch that somebody lacks."""
    found = []
    for each in dispatches:
        missing = [name for name in names if name not in each.by]
        if missing:
            found.append(Finding(Place(each.id), "id", "warning", f"not of {', '.join(missing)}"))
    return found
