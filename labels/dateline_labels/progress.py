"""A progress bar on standard error for long work; on a terminal alone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

Each = TypeVar("Each")
_WORTH_A_BAR = 20


def with_progress(work: Iterable[Each], total: int | None, description: str) -> Iterator[Each]:
    """The items of `work` as they come, counted on a bar where there are more than a few, or nobody knows how many, and
    someone is looking.
    """
    console = Console(stderr=True)
    disable = not console.is_terminal or (total is not None and total < _WORTH_A_BAR)
    with Progress(console=console, transient=True, disable=disable) as progress:
        yield from progress.track(work, total=total, description=description)


class Advance(Protocol):
    """Tell that so many more documents are done, and how far in the input they end, in bytes."""

    def __call__(self, documents: int, consumed: int) -> None: ...  # noqa: D102


@contextmanager
def document_progress(total: int, description: str) -> Iterator[Advance]:
    """A bar over the bytes of the input, whose documents nobody has counted, with documents a second and time left."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        _DocumentsColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(description, total=None, documents=0, before=0)
        furthest = 0

        def advance(documents: int, consumed: int) -> None:
            nonlocal furthest
            first, furthest = not furthest, max(furthest, consumed)
            if first:  # the bar begins where the run does, not where the input does
                progress.reset(task, total=total, completed=furthest, documents=documents, before=documents)
            else:
                done = progress.tasks[0].fields["documents"] + documents
                progress.update(task, completed=furthest, documents=done)

        yield advance


class _DocumentsColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        documents, seconds = task.fields["documents"], task.elapsed
        since = documents - task.fields["before"]  # the time of the first ones was not taken
        rate = f"{since / seconds:,.0f}/s" if seconds and since else "–"
        return Text(f"{documents:,} documents, {rate}", style="progress.data.speed")
