import json
import shutil
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
from dateline_bundle.encoders import FP32
from dateline_bundle.manifest import read_manifest
from dateline_infer import Extractor
from dateline_infer.choosing import Asked
from dateline_labels import BundleError, Schema, read_dispatches
from dateline_labels.main import main
from dateline_train import certifying
from dateline_train.certifying import Packaging
from dateline_train.evaluating import load_extractor
from dateline_train.packaging import run_packaging

ROOT = Path(__file__).resolve().parents[2]
PLAIN = Packaging(variants=(FP32,), timed=False)


def test_bundle_and_checkpoint_read_alike(tiny_checkpoint: Path, tiny_bundle: Path, corpus_sample: Path) -> None:
    dispatches = read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml"))
    expected = load_extractor(tiny_checkpoint).batch(dispatches)
    got = Extractor.load(tiny_bundle, Asked(precision="fp32")).batch(dispatches)  # others round
    assert sum(len(dispatch.spans) for dispatch in expected) > 100
    assert sum(len(dispatch.relations) for dispatch in expected) > 20
    for one, other in zip(expected, got, strict=True):
        assert [(s.label, s.start, s.end, s.attributes) for s in one.spans] == [
            (s.label, s.start, s.end, s.attributes) for s in other.spans
        ]
        assert [(r.label, r.head, r.tail) for r in one.relations] == [
            (r.label, r.head, r.tail) for r in other.relations
        ]


def test_the_manifest_holds_the_certificate(tiny_bundle: Path) -> None:
    certificate = read_manifest(tiny_bundle).certificate
    assert certificate is not None
    assert certificate.dispatches == 40
    proof = certificate.variants[FP32]
    assert proof.spans_agree == proof.relations_agree == 1.0
    assert 0.0 < proof.largest_logit_difference < 1e-3
    assert proof.span_f1 == certificate.span_f1 > 0
    assert proof.relation_f1 == certificate.relation_f1


def test_the_encoder_is_one_file_in_float32(tiny_bundle: Path) -> None:
    graph = onnx.load(tiny_bundle / "encoder.onnx", load_external_data=False)
    assert [output.name for output in graph.graph.output] == ["token_vectors", "tag_logits"]
    assert all(not weight.external_data for weight in graph.graph.initializer)
    assert {opset.domain for opset in graph.opset_import} <= {"", "ai.onnx"}


def test_packaging_twice_gives_the_same_bytes(tmp_path: Path, tiny_checkpoint: Path, tiny_bundle: Path) -> None:
    data = sorted((ROOT / "labels" / "corpus" / "sudan").glob("*.md"))[:2]
    bundles = [tmp_path / "one", tmp_path / "two"]
    for bundle in bundles:
        run_packaging(tiny_checkpoint, bundle, replace(PLAIN, proving=tuple(data)))
    first, second = ({file.name: file.read_bytes() for file in bundle.iterdir()} for bundle in bundles)
    assert first == second


def test_a_bundle_that_reads_otherwise_is_not_written(
    tmp_path: Path, tiny_checkpoint: Path, corpus_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = certifying.head_weights

    def spoiled(model: object) -> dict[str, object]:
        return {name: weight * 0.5 for name, weight in weights(model).items()}  # type: ignore[arg-type]

    monkeypatch.setattr(certifying, "head_weights", spoiled)
    with pytest.raises(BundleError, match="not packaged"):
        run_packaging(tiny_checkpoint, tmp_path / "bundle", replace(PLAIN, proving=(corpus_sample,)))
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_whose_labels_moved_is_not_packaged(tmp_path: Path, tiny_checkpoint: Path) -> None:
    """The record says how well the checkpoint read when it was saved; one that reads worse now was touched."""
    broken = shutil.copytree(tiny_checkpoint, tmp_path / "checkpoint")
    config = json.loads((broken / "config.json").read_text(encoding="utf-8"))
    config["reading"]["schema"]["spans"].reverse()
    (broken / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(BundleError):
        run_packaging(broken, tmp_path / "bundle", PLAIN)
    assert not (tmp_path / "bundle").exists()


def test_a_bundle_is_signed_and_evaluated_as_signed(
    tmp_path: Path, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key, private, public, bundle = Ed25519PrivateKey.generate(), *(tmp_path / name for name in ("pem", "pub", "bundle"))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    data = str(ROOT / "labels" / "corpus" / "sudan" / "sudan-001.md")
    package = ["package", str(tiny_checkpoint), str(bundle), "--data", data, "--variant", "fp32", "--no-timed"]
    assert main([*package, "--sign", str(public)]) == 2
    assert "private Ed25519 key" in capsys.readouterr().err
    assert main([*package, "--sign", str(private)]) == 0
    evaluate = ["evaluate", str(bundle), data, "--out", str(tmp_path / "report"), "--require-signature", str(public)]
    assert main(evaluate) == 0
    capsys.readouterr()
    (bundle / "manifest.sig").unlink()
    assert main(evaluate) == 3
    assert capsys.readouterr().err == f"{bundle}/manifest.sig: missing, but a signature is required\n"
    evaluate[1] = str(tiny_checkpoint)
    assert main(evaluate) == 3


def test_a_bundle_is_replaced_and_anything_else_is_not(
    tmp_path: Path, tiny_checkpoint: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(ROOT / "labels" / "corpus" / "sudan" / "sudan-001.md")
    bundle = shutil.copytree(tiny_bundle, tmp_path / "bundle")
    assert main(["package", str(tiny_checkpoint), str(bundle), "--data", data, "--variant", "fp32", "--no-timed"]) == 0
    assert read_manifest(bundle).certificate is not None
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.doc").write_text("years of work", encoding="utf-8")
    assert main(["package", str(tiny_checkpoint), str(other), "--data", data]) == 2
    assert "not replaced" in capsys.readouterr().err
    assert [file.name for file in other.iterdir()] == ["thesis.doc"]
