"""What the gate of a bundle lets through: of dispatches that nothing was chosen on, and of an archive.

    python benchmarks/gate.py --bundle out/demo/bundle

A wanted dispatch has a span with one of the labels that the gate looks for. The archive is not annotated: of it only
the share that passes is known. What lies under ../shared is said to be missing where it is not there.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from dateline_infer import Extractor
from dateline_inputs.dispatches import Columns, read_inputs
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.splits import split_by_number
from dateline_train.thresholds import holds_any, scores_of_gate
from numpy.typing import NDArray
from script import run_script

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "labels" / "corpus"
REAL = ROOT.parent / "shared" / "real" / "dev"
ARCHIVE = ROOT.parent / "shared" / "archive" / "reuters21578.jsonl.gz"
_AT_ONCE = 512


def passes(extractor: Extractor, dispatches: Sequence[Dispatch]) -> NDArray[np.bool_]:
    """(dispatches,) whether each passes; raises ValueError where there is no gate."""
    if extractor.config.gate is None:
        raise ValueError("the bundle has no gate")
    scores = [scores_of_gate(extractor, dispatches[at : at + _AT_ONCE]) for at in range(0, len(dispatches), _AT_ONCE)]
    passing: NDArray[np.bool_] = np.concatenate(scores) >= extractor.config.gate.threshold
    return passing


def rows(extractor: Extractor, corpus: Path, real: Path, archive: Path) -> Iterator[str]:
    """A line for each set of texts."""
    schema: Schema = extractor.config.schema
    splits = split_by_number(read_dispatches([corpus], schema))
    annotated = {"validation (the threshold is of it)": splits.validation, "test split": splits.test}
    if real.exists():
        annotated["real dispatches"] = tuple(read_dispatches([real], schema))
    else:
        yield f"{real} is not there: no real dispatches"
    labels = extractor.config.gate.labels if extractor.config.gate else ()
    for name, dispatches in annotated.items():
        wanted = np.array([holds_any(dispatch, labels) for dispatch in dispatches])
        passing = passes(extractor, dispatches)
        share = 100 * passing[wanted].mean()
        yield (
            f"{name}: {passing[wanted].sum()} of {wanted.sum()} wanted ones pass ({share:.1f} %), "
            f"{(~passing[~wanted]).sum()} of {(~wanted).sum()} others are skipped"
        )
    if archive.exists():
        passing = passes(extractor, read_inputs([archive], Columns()))
        yield f"archive: {100 * passing.mean():.1f} % of {len(passing)} texts pass"
    else:
        yield f"{archive} is not there: no archive"


def main(
    bundle: Annotated[Path, typer.Option(help="The packaged checkpoint.")],
    corpus: Annotated[Path, typer.Option(help="Annotated dispatches.")] = CORPUS,
    real: Annotated[Path, typer.Option(help="Annotated dispatches that nothing was trained on.")] = REAL,
    archive: Annotated[Path, typer.Option(help="Texts of an archive.")] = ARCHIVE,
) -> None:
    """Print the table."""
    for line in rows(Extractor.load(bundle, gated=True), corpus, real, archive):
        typer.echo(line)


if __name__ == "__main__":
    run_script(main)
