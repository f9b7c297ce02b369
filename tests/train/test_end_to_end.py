from pathlib import Path


def test_x(tiny_bundle: Path) -> None:
    print(list(tiny_bundle.iterdir()))
