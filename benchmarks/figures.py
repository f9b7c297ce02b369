"""Annotated dispatches → a sample of their casualty numbers and dates in context, to be judged by a reader; and the
time.

python benchmarks/figures.py --seed 1 --count 200 labels/corpus ../shared/real/dev

Of a folder named `corpus` the test split is taken, of others every dispatch. Each line has a number, the words in their
context and what was made of them; `--numbers` or `--dates` alone prints one of both. Nothing is written.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from dateline_labels import Dispatch, Schema, Span, read_dispatches
from dateline_labels.splits import split_by_number
from dateline_values.dates import When, anchor_of, resolve_all
from dateline_values.figures import Figure, read_figure

FIGURES, DATES = "CASUALTY", "TIME"
BEFORE, AFTER = 110, 45


def main() -> None:
    """Print a sample of each kind, then how long reading takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--schema", type=Path, default=Path("labels/schema.toml"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--numbers", action="store_true")
    parser.add_argument("--dates", action="store_true")
    given = parser.parse_args()
    dispatches = [each for source in given.sources for each in _dispatches(source, Schema.read(given.schema))]
    both = not given.numbers and not given.dates
    if given.numbers or both:
        _print(_sample(dispatches, _numbers, given.seed, given.count))
    if given.dates or both:
        _print(_sample(dispatches, _dates, given.seed, given.count))
    print(_speed(dispatches))


def _dispatches(source: Path, schema: Schema) -> Sequence[Dispatch]:
    dispatches = read_dispatches([source], schema)
    return split_by_number(dispatches).test if source.name == "corpus" else dispatches


def _sample(
    dispatches: Sequence[Dispatch], lines: Callable[[Dispatch], list[str]], seed: int, count: int
) -> Sequence[str]:
    every = [line for dispatch in dispatches for line in lines(dispatch)]
    return random.Random(seed).sample(every, min(count, len(every)))


def _numbers(dispatch: Dispatch) -> list[str]:
    spans = [span for span in dispatch.spans if span.label == FIGURES]
    return [_line(dispatch, span, _figure(read_figure(dispatch.text, span.start, span.end))) for span in spans]


def _dates(dispatch: Dispatch) -> list[str]:
    anchor = anchor_of(dispatch)
    spans = _times(dispatch)
    whens = resolve_all(dispatch.text, spans, anchor.day)
    return [
        _line(dispatch, span, f"{anchor.day:%a %Y-%m-%d} → {_when(when)}" if anchor.day else _when(when))
        for span, when in zip(spans, whens, strict=True)
    ]


def _times(dispatch: Dispatch) -> list[Span]:
    return sorted((span for span in dispatch.spans if span.label == DATES), key=lambda span: span.start)


def _figure(figure: Figure) -> str:
    high = "" if figure.high is None else figure.high
    return f"{figure.low}..{high} best {figure.best} {figure.qualifier} {figure.part}"


def _when(when: When) -> str:
    days = f"{when.earliest or ''}..{when.latest or ''}" if when.earliest != when.latest else f"{when.earliest}"
    clock = f" {when.clock:%H:%M}" if when.clock else ""
    return f"{days}{clock} {when.granularity} {when.precision or '-'} ({when.reason})"


def _line(dispatch: Dispatch, span: Span, result: str) -> str:
    before = " ".join(dispatch.text[max(0, span.start - BEFORE) : span.start].split())
    after = " ".join(dispatch.text[span.end : span.end + AFTER].split())
    return f"{dispatch.id}: …{before} [[{dispatch.words(span)}]] {after}…\n      = {result}"


def _print(lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, start=1):
        print(f"{number:4} {line}")


def _speed(dispatches: Sequence[Dispatch]) -> str:
    """Milliseconds a dispatch, of the processor, for numbers and for dates."""
    begin = time.process_time()
    for dispatch in dispatches:
        for span in dispatch.spans:
            if span.label == FIGURES:
                read_figure(dispatch.text, span.start, span.end)
    middle = time.process_time()
    for dispatch in dispatches:
        resolve_all(dispatch.text, _times(dispatch), anchor_of(dispatch).day)
    numbers, dates = ((middle - begin) * 1e3, (time.process_time() - middle) * 1e3)
    count = max(1, len(dispatches))
    return f"{len(dispatches)} dispatches: numbers {numbers / count:.2f} ms, dates {dates / count:.2f} ms each"


if __name__ == "__main__":
    main()
