"""Annotations → those that models which never saw them do not believe: `dateline suspects`."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_annotations, say_findings
from dateline_formats.tasks import check_unused, task_target
from dateline_labels import Place, one_line

from .recipe import Recipe
from .suspects_files import shown, write_suspect_tasks, write_tables
from .suspects_ranking import ranked
from .suspects_readings import planned, read_by_others

FINDINGS = "findings.txt"
_SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    recipe   how the models are trained, and the data, unless `data` names others
    out      where everything goes
    folds    how many models
    most     how many suspects the tasks are made of, and the summary
    tasks    the format of the tasks, if any are wanted
    mapping  others' labels in the data for those of the schema, if any
    """

    recipe: Path
    out: Path
    data: tuple[Path, ...] = ()
    folds: int = 5
    most: int = 200
    tasks: str | None = None
    mapping: LabelMap | None = None


def run_suspects(asked: Asked) -> None:
    """Train and read fold by fold where that is not done yet, rank, and write the lists.

    Raises InputError on faulty data, a faulty recipe or an `out` that holds the folds of others.
    """
    if asked.tasks is not None:
        check_unused(task_target(asked.out, asked.tasks))
    recipe, place = Recipe.read(asked.recipe), Place(str(asked.recipe))
    if asked.mapping:
        recipe = replace(recipe, data=replace(recipe.data, map=asked.mapping))
    files = asked.data or (*recipe.data.files, *recipe.data.validation)
    annotated = read_annotations(files, recipe.read_schema(place), recipe.data.map)
    folds = planned(recipe, place, annotated, asked.folds, asked.out)
    say_findings(annotated.findings, asked.out / FINDINGS)
    readings = read_by_others(recipe, place, folds, asked.out)
    suspects = ranked(annotated.dispatches, readings)
    write_tables(suspects, annotated, asked.out)
    first = suspects[: asked.most]
    for suspect in first[:_SHOWN]:
        typer.echo(one_line(shown(suspect, annotated)))
    kinds = Counter(str(suspect.doubt.kind) for suspect in first)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    typer.echo(f"{len(suspects)} suspects, listed in {asked.out / 'suspects.csv'}")
    typer.echo(f"the first {len(first)}: {counted or 'none'}")
    if asked.tasks is not None:
        target, count, lost = write_suspect_tasks(first, asked.out, asked.tasks)
        say_findings(lost, asked.out / "tasks-findings.txt")
        typer.echo(f"{count} tasks in {target}")
