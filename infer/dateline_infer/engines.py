"""What runs the encoder of a bundle: input ids, attention mask and forms → token vectors and tag logits.

An engine is built from bytes that were checked. Which one a machine should use, `choosing` says.
"""

from typing import Any, Protocol

import numpy as np
import onnxruntime as ort

from .choosing import BF16, Choice
from .host import CUDA, OPENVINO
from .tokens import FloatArray, IntArray
from .windows import widened

INPUTS = ("input_ids", "attention_mask", "forms")
OUTPUTS = ("token_vectors", "tag_logits")


class Engine(Protocol):
    """A compiled encoder with the tag head."""

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
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
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

        settings: dict[str, Any] = {
            # else float32 graphs run in bfloat16 wherever the processor has it
            "INFERENCE_PRECISION_HINT": "bf16" if precision == BF16 else "f32",
            "PERFORMANCE_HINT": "LATENCY",  # all threads work on one batch; batches are large already
        }
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        core = openvino.Core()
        self._request = core.compile_model(core.read_model(graph, b""), "CPU", settings).create_infer_request()

    def run(self, input_ids: IntArray, attention_mask: IntArray, forms: IntArray) -> tuple[FloatArray, FloatArray]:
        """Token vectors (windows, length, hidden) and tag logits (windows, length, tags)."""
        length = input_ids.shape[1]
        arrays = (widened(array, self._MULTIPLE) for array in (input_ids, attention_mask, forms))
        found = self._request.infer(dict(zip(INPUTS, arrays, strict=True)), share_inputs=True)
        vectors, logits = (found[name] for name in OUTPUTS)
        return vectors[:, :length], logits[:, :length]
