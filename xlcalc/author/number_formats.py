"""How does a value look in a number format, where no spreadsheet draws it?

`shown` takes a value and the format of its cell, and returns the text that the cell would show.
Nothing of openpyxl is imported here, because the command line prints a result without it.
"""

import operator as op
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import iso_text, moment

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[[^\]]*\]')
_SPLIT = re.compile(r"(0)\0(0+)(,*)(?![#0?.,])")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)([-+\d.eE]+)\]")
_HOLDS = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge, "=": op.eq, "<>": op.ne}
_NOT_FOLLOWED = re.compile(r"[0#?]\s*/|[0#?]-[0#?]|##+0\.?[0#]*E")
"""Fractions, digits that are parted by signs, and exponents that are multiples of three."""
_DIGITS = re.compile(r"[#0?](?:[#0?,]*[#0?])?(?:\.[#0?]*)?(?:E\+0+)?")
_WIDE = Context(prec=400)
"""Enough digits for every number of a cell."""
_NO_DAY = "1900-01-00"
"""What Excel draws for the day before the first one, as for an empty cell."""
_OUT_OF_RANGE = "#####"
"""What Excel draws where a number is no date."""


def shown(value: CellValue, number_format: str, date1904: bool = False) -> str:
    """Return a value as a cell of this format shows it, as far as plain text goes.

    Sections, literal texts, percentages, thousands, scaling by commas, scientific notation,
    decimals and conditions are followed; fractions are not. Dates are written as ISO 8601 does,
    whatever the order of their format; `date1904` says that days are counted from 1904.
    """
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value
    value = value + 0.0  # a negative zero is one without a sign
    if is_date_format(number_format):
        when = moment(value, number_format, date1904)
        if when is None:
            return _NO_DAY if 0.0 <= value < 1.0 else _OUT_OF_RANGE
        return iso_text(when)
    section, value = _section(number_format.split(";"), value)
    # A literal keeps its place as a character that no format has.
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or "")
        return "\0"

    bare = _LITERAL.sub(keep, section)
    if _NOT_FOLLOWED.search(bare):
        return f"{value:.12g}".replace("e", "E")
    split = _SPLIT.search(bare)
    if split:  # a literal among the digits: 0\.00,, counts hundred millions with two decimals
        bare = f"{bare[: split.start()]}{split[1]}{split[2]}{split[3]}\1{bare[split.end() :]}"
    digits = _DIGITS.search(bare)
    text = bare if digits is None else _number(value, bare, digits)
    if split:
        place = text.index("\1") - len(split[2])
        text = f"{text[:place]}\0{text[place:]}".replace("\1", "")
    if digits is None and section.strip().lower() == "general":
        text = f"{value:.12g}".replace("e", "E")
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.strip()


def _section(sections: list[str], value: float) -> tuple[str, float]:
    """Return the section of a format that shows a number, and the number that it shows."""
    condition = _CONDITION.match(sections[0])
    if condition:
        for section in sections:
            condition = _CONDITION.match(section)
            if condition is None or _HOLDS[condition[1]](value, float(condition[2])):
                return section, value
    if value < 0.0 and len(sections) > 1 and sections[1]:
        return sections[1], -value
    if value == 0.0 and len(sections) > 2 and sections[2]:
        return sections[2], value
    return sections[0], value


def _rounded(value: float, decimals: int) -> Decimal:
    """Return a number of so many decimals, a half rounded away from zero as Excel does."""
    exact = Decimal(f"{value:.15g}")  # 15 digits, which are all that Excel shows
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)


def _number(value: float, section: str, digits: re.Match[str]) -> str:
    before, pattern, after = section[: digits.start()], digits[0], section[digits.end() :]
    while after.startswith(","):
        value, after = value / 1000.0, after[1:]
    if "%" in section:
        value *= 100.0
    decimals = len(re.sub(r"E.*", "", pattern).partition(".")[2])
    if "E+" in pattern:
        text = f"{value:.{decimals}E}"
    else:
        text = f"{_rounded(value, decimals):{',' if ',' in pattern else ''}.{decimals}f}"
        optional = re.search(r"\.[0?]*(#+)$", pattern)
        if optional:
            least = len(text) - len(optional[1])
            text = text[:least] + text[least:].rstrip("0")
            text = text.removesuffix(".")
        if float(text.replace(",", "")) == 0.0:
            text = text.removeprefix("-")
    return f"{before}{text}{after}"
