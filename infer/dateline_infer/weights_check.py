"""heads.safetensors, gate.safetensors → weights, which must be those that the model is made of and no others.

The library that reads them takes any header of up to 100 MB, and of a doubled name whichever comes last.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from dateline_labels import BundleError, Schema, one_line
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from safetensors.numpy import load as load_safetensors

from .gate import FIRST_SPAN, SECOND_SPAN
from .pairs import FEATURE_SIZES
from .strict_json import read_strict
from .tokens import FloatArray

_MOST_HEADER = 2**16
_Size = Annotated[int, Field(ge=0, lt=2**31)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    dtype: str
    shape: list[_Size]
    data_offsets: Annotated[list[int], Field(min_length=2, max_length=2)]


_HEADER = TypeAdapter(dict[str, _Entry])


def read_heads(data: bytes, path: Path, schema: Schema) -> dict[str, FloatArray]:
    """The weights of both heads; raises BundleError naming file and tensor."""
    # the widths of encoder and heads are the model's own; every other size follows from the schema
    return _read(data, path, "relations.between.weight", lambda width, hidden: head_shapes(schema, hidden, width))


def read_gate(data: bytes, path: Path, largest_token: int) -> dict[str, FloatArray]:
    """The weights of the gate, with a row of its table for each token; raises BundleError naming file and tensor."""
    weights = _read(data, path, "table", gate_shapes)
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


def _read(
    data: bytes, path: Path, leading: str, shapes: Callable[[int, int], Mapping[str, tuple[int, ...]]]
) -> dict[str, FloatArray]:
    """The weights of a file whose shapes all follow from the two sizes of one of them."""
    header, start = _header(data, path)
    sizes = header[leading].shape if leading in header else []
    try:
        _check_names(header, shapes(*sizes) if len(sizes) == 2 else shapes(0, 0))
        _check_places(header, len(data) - start)
        weights: dict[str, FloatArray] = load_safetensors(data)
        for name, values in weights.items():
            if not np.isfinite(values).all():
                raise ValueError(f"{name}: expected finite float32 numbers")
    except ValueError as error:
        raise BundleError(f"{path}: {one_line(str(error))}") from None
    return weights


def _header(data: bytes, path: Path) -> tuple[Mapping[str, _Entry], int]:
    """What the file says it holds, and where the numbers start."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(_MOST_HEADER, len(data) - 8):
        raise BundleError(f"{path}: expected a header of at most {_MOST_HEADER} bytes, got {size} of {len(data)}")
    plain: Any = read_strict(data[8 : 8 + size], path)
    try:
        return _HEADER.validate_python(plain), 8 + size
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BundleError(f"{path}: {one_line('.'.join(map(str, fault['loc'])))}: {fault['msg']}") from None


def _check_names(header: Mapping[str, _Entry], expected: Mapping[str, tuple[int, ...]]) -> None:
    for name in sorted(expected.keys() ^ header.keys()):
        raise ValueError(f"{name}: {'missing' if name in expected else 'weights that no bundle has'}")
    for name, entry in header.items():
        if entry.dtype != "F32":
            raise ValueError(f"{name}: expected finite float32 numbers, got {entry.dtype}")
        if tuple(entry.shape) != expected[name]:
            wanted, got = (" × ".join(map(str, shape)) for shape in (expected[name], entry.shape))
            raise ValueError(f"{name}: expected {wanted} numbers, got {got}")


def _check_places(header: Mapping[str, _Entry], total: int) -> None:
    """Every number must belong to one tensor: no holes, no overlaps, nothing behind."""
    at, before = 0, "the header"
    for name, entry in sorted(header.items(), key=lambda item: item[1].data_offsets):
        (start, end), numbers = entry.data_offsets, math.prod(entry.shape)
        if end - start != 4 * numbers:
            raise ValueError(f"{name}: expected {numbers} numbers of 4 bytes, got {end - start} bytes")
        if start != at:
            raise ValueError(f"{name}: expected its numbers at byte {at}, behind {before}, got {start}")
        at, before = end, name
    if at != total:
        raise ValueError(f"{before}: expected nothing behind its numbers")
