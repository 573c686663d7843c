"""How large should a model be, and how much data should it see?"""

import numpy as np

from xlcalc.quantities import Flop, Params, Tokens, TokensPerParam
from xlcalc.worksheet import worksheet


@worksheet("Scaling laws")
def chinchilla_tokens(params: Params, tokens_per_param: TokensPerParam = 20.0) -> Tokens:
    """Return the training tokens that make a dense model compute-optimal.

    Parameters
    ----------
    params : array_like [parameters]
        Trainable parameters of a dense model.
    tokens_per_param : array_like [tokens/parameter]
        Tokens for each parameter, 20 by the rule of thumb.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556.

    Examples
    --------
    >>> print(f"{chinchilla_tokens(70e9):.3g}")
    1.4e+12
    """
    return tokens_per_param * params


@worksheet("Scaling laws")
def chinchilla_params(flops: Flop, tokens_per_param: TokensPerParam = 20.0) -> Params:
    """Return the parameters that a training budget makes compute-optimal, √(C/(6·r)).

    Parameters
    ----------
    flops : array_like [FLOP]
        Training budget.
    tokens_per_param : array_like [tokens/parameter]
        Tokens for each parameter, 20 by the rule of thumb.

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If flops is below 0, or tokens_per_param is not above 0.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556.

    Examples
    --------
    >>> print(f"{chinchilla_params(5.88e23):.3g}")
    7e+10
    """
    return np.sqrt(flops / (6.0 * tokens_per_param))
