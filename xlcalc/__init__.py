"""Compute economics in the spreadsheet: what AI training and inference cost.

The names of this package are the worksheet functions as Python functions, and `batch`. They follow
from `xlcalc.registry` when they are first asked for, so that the command line starts before numpy
is imported; their types stand in `__init__.pyi`, which `python -m tools.surface` makes.
"""

from typing import Any

from xlcalc._version import __version__ as __version__


def __getattr__(name: str) -> Any:
    if name == "batch":  # brings workbooks along, which a formula does not need
        from xlcalc.runs.report import batch

        return batch
    if name == "__all__" or not name.startswith("__"):  # the import system asks for others
        from xlcalc.registry import FUNCTIONS

        functions = {function.__name__: function for function in FUNCTIONS}
        globals().update(functions, __all__=sorted(["batch", *functions]))
        if name in globals():
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, the functions among them before they are asked for."""
    return [*__getattr__("__all__"), "__version__"]
