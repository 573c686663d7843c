"""The exit statuses of the command line."""

FAILURE = 1
"""A result, a check or a run failed."""
USAGE = 2
"""The command could not start, or a named cell has no value."""
INTERRUPTED = 130
"""Ctrl-C stopped the command."""
