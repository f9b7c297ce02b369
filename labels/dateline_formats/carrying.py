"""What a format can carry, and dispatches as far as it can: each thing left behind is a `lost` finding."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dateline_labels import Dispatch, InputError, Place, Relation, Span
from dateline_labels.files import write_atomically

from .format import Annotated, Finding, refuse_losses
from .overlaps import without_overlaps


@dataclass(frozen=True)
class Carries:
    """What a format carries besides text, spans and relations.

    `meta` says what it carries where it does not carry a key with its value, "" where it does; True stands for any.
    `names` is what labels, and the names and values of attributes, must match whole.
    """

    title: str
    published: bool = False
    meta: Callable[[str, object], str] | bool = False
    attributes: bool = False
    scores: bool = False
    relations: bool = True
    overlaps: bool = True
    names: str = r"(?s:.+)"

    def fitted(
        self, dispatches: Sequence[Dispatch], lossy: bool, before: Sequence[Finding] = ()
    ) -> tuple[list[Dispatch], list[Finding]]:
        """The dispatches without what cannot be carried, with what was lost `before` and here.

        Raises InputError at the first loss unless `lossy`.
        """
        findings = list(before)
        fitted = [_Fitting(self, dispatch, findings).fitted() for dispatch in dispatches]
        if not self.overlaps:
            apart = without_overlaps(Annotated(tuple(fitted)))
            fitted = list(apart.dispatches)
            findings += apart.findings
        refuse_losses(findings, lossy)
        return fitted, findings


@dataclass(frozen=True)
class _Fitting:
    carries: Carries
    dispatch: Dispatch
    findings: list[Finding]

    def fitted(self) -> Dispatch:
        carries, dispatch = self.carries, self.dispatch
        if dispatch.published is not None and not carries.published:
            self._lose("published", "no date of publication")
        meta = {key: value for key, value in dispatch.meta.items() if self._keeps(key, value)}
        spans = {span.id: fitting for span in dispatch.spans if (fitting := self._span(span))}
        relations = tuple(filter(None, (self._relation(relation, spans) for relation in dispatch.relations)))
        return replace(
            dispatch,
            published=dispatch.published if carries.published else None,
            meta=meta,
            spans=tuple(spans.values()),
            relations=relations,
        )

    def _keeps(self, key: str, value: object) -> bool:
        carried = self.carries.meta
        what = "" if carried is True else carried(key, value) if carried else f"no meta data, as {key}"
        if what:
            self._lose("meta", what)
        return not what

    def _span(self, span: Span) -> Span | None:
        name = f"spans.{span.id}"
        if not self._is_name(span.label):
            self._lose(name, f"no label {span.label!r}")
            return None
        attributes = dict(span.attributes)
        for key, value in span.attributes.items():
            if not self.carries.attributes or not (self._is_name(key) and self._is_name(value)):
                self._lose(name, f"no attribute {key} = {value!r}")
                del attributes[key]
        scored = span.score is not None or bool(span.attribute_scores)
        if scored and not self.carries.scores:
            self._lose(name, "no scores")
            return replace(span, attributes=attributes, score=None, attribute_scores={})
        scores = {key: value for key, value in span.attribute_scores.items() if key in attributes}
        return replace(span, attributes=attributes, attribute_scores=scores)

    def _relation(self, relation: Relation, spans: dict[str, Span]) -> Relation | None:
        name = f"relations.{relation.label}"
        words = f"{relation.head} {relation.label} {relation.tail}"
        if not self.carries.relations:
            self._lose(name, f"no relations, as {words}")
            return None
        if not self._is_name(relation.label) or relation.head not in spans or relation.tail not in spans:
            self._lose(name, f"no relation {words!r}")
            return None
        if relation.score is not None and not self.carries.scores:
            self._lose(name, "no scores")
            return replace(relation, score=None)
        return relation

    def _is_name(self, words: str) -> bool:
        return bool(re.fullmatch(self.carries.names, words))

    def _lose(self, name: str, what: str) -> None:
        self.findings.append(Finding(Place(self.dispatch.id), name, "lost", f"{self.carries.title} carries {what}"))


def no_own_keys(keys: Collection[str]) -> Callable[[str, object], str]:
    """For `Carries.meta`: a fact cannot stand under a key that the format has for something else."""
    return lambda key, _: f"no other fact under its own key {key}" if key in keys else ""


def has_scores(dispatch: Dispatch) -> bool:
    """Whether anything of it has a score."""
    scored = any(span.score is not None or span.attribute_scores for span in dispatch.spans)
    return scored or any(relation.score is not None for relation in dispatch.relations)


def file_name(dispatch: Dispatch, suffix: str) -> str:
    """The name of the dispatch's own file; raises InputError where its id cannot be one."""
    if not _is_file_name(dispatch.id):
        raise InputError(Place(dispatch.id), "id", "cannot be a file name (--lossy names it anew)")
    return dispatch.id + suffix


def with_file_names(dispatches: Sequence[Dispatch], title: str, findings: list[Finding]) -> list[Dispatch]:
    """The dispatches with ids that can be file names, where losses are accepted; each that is not as it was is told."""
    taken = {dispatch.id for dispatch in dispatches}
    named = []
    for dispatch in dispatches:
        if _is_file_name(dispatch.id):
            named.append(dispatch)
            continue
        plain = re.sub(r"[/\0]", "_", dispatch.id).strip(".") or "dispatch"
        new = next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
        taken.add(new)
        what = f"{title} carries no id that cannot be a file name; the dispatch is read back as {new}"
        findings.append(Finding(Place(dispatch.id), "id", "lost", what))
        named.append(replace(dispatch, id=new))
    return named


def _is_file_name(name: str) -> bool:
    """Whether a file can have the name, and is not hidden by it."""
    return Path(name).name == name and "\0" not in name and not name.startswith(".")


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write each text under its name into the folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_atomically(folder / name, text.encode("utf-8"))


def renamed(dispatch: Dispatch, pattern: str, prefix: str) -> Dispatch:
    """The dispatch with span ids that match `pattern`: as they are where all do, else numbered after the prefix."""
    if all(re.fullmatch(pattern, span.id) for span in dispatch.spans):
        return dispatch
    new = {span.id: f"{prefix}{number}" for number, span in enumerate(dispatch.spans, start=1)}
    spans = tuple(replace(span, id=new[span.id]) for span in dispatch.spans)
    relations = tuple(replace(each, head=new[each.head], tail=new[each.tail]) for each in dispatch.relations)
    return replace(dispatch, spans=spans, relations=relations)
