"""What does a command do when nobody reads its output any longer, as behind `| head -1`?

It goes on, what it still prints goes nowhere, and its status is that of its work: a check that
found something ends with status 1 whether all of its findings were read or not.
"""

import errno
import io
import os
import sys
from typing import Any

_CLOSED = {errno.EPIPE, errno.EINVAL} if os.name == "nt" else {errno.EPIPE}
"""What the system says of a pipe that the reader has closed."""


class _Output(io.FileIO):
    """A pipe or a file that takes everything, though its reader may be gone."""

    unread = False

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in _CLOSED:
                raise
        self.discard()
        return super().write(data)

    def discard(self) -> None:
        """Let what is still written go nowhere."""
        self.unread = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def output(descriptor: int, *, by_line: bool) -> io.TextIOWrapper:
    """Return a stream of text over a file of the system, whose reader may go away.

    Parameters
    ----------
    descriptor : int
        The file, which stays open.
    by_line : bool
        Whether each line is written at once.
    """
    raw = io.BufferedWriter(_Output(descriptor, "wb", closefd=False))
    return io.TextIOWrapper(raw, "utf-8", "replace", line_buffering=by_line)


def prepare() -> None:
    """Let both outputs of the process be UTF-8, and survive a reader that goes away."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            continue  # a program of Windows without a console
        if stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="replace")
            continue
        # Pipes and redirects on Windows are not UTF-8 by themselves.
        setattr(sys, name, output(stream.fileno(), by_line=name == "stderr"))


def is_unread() -> bool:
    """Whether the reader of the standard output is gone, so that a long list may end."""
    return (found := _standard_output()) is not None and found.unread


def discard() -> None:
    """Let what is left of the standard output go nowhere, as where a disk is full."""
    if (found := _standard_output()) is not None:
        found.discard()


def _standard_output() -> _Output | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Output) else None
