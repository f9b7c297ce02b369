"""The card of a bundle, README.md: what it is, how well and how fast it reads, and what it is not for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dateline_infer.certificate import Certificate

_LIMITS = """\
The figures come from the validation dispatches that thresholds were chosen on, so they flatter; `dateline evaluate`
measures on others. Texts of other kinds than the training dispatches are read less well.

A score is the model's belief, not a fact about the world. A wrong perpetrator or a wrong number can harm people: what
is published about persons or groups should be checked against the words of the text, to which every span points."""


def card(certificate: Certificate, metrics: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """The page, from what is stored in the bundle."""
    return "\n\n".join(_parts(certificate, metrics, record)) + "\n"


def _parts(certificate: Certificate, metrics: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    recipe, learnt_from = record["recipe"], record["dispatches"]["train"]
    yield "---\nlibrary_name: dateline\npipeline_tag: token-classification\ntags: [event-extraction, onnx]\n---"
    yield f"# {recipe['name']}"
    yield (
        f"A Dateline bundle: reads news dispatches with the schema {metrics['data']['schema']}. Encoder "
        f"`{recipe['encoder']['name']}`, trained on {learnt_from} dispatches, seed {recipe['seed']}. `dateline "
        "extract` runs it; every file is checked against `manifest.json` before it is used."
    )
    yield f"## How well\n\nF1 in per cent on {certificate.dispatches} validation dispatches."
    spans, relations = metrics["spans"]["exact"], metrics["relations"]["strict"]
    for title, rows in (("span, exact", spans), ("relation, strict", relations)):
        yield _table(
            (title, "precision", "recall", "F1", "gold"),
            [
                (name, *(f"{row[each]:.1f}" for each in ("precision", "recall", "f1")), row["gold"])
                for name, row in rows.items()
            ],
        )
    yield from _certificate(certificate)
    if certificate.gate:
        gate = certificate.gate
        yield (
            f"## Gate\n\nOf the {gate.wanted} dispatches with something to be found, {100 * gate.recall:.1f} % "
            f"pass; of the {gate.others} others, {100 * gate.skipped:.1f} % are skipped. `dateline extract "
            "--gate` uses it."
        )
    yield f"## Limits\n\n{_LIMITS}"


def _certificate(certificate: Certificate) -> Iterator[str]:
    yield (
        "## Certificate\n\nEach encoder against the checkpoint in float32, on the same dispatches "
        f"({certificate.tokens} tokens). The checkpoint has F1 {certificate.span_f1:.2f} and "
        f"{certificate.relation_f1:.2f}."
    )
    yield _table(
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
        yield _table(
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


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
