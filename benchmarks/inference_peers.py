"""Other readers with the encoder of the checkpoint: the pipeline of transformers, SpanMarker, flair."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from dateline_infer.host import CPU, CUDA
from dateline_infer.tags import tag_names
from dateline_train.model import DispatchModel
from inference_rounds import Contestant, Timed, timed
from inference_texts import TextSet, spread
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    pipeline,
)

BATCHES = {CPU: (1, 8, 32), CUDA: (8, 32, 128)}
_MISSING = "not installed; it needs transformers below 5, so --python names an environment of its own that has it"
_WORKER = Path(__file__).resolve().parent / "peer_worker.py"


def longest(checkpoint: Path, model: DispatchModel) -> int:
    """Tokens of a text that the pipeline reads, special ones included."""
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(checkpoint)
    limit: int = min(tokenizer.model_max_length, model.config.encoder["max_position_embeddings"])
    return limit


def pipelines(model: DispatchModel, checkpoint: Path, limit: int, device: str) -> Iterator[Contestant]:
    """`pipeline("token-classification")` at each batch size: in float32 on the CPU, in bfloat16 on CUDA.

    The last contestant is given the texts by length, which spares it padding; the pipeline does not do that itself.
    """
    precision, dtype = ("bf16", torch.bfloat16) if device == CUDA else ("fp32", torch.float32)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(checkpoint, model_max_length=limit)
    untyped: Any = pipeline
    tagger = untyped(
        "token-classification",
        model=torch.nn.Module.to(same_weights(model), device=device, dtype=dtype),
        tokenizer=tokenizer,
        aggregation_strategy="simple",
        device=device,
    )
    name = f"transformers pipeline {precision}, batch"
    for size in BATCHES[device]:
        yield Contestant(f"{name} {size}", timed(_reading(tagger, size)), is_base=True)
    yield Contestant(f"{name} {BATCHES[device][-1]}, by length", timed(_reading(tagger, BATCHES[device][-1], True)))


def _reading(tagger: Any, size: int, by_length: bool = False) -> Any:
    def read(texts: TextSet) -> object:
        given = sorted(texts.texts, key=len) if by_length else texts.texts
        return tagger(given, batch_size=size)

    return read


def same_weights(model: DispatchModel) -> PreTrainedModel:
    """The encoder and the tag head as a model for token classification of transformers.

    The embeddings of word forms have no place in it; they cost one look-up and one addition a token. Raises ValueError
    where that model has more layers than encoder and tag head.
    """
    names = dict(enumerate(tag_names(model.reading.schema.span_labels)))
    labels = {"id2label": names, "label2id": {name: number for number, name in names.items()}}
    config = AutoConfig.for_model(**{**model.config.encoder, **labels})
    classifier: Any = AutoModelForTokenClassification.from_config(config)
    classifier.base_model.load_state_dict(model.encoder.state_dict())
    classifier.classifier.load_state_dict(model.tags.state_dict())
    own = {name.partition(".")[0] for name, _ in classifier.named_parameters()}
    if own != {classifier.base_model_prefix, "classifier"}:
        raise ValueError(f"{type(classifier).__name__} has more than encoder and tag head: {', '.join(sorted(own))}")
    tagger: PreTrainedModel = classifier.eval()
    return tagger


@dataclass(frozen=True)
class Peer:
    """Another program: its module, its name, and how many texts of a set it reads at most."""

    name: str
    title: str
    most: int


# it encodes a text once for every 128 of its spans, which takes seconds; see `PeerWorker.read`
SPAN_MARKER = Peer("span_marker", "SpanMarker", most=8)
FLAIR = Peer("flair", "flair", most=sys.maxsize)


@dataclass(frozen=True)
class PeerPlan:
    """What SpanMarker and flair read with: the interpreter of an environment that has them, threads, and a folder."""

    python: Path
    threads: int
    limit: int
    folder: Path


@contextmanager
def peers(
    model: DispatchModel, checkpoint: Path, sets: Sequence[TextSet], plan: PeerPlan
) -> Iterator[tuple[list[Contestant], list[str]]]:
    """SpanMarker and flair as contestants, each a process that waits for its turn; and why any of them is missing."""
    encoder = plan.folder / "encoder"
    model.encoder.save_pretrained(encoder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(checkpoint / name, encoder)
    contestants: list[Contestant] = []
    absent: list[str] = []
    with ExitStack() as workers:
        for peer in (SPAN_MARKER, FLAIR):
            worker = PeerWorker(peer, encoder, model.reading.schema.span_labels, sets, plan)
            workers.callback(worker.close)
            if worker.versions:
                contestants.append(Contestant(f"{peer.title} {worker.versions}, fp32, batch 32", worker.read))
            else:
                absent.append(f"{peer.title}: {worker.reason()}")
        yield contestants, absent


class PeerWorker:
    """A process that runs `peer_worker.py`; `versions` is empty where it could not begin."""

    def __init__(
        self, peer: Peer, encoder: Path, labels: Sequence[str], sets: Sequence[TextSet], plan: PeerPlan
    ) -> None:
        self._parts = {each.name: [part.text for part in spread(each.dispatches, peer.most)] for each in sets}
        texts = plan.folder / f"{peer.name}.json"
        texts.write_text(json.dumps({"labels": labels, "sets": self._parts}), encoding="utf-8")
        self._log = plan.folder / f"{peer.name}.log"
        command = [plan.python, _WORKER, peer.name, encoder, texts, plan.threads, plan.limit]
        with self._log.open("w", encoding="utf-8") as errors:
            self._process = subprocess.Popen(  # noqa: S603 our own
                list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self.versions = self._answer().removeprefix("ready ")

    def read(self, texts: TextSet) -> Timed:
        """One reading, timed by the process itself; what a part of the texts took is extrapolated to them all."""
        assert self._process.stdin is not None
        begun = time.perf_counter()
        self._process.stdin.write(f"{texts.name}\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not answer:
            raise RuntimeError(self.reason())
        part = sum(map(len, self._parts[texts.name]))
        return Timed(begun, float(answer) * sum(map(len, texts.texts)) / part)

    def reason(self) -> str:
        """Why there is no answer."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        last = lines[-1] if lines else "it ended without a word"
        return _MISSING if last.startswith("ModuleNotFoundError") else last

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
