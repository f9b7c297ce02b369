"""How fast this machine multiplies matrices, and how many operations a token costs: the most that an encoder can reach.

    operations of a window = length × (2 × weights in matrix products + layers × 4 × length × hidden)

A weight is one multiplication and one addition for each token. In attention each token meets every token of its window
twice, in the scores and in their weighted sum, each time with a multiplication and an addition for each of the hidden
numbers. Norms, softmax, activations and looking up embeddings are left out: few operations, though they take time.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from dateline_bundle.encoders import FP16, FP32, INT8
from dateline_infer.choosing import BF16
from dateline_infer.host import CPU, CUDA, ONNXRUNTIME, OPENVINO
from dateline_infer.tokens import IntArray
from dateline_train.model import DispatchModel

SIDE = {CPU: 1_024, CUDA: 8_192}
"""Rows and columns of the matrices: large enough that memory and calling cost next to nothing."""
_SECONDS = 1.0


@dataclass(frozen=True)
class EncoderCost:
    """What a token costs: the weights that it is multiplied with, and the attention."""

    weights: int
    layers: int
    hidden: int

    @staticmethod
    def of(model: DispatchModel) -> "EncoderCost":
        """Of the encoder with the tag head."""
        linear = [module for module in model.encoder.modules() if isinstance(module, torch.nn.Linear)]
        weights = sum(module.weight.numel() for module in (*linear, model.tags))
        return EncoderCost(weights, model.config.encoder["num_hidden_layers"], model.config.encoder["hidden_size"])

    def operations(self, length: int) -> int:
        """Multiplications and additions for a window of so many tokens."""
        return length * (2 * self.weights + self.layers * 4 * length * self.hidden)

    def of_batch(self, attention_mask: IntArray) -> int:
        """Operations that the windows (windows, length) need, without those spent on padding."""
        return sum(map(self.operations, attention_mask.sum(axis=1).tolist()))


@dataclass(frozen=True)
class Rate:
    """The fastest product of two square matrices."""

    precision: str
    library: str
    operations_a_second: float


def measured_rates(device: str, threads: int, side: int) -> list[Rate]:
    """The best of several products in each precision, by each library that has them."""
    return [
        Rate(precision, library, 2 * side**3 / _least_seconds(multiply))
        for precision, library, multiply in _products(device, threads, side)
    ]


def best_rates(rates: list[Rate]) -> dict[str, float]:
    """Operations a second by precision, of the fastest library."""
    best: dict[str, float] = {}
    for rate in rates:
        best[rate.precision] = max(rate.operations_a_second, best.get(rate.precision, 0.0))
    return best


def _least_seconds(multiply: Callable[[], object]) -> float:
    """Of one call; a precision that the processor only imitates takes so long that its first call is its last."""
    seconds: list[float] = []
    while sum(seconds) < _SECONDS:
        begun = time.perf_counter()
        multiply()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def _products(device: str, threads: int, side: int) -> Iterator[tuple[str, str, Callable[[], object]]]:
    if device == CUDA:
        yield from ((name, "torch", _torch(dtype, CUDA, side)) for name, dtype in _TORCH.items())
        return
    for name in (FP32, BF16):
        yield name, "torch", _torch(_TORCH[name], CPU, side)
    yield INT8, "torch", _torch_int8(side)
    yield from ((name, ONNXRUNTIME, _onnxruntime(name, threads, side)) for name in (FP32, INT8))
    if find_spec(OPENVINO):
        for name in (FP32, BF16, INT8):
            multiply = _openvino(name, threads, side)
            if multiply:
                yield name, OPENVINO, multiply


_TORCH = {FP32: torch.float32, BF16: torch.bfloat16, FP16: torch.float16}


def _torch(dtype: torch.dtype, device: str, side: int) -> Callable[[], object]:
    left, right = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))

    def multiply() -> None:
        torch.mm(left, right)
        if device == CUDA:
            torch.cuda.synchronize()

    return multiply


def _torch_int8(side: int) -> Callable[[], object]:
    left, right = (torch.randint(-128, 127, (side, side), dtype=torch.int8) for _ in range(2))
    return lambda: torch.ops.aten._int_mm(left, right)


def _onnxruntime(precision: str, threads: int, side: int) -> Callable[[], object]:
    left, right = (np.ones((side, side), dtype=np.float32) for _ in range(2))
    kind, result = "MatMul", onnx.TensorProto.FLOAT
    if precision == INT8:
        left, right = left.astype(np.uint8), right.astype(np.int8)
        kind, result = "MatMulInteger", onnx.TensorProto.INT32
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(kind, ["left", "right"], ["product"])],
        "product",
        [onnx.helper.make_tensor_value_info("left", onnx.helper.np_dtype_to_tensor_dtype(left.dtype), [side, side])],
        [onnx.helper.make_tensor_value_info("product", result, [side, side])],
        [onnx.numpy_helper.from_array(right, "right")],
    )
    opsets = [onnx.helper.make_opsetid("", 18)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"left": left})


def _openvino(precision: str, threads: int, side: int) -> Callable[[], object] | None:
    """None where openvino would compute in float32 instead."""
    openvino: Any = import_module(OPENVINO)  # its types are not those that it has when run
    operations = openvino.opset13
    random = np.random.default_rng(13)
    left = operations.parameter([side, side], np.float32)
    right = operations.constant(random.standard_normal((side, side), dtype=np.float32))
    factors = (_in_bytes(left), _in_bytes(right)) if precision == INT8 else (left, right)
    model = openvino.Model([operations.matmul(*factors, False, True)], [left])
    wanted = BF16 if precision == BF16 else "f32"
    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": wanted, "INFERENCE_NUM_THREADS": threads}
    compiled = openvino.Core().compile_model(model, "CPU", settings)
    if compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() != wanted:
        return None
    request, values = compiled.create_infer_request(), random.standard_normal((side, side), dtype=np.float32)
    return lambda: request.infer([values], share_inputs=True)


def _in_bytes(node: Any) -> Any:
    """The node's numbers at 256 levels, so that openvino multiplies them as bytes."""
    openvino: Any = import_module(OPENVINO)
    return openvino.opset13.fake_quantize(node, *(np.float32(bound) for bound in (-4, 4, -4, 4)), 256)
