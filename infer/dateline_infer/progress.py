"""A progress bar on standard error for long work; on a terminal alone."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

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
