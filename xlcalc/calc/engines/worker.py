"""How does the process of an engine answer?

It reads requests from its standard input and writes replies to what was its standard output: eight
bytes that say how long, then a pickle. A request is the name of a method, its arguments and a time
limit. A reply is `DONE` with the result, `FAILED` or `ENDED` with a sentence, or `HUNGRY`; after
the last two the process is of no more use. An engine that prints writes elsewhere.

The process ends with its parent: when it would read the next request, and on Linux at once, though
its engine calculates. Elsewhere, and where not the main thread of the parent began it, a
calculation goes on to its time limit.
"""

import os
import pickle
import struct
import sys
from typing import IO, Any

from xlcalc.calc.engines.interface import EngineDiedError, EngineError
from xlcalc.calc.engines.local import LocalEngine
from xlcalc.confinement import end_with_parent, limit_memory

DONE, FAILED, ENDED, HUNGRY = "done", "failed", "ended", "hungry"
LENGTH = struct.Struct("<Q")
START = (
    "import sys; sys.path[:] = {path!r}; from {module} import serve; "
    "serve({name!r}, {memory}, {parent})"
)
"""The program of the process; it finds the packages that its parent finds."""
_GRACE = 5
"""Time after its limit when a process whose parent is gone ends itself [s]."""


def write_frame(stream: IO[bytes], content: object) -> None:
    """Write one request or reply."""
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """Return the next request or reply.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301  from the process that we began, or that began us


def serve(name: str, memory: int, parent: int = 0) -> None:
    """Answer requests until there are no more.

    Parameters
    ----------
    name : str
        The engine.
    memory : int
        Memory that the process may take, 0 for no limit [byte]. Linux alone has such a limit.
    parent : int
        Number of the process whose end is to end this one at once; 0 for none. Linux alone does it.
    """
    if parent:
        end_with_parent(parent)
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    if sys.platform != "win32":
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    limit_memory(memory)
    engine: LocalEngine | None = None
    while True:
        try:
            method, arguments, timeout = read_frame(requests)
        except EOFError:
            return
        _end_after(timeout)
        try:
            if engine is None:
                engine = LocalEngine(name)
            reply = DONE, getattr(engine, method)(*arguments)
        except MemoryError:
            reply = HUNGRY, ""
        except EngineDiedError as error:
            reply = ENDED, str(error)
        except EngineError as error:
            reply = FAILED, str(error)
        write_frame(replies, reply)
        _end_after(None)


def _end_after(seconds: float | None) -> None:
    """End this process a while after its time limit, whatever its engine does by then.

    Its parent ends it sooner, unless the parent is gone.
    """
    if sys.platform != "win32":
        import signal

        signal.alarm(0 if seconds is None else int(seconds) + _GRACE)
