"""A .safetensors file → weights, which must be those that the model is made of and no others.

The library that reads them takes any header of up to 100 MB, and of a doubled name whichever comes last.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from dateline_labels import BundleError, one_line
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from safetensors.numpy import load as load_safetensors

from .json_check import read_strict, unfit

FloatArray = NDArray[np.float32]

_MOST_HEADER = 2**16
_Size = Annotated[int, Field(ge=0, lt=2**31)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    dtype: str
    shape: list[_Size]
    data_offsets: Annotated[list[int], Field(min_length=2, max_length=2)]


_HEADER = TypeAdapter(dict[str, _Entry])


def read_weights(
    data: bytes, path: Path, leading: str, shapes: Callable[[int, int], Mapping[str, tuple[int, ...]]]
) -> dict[str, FloatArray]:
    """The weights of a file, float32 and finite, whose shapes all follow from the two sizes of the one named `leading`.

    Raises BundleError naming file and tensor.
    """
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
        raise unfit(path, error) from None


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
