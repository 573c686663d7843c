"""How many arguments does each of Excel's functions take, and which call has a wrong number?

Excel refuses a formula with too few or too many arguments when it is entered, and takes it out of a
file that holds one. So such a formula has no value that could be calculated. `arguments.csv` lists
Excel's functions with the least and the most arguments that the syntax lines of Microsoft's
reference allow (https://support.microsoft.com, "Excel functions (alphabetical)"); an empty `most`
is Excel's own limit, 255. That the criteria of SUMIFS come in pairs is not in it. What it does not
list is passed over: functions of ours, of add-ins and of LAMBDA names.

A formula is read only for its brackets and commas: texts, quoted sheet names, structured references
and array constants are passed over. `IF()` has no argument and `IF(,)` has two.
"""

import csv
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from xlcalc.errors import WorkbookError
from xlcalc.formula_text import bare_name, calls
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.names import DefinedName
from xlcalc.ooxml.sheet import FormulaCell

MOST = 255
"""The most arguments of any function."""

_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
_REFERENCE = re.compile(rb"\$?\b[A-Za-z]{1,3}\$?0+\b(?![.(])")


@functools.cache
def bounds() -> Mapping[str, tuple[int, int | None]]:
    """Return the least and the most arguments of each function; None is Excel's limit of 255."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {
            row["function"]: (int(row["least"]), int(row["most"]) if row["most"] else None)
            for row in csv.DictReader(file)
        }


def wrong_count(name: str, count: int) -> str | None:
    """Return what is wrong with a number of arguments, or None.

    Parameters
    ----------
    name : str
        A function, in any case, with or without the prefix that files write.
    count : int
        How many arguments it got.

    Returns
    -------
    str or None
        A sentence; None where the number is right or the table does not list the function.

    Examples
    --------
    >>> wrong_count("IFERROR", 1)
    'IFERROR takes 2 arguments, got 1'
    >>> wrong_count("_xlfn.SORT", 0)
    'SORT takes 1 to 4 arguments, got 0'
    >>> wrong_count("TRAIN_FLOPS", 9)
    """
    bare = bare_name(name)
    found = bounds().get(bare)
    if found is None:
        return None
    least, most = found
    if least <= count <= (MOST if most is None else most):
        return None
    if least == most:
        number = str(least or "no")
    elif least == 0 or (most is None and count > least):
        number = f"at most {most or MOST}"
    else:
        number = f"at least {least}" if most is None else f"{least} to {most}"
    plural = "" if number.rpartition(" ")[2] == "1" else "s"
    return f"{bare} takes {number} argument{plural}, got {count}"


def wrong_call(formula: str) -> str | None:
    """Return what is wrong with the first call that has a wrong number of arguments, or None.

    Parameters
    ----------
    formula : str
        A formula, with or without `=`.

    Examples
    --------
    >>> wrong_call('=IF(A1>0,"(a,b)",PI(1))')
    'PI takes no arguments, got 1'
    """
    found = (wrong_count(call.name, len(call.arguments)) for call in calls(formula))
    return next(filter(None, found), None)


def wrong_calls(formulas: Iterable[str]) -> dict[str, str]:
    """Return the formulas of many that have a wrong call, each with what is wrong.

    Formulas are filled down and to the right, so of those that differ in digits and in references
    to cells alone, one is read. Functions whose names differ in digits alone would be taken for
    each other, and Excel has none.
    """
    texts = list(dict.fromkeys(formulas))
    if not texts:
        return {}
    joined = "\n".join([text.replace("\n", " ") if "\n" in text else text for text in texts])
    shapes = joined.encode().translate(_DIGITS).split(b"\n")
    by_shape = dict(zip(shapes, texts, strict=True))
    bare = _REFERENCE.sub(b"A0", b"\n".join(by_shape)).split(b"\n")
    readings = {
        shape: wrong_call(by_shape[of])
        for shape, of in dict(zip(bare, by_shape, strict=True)).items()
    }
    if not any(readings.values()):
        return {}
    wrong = {of for shape, of in zip(bare, by_shape, strict=True) if readings[shape]}
    suspects = (text for shape, text in zip(shapes, texts, strict=True) if shape in wrong)
    return {text: reason for text in suspects if (reason := wrong_call(text))}


def refuse_wrong_calls(
    formulas: Mapping[str, Mapping[Position, FormulaCell]],
    names: Iterable[DefinedName],
    name: str,
) -> None:
    """Refuse a workbook with a call that Excel does not take.

    Parameters
    ----------
    formulas : mapping of str to mapping
        The formula cells of each sheet.
    names : iterable of DefinedName
        The names, which may hold formulas as well.
    name : str
        What to call the file in a sentence.

    Raises
    ------
    WorkbookError
        If there is one; the sentence says in which cell or name.
    """
    for defined in names:
        sentence = wrong_call(defined.text)
        if sentence is not None:
            raise WorkbookError(
                f"the name {defined.name} in {name}: {sentence}, so Excel does not take the "
                f"formula ={defined.text:.60}"
            )
    wrong = wrong_calls(cell.text for cells in formulas.values() for cell in cells.values())
    for sheet, cells in formulas.items() if wrong else ():
        for position, cell in cells.items():
            if cell.text in wrong:
                raise WorkbookError(
                    f"{sheet}!{cell_name(position)} in {name}: {wrong[cell.text]}, so Excel does "
                    f"not take the formula ={cell.text:.60}"
                )
