"""How does a file write a number or a text?

A number is the shortest text that reads back as the same one.
"""

import re
from html import escape

import numpy as np
import orjson
from numpy.typing import NDArray

from xlcalc.cell_values import CellError
from xlcalc.errors import InputValueError

_ERRORS = {
    *("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"),
}
"""The errors of ECMA-376, ST_CellErrorType and what Excel adds to it."""
MAX_TEXT_LENGTH = 32_767  # Excel's limit for the text of a cell
_BETWEEN = "\ue000"
"""Divides texts, and seldom is in one."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
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
    """Return texts as XML has them."""
    together = _BETWEEN.join(values)
    if together.count(_BETWEEN) == len(values) - 1:
        return xml_text(together).split(_BETWEEN.encode())
    return [xml_text(value) for value in values]


def xml_text(value: str) -> bytes:
    """Return a text as XML has it, characters that XML cannot have by their numbers, as _x0007_."""
    if "_x" in value:
        value = _LOOKS_ESCAPED.sub("_x005F_", value)
    if _FORBIDDEN.search(value):
        value = _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    return escape(value, quote=False).replace("\r", "&#13;").encode()


def formula_xml(formula: str) -> str:
    """Return a formula as the text of an element has it."""
    return escape(formula, quote=False)


def attribute_xml(text: str) -> str:
    """Return a text as an attribute has it, in quotation marks."""
    return f'"{escape(text, quote=False).replace(chr(34), "&quot;")}"'


def text_of_xml(value: str) -> str:
    """Return a text of which `xml_text` is the form, its entities already replaced."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value


def stored_code(error: CellError) -> str:
    """Return the code of an error as the value of a cell can have it.

    A file knows the errors of old; Excel writes #VALUE! for newer ones, as #SPILL! and #CALC!, and
    the true one elsewhere.
    """
    return error.code if error.code in _ERRORS else "#VALUE!"


def writable(text: str) -> str:
    """Return a text as a cell can hold it: cut, and with a sign for what XML cannot have."""
    return _FORBIDDEN.sub("\ufffd", text)[:MAX_TEXT_LENGTH]


def is_writable(text: str) -> bool:
    """Whether a cell of a file can hold a text as it is."""
    return len(text) <= MAX_TEXT_LENGTH and not _FORBIDDEN.search(text)


def checked_text(text: str) -> str:
    """Return a text that a cell can hold.

    Raises
    ------
    InputValueError
        If it is longer than a cell holds, or has a control character that XML cannot have.
    """
    if len(text) > MAX_TEXT_LENGTH:
        raise InputValueError(
            f"a cell holds at most {MAX_TEXT_LENGTH:,} characters, got {len(text):,}"
        )
    found = _FORBIDDEN.search(text)
    if found:
        raise InputValueError(f"a cell cannot hold the control character {found[0]!r}")
    return text
