"""`dateline bundle verify` and `show`: what was checked of a bundle, and what it says of itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline_bundle.certificate import Certificate
from dateline_bundle.encoders import VARIANTS
from dateline_bundle.files import opened
from dateline_bundle.manifest import GATE, LIMITS, SIGNATURE, Manifest, manifest_of, read_small, read_verified
from dateline_labels import one_line
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from .bundle import PARTS, Parts, check_encoder, parts_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NO_SIGNATURE, NOT_CHECKED, CHECKED = "none", "there, not checked", "by the owner of the key"


@dataclass(frozen=True)
class Inspected:
    """A bundle all of whose files were checked."""

    path: Path
    manifest: Manifest
    parts: Parts
    signature: str

    def facts(self) -> dict[str, Any]:
        """What `show` says, as plain JSON data."""
        schema, recipe = self.parts.reading.schema, _recipe(self.parts.training)
        certificate = self.manifest.certificate
        return {
            "bundle": str(self.path),
            "format": self.manifest.format,
            "dateline": self.manifest.dateline,
            "signature": self.signature,
            "schema": {"name": schema.name, "version": schema.version},
            "recipe": recipe.get("name"),
            "encoder": recipe.get("encoder"),
            "files": {name: record.model_dump() for name, record in sorted(self.manifest.files.items())},
            "certificate": certificate and certificate.model_dump(),
        }


def inspect(path: Path, key: "Ed25519PublicKey | None" = None) -> Inspected:
    """The bundle with every file checked, each of its encoders too; raises BundleError, one line, where one is not as
    it must be. No runtime is started.
    """
    with opened(path, LIMITS) as files:
        manifest = manifest_of(files, key)
        signed = SIGNATURE in files.names()
        if signed:
            read_small(files, SIGNATURE)
        parts = parts_of(read_verified(files, manifest, (*PARTS, GATE)), path)
        for precision in manifest.variants:
            name = VARIANTS[precision]
            check_encoder(read_verified(files, manifest.only(name), (name,))[name], path / name, parts)
    return Inspected(path, manifest, parts, CHECKED if key else NOT_CHECKED if signed else NO_SIGNATURE)


def verified_lines(inspected: Inspected) -> list[str]:
    """What was checked, a line each."""
    sizes = [record.bytes for record in inspected.manifest.files.values()]
    return [
        f"{inspected.path}: whole",
        f"  {len(sizes)} files, {sum(sizes):,} bytes: names, sizes, SHA-256",
        "  JSON, tokenizer and weights: nothing but what a bundle may hold, fit for the schema",
        f"  encoders ({', '.join(inspected.manifest.variants)}): standard operations, no weights elsewhere",
        f"  signature: {inspected.signature}",
    ]


def show(inspected: Inspected, console: Console) -> None:
    """Print what a bundle says of itself."""
    facts = inspected.facts()
    facts["schema"] = " ".join(facts["schema"].values())
    for name in ("bundle", "format", "dateline", "signature", "schema", "recipe", "encoder"):
        console.print(_plain(f"{name:<10} {facts[name]}"), soft_wrap=True)
    console.print(_file_table(inspected.manifest))
    certificate = inspected.manifest.certificate
    if certificate:
        console.print(_certificate_table(certificate))
    if certificate and certificate.gate:
        gate = certificate.gate
        passing, skipped = 100 * gate.recall, 100 * gate.skipped
        what = (
            f"{passing:.2f} % of {gate.wanted} wanted dispatches pass, {skipped:.1f} % of {gate.others} others do not"
        )
        console.print(_plain(f"{'gate':<10} {what}"), soft_wrap=True)


def as_json(inspected: Inspected) -> str:
    """The facts as JSON."""
    return json.dumps(inspected.facts(), indent=1)


def _recipe(training: Any) -> Mapping[str, Any]:
    """Name and encoder of the recipe; training.json is a record, of which nothing is required."""
    recipe = training.get("recipe") if isinstance(training, dict) else None
    if not isinstance(recipe, dict):
        return {}
    encoder = recipe.get("encoder")
    return {"name": recipe.get("name"), "encoder": encoder.get("name") if isinstance(encoder, dict) else None}


def _file_table(manifest: Manifest) -> Table:
    table = Table("file", Column("bytes", justify="right"), "SHA-256", box=None)
    for name, record in sorted(manifest.files.items()):
        table.add_row(name, f"{record.bytes:,}", _plain(record.sha256[:16]))
    return table


def _certificate_table(certificate: Certificate) -> Table:
    table = Table("encoder", "spans agree", "relations agree", "span F1", "relation F1", "speed", box=None)
    table.title = _plain(f"{certificate.dispatches} dispatches, {certificate.tokens} tokens, {certificate.machine}")
    table.title_justify = "left"
    table.add_row("checkpoint", "", "", f"{certificate.span_f1:.1f}", f"{certificate.relation_f1:.1f}", "")
    for precision, record in certificate.variants.items():
        speeds = "; ".join(
            f"{speed.engine} {speed.precision} {speed.dispatches_a_second:.1f} dispatches/s, "
            f"{speed.peak_megabytes:.0f} MB"
            for speed in record.speeds
        )
        agree = (f"{100 * share:.2f} %" for share in (record.spans_agree, record.relations_agree))
        f1s = (f"{record.span_f1:.1f}", f"{record.relation_f1:.1f}")
        table.add_row(_plain(precision), *agree, *f1s, _plain(speeds))
    return table


def _plain(text: str) -> Text:
    """Words of the bundle as they are: neither markup nor what moves the cursor."""
    return Text(one_line(text))
