"""The figures of the benchmark of suspects, on readings of a reader who is mostly right."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_train.suspects_ranking import ranked
from planting import KINDS, plant
from suspect_readings import SCHEMA, TRUE, read
from suspects import average_precision, counts, main, measured


def test_errors_are_planted_in_each_kind_of_annotation() -> None:
    assert counts(TRUE, 0.1) == {"label": 18, "borders": 18, "dropped": 18, "attribute": 6, "relation": 9}
    assert counts([replace(TRUE[0], relations=())], 0.01) == {"label": 1, "borders": 1, "dropped": 1, "attribute": 1}


def test_figures_of_a_list_that_finds_everything() -> None:
    given, planted = plant(TRUE, SCHEMA, dict.fromkeys(KINDS, 3), 5)
    figures = measured(ranked(given, read(TRUE, given)), planted)
    assert figures["found anywhere"] == 15
    whole = figures["as ranked"]["cuts"]["2.0"]
    assert (whole["suspects"], whole["recall"]) == (30, 100.0)
    assert whole["recall by kind"] == dict.fromkeys(KINDS, 100.0)
    half = figures["as ranked"]["cuts"]["0.5"]
    assert 0.0 < half["recall"] < 60.0
    assert half["precision"] >= whole["precision"]


def test_average_precision_counts_each_error_once() -> None:
    assert average_precision([[0], [0], [1]], 2) == round(100 * (1 + 2 / 3) / 2, 1)
    assert average_precision([[], [0]], 2) == 25.0
    assert average_precision([], 2) == 0.0


@pytest.mark.slow
def test_the_whole_way_from_planting_to_figures(
    tmp_path: Path,
    tiny_encoder: Path,
    corpus_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import torch

    torch.set_num_threads(1)
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(recipe_text(tiny_encoder, corpus_sample, tmp_path / "unused", "epochs = 4"), encoding="utf-8")
    arguments = ["--recipe", str(recipe), "--folds", "2", "--share", "0.02", "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["suspects.py", *arguments])
    main()
    report = json.loads((tmp_path / "out" / "suspects.json").read_text(encoding="utf-8"))
    figures = report["seeds"]["13"]
    assert set(figures["planted"]) == set(KINDS)
    assert figures["suspects"] > sum(figures["planted"].values()) > 0
    told = capsys.readouterr().out
    assert "seed 13: planted" in told
    assert told.count("  precision ") == 6
    main()  # nothing is trained again
    assert capsys.readouterr().out == told
