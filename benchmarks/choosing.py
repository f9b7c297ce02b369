"""How many annotations choosing saves: the loop of `dateline next`, simulated on the shipped corpus.

    python benchmarks/choosing.py --seeds 5 --layers 3                     # hours; stopped, it goes on where it was
    python benchmarks/choosing.py --seeds 1 --layers 1 --steps 20 --most 100 --shares 20,40    # minutes: does it run

For each seed: the recipe is trained on all of the training split, and on a random start. Then, in rounds, each strategy
chooses as many dispatches as make up the next share with the model it has, their gold annotation is added, and the
recipe is trained anew. Every training is measured on the test split and takes at least `--steps` steps, as many as all
of the data take with the quick recipe, so that less data are not learnt from for a shorter time. Validation is the
corpus' own and the same throughout; it is not counted.

A strategy is that of `dateline next`; with `:words` it counts doubt by a hundred words. Each training is a line of
OUT/records.jsonl, OUT/choosing.md has the tables, OUT/choosing.svg the curves.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from choosing_curve import ALL, START, Trained, drawn, table
from dateline_choosing.candidates import Faults, Numbered, read_closely
from dateline_choosing.choice import chosen_from
from dateline_choosing.pool import Candidate
from dateline_choosing.strategies import Choosing, Per, Strategy
from dateline_infer import Extractor
from dateline_labels import Dispatch, InputError, Place, Schema, read_dispatches
from dateline_labels.files import write_atomically
from dateline_labels.splits import Splits, split_by_number
from dateline_train.evaluating import load_extractor
from dateline_train.recipe import Recipe
from measuring import Figures, measured
from public_data import PublicData
from pydantic import TypeAdapter, ValidationError
from script import run_script
from trainings import train_on_public

ROOT = Path(__file__).resolve().parent.parent
RECORDS = "records.jsonl"
Learn = Callable[[Sequence[Dispatch], int, Path], tuple[Extractor, Figures]]
"""Dispatches to learn from, a seed and a folder → a model and its figures on the test split."""


@dataclass(frozen=True)
class Plan:
    """What is simulated: seeds, strategies (`NAME` or `NAME:words`), and the shares of the training split that are
    annotated at the start and after each round.
    """

    seeds: tuple[int, ...]
    strategies: tuple[str, ...]
    shares: tuple[float, ...]
    settings: Mapping[str, Any]
    out: Path

    def __post_init__(self) -> None:
        if list(self.shares) != sorted(set(self.shares)) or not 0.0 < self.shares[0] < self.shares[-1] < 1.0:
            raise InputError(Place("--shares"), "shares", "expected two or more rising shares between 0 and 100")
        for strategy in self.strategies:
            choosing_of(strategy, 1, 0)


@dataclass(frozen=True)
class Simulation:
    """A plan, the dispatches that may be annotated, with their gold, what learns, and what was trained so far."""

    plan: Plan
    dispatches: Sequence[Dispatch]
    learn: Learn
    records: list[Trained]

    def run(self) -> None:
        """Everything that is not recorded yet, seed by seed; the results so far are written after each."""
        for seed in self.plan.seeds:
            self._taken(seed, ALL, 0, self.dispatches, {})
            order = np.random.default_rng(seed).permutation(len(self.dispatches))
            count = self._count(0)
            first = [self.dispatches[at] for at in sorted(order[:count].tolist())]
            started = self._taken(
                seed, START, 0, first, {name: self._count(1) - count for name in self.plan.strategies}
            )
            annotated: dict[str, Sequence[Dispatch]] = dict.fromkeys(self.plan.strategies, first)
            following = dict(started.following)
            for number in range(1, len(self.plan.shares)):
                for name in self.plan.strategies:
                    chosen = set(following[name])
                    annotated[name] = [*annotated[name], *(each for each in self.dispatches if each.id in chosen)]
                    last = number + 1 == len(self.plan.shares)
                    wanted = {} if last else {name: self._count(number + 1) - len(annotated[name])}
                    following |= self._taken(seed, name, number, annotated[name], wanted).following
            write_results(self.plan.out, self.records)

    def _count(self, number: int) -> int:
        return round(self.plan.shares[number] * len(self.dispatches))

    def _taken(
        self, seed: int, strategy: str, number: int, annotated: Sequence[Dispatch], wanted: Mapping[str, int]
    ) -> Trained:
        """The record of a training, made now if there is none that tells what was chosen after it."""
        earlier = {_key(each): each for each in self.records}.get((seed, strategy, number))
        if earlier and set(wanted) <= set(earlier.following):
            return earlier
        typer.echo(f"seed {seed}, {strategy}, round {number}: {len(annotated)} dispatches", err=True)
        begun = time.monotonic()
        folder = self.plan.out / "training"
        shutil.rmtree(folder, ignore_errors=True)
        extractor, figures = self.learn(annotated, seed, folder)
        chosen = {
            name: self._following(extractor, annotated, choosing_of(name, count, 1_000 * seed + number))
            for name, count in wanted.items()
        }
        words = sum(len(dispatch.text.split()) for dispatch in annotated)
        following = {**(earlier.following if earlier else {}), **chosen}
        seconds = round(time.monotonic() - begun, 1)
        trained = Trained(seed, strategy, number, len(annotated), words, figures, following, seconds)
        shutil.rmtree(folder, ignore_errors=True)
        self._add(trained)
        return trained

    def _following(self, extractor: Extractor, annotated: Sequence[Dispatch], choosing: Choosing) -> list[str]:
        known = {dispatch.id for dispatch in annotated}
        rest = Texts([dispatch for dispatch in self.dispatches if dispatch.id not in known])
        return [each.candidate.dispatch.id for each in chosen_from(rest, annotated, extractor, choosing).chosen]

    def _add(self, trained: Trained) -> None:
        self.records[:] = [each for each in self.records if _key(each) != _key(trained)] + [trained]
        write_records(self.plan, self.records)


@dataclass(frozen=True)
class Texts:
    """Dispatches as candidates; what is marked in them is not looked at."""

    texts: Sequence[Dispatch]

    def dispatches(self) -> Iterator[Numbered]:
        """Each with its number."""
        return enumerate(self.texts)

    def read(self, extractor: Extractor, dispatches: Iterable[Numbered]) -> Iterator[Candidate]:
        """As files are read."""
        return read_closely(extractor, dispatches, Faults())


def choosing_of(strategy: str, count: int, seed: int) -> Choosing:
    """The choosing that a strategy's name stands for; raises InputError where it stands for none."""
    name, _, per = strategy.partition(":")
    try:
        return Choosing(count, Strategy(name), Per(per or Per.DISPATCH), seed, pool=1_000_000)
    except ValueError:
        names = ", ".join(Strategy)
        raise InputError(
            Place("--strategy"), "strategy", f"expected one of {names}, or NAME:words, got {strategy!r}"
        ) from None


def learner(recipe: Recipe, schema: Schema, splits: Splits) -> Learn:
    """Trains the recipe on what it is given, with the validation of the splits, and measures it on their test."""

    def learn(dispatches: Sequence[Dispatch], seed: int, folder: Path) -> tuple[Extractor, Figures]:
        data = PublicData(schema, tuple(dispatches), splits.validation, splits.test, ())
        extractor = load_extractor(train_on_public(replace(recipe, seed=seed), folder, data))
        return extractor, measured(extractor, splits.test, folder)

    return learn


def read_records(plan: Plan) -> list[Trained]:
    """What was trained so far; raises InputError where it was with other settings or cannot be understood."""
    path = plan.out / RECORDS
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        if json.loads(lines[0]) != plan.settings:
            raise InputError(
                Place(str(path), 1), "settings", f"expected {json.dumps(plan.settings)}; name another --out"
            )
        return [TypeAdapter(Trained).validate_json(line) for line in lines[1:]]
    except (ValidationError, ValueError, IndexError):
        raise InputError(Place(str(path)), "records", "cannot be understood; name another --out") from None


def write_records(plan: Plan, records: Sequence[Trained]) -> None:
    """The settings, then a line a training."""
    lines = [json.dumps(plan.settings), *(json.dumps(asdict(each)) for each in records)]
    write_atomically(plan.out / RECORDS, "".join(line + "\n" for line in lines).encode("utf-8"))


def write_results(out: Path, records: Sequence[Trained]) -> None:
    """The tables and the curves of what was trained so far."""
    write_atomically(out / "choosing.md", table(records).encode("utf-8"))
    write_atomically(out / "choosing.svg", drawn(records))


def _key(trained: Trained) -> tuple[int, str, int]:
    return trained.seed, trained.strategy, trained.round


def main(
    recipe: Annotated[Path, typer.Option(help="The recipe that is trained.")] = ROOT
    / "train"
    / "recipes"
    / "quick.toml",
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, from 1.")] = 5,
    strategy: Annotated[list[str] | None, typer.Option(help="A strategy; all of them if not given.")] = None,
    shares: Annotated[
        str, typer.Option(help="Per cent annotated at the start and after each round.")
    ] = "10,20,30,40,50,60",
    layers: Annotated[int, typer.Option(min=0, help="Layers of the encoder; 0: what the recipe says.")] = 0,
    epochs: Annotated[int, typer.Option(min=0, help="Epochs at least; 0: what the recipe says.")] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Steps at least.")] = 280,
    most: Annotated[int, typer.Option(min=0, help="Dispatches of each split at most, to try it out; 0: all.")] = 0,
    out: Annotated[Path, typer.Option(help="Where records and results go.")] = Path("out/choosing"),
) -> None:
    """Simulate and print the tables."""
    read = Recipe.read(recipe.resolve())
    schema = Schema.read(read.data.schema)
    splits = split_by_number(read_dispatches(list(read.data.files), schema))
    if most:
        splits = Splits(splits.train[:most], splits.validation[:most], splits.test[:most])
    fitting = replace(read.fitting, epochs=epochs or read.fitting.epochs, least_steps=steps)
    read = replace(read, encoder=replace(read.encoder, layers=layers or read.encoder.layers), fitting=fitting)
    settings = {"recipe": read.name, "layers": read.encoder.layers, "epochs": fitting.epochs, "steps": steps}
    settings |= {"shares": shares, "dispatches": len(splits.train), "test": len(splits.test)}
    names = tuple(dict.fromkeys(strategy or ["random", *(each for each in Strategy if each is not Strategy.RANDOM)]))
    plan = Plan(tuple(range(1, seeds + 1)), names, _shares(shares), settings, out.resolve())
    Simulation(plan, splits.train, learner(read, schema, splits), records := read_records(plan)).run()
    write_results(plan.out, records)
    typer.echo(table(records))


def _shares(words: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) / 100.0 for word in words.split(","))
    except ValueError:
        raise InputError(Place("--shares"), "shares", f"expected numbers with commas, got {words!r}") from None


if __name__ == "__main__":
    run_script(main)
