"""How does a value look in a number format, where no spreadsheet draws it?"""

import re

from xlcalc.cells import CellError, CellValue

_DECIMALS = re.compile(r"0\.(0+)")


def shown(value: CellValue, number_format: str) -> str:
    """Return a value as a cell of this format shows it, as far as plain text goes.

    Percentages, thousands separators, scientific notation and decimals are followed; other
    formats give the shortest text of six digits.
    """
    if value is None:
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value
    section = number_format.partition(";")[0]
    found = _DECIMALS.search(section)
    decimals = len(found[1]) if found else 0
    if "E+" in section:
        return f"{value:.{decimals}E}"
    if "%" in section:
        return f"{value:.{decimals}%}"
    if "#,##0" in section:
        return f"{value:,.{decimals}f}"
    if section.startswith("0"):
        return f"{value:.{decimals}f}"
    return f"{value:.6g}"
