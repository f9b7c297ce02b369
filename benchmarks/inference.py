"""Speed of reading: a bundle next to others with the same encoder, on the same texts, in turn, in one run.

    python benchmarks/inference.py --bundle out/demo/bundle --checkpoint out/demo/checkpoint

| part | what is measured |
|---|---|
| pipeline | transformers' `pipeline("token-classification")` with the checkpoint's encoder and tag head |
| peers | SpanMarker and flair over the same encoder; `--python` names an environment that has them |
| ours | the bundle with every engine and precision there is: tags alone, and everything |
| encoder | the encoder alone, in each engine and in torch, on the batches that the bundle's reader makes |
| roofline | how fast this machine multiplies matrices, and the share of it that is reached |
| process | `dateline extract` in a process of its own: start to first result, and peak memory |

Every round each contestant reads the same texts once, in rotating order; ratios are of readings of one round. Prints
tables and writes JSON beside them. On a GPU (`--device cuda`) give many `--dispatches`, for it is busy only briefly.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import torch
import typer
from dateline_bundle.manifest import TRAINING, read_manifest
from dateline_infer.host import CPU, CUDA, Host, cores
from dateline_labels import InputError, Place
from dateline_labels.files import write_atomically
from dateline_train.model import DispatchModel
from dateline_train.network import TorchNetwork, load_checkpoint
from gpu_busy import GpuBusy
from inference_figures import Ceiling, profile, rows
from inference_ours import Reader, Ways, gated_contestants, load_readers
from inference_peers import PeerPlan, longest, peers, pipelines
from inference_process import Fresh, fresh
from inference_rounds import Contestant, take_turns, timed
from inference_table import Report, markdown
from inference_texts import Sources, TextSet, read_sets
from roofline import SIDE, EncoderCost, best_rates, measured_rates
from script import run_script
from transformers.utils import logging as transformers_logging

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "labels" / "corpus"
ARCHIVE = ROOT.parent / "shared" / "archive" / "reuters21578.jsonl.gz"
PARTS = ("pipeline", "peers", "ours", "encoder", "roofline", "process")
NOTES = (
    "The pipeline has the encoder and the tag head of the checkpoint, but not its embeddings of how words are written, "
    "which it has no place for: one look-up and one addition a token, so it finds other spans at the same cost.",
    "The pipeline gives spans with aggregation_strategy=simple. It pads a batch as the texts come; `by length` sorts "
    "them for it, and is no base of the ratios.",
    "SpanMarker and flair have heads that learnt nothing. SpanMarker reads 8 texts of a set, and its time is "
    "extrapolated to all by their characters.",
    "The time outside the encoder is the time in which no run of it went on; what runs beside it on other cores is not "
    "outside.",
    "Tokens/s count the tokens of the texts, without special ones and without those read twice in overlapping windows.",
)


@dataclass(frozen=True)
class Plan:
    """What is measured, and how; raises InputError on a part or a device that is not there."""

    bundle: Path
    checkpoint: Path
    sources: Sources
    parts: tuple[str, ...] = PARTS
    dispatches: int = 256
    rounds: int = 5
    threads: int = 1
    device: str = CPU
    python: Path = Path(sys.executable)
    side: int = SIDE[CPU]  # of the matrices that are multiplied

    def __post_init__(self) -> None:
        for part in self.parts:
            if part not in PARTS:
                raise InputError(Place("--only"), "only", f"expected some of {', '.join(PARTS)}, got {part!r}")
        if self.device not in (CPU, CUDA):
            raise InputError(Place("--device"), "device", f"expected cpu or cuda, got {self.device!r}")
        if self.device == CUDA and not torch.cuda.is_available():
            raise InputError(Place("--device"), "device", "cuda is not there: torch finds no GPU")


@dataclass(frozen=True)
class Stand:
    """What the contestants are made of."""

    plan: Plan
    model: DispatchModel
    sets: tuple[TextSet, ...]
    readers: tuple[Reader, ...]


def run(plan: Plan) -> Report:
    """Measure everything of the plan; raises InputError on faulty texts or where bundle and checkpoint are no pair,
    BundleError on what is no bundle.
    """
    torch.set_num_threads(plan.threads)
    transformers_logging.set_verbosity_error()
    manifest = read_manifest(plan.bundle)
    model, tokenizer = load_checkpoint(plan.checkpoint)
    if (plan.bundle / TRAINING).read_bytes() != (plan.checkpoint / TRAINING).read_bytes():
        raise InputError(Place(str(plan.checkpoint)), TRAINING, "the bundle was packaged from another checkpoint")
    schema = model.reading.schema
    sets = read_sets(plan.sources, schema, plan.dispatches, tokenizer, longest(plan.checkpoint, model))
    machine = describe(plan)
    ways = Ways.of(manifest, Host.look(), plan.device)
    choices = ways.choices if {"ours", "encoder", "process"} & set(plan.parts) else ()
    stand = Stand(plan, model, tuple(sets), tuple(load_readers(plan.bundle, choices, plan.threads)))
    with ExitStack() as stack:
        others, without = _others(stand, stack)
        contestants = [*others, *_ours(stand)]
        gpu = stack.enter_context(GpuBusy())
        times = take_turns(contestants, sets, plan.rounds)
    found = rows(contestants, sets, times, gpu)
    rates = measured_rates(plan.device, plan.threads, plan.side) if "roofline" in plan.parts else []
    ceiling = Ceiling(best_rates(rates), EncoderCost.of(model))
    profiles = [profile(each, sets, times, ceiling, _fresh(each, stand)) for each in stand.readers]
    absent = (*missing(plan), *ways.absent, *without)
    return Report(
        machine, plan.rounds, stand.sets, tuple(found), tuple(profiles), ceiling.cost, tuple(rates), absent, NOTES
    )


def describe(plan: Plan) -> dict[str, str]:
    """What the figures are measured on."""
    host = Host.look()
    versions = {**host.engines, **{name: version(name) for name in ("torch", "transformers")}}
    machine = {
        "machine": str(host),
        "threads": str(plan.threads),
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }
    if plan.device == CUDA:
        machine["GPU"] = torch.cuda.get_device_name()
    return machine


def _others(stand: Stand, stack: ExitStack) -> tuple[list[Contestant], list[str]]:
    """The other readers that are asked for, and why any of them is missing."""
    plan = stand.plan
    limit = stand.sets[0].limit
    contestants: list[Contestant] = []
    absent: list[str] = []
    if "pipeline" in plan.parts:
        contestants += pipelines(stand.model, plan.checkpoint, limit, plan.device)
    if "peers" in plan.parts and plan.device == CUDA:
        absent.append("SpanMarker, flair: on a GPU they are not measured")
    elif "peers" in plan.parts:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peer_plan = PeerPlan(plan.python, plan.threads, limit, folder)
        there, absent = stack.enter_context(peers(stand.model, plan.checkpoint, stand.sets, peer_plan))
        contestants += there
    return contestants, absent


def _ours(stand: Stand) -> Iterator[Contestant]:
    plan, readers = stand.plan, stand.readers
    if "ours" in plan.parts:
        for reader in readers:
            yield from reader.contestants()
        yield from gated_contestants(plan.bundle, [reader.choice for reader in readers], plan.threads)
    if "encoder" in plan.parts and readers:
        for reader in readers:
            yield Contestant(reader.encoder_name, reader.encoder_alone)
        is_bf16 = plan.device == CUDA
        torch.nn.Module.to(stand.model, plan.device)
        bare = TorchNetwork(stand.model, bf16=is_bf16)
        read = timed(lambda texts: [bare.encode(*batch) for batch in readers[0].batches(texts)])
        yield Contestant(f"encoder alone, torch {'bf16' if is_bf16 else 'fp32'}", read)


def _fresh(reader: Reader, stand: Stand) -> Fresh | None:
    plan = stand.plan
    if "process" not in plan.parts:
        return None
    return fresh(plan.bundle, reader.choice, plan.threads, stand.sets, plan.rounds)


def missing(plan: Plan) -> Iterator[str]:
    """What is known before to be left out, and why."""
    if not plan.sources.archive.exists():
        yield f"the archive: {plan.sources.archive} is not there, so the corpus alone is read"
    yield from (f"{part}: left out by --only" for part in PARTS if part not in plan.parts)
    if plan.device == CPU:
        yield "a GPU: --device cuda measures it" if torch.cuda.is_available() else "a GPU: there is none"
    elif not shutil.which("nvidia-smi"):
        yield "how busy the GPU was: there is no nvidia-smi"


def main(
    bundle: Annotated[Path, typer.Option(help="The packaged checkpoint.")],
    checkpoint: Annotated[Path, typer.Option(help="The checkpoint that the bundle was packaged from.")],
    archive: Annotated[Path, typer.Option(help="Texts of an archive.")] = ARCHIVE,
    corpus: Annotated[Path, typer.Option(help="Annotated texts, of which the texts are read.")] = CORPUS,
    dispatches: Annotated[int, typer.Option(min=1, help="Texts in all, half of them from each source.")] = 256,
    rounds: Annotated[int, typer.Option(min=1, help="Timed rounds, after one untimed.")] = 5,
    threads: Annotated[int, typer.Option(min=0, help="Threads of every contestant; 0: one a core.")] = 0,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(PARTS)}.")] = "",
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = CPU,
    python: Annotated[Path, typer.Option(help="Interpreter that has SpanMarker and flair.")] = Path(sys.executable),
    out: Annotated[Path, typer.Option("--json", help="Where the figures go.")] = Path("out/benchmarks/inference.json"),
) -> None:
    """Measure, print, write."""
    parts = tuple(name.strip() for name in only.split(",")) if only else PARTS
    side = SIDE.get(device, SIDE[CPU])
    sources, threads = Sources(archive, corpus), threads or cores()
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))  # those of the tokenizers
    plan = Plan(bundle, checkpoint, sources, parts, dispatches, rounds, threads, device, python, side)
    for line in missing(plan):
        typer.echo(line, err=True)
    report = run(plan)
    typer.echo(markdown(report))
    write_atomically(out, (json.dumps(report.plain(), indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    typer.echo(f"The figures are in {out}", err=True)


if __name__ == "__main__":
    run_script(main)
