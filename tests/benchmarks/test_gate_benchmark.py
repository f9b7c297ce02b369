import json
from pathlib import Path

import pytest
from dateline_infer import Extractor
from dateline_labels import Dispatch
from gate import main, passes


def test_every_set_has_a_line_and_what_is_missing_is_said(
    tmp_path: Path, tiny_bundle: Path, corpus_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in ("Gao fell.", "Shares rose.")), encoding="utf-8"
    )
    main(tiny_bundle, corpus_sample, tmp_path / "nowhere", archive)
    missing, validation, test, read = capsys.readouterr().out.splitlines()
    assert missing.endswith("is not there: no real dispatches")
    assert validation.startswith("validation (the threshold is of it): ")
    assert "(100.0 %)" in validation
    assert test.startswith("test split: ")
    assert read.endswith("of 2 texts pass")


def test_a_bundle_without_a_gate_is_refused(tiny_bundle: Path) -> None:
    from dataclasses import replace

    extractor = Extractor.load(tiny_bundle)
    extractor.config = replace(extractor.config, gate=None)
    with pytest.raises(ValueError, match="no gate"):
        passes(extractor, [Dispatch("d", "Gao fell.")])
