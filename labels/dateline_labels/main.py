"""The `dateline` command: finds the commands of every installed component and turns errors into exit codes.

A component offers its commands under the entry-point group `dateline.commands`, each a function that a Typer command
is made of, or a Typer application that becomes a group of commands. Command modules import nothing heavy at the top, so
that `dateline --help` is quick.
"""

import os
import signal
import sys
import traceback
from contextlib import suppress
from difflib import get_close_matches
from importlib.metadata import entry_points, version
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from .command_help import close_with_examples, help_and_epilog
from .errors import DatelineError, ExitCode, one_line

NAME = "dateline"
GROUP = "dateline.commands"
_DEBUG = "DATELINE_DEBUG"
_MOST_NAMES = 1_000
_LONGEST_LINE = 5_000  # a path of 4,096 characters and what is wrong there


def main(arguments: list[str] | None = None, app: typer.Typer | None = None) -> int:
    """Run one command line, of all commands unless a group of them is given, and return its exit code; errors that the
    user can mend are one line on stderr.
    """
    try:
        # under its own name, however it was started: completion is set up for that name
        name = None if app else NAME
        status: object = (app or command_line())(arguments, prog_name=name, standalone_mode=False)
        return status if isinstance(status, int) else ExitCode.OK
    except KeyboardInterrupt:
        return _say("interrupted", ExitCode.INTERRUPTED)
    except typer.Abort:
        return _say("interrupted", ExitCode.INTERRUPTED)
    except typer.TyperException as error:  # usage
        return _say(f"{NAME}: {error.format_message().removesuffix('.')}{_where_to_look(error)}", ExitCode.BAD_INPUT)
    except DatelineError as error:
        return _say(str(error), error.exit_code)
    except BrokenPipeError:
        return _without_reader()
    except SystemExit as stop:  # how typer ends where the reader of our output has gone
        if isinstance(stop.__context__, BrokenPipeError):
            return _without_reader()
        raise
    except OSError as error:
        return _say(f"{error.filename or NAME}: {error.strerror or error}{_meant(error)}", ExitCode.IO)
    except Exception as error:
        if os.environ.get(_DEBUG):
            traceback.print_exc()
        return _say(
            f"dateline: a bug: {type(error).__name__}: {error} (set {_DEBUG}=1 for the traceback)", ExitCode.BUG
        )


def _without_reader() -> ExitCode:
    """The reader of our output has gone; without this, Python complains again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return ExitCode.OK


def run() -> None:
    """The console script. What a cluster or `kill` sends stops a command as Ctrl-C does, with what it has to say."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, TextIOWrapper):  # what is read by programs is UTF-8, and no name of a file ends a command
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="backslashreplace")
    # numpy multiplies beside the encoder, whose threads have the cores already; it looks at this when it is imported
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    status = main()
    if status == ExitCode.INTERRUPTED:
        # whoever interrupts does not wait for threads that still compute; what is written is whole
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def command_line() -> typer.Typer:
    """The Typer application with the commands of every installed component."""
    app = typer.Typer(name=NAME, no_args_is_help=True, pretty_exceptions_enable=False)
    text, examples = help_and_epilog(_dateline)
    app.callback(help=text, epilog=examples)(_dateline)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        command = entry.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=entry.name)
        else:
            app.command(entry.name)(command)
    close_with_examples(app)
    return app


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"{NAME} {version(NAME)}")
        raise typer.Exit


def _dateline(
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Reads news dispatches about political violence and writes down what happened.

    Each command tells more and ends with an example: dateline COMMAND --help.
    Examples: dateline extract out/demo/bundle dispatch.txt --show
    · dateline doctor out/demo/bundle
    · dateline train train/recipes/default.toml
    """


def _where_to_look(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"; {context.command_path} --help shows how it is used" if context else ""


def _meant(error: OSError) -> str:
    """What may have been meant by the name of a file that is not there."""
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, str):
        return ""
    path = Path(error.filename)
    names: list[str] = []
    with suppress(OSError):  # a folder that cannot be listed has nothing to propose
        names = [each.name for each in islice(path.parent.iterdir(), _MOST_NAMES)]
    alike = get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"; did you mean {path.parent / alike[0]}?" if alike else ""


def _say(message: str, status: ExitCode) -> ExitCode:
    print(one_line(message, _LONGEST_LINE), file=sys.stderr)
    return status


if __name__ == "__main__":
    run()
