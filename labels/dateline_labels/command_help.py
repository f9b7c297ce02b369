"""The docstring of a command → its help, and the examples that close it.

A docstring ends in `Example: LINE`, or in `Examples: LINE · LINE`; `--help` shows each on a line of its own, last.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

import typer

_EXAMPLES = re.compile(r"\bExamples?:\s")
_BETWEEN = " · "
_PROMPT = "$ "


def help_and_epilog(command: Callable[..., Any]) -> tuple[str, str]:
    """What a command's docstring says, and its examples as the end of its help."""
    text, *examples = _EXAMPLES.split(inspect.cleandoc(command.__doc__ or ""), maxsplit=1)
    return text.strip(), _epilog(" ".join(examples[0].split()).split(_BETWEEN) if examples else [])


def examples_of(epilog: str | None) -> list[str]:
    """The command lines that the end of a command's help shows."""
    return [line.removeprefix(_PROMPT) for line in (epilog or "").split("\n\n") if line.startswith(_PROMPT)]


def close_with_examples(group: typer.Typer) -> None:
    """Let the help of every command of `group` end with its examples, and that of a group below with one of each."""
    for command in group.registered_commands:
        if command.callback:
            command.help, command.epilog = help_and_epilog(command.callback)
    for below in group.registered_groups:
        if below.typer_instance:
            close_with_examples(below.typer_instance)
            commands = below.typer_instance.registered_commands
            below.typer_instance.info.epilog = _epilog(
                [line for each in commands for line in examples_of(each.epilog)[:1]]
            )


def _epilog(lines: Sequence[str]) -> str:
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\n\n".join([title, *(f"{_PROMPT}{line}" for line in lines)]) if lines else ""
