"""Size of the light installation, and time and memory of `dateline extract` on one dispatch, from process start.

    python benchmarks/light_install.py out/demo/bundle labels/samples/roadside_bomb.txt

Builds nothing: installs the newest wheel of dist/ (`python -m build --wheel`) into a fresh environment.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNS = 11


def main() -> None:
    """Print the figures."""
    bundle, dispatch = (Path(argument).resolve() for argument in sys.argv[1:3])
    wheel = max((ROOT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        venv.create(environment, with_pip=True)
        before = size(environment)
        python = environment / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([*install, str(wheel)], check=True)  # noqa: S603
        print(f"installed: {(size(environment) - before) / 1e6:.0f} MB, without pip's own {before / 1e6:.0f} MB")
        command = [str(environment / "bin" / "dateline"), "extract", str(bundle), str(dispatch)]
        times = []
        for _ in range(RUNS):
            begun = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            times.append(time.monotonic() - begun)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(
            f"extract, one dispatch, from process start: first {times[0]:.2f} s, then median "
            f"{statistics.median(times[1:]):.2f} s, {min(times[1:]):.2f} to {max(times[1:]):.2f} s over {RUNS - 1} runs"
        )
        print(f"peak memory of any of the processes, pip's included: {peak / 1024:.0f} MiB")


def size(folder: Path) -> int:
    """Bytes of all files under `folder`."""
    return sum((Path(root) / name).lstat().st_size for root, _, names in os.walk(folder) for name in names)


if __name__ == "__main__":
    main()
