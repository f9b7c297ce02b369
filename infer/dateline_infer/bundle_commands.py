"""Commands about a packaged checkpoint itself: `dateline bundle verify`, `show`, `pack`, `unpack`, `sign`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

bundle = typer.Typer(help="Check, show, sign and move packaged checkpoints.", no_args_is_help=True)

_Bundle = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The packaged checkpoint, a folder or a .zip.")]
_Key = Annotated[
    Path | None,
    typer.Option("--require-signature", metavar="KEY.PUB", help="Refuse what this Ed25519 key's owner did not sign."),
]


@bundle.command()
def verify(path: _Bundle, require_signature: _Key = None) -> None:
    """Check every file of a bundle, without running any; exit code 3 where it must not be used.

    Example: dateline bundle verify out/demo/bundle --require-signature key.pub
    """
    from .inspecting import inspect, verified_lines

    for line in verified_lines(inspect(path, _key(require_signature))):
        typer.echo(line)


@bundle.command()
def show(
    path: _Bundle,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    require_signature: _Key = None,
) -> None:
    """Show what a bundle holds and what it was measured at; checks it too.

    Example: dateline bundle show out/demo/bundle
    """
    from rich.console import Console

    from .inspecting import as_json, inspect
    from .inspecting import show as show_inspected

    inspected = inspect(path, _key(require_signature))
    if json:
        typer.echo(as_json(inspected))
    else:
        show_inspected(inspected, Console(highlight=False))


@bundle.command()
def pack(
    path: _Bundle,
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="Where the .zip goes; nothing is replaced.")],
    require_signature: _Key = None,
) -> None:
    """Write a bundle as one file, which is read like the folder.

    Example: dateline bundle pack out/demo/bundle bundle.zip
    """
    from dateline_bundle.packing import pack as pack_bundle

    pack_bundle(path, file, _key(require_signature))
    typer.echo(f"{path} is packed into {file}", err=True)


@bundle.command()
def unpack(
    path: _Bundle,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the folder goes; nothing is replaced.")],
    require_signature: _Key = None,
) -> None:
    """Write the files of a packed bundle into a new folder.

    Example: dateline bundle unpack bundle.zip out/bundle
    """
    from dateline_bundle.packing import unpack as unpack_bundle

    unpack_bundle(path, folder, _key(require_signature))
    typer.echo(f"{path} is unpacked into {folder}", err=True)


@bundle.command()
def sign(
    path: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The packaged checkpoint, a folder.")],
    key: Annotated[Path, typer.Argument(metavar="KEY.pem", help="A private Ed25519 key.")],
) -> None:
    """Sign a bundle; a signature that it has is replaced.

    Example: openssl genpkey -algorithm ed25519 -out key.pem; dateline bundle sign out/demo/bundle key.pem
    """
    from dateline_bundle.packing import sign as sign_bundle
    from dateline_bundle.signing import read_private_key

    sign_bundle(path, read_private_key(key))
    typer.echo(f"{path} is signed; who has the public key reads it with --require-signature", err=True)


def _key(path: Path | None) -> "Ed25519PublicKey | None":
    from dateline_bundle.signing import read_public_key

    return read_public_key(path) if path else None
