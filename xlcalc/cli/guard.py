"""How does a command survive a workbook that makes an engine abort, hang or grow?

The command runs in a child process whose memory and time are limited; this process waits. Where the
child dies, it says so in one sentence, with status 2. On Windows, which has no `fork`, a command
runs unguarded; on macOS, which does not limit memory, its time alone is limited.

What native code says when it dies goes to a file, in which the reason is looked for.
"""

import contextlib
import os
import select
import signal
import sys
import tempfile
import time
from typing import IO

import click

from xlcalc.cli import LEAST_MEMORY, app, limits, main, status, streams
from xlcalc.cli.saying import say
from xlcalc.confinement import end_with_parent, limit_memory, ran_out_of_memory

_GUARDED = {"eval", "recalc", "convert", "run", "evaluate", "report", "batch"} | {
    *("compare", "sensitivity", "solve", "simulate", "actuals", "contract", "test", "check", "diff")
}
"""Commands that calculate what a person gives them."""
_COMMANDS = frozenset(app.list_commands(click.Context(app)))
_GIGABYTE = 2**30


def guarded() -> None:
    """Run the command line, a command that calculates in a process of its own."""
    streams.prepare()
    asked = _limits() if hasattr(os, "fork") else None
    if asked is not None:
        seconds, gigabytes, whole = asked
        reading, writing = os.pipe()
        said = tempfile.TemporaryFile()  # noqa: SIM115  both processes use it
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        child = os.fork()
        if child:
            os.close(writing)
            _wait(child, reading, said, seconds=seconds, gigabytes=gigabytes, whole=whole)
        os.close(reading)
        _begin(parent, said, gigabytes)
        limits.when_open.append(lambda: os.close(writing))
    try:
        main()
    except KeyboardInterrupt:  # before click has taken over
        sys.exit(status.INTERRUPTED)
    except MemoryError:
        say("no memory is left; --memory-limit gives a command more")
        sys.exit(status.USAGE)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what an engine written in Rust raises
            raise
        say(f"an engine gave up: {' '.join(str(error).split())[:300]}")
        sys.exit(status.USAGE)


def _limits() -> tuple[float, float, bool] | None:
    """Return the limits of time and memory, and whether the time is that of the whole command.

    None for a command that is not guarded, or one that click will refuse.
    """
    with contextlib.suppress(click.ClickException, click.exceptions.Exit):
        context = app.make_context("xlcalc", sys.argv[1:], resilient_parsing=True)
        command = next((word for word in sys.argv[1:] if word in _COMMANDS), "")
        if command in _GUARDED:
            whole = command not in {"report", "batch"}
            memory = context.params["memory_limit"]
            if 0 < memory < LEAST_MEMORY:
                return None  # the command says so
            return context.params["time_limit"], memory, whole
    return None


def _begin(parent: int, said: IO[bytes], gigabytes: float) -> None:
    """Limit this process, the child, and send what native code says to a file."""
    # In a group of its own, so that Ctrl-C reaches it once: from this process's parent.
    os.setpgid(0, 0)
    sys.stderr = streams.output(os.dup(2), by_line=True)
    os.dup2(said.fileno(), 2)
    said.close()
    limit_memory(int(gigabytes * _GIGABYTE))
    end_with_parent(parent)


def _wait(
    child: int, reading: int, said: IO[bytes], *, seconds: float, gigabytes: float, whole: bool
) -> None:
    """Wait for the child, end it when its time is over, and end with its status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child, number))
    began = time.monotonic()
    late = False
    while seconds:
        left = began + seconds - time.monotonic()
        if left <= 0:
            late = True
            os.kill(child, signal.SIGKILL)
            break
        if select.select([reading], [], [], left)[0]:
            # The child has closed its end: it has ended, or time is no longer limited.
            break
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code >= 0:
        os._exit(code)
    if late:
        what = "the command" if whole else "opening the workbook and its list"
        reason = f"{what} took more than {seconds:g} s; --time-limit gives it more"
    else:
        said.seek(0)
        hungry = ran_out_of_memory(said.read())
        reason = (
            f"the command needs more than {gigabytes:g} GB of memory; --memory-limit gives it more"
            if hungry and gigabytes
            else f"an engine ended the command by signal {signal.Signals(-code).name}"
        )
    if -code in {signal.SIGTERM, signal.SIGHUP, signal.SIGINT}:
        os._exit(128 - code)
    sys.stderr.write(f"xlcalc: {reason}\n")
    sys.stderr.flush()
    os._exit(status.USAGE)
