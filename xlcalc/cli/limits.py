"""When is the workbook of a report open, so that time is limited no longer?

A report of thousands of files takes as long as it takes; opening its workbook does not.
"""

from collections.abc import Callable

when_open: list[Callable[[], None]] = []
"""What whoever limits the time wants to have called."""


def is_open() -> None:
    """Say that the workbook is open."""
    while when_open:
        when_open.pop()()
