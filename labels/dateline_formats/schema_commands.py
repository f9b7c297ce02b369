"""Commands about schemas: `dateline schema infer`."""

import typer

schema = typer.Typer(name="schema", help="Make a schema from annotations.", no_args_is_help=True)
