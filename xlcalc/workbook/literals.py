"""How does a file write a number or a text?

A number is the shortest text that reads back as the same one.
"""

import re
from xml.sax.saxutils import escape

import numpy as np
import orjson
from numpy.typing import NDArray

from xlcalc.errors import InputValueError

MAX_TEXT_LENGTH = 32_767  # Excel's limit for the text of a cell
_BETWEEN = "\ue000"
"""Divides texts, and seldom is in one."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MAX_WHOLE = 1e16
"""From here on whole numbers are written with an exponent."""
_SMALL = 1e-4
"""Below it numbers are written with an exponent, but not by orjson."""


def number_text(value: float) -> str:
    """Return a number as a cell's text."""
    whole = value == int(value) and abs(value) < MAX_WHOLE
    return str(int(value)) if whole else repr(float(value))


def number_lines(table: NDArray[np.float64]) -> list[bytes]:
    """Return what `number_text` makes of the finite numbers of each row, divided by commas."""
    if not table.size:
        return [b""] * len(table)
    small = (np.abs(table) < _SMALL) & (table != 0.0)
    # Adding zero makes a plain one of a negative zero.
    written = orjson.dumps(np.ascontiguousarray(table + 0.0), option=orjson.OPT_SERIALIZE_NUMPY)
    lines = written.replace(b".0,", b",").replace(b".0]", b"]")[2:-2].split(b"],[")
    for row in np.flatnonzero(small.any(axis=1)):
        numbers = lines[row].split(b",")
        for column in np.flatnonzero(small[row]):
            numbers[column] = number_text(float(table[row, column])).encode()
        lines[row] = b",".join(numbers)
    return lines


def xml_texts(values: list[str]) -> list[bytes]:
    """Return texts as XML has them, all that a cell can hold."""
    together = _BETWEEN.join(values)
    apart = together.count(_BETWEEN) == len(values) - 1
    fits = max(map(len, values)) <= MAX_TEXT_LENGTH
    if apart and fits and not _FORBIDDEN.search(together):
        return _xml(together).split(_BETWEEN.encode())
    return [xml_text(value) for value in values]


def xml_text(value: str) -> bytes:
    """Return a text as XML has it."""
    return _xml(checked_text(value))


def _xml(text: str) -> bytes:
    return escape(text).replace("\r", "&#13;").encode()


def checked_text(text: str) -> str:
    """Return a text that a cell can hold."""
    if len(text) > MAX_TEXT_LENGTH:
        raise InputValueError(
            f"a cell holds at most {MAX_TEXT_LENGTH:,} characters, got {len(text):,}"
        )
    found = _FORBIDDEN.search(text)
    if found:
        raise InputValueError(f"a cell cannot hold the control character {found[0]!r}")
    return text
