"""`dateline doctor`: what is installed here, what would read a bundle and why, and whether it does.

Nothing heavy is imported to find out: versions are read from the packages' metadata.
"""

import json
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from dateline_bundle.encoders import FP32
from dateline_bundle.manifest import read_manifest
from dateline_bundle.signing import read_public_key
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .choosing import Asked, Choice, choose
from .extractor import Extractor
from .host import OPTIONAL_ENGINES, Host, cores, installed, processor

_PACKAGES = (
    ("dateline", ""),
    ("numpy", ""),
    ("onnxruntime", ""),
    ("tokenizers", ""),
    ("safetensors", ""),
    *((name, name) for name in OPTIONAL_ENGINES),
    ("onnxruntime-gpu", "gpu"),
    ("pyarrow", "archive"),
    ("ray", "ray"),
    ("torch", "train"),
    ("transformers", "train"),
    ("nncf", "int8"),
)
"""With the extra that brings each."""
_SMOKE = "Gunmen killed six soldiers near Gao on Monday, an army spokesman said."


@dataclass(frozen=True)
class Smoke:
    """One short text read with a bundle; seconds from the start of loading, and of reading alone."""

    text: str
    spans: list[str]
    relations: int
    seconds_to_load: float
    seconds_to_read: float


@dataclass(frozen=True)
class BundleState:
    """A bundle whose every file was checked."""

    path: str
    schema: str
    variants: list[str]
    gate: bool
    bytes: int
    smoke: Smoke


@dataclass(frozen=True)
class Findings:
    """All that the command says."""

    python: str
    system: str
    processor: str
    cores: int
    features: list[str]
    devices: list[str]
    packages: dict[str, str | None]
    choice: Choice
    bundle: BundleState | None


def run_doctor(bundle: Path | None, asked: Asked, as_json: bool, require_signature: Path | None = None) -> None:
    """Look and print; raises BundleError where the bundle must not be used, InputError where what was asked for is not
    there.
    """
    findings = look(bundle, asked, require_signature)
    if as_json:
        sys.stdout.write(json.dumps(asdict(findings), indent=1, ensure_ascii=False) + "\n")
    else:
        show(findings, Console(highlight=False))


def look(bundle: Path | None, asked: Asked, require_signature: Path | None = None) -> Findings:
    """What there is; without a bundle, what would read one that has nothing but float32."""
    host = Host.look()
    key = read_public_key(require_signature) if require_signature else None
    variants = read_manifest(bundle, key).variants if bundle else [FP32]
    choice = choose(asked, host, variants)
    return Findings(
        python=platform.python_version(),
        system=platform.platform(),
        processor=processor(),
        cores=cores(),
        features=sorted(host.features),
        devices=list(host.devices),
        packages={name: installed(name) for name, _ in _PACKAGES},
        choice=choice,
        bundle=_bundle_state(bundle, asked, require_signature) if bundle else None,
    )


def show(findings: Findings, console: Console) -> None:
    """Print the findings as a table."""
    table = Table("", "", show_header=False, box=None, pad_edge=False)
    rows = [
        ("Python", f"{findings.python} on {findings.system}"),
        ("processor", f"{findings.processor}, {findings.cores} cores"),
        ("instructions", ", ".join(findings.features) or "unknown"),
        ("devices", ", ".join(findings.devices)),
        *((name, _or_how(findings.packages[name], extra)) for name, extra in _PACKAGES),
        ("reads with", str(findings.choice)),
        *(("", line) for line in findings.choice.why),
    ]
    for name, value in rows:
        table.add_row(name, escape(value))
    if findings.bundle:
        state, smoke = findings.bundle, findings.bundle.smoke
        table.add_row("bundle", escape(f"{state.path}: whole, {state.bytes / 1e6:.0f} MB, schema {state.schema}"))
        table.add_row("", f"{', '.join(state.variants)}; {'with' if state.gate else 'without'} a gate")
        table.add_row("read", escape(smoke.text))
        table.add_row("", escape(", ".join(smoke.spans) or "no spans found"))
        table.add_row("", f"loaded in {smoke.seconds_to_load:.2f} s, read in {smoke.seconds_to_read:.3f} s")
    console.print(table)


def _bundle_state(bundle: Path, asked: Asked, require_signature: Path | None) -> BundleState:
    begun = time.perf_counter()
    extractor = Extractor.load(bundle, asked, require_signature=require_signature)
    loaded = time.perf_counter()
    dispatch = extractor(_SMOKE)
    read = time.perf_counter()
    manifest, schema = read_manifest(bundle), extractor.config.schema
    spans = [f"{span.label} {dispatch.words(span)}" for span in dispatch.spans]
    return BundleState(
        path=str(bundle),
        schema=f"{schema.name} {schema.version}",
        variants=manifest.variants,
        gate=extractor.config.gate is not None,
        bytes=sum(record.bytes for record in manifest.files.values()),
        smoke=Smoke(_SMOKE, spans, len(dispatch.relations), round(loaded - begun, 3), round(read - loaded, 4)),
    )


def _or_how(found: str | None, extra: str) -> str:
    return found or f"not installed (pip install 'dateline[{extra}]')"
