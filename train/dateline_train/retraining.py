"""Old data and new → what a checkpoint is trained on next.

The recipe's `[data]` is the old data, split as it says. All new dispatches are learnt from, but for those that only
correct an old one: they take its place, in its part, so that nothing moves from validation or test into training.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dateline_formats.format import Annotated, Finding
from dateline_formats.reading import read_annotations
from dateline_labels import Dispatch, InputError, Place, Schema
from dateline_labels.splits import Splits

from .recipe import RetrainSection


@dataclass(frozen=True)
class Renewed:
    """The parts with the new dispatches in them, the ids of those that are learnt, and what there is to say."""

    splits: Splits
    new: frozenset[str]
    findings: tuple[Finding, ...] = ()


def renewed(old: Splits, section: RetrainSection, schema: Schema, place: Place) -> Renewed:
    """Add the new data of a retraining to the old; nothing is changed where there are none.

    Raises InputError where a new dispatch has the id of an old one and another text, or is for training and for
    validation both, or where no new one is left to learn from.
    """
    if not section.files:
        return Renewed(old, frozenset())
    new = read_annotations(section.files, schema, section.map)
    held = read_annotations(section.validation, schema, section.map)
    _check_texts(old, new)
    _check_texts(old, held)
    _check_held(held, {dispatch.id: "learnt from" for dispatch in (*new.dispatches, *old.train)})
    corrections = {dispatch.id: dispatch for dispatch in (*new.dispatches, *held.dispatches)}
    validation, test = (_corrected(part, corrections) for part in (old.validation, old.test))
    kept_out = {dispatch.id: name for name, part in (("validation", validation), ("test", test)) for dispatch in part}
    learnt = tuple(dispatch for dispatch in new.dispatches if dispatch.id not in kept_out)
    if not learnt:
        raise InputError(
            place, "retrain.files", "expected a new dispatch to learn from, got only some for validation or test"
        )
    ids = frozenset(dispatch.id for dispatch in learnt)
    train = (*(dispatch for dispatch in old.train if dispatch.id not in ids), *learnt)
    added = tuple(dispatch for dispatch in held.dispatches if dispatch.id not in kept_out)
    findings = (*new.findings, *held.findings, *_doubts(new, kept_out, (*validation, *added, *test)))
    return Renewed(Splits(train, (*validation, *added), test), ids, findings)


def _corrected(part: tuple[Dispatch, ...], corrections: Mapping[str, Dispatch]) -> tuple[Dispatch, ...]:
    return tuple(corrections.get(dispatch.id, dispatch) for dispatch in part)


def _check_texts(old: Splits, new: Annotated) -> None:
    texts = {dispatch.id: dispatch.text for part in (old.train, old.validation, old.test) for dispatch in part}
    for dispatch in new.dispatches:
        if texts.get(dispatch.id, dispatch.text) != dispatch.text:
            what = f"{dispatch.id} is the id of an old dispatch with another text; give the new one another id"
            raise InputError(new.place_of(dispatch), "id", what)


def _check_held(held: Annotated, taken: Mapping[str, str]) -> None:
    for dispatch in held.dispatches:
        if dispatch.id in taken:
            raise InputError(
                held.place_of(dispatch), "id", f"{dispatch.id} is for validation and {taken[dispatch.id]} too"
            )


def _doubts(new: Annotated, kept_out: Mapping[str, str], unseen: tuple[Dispatch, ...]) -> list[Finding]:
    """A warning for each new dispatch that is not learnt from, or whose text is to be validated or tested on."""
    texts = {dispatch.text: dispatch.id for dispatch in unseen}
    found = []
    for dispatch in new.dispatches:
        if dispatch.id in kept_out:
            what = f"corrects a dispatch of {kept_out[dispatch.id]}, where it stays; it is not learnt from"
        elif dispatch.text in texts:
            what = f"has the text of {texts[dispatch.text]}, which is not learnt from: figures on that one will flatter"
        else:
            continue
        found.append(Finding(new.place_of(dispatch), "id", "warning", what))
    return found
