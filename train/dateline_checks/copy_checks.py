"""Checks of dispatches against each other: ids that occur twice, copies of a text, and how their annotations differ."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dateline_formats import inception_project
from dateline_formats.format import Annotated

from .differences import Difference, differences
from .problems import Placed, Problem

ALIKE = 0.8
"""How alike two texts are at least whose annotations are compared: the share of their runs of three words."""


def check_ids(collection: Sequence[Placed], annotator: str | None) -> Iterator[Problem]:
    """Each id that occurs again, unless of another annotator, as the key `annotator` of meta or a project tells."""
    seen: dict[tuple[str, str], Placed] = {}
    for placed in collection:
        first = seen.setdefault((placed.dispatch.id, annotator_of(placed, annotator)), placed)
        if first is not placed:
            what = f"{placed.dispatch.id} occurs twice, first at {_at(first)}"
            yield Problem(placed.place(), "id", "error", "duplicate", what)


def check_copies(collection: Sequence[Placed], annotator: str | None) -> Iterator[Problem]:
    """Texts that occur again, and every difference between the annotations of copies and near-copies."""
    for first, copy in copies(collection):
        here, there = (annotator_of(each, annotator) for each in (copy, first))
        check = "copies" if here == there else "annotators"
        same = _plain(first.dispatch.text) == _plain(copy.dispatch.text)
        whose = f"of {'' if same else 'nearly '}the same text; there: {_at(first)}"
        who = "" if here == there else f", {there or 'nobody'}; here: {here or 'nobody'}"
        found = list(differences(first.dispatch, copy.dispatch))
        for each in found:
            yield _problem(copy, each, check, f"{each.what} ({whose}{who})")
        if same and not found and here == there:
            what = f"the same text, annotated alike, stands at {_at(first)}"
            yield Problem(copy.place(), copy.field("text"), "warning", "duplicate", what)


def check_annotators(annotators: Mapping[str, Annotated]) -> Iterator[Problem]:
    """Every difference between the first annotator of a dispatch and each other one."""
    firsts: dict[str, tuple[str, Placed]] = {}
    many = len({dispatch.id for annotated in annotators.values() for dispatch in annotated.dispatches}) > 1
    for name, annotated in annotators.items():
        for dispatch in annotated.dispatches:
            placed = Placed(dispatch, annotated, many)
            who, first = firsts.setdefault(dispatch.id, (name, placed))
            for each in differences(first.dispatch, dispatch) if first is not placed else ():
                yield _problem(placed, each, "annotators", f"{each.what} (there: {who}; here: {name})")


def copies(collection: Sequence[Placed]) -> Iterator[tuple[Placed, Placed]]:
    """Each copy of a text, or near-copy, with the first of its kind."""
    from dateline_archive.copies import likeness

    firsts: dict[str, list[Placed]] = defaultdict(list)
    for placed in collection:
        if any(map(str.isalnum, placed.dispatch.text)):
            firsts[_plain(placed.dispatch.text)].append(placed)
    for same in firsts.values():
        yield from ((same[0], copy) for copy in same[1:])
    texts = list(firsts)
    with TemporaryDirectory(prefix="dateline-") as folder:
        found = likeness([texts], ALIKE, Path(folder))
    for text, first, alike in zip(texts, found.groups.tolist(), found.alike.tolist(), strict=True):
        if texts[first] != text and alike >= ALIKE:
            yield firsts[texts[first]][0], firsts[text][0]


def annotator_of(placed: Placed, key: str | None) -> str:
    """Who annotated the dispatch, where its meta data tell under `key`, or else its place in a project of INCEpTION."""
    if key:
        return str(placed.dispatch.meta.get(key, ""))
    return inception_project.annotator_of(Path(placed.place().path))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _at(placed: Placed) -> str:
    place, several = placed.place(), len(placed.source.dispatches) > 1
    return f"{place.path}:{place.line}{f' ({placed.dispatch.id})' if several else ''}"


def _problem(placed: Placed, each: Difference, check: str, what: str) -> Problem:
    if each.span is not None:
        return placed.of_span(each.span, "warning", check, what)
    if each.relation is not None:
        return placed.of_relation(each.relation, "warning", check, what)
    start, end = each.words or (0, 0)
    if (start, end) == (0, len(placed.dispatch.text)):
        return Problem(placed.place(), placed.field("spans"), "warning", check, what)
    return placed.of_text(start, end, "warning", check, what)
