"""Does a formula divide by zero, or is its result infinite because it is too large?

`divides_by_zero` evaluates the formula once more and watches each step: a step that makes infinity
of finite numbers, one of which is 0, divides by zero (1/0, 0^-2, ln 0). A product or a sum that is
too large has no such operand. The processor's own flag for this is not asked: WebAssembly, which
Python in a browser runs on, has none.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class _Watched(np.ndarray):
    """A number whose every step is watched; the results of its steps are watched too."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *operands: Any, **options: Any) -> Any:
        numbers = [np.asarray(operand) for operand in operands]
        if "out" in options:  # as `rate /= hours` has it, which writes over an operand
            options["out"] = tuple(np.asarray(place) for place in options["out"])
            numbers = [number.copy() for number in numbers]
        result = getattr(ufunc, method)(*numbers, **options)
        if method == "__call__" and _made_of_zero(result, numbers):
            raise ZeroDivisionError
        return np.asarray(result).view(_Watched)


def divides_by_zero(formula: Callable[..., Any], values: Sequence[Any]) -> bool:
    """Return whether a formula divides by zero for some arguments.

    Parameters
    ----------
    formula : callable
        What is evaluated; a number goes in as an array without dimensions.
    values : sequence
        The arguments; np.float64 and arrays of them are watched, all others handed on.
    """
    watched = [
        np.asarray(value).view(_Watched) if isinstance(value, np.float64 | np.ndarray) else value
        for value in values
    ]
    try:
        with np.errstate(all="ignore"):
            formula(*watched)
    except ZeroDivisionError:
        return True
    # A function of others may do with a number what an array does not let it do: then the flag of
    # the processor is asked, which WebAssembly does not have.
    except Exception:  # noqa: BLE001
        return _raises_the_flag(formula, values)
    return False


def _raises_the_flag(formula: Callable[..., Any], values: Sequence[Any]) -> bool:
    try:
        with np.errstate(divide="raise", over="ignore", invalid="ignore"):
            formula(*values)
    except FloatingPointError:
        return True
    return False


def _made_of_zero(result: Any, operands: Sequence[NDArray[Any]]) -> bool:
    """Return whether an element is infinite out of finite operands of which one is 0."""
    if not isinstance(result, np.floating | np.ndarray) or result.dtype.kind != "f":
        return False
    infinite = np.isinf(result)
    if not infinite.any():  # as most steps, and rows without a finite result may be many
        return False
    zero = np.zeros_like(infinite)
    for operand in operands:
        infinite = infinite & np.isfinite(operand)
        zero = zero | (operand == 0)
    return bool((infinite & zero).any())
