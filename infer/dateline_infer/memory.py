"""How much memory the C library keeps back for threads.

glibc gives each new thread one of many arenas, and what is freed in one arena another cannot use: over an archive,
whose groups are read by threads that come and go, a process would grow (100,000 dispatches: by 140 MB; see
`benchmarks/archive.py`).
"""

import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h


def share_one_arena() -> bool:
    """From now on all threads of this process allocate in one arena; False where the C library is not glibc."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # other C libraries; Windows has no library without a name
        return False
    return bool(mallopt(_ARENA_MAX, 1))
