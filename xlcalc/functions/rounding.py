"""How many whole machines, sequences or patches does a quotient make?

A quotient of decimal numbers is taken on its 15 significant digits, all that a spreadsheet shows,
before it is rounded up or down: 97.00000000000001 GPUs are 97, and 97.0000000000001 are 98.
Python, engines and the LAMBDA form take the same steps, and so give the same whole number.
"""

import numpy as np

from xlcalc.quantities import Number

_SMALLEST = 1e-290
"""Keeps the logarithm of 0 finite, and the power of ten of its digits below the largest double."""


def whole_up(quotient: Number) -> Number:
    """Return the whole number at or above a number, which is taken on 15 significant digits.

    Parameters
    ----------
    quotient : float or array
        Numbers from 0 on; those below 0 are rounded as they are.

    Returns
    -------
    float or array
        The whole number below if the 15 digits are that number, else the one above.
    """
    below = np.floor(quotient)
    return np.where(_last_digits(quotient - below, quotient) <= 5.0, below, np.ceil(quotient))


def whole_down(quotient: Number) -> Number:
    """Return the whole number at or below a number, which is taken on 15 significant digits.

    Parameters
    ----------
    quotient : float or array
        Numbers from 0 on; those below 0 are rounded as they are.

    Returns
    -------
    float or array
        The whole number above if the 15 digits are that number, else the one below.
    """
    above = np.ceil(quotient)
    return np.where(_last_digits(above - quotient, quotient) <= 5.0, above, np.floor(quotient))


def _last_digits(distance: Number, number: Number) -> Number:
    """Return a distance in tenths of a number's 15th significant digit, 5 for half of it.

    The count is compared and not the distance: engines take tiny numbers for equal.
    """
    exponent = np.floor(np.log10(np.maximum(number, _SMALLEST)))
    return distance * 10.0 ** (15.0 - exponent)
