"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer


def engine_names() -> list[str]:
    """Of every engine, for the shell to complete."""
    from .choosing import ENGINES

    return list(ENGINES)


BundleArgument = Annotated[Path, typer.Argument(help="The packaged checkpoint, a folder or a .zip.")]
TextColumn = Annotated[str, typer.Option(help="Column or key that holds the text.")]
IdColumn = Annotated[str, typer.Option(help="Column or key that holds the id.")]
DateColumn = Annotated[str, typer.Option(help="Column or key that holds the date of publication.")]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu or cuda.", autocompletion=lambda: ["auto", "cpu", "cuda"])]
EngineOption = Annotated[
    str, typer.Option(help="auto, onnxruntime, or one that an extra brings: openvino.", autocompletion=engine_names)
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
