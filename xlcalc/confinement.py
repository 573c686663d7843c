"""How does a process keep within its memory, and end when its parent does?

A child calls `end_with_parent` and `limit_memory` first of all. Whoever waits for it reads from its
last words with `ran_out_of_memory` why it ended.
"""

import os
import sys

_LAST_WORDS = (b"memory allocation of", b"out of memory", b"MemoryError", b"bad_alloc")
"""What programs say last when they get no memory: Rust's, Python's and C++'s."""
_END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux's prctl: the signal for a process whose parent is gone."""


def end_with_parent(parent: int) -> None:
    """Let Linux end this process when its parent, whose number is given, is gone."""
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the system was told
        os._exit(0)  # nobody is left to read a status


def limit_memory(limit: int) -> None:
    """Limit the memory of this process [byte], on Linux alone; 0 is no limit. It dumps no core."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not the address space: WebAssembly reserves 4 GB of it and uses little.
    if limit and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def ran_out_of_memory(words: bytes) -> bool:
    """Whether a process ended because it got no memory, by what it said last."""
    return any(word in words for word in _LAST_WORDS)
