"""What is known of a model: its record, which may be missing or no JSON."""

from pathlib import Path

import pytest
from dateline_labels import InputError
from dateline_report.model_facts import training_record


def test_a_record_that_is_none_is_one_line_and_without_one_nothing_is_known(tmp_path: Path) -> None:
    assert training_record(tmp_path) == {}
    path = tmp_path / "training.json"
    path.write_text('{\n "seed": 1,\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"training\.json:3:json: "):
        training_record(tmp_path)
    path.write_bytes(b'{"seed": "\xff"}')
    with pytest.raises(InputError, match=r"training\.json:1:encoding: "):
        training_record(tmp_path)
    path.write_text("[1]", encoding="utf-8")
    assert training_record(tmp_path) == {}
