"""A checkpoint → a bundle, with the proof that both read alike.

The encoder with the tag head becomes one ONNX file; the attribute and relation heads, small and of ever new shapes,
stay weights that inference multiplies in numpy.
"""

import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import typer
from dateline_infer.bundle import BundleConfig, Proof, load_bundle, write_bundle
from dateline_infer.extractor import Extractor
from dateline_infer.heads import SpanBatch
from dateline_infer.network import Network
from dateline_infer.tokens import FloatArray, IntArray
from dateline_labels import BundleError, Dispatch, InputError, Place, Schema, read_dispatches
from dateline_labels.scoring import Scores, score, total
from pydantic import TypeAdapter
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from .evaluating import measure
from .model import DispatchModel
from .network import TorchNetwork, checkpoint_extractor, load_checkpoint
from .recipe import DataSection
from .training import RECORD, split

_OPSET = 18
_MOST_DECAY = 1.0
"""F1 points between validation in training (perhaps in bfloat16) and here, in float32."""


def run_packaging(checkpoint: Path, bundle: Path, data: Sequence[Path], tolerance: float) -> None:
    """Package `checkpoint` as the folder `bundle`, proved on the dispatches of `data`, else on those of its recipe.

    Raises BundleError, and writes nothing, where the two differ by more than `tolerance` (a share from 0 to 1).
    """
    if bundle.exists() and not (bundle / "manifest.json").is_file():
        raise InputError(Place(str(bundle)), "bundle", "exists and is not a bundle, so it is not replaced")
    model, tokenizer = load_checkpoint(checkpoint)
    record = (checkpoint / RECORD).read_bytes()
    dispatches = _proving_dispatches(record, data, model.reading.schema)
    bundle.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=bundle.parent, prefix=f".{bundle.name}."))
    try:
        work.chmod(0o755)
        reference = checkpoint_extractor(model, tokenizer)
        config = BundleConfig(reading=model.reading.to_dict(), padding=model.padding_id)
        contents = {
            "config.json": (config.model_dump_json(indent=1) + "\n").encode("utf-8"),
            "encoder.onnx": encoder_graph(model),
            "heads.safetensors": save_safetensors(head_weights(model)),
            "metrics.json": (json.dumps(measure(reference, dispatches)[0], indent=1) + "\n").encode("utf-8"),
            "tokenizer.json": tokenizer.to_str(pretty=False).encode("utf-8"),
            "training.json": record,
        }
        write_bundle(work, contents, version("dateline"), proof=None)
        proof = prove(model, reference, load_bundle(work), dispatches, tolerance)
        write_bundle(work, contents, version("dateline"), proof)
        _check(proof, bundle)
        if not data:
            _check_record(proof, record, checkpoint)
        if bundle.exists():
            shutil.rmtree(bundle)
        work.replace(bundle)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    typer.echo(
        f"{bundle}: on {proof.dispatches} dispatches {100 * proof.spans_agree:.2f} % of the spans and "
        f"{100 * proof.relations_agree:.2f} % of the relations agree, the largest logit difference is "
        f"{proof.largest_logit_difference:.1e}"
    )


class EncoderGraph(nn.Module):
    """What becomes ONNX: input ids, attention mask and forms → token vectors and tag logits."""

    def __init__(self, model: DispatchModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, forms: Tensor) -> tuple[Tensor, Tensor]:
        """As `DispatchModel.encode`."""
        return self.model.encode(input_ids, attention_mask, forms)


def encoder_graph(model: DispatchModel) -> bytes:
    """The ONNX file of encoder and tag head, in float32, without external data."""
    example = torch.ones(2, 16, dtype=torch.int64)
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of branches on shapes, which the proof covers
        torch.onnx.export(
            EncoderGraph(model).eval(),
            (example, example, example),
            file,  # type: ignore[arg-type]  # a binary file serves as well as a path
            input_names=["input_ids", "attention_mask", "forms"],
            output_names=["token_vectors", "tag_logits"],
            dynamic_axes={
                name: {0: "windows", 1: "length"}
                for name in ("input_ids", "attention_mask", "forms", "token_vectors", "tag_logits")
            },
            opset_version=_OPSET,
            dynamo=False,
        )
    graph = onnx.load_from_string(file.getvalue())
    onnx.checker.check_model(graph)
    return bytes(graph.SerializeToString())


class ComparingNetwork:
    """Answers as `reference` and keeps the largest difference of any logit that `other` gives for the same input."""

    def __init__(self, reference: Network, other: Network) -> None:
        self._reference, self._other = reference, other
        self.largest_difference = 0.0

    def encode(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        vectors, logits = self._reference.encode(input_ids, attention_mask, forms)
        _, others = self._other.encode(input_ids, attention_mask, forms)
        self._compare(logits[attention_mask == 1], others[attention_mask == 1])
        return vectors, logits

    def attribute_logits(self, batch: SpanBatch) -> FloatArray:
        """(spans, values of all attributes)."""
        return self._compare(self._reference.attribute_logits(batch), self._other.attribute_logits(batch))

    def relation_logits(self, batch: SpanBatch, pairs: IntArray, features: IntArray) -> FloatArray:
        """(pairs, relation labels)."""
        others = self._other.relation_logits(batch, pairs, features)
        return self._compare(self._reference.relation_logits(batch, pairs, features), others)

    def _compare(self, reference: FloatArray, other: FloatArray) -> FloatArray:
        difference = float(np.abs(reference - other).max(initial=0.0))
        # a NaN compares as no difference, so it is made the largest there is
        self.largest_difference = max(self.largest_difference, difference if np.isfinite(difference) else np.inf)
        return reference


def prove(
    model: DispatchModel, reference: Extractor, packaged: Extractor, dispatches: Sequence[Dispatch], tolerance: float
) -> Proof:
    """Read the dispatches with both and compare."""
    network = ComparingNetwork(TorchNetwork(model), packaged.network)
    comparing = Extractor(network, reference.tokenizer, reference.config, reference.padding)
    expected, got = comparing.batch(dispatches), packaged.batch(dispatches)
    agreement = score(expected, got, model.reading.schema)
    by_reference = score(dispatches, expected, model.reading.schema)
    by_bundle = score(dispatches, got, model.reading.schema)
    return Proof(
        dispatches=len(dispatches),
        spans_agree=_agreement(agreement, spans=True),
        relations_agree=_agreement(agreement, spans=False),
        largest_logit_difference=network.largest_difference,
        tolerance=tolerance,
        span_f1={"checkpoint": _f1(by_reference, spans=True), "bundle": _f1(by_bundle, spans=True)},
        relation_f1={"checkpoint": _f1(by_reference, spans=False), "bundle": _f1(by_bundle, spans=False)},
    )


def _agreement(scores: Scores, spans: bool) -> float:
    """Share of what either found that both found, attributes included for spans."""
    counts = total(scores.spans.values() if spans else scores.relations["strict"].values())
    either = counts.right + counts.spurious + counts.missed
    confused = sum(n for table in scores.attributes.values() for (a, b), n in table.items() if a != b) if spans else 0
    return 1.0 if either == 0 else (counts.right - min(confused, counts.right)) / either


def _f1(scores: Scores, spans: bool) -> float:
    return round(100 * total(scores.spans.values() if spans else scores.relations["strict"].values()).f1, 2)


def _check(proof: Proof, bundle: Path) -> None:
    worst = min(proof.spans_agree, proof.relations_agree)
    if worst < 1.0 - proof.tolerance:
        what = f"{100 * proof.spans_agree:.2f} % of the spans and {100 * proof.relations_agree:.2f} % of the relations"
        raise BundleError(f"{bundle}: not packaged, bundle and checkpoint agree on {what} only")


def _check_record(proof: Proof, record: bytes, checkpoint: Path) -> None:
    """A checkpoint that reads its own validation dispatches worse than when it was saved was touched since."""
    recorded = json.loads(record)["validation"]["span_f1"]
    if proof.span_f1["checkpoint"] < recorded - _MOST_DECAY:
        what = f"reads with span F1 {proof.span_f1['checkpoint']:.1f}, but {recorded:.1f} when it was saved"
        raise BundleError(f"{checkpoint}: not packaged, the checkpoint {what}")


def _proving_dispatches(record: bytes, data: Sequence[Path], schema: Schema) -> Sequence[Dispatch]:
    if data:
        return read_dispatches(data, schema)
    section: dict[str, Any] = json.loads(record)["recipe"]["data"]
    return split(TypeAdapter(DataSection).validate_python(section), schema, Place(RECORD)).validation


def head_weights(model: DispatchModel) -> dict[str, Tensor]:
    """The weights of the attribute head and the relation head, by their names in the checkpoint."""
    return {
        name: weight.detach().float().contiguous()
        for name, weight in model.state_dict().items()
        if name.startswith(("attributes.", "relations."))
    }
