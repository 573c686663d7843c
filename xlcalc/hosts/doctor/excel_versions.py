"""Which version of Excel is the first to know a function?

`excel_versions.csv` lists the functions that came after Excel 2007, with the first version that has
them without a subscription; "365" is a subscription alone, Excel on the web included. Sources, read
in November 2026:

- Microsoft, Excel functions (alphabetical), whose version markers say when a function came:
  https://support.microsoft.com/en-us/office/b3944572-255d-4efb-bb96-c6d90033e188
- The line "Applies To" of each function's page there, as of MAP, VSTACK and STOCKHISTORY. IFS,
  SWITCH, CONCAT, TEXTJOIN, MAXIFS and MINIFS have the marker 2016 on some pages, where they came
  with a subscription; Excel 2016 that was bought does not have them.
- Microsoft, [MS-XLSX] 2.2.3 Functions, which lists those that a file writes with `_xlfn.`.
"""

import csv
import functools
from collections.abc import Mapping
from pathlib import Path

from xlcalc.calc.arguments import bounds
from xlcalc.formula_text import bare_name

VERSIONS = ("2007", "2010", "2013", "2016", "2019", "2021", "2024", "365")
"""The versions of Excel, from the oldest to the newest."""
_WITHOUT_PREFIX = {"ISO.CEILING", "NETWORKDAYS.INTL", "WORKDAY.INTL", "ENCODEURL"}
"""Functions that files name without `_xlfn.`, though they came after Excel 2007; or with it."""


@functools.cache
def _table() -> Mapping[str, str]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {row["function"]: row["excel"] for row in csv.DictReader(file)}


def first_version(function: str) -> str | None:
    """Return the first version of Excel that knows one of its functions.

    Parameters
    ----------
    function : str
        The function as a formula writes it, with or without `_xlfn.`.

    Returns
    -------
    str or None
        One of `VERSIONS`; None if the function is not one of Excel's that we know.

    Examples
    --------
    >>> first_version("_xlfn.XLOOKUP")
    '2021'
    >>> first_version("SUM")
    '2007'
    >>> first_version("TRAIN_FLOPS")
    """
    name = bare_name(function)
    return _table().get(name) or ("2007" if name in bounds() else None)


def lacks_prefix(function: str) -> bool:
    """Whether a file names a function without the `_xlfn.` that Excel looks for.

    Excel shows #NAME? there, until somebody enters the cell again.

    Examples
    --------
    >>> lacks_prefix("XLOOKUP"), lacks_prefix("_xlfn.XLOOKUP"), lacks_prefix("SUM")
    (True, False, False)
    """
    name = function.upper()
    return name in _table() and name not in _WITHOUT_PREFIX


def newer(one: str, other: str) -> bool:
    """Whether a version of Excel came after another one."""
    return VERSIONS.index(one) > VERSIONS.index(other)
