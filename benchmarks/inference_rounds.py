"""Contestants that read the same texts in turn → seconds of each round, rates, and ratios of what ran in one round."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from dateline_labels.progress import with_progress
from inference_texts import TextSet

Each = TypeVar("Each")


@dataclass(frozen=True)
class Timed:
    """One reading: when it began on the clock of `time.perf_counter`, how long it took, how long its encoder ran."""

    begun: float
    seconds: float
    encoder: float | None = None

    @property
    def outside(self) -> float | None:
        """The share of the time in which the encoder did not run; None where nobody looked."""
        return None if self.encoder is None else (self.seconds - self.encoder) / self.seconds


@dataclass(frozen=True)
class Contestant:
    """Who reads the texts. The ratios are to the best contestant with `is_base` of the same round."""

    name: str
    read: Callable[[TextSet], Timed]
    is_base: bool = False


Times = dict[tuple[str, str], list[Timed]]
"""(contestant, text set) → one reading a round."""


@dataclass(frozen=True)
class Spread:
    """The median of what was measured several times, the least and the most."""

    median: float
    least: float
    most: float

    @staticmethod
    def of(figures: Sequence[float]) -> "Spread":
        """Of at least one figure."""
        return Spread(median(figures), min(figures), max(figures))


def timed(read: Callable[[TextSet], object]) -> Callable[[TextSet], Timed]:
    """`read` with a clock beside it."""

    def reading(texts: TextSet) -> Timed:
        begun = time.perf_counter()
        read(texts)
        return Timed(begun, time.perf_counter() - begun)

    return reading


def take_turns(contestants: Sequence[Contestant], sets: Sequence[TextSet], rounds: int) -> Times:
    """Every contestant reads every set once a round; before, each reads them once untimed."""
    turns = [
        (number, contestant)
        for number in range(rounds + 1)
        for contestant in rotated(contestants, number * len(contestants) // rounds)
    ]
    times: Times = {(contestant.name, texts.name): [] for contestant in contestants for texts in sets}
    for number, contestant in with_progress(turns, len(turns), "reading in turn"):
        gc.collect()  # what the one before left behind
        for texts in sets:
            reading = contestant.read(texts)
            if number:
                times[contestant.name, texts.name].append(reading)
    return times


def rotated(items: Sequence[Each], by: int) -> list[Each]:
    """The items from number `by` on, then those before it."""
    start = by % len(items) if items else 0
    return [*items[start:], *items[:start]]


def rates(readings: Sequence[Timed], count: int) -> list[float]:
    """How many of `count` were read a second, by round."""
    return [count / reading.seconds for reading in readings]


def ratios(readings: Sequence[Timed], bases: Sequence[Sequence[Timed]]) -> list[float]:
    """By round, how many times as fast as the fastest of the bases; nothing where there is no base."""
    if not bases:
        return []
    fastest = [min(base.seconds for base in in_round) for in_round in zip(*bases, strict=True)]
    return [base / reading.seconds for reading, base in zip(readings, fastest, strict=True)]


def added_up(times: Mapping[tuple[str, str], Sequence[Timed]], name: str, sets: Sequence[TextSet]) -> list[Timed]:
    """The readings of one contestant by round, all sets as one."""
    in_rounds = zip(*(times[name, texts.name] for texts in sets), strict=True)
    return [
        Timed(
            parts[0].begun,
            sum(part.seconds for part in parts),
            None if any(part.encoder is None for part in parts) else sum(part.encoder or 0.0 for part in parts),
        )
        for parts in in_rounds
    ]
