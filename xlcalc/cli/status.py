"""The exit statuses of the command line, and how a command's help names them."""

FAILURE = 1
"""A result, a check or a run failed."""
USAGE = 2
"""The command could not start, or a named cell has no value."""
INTERRUPTED = 130
"""Ctrl-C stopped the command."""

ALL = """Exit status: 0 if all is well; 1 if something is wrong in what was looked at, as a finding,
a broken guard, a row that failed, or engines that do not agree on a value; 2 if the command cannot
start or go on, as with an unknown name, a bad value or a file that cannot be read; 130 after
Ctrl-C. The help of each command says when it ends with 1."""
"""What the help of the whole command line says of them."""


def statuses(failure: str = "", usage: str = "the command cannot start") -> str:
    """Return the last lines of a command's help: what its exit status means.

    Parameters
    ----------
    failure : str
        When it ends with status 1; empty for a command that never does.
    usage : str
        When it ends with status 2.
    """
    failed = f"1 if {failure}, " if failure else ""
    return f"Exit status: 0 if all is well, {failed}2 if {usage}."
