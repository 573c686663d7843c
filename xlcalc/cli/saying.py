"""How does the command line say a sentence on stderr, and show texts of others in a terminal?

A sentence is one line without control characters, and short enough to be read, whatever names and
values it repeats. What a terminal would obey is taken out of all that goes to one; pipes and files
get the data as it is.
"""

import sys
from typing import IO, Any

import click

from xlcalc.plain_texts import in_a_line, shortened

_CONTROL = {
    number: "\ufffd"
    for number in (*range(32), 127, *range(128, 160))
    if chr(number) not in "\t\n\r"
}
"""The control characters of Unicode beside the end of a line and the tabulator."""


def say(sentence: object, before: str = "xlcalc: ") -> None:
    """Print a sentence on stderr."""
    click.echo(f"{before}{shortened(in_a_line(str(sentence)))}", err=True)


class Terminal:
    """A stream to a terminal, which gets no control characters.

    Parameters
    ----------
    stream : file
        The stream; `progress` displays write to it as it is.
    """

    def __init__(self, stream: IO[str]) -> None:
        self.raw = stream

    def write(self, text: str) -> int:
        """Write a text without control characters."""
        return self.raw.write(text.translate(_CONTROL))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def guard_terminals() -> None:
    """Keep control characters of others from the terminals of this process."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and stream.isatty():
            setattr(sys, name, Terminal(stream))


def raw_stderr() -> IO[str]:
    """Return the stream of stderr for a display that moves the cursor."""
    stream = sys.stderr
    return stream.raw if isinstance(stream, Terminal) else stream
