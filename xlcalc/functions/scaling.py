"""How large should a model be, how much data should it see, and how good does it become?

The functions take parameters, tokens or a budget of FLOP, and return the best model, its data, or
its loss in nats a token. `FITS` has the constants of each published fit with their source.
"""

from dataclasses import dataclass
from typing import Annotated, Any, cast

import numpy as np
from numpy.typing import NDArray

from xlcalc.quantities import (
    Choice,
    Flop,
    Loss,
    Params,
    Tokens,
    TokensPerParam,
)
from xlcalc.worksheet import worksheet


@dataclass(frozen=True)
class Fit:
    """Constants of the loss E + A/N^α + B/D^β, and where they were published."""

    irreducible: float
    params_factor: float
    tokens_factor: float
    params_exponent: float
    tokens_exponent: float
    source: str


FITS = {
    "besiroglu2024": Fit(
        1.81686, 482.00572, 2085.43420, 0.34781, 0.36585, "Besiroglu et al. 2024, arXiv:2404.10102"
    ),
    "hoffmann2022": Fit(
        1.69337,
        406.401,
        410.723,
        0.33917084,
        0.2849083,
        "Hoffmann et al. 2022, arXiv:2203.15556, unrounded, from the paper's source",
    ),
    "hoffmann2022-rounded": Fit(
        1.69,
        406.4,
        410.7,
        0.34,
        0.28,
        "Hoffmann et al. 2022, arXiv:2203.15556, as printed; off by 1.6 to 2.2 times against the "
        "paper's own Table A3",
    ),
}
"""Competing fits of one law, side by side."""

FitName = Annotated[str, Choice(tuple(FITS), tuple(fit.source for fit in FITS.values()))]


@worksheet("Scaling laws", since="0.1")
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


@worksheet("Scaling laws", since="0.1")
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


@worksheet("Scaling laws", since="0.1")
def optimal_params(flops: Flop, fit: FitName = "besiroglu2024") -> Params:
    """Return the parameters that give the lowest loss for a training budget.

    The closed form of the loss E + A/N^α + B/D^β under C = 6·N·D.

    Parameters
    ----------
    flops : array_like [FLOP]
        Training budget.
    fit : str [choice]
        Published constants: "besiroglu2024", "hoffmann2022" or "hoffmann2022-rounded".

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If flops is below 0.
    ChoiceError
        If the fit is unknown.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556, equation 4; Besiroglu et al. 2024, arXiv:2404.10102.

    Examples
    --------
    >>> print(f"{optimal_params(5.76e23):.3g}")
    7.24e+10
    """
    constants = FITS[fit]
    total = constants.params_exponent + constants.tokens_exponent
    return _balance(constants) * _power(flops / 6.0, constants.tokens_exponent / total)


@worksheet("Scaling laws", since="0.1")
def optimal_tokens(flops: Flop, fit: FitName = "besiroglu2024") -> Tokens:
    """Return the training tokens that give the lowest loss for a training budget.

    The closed form of the loss E + A/N^α + B/D^β under C = 6·N·D.

    Parameters
    ----------
    flops : array_like [FLOP]
        Training budget.
    fit : str [choice]
        Published constants: "besiroglu2024", "hoffmann2022" or "hoffmann2022-rounded".

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If flops is below 0.
    ChoiceError
        If the fit is unknown.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556, equation 4; Besiroglu et al. 2024, arXiv:2404.10102.

    Examples
    --------
    >>> print(f"{optimal_tokens(5.76e23):.3g}")
    1.33e+12
    """
    constants = FITS[fit]
    total = constants.params_exponent + constants.tokens_exponent
    return _power(flops / 6.0, constants.params_exponent / total) / _balance(constants)


@worksheet("Scaling laws", since="0.1")
def scaling_loss(params: Params, tokens: Tokens, fit: FitName = "besiroglu2024") -> Loss:
    """Return the loss that a dense model reaches on its training text, E + A/N^α + B/D^β.

    Parameters
    ----------
    params : array_like [parameters]
        Trainable parameters of a dense model.
    tokens : array_like [tokens]
        Training tokens.
    fit : str [choice]
        Published constants: "besiroglu2024", "hoffmann2022" or "hoffmann2022-rounded".

    Returns
    -------
    numpy.float64 or numpy.ndarray [nats/token]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params is not above 0, or tokens is below 0.
    DivisionByZeroError
        If tokens is 0.
    ChoiceError
        If the fit is unknown.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556, equation 10; Besiroglu et al. 2024, arXiv:2404.10102.

    Examples
    --------
    >>> print(f"{scaling_loss(70e9, 1.4e12):.3f}")
    1.973
    """
    constants = FITS[fit]
    return (
        constants.irreducible
        + constants.params_factor / _power(params, constants.params_exponent)
        + constants.tokens_factor / _power(tokens, constants.tokens_exponent)
    )


@worksheet("Scaling laws", since="0.1")
def kaplan_loss(params: Params) -> Loss:
    """Return the loss of a model that never lacks data, (8.8e13/N)^0.076.

    Parameters
    ----------
    params : array_like [parameters]
        Parameters without the embeddings.

    Returns
    -------
    numpy.float64 or numpy.ndarray [nats/token]
        Shape of the argument.

    Raises
    ------
    DomainError
        If params is not above 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, equation 1.1.

    Examples
    --------
    >>> print(f"{kaplan_loss(1e9):.3f}")
    2.376
    """
    return _power(8.8e13 / params, 0.076)


@worksheet("Scaling laws", since="0.1")
def critical_batch(loss: Loss) -> Tokens:
    """Return the batch beyond which larger batches save little time, 2.1e8·L^(-1/0.21).

    Parameters
    ----------
    loss : array_like [nats/token]
        Loss reached in training.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the argument.

    Raises
    ------
    DomainError
        If loss is not above 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, equation 1.4.

    Examples
    --------
    >>> print(f"{critical_batch(3):.3g}")
    1.12e+06
    """
    return 2.1e8 * _power(loss, -1.0 / 0.21)


def _balance(fit: Fit) -> float:
    """Return G of Hoffmann's equation 4, which splits a budget between parameters and tokens."""
    ratio = (fit.params_exponent * fit.params_factor) / (fit.tokens_exponent * fit.tokens_factor)
    return float(ratio ** (1.0 / (fit.params_exponent + fit.tokens_exponent)))


def _power(base: Any, exponent: float) -> NDArray[np.float64]:
    """Return a power that is the same alone and in a range, and on every processor.

    numpy's own depends on the instructions that the processor has, in the last digit. In extended
    precision it is the C library's, and nearly always the closest number there is.
    """
    extended = np.power(base, exponent, dtype=np.longdouble)
    return cast("NDArray[np.float64]", np.positive(extended, dtype=np.float64, casting="same_kind"))


FUNCTIONS = (
    chinchilla_tokens,
    chinchilla_params,
    optimal_params,
    optimal_tokens,
    scaling_loss,
    kaplan_loss,
    critical_batch,
)
"""The functions of this topic, in the order of the function reference."""
