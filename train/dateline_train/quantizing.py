"""The encoder in bytes: its matrix products in int8, calibrated on training dispatches; the tag head stays float32.

int8          static: one scale for each activation, found beforehand, so that no text changes how another is read;
              a QDQ graph by NNCF, which openvino and onnxruntime both run
int8-dynamic  onnxruntime finds the scales from each batch, so the neighbours of a text matter in the last digits
"""

import io
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import numpy as np
import onnx
from dateline_bundle.encoders import INPUTS
from dateline_infer.extractor import Extractor
from dateline_infer.tokens import IntArray, tokenize_all
from dateline_infer.windows import Window, cut, pad
from dateline_labels import Dispatch
from onnxruntime.quantization import quantize_dynamic

_WINDOWS = 192
_WINDOWS_A_SAMPLE = 8
_SEED = 13
_TAG_HEAD = "/tags/"
_SMOOTHING = 0.8
"""How far outliers are moved from activations into weights (SmoothQuant, Xiao et al. 2023, their alpha)."""


def static_int8(graph: bytes, samples: Sequence[dict[str, IntArray]]) -> bytes:
    """The graph with products in int8, its scales fitted to `samples`, each a batch of inputs."""
    # NNCF reports its use over the network unless it runs in a continuous integration
    os.environ.setdefault("NNCF_CI", "1")
    import nncf

    nncf.set_log_level(logging.ERROR)
    model = onnx.load_from_string(graph)
    smoothing = nncf.AdvancedSmoothQuantParameters(matmul=_SMOOTHING)
    with redirect_stdout(io.StringIO()):  # its progress bars, which it shows to files too
        quantized = nncf.quantize(
            model,
            nncf.Dataset(samples),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(samples),
            ignored_scope=nncf.IgnoredScope(names=_exact_products(model)),
            advanced_parameters=nncf.AdvancedQuantizationParameters(smooth_quant_alphas=smoothing),
        )
    return bytes(quantized.SerializeToString())


def dynamic_int8(graph: bytes) -> bytes:
    """The graph with weights in int8 and activations that are made int8 as they come."""
    model = onnx.load_from_string(graph)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "encoder.onnx"
        exact = _exact_products(model)
        with _quiet():
            quantize_dynamic(model, path, op_types_to_quantize=["MatMul"], per_channel=True, nodes_to_exclude=exact)
        return path.read_bytes()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what onnxruntime advises on the root logger, which its users can do nothing about."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


def _exact_products(model: onnx.ModelProto) -> list[str]:
    """The products that stay in float32 (bfloat16 where the processor has it): that of the tag head; those of
    attention, whose operands are both made from the text, a twentieth of the work; and in the first third of the layers
    the last of the feed-forward network, whose operands have the largest outliers. Each of these groups would cost as
    much accuracy in bytes as everything else together.
    """
    weights = {weight.name: list(weight.dims) for weight in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMul"]
    made_from_text = [node.name for node in products if not weights.keys() & set(node.input)]
    narrowing = [
        node.name for node in products if any(_narrows(weights[name]) for name in node.input if name in weights)
    ]
    tag_head = [node.name for node in products if _TAG_HEAD in node.name]
    inner = [name for name in narrowing if name not in tag_head]
    return [*made_from_text, *tag_head, *inner[: len(inner) // 3]]


def _narrows(dims: Sequence[int]) -> bool:
    """Whether a product with a weight of this shape (in, out) makes rows much shorter."""
    return len(dims) == 2 and dims[0] >= 2 * dims[1]


def calibration_samples(extractor: Extractor, dispatches: Sequence[Dispatch]) -> list[dict[str, IntArray]]:
    """Windows of the dispatches, drawn at random, in batches of like length: inputs of the graph by their names."""
    special, config = extractor.special, extractor.config
    windows = [
        window
        for tokens in tokenize_all(extractor.tokenizer, [dispatch.text for dispatch in dispatches])
        for window in cut(tokens, config.window, config.overlap, special)
    ]
    chosen = np.random.default_rng(_SEED).permutation(len(windows))[:_WINDOWS]
    drawn: list[Window] = sorted((windows[at] for at in chosen), key=len)
    return [
        dict(zip(INPUTS, pad(drawn[at : at + _WINDOWS_A_SAMPLE], special.padding), strict=True))
        for at in range(0, len(drawn), _WINDOWS_A_SAMPLE)
    ]
