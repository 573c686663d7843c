"""Compute economics in the spreadsheet: what AI training and inference cost.

Each worksheet function is a Python function of the same name in small letters, for numbers, lists,
numpy arrays and columns of data frames:

    >>> import xlcalc
    >>> print(f"{xlcalc.gpu_days(3.15e23, 312, 0.462):,.0f}")
    25,293

`load` opens a workbook as a function of its named cells, without Excel; `batch` writes a workbook
for each row of a table, and `report` does what a configuration says. `dir(xlcalc)` has all names,
`help(xlcalc.gpu_days)` says what one does, and `xlcalc functions` lists them by topic on the
command line. Their types stand in `__init__.pyi`, which `python -m tools.surface` makes.
"""

from importlib import import_module
from typing import Any

from xlcalc._version import __version__ as __version__

__all__ = ["batch", "load", "report"]
"""What `from xlcalc import *` brings. The functions, a hundred names, are asked for by theirs."""

_MODULES = {
    "Results": "xlcalc.workbook",
    "Workbook": "xlcalc.workbook",
    "batch": "xlcalc.runs.report",
    "load": "xlcalc.workbook",
    "report": "xlcalc.runs.report",
}


def __getattr__(name: str) -> Any:
    # When they are first asked for, so that the command line starts before numpy is imported.
    if name in _MODULES:  # they bring workbooks along, which a formula does not need
        globals()[name] = getattr(import_module(_MODULES[name]), name)
        return globals()[name]
    if not name.startswith("__"):  # the import system asks for those
        globals().update(_functions(ours=True))
        if name not in globals():
            globals().update(_functions())
        if name in globals():
            return globals()[name]
        return _by_earlier_name(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _by_earlier_name(name: str) -> Any:
    """Return a function that has another name now, with a warning that says which."""
    from xlcalc.registry import ALIASES
    from xlcalc.renames import renamed
    from xlcalc.worksheet import spec_of

    for function in ALIASES:
        if function.__name__ == name:
            import warnings

            warnings.warn(renamed(spec_of(function)), DeprecationWarning, stacklevel=3)
            return function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _functions(*, ours: bool = False) -> dict[str, Any]:
    """Return the functions by name: all, or ours alone, which those of others may be made of."""
    if ours:
        from xlcalc.functions import FUNCTIONS
    else:
        from xlcalc.registry import FUNCTIONS

    return {function.__name__: function for function in FUNCTIONS}


def __dir__() -> list[str]:
    """Return the public names, the functions among them before they are asked for."""
    return sorted([*_MODULES, *_functions(), "__version__"])
