"""From text to incidents, end to end: what a bundle reads, assembled, beside gold annotation, assembled.

    python benchmarks/incidents.py --bundle out/demo/bundle

Gold fed straight into the assembler is what the figures are measured against; `benchmarks/figures.py` prints samples
to judge how right that is. What lies under ../shared is said to be missing where it is not there. Times are processor
time.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from dateline_incidents.records import records
from dateline_infer import Extractor
from dateline_labels import Dispatch, read_dispatches
from dateline_labels.scoring import Counts
from dateline_labels.splits import split_by_number
from dateline_report.incident_scores import ALL, CORE, Tally, tally
from script import run_script

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "labels" / "corpus"
REAL = ROOT.parent / "shared" / "real" / "dev"


def rows(extractor: Extractor, corpus: Path, real: Path) -> Iterator[str]:
    """The lines of the report."""
    schema = extractor.config.schema
    sets: dict[str, Sequence[Dispatch]] = {"test split": split_by_number(read_dispatches([corpus], schema)).test}
    if real.exists():
        sets["real dispatches"] = read_dispatches([real], schema)
    else:
        yield f"{real} is not there: no real dispatches"
    for name, gold in sets.items():
        bare = [Dispatch(each.id, each.text, each.published) for each in gold]
        begin = time.process_time()
        predicted = extractor.batch(bare)
        read = time.process_time()
        assembled = [records(each) for each in predicted]
        reading, assembling = read - begin, time.process_time() - read
        found = tally(zip(map(records, gold), assembled, strict=True))
        yield from report(name, found)
        yield (
            f"{name}: reading {1_000 * reading / len(gold):.1f} ms a dispatch, assembling "
            f"{1_000 * assembling / len(gold):.2f} ms, {100 * assembling / reading:.1f} % of it"
        )


def report(name: str, found: Tally) -> Iterator[str]:
    """What a set of dispatches came to, in lines."""
    yield (
        f"{name}: the incident table of {found.told_whole} of {found.told} dispatches with incidents is wholly right, "
        f"{_percent(found.told_whole, found.told)}, of {found.told_core} right at the core, "
        f"{_percent(found.told_core, found.told)}; of all {found.dispatches} {_percent(found.whole, found.dispatches)}"
    )
    yield f"{name}: incidents found, by a mention in common: {_scores(found.incidents)}"
    pairs = found.incidents.right
    parts = ", ".join(
        f"{part} {_percent(count, pairs)}" for part, count in found.parts.most_common() if part not in (ALL, CORE)
    )
    whole, core = _percent(found.parts[ALL], pairs), _percent(found.parts[CORE], pairs)
    yield f"{name}: of {pairs} such pairs {whole} are wholly right, {core} right at the core; {parts}"
    for outcome, counts in found.figures.items():
        yield f"{name}: {outcome} figures with number and event: {_scores(counts)}"


def _scores(counts: Counts) -> str:
    return f"recall {100 * counts.recall:.1f}, precision {100 * counts.precision:.1f}, F1 {100 * counts.f1:.1f}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def main(
    bundle: Annotated[Path, typer.Option(help="The packaged checkpoint.")],
    corpus: Annotated[Path, typer.Option(help="Annotated dispatches.")] = CORPUS,
    real: Annotated[Path, typer.Option(help="Annotated dispatches that nothing was trained on.")] = REAL,
) -> None:
    """Print the report."""
    for line in rows(Extractor.load(bundle), corpus, real):
        typer.echo(line)


if __name__ == "__main__":
    run_script(main)
