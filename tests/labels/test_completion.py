"""The shell completes commands, options and values, and is taught to by one option."""

from pathlib import Path

import pytest
from dateline_labels.main import main


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("dateline arch", {"archive"}),
        ("dateline archive ", {"run", "check", "copies"}),
        ("dateline extract BUNDLE --dev", {"--device"}),
        ("dateline extract BUNDLE --device c", {"cpu", "cuda"}),
        ("dateline evaluate BUNDLE DATA --split t", {"train", "test"}),
        ("dateline convert IN OUT --to br", {"brat"}),
        ("dateline incidents export read.jsonl --to u", {"ucdp"}),
    ],
)
def test_what_bash_is_offered(
    words: str, offered: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_DATELINE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    with pytest.raises(SystemExit, match="0"):
        main()
    assert set(capsys.readouterr().out.split()) == offered


def test_bash_is_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    with pytest.raises(SystemExit, match="0"):
        main(["--install-completion", "bash"])
    assert "installed" in capsys.readouterr().out
    assert "_DATELINE_COMPLETE=complete_bash" in (tmp_path / ".bash_completions" / "dateline.sh").read_text("utf-8")
    assert "dateline.sh" in (tmp_path / ".bashrc").read_text("utf-8")
