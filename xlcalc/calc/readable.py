"""How is a formula written so that our engine reads it?

A formula that it cannot read makes it refuse the whole workbook. A range from its last cell to its
first, as in `SUM(B5:B2)`, is turned round, which is the same range. A formula that reads another
workbook becomes a call that nobody knows, so that its cell alone is left to other engines.
"""

import re

from xlcalc.formula_text import TEXT, scanner

UNREADABLE = "XLCALC.UNREADABLE()"
_RANGE = scanner(
    r"(?<![\w.$])(\$?)([a-z]{1,3})(\$?)(\d+)\s*:\s*(\$?)([a-z]{1,3})(\$?)(\d+)(?![\w(.!])"
)
_OTHER_BOOK = re.compile(r"(?<![\w\]])\[\d+\]")
_TEXT = re.compile(TEXT)


def readable(formula: str) -> str:
    """Return a formula as our engine reads it.

    Parameters
    ----------
    formula : str
        A formula, without `=`.

    Examples
    --------
    >>> readable("SUM($B5:A$2)*2")
    'SUM(A$2:$B5)*2'
    >>> readable("[1]Prices!A1*2")
    'XLCALC.UNREADABLE()'
    """
    if "[" in formula and _OTHER_BOOK.search(_TEXT.sub('""', formula)):
        return UNREADABLE
    return _RANGE.sub(_in_order, formula) if ":" in formula else formula


def _in_order(found: re.Match[str]) -> str:
    if not found[2]:
        return found[0]
    first, last = (found[1], found[2]), (found[5], found[6])
    top, bottom = (found[3], found[4]), (found[7], found[8])
    if (len(first[1]), first[1].upper()) > (len(last[1]), last[1].upper()):
        first, last = last, first
    if int(top[1]) > int(bottom[1]):
        top, bottom = bottom, top
    return f"{''.join(first)}{''.join(top)}:{''.join(last)}{''.join(bottom)}"
