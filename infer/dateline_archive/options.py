"""`--ray`, which may stand alone or name a cluster."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

RayOption = Annotated[
    str | None,
    typer.Option("--ray", metavar="[HOST:PORT]", help="Read with Ray: on that cluster, or on one of its own, here."),
]
_RAY = "--ray"
_ADDRESS = re.compile(r"auto|local|[^/\\\\]+:[0-9]{1,5}")


class WithRay(TyperCommand):
    """A command whose `--ray` may stand alone: what follows it is its value only where that is an address."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command line with an address after each `--ray`."""
        return super().parse_args(ctx, list(_with_address(args)))


def _with_address(words: Sequence[str]) -> Iterator[str]:
    for word, following in zip(words, [*words, ""][1:], strict=True):
        yield word
        if word == _RAY and not _ADDRESS.fullmatch(following):
            yield "local"
