"""A model → what a bundle holds of it: the encoder with the tag head as one ONNX file, the other heads as weights.

The attribute and relation heads, small and of ever new shapes, are multiplied in numpy.
"""

import io
import warnings

import onnx
import torch
from onnxruntime.transformers.float16 import convert_float_to_float16
from torch import Tensor, nn

from .model import DispatchModel

_OPSET = 18


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


def half_precision(graph: bytes) -> bytes:
    """The same graph in float16, its inputs and outputs as they were."""
    halved = convert_float_to_float16(onnx.load_from_string(graph), keep_io_types=True)
    return bytes(halved.SerializeToString())


def head_weights(model: DispatchModel) -> dict[str, Tensor]:
    """The weights of the attribute head and the relation head, by their names in the checkpoint."""
    return {
        name: weight.detach().float().contiguous()
        for name, weight in model.state_dict().items()
        if name.startswith(("attributes.", "relations."))
    }
