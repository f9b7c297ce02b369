"""What a bundle holds and how that was proved: each of its encoders against the checkpoint, and how fast it reads."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import typer
from dateline_bundle.certificate import Certificate, GateRecord, VariantRecord
from dateline_bundle.encoders import FP16, FP32, INT8, INT8_DYNAMIC, VARIANTS
from dateline_bundle.manifest import (
    CARD,
    CONFIG,
    GATE,
    HEADS,
    METRICS,
    TOKENIZER,
    TRAINING,
    read_manifest,
    write_bundle,
)
from dateline_formats.label_map import LabelMap
from dateline_formats.reading import read_and_say
from dateline_infer.bundle import BundleConfig, load_bundle
from dateline_infer.choosing import Asked, choose
from dateline_infer.extractor import Extractor
from dateline_infer.host import CPU, ONNXRUNTIME, OPENVINO, Host
from dateline_infer.measuring import measure_speed
from dateline_infer.tokens import IntArray, tokenize_all
from dateline_labels import (
    BundleError,
    DatelineError,
    Dispatch,
    InputError,
    MissingExtraError,
    Place,
)
from dateline_labels.jsonl import write_line
from dateline_report.figures import Readings, figures_of
from dateline_report.model_facts import data_facts
from safetensors.torch import save as save_safetensors

from . import quantizing
from .exporting import encoder_graph, half_precision, head_weights
from .model import DispatchModel
from .network import checkpoint_extractor, load_checkpoint
from .parts import recorded_parts
from .proving import Reading, f1s, prove
from .thresholds import holds_any, scores_of_gate

_MOST_DECAY = 1.0
"""F1 points between validation in training (perhaps in bfloat16) and here, in float32."""
_TIMED = 96
"""Dispatches that speeds are measured on, at most."""


@dataclass(frozen=True)
class Packaging:
    """How a checkpoint is packaged.

    proving      annotated files or folders that it is proved on; the validation dispatches of its recipe if empty
    calibration  texts that int8 is fitted to; the training dispatches of its recipe if empty
    variants     the precisions to write besides fp32; where empty, int8 if what it needs is installed
    tolerance    share of spans or relations (0 to 1) that fp32 may read otherwise than the checkpoint
    largest_loss F1 points of spans or relations that another precision may lose
    timed        whether speeds and memory are measured
    sign         the file of the private key that the bundle is signed with, if any
    report       the metrics.json of a report of the checkpoint, for the bundle and its card, if any
    mapping      others' labels in `proving` and `calibration` for those of the schema

    Raises InputError on a precision that there is none of, MissingExtraError where what it needs is not installed.
    """

    proving: tuple[Path, ...] = ()
    calibration: tuple[Path, ...] = ()
    variants: tuple[str, ...] = ()
    tolerance: float = 0.001
    largest_loss: float = 0.5
    timed: bool = True
    sign: Path | None = None
    report: Path | None = None
    mapping: LabelMap = field(default_factory=LabelMap)

    def __post_init__(self) -> None:
        for precision in self.variants:
            if precision not in VARIANTS:
                what = f"expected some of {', '.join(sorted(VARIANTS))}, got {precision}"
                raise InputError(Place("--variant"), "variant", what)
        if INT8 in self.variants and not find_spec("nncf"):
            raise MissingExtraError("static int8", "nncf", "int8")


@dataclass(frozen=True)
class Source:
    """A checkpoint, the dispatches that it is proved on and how it reads them, and its training.json."""

    model: DispatchModel
    reference: Extractor
    record: bytes
    folder: Path
    proving: Sequence[Dispatch]
    reading: Reading

    @staticmethod
    def of(checkpoint: Path, proving: Sequence[Path], mapping: LabelMap) -> "Source":
        """The checkpoint with the dispatches of `proving`, else the validation dispatches of its recipe."""
        model, tokenizer = load_checkpoint(checkpoint)
        record = (checkpoint / TRAINING).read_bytes()
        schema = model.reading.schema
        named = read_and_say(proving, schema, mapping) if proving else None
        dispatches = recorded_parts(json.loads(record), schema).validation if named is None else named
        reference = checkpoint_extractor(model, tokenizer)
        return Source(model, reference, record, checkpoint, dispatches, Reading.of(reference, dispatches))

    def contents(self) -> dict[str, bytes]:
        """The files of the bundle that do not depend on its precision, with the float32 encoder."""
        schema = self.model.reading.schema
        figures, _ = figures_of(Readings(self.proving, self.reading.read, schema))
        metrics = {"data": data_facts((), "validation", self.proving, schema, None), **figures}
        config = BundleConfig(reading=self.model.reading.to_dict(), padding=self.model.padding_id)
        gate = {GATE: save_safetensors(dict(self.model.gate_weights()))} if self.model.reading.gate else {}
        return gate | {
            CONFIG: (config.model_dump_json(indent=1) + "\n").encode("utf-8"),
            VARIANTS[FP32]: encoder_graph(self.model),
            HEADS: save_safetensors(head_weights(self.model)),
            METRICS: (json.dumps(metrics, indent=1) + "\n").encode("utf-8"),
            TOKENIZER: self.reference.tokenizer.to_str(pretty=False).encode("utf-8"),
            TRAINING: self.record,
            CARD: b"",
        }

    def calibration(self, named: Sequence[Path], mapping: LabelMap) -> list[dict[str, IntArray]]:
        """What int8 is fitted to: windows of the named dispatches, else of those that the checkpoint was trained on."""
        schema = self.model.reading.schema
        given = read_and_say(named, schema, mapping) if named else None
        dispatches = recorded_parts(json.loads(self.record), schema).train if given is None else given
        return quantizing.calibration_samples(self.reference, dispatches)


def certify(source: Source, packaging: Packaging, contents: dict[str, bytes], work: Path, bundle: Path) -> Certificate:
    """Add the encoders in other precisions to `contents`, written to `work`, and measure each; one that loses too much
    is taken out again. Raises BundleError where float32 reads otherwise than the checkpoint.
    """
    records = {FP32: _proved(source, contents, work, Asked(CPU, ONNXRUNTIME, FP32))}
    _check_agreement(records[FP32], packaging.tolerance, bundle)
    span_f1, relation_f1 = f1s(source.proving, source.reading.read, source.model.reading.schema)
    if not packaging.proving:
        _check_record(span_f1, source.record, source.folder)
    for precision, graph in _other_encoders(source, packaging, contents[VARIANTS[FP32]]):
        contents[VARIANTS[precision]] = graph
        record = _proved(source, contents, work, Asked(CPU, precision=precision))
        loss = max(span_f1 - record.span_f1, relation_f1 - record.relation_f1)
        if loss > packaging.largest_loss:
            del contents[VARIANTS[precision]]
            (work / VARIANTS[precision]).unlink()
            _say(f"{precision} is left out, it loses {loss:.2f} F1; --largest-loss {loss:.2f} would keep it")
            continue
        records[precision] = record
    write_bundle(work, contents, version("dateline"), None)
    if packaging.timed:
        records = _timed(records, source.proving, work)
    return Certificate(
        dispatches=len(source.proving),
        tokens=sum(map(len, tokenize_all(source.reference.tokenizer, [dispatch.text for dispatch in source.proving]))),
        machine=str(Host.look()),
        tolerance=packaging.tolerance,
        largest_loss=packaging.largest_loss,
        span_f1=span_f1,
        relation_f1=relation_f1,
        variants=records,
        gate=_gate_record(source),
    )


def _gate_record(source: Source) -> GateRecord | None:
    """What the gate lets through of the proving dispatches; None where the model has none."""
    gate = source.model.reading.gate
    if gate is None:
        return None
    passed = scores_of_gate(source.reference, source.proving) >= gate.threshold
    wanted = np.array([holds_any(dispatch, gate.labels) for dispatch in source.proving])
    return GateRecord(
        threshold=gate.threshold,
        wanted=int(wanted.sum()),
        recall=round(float(passed[wanted].mean()), 4) if wanted.any() else 1.0,
        others=int((~wanted).sum()),
        skipped=round(float((~passed[~wanted]).mean()), 4) if not wanted.all() else 0.0,
    )


def _other_encoders(source: Source, packaging: Packaging, graph: bytes) -> Iterator[tuple[str, bytes]]:
    """The precisions that are asked for besides fp32, each with its ONNX file."""
    if not packaging.variants:
        if samples := _usual_samples(source, packaging):
            yield INT8, quantizing.static_int8(graph, samples)
        return
    for precision in packaging.variants:
        if precision == INT8:
            yield precision, quantizing.static_int8(graph, source.calibration(packaging.calibration, packaging.mapping))
        elif precision == INT8_DYNAMIC:
            yield precision, quantizing.dynamic_int8(graph)
        elif precision == FP16:
            yield precision, half_precision(graph)


def _usual_samples(source: Source, packaging: Packaging) -> list[dict[str, IntArray]]:
    """What int8 is fitted to, where it is not asked for by name; none, saying why, where something is missing."""
    if not find_spec("nncf"):
        _say("int8 is left out, NNCF is not installed: pip install 'dateline[int8]'")
        return []
    try:
        return source.calibration(packaging.calibration, packaging.mapping)
    except (DatelineError, OSError) as error:
        _say(f"int8 is left out, there is nothing to fit it to ({error}); --calibration names dispatches")
        return []


def _proved(source: Source, contents: Mapping[str, bytes], work: Path, asked: Asked) -> VariantRecord:
    write_bundle(work, contents, version("dateline"), None)
    choice = choose(asked, Host.look(), read_manifest(work).variants)
    return prove(source.reading, load_bundle(work, asked), source.proving, choice)


def _timed(
    records: Mapping[str, VariantRecord], dispatches: Sequence[Dispatch], work: Path
) -> dict[str, VariantRecord]:
    """The records with the speed of every installed engine that runs them."""
    timed = {}
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.jsonl"
        lines = [write_line(Dispatch(each.id, each.text)) + "\n" for each in dispatches[:_TIMED]]
        texts.write_text("".join(lines), encoding="utf-8")
        for precision, record in records.items():
            engines = [
                ONNXRUNTIME,
                *([OPENVINO] if OPENVINO in Host.look().engines and precision in (FP32, INT8) else []),
            ]
            speeds = [measure_speed(work, texts, Asked(CPU, engine, precision)) for engine in engines]
            timed[precision] = record.model_copy(update={"speeds": speeds})
    return timed


def _check_agreement(record: VariantRecord, tolerance: float, bundle: Path) -> None:
    worst = min(record.spans_agree, record.relations_agree)
    if worst < 1.0 - tolerance:
        spans, relations = 100 * record.spans_agree, 100 * record.relations_agree
        what = f"{spans:.2f} % of the spans and {relations:.2f} % of the relations"
        raise BundleError(f"{bundle}: not packaged, bundle and checkpoint agree on {what} only")


def _check_record(span_f1: float, record: bytes, checkpoint: Path) -> None:
    """A checkpoint that reads its own validation dispatches worse than when it was saved was touched since."""
    recorded = json.loads(record)["validation"]["span_f1"]
    if span_f1 < recorded - _MOST_DECAY:
        what = f"reads with span F1 {span_f1:.1f}, but {recorded:.1f} when it was saved"
        raise BundleError(f"{checkpoint}: not packaged, the checkpoint {what}")


def _say(message: str) -> None:
    typer.echo(message, err=True)
