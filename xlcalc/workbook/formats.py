"""How does a value look in a number format, where no spreadsheet draws it?"""

import re

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel

from xlcalc.cells import CellError, CellValue

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?](?:[#0?,]*[#0?])?(?:\.[#0?]*)?(?:E\+0+)?")


def shown(value: CellValue, number_format: str) -> str:
    """Return a value as a cell of this format shows it, as far as plain text goes.

    Sections, literal texts, percentages, thousands, scaling by commas, scientific notation,
    decimals and dates are followed; fractions and conditions are not.
    """
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value
    if is_date_format(number_format):
        return _date(value)
    sections = number_format.split(";")
    section = sections[0]
    if value < 0.0 and len(sections) > 1 and sections[1]:
        section, value = sections[1], -value
    elif value == 0.0 and len(sections) > 2 and sections[2]:
        section = sections[2]
    # A literal keeps its place as a character that no format has.
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or "")
        return "\0"

    bare = _LITERAL.sub(keep, section)
    digits = _DIGITS.search(bare)
    text = bare if digits is None else _number(value, bare, digits)
    if digits is None and section.strip().lower() == "general":
        text = f"{value:.12g}".replace("e", "E")
    for literal in literals:
        text = text.replace("\0", literal, 1)
    return text.strip()


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
        text = f"{value:{',' if ',' in pattern else ''}.{decimals}f}"
        optional = re.search(r"\.[0?]*(#+)$", pattern)
        if optional:
            least = len(text) - len(optional[1])
            text = text[:least] + text[least:].rstrip("0")
            text = text.removesuffix(".")
        if float(text.replace(",", "")) == 0.0:
            text = text.removeprefix("-")
    return f"{before}{text}{after}"


def _date(value: float) -> str:
    moment = from_excel(value)
    return str(moment) if value % 1.0 or not hasattr(moment, "date") else str(moment.date())
