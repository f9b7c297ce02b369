"""The Typer application → the page `commands.md`: every command with its arguments, options and examples."""

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import typer
from dateline_labels.command_help import examples_of
from dateline_labels.main import command_line
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PAGE = "commands.md"
_CALLED = {Path: "path", int: "number", float: "number", str: "text"}
_BEGINNING = """# Commands

Made from the commands themselves when this site was built; `dateline COMMAND --help` says the same. Exit codes: 0 ok,
1 bug, 2 bad input, 3 bad bundle, 4 I/O, 5 locked, 6 worse than the model compared with, 130 interrupted.

`dateline --install-completion` teaches the shell that it is run from (bash, zsh, fish, PowerShell) to complete commands
and options; `dateline --show-completion` prints what it would install.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, PAGE, content=commands_page()))
    return files


def commands_page() -> str:
    """Every command of every installed component, in Markdown."""
    parts = [_BEGINNING]
    for words, command in commands(typer.main.get_command(command_line())):
        parts.append(_described(words, command))
    return "\n".join(parts)


def commands(command: Any, words: tuple[str, ...] = ("dateline",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command below `command` that does something, with the words that call it."""
    for name, each in getattr(command, "commands", {}).items():
        if hasattr(each, "commands"):
            yield from commands(each, (*words, name))
        else:
            yield (*words, name), each


def _described(words: tuple[str, ...], command: Any) -> str:
    called = " ".join(words)
    taken = inspect.signature(command.callback, eval_str=True).parameters
    parameters = [each for each in command.params if each.name in taken]
    parts = [f"## {called}\n", _plain(command.help), "\n```text", _usage(called, parameters), "```\n", "```sh"]
    parts += [*examples_of(command.epilog), "```\n", "| | takes | default | |", "|---|---|---|---|"]
    return "\n".join([*parts, *(_row(each, taken[each.name]) for each in parameters), ""])


def _usage(called: str, parameters: list[Any]) -> str:
    """The line of usage: what must be given by name, the arguments, the rest."""
    names = [_name(each) for each in parameters if each.param_type_name == "argument"]
    asked = [f"{each.opts[0]} …" for each in parameters if each.param_type_name != "argument" and each.required]
    return " ".join([called, *names, *asked, "[OPTIONS]"])


def _row(parameter: Any, taken: inspect.Parameter) -> str:
    kind, takes, again = _taken(taken.annotation)
    metavar = parameter.metavar if parameter.param_type_name != "argument" else None
    called = "" if kind is bool else (metavar or takes) + again
    cells = f"`{_name(parameter)}`", called, _default(parameter, taken), _plain(parameter.help)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(parameter: Any, taken: inspect.Parameter) -> str:
    if parameter.required:
        return "must be given"
    if taken.default is True:
        return f"`{parameter.opts[0]}`"
    if taken.default in (None, inspect.Parameter.empty) or taken.default is False:
        return ""
    return _shown(taken.default)


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return ", ".join((*parameter.opts, *parameter.secondary_opts))


def _taken(annotation: Any) -> tuple[Any, str, str]:
    """The type that a parameter takes, how it is called, and whether it may be given again."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kinds = [each for each in get_args(annotation) if each is not NoneType] if _is_union(annotation) else [annotation]
    kind = kinds[0]
    if get_origin(kind) is list:
        return get_args(kind)[0], _called(get_args(kind)[0]), ", several"
    if get_origin(kind) is tuple:
        return kind, " ".join(_called(each) for each in get_args(kind)), ""
    return kind, _called(kind), ""


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def _called(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(each.value) for each in kind)
    return _CALLED.get(kind, "text")


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return f"{value:,}" if type(value) is int else str(getattr(value, "value", value))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("<", "&lt;")
