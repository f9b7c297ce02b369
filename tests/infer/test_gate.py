import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from dateline_infer import Extractor
from dateline_infer.config import ReadingConfig
from dateline_infer.gate import Gate, gate_scores
from dateline_infer.tokens import FloatArray
from dateline_labels import Dispatch, InputError, Schema, read_dispatches
from dateline_labels.main import main
from dateline_labels.splits import split_by_number
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = Schema.read(ROOT / "labels" / "schema.toml")
WORDS, WIDTH = 50, 4


def random_weights() -> dict[str, FloatArray]:
    random = np.random.default_rng(4)
    shapes = {
        "table": (WORDS, WIDTH),
        "first.weight": (WIDTH, WIDTH, 3),
        "first.bias": (WIDTH,),
        "second.weight": (WIDTH, WIDTH, 5),
        "second.bias": (WIDTH,),
        "output.weight": (1, 2 * WIDTH),
        "output.bias": (1,),
    }
    weights = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return {**weights, "table": np.maximum(weights["table"], 0.0)}


WEIGHTS = random_weights()
ids = st.lists(st.integers(0, WORDS - 1), max_size=12)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(ids, max_size=6))
def test_a_text_has_the_same_score_alone_and_among_others(texts: list[list[int]]) -> None:
    arrays = [np.array(text, dtype=np.int64) for text in texts]
    together = gate_scores(WEIGHTS, arrays)
    alone = [gate_scores(WEIGHTS, [array])[0] for array in arrays]
    np.testing.assert_allclose(together, np.array(alone, dtype=np.float32), rtol=1e-5, atol=1e-5)
    assert [bool(np.isneginf(score)) for score in together] == [not text for text in texts]


def test_the_order_of_the_words_counts() -> None:
    one, other = np.array([3, 9, 27]), np.array([27, 9, 3])
    assert gate_scores(WEIGHTS, [one])[0] != pytest.approx(float(gate_scores(WEIGHTS, [other])[0]))


@pytest.fixture(scope="module")
def gold(corpus_sample: Path) -> list[Dispatch]:
    return [*read_dispatches([corpus_sample], SCHEMA), Dispatch("empty", ""), Dispatch("shares", "Shares rose.")]


@pytest.fixture(scope="module")
def gated(tiny_bundle: Path) -> Extractor:
    return Extractor.load(tiny_bundle, gated=True)


def test_what_passes_is_read_as_without_a_gate_and_the_rest_says_so(
    tiny_bundle: Path, gated: Extractor, gold: list[Dispatch]
) -> None:
    texts = [np.asarray(gated.tokenizer.encode(each.text, add_special_tokens=False).ids) for each in gold[:40]]
    scores = gated.network.gate_scores(texts)
    threshold = float(np.median(scores))
    config = ReadingConfig.from_dict({**gated.config.to_dict(), "gate": {"labels": ["ATTACK"], "threshold": threshold}})
    strict = Extractor(gated.network, gated.tokenizer, config, gated.padding, gated=True)
    expected, found = Extractor.load(tiny_bundle).batch(gold), strict.batch(gold)
    kept_out = [dispatch for dispatch in found if "gated" in dispatch.meta]
    assert 15 <= len(kept_out) <= 25
    assert all(dispatch.spans == () and dispatch.meta["gated"] <= round(threshold, 4) for dispatch in kept_out)
    for read, other in zip(found, expected, strict=True):
        assert "gated" in read.meta or (read.text, len(read.spans)) == (other.text, len(other.spans))
    assert found[40].meta == {}  # without a token there is nothing to look at


def test_every_wanted_validation_dispatch_passes(gated: Extractor, gold: list[Dispatch]) -> None:
    assert gated.config.gate is not None
    assert gated.config.gate.labels == ("ATTACK",)
    validation = split_by_number(gold[:40]).validation
    wanted = [each for each in validation if any(span.label == "ATTACK" for span in each.spans)]
    assert wanted
    assert not any("gated" in dispatch.meta for dispatch in gated.batch(wanted))


def test_what_an_earlier_gate_said_does_not_hold_any_more(tiny_bundle: Path) -> None:
    (read,) = Extractor.load(tiny_bundle).batch([Dispatch("d", "Gao fell.", None, {"gated": -3.0, "source": "wire"})])
    assert read.meta == {"source": "wire"}


def test_a_gate_that_is_not_there_cannot_be_asked_for(gated: Extractor) -> None:
    config = ReadingConfig.from_dict({**gated.config.to_dict(), "gate": None})
    with pytest.raises(ValueError, match="no gate"):
        Extractor(gated.network, gated.tokenizer, config, gated.padding, gated=True)


@pytest.mark.parametrize("gate", [Gate((), 0.0), Gate(("WEAPON",), 0.0), Gate(("ATTACK",), float("inf"))])
def test_a_gate_that_makes_no_sense_is_refused(gate: Gate) -> None:
    with pytest.raises(ValueError, match="gate"):
        ReadingConfig(SCHEMA, gate=gate)


def test_the_command_has_the_gate(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "shares.txt"
    text.write_text("Shares rose.", encoding="utf-8")
    assert main(["extract", str(tiny_bundle), str(text), "--gate"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Shares rose."


def test_a_bundle_without_a_gate_says_so(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = shutil.copytree(tiny_bundle, tmp_path / "bundle")
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"].pop("gate.safetensors")
    (bundle / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (bundle / "gate.safetensors").unlink()
    with pytest.raises(InputError, match="has none"):
        Extractor.load(bundle, gated=True)
