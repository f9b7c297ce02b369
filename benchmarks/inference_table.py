"""A report of the inference benchmark as a page of Markdown tables."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from inference_figures import Profile, Row
from inference_rounds import Spread
from inference_texts import TextSet
from roofline import EncoderCost, Rate

OUTSIDE, PADDING, START, MEMORY = 0.15, 0.05, 1.5, 600
"""The bars: shares of time and of positions, seconds, MB."""
NOTHING = "–"


@dataclass(frozen=True)
class Report:
    """All that one run measured.

    machine  what it was measured on, by name
    absent   what was not measured and why
    notes    what the figures must be read with
    """

    machine: dict[str, str]
    rounds: int
    sets: tuple[TextSet, ...]
    rows: tuple[Row, ...]
    profiles: tuple[Profile, ...]
    cost: EncoderCost
    rates: tuple[Rate, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """JSON data, without the texts themselves."""
        texts = [
            {"name": each.name, "texts": len(each.dispatches), "tokens": each.tokens, "cut": each.cut}
            for each in self.sets
        ]
        return {**asdict(replace(self, sets=())), "sets": texts}


def markdown(report: Report) -> str:
    """The page."""
    return "\n\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    yield "# Inference"
    yield _list([f"{name}: {value}" for name, value in report.machine.items()])
    for texts in report.sets:
        if any(row.texts == texts.name for row in report.rows):
            yield f"## {texts.name.capitalize()}"
            yield f"{texts}. Rounds: {report.rounds}; medians, the least and the most in brackets."
            yield _speeds([row for row in report.rows if row.texts == texts.name])
    if report.profiles:
        yield "## Dateline by engine and precision"
        yield _profiles(report.profiles)
    if report.rates:
        yield "## The most that can be reached"
        yield _ceiling(report.cost, report.sets)
        yield _rates(report.rates)
    if report.absent:
        yield "## Not measured"
        yield _list(report.absent)
    yield "## Notes"
    yield _list(report.notes)


def _speeds(rows: Sequence[Row]) -> str:
    with_gpu = any(row.gpu is not None for row in rows)
    columns = ("reader", "dispatches/s", "tokens/s", "ratio to the best pipeline", *(["GPU busy"] if with_gpu else []))
    return _table(
        columns,
        [
            (
                row.contestant,
                _spread(row.dispatches, ",.1f"),
                f"{row.tokens.median:,.0f}",
                _spread(row.ratio, ".2f"),
                *([_share(row.gpu)] if with_gpu else []),
            )
            for row in rows
        ],
    )


def _profiles(profiles: Sequence[Profile]) -> str:
    columns = (
        "bundle read by",
        f"time outside the encoder (bar: under {OUTSIDE:.0%})",
        "speed against the encoder alone",
        f"padding (bar: under {PADDING:.0%})",
        "of the matrix products' rate: encoder alone",
        "everything",
        f"start to first result (bar: {START} s)",
        "start to end",
        f"peak memory (bar with int8: {MEMORY} MB)",
    )
    return _table(columns, [tuple(_profile(each)) for each in profiles])


def _profile(profile: Profile) -> Iterator[str]:
    yield profile.name
    yield _spread(profile.outside, ".1%")
    yield _spread(profile.of_encoder, ".2f")
    yield _share(profile.padding)
    yield _share(profile.peak_alone)
    yield _share(profile.peak_everything)
    fresh = profile.fresh
    yield f"{_spread(fresh.first, '.2f')} s" if fresh else NOTHING
    yield f"{_spread(fresh.end, '.2f')} s" if fresh else NOTHING
    yield f"{fresh.megabytes:.0f} MB" if fresh else NOTHING


def _ceiling(cost: EncoderCost, sets: Sequence[TextSet]) -> str:
    length = round(sum(texts.tokens for texts in sets) / sum(len(texts.dispatches) for texts in sets))
    return (
        f"A token costs 2 × {cost.weights:,} weights + {cost.layers} layers × 4 × {cost.hidden} × the length of its "
        f"window operations: {cost.operations(length) / length / 1e6:.1f} million in a window of {length} tokens. The "
        "shares above are of the fastest library in each precision; padding counts as nothing done. int8 means that "
        "weights are multiplied as bytes; attention between tokens may not be."
    )


def _rates(rates: Sequence[Rate]) -> str:
    rows = [(rate.precision, rate.library, f"{rate.operations_a_second / 1e9:,.1f}") for rate in rates]
    return _table(("precision", "library", "10⁹ operations/s"), rows, words=2)


def _spread(spread: Spread | None, form: str) -> str:
    if spread is None:
        return NOTHING
    around = "" if spread.least == spread.most else f" ({spread.least:{form}}–{spread.most:{form}})"
    return f"{spread.median:{form}}{around}"


def _share(share: float | None) -> str:
    return NOTHING if share is None else f"{share:.1%}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    lines = [columns, ["---"] * words + ["---:"] * (len(columns) - words), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
