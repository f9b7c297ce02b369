"""A bundle as contestants: each engine with tags alone, with everything, and its encoder alone; and what it is like.

Everything: spans with attributes and scores, relations, incidents. Tags alone: the same Extractor over a schema without
attributes and relations, which is what a pipeline for token classification gives. The encoder alone: the very batches
that the Extractor had it run, once more, with nothing between.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from dateline_bundle.encoders import FP16, FP32, INT8, INT8_DYNAMIC
from dateline_bundle.manifest import GATE, Manifest, read_manifest
from dateline_incidents.incidents import can_assemble, incidents
from dateline_infer import Extractor
from dateline_infer.calibration import Calibration
from dateline_infer.choosing import BF16, Asked, Choice, choose
from dateline_infer.engines import OpenVinoEngine
from dateline_infer.heads import SpanBatch
from dateline_infer.host import CPU, CUDA, ONNXRUNTIME, OPENVINO, Host
from dateline_infer.network import Network
from dateline_infer.tokens import FloatArray, IntArray
from dateline_infer.windows import widened
from dateline_labels import InputError
from inference_rounds import Contestant, Timed, timed
from inference_texts import TextSet

Batch = tuple[IntArray, IntArray, IntArray]
"""Input ids, attention mask and forms, each (windows, length)."""

_WAYS = {
    CPU: (
        (ONNXRUNTIME, FP32),
        (ONNXRUNTIME, INT8),
        (ONNXRUNTIME, INT8_DYNAMIC),
        (OPENVINO, FP32),
        (OPENVINO, BF16),
        (OPENVINO, INT8),
    ),
    CUDA: ((ONNXRUNTIME, FP32), (ONNXRUNTIME, FP16)),
}


class WatchedNetwork:
    """Answers as `network` and keeps when its encoder ran and on what."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.at_once = network.at_once
        self.runs: list[tuple[float, float]] = []  # from when to when
        self.batches: list[Batch] = []

    def forget(self) -> None:
        """Keep from now on."""
        self.runs, self.batches = [], []

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        begun = time.perf_counter()
        found = self._network.encode(input_ids, attention_mask, forms)
        self.runs.append((begun, time.perf_counter()))
        self.batches.append((input_ids, attention_mask, forms))
        return found

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        return self._network.attribute_logits(batch)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        return self._network.relation_logits(batch, pairs, features)

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate."""
        return self._network.gate_scores(texts)


class TagsNetwork:
    """Answers as `network` for a schema without attributes and relations."""

    def __init__(self, network: Network) -> None:
        self.at_once = network.at_once
        self.encode = network.encode
        self.gate_scores = network.gate_scores

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, 0)."""
        return np.zeros((len(batch.labels), 0), dtype=np.float32)

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, 0)."""
        return np.zeros((len(pairs), 0), dtype=np.float32)


class Reader:
    """An Extractor whose encoder is watched."""

    def __init__(self, extractor: Extractor, choice: Choice) -> None:
        self.choice = choice
        self.name = f"{choice.engine} {choice.precision}"
        self._network = extractor.network
        self._watched = WatchedNetwork(self._network)
        extractor.network = self._watched
        self._extractor, self._tagger = extractor, tags_only(extractor)
        self._batches: dict[str, list[Batch]] = {}

    def contestants(self) -> list[Contestant]:
        """With tags alone and with everything."""
        return [
            Contestant(f"Dateline {self.name}, tags", timed(self.tags)),
            Contestant(self.everything_name, self.everything),
        ]

    @property
    def everything_name(self) -> str:
        """The contestant that reads everything."""
        return f"Dateline {self.name}, everything"

    @property
    def encoder_name(self) -> str:
        """The contestant that is the encoder alone."""
        return f"encoder alone, {self.name}"

    def tags(self, texts: TextSet) -> object:
        """The spans of the texts."""
        return self._tagger.batch(texts.dispatches)

    def everything(self, texts: TextSet) -> Timed:
        """Spans, attributes, relations and incidents of the texts."""
        self._watched.forget()
        begun = time.perf_counter()
        read_everything(self._extractor, texts)
        ended = time.perf_counter()
        self._batches[texts.name] = self._watched.batches
        return Timed(begun, ended - begun, covered(self._watched.runs))

    def encoder_alone(self, texts: TextSet) -> Timed:
        """The encoder on the batches of the texts, as many side by side as when reading."""
        batches = self.batches(texts)
        with ThreadPoolExecutor(self._network.at_once) as engine:
            return timed(lambda _: list(engine.map(lambda batch: self._network.encode(*batch), batches)))(texts)

    def batches(self, texts: TextSet) -> list[Batch]:
        """What the encoder is given for the texts."""
        if texts.name not in self._batches:
            self.everything(texts)
        return self._batches[texts.name]

    def padding(self, sets: Sequence[TextSet]) -> float:
        """The share of the positions which the encoder computes that hold no token."""
        # openvino's engine widens what it is given
        multiple = OpenVinoEngine._MULTIPLE if self.choice.engine == OPENVINO else 1
        masks = [widened(mask, multiple) for texts in sets for _, mask, _ in self.batches(texts)]
        return 1.0 - sum(int(mask.sum()) for mask in masks) / sum(mask.size for mask in masks)


def read_everything(extractor: Extractor, texts: TextSet) -> None:
    """Spans, attributes, relations and incidents of the texts."""
    assembles = can_assemble(extractor.config.schema)
    for dispatch in extractor.stream(texts.dispatches):
        if assembles:
            incidents(dispatch)


def tags_only(extractor: Extractor) -> Extractor:
    """The same reading, without attributes and relations."""
    config = extractor.config
    spans = {label: replace(span, attributes={}) for label, span in config.schema.spans.items()}
    schema = replace(config.schema, spans=spans, relations={})
    calibration = Calibration(spans=config.calibration.spans)
    config = replace(config, schema=schema, thresholds={}, obligatory={}, calibration=calibration)
    return Extractor(TagsNetwork(extractor.network), extractor.tokenizer, config, extractor.padding)


def covered(runs: Sequence[tuple[float, float]]) -> float:
    """Seconds in which at least one of the runs went on."""
    seconds, until = 0.0, float("-inf")
    for begun, ended in sorted(runs):
        seconds += max(0.0, ended - max(begun, until))
        until = max(until, ended)
    return seconds


@dataclass(frozen=True)
class Ways:
    """How the bundle can be read here, and why not in other ways."""

    choices: tuple[Choice, ...]
    absent: tuple[str, ...]

    @staticmethod
    def of(manifest: Manifest, host: Host, device: str) -> "Ways":
        """Every engine with every precision that this machine and the bundle have."""
        choices, absent = [], []
        for engine, precision in _WAYS[device]:
            try:
                choices.append(choose(Asked(device, engine, precision), host, manifest.variants))
            except InputError as error:
                absent.append(f"Dateline {engine} {precision}: {error.what}")
        return Ways(tuple(choices), (*absent, *_without_gate(manifest)))


def _without_gate(manifest: Manifest) -> Iterator[str]:
    if GATE not in manifest.files:
        yield "Dateline with the gate: the bundle has none"


def load_readers(bundle: Path, choices: Sequence[Choice], threads: int) -> list[Reader]:
    """A reader for every choice."""
    return [Reader(_load(bundle, choice, threads), choice) for choice in choices]


def gated_contestants(bundle: Path, choices: Sequence[Choice], threads: int) -> Iterator[Contestant]:
    """With everything that passes the gate, for every choice; none where the bundle has no gate."""
    if GATE not in read_manifest(bundle).files:
        return
    for choice in choices:
        extractor = _load(bundle, choice, threads, gated=True)
        read = timed(partial(read_everything, extractor))
        yield Contestant(f"Dateline {choice.engine} {choice.precision}, everything that passes the gate", read)


def _load(bundle: Path, choice: Choice, threads: int, gated: bool = False) -> Extractor:
    return Extractor.load(bundle, Asked(choice.device, choice.engine, choice.precision), threads, gated)
