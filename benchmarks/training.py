"""Speed of training, paired: each step of a real run next to its encoder's bare forward and backward pass.

    python benchmarks/training.py                  # both shipped recipes, with --steps steps each
    python benchmarks/training.py --processes 2    # also `accelerate launch` with two processes over gloo

The run is `dateline train`'s own Trainer: a step is everything between two steps' ends, with collating, clipping and
the optimizer. After each step the encoder alone, as transformers makes it and with the weights it had at first, reads
the same batch. Every ratio is of such a pair; beside the one of time on the clock stands the one of processor time,
which other programs hardly disturb. A copy of the model that only reads the batch, as a teacher of the next generations
does, is timed as well. Prints a table and writes JSON.
"""

import argparse
import copy
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from dateline_labels import Place
from dateline_train.dropout import QuickDropout, exchange_dropout
from dateline_train.model import DispatchModel
from dateline_train.recipe import Recipe
from dateline_train.teacher import Teachers
from dateline_train.trainer import DispatchTrainer
from dateline_train.training import new_trainer, prepare
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "train" / "recipes"
WARM_UP = 2
BARS = {"ratio": 0.90, "padding": 0.10}


@dataclass(frozen=True)
class Step:
    """Seconds of one step, of the encoder alone on its batch, and of a teacher that reads the batch."""

    tokens: int  # without padding
    whole: float
    bare: float
    taught: float
    whole_processor: float
    bare_processor: float


class Stopwatch(TrainerCallback):
    """Times every step and, after it, the encoder alone and a teacher on the batch that the step has learnt from."""

    def __init__(self, trainer: DispatchTrainer, model: DispatchModel) -> None:
        self.steps: list[Step] = []
        self._trainer = trainer
        self._encoder = copy.deepcopy(model.encoder)
        exchange_dropout(self._encoder, QuickDropout, torch.nn.Dropout)  # as transformers makes it
        self._teacher = Teachers([copy.deepcopy(model).eval()])
        self._batch: dict[str, torch.Tensor] = {}
        self._begun = self._begun_processor = 0.0
        self._encoder.train()
        model.register_forward_pre_hook(self._remember, with_kwargs=True)

    def _remember(self, _: torch.nn.Module, arguments: tuple[Any, ...], batch: dict[str, torch.Tensor]) -> None:
        self._batch = batch

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Begin the first step."""
        self._begin()

    def _begin(self) -> None:
        self._begun, self._begun_processor = now(), time.process_time()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """End a step, time the encoder alone, begin the next step."""
        ended, ended_processor = now(), time.process_time()
        ids, mask = self._batch["input_ids"], self._batch["attention_mask"]
        with self._trainer.accelerator.autocast():  # in the precision of the run
            vectors = self._encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        # any gradient of common size: the one of a plain sum nearly vanishes in the last norm, and what is left of it,
        # numbers too small for their exponent, makes the pass back several times as slow
        vectors.backward(torch.randn_like(vectors) / vectors.numel() ** 0.5)
        bare, bare_processor = now() - ended, time.process_time() - ended_processor
        begun = now()
        with self._trainer.accelerator.autocast():
            self._teacher.logits(self._batch)
        self.steps.append(
            Step(
                int(mask.sum()),
                whole=ended - self._begun,
                bare=bare,
                taught=now() - begun,
                whole_processor=ended_processor - self._begun_processor,
                bare_processor=bare_processor,
            )
        )
        self._encoder.zero_grad()
        self._begin()


def now() -> float:
    """Seconds on a steady clock, when all work so far is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=24, help=f"timed steps of each recipe, after {WARM_UP} untimed")
    parser.add_argument("--processes", type=int, choices=(1, 2), default=1)
    parser.add_argument("--dispatches", type=int, default=96, help="the subset that several processes learn from")
    parser.add_argument("--json", type=Path, default=Path("out/benchmarks/training.json"))
    choices = parser.parse_args()
    report: dict[str, Any] = {"machine": machine(), "recipes": {}}
    print("  ".join(f"{name}: {value}" for name, value in report["machine"].items()))
    for path in (RECIPES / "quick.toml", RECIPES / "default.toml"):
        report["recipes"][path.stem] = figures = paired(path, choices.steps)
        print_paired(path.stem, figures)
    if choices.processes > 1:
        report["processes"] = several(choices.dispatches)
        print_several(report["processes"])
    choices.json.parent.mkdir(parents=True, exist_ok=True)
    choices.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"written to {choices.json}")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    return {
        "CPU": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "GPU": device,
        "torch": torch.__version__,
        "load at the start": round(os.getloadavg()[0], 1),
    }


def paired(path: Path, steps: int) -> dict[str, Any]:
    """Figures of one recipe over so many steps."""
    recipe = Recipe.read(path)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        states = Path(folder) / "training"
        first = replace(recipe.generation(1), output=Path(folder))
        trainer, _ = new_trainer(prepare(first, Place(str(path))), states)
        trainer.args.max_steps = steps + WARM_UP
        trainer.args.save_strategy = trainer.args.eval_strategy = "no"
        trainer.args.load_best_model_at_end = False
        model = trainer.model
        assert isinstance(model, DispatchModel)
        stopwatch = Stopwatch(trainer, model)
        trainer.add_callback(stopwatch)
        trainer.train()
    timed = stopwatch.steps[WARM_UP:]
    whole = statistics.median(step.tokens / step.whole for step in timed)
    taught = statistics.median(step.tokens / step.taught for step in timed)
    # of a token, in all epochs of all generations
    seconds = sum(
        recipe.generation(number + 1).fitting.epochs * (1 / whole + number / taught)
        for number in range(recipe.teacher.generations)
    )
    epoch = list(trainer.batches)
    tokens = sum(size.tokens for size in trainer.batches.sizes)
    return {
        "precision": "bf16" if trainer.args.bf16 else "fp32",
        "attention": model.encoder.config._attn_implementation,
        "steps": len(timed),
        "encoder tokens/s": round(statistics.median(step.tokens / step.bare for step in timed)),
        "training tokens/s": round(whole),
        "teacher tokens/s": round(taught),
        "generations": recipe.teacher.generations,
        "ratio": round(statistics.median(step.bare / step.whole for step in timed), 3),
        "ratio of processor time": round(
            statistics.median(step.bare_processor / step.whole_processor for step in timed), 3
        ),
        "padding": round(1 - tokens / sum(map(trainer.batches.padded, epoch)), 4),
        "batches an epoch": len(epoch),
        "minutes projected": round(tokens * seconds / 60, 1),
    }


def print_paired(name: str, figures: dict[str, Any]) -> None:
    """One recipe's figures, with the bars they are held to."""
    print(f"\n{name}.toml, {figures['precision']}, attention {figures['attention']}, {figures['steps']} pairs of steps")
    print(f"  encoder alone, forward and backward  {figures['encoder tokens/s']:>7,} tokens/s (median)")
    print(f"  whole training step                  {figures['training tokens/s']:>7,} tokens/s (median)")
    print(f"  ratio, median of the pairs           {figures['ratio']:>7.3f} (bar: at least {BARS['ratio']:.2f})")
    print(f"  the same, of processor time          {figures['ratio of processor time']:>7.3f}")
    print(f"  a teacher that reads                 {figures['teacher tokens/s']:>7,} tokens/s (median)")
    print(f"  padding                              {100 * figures['padding']:>7.1f} % (bar: below 10 %)")
    chain = f", {figures['generations']} generations" if figures["generations"] > 1 else ""
    print(f"  projected, without validation        {figures['minutes projected']:>7.1f} minutes{chain}")


def several(dispatches: int) -> dict[str, Any]:
    """Dispatches a second of one epoch by one and by two processes; start and end of the program not counted."""
    with tempfile.TemporaryDirectory() as folder:
        recipe = subset(Path(folder), dispatches)
        plain = [sys.executable]
        launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
        launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
        launch += ["--num_cpu_threads_per_process", "1"]
        figures: dict[str, Any] = {
            "one process, one thread": throughput(plain, recipe, Path(folder) / "1x1", threads=1),
            "one process, two threads": throughput(plain, recipe, Path(folder) / "1x2", threads=2),
            "two processes, one thread each": throughput(launch, recipe, Path(folder) / "2x1", threads=1),
        }
    one = figures["one process, one thread"]
    figures["two processes against one"] = round(figures["two processes, one thread each"] / one, 2)
    return figures


def subset(folder: Path, dispatches: int) -> Path:
    """A recipe of one epoch over so many dispatches of the corpus at even distances, and four to validate on."""
    recipe = Recipe.read(RECIPES / "quick.toml")
    files = sorted(file for where in recipe.data.files for file in where.rglob("*.md"))
    chosen = [files[at * len(files) // (dispatches + 4)] for at in range(dispatches + 4)]
    for number, file in enumerate(chosen):
        part = folder / ("validation" if number < 4 else "train")
        part.mkdir(exist_ok=True)
        shutil.copy(file, part / f"{number:04}-{file.name}")
    encoder = recipe.encoder
    path = folder / "subset.toml"
    path.write_text(
        f'name = "subset"\noutput = "unused"\n\n[data]\nschema = "{recipe.data.schema.resolve().as_posix()}"\n'
        f'files = ["train"]\nvalidation = ["validation"]\n\n[encoder]\nname = "{encoder.name}"\n'
        f"dropout = {encoder.dropout}\n\n[fitting]\nepochs = 1\n",
        encoding="utf-8",
    )
    return path


def throughput(python: list[str], recipe: Path, output: Path, threads: int) -> float:
    """Dispatches a second, by the Trainer's own clock."""
    command = [*python, "-m", "dateline_labels.main", "train", str(recipe), "--output", str(output)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr)
    logged = [json.loads(line) for line in (output / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return float(next(line["train_samples_per_second"] for line in logged if "train_runtime" in line))


def print_several(figures: dict[str, Any]) -> None:
    """The figures, and what this machine cannot tell."""
    print()
    for name, figure in figures.items():
        print(f"  {name:<32} {figure:>7.2f}{'' if 'against' in name else ' dispatches/s'}")
    cores = os.cpu_count() or 1
    if not torch.cuda.is_available():
        print(
            f"Not measured: GPUs, of which there is none, and more than two processes, on {cores} cores. "
            "Processes on cores of one machine share its memory bandwidth, which GPUs do not."
        )


if __name__ == "__main__":
    main()
