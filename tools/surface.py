"""Write the types of the public surface, `xlcalc/__init__.pyi`: `python -m tools.surface`.

Each function has two forms: numbers give a `numpy.float64`, which is a float, and columns of any
kind give an array.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tools import ROOT, write
from xlcalc.functions import FUNCTIONS
from xlcalc.quantities import Flag, LookupResult, Quantity, Several
from xlcalc.renames import aliases
from xlcalc.worksheet import Argument, Spec, spec_of

FILE = ROOT / "xlcalc" / "__init__.pyi"
HEAD = '''"""The types of the public surface. Made by `python -m tools.surface`."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from xlcalc._version import __version__ as __version__
from xlcalc.runs.report import batch as batch
from xlcalc.runs.report import report as report
from xlcalc.workbook import Results as Results
from xlcalc.workbook import Workbook as Workbook
from xlcalc.workbook import load as load

__all__ = ["batch", "load", "report"]

class _Column(Protocol):
    """A column of pandas, polars or another library that numpy reads."""

    def __array__(self) -> NDArray[Any]: ...

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
_Array: TypeAlias = Sequence[Any] | NDArray[Any] | _Column
_Numbers: TypeAlias = _Number | _Array
_Words: TypeAlias = str | _Array
_Flags: TypeAlias = bool | _Array
'''


def stub() -> str:
    """Return the stub: the types of `batch`, two forms of each function, and earlier names."""
    names = sorted(FUNCTIONS, key=lambda function: function.__name__)
    earlier = sorted(f"{a.__name__} = {spec_of(a).current.lower()}" for a in aliases(FUNCTIONS))
    return "\n".join([HEAD, *map(_forms, names), *earlier, ""])


def _forms(function: Callable[..., Any]) -> str:
    spec = spec_of(function)
    single, many = (_form(spec, columns=columns) for columns in (False, True))
    summary = (function.__doc__ or "").partition("\n\n")[0]
    # A column may hold one number, so that the forms overlap; the first one that fits counts.
    ignored = "  # type: ignore[overload-overlap]"
    name = function.__name__
    return (
        f'@overload\ndef {name}({ignored}\n{single}:\n    """{summary}"""\n\n'
        f"@overload\ndef {name}(\n{many}: ..."
    )


def _form(spec: Spec, *, columns: bool) -> str:
    lines = []
    for argument in spec.arguments:
        default = " = ..." if argument.optional else ""
        lines.append(f"    {argument.name}: {_type(argument, columns)}{default},")
    lines.append(f") -> {_returned(spec, columns)}")
    return "\n".join(lines)


def _type(argument: Argument, columns: bool) -> str:
    if isinstance(argument.kind, Several):
        return "_Numbers"  # a range is one argument
    if isinstance(argument.kind, Quantity):
        return "_Numbers" if columns else "_Number"
    if isinstance(argument.kind, Flag):
        return "_Flags" if columns else "bool"
    return "_Words" if columns else "str"


def _returned(spec: Spec, columns: bool) -> str:
    if not isinstance(spec.returns, LookupResult):
        return "NDArray[np.float64]" if columns else "np.float64"
    if columns:
        return "NDArray[Any]"
    return "str" if spec.returns.unit == "text" else "np.float64 | str"


def made() -> Iterator[tuple[str, bytes]]:
    yield FILE.relative_to(ROOT).as_posix(), stub().encode()


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
