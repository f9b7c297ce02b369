import json
from pathlib import Path

import pytest
from dateline_infer.choosing import Asked
from dateline_infer.doctor import look, run_doctor
from dateline_labels import BundleError, InputError


def test_it_says_what_would_read_and_reads(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_doctor(tiny_bundle, Asked(), as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["choice"]["device"] == "cpu"
    assert len(found["choice"]["why"]) == 3
    assert found["packages"]["onnxruntime"]
    assert found["bundle"]["variants"] == ["fp32"]
    assert found["bundle"]["smoke"]["seconds_to_read"] > 0
    run_doctor(tiny_bundle, Asked(), as_json=False)
    printed = capsys.readouterr().out
    assert str(tiny_bundle.name) in printed
    assert "reads with" in printed


def test_without_a_bundle_it_says_what_there_is() -> None:
    found = look(None, Asked(engine="onnxruntime"))
    assert found.bundle is None
    assert found.choice.engine == "onnxruntime"
    assert found.cores >= 1


def test_a_bundle_that_must_not_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        look(tmp_path, Asked())


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="cuda is not there"):
        look(None, Asked(device="cuda"))
