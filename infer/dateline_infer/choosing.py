"""Which engine, device and precision read a bundle: what was asked for, what there is, what is chosen and why.

    device     cpu, cuda
    engine     onnxruntime (CPU, CUDA), openvino (CPU, optional)
    precision  fp32, int8, fp16, int8-dynamic: files of the bundle; bf16: the fp32 file computed in bfloat16

What was asked for by name is given or refused, never replaced.
"""

from collections.abc import Collection
from dataclasses import dataclass

from dateline_bundle.encoders import FP16, FP32, INT8, INT8_DYNAMIC
from dateline_labels import InputError, Place

from .host import CPU, CUDA, ONNXRUNTIME, OPENVINO, OPTIONAL_ENGINES, Host

AUTO = "auto"
BF16 = "bf16"
"""What openvino makes of the file in float32."""
DEVICES = (AUTO, CPU, CUDA)
ENGINES = (AUTO, ONNXRUNTIME, *OPTIONAL_ENGINES)
PRECISIONS = (AUTO, FP32, BF16, FP16, INT8, INT8_DYNAMIC)

_INT8_FEATURES = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"})
"""Processors without one of them add up products of bytes in 16 bits, which is slower and can overflow."""
_BF16_FEATURES = frozenset({"avx512_bf16", "amx_bf16"})


@dataclass(frozen=True)
class Asked:
    """What the user wants; raises InputError on a word that is none of the choices."""

    device: str = AUTO
    engine: str = AUTO
    precision: str = AUTO

    def __post_init__(self) -> None:
        for name, choices in (("device", DEVICES), ("engine", ENGINES), ("precision", PRECISIONS)):
            if getattr(self, name) not in choices:
                raise _refused(name, f"expected one of {', '.join(choices)}, got {getattr(self, name)}")


BEST = Asked()
"""Nothing by name: whatever is best."""


@dataclass(frozen=True)
class Choice:
    """What reads the bundle. `why` has a line for each of device, engine and precision."""

    device: str
    engine: str
    precision: str
    why: tuple[str, ...]

    @property
    def variant(self) -> str:
        """The precision whose file is read."""
        return FP32 if self.precision == BF16 else self.precision

    def __str__(self) -> str:
        return f"{self.engine} on {self.device} in {self.precision}"


def choose(asked: Asked, host: Host, variants: Collection[str]) -> Choice:
    """The best of what there is for a bundle with files of these precisions; raises InputError where what was asked
    for is not there.
    """
    device, why_device = _device(asked, host)
    engine, why_engine = _engine(asked, host, variants, device)
    precision, why_precision = _precision(asked, host, variants, device, engine)
    return Choice(device, engine, precision, (why_device, why_engine, why_precision))


def _device(asked: Asked, host: Host) -> tuple[str, str]:
    if asked.device == CUDA and CUDA not in host.devices:
        raise _refused(
            "device", "cuda is not there: the installed onnxruntime is the one for CPUs; `dateline[gpu]` has CUDA"
        )
    if asked.device != AUTO:
        return asked.device, f"device {asked.device}: asked for"
    if CUDA in host.devices and asked.engine != OPENVINO and asked.precision != BF16:
        return CUDA, "device cuda: onnxruntime offers it"
    return CPU, "device cpu: " + ("it is what suits the rest" if CUDA in host.devices else "there is no other")


def _engine(asked: Asked, host: Host, variants: Collection[str], device: str) -> tuple[str, str]:
    if asked.engine != AUTO and asked.engine not in host.engines:
        raise _refused("engine", f"{asked.engine} is not installed; `dateline[{asked.engine}]` has it")
    if asked.engine == OPENVINO and device == CUDA:
        raise _refused("engine", "openvino does not run on cuda; leave one of the two out")
    if asked.engine != AUTO:
        return asked.engine, f"engine {asked.engine}: asked for"
    if device == CUDA:
        return ONNXRUNTIME, "engine onnxruntime: the one that runs on cuda"
    if asked.precision in (FP16, INT8_DYNAMIC):
        return ONNXRUNTIME, f"engine onnxruntime: the one that runs {asked.precision}"
    if asked.precision == INT8 and not host.features & _INT8_FEATURES:
        return ONNXRUNTIME, "engine onnxruntime: on this processor sums of bytes overflow in openvino"
    if asked.precision == FP32 or (asked.precision == AUTO and not _short_numbers(host, variants)):
        return ONNXRUNTIME, "engine onnxruntime: in fp32 as fast as any, and the first to be ready"
    if OPENVINO in host.engines:
        return OPENVINO, "engine openvino: installed, and the faster one in int8 and bf16"
    return ONNXRUNTIME, "engine onnxruntime: openvino is not installed"


def _short_numbers(host: Host, variants: Collection[str]) -> bool:
    """Whether openvino would compute in int8 or bf16 here."""
    return bool((INT8 in variants and host.features & _INT8_FEATURES) or host.features & _BF16_FEATURES)


def _precision(asked: Asked, host: Host, variants: Collection[str], device: str, engine: str) -> tuple[str, str]:
    if asked.precision == AUTO:
        return _best_precision(host, variants, device, engine)
    if asked.precision == BF16:
        if engine != OPENVINO:
            raise _refused("precision", "bf16 needs the engine openvino, on the cpu")
        if not host.features & _BF16_FEATURES:
            raise _refused("precision", "this processor does not compute in bf16")
    elif asked.precision not in variants:
        has = f"the bundle has {', '.join(sorted(variants))} only, got {asked.precision}"
        raise _refused("precision", f"{has}; `dateline package --variant {asked.precision}` adds it")
    elif asked.precision in (FP16, INT8_DYNAMIC) and engine == OPENVINO:
        raise _refused("precision", f"{asked.precision} needs the engine onnxruntime")
    return asked.precision, f"precision {asked.precision}: asked for"


def _best_precision(host: Host, variants: Collection[str], device: str, engine: str) -> tuple[str, str]:
    if device == CUDA:
        if FP16 in variants:
            return FP16, "precision fp16: the fastest on cuda that the bundle has"
        return FP32, "precision fp32: the bundle has no fp16"
    if INT8 in variants and host.features & _INT8_FEATURES:
        return INT8, "precision int8: the bundle has it, and the processor multiplies bytes"
    if engine == OPENVINO and host.features & _BF16_FEATURES:
        return BF16, "precision bf16: the processor computes in it"
    without = "the bundle has no int8" if INT8 not in variants else "the processor has no instructions for int8"
    return FP32, f"precision fp32: {without}"


def _refused(option: str, what: str) -> InputError:
    return InputError(Place(f"--{option}"), option, what)
