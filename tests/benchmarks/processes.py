"""How is a program that is measured kept to its memory, and ended with all that it started?"""

import contextlib
import os
import signal
import subprocess
from typing import Any

MEMORY = 2 << 30
"""Memory that a program which is measured may take [byte]."""


def limit_memory(process: "subprocess.Popen[Any]", memory: int) -> None:
    """Let a process, and those that it starts, take no more memory; only on Linux."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import resource

        resource.prlimit(process.pid, resource.RLIMIT_DATA, (memory, memory))


def end(process: "subprocess.Popen[Any]") -> None:
    """End a process that has a session of its own, and what it started, which holds its output."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()
