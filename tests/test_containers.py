"""What the images of `docker/` are built from holds all that the wheel is made of."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def wheel_parts() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    return [*wheel["packages"], *wheel["force-include"]]


def test_docker_is_given_every_part_of_the_wheel() -> None:
    ignored, *let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored == "*"
    patterns = [line.removeprefix("!") for line in let_through if line.startswith("!")]
    for part in wheel_parts():
        assert any(fnmatch(part, pattern) for pattern in patterns), part


@pytest.mark.parametrize("name", ["cpu", "cuda"])
def test_an_image_copies_every_part_of_the_wheel(name: str) -> None:
    lines = (ROOT / "docker" / f"{name}.Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\S+) \1$", lines, re.MULTILINE))
    for part in wheel_parts():
        assert part.partition("/")[0] in copied, part
