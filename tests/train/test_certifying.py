"""Bundles with encoders in other precisions, each measured against the checkpoint."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import onnx
import pytest
from dateline_bundle.encoders import FP16, FP32, INT8, INT8_DYNAMIC, VARIANTS
from dateline_bundle.manifest import read_manifest
from dateline_infer import Extractor
from dateline_infer.choosing import Asked
from dateline_labels import Dispatch, InputError, Schema, read_dispatches
from dateline_labels.main import main
from dateline_train import certifying
from dateline_train.certifying import Packaging
from dateline_train.packaging import run_packaging

ROOT = Path(__file__).resolve().parents[2]
needs_nncf = pytest.mark.skipif(not find_spec("nncf"), reason="NNCF is not installed")


@pytest.fixture(scope="module")
def gold(corpus_sample: Path) -> list[Dispatch]:
    return list(read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml")))


@pytest.fixture(scope="module")
def every_variant(tmp_path_factory: pytest.TempPathFactory, tiny_checkpoint: Path, corpus_sample: Path) -> Path:
    bundle = tmp_path_factory.mktemp("variants") / "bundle"
    variants = (*([INT8] if find_spec("nncf") else []), INT8_DYNAMIC, FP16)
    run_packaging(tiny_checkpoint, bundle, Packaging((corpus_sample,), (), variants, largest_loss=30.0, timed=False))
    return bundle


def test_every_variant_is_certified_against_the_checkpoint(every_variant: Path) -> None:
    manifest = read_manifest(every_variant)
    assert manifest.certificate is not None
    assert set(manifest.certificate.variants) == set(manifest.variants)
    assert {INT8_DYNAMIC, FP16, FP32} <= set(manifest.variants)
    for precision, record in manifest.certificate.variants.items():
        assert record.file == VARIANTS[precision]
        assert record.spans_agree > 0.5
        assert manifest.certificate.span_f1 - record.span_f1 <= 30.0
    exact = manifest.certificate.variants[FP32]
    for precision in set(manifest.variants) - {FP32}:
        assert manifest.certificate.variants[precision].largest_logit_difference > exact.largest_logit_difference


@pytest.mark.parametrize("precision", [INT8, INT8_DYNAMIC, FP16])
def test_what_was_certified_is_what_is_read(every_variant: Path, precision: str, gold: list[Dispatch]) -> None:
    if precision not in read_manifest(every_variant).variants:
        pytest.skip("NNCF is not installed")
    read = Extractor.load(every_variant, Asked("cpu", precision=precision)).batch(gold)
    certificate = read_manifest(every_variant).certificate
    assert certificate is not None
    from dateline_train.proving import f1s

    schema = Schema.read(ROOT / "labels" / "schema.toml")
    record = certificate.variants[precision]
    assert f1s(gold, read, schema) == (record.span_f1, record.relation_f1)


@needs_nncf
def test_the_encoder_is_in_bytes_and_the_tag_head_is_not(every_variant: Path) -> None:
    graph = onnx.load(every_variant / VARIANTS[INT8]).graph
    made = {output: node for node in graph.node for output in node.output}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    in_bytes = [node for node in products if all(made[each].op_type == "DequantizeLinear" for each in node.input)]
    assert len(in_bytes) >= 12
    (tag_head,) = [node for node in products if "/tags/" in node.name]
    assert tag_head not in in_bytes


def test_a_precision_that_loses_too_much_is_left_out_and_the_loss_is_spelt_out(
    tmp_path: Path,
    tiny_checkpoint: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ruined(graph: bytes) -> bytes:
        model = onnx.load_from_string(graph)
        weight = next(each for each in model.graph.initializer if each.dims == [11, 64] or each.dims == [64, 11])
        weight.raw_data = bytes(len(weight.raw_data))
        return bytes(model.SerializeToString())

    monkeypatch.setattr(certifying, "half_precision", ruined)
    bundle = tmp_path / "bundle"
    run_packaging(tiny_checkpoint, bundle, Packaging((corpus_sample,), variants=(FP16,), timed=False))
    assert read_manifest(bundle).variants == [FP32]
    assert not (bundle / VARIANTS[FP16]).exists()
    assert Extractor.load(bundle)("Gao fell.").text == "Gao fell."
    said = capsys.readouterr().err
    assert "fp16 is left out, it loses" in said
    assert "--largest-loss" in said


@pytest.mark.slow
def test_speeds_and_memory_are_measured_in_a_process_of_their_own(
    tmp_path: Path, tiny_checkpoint: Path, corpus_sample: Path
) -> None:
    bundle = tmp_path / "bundle"
    run_packaging(tiny_checkpoint, bundle, Packaging((corpus_sample,), variants=(FP32,)))
    certificate = read_manifest(bundle).certificate
    assert certificate is not None
    speeds = certificate.variants[FP32].speeds
    assert [speed.engine for speed in speeds] == ["onnxruntime", *(["openvino"] if find_spec("openvino") else [])]
    assert all(speed.dispatches_a_second > 0 and speed.tokens_a_second > 0 for speed in speeds)
    assert all(20 < speed.peak_megabytes < 4_000 for speed in speeds)
    card = (bundle / "README.md").read_text(encoding="utf-8")
    assert f"{speeds[0].dispatches_a_second:.1f}" in card
    assert certificate.machine in card


def test_without_nncf_int8_is_left_out_or_asked_for_in_vain(
    tmp_path: Path,
    tiny_checkpoint: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(certifying, "find_spec", lambda _: None)
    run_packaging(tiny_checkpoint, tmp_path / "bundle", Packaging((corpus_sample,), timed=False))
    assert read_manifest(tmp_path / "bundle").variants == [FP32]
    assert "int8 is left out, NNCF is not installed" in capsys.readouterr().err
    assert main(["package", str(tiny_checkpoint), str(tmp_path / "other"), "--variant", "int8"]) == 2
    assert "pip install 'dateline[int8]'" in capsys.readouterr().err


def test_a_precision_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="--variant:0:variant: expected some of"):
        replace(Packaging(), variants=("int4",))


def test_the_gate_is_certified(tiny_bundle: Path, gold: list[Dispatch]) -> None:
    certificate = read_manifest(tiny_bundle).certificate
    assert certificate is not None
    gate = certificate.gate
    assert gate is not None
    assert gate.wanted + gate.others == certificate.dispatches
    wanted = [any(span.label == "ATTACK" for span in each.spans) for each in gold]
    skipped = ["gated" in each.meta for each in Extractor.load(tiny_bundle, gated=True).batch(gold)]
    assert gate.wanted == sum(wanted)
    passed = sum(holds and not gone for holds, gone in zip(wanted, skipped, strict=True))
    assert gate.recall == pytest.approx(passed / sum(wanted), abs=1e-4)
    assert f"{100 * gate.recall:.1f} %" in (tiny_bundle / "README.md").read_text(encoding="utf-8")
