"""Errors that a newcomer meets first say what to do next, on their one line."""

from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import recipe_text
from dateline_labels.files import write_atomically
from dateline_labels.main import main


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) in (2, 3, 4)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"dateline {version('dateline')}\n"


def test_a_folder_in_the_place_of_a_file_is_named_itself(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        write_atomically(tmp_path, b"")
    assert caught.value.filename == str(tmp_path)


def test_a_command_that_is_used_otherwise_leads_to_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(["extract"], capsys).endswith("Missing argument 'bundle'; dateline extract --help shows how it is used")
    assert "dateline archive run --help" in said(["archive", "run"], capsys)
    assert "--show" in said(["extract", "BUNDLE", "--shwo"], capsys)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dispatch.txt").write_text("Gunmen attacked Gao.", encoding="utf-8")
    wrong = said(["extract", "BUNDLE", str(tmp_path / "disptach.txt")], capsys)
    assert wrong.endswith(f"disptach.txt: No such file or directory; did you mean {tmp_path / 'dispatch.txt'}?")
    nothing_like_it = said(["extract", "BUNDLE", str(tmp_path / "x.txt")], capsys)
    assert nothing_like_it == f"{tmp_path / 'x.txt'}: No such file or directory"
    assert said(["extract", "BUNDLE", str(tmp_path / "no" / "x.txt")], capsys).endswith("No such file or directory")


def test_what_is_no_bundle(tmp_path: Path, tiny_checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "dispatch.txt"
    text.write_text("Gunmen attacked Gao.", encoding="utf-8")
    assert "`dateline package CHECKPOINT BUNDLE` makes one" in said(["extract", "nowhere", str(text)], capsys)
    assert "a checkpoint, not a bundle; `dateline package" in said(["extract", str(tiny_checkpoint), str(text)], capsys)
    (tmp_path / "out" / "bundle").mkdir(parents=True)
    assert said(["extract", str(tmp_path / "out"), str(text)], capsys).endswith(
        "not a bundle, there is no manifest.json"
    )
    (tmp_path / "out" / "bundle" / "manifest.json").write_text("{}", encoding="utf-8")
    assert said(["extract", str(tmp_path / "out"), str(text)], capsys).endswith("out/bundle?")
    assert "`dateline train RECIPE` makes a checkpoint" in said(["package", "nowhere", "BUNDLE"], capsys)


def test_a_precision_that_the_bundle_does_not_have(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "dispatch.txt"
    text.write_text("Gunmen attacked Gao.", encoding="utf-8")
    wrong = said(["extract", str(tiny_bundle), str(text), "--precision", "int8", "--engine", "onnxruntime"], capsys)
    assert wrong.endswith("`dateline package --variant int8` adds it")


def test_a_table_without_the_column_of_the_texts(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("id,body\n1,Gunmen attacked Gao.\n", encoding="utf-8")
    assert "got id, body; --text-column names another" in said(
        ["extract", str(tiny_bundle), str(tmp_path / "a.csv")], capsys
    )


def test_annotations_in_no_known_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Gunmen attacked Gao.", encoding="utf-8")
    assert "`dateline convert --from`" in said(["convert", str(tmp_path / "a.txt"), "b.jsonl"], capsys)


@pytest.mark.parametrize(
    ("right", "wrong", "what"),
    [
        ("window = 64", "windows = 64", "encoder.windows: no such key, did you mean window?"),
        ("width = 32", "zzz = 32", "model.zzz: no such key, expected one of width, dropout"),
        ("[model]", "[modell]", "modell: no such key, did you mean model?"),
        ("seed = 7", "files = 7", "files: no such key, expected one of name, output"),
    ],
)
def test_a_key_that_a_recipe_does_not_have(
    right: str, wrong: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(recipe_text(tmp_path, tmp_path, tmp_path / "out").replace(right, wrong), encoding="utf-8")
    assert what in said(["train", str(recipe)], capsys)
