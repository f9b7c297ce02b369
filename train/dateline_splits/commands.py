"""The command that splits annotations into parts: `dateline split`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from dateline_formats.options import DataArgument, FromOption, MapOption, asked_format, asked_map
from dateline_labels import InputError, MissingExtraError, Place

from .choices import By, Wanted

_USUAL = Path("splits.json")
_Percent = Annotated[float, typer.Option(min=0.0, max=99.0, help="Per cent of the dispatches.")]


def split(
    context: typer.Context,
    data: DataArgument,
    by: Annotated[By, typer.Option(help="What stays in one part; near-copies always do.")] = By.STORY,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The split to write (splits.json); with --check, leaks as JSON.")
    ] = None,
    validation: _Percent = 10.0,
    test: _Percent = 10.0,
    seed: Annotated[int, typer.Option(min=0, help="Of what is left to chance.")] = 13,
    key: Annotated[
        str | None, typer.Option(help="The key of meta that holds story, source, theatre or date, if not so named.")
    ] = None,
    alike: Annotated[
        float, typer.Option(min=0.1, max=1.0, help="Texts that share so many of their runs of three words are copies.")
    ] = 0.6,
    check: Annotated[
        str | None,
        typer.Option(metavar="SPLITS.JSON|number|held-out|random", help="Measure this split, and make none."),
    ] = None,
    grow: Annotated[
        Path | None,
        typer.Option(
            metavar="SPLITS.JSON",
            help="Keep every dispatch where this split has it and place the further ones, as it was made.",
        ),
    ] = None,
    from_: FromOption = None,
    map_: MapOption = None,
) -> None:
    """Split annotated dispatches into train, validation and test, and say what leaks between them.

    Examples: dateline split export.json --by story --out splits.json
    · dateline split labels/corpus --by theatre --test 20 --out splits.json
    · dateline split export.json new.json --grow splits.json --out grown.json
    · dateline split export.json --check splits.json
    """
    if find_spec("rensa") is None:
        raise MissingExtraError("dateline split", "rensa", "archive")
    from dateline_formats.label_map import LabelMap
    from dateline_formats.reading import read_annotations, say_findings
    from dateline_labels.outputs import check_outputs

    from .runs import check_split, write_grown, write_split

    if grow:
        _check_grow(context)
    if not 0 < validation + test < 100:
        what = f"expected --validation and --test of more than 0 and less than 100 together, got {validation + test:g}"
        raise InputError(Place("--test"), "test", what)
    written = out or (None if check else _USUAL)
    check_outputs([written], (*data, grow, map_, Path(check) if check else None))
    annotated = read_annotations(data, None, asked_map(map_) or LabelMap(), asked_format(from_))
    say_findings(annotated.findings)
    if check is not None:
        check_split(check, annotated, out, key)
    elif grow:
        write_grown(annotated, grow, out or _USUAL)
    else:
        write_split(annotated, Wanted(by, key, validation, test, alike, seed), out or _USUAL)


def _check_grow(context: typer.Context) -> None:
    """Raises InputError where something is asked for that the split to be grown says."""
    for name in ("by", "validation", "test", "seed", "key", "alike", "check"):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            what = f"expected --grow alone, which keeps to how the split was made, got --{name} beside it"
            raise InputError(Place(f"--{name}"), name, what)
