"""The card of a bundle, README.md: the model card from its metrics, and what the certificate proves of each encoder."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dateline_bundle.certificate import Certificate
from dateline_bundle.manifest import LIMITS, METRICS
from dateline_labels import InputError, Place
from dateline_labels.digests import file_digest
from dateline_labels.files import decode_utf8
from dateline_labels.markdown_cells import grid
from dateline_labels.strict_json import read_json
from dateline_report.card import model_card
from dateline_report.figures import FORMAT
from dateline_report.model_facts import WEIGHTS, recipe_facts

Plain = Mapping[str, Any]


def card(certificate: Certificate, metrics: Plain, record: Plain) -> str:
    """The page, from what is stored in the bundle: its metrics, or those of the report that were put into it."""
    known = metrics.get("model", {})
    recipe = recipe_facts(record)
    facts = {
        "kind": "bundle",
        "name": str(known.get("name") or record["recipe"]["name"]),
        "weights": known.get("sha256", ""),
        "recipe": recipe,
    }
    return model_card({**metrics, "model": facts}, tuple(_sections(certificate)))


def reported(path: Path, checkpoint: Path) -> bytes:
    """The metrics of `dateline report` for a bundle, without the comparison with another model.

    Raises InputError where the file is no metrics.json, is of another checkpoint, or larger than a bundle may hold.
    """
    place = Place(str(path))
    metrics = read_json(decode_utf8(path.read_bytes(), place), place)
    if not isinstance(metrics, dict) or metrics.get("format") != FORMAT or not isinstance(metrics.get("model"), dict):
        raise InputError(place, "format", f"expected a metrics.json of `dateline report`, format {FORMAT}")
    if metrics["model"].get("sha256") != file_digest(checkpoint / WEIGHTS):
        raise InputError(place, "model.sha256", f"expected a report of {checkpoint}, got one of other weights")
    model = {name: value for name, value in metrics["model"].items() if name != "path"}
    data = (json.dumps({**metrics, "model": model, "comparison": None}, indent=1) + "\n").encode("utf-8")
    if len(data) > LIMITS[METRICS]:
        raise InputError(place, "file", f"expected at most {LIMITS[METRICS]} bytes, got {len(data)}")
    return data


def _sections(certificate: Certificate) -> Iterator[str]:
    yield "\n\n".join(_certificate(certificate))
    if certificate.gate:
        gate = certificate.gate
        yield (
            f"## Gate\n\nOf the {gate.wanted} dispatches with something to be found, {100 * gate.recall:.1f} % "
            f"pass; of the {gate.others} others, {100 * gate.skipped:.1f} % are skipped. `dateline extract "
            "--gate` uses it."
        )


def _certificate(certificate: Certificate) -> Iterator[str]:
    yield (
        "## Certificate\n\nEach encoder against the checkpoint in float32, on the same "
        f"{certificate.dispatches} dispatches ({certificate.tokens} tokens). The checkpoint has F1 "
        f"{certificate.span_f1:.2f} and {certificate.relation_f1:.2f}."
    )
    yield grid(
        ("precision", "spans agree", "relations agree", "span F1", "relation F1", "largest logit difference"),
        [
            (
                precision,
                f"{100 * each.spans_agree:.2f} %",
                f"{100 * each.relations_agree:.2f} %",
                f"{each.span_f1:.2f}",
                f"{each.relation_f1:.2f}",
                f"{each.largest_logit_difference:.1e}",
            )
            for precision, each in certificate.variants.items()
        ],
    )
    speeds = [speed for each in certificate.variants.values() for speed in each.speeds]
    if speeds:
        yield f"Speed with tags, attributes and relations on {certificate.machine}:"
        yield grid(
            ("engine", "precision", "dispatches/s", "tokens/s", "peak memory"),
            [
                (
                    s.engine,
                    s.precision,
                    f"{s.dispatches_a_second:.1f}",
                    f"{s.tokens_a_second:.0f}",
                    f"{s.peak_megabytes:.0f} MB",
                )
                for s in speeds
            ],
        )
