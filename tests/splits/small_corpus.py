"""Little made-up dispatches for tests of splits, and `dateline split` as a user gives it."""

import random
from collections.abc import Sequence
from pathlib import Path

import typer
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, Span
from dateline_labels.files import write_dispatches
from dateline_labels.main import main
from dateline_splits.commands import split

WORDS = [f"word{number}" for number in range(600)]


def text(seed: int, length: int = 60) -> str:
    """Words by chance: texts of two seeds have no run of three in common."""
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def made(number: int, label: str = "ACTOR", of: int | None = None, **meta: object) -> Dispatch:
    """A dispatch of a text of its own, or of the text `of` another one with a word more, its first word marked."""
    words = text(number) if of is None else f"{text(of)} more{number}"
    day = f"2020-{1 + number % 12:02}-{1 + number % 28:02}"
    return Dispatch(f"d{number}", words, day, meta, (Span("s1", label, 0, len(words.split()[0])),))


def annotated(dispatches: Sequence[Dispatch]) -> Annotated:
    """As if they were read from nowhere."""
    return Annotated(tuple(dispatches))


def written(dispatches: Sequence[Dispatch], path: Path) -> Path:
    """The dispatches as JSON lines."""
    write_dispatches(dispatches, path)
    return path


def run_split(*arguments: object) -> int:
    """`dateline split` with these arguments; its exit code."""
    app = typer.Typer()
    app.command("split")(split)
    return main([str(each) for each in arguments], app)
