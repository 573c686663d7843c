"""Compute economics in the spreadsheet: what AI training and inference cost.

The names of this package are the worksheet functions as Python functions, and `batch`. They follow
from `xlcalc.registry`; their types stand in `__init__.pyi`, which `python -m tools.surface` makes.
"""

from typing import Any

from xlcalc._version import __version__ as __version__
from xlcalc.registry import FUNCTIONS

globals().update({function.__name__: function for function in FUNCTIONS})
__all__ = sorted(["batch", *(function.__name__ for function in FUNCTIONS)])


def __getattr__(name: str) -> Any:
    if name == "batch":  # brings workbooks along, which a formula does not need
        from xlcalc.runs.report import batch

        return batch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
