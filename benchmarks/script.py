"""How a script here is run: its `main` on the command line, errors that the user can mend as one line."""

import sys
from collections.abc import Callable
from typing import Any

import typer
from dateline_labels import DatelineError


def run_script(main: Callable[..., Any]) -> None:
    """Run `main` with the arguments of this process; an error of ours becomes its line and its exit code."""
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command()(main)
    try:
        app()
    except DatelineError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
