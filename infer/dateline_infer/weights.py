"""heads.safetensors, gate.safetensors → the weights that `heads` and `gate` multiply with, and the shape of each."""

from pathlib import Path

from dateline_bundle.weights_check import read_weights
from dateline_labels import BundleError, Schema

from .gate import FIRST_SPAN, SECOND_SPAN
from .pairs import FEATURE_SIZES
from .tokens import FloatArray


def read_heads(data: bytes, path: Path, schema: Schema) -> dict[str, FloatArray]:
    """The weights of both heads; raises BundleError naming file and tensor."""
    # the widths of encoder and heads are the model's own; every other size follows from the schema
    return read_weights(
        data, path, "relations.between.weight", lambda width, hidden: head_shapes(schema, hidden, width)
    )


def read_gate(data: bytes, path: Path, largest_token: int) -> dict[str, FloatArray]:
    """The weights of the gate, with a row of its table for each token; raises BundleError naming file and tensor."""
    weights = read_weights(data, path, "table", gate_shapes)
    if len(weights["table"]) <= largest_token:
        raise BundleError(f"{path}: table: has {len(weights['table'])} rows, the largest token is {largest_token}")
    return weights


def gate_shapes(tokens: int, width: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight of the gate, by the names of `dateline_train.gate`."""
    return {
        "table": (tokens, width),
        "first.weight": (width, width, FIRST_SPAN),
        "first.bias": (width,),
        "second.weight": (width, width, SECOND_SPAN),
        "second.bias": (width,),
        "output.weight": (1, 2 * width),
        "output.bias": (1,),
    }


def head_shapes(schema: Schema, hidden: int, width: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight of the heads, by the names of `dateline_train.model`."""
    labels, relations = len(schema.spans), len(schema.relations)
    values = sum(len(values) for _, _, values in schema.attributes)
    linear = {
        "attributes.hidden": (width, 3 * hidden),
        "attributes.output": (values, width),
        **{f"relations.{name}": (width, 3 * hidden) for name in ("head", "tail", "head_key", "tail_key")},
        "relations.second": (width, width),
        "relations.output": (relations, width),
    }
    shapes: dict[str, tuple[int, ...]] = {f"{name}.weight": shape for name, shape in linear.items()}
    shapes |= {f"{name}.bias": shape[:1] for name, shape in linear.items()}
    shapes |= {f"relations.features.{at}.weight": (size, width) for at, size in enumerate(FEATURE_SIZES)}
    return shapes | {
        "attributes.label.weight": (labels, width),
        "relations.between.weight": (width, hidden),
        "relations.labels.weight": (labels * labels, width),
    }
