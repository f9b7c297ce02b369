import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import roofline
import torch
from dateline_bundle.manifest import read_manifest
from dateline_infer import Extractor
from dateline_infer.host import Host
from dateline_labels import Dispatch, InputError
from dateline_train.network import load_checkpoint
from gpu_busy import mean_share
from inference import PARTS, Plan, main, run
from inference_figures import Ceiling
from inference_ours import Ways, covered, tags_only
from inference_peers import FLAIR, SPAN_MARKER, PeerPlan, PeerWorker, longest, same_weights
from inference_rounds import Contestant, Spread, Timed, added_up, rates, ratios, rotated, take_turns
from inference_texts import Sources, TextSet, read_sets, spread, text_set
from roofline import EncoderCost, Rate, best_rates


def readings(*seconds: float) -> list[Timed]:
    return [Timed(0.0, each) for each in seconds]


def texts_of(*texts: str, name: str = "archive") -> TextSet:
    return TextSet(name, tuple(Dispatch(str(at), text) for at, text in enumerate(texts)), 10, 0, 128)


def test_operations_worked_by_hand() -> None:
    cost = EncoderCost(weights=1_000, layers=2, hidden=8)
    # 3 tokens, each 1,000 multiplications and additions; in 2 layers each meets 3 tokens twice over 8 numbers
    assert cost.operations(3) == 3 * 2_000 + 3 * 2 * (2 * 3 * 8 + 2 * 3 * 8)
    mask = np.array([[1, 1, 1, 0], [1, 1, 1, 1]])
    assert cost.of_batch(mask) == cost.operations(3) + cost.operations(4)
    assert Ceiling({"int8": 1e6}, cost).share("int8-dynamic", 500_000, 2.0) == 0.25
    assert Ceiling({"int8": 1e6}, cost).share("fp32", 500_000, 2.0) is None


def test_operations_are_those_of_the_encoders_config(tiny_checkpoint: Path) -> None:
    model, _ = load_checkpoint(tiny_checkpoint)
    shape = model.config.encoder
    hidden, layers = shape["hidden_size"], shape["num_hidden_layers"]
    a_layer = 4 * hidden**2 + 2 * hidden * shape["intermediate_size"]
    assert EncoderCost.of(model) == EncoderCost(layers * a_layer + hidden * model.tags.out_features, layers, hidden)


def test_the_fastest_library_is_what_a_precision_reaches() -> None:
    assert best_rates([Rate("fp32", "a", 2.0), Rate("fp32", "b", 3.0), Rate("bf16", "a", 1.0)]) == {
        "fp32": 3.0,
        "bf16": 1.0,
    }


def test_matrix_products_are_measured_in_every_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roofline, "_SECONDS", 0.001)
    measured = roofline.measured_rates("cpu", threads=1, side=64)
    assert {rate.precision for rate in measured} == {"fp32", "bf16", "int8"}
    assert all(rate.operations_a_second > 0 for rate in measured)


def test_every_contestant_stands_in_another_place_each_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference_rounds.gc.collect", lambda: None)
    assert [rotated("abcd", by) for by in (0, 1, 3, 5)] == [list("abcd"), list("bcda"), list("dabc"), list("bcda")]
    assert rotated([], 2) == []
    order: list[str] = []

    def contestant(name: str) -> Contestant:
        def read(texts: TextSet) -> Timed:
            order.append(name)
            return Timed(0.0, float(len(order)))

        return Contestant(name, read)

    times = take_turns([contestant(name) for name in "abc"], [texts_of("x")], rounds=3)
    assert "".join(order) == "abc" + "bca" + "cab" + "abc"
    assert [reading.seconds for reading in times["a", "archive"]] == [6, 8, 10]


def test_ratios_are_to_the_fastest_base_of_the_same_round() -> None:
    bases = [readings(4.0, 1.0, 9.0), readings(2.0, 3.0, 6.0)]
    assert ratios(readings(1.0, 2.0, 6.0), bases) == [2.0, 0.5, 1.0]
    assert ratios(readings(1.0), []) == []
    assert rates(readings(2.0, 4.0), 8) == [4.0, 2.0]
    assert Spread.of([2.0, 0.5, 1.0]) == Spread(1.0, 0.5, 2.0)


def test_sets_are_added_up_by_round() -> None:
    sets = [texts_of("x"), texts_of("y", name="corpus")]
    times = {
        ("ours", "archive"): [Timed(0.0, 2.0, 1.5), Timed(9.0, 3.0, 3.0)],
        ("ours", "corpus"): [Timed(2.0, 4.0, 3.0), Timed(12.0, 1.0, 0.0)],
    }
    assert added_up(times, "ours", sets) == [Timed(0.0, 6.0, 4.5), Timed(9.0, 4.0, 3.0)]
    assert [reading.outside for reading in added_up(times, "ours", sets)] == [0.25, 0.25]
    assert Timed(0.0, 1.0).outside is None


def test_runs_of_the_encoder_that_overlap_count_once() -> None:
    assert covered([]) == 0.0
    assert covered([(5.0, 7.0), (0.0, 2.0), (1.0, 3.0), (1.5, 2.5)]) == 5.0


def test_gpu_samples_outside_a_reading_do_not_count() -> None:
    samples = [(0.0, 1.0), (1.0, 0.5), (2.0, 0.7), (3.0, 0.0)]
    assert mean_share(samples, 0.5, 2.5) == pytest.approx(0.6)
    assert mean_share(samples, 4.0, 5.0) is None


def test_long_texts_are_cut_for_all_alike(tiny_checkpoint: Path) -> None:
    model, tokenizer = load_checkpoint(tiny_checkpoint)
    limit = longest(tiny_checkpoint, model)
    assert limit == 128
    long, short = "the army said on monday . " * 100, "the army said"
    found = text_set("archive", [Dispatch("a", long), Dispatch("b", short)], tokenizer, limit)
    assert found.cut == 1
    assert found.texts[1] == short
    assert long.startswith(found.texts[0])
    assert len(tokenizer.encode(found.texts[0]).ids) == limit
    assert found.tokens == limit - 2 + len(tokenizer.encode(short, add_special_tokens=False).ids)


def test_texts_come_from_both_sources_or_from_the_corpus_alone(
    tmp_path: Path, tiny_checkpoint: Path, corpus_sample: Path
) -> None:
    model, tokenizer = load_checkpoint(tiny_checkpoint)
    tokenizer.enable_truncation(8)  # as some encoders' files have it
    sources = Sources(archive_of(tmp_path), corpus_sample)
    both = read_sets(sources, model.reading.schema, 8, tokenizer, 128)
    assert {texts.name: len(texts.dispatches) for texts in both} == {"archive": 3, "corpus": 4}
    assert all(texts.tokens > 8 * len(texts.dispatches) for texts in both)
    assert not any(dispatch.spans for texts in both for dispatch in texts.dispatches)
    alone = read_sets(replace(sources, archive=tmp_path / "none"), model.reading.schema, 8, tokenizer, 128)
    assert {texts.name: len(texts.dispatches) for texts in alone} == {"corpus": 8}
    assert spread([Dispatch(str(at), "x") for at in range(10)], 3) == [Dispatch(str(at), "x") for at in (0, 3, 6)]


def archive_of(folder: Path) -> Path:
    path = folder / "archive.jsonl.gz"
    texts = (
        "Gunmen killed two soldiers near the northern town on Monday, the army said in a statement.",
        " ",
        "x " * 40,
    )
    lines = [json.dumps({"id": f"a{at}", "text": text}) for at, text in enumerate((*texts, texts[0]))]
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8")))
    return path


def test_the_pipelines_model_has_the_same_weights(tiny_checkpoint: Path) -> None:
    model, tokenizer = load_checkpoint(tiny_checkpoint)
    tagger: Any = same_weights(model)
    ids = torch.tensor([tokenizer.encode("gunmen killed two soldiers").ids])
    with torch.inference_mode():
        model.forms.weight.zero_()
        _, expected = model.encode(ids, torch.ones_like(ids), torch.zeros_like(ids))
        found = tagger(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    assert torch.allclose(found, expected, atol=1e-5)
    assert list(tagger.config.id2label.values())[:3] == ["O", "B-ATTACK", "I-ATTACK"]


def test_tags_alone_are_the_spans_of_everything(tiny_bundle: Path, corpus_sample: Path) -> None:
    extractor = Extractor.load(tiny_bundle)
    texts = [file.read_text(encoding="utf-8") for file in sorted(corpus_sample.iterdir())[:6]]
    dispatches = [Dispatch(str(at), text) for at, text in enumerate(texts)]
    whole, tags = extractor.batch(dispatches), tags_only(extractor).batch(dispatches)
    assert any(dispatch.relations for dispatch in whole)
    for one, other in zip(whole, tags, strict=True):
        assert [(span.label, span.start, span.end, span.score) for span in one.spans] == [
            (span.label, span.start, span.end, span.score) for span in other.spans
        ]
        assert not other.relations
        assert not any(span.attributes for span in other.spans)


def test_what_a_bundle_or_a_machine_lacks_is_said(tiny_bundle: Path) -> None:
    host = Host({"onnxruntime": "1"}, ("cpu",), frozenset())
    ways = Ways.of(read_manifest(tiny_bundle), host, "cpu")
    assert [str(choice) for choice in ways.choices] == ["onnxruntime on cpu in fp32"]
    assert len(ways.absent) == 5
    without = read_manifest(tiny_bundle)
    without.files.pop("gate.safetensors")
    assert "Dateline with the gate: the bundle has none" in Ways.of(without, host, "cpu").absent


@pytest.mark.skipif(shutil.which("sh") is None, reason="the worker here is a shell script")
def test_a_peer_that_reads_a_part_is_extrapolated_and_one_that_fails_says_why(tmp_path: Path) -> None:
    for name, script in (
        ("good", 'echo "ready 1.0"\nwhile read name; do echo 2.0; done'),
        ("bad", "echo first >&2\necho 'ValueError: no such model' >&2"),
        ("none", "echo \"ModuleNotFoundError: No module named 'flair'\" >&2"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    texts = texts_of(*("four" for _ in range(2 * SPAN_MARKER.most)))

    def worker(name: str, peer: Any) -> PeerWorker:
        return PeerWorker(peer, tmp_path, ("ATTACK",), [texts], PeerPlan(tmp_path / name, 1, 128, tmp_path))

    good, whole, bad, none = (
        worker(*each) for each in (("good", SPAN_MARKER), ("good", FLAIR), ("bad", FLAIR), ("none", FLAIR))
    )
    assert good.versions == "1.0"
    assert [each.read(texts).seconds for each in (good, whole, good)] == [4.0, 2.0, 4.0]
    assert (bad.versions, none.versions) == ("", "")
    assert none.reason().startswith("not installed")
    for each in (good, whole, bad, none):
        each.close()


def test_a_part_or_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    sources = Sources(tmp_path, tmp_path)
    with pytest.raises(InputError, match="got 'everything'"):
        Plan(tmp_path, tmp_path, sources, ("ours", "everything"))
    with pytest.raises(InputError, match="got 'tpu'"):
        Plan(tmp_path, tmp_path, sources, device="tpu")


def test_a_bundle_of_another_checkpoint_is_refused(tmp_path: Path, tiny_checkpoint: Path, tiny_bundle: Path) -> None:
    other = shutil.copytree(tiny_checkpoint, tmp_path / "other")
    (other / "training.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="packaged from another checkpoint"):
        run(Plan(tiny_bundle, other, Sources(tmp_path, tmp_path)))


@pytest.mark.slow
def test_the_whole_script(
    tmp_path: Path,
    tiny_checkpoint: Path,
    tiny_bundle: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(roofline, "_SECONDS", 0.001)
    monkeypatch.setattr("inference.SIDE", {"cpu": 64})
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    out = tmp_path / "inference.json"
    main(tiny_bundle, tiny_checkpoint, archive_of(tmp_path), corpus_sample, 6, rounds=1, threads=1, out=out)
    report = json.loads(out.read_text(encoding="utf-8"))
    engines = [profile["name"] for profile in report["profiles"]]
    assert "onnxruntime fp32" in engines
    expected = [f"transformers pipeline fp32, batch {size}" for size in ("1", "8", "32", "32, by length")]
    expected += [f"Dateline {engine}, {what}" for engine in engines for what in ("tags", "everything")]
    expected += [f"Dateline {engine}, everything that passes the gate" for engine in engines]
    expected += [f"encoder alone, {engine}" for engine in (*engines, "torch fp32")]
    for texts in ("archive", "corpus"):
        rows = [row for row in report["rows"] if row["texts"] == texts]
        assert [row["contestant"] for row in rows] == expected
        assert max(row["ratio"]["median"] for row in rows[:3]) == 1.0
        assert all(len(row["seconds"]) == 1 and row["tokens"]["median"] > row["dispatches"]["median"] for row in rows)
    for profile in report["profiles"]:
        assert 0 < profile["outside"]["median"] < 1
        assert 0 <= profile["padding"] < 1
        assert profile["peak_everything"] > 0
        assert 0 < profile["fresh"]["first"]["median"] <= profile["fresh"]["end"]["median"]
        assert profile["fresh"]["megabytes"] > 50
    assert [texts["texts"] for texts in report["sets"]] == [3, 3]
    assert sum(line.startswith(("SpanMarker: ", "flair: ")) for line in report["absent"]) == 2
    page = capsys.readouterr().out
    assert all(f"| {name} |" in page for name in (*expected, *engines))
    assert "| fp32 | torch |" in page


@pytest.mark.slow
def test_parts_can_be_left_out_and_an_absent_archive_is_said(
    tmp_path: Path, tiny_checkpoint: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "inference.json"
    nowhere = tmp_path / "nowhere.jsonl"
    main(tiny_bundle, tiny_checkpoint, nowhere, corpus_sample, 3, rounds=2, threads=1, only="encoder", out=out)
    printed = capsys.readouterr()
    assert f"the archive: {nowhere} is not there, so the corpus alone is read" in printed.err
    assert "## Archive" not in printed.out
    assert "encoder alone, torch fp32" in printed.out
    report = json.loads(out.read_text(encoding="utf-8"))
    assert {row["ratio"] for row in report["rows"]} == {None}
    assert {profile["outside"] for profile in report["profiles"]} == {None}
    assert [line for line in report["absent"] if "--only" in line] == [
        f"{part}: left out by --only" for part in PARTS if part != "encoder"
    ]
