"""Arguments and options that several commands take."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

BundleArgument = Annotated[Path, typer.Argument(help="The packaged checkpoint, a folder or a .zip.")]
TextColumn = Annotated[str, typer.Option(help="Column or key that holds the text.")]
IdColumn = Annotated[str, typer.Option(help="Column or key that holds the id.")]
DateColumn = Annotated[str, typer.Option(help="Column or key that holds the date of publication.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu or cuda.", autocompletion=lambda: ["auto", "cpu", "cuda"])]
EngineOption = Annotated[
    str,
    typer.Option(help="auto, onnxruntime or openvino.", autocompletion=lambda: ["auto", "onnxruntime", "openvino"]),
]
PrecisionOption = Annotated[
    str,
    typer.Option(
        help="auto, fp32, bf16, fp16, int8 or int8-dynamic.",
        autocompletion=lambda: ["auto", "fp32", "bf16", "fp16", "int8", "int8-dynamic"],
    ),
]
GateOption = Annotated[bool, typer.Option("--gate", help="Skip dispatches in which a cheap look sees nothing.")]
ThreadsOption = Annotated[int, typer.Option(min=0, help="Threads of the encoder; 0: one a core.")]
SignatureOption = Annotated[
    Path | None, typer.Option(metavar="KEY.PUB", help="Refuse a bundle that this Ed25519 key's owner did not sign.")
]
ActorsOption = Annotated[
    Path | None, typer.Option("--actors", help="A table of actors of your own, as labels/actors.toml.")
]
GazetteerOption = Annotated[
    Path | None,
    typer.Option("--gazetteer", help="A GeoNames dump (allCountries.txt or the like) to place incidents with."),
]
RayOption = Annotated[
    str | None,
    typer.Option("--ray", metavar="[HOST:PORT]", help="Read with Ray: on that cluster, or on one of its own, here."),
]
_RAY = "--ray"
_ADDRESS = re.compile(r"auto|local|[^/\\\\]+:[0-9]{1,5}")


class WithRay(TyperCommand):
    """A command whose `--ray` may stand alone: what follows it is its value only where that is an address."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: D102
        return super().parse_args(ctx, list(_with_address(args)))


def _with_address(words: Sequence[str]) -> Iterator[str]:
    for word, following in zip(words, [*words, ""][1:], strict=True):
        yield word
        if word == _RAY and not _ADDRESS.fullmatch(following):
            yield "local"
