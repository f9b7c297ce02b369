"""Where a test lets a run die or its disk fail: nothing happens unless `DATELINE_FAILPOINT` names the point.

With `renamed@spans/000003.parquet` the process is killed at that step of that file, as by kill -9; with
`ENOSPC:written@spans/000003.parquet` the system reports that error there.
"""

import errno
import os
import signal

VARIABLE = "DATELINE_FAILPOINT"


def reach(step: str, where: str) -> None:
    """Stand at one step of what is done to the file `where`; raises OSError if the variable says so."""
    wanted, point = os.environ.get(VARIABLE, ""), f"{step}@{where}"
    if not wanted.endswith(point):
        return
    name = wanted.removesuffix(point)
    if name.rstrip(":") != name[:-1]:  # another point, whose name ends alike
        return
    if name:
        code = int(getattr(errno, name[:-1]))
        raise OSError(code, os.strerror(code))
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
