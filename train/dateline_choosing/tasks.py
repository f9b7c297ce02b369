"""`dateline next`: an archive → the dispatches that are worth annotating next, as tasks with what was read in them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from dateline_formats.drafts import taken_date
from dateline_formats.reading import read_annotations, say_findings
from dateline_formats.tasks import Task, check_unused, task_target, write_tasks
from dateline_infer import Extractor
from dateline_infer.loading import Loading
from dateline_inputs.dispatches import Columns
from dateline_labels import Dispatch, InputError, Place, one_line
from dateline_labels.outputs import check_outputs

from .candidates import FilesOf, RunOf, source_of
from .choice import Choice, chosen_from
from .rarity import Weights
from .strategies import Choosing, Chosen

_MARKS_TOLD = 3
_UNNAMED = "dispatch"
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Asked:
    """What to choose from and where it goes: the bundle that reads, files or the folder of a run, what is annotated
    already, and the file or folder of the tasks in their format.
    """

    loading: Loading
    inputs: tuple[Path, ...]
    columns: Columns
    already: tuple[Path, ...]
    out: Path
    format: str


def run_next(asked: Asked, choosing: Choosing) -> None:
    """Choose and write the tasks.

    Raises InputError on bad input, before anything is read where that can be, BundleError, MissingExtraError, OSError.
    """
    target = checked_target(asked.out, asked.format)
    check_unused(target)
    check_outputs([] if target.is_dir() else [target], (*asked.already, *asked.inputs))
    already = read_annotations(asked.already)
    say_findings(already.findings)
    extractor = asked.loading.load()
    source = source_of(asked.inputs, asked.columns, extractor.config.schema)
    _say_other_bundle(source, extractor)
    choice = chosen_from(source, already.dispatches, extractor, choosing)
    if not choice.chosen:
        known = f"; {choice.annotated:,} are annotated, or copies of such" if choice.annotated else ""
        raise InputError(Place(str(asked.inputs[0])), "input", f"has no dispatch that could be annotated next{known}")
    for finding in write_tasks(tasks_of(choice, choosing), target, asked.format):
        typer.echo(str(finding), err=True)
    _say(choice, source, target)


def checked_target(out: Path, form: str) -> Path:
    """The file or folder that tasks of the format are written to: `out`, or one in it where a folder is named and the
    format has a file; raises InputError where neither can be.
    """
    usual = task_target(out, form)
    if not out.suffix:
        return usual if usual.suffix else out
    if out.suffix != usual.suffix:
        expected = f"a file ending in {usual.suffix}, or a folder" if usual.suffix else "a folder"
        raise InputError(Place(str(out)), "out", f"expected {expected}, as tasks of {form} are")
    return out


def tasks_of(choice: Choice, choosing: Choosing) -> list[Task]:
    """A task for each, under an id of its own."""
    seen: set[str] = set()
    tasks = []
    for each in choice.chosen:
        dispatch = _fit_to_annotate(each.candidate.dispatch, seen)
        reasons = (f"chosen by {choosing.strategy}", *_reasons(each, choice.weights))
        tasks.append(Task(dispatch, round(each.worth, 4), reasons))
    return tasks


def _reasons(chosen: Chosen, weights: Weights) -> Iterator[str]:
    doubt = chosen.candidate.doubt
    yield f"about {doubt.expected:.1f} marks wrong or overlooked in {doubt.words} words"
    worst = sorted(doubt.marks, key=lambda mark: -mark.doubt * (2 if weights.is_rare(mark.label) else 1))
    for mark in worst[:_MARKS_TOLD]:
        yield f"{mark.what} ({mark.doubt:.0%}{', a rare label' if weights.is_rare(mark.label) else ''})"
    if chosen.stands_for > 1:
        yield f"stands for {chosen.stands_for} candidates that are like it"


def _fit_to_annotate(dispatch: Dispatch, seen: set[str]) -> Dispatch:
    """Under an id that occurs once and that every format takes, with its day of publication where that is one."""
    name = one_line(dispatch.id, _LONGEST_NAME).strip().replace("/", "_")
    name = name if name.strip(".") else _UNNAMED
    unique, number = name, 1
    while unique in seen:
        number += 1
        unique = f"{name}-{number}"
    seen.add(unique)
    day = taken_date((dispatch.published or "")[:10])
    told = {"input_id": one_line(dispatch.id)} if unique != dispatch.id else {}
    return replace(dispatch, id=unique, published=day, meta={**dispatch.meta, **told})


def _say_other_bundle(source: FilesOf | RunOf, extractor: Extractor) -> None:
    if isinstance(source, RunOf) and source.model != extractor.model:
        what = "was read by another bundle; what is marked and how sure it was are that one's"
        typer.echo(f"warning: {source.archive.folder}: {what}", err=True)


def _say(choice: Choice, source: FilesOf | RunOf, target: Path) -> None:
    if choice.copies or choice.annotated:
        what = f"{choice.copies:,} copies of other candidates and {choice.annotated:,} of annotated ones"
        typer.echo(f"passed over: {what}", err=True)
    if isinstance(source, FilesOf) and source.faults.count:
        typer.echo(f"warning: {source.faults.count:,} dispatches could not be read", err=True)
    words = sum(each.candidate.doubt.words for each in choice.chosen)
    what = f"{len(choice.chosen):,} of {choice.dispatches:,} dispatches chosen, {words:,} words"
    typer.echo(f"{what}; the tasks are in {target}")
