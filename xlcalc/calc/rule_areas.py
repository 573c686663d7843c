"""Which cells do OFFSET, INDEX and the colon of a range give, once their arguments are numbers?

Cells are left, top, right and bottom, counted from 1. What lies beyond a sheet is for the caller to
refuse.
"""

from typing import TypeAlias

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom of some cells."""


def offset(box: Box, numbers: list[int]) -> Box:
    """Return what OFFSET gives of left, top, right and bottom; a negative height goes up."""
    left, top, _, _ = box
    down, across, height, width = numbers
    top, left = top + down, left + across
    if not height or not width:
        return 0, 0, 0, 0
    bottom = top + height - 1 if height > 0 else top
    right = left + width - 1 if width > 0 else left
    top = top if height > 0 else top + height + 1
    left = left if width > 0 else left + width + 1
    return left, top, right, bottom


def indexed(box: Box, numbers: list[int]) -> Box:
    """Return what INDEX gives of left, top, right and bottom; 0 is the whole row or column."""
    left, top, right, bottom = box
    row, column = numbers[:2]
    if top == bottom and not column:  # of a single row it takes one number
        row, column = 0, row
    first, last = (top + row - 1,) * 2 if row else (top, bottom)
    start, end = (left + column - 1,) * 2 if column else (left, right)
    return start, first, end, last


def inside(inner: Box, outer: Box) -> bool:
    """Whether some cells are all among others."""
    return (
        outer[0] <= inner[0] <= inner[2] <= outer[2]
        and outer[1] <= inner[1] <= inner[3] <= outer[3]
    )


def halves(text: str) -> tuple[str, str] | None:
    """Return what stands before and behind the colon of a range; None if it has none outside."""
    depth, quote = 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == ":" and not depth:
            return text[:place], text[place + 1 :]
        else:
            depth += (letter == "(") - (letter == ")")
    return None
