"""Every installed engine against onnxruntime in float32, on the tiny bundle."""

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from dateline_infer import Extractor
from dateline_infer.choosing import Asked, Choice
from dateline_infer.engines import OnnxEngine, _hint, build_engine
from dateline_infer.extractor import TOKENS_A_BATCH
from dateline_labels import Dispatch, Schema, read_dispatches
from dateline_labels.main import main

ROOT = Path(__file__).resolve().parents[2]
needs_openvino = pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed")


@pytest.fixture(scope="module")
def graph(tiny_bundle: Path) -> bytes:
    return (tiny_bundle / "encoder.onnx").read_bytes()


@pytest.fixture(scope="module")
def dispatches(corpus_sample: Path) -> list[Dispatch]:
    return list(read_dispatches([corpus_sample], Schema.read(ROOT / "labels" / "schema.toml")))


def inputs(windows: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(windows * length)
    ids = random.integers(4, 900, (windows, length))
    mask = np.ones_like(ids)
    mask[-1, length // 2 :] = 0
    return ids, mask, random.integers(0, 24, (windows, length))


@needs_openvino
@pytest.mark.parametrize("shape", [(1, 1), (3, 16), (2, 17), (5, 63), (1, 64)])
def test_openvino_computes_what_onnxruntime_does(graph: bytes, shape: tuple[int, int]) -> None:
    ids, mask, forms = inputs(*shape)
    expected = OnnxEngine(graph).run(ids, mask, forms)
    found = build_engine(graph, Choice("cpu", "openvino", "fp32", ()), threads=1).run(ids, mask, forms)
    for one, other in zip(expected, found, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one[mask == 1], other[mask == 1], atol=1e-4)


@needs_openvino
def test_results_of_an_earlier_batch_stay_as_they_are(graph: bytes) -> None:
    engine = build_engine(graph, Choice("cpu", "openvino", "fp32", ()))
    first, _ = engine.run(*inputs(2, 16))
    kept = first.copy()
    engine.run(*inputs(3, 16))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("engine", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_batches_side_by_side_are_what_they_are_one_by_one(
    engine: str, tiny_bundle: Path, graph: bytes, dispatches: list[Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = Choice("cpu", engine, "fp32", ())
    lone, many = (build_engine(graph, choice, threads) for threads in (1, 3))
    assert (lone.at_once, many.at_once) == (1, 3)
    batches = [inputs(number, 16 * number) for number in (1, 2, 3, 4)] * 4
    with ThreadPoolExecutor(8) as callers:  # more of them than the engine has asked for
        found = list(callers.map(lambda batch: many.run(*batch), batches))
    for batch, each in zip(batches, found, strict=True):
        for one, other in zip(lone.run(*batch), each, strict=True):
            np.testing.assert_array_equal(one, other)
    monkeypatch.setitem(TOKENS_A_BATCH, "cpu", 64)  # many small batches
    one, other = (
        Extractor.load(tiny_bundle, Asked("cpu", engine, "fp32"), threads).batch(dispatches) for threads in (1, 3)
    )
    assert one == other


def test_bytes_are_computed_beside_bfloat16_where_the_processor_has_it() -> None:
    assert [_hint(precision, ["FP32", "INT8", "BF16"]) for precision in ("fp32", "bf16", "int8")] == [
        "f32",
        "bf16",
        "bf16",
    ]
    assert [_hint(precision, ["FP32", "INT8"]) for precision in ("fp32", "int8")] == ["f32", "f32"]


@needs_openvino
def test_both_engines_read_alike(tiny_bundle: Path, dispatches: list[Dispatch]) -> None:
    one, other = (
        Extractor.load(tiny_bundle, Asked("cpu", engine, "fp32")).batch(dispatches)
        for engine in ("onnxruntime", "openvino")
    )
    assert sum(len(dispatch.spans) for dispatch in one) > 100
    for first, second in zip(one, other, strict=True):
        assert [(s.label, s.start, s.end) for s in first.spans] == [(s.label, s.start, s.end) for s in second.spans]
        assert [(r.label, r.head, r.tail) for r in first.relations] == [
            (r.label, r.head, r.tail) for r in second.relations
        ]


def test_a_cuda_device_that_cannot_be_used_is_not_replaced_in_silence(graph: bytes) -> None:
    with pytest.raises(RuntimeError, match="could not use the device cuda"):
        OnnxEngine(graph, "cuda")


def test_the_command_refuses_what_is_not_there(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ROOT / "labels" / "samples"
    for wish in (["--device", "cuda"], ["--precision", "int8"], ["--engine", "tensorrt"]):
        assert main(["extract", str(tiny_bundle), str(next(text.glob("*.txt"))), *wish]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(f"{wish[0]}:0:{wish[0][2:]}: ")
