"""Commands that check an archive run against annotations of a sample of it: `dateline audit sample`, `estimate`."""

import typer

audit = typer.Typer(name="audit", help="Check an archive run against an annotated sample of it.", no_args_is_help=True)
