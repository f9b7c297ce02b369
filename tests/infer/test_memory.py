"""Memory that the C library keeps back for threads."""

import platform
import subprocess
import sys

import pytest

COUNTING = """
import sys, threading
from dateline_infer.memory import share_one_arena
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
if sys.argv[1] == "shared":
    assert share_one_arena()
barrier = threading.Barrier(5)
def hold():
    libc.malloc(1000)
    barrier.wait()
threads = [threading.Thread(target=hold) for _ in range(4)]
for thread in threads: thread.start()
barrier.wait()
for thread in threads: thread.join()
libc.malloc_stats()
"""


def arenas(mode: str) -> int:
    done = subprocess.run([sys.executable, "-c", COUNTING, mode], capture_output=True, text=True, check=True)
    return done.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_threads_share_one_arena_where_asked() -> None:
    assert arenas("shared") == 1
    assert arenas("own") > 1
