"""JSON of a bundle, read strictly: doubled keys, NaN, hostile depth and hostile size are refused."""

from pathlib import Path
from typing import Any

from dateline_labels import BundleError, InputError, Place, one_line
from dateline_labels.faults import field_path, first_fault
from dateline_labels.strict_json import read_json
from pydantic import ValidationError

_MOST_DEPTH = 32
_MOST_VALUES = 4_000_000
"""Far above the largest vocabulary; else 64 MiB of short strings would become gigabytes of objects."""
_FOREIGN_KEYS = frozenset({"auto_map", "trust_remote_code", "custom_pipelines", "_attn_implementation_internal"})
"""Where the libraries that train look for code to run. Nothing here does, and no bundle has a use for them."""


def read_strict(data: bytes, path: Path) -> Any:
    """The value of a JSON file; raises BundleError naming the file."""
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > _MOST_VALUES:
        raise BundleError(f"{path}: more than {_MOST_VALUES} values")
    try:
        plain = read_json(data.decode("utf-8"), Place(str(path)))
    except UnicodeDecodeError:
        raise BundleError(f"{path}: expected JSON in UTF-8") from None
    except InputError as error:
        raise BundleError(f"{path}: {one_line(error.what)}") from None
    if _depth_exceeds(plain, _MOST_DEPTH):
        raise BundleError(f"{path}: nested more than {_MOST_DEPTH} deep")
    return plain


def unfit(path: Path, error: ValidationError) -> BundleError:
    """What is wrong first in a file of a bundle that is not as it must be."""
    location, what = first_fault(error)
    return BundleError(f"{path}: {one_line(field_path(location, 'file'), 100)}: {one_line(what)}")


def read_record(data: bytes, path: Path) -> Any:
    """As `read_strict`, for the files whose keys are not all known; raises BundleError on those that name code."""
    plain = read_strict(data, path)
    waiting = [plain]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key in sorted(_FOREIGN_KEYS & value.keys()):
                raise BundleError(f"{path}: {key}: a key that no bundle has")
        waiting += _children(value)
    return plain


def _depth_exceeds(plain: object, most: int) -> bool:
    level = [plain]
    for _ in range(most):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> list[Any]:
    """What of a list or an object may hold more."""
    if not isinstance(value, dict | list):
        return []
    parts = value.values() if isinstance(value, dict) else value
    return [part for part in parts if isinstance(part, dict | list)]
