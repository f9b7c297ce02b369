"""What the machine offers to run an encoder: engines, devices, the instructions of its processor."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import onnxruntime

CPU, CUDA = "cpu", "cuda"
ONNXRUNTIME, OPENVINO = "onnxruntime", "openvino"
OPTIONAL_ENGINES = (OPENVINO,)
"""Those that an extra brings; extra, package and module are called as the engine is."""

_PROCESSOR = Path("/proc/cpuinfo")
_FEATURES = frozenset(
    {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimddp", "i8mm"}
)


@dataclass(frozen=True)
class Host:
    """What this machine offers.

    engines   the version of each engine that is installed
    devices   of cpu and cuda, those that onnxruntime was built for
    features  of the processor's instructions, those that matter here; empty where they cannot be found out
    """

    engines: dict[str, str]
    devices: tuple[str, ...]
    features: frozenset[str]

    @staticmethod
    def look() -> "Host":
        """What there is on this machine."""
        providers = onnxruntime.get_available_providers()
        optional = {name: version(name) for name in OPTIONAL_ENGINES if find_spec(name)}
        engines = {ONNXRUNTIME: onnxruntime.__version__, **optional}
        devices = (CPU, CUDA) if "CUDAExecutionProvider" in providers else (CPU,)
        return Host(engines, devices, _features())

    def __str__(self) -> str:
        features = ", ".join(sorted(self.features)) or "features unknown"
        return f"{processor()}, {cores()} cores ({features})"


def installed(package: str) -> str | None:
    """The version of a package that is installed, by its metadata; None where it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The processor's name."""
    return _described("model name") or platform.processor() or platform.machine()


def _features() -> frozenset[str]:
    """From /proc/cpuinfo, the flags of x86 and the features of ARM; other systems do not tell without a program run."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return frozenset({"asimddp"})  # every one of Apple's has it
    return frozenset((_described("flags") or _described("features")).split()) & _FEATURES


def _described(name: str) -> str:
    """What Linux says of the first core under this name, in whatever case; nothing elsewhere."""
    if not _PROCESSOR.is_file():
        return ""
    for line in _PROCESSOR.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return ""
