"""A checkpoint as the model of an Extractor, so that training is evaluated with the very decoding that ships."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path

import torch
from dateline_infer.extractor import Extractor
from dateline_infer.gate import gate_scores
from dateline_infer.heads import SpanBatch
from dateline_infer.host import CPU, CUDA
from dateline_infer.tokens import FloatArray, IntArray
from dateline_labels import BundleError
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from .heads import SpanTensors
from .model import DispatchModel


class TorchNetwork:
    """A `DispatchModel` on the device it stands on; in bfloat16 where asked, else in its own precision."""

    at_once = 1  # torch spreads each batch over the cores

    def __init__(self, model: DispatchModel, bf16: bool = False) -> None:
        self._model = model
        self._bf16 = bf16

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        with torch.inference_mode(), self._precision():
            vectors, logits = self._model.encode(*map(self._tensor, (input_ids, attention_mask, forms)))
        return self._array(vectors), self._array(logits)

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        with torch.inference_mode():
            return self._array(self._model.attributes(self._spans(batch)))

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        with torch.inference_mode():
            logits = self._model.relations(self._spans(batch), self._tensor(pairs), self._tensor(features))
        return self._array(logits)

    def gate_scores(self, texts: Sequence[IntArray]) -> FloatArray:
        """(texts,): the log-odds that each text passes the gate; raises ValueError where the model has none."""
        return gate_scores(self._gate_weights, texts)

    @cached_property
    def _gate_weights(self) -> Mapping[str, FloatArray]:
        return {name: self._array(weight) for name, weight in self._model.gate_weights().items()}

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast(self._model.device.type, dtype=torch.bfloat16) if self._bf16 else nullcontext()

    def _spans(self, batch: SpanBatch) -> SpanTensors:
        arrays = (batch.vectors, batch.labels, batch.starts, batch.ends)
        return SpanTensors(*(self._tensor(array) for array in arrays))

    def _tensor(self, array: FloatArray | IntArray) -> torch.Tensor:
        return torch.from_numpy(array).to(self._model.device)

    @staticmethod
    def _array(tensor: torch.Tensor) -> FloatArray:
        array: FloatArray = tensor.float().cpu().numpy()
        return array


def load_checkpoint(folder: Path) -> tuple[DispatchModel, Tokenizer]:
    """The model of a checkpoint, ready to read, and its tokenizer; raises BundleError where files are missing, or an
    earlier version made them.
    """
    if not folder.exists():
        raise BundleError(f"{folder}: no checkpoint or bundle is there; `dateline train RECIPE` makes a checkpoint")
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise BundleError(f"{folder}: not a checkpoint, {name} is missing")
    transformers_logging.disable_progress_bar()
    model = DispatchModel.from_pretrained(folder, local_files_only=True)
    if "span_threshold" not in model.config.reading:
        raise BundleError(
            f"{folder}: a checkpoint of an earlier version, whose scores are no probabilities; train it again"
        )
    model.eval()
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))


def checkpoint_extractor(model: DispatchModel, tokenizer: Tokenizer, bf16: bool = False) -> Extractor:
    """An Extractor over the model in memory; the model is put into evaluation mode by the caller."""
    device = CUDA if model.device.type == CUDA else CPU
    return Extractor(TorchNetwork(model, bf16), tokenizer, model.reading, model.padding_id, device=device)
