"""Bundles whose every digest is right and that must still not be used, and what is refused before anything is run."""

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from bundle_damage import Plain, engines_built, reseal
from bundle_damage import refused as refused_by_the_command
from dateline_bundle.files import MANIFEST
from dateline_bundle.manifest import REQUIRED
from dateline_infer import Extractor
from dateline_infer.tokens import FloatArray
from dateline_labels import BundleError
from safetensors.numpy import load, save

Weights = dict[str, FloatArray]
__all__ = ["engines_built"]


@pytest.fixture
def bundle(tmp_path: Path, tiny_bundle: Path) -> Path:
    return shutil.copytree(tiny_bundle, tmp_path / "bundle")


def refused(bundle: Path, capture: pytest.CaptureFixture[str]) -> str:
    """As the command says it; whoever calls the library gets an error of one line too."""
    with pytest.raises(BundleError) as caught:
        Extractor.load(bundle)
    assert "\n" not in str(caught.value)
    return refused_by_the_command(bundle, capture)


def without(name: str) -> Callable[[Weights], object]:
    return lambda weights: weights.pop(name)


def changed(name: str, change: Callable[[FloatArray], np.ndarray]) -> Callable[[Weights], object]:
    return lambda weights: weights.update({name: np.ascontiguousarray(change(weights[name]))})


def with_one(value: float) -> Callable[[FloatArray], FloatArray]:
    def change(weight: FloatArray) -> FloatArray:
        spoilt = weight.copy()
        spoilt.flat[spoilt.size // 2] = value
        return spoilt

    return change


HEADS: list[tuple[str, Callable[[Weights], object], str]] = [
    ("nan", changed("relations.second.weight", with_one(np.nan)), "finite float32"),
    ("infinity", changed("attributes.output.bias", with_one(-np.inf)), "finite float32"),
    ("half_precision", changed("relations.head.weight", lambda weight: weight.astype(np.float16)), "finite float32"),
    ("whole_numbers", changed("relations.head.bias", lambda weight: weight.astype(np.int32)), "finite float32"),
    ("no_attribute_head", without("attributes.hidden.weight"), "attributes.hidden.weight"),
    ("no_relation_bias", without("relations.output.bias"), "relations.output.bias"),
    ("no_feature", without("relations.features.4.weight"), "relations.features.4.weight"),
    ("turned", changed("relations.tail.weight", np.transpose), "expected 32 × 192 numbers, got 192 × 32"),
    ("narrow", changed("attributes.hidden.weight", lambda weight: weight[:, :-1]), "expected 32 × 192 numbers, got"),
    ("a_label_less", changed("attributes.label.weight", lambda weight: weight[:-1]), "expected 5 × 32 numbers"),
    ("a_distance_less", changed("relations.features.0.weight", lambda weight: weight[:-1]), "expected 30 × 32 numbers"),
    ("too_large", changed("relations.output.weight", lambda weight: np.full_like(weight, 3e38)), "finite logits"),
    (
        "a_relation_less",
        lambda weights: [
            changed(f"relations.output.{part}", lambda weight: weight[:-1])(weights) for part in ("weight", "bias")
        ],
        "expected 9 numbers, got 8",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in HEADS], ids=[case[0] for case in HEADS])
def test_weights_that_do_not_fit_are_refused(
    change: Callable[[Weights], object], says: str, bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    weights = load((bundle / "heads.safetensors").read_bytes())
    change(weights)
    reseal(bundle, "heads.safetensors", save(weights))
    assert says in refused(bundle, capfd)


CONFIGS: list[tuple[str, Callable[[Plain], object], str]] = [
    ("a_value_more", lambda reading: attributes(reading)[0]["values"].append("coup"), "expected 19 numbers, got 18"),
    ("a_relation_less", lambda reading: drop_last_relation(reading), "expected 8 numbers, got 9"),
    ("a_label_more", lambda reading: reading["schema"]["spans"].append(label("WEAPON")), "the schema has 13 tags"),
    ("a_label_twice", lambda reading: reading["schema"]["spans"].append(label("TIME")), "a label occurs twice"),
    ("a_label_less", lambda reading: reading["schema"]["spans"].pop(), "no span label is named TIME"),
    ("a_window_longer_than_the_encoder_reads", lambda reading: reading.update(window=1024), ""),
    ("a_window_too_short", lambda reading: reading.update(window=8), "a window needs at least 16 tokens"),
    ("too_much_overlap", lambda reading: reading.update(overlap=60), "expected an overlap"),
    ("too_few_transitions", lambda reading: reading.update(transitions=[[0.0]]), "transitions of 11 rows of 11"),
    (
        "a_transition_without_end",
        lambda reading: reading["transitions"][3].__setitem__(2, 1e999),
        "Infinity is not JSON",
    ),
    ("a_threshold_of_nothing", lambda reading: reading["thresholds"].update(origin=0.5), "a threshold for origin"),
    ("a_threshold_too_high", lambda reading: reading["thresholds"].update(place=1.5), "between 0 and 1"),
    ("a_threshold_of_every_span", lambda reading: reading.update(span_threshold=0.0), "a threshold of spans between"),
    (
        "a_curve_of_nothing",
        lambda reading: curves(reading).update(origin=curves(reading)["place"]),
        "a calibration of origin",
    ),
    ("a_curve_that_falls", lambda reading: curves(reading)["place"].update(slope=-1.0), "a rising curve"),
    ("a_key_more", lambda reading: reading.update(trust_remote_code=True), "trust_remote_code"),
]


def attributes(reading: Plain) -> list[Plain]:
    found: list[Plain] = reading["schema"]["spans"][0]["attributes"]
    return found


def curves(reading: Plain) -> Plain:
    found: Plain = reading["calibration"]["relations"]
    return found


def drop_last_relation(reading: Plain) -> None:
    name = reading["schema"]["relations"].pop()["label"]
    reading["thresholds"].pop(name, None)
    reading["obligatory"].pop(name, None)
    reading["calibration"]["relations"].pop(name, None)


def label(name: str) -> Plain:
    return {"label": name, "description": "", "attributes": []}


@pytest.mark.parametrize(("change", "says"), [case[1:] for case in CONFIGS], ids=[case[0] for case in CONFIGS])
def test_a_config_that_does_not_fit_is_refused(
    change: Callable[[Plain], object], says: str, bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
    change(config["reading"])
    reseal(bundle, "config.json", json.dumps(config).encode())
    assert says in refused(bundle, capfd)


TOKENIZERS: list[tuple[str, Callable[[Plain], object]]] = [
    ("without_a_model", lambda tokenizer: tokenizer.pop("model")),
    ("without_words", lambda tokenizer: tokenizer["model"]["vocab"].clear()),
    ("a_token_that_the_encoder_does_not_know", lambda tokenizer: tokenizer["model"]["vocab"].update(gunmen=99_999)),
    ("an_unknown_part", lambda tokenizer: tokenizer.update(normalizer={"type": "Shell"})),
    (
        "a_pattern_that_is_none",
        lambda tokenizer: tokenizer.update(normalizer={"type": "Replace", "pattern": {"Regex": "("}, "content": ""}),
    ),
    (
        "a_normalizer_that_drops_everything",
        lambda tokenizer: tokenizer.update(normalizer={"type": "Replace", "pattern": {"Regex": "."}, "content": ""}),
    ),
]


@pytest.mark.parametrize("change", [case[1] for case in TOKENIZERS], ids=[case[0] for case in TOKENIZERS])
def test_a_tokenizer_that_does_not_work_is_refused(
    change: Callable[[Plain], object], bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tokenizer = json.loads((bundle / "tokenizer.json").read_text(encoding="utf-8"))
    change(tokenizer)
    reseal(bundle, "tokenizer.json", json.dumps(tokenizer).encode())
    refused(bundle, capfd)


def test_a_tokenizer_that_panics_is_refused(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A panic is no Exception; what its library writes past Python to the terminal is not looked at."""
    tokenizer = json.loads((bundle / "tokenizer.json").read_text(encoding="utf-8"))
    table = base64.b64encode(b"\x04\0\0\0" + b"\xff" * 4).decode()
    tokenizer["normalizer"] = {"type": "Precompiled", "precompiled_charsmap": table}
    reseal(bundle, "tokenizer.json", json.dumps(tokenizer).encode())
    with pytest.raises(BundleError, match=r"tokenizer\.json: PanicException"):
        Extractor.load(bundle)
    assert "PanicException" in refused_by_the_command(bundle, capsys)


@pytest.mark.parametrize("location", ["weights.bin", "../weights.bin", "/etc/hostname"])
def test_weights_outside_the_bundle_are_refused(
    location: str, bundle: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """onnxruntime would read them, from the folder that the command is run in."""
    graph = onnx.load(bundle / "encoder.onnx")
    weight = max(graph.graph.initializer, key=lambda each: len(each.raw_data))
    here = bundle.parent / "here"
    here.mkdir()
    for folder in (here, bundle.parent):
        (folder / "weights.bin").write_bytes(weight.raw_data)
    monkeypatch.chdir(here)
    weight.ClearField("raw_data")
    weight.data_location = onnx.TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    reseal(bundle, "encoder.onnx", graph.SerializeToString())
    assert refused(bundle, capfd) == f"{bundle}/encoder.onnx: expected no weights in other files"


def test_an_operation_that_no_one_knows_is_refused(bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    graph = onnx.load(bundle / "encoder.onnx")
    graph.graph.node[0].domain = "com.example"
    reseal(bundle, "encoder.onnx", graph.SerializeToString())
    refused(bundle, capfd)


@pytest.mark.parametrize("missing", ["token_vectors", "tag_logits"])
def test_a_graph_without_an_output_is_refused(missing: str, bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    graph = onnx.load(bundle / "encoder.onnx")
    kept = [output for output in graph.graph.output if output.name != missing]
    del graph.graph.output[:]
    graph.graph.output.extend(kept)
    reseal(bundle, "encoder.onnx", graph.SerializeToString())
    refused(bundle, capfd)


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_no_byte_of_a_touched_bundle_reaches_an_engine(name: str, bundle: Path, engines_built: list[object]) -> None:
    Extractor.load(bundle)
    assert len(engines_built) == 1
    data = bytearray((bundle / name).read_bytes())
    data[-1] ^= 1
    (bundle / name).write_bytes(data)
    with pytest.raises(BundleError, match=f"{name}: expected the SHA-256"):
        Extractor.load(bundle)
    assert len(engines_built) == 1


@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_a_manifest_that_is_a_link_is_refused(link: str, bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    elsewhere = bundle.parent / "manifest.json"
    if link == "symbolic":
        (bundle / MANIFEST).rename(elsewhere).exists()
        (bundle / MANIFEST).symlink_to(elsewhere)
    else:
        os.link(bundle / MANIFEST, elsewhere)
    assert "expected a plain file" in refused(bundle, capfd)


FILE_SETS: list[tuple[str, Callable[[Plain], object]]] = [
    *((f"named_{name!r}", lambda files, name=name: files.update({name: files.pop("config.json")}))
      for name in ("../config.json", "/etc/passwd", "C:\\config.json", "CONFIG.JSON", "config.json\0", "", "x" * 300,
                   "\u202econfig.json", "config.json\n", "e\u0301.json")),
    *((f"without_{name}", lambda files, name=name: files.pop(name)) for name in sorted(REQUIRED)),
    ("empty", lambda files: files.clear()),
    ("with_itself", lambda files: files.update({MANIFEST: files["config.json"]})),
    ("with_a_pickle", lambda files: files.update({"model.pkl": files["config.json"]})),
    ("with_a_size_of_words", lambda files: files["config.json"].update(bytes="10")),
    ("with_a_negative_size", lambda files: files["config.json"].update(bytes=-1)),
    ("with_an_enormous_size", lambda files: files["encoder.onnx"].update(bytes=2**63)),
    ("with_another_digest", lambda files: files["config.json"].update(sha256="0" * 64)),
    ("with_no_digest", lambda files: files["config.json"].update(sha256=None)),
    ("with_a_part_of_the_digest", lambda files: files["config.json"].update(sha256=files["config.json"]["sha256"][:8])),
]  # fmt: skip


@pytest.mark.parametrize("change", [case[1] for case in FILE_SETS], ids=[case[0] for case in FILE_SETS])
def test_a_manifest_of_other_files_is_refused(
    change: Callable[[Plain], object], bundle: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    change(manifest["files"])
    (bundle / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    refused(bundle, capfd)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\xfe{\x00}\x00", b"\x80\x04.", b"{}", b'{"format": 1}', b"[" * 100_000],
    ids=["empty", "cut", "list", "null", "utf_16", "pickle", "no_keys", "few_keys", "deep"],
)
def test_a_manifest_that_is_none_is_refused(data: bytes, bundle: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (bundle / MANIFEST).write_bytes(data)
    refused(bundle, capfd)
