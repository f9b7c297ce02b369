"""Files of one record: what is no such record is one line with its line and field, and digests do not change."""

import hashlib
from pathlib import Path

import pytest
from dateline_labels import Dispatch, InputError
from dateline_labels.digests import dispatch_digest, dispatches_digest, file_digest, text_digest
from dateline_labels.jsonl import write_line
from dateline_labels.record_files import read_record
from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    counts: dict[str, int]


def test_a_record_is_read(tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    path.write_text('{\n "name": "a",\n "counts": {"b": 2}\n}\n', encoding="utf-8")
    assert read_record(path, Part) == Part(name="a", counts={"b": 2})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{\n "name": "a",\n "counts": {"b": }\n}', ":3:json: "),
        (b'{"name": "a", "name": "b", "counts": {}}', ":0:json: the key 'name' occurs twice"),
        (b"[" * 100_000, ":0:json: nested too deep"),
        (b'"a"', ":0:file: "),
        (b'{"name": "a", "counts": {"b": "many"}}', ":0:counts.b: "),
        (b'{"name": "a", "counts": {}, "more": 1}', ":0:more: "),
        (b'{"name": "\xff"}', ":1:encoding: "),
    ],
)
def test_what_is_no_record_is_one_line(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "part.json"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        read_record(path, Part)
    assert str(raised.value).startswith(f"{path}{expected}")
    assert "\n" not in str(raised.value)


def test_digests_are_of_the_bytes(tmp_path: Path) -> None:
    one, two = Dispatch("a", "Täter"), Dispatch("b", "half \ud800")
    assert text_digest(one.text) == hashlib.sha256("Täter".encode()).hexdigest()
    assert text_digest(two.text) == hashlib.sha256(b"half \xed\xa0\x80").hexdigest()
    assert dispatch_digest(one) == text_digest(write_line(one))
    assert dispatches_digest([one, two]) == text_digest(f"{write_line(one)}\n{write_line(two)}\n")
    (tmp_path / "lines").write_bytes(f"{write_line(one)}\n".encode())
    assert file_digest(tmp_path / "lines") == dispatches_digest([one])
