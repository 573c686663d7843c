"""What does a workbook calculate with that was set to "precision as displayed"?

Excel then rounds the result of each formula to the decimals that its cell shows, and goes on with
that: 10/3 in a cell of two decimals is 3.33, and three times this is 9.99. No engine knows the
setting. So they get formulas that round, `=A1/3` as

    LET(v,A1/3,IF(ISNUMBER(v),ROUND(v,2),v))

A number that a person typed was rounded when the setting was made.
"""

import re
from collections.abc import Callable, Mapping

from xlcalc.ooxml.calculation import shows_all_digits
from xlcalc.ooxml.cell_styles import is_date_format, read_styles
from xlcalc.ooxml.edits import map_cell_formulas
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import cell_styles, formula_cells

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*+(?:\]|\Z)|_.|\*.')
_DIGITS = re.compile(r"[0#?](?:[0#?,]*[0#?])?(?:\.([0#?]*))?(,*)(E[+-]0+)?")


def with_displayed_precision(package: Package) -> Package:
    """Return a workbook whose formulas round as Excel does with precision as displayed.

    The very same workbook where it is not set to that.
    """
    if shows_all_digits(package):
        return package
    package = package.copy()
    formats = read_styles(package).formats
    for part in package.sheets.values():
        data = package.part(part)
        styles = cell_styles(data, set(formula_cells(data)))
        decimals = {
            position: found
            for position, style in styles.items()
            if (found := displayed_decimals(formats.get(style, "General"))) is not None
        }
        package.replace(part, map_cell_formulas(data, _rounding(decimals)))
    return package


def displayed_decimals(number_format: str) -> int | None:
    """Return to which decimals a number format shows a number; None where it shows all.

    Examples
    --------
    >>> displayed_decimals("#,##0.00"), displayed_decimals("0%"), displayed_decimals("0.0,")
    (2, 2, -2)
    >>> displayed_decimals("General"), displayed_decimals("yyyy-mm-dd")
    (None, None)
    """
    if is_date_format(number_format):
        return None
    section = _LITERAL.sub("", number_format.partition(";")[0])
    digits = _DIGITS.search(section)
    if digits is None or digits[3] or "General" in section or "/" in section:
        return None
    return len(digits[1] or "") + 2 * section.count("%") - 3 * len(digits[2])


def _rounding(decimals: Mapping[Position, int]) -> Callable[[Position, str], str]:
    def rounded(position: Position, formula: str) -> str:
        if position not in decimals:
            return formula
        v = "_xlpm.displayed"
        return f"_xlfn.LET({v},{formula},IF(ISNUMBER({v}),ROUND({v},{decimals[position]}),{v}))"

    return rounded
