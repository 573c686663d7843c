"""How many whole machines, sequences or patches does a quotient make?

A quotient of decimal numbers is taken on its 15 significant digits, all that a spreadsheet shows,
before it is rounded up or down: 97.00000000000001 GPUs are 97, and 97.0000000000001 are 98.
Python, engines and the LAMBDA form take the same steps, and so give the same whole number.
"""

import numpy as np

from xlcalc.quantities import Number


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
    # Above 0 itself no number has 15 digits that are 0: the least one stands for its logarithm.
    digits = _last_digits(quotient - below, np.maximum(below, 1e-290))
    return np.where(digits <= 5.0, below, np.ceil(quotient))


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
    below, above = np.floor(quotient), np.ceil(quotient)
    # Those whose 15 digits are 1 lie between 0.1 and 1.
    digits = _last_digits(above - quotient, np.maximum(below, 0.1))
    return np.where(digits <= 5.0, above, below)


def _last_digits(distance: Number, whole: Number) -> Number:
    """Return a distance in tenths of the 15th significant digit, 5 for half of it.

    The whole number below has as many digits, and its logarithm is never that of the next power
    of ten. The count is compared and not the distance: engines take tiny numbers for equal.
    """
    return distance * 10.0 ** (15.0 - np.floor(np.log10(whole)))
