"""Readings by round → the figures of each contestant and of each way to read a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateline_bundle.encoders import INT8, INT8_DYNAMIC
from gpu_busy import GpuBusy
from inference_ours import Reader
from inference_process import Fresh
from inference_rounds import Contestant, Spread, Timed, Times, added_up, rates, ratios
from inference_texts import TextSet
from roofline import EncoderCost


@dataclass(frozen=True)
class Row:
    """One contestant on one set: seconds by round, rates, ratio to the best pipeline, share of time of a busy GPU."""

    texts: str
    contestant: str
    seconds: tuple[float, ...]
    dispatches: Spread
    tokens: Spread
    ratio: Spread | None
    gpu: float | None


@dataclass(frozen=True)
class Profile:
    """One way to read a bundle, over all sets; None is not measured.

    outside          share of the time with everything in which the encoder did not run
    of_encoder       speed with everything against the speed of the encoder alone
    padding          share of the encoder's positions without a token
    peak_alone       operations of the encoder alone against what matrix products reach in this precision
    peak_everything  the same over the time with everything
    """

    name: str
    precision: str
    outside: Spread | None = None
    of_encoder: Spread | None = None
    padding: float | None = None
    peak_alone: float | None = None
    peak_everything: float | None = None
    fresh: Fresh | None = None


def rows(contestants: Sequence[Contestant], sets: Sequence[TextSet], times: Times, gpu: GpuBusy) -> list[Row]:
    """A row for every contestant on every set."""
    found = []
    for texts in sets:
        bases = [times[each.name, texts.name] for each in contestants if each.is_base]
        for contestant in contestants:
            readings = times[contestant.name, texts.name]
            compared = ratios(readings, bases)
            row = Row(
                texts.name,
                contestant.name,
                tuple(reading.seconds for reading in readings),
                Spread.of(rates(readings, len(texts.dispatches))),
                Spread.of(rates(readings, texts.tokens)),
                Spread.of(compared) if compared else None,
                gpu_share(readings, gpu),
            )
            found.append(row)
    return found


def gpu_share(readings: Sequence[Timed], gpu: GpuBusy) -> float | None:
    """The mean over the readings that were long enough to be watched; None where none was."""
    shares = [gpu.share(reading.begun, reading.seconds) for reading in readings]
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Ceiling:
    """Operations a second that matrix products reach here by precision, and what a token costs."""

    rates: Mapping[str, float]
    cost: EncoderCost

    def share(self, precision: str, operations: int, seconds: float) -> float | None:
        """The share of it that so many operations in so many seconds are; None where it was not measured."""
        rate = self.rates.get(INT8 if precision == INT8_DYNAMIC else precision)
        return None if rate is None else operations / seconds / rate


def profile(reader: Reader, sets: Sequence[TextSet], times: Times, ceiling: Ceiling, fresh: Fresh | None) -> Profile:
    """What is known of one way to read the bundle."""
    precision = reader.choice.precision
    whole, alone = (readings_of(name, sets, times) for name in (reader.everything_name, reader.encoder_name))
    if not whole and not alone:
        return Profile(reader.name, precision, fresh=fresh)
    operations = sum(ceiling.cost.of_batch(mask) for texts in sets for _, mask, _ in reader.batches(texts))
    outside = [reading.outside for reading in whole if reading.outside is not None]
    of_encoder = [bare.seconds / reading.seconds for bare, reading in zip(alone, whole, strict=False)]
    return Profile(
        reader.name,
        precision,
        Spread.of(outside) if outside else None,
        Spread.of(of_encoder) if of_encoder else None,
        reader.padding(sets),
        ceiling.share(precision, operations, median_seconds(alone)) if alone else None,
        ceiling.share(precision, operations, median_seconds(whole)) if whole else None,
        fresh,
    )


def readings_of(name: str, sets: Sequence[TextSet], times: Times) -> list[Timed]:
    """The readings of a contestant by round, all sets as one; none where it did not take part."""
    return added_up(times, name, sets) if (name, sets[0].name) in times else []


def median_seconds(readings: Sequence[Timed]) -> float:
    """Of at least one reading."""
    return Spread.of([reading.seconds for reading in readings]).median
