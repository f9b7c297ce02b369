"""What runs the encoder of a bundle: input ids, attention mask and forms → token vectors and tag logits.

An engine is built from bytes that were checked. Which one a machine should use, `choosing` says. On a CPU each core
computes a batch of its own: several that share one wait for each other after every operation.
"""

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
import onnxruntime as ort
from dateline_bundle.encoders import INPUTS, INT8, OUTPUTS

from .choosing import BF16, Choice
from .host import CUDA, OPENVINO, cores
from .tokens import FloatArray, IntArray
from .windows import widened

_SHAPES_KEPT = "64"
"""Operations that openvino keeps compiled for shapes it met, of each core: thousands if not told otherwise, which over
an archive come to hundreds of MB and are hardly faster."""


class Engine(Protocol):
    """A compiled encoder with the tag head; `at_once` calls of `run` may go on side by side."""

    at_once: int

    def run(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags); all inputs are
        (windows, length).
        """
        ...


def build_engine(graph: bytes, choice: Choice, threads: int = 0) -> Engine:
    """The engine that was chosen; `threads` 0 stands for one a core. Raises what its library raises, RuntimeError where
    the device cannot be used after all.
    """
    if choice.engine == OPENVINO:
        return OpenVinoEngine(graph, choice.precision, threads)
    return OnnxEngine(graph, choice.device, threads)


class OnnxEngine:
    """onnxruntime on the CPU or on a CUDA device."""

    def __init__(self, graph: bytes, device: str = "cpu", threads: int = 0) -> None:
        self.at_once = 1 if device == CUDA else threads or cores()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads if device == CUDA else 1
        options.log_severity_level = 4  # what goes wrong is raised, and need not be printed too
        provider = "CUDAExecutionProvider" if device == CUDA else "CPUExecutionProvider"
        usable = provider in ort.get_available_providers()
        if usable:
            self._session = ort.InferenceSession(graph, options, providers=[provider])
            usable = provider in self._session.get_providers()  # else onnxruntime goes on with the CPU
        if not usable:
            raise RuntimeError(f"onnxruntime could not use the device {device}: is the CUDA runtime installed?")

    def run(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        # on CUDA each input is copied there once, each output back once; nothing else crosses
        binding = self._session.io_binding()
        for name, array in zip(INPUTS, (input_ids, attention_mask, forms), strict=True):
            binding.bind_cpu_input(name, array)
        for name in OUTPUTS:
            binding.bind_output(name)
        self._session.run_with_iobinding(binding)
        vectors, logits = binding.copy_outputs_to_cpu()
        return np.asarray(vectors), np.asarray(logits)


class OpenVinoEngine:
    """openvino on the CPU, in the precision that was chosen.

    It compiles for every new shape of its input, so windows are widened to a multiple of 16 tokens: a few shapes then
    serve for all texts.
    """

    _MULTIPLE = 16

    def __init__(self, graph: bytes, precision: str, threads: int = 0) -> None:
        import openvino

        core = openvino.Core()
        self.at_once = threads or cores()
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": _hint(precision, core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")),
            "NUM_STREAMS": self.at_once,
            "INFERENCE_NUM_THREADS": self.at_once,
            "CPU_RUNTIME_CACHE_CAPACITY": _SHAPES_KEPT,
            "ENABLE_CPU_PINNING": False,  # processes that read side by side would pin themselves to the same cores
        }
        model = core.compile_model(core.read_model(graph, b""), "CPU", settings)
        self._free: SimpleQueue[Any] = SimpleQueue()  # requests, each for one batch at a time
        for _ in range(self.at_once):
            self._free.put(model.create_infer_request())

    def run(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        length = input_ids.shape[1]
        arrays = (widened(array, self._MULTIPLE) for array in (input_ids, attention_mask, forms))
        request = self._free.get()
        try:
            found = request.infer(dict(zip(INPUTS, arrays, strict=True)), share_inputs=True)
        finally:
            self._free.put(request)
        vectors, logits = (found[name] for name in OUTPUTS)
        return vectors[:, :length], logits[:, :length]


def _hint(precision: str, capabilities: Sequence[str]) -> str:
    """What openvino computes in where the graph does not say: float32 if that is what was asked for, though it would
    take bfloat16 wherever the processor has it; with bytes, which are coarser, bfloat16 for the rest costs nothing.
    """
    return "bf16" if precision == BF16 or (precision == INT8 and "BF16" in capabilities) else "f32"
