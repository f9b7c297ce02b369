"""How busy the GPU was, as `nvidia-smi` says while a benchmark runs."""

import shutil
import subprocess
import threading
import time
from types import TracebackType

_EVERY_MILLISECONDS = 100
_LATE = 1.0
"""`nvidia-smi` speaks of up to a second before, in which another one may have used the GPU."""


class GpuBusy:
    """Samples from entering to leaving; none where there is no `nvidia-smi`."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, float]] = []  # when on the clock of time.perf_counter, share from 0 to 1
        program = shutil.which("nvidia-smi")
        query = ["--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", f"-lms={_EVERY_MILLISECONDS}"]
        self._process = subprocess.Popen([program, *query], stdout=subprocess.PIPE, text=True) if program else None  # noqa: S603

    def __enter__(self) -> "GpuBusy":
        if self._process:
            threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()

    def share(self, begun: float, seconds: float) -> float | None:
        """The mean of the samples in this time; None where there is none."""
        return mean_share(self.samples, begun + _LATE, begun + seconds)

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip().isdigit():
                self.samples.append((time.perf_counter(), int(line) / 100))


def mean_share(samples: list[tuple[float, float]], begin: float, end: float) -> float | None:
    """The mean of the samples from `begin` to `end`; None where there is none."""
    within = [share for at, share in samples if begin <= at <= end]
    return sum(within) / len(within) if within else None
