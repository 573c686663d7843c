"""Compute economics in the spreadsheet: what AI training and inference cost.

Each worksheet function is a Python function of the same name in small letters, for numbers, lists,
numpy arrays and columns of data frames:

    >>> import xlcalc
    >>> print(f"{xlcalc.gpu_days(3.15e23, 312, 0.462):,.0f}")
    25,293

`batch` calculates a workbook for each row of a table, without Excel. `dir(xlcalc)` has all names,
`help(xlcalc.gpu_days)` says what one does, and `xlcalc functions` lists them by topic on the
command line. Their types stand in `__init__.pyi`, which `python -m tools.surface` makes.
"""

from typing import Any

from xlcalc._version import __version__ as __version__

__all__ = ["batch"]
"""What `from xlcalc import *` brings. The functions, a hundred names, are asked for by theirs."""


def __getattr__(name: str) -> Any:
    # When they are first asked for, so that the command line starts before numpy is imported.
    if name == "batch":  # brings workbooks along, which a formula does not need
        from xlcalc.runs.report import batch

        return batch
    if not name.startswith("__"):  # the import system asks for those
        globals().update(_functions())
        if name in globals():
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _functions() -> dict[str, Any]:
    from xlcalc.registry import FUNCTIONS

    return {function.__name__: function for function in FUNCTIONS}


def __dir__() -> list[str]:
    """Return the public names, the functions among them before they are asked for."""
    return sorted([*__all__, *_functions(), "__version__"])
