"""How large a batch is worth its computation, and how much faster does a draft make decoding?

The functions take the noise of gradients, batches or the rate at which guesses are accepted, and
return examples, steps, tokens or a speed-up.
"""

import numpy as np

from xlcalc.quantities import (
    Batch,
    Examples,
    Factor,
    GradientNorm,
    GradientVariance,
    Ratio,
    Share,
    Steps,
    Tokens,
)
from xlcalc.worksheet import worksheet


@worksheet("Batches and drafts", since="0.2")
def noise_scale(
    gradient_variance: GradientVariance, gradient_norm_squared: GradientNorm
) -> Examples:
    """Return the batch at which the noise of a gradient is as large as the gradient.

    Smaller batches save computation, larger ones steps; CRITICAL_BATCH estimates it from the loss.

    Parameters
    ----------
    gradient_variance : array_like [gradient²]
        Variance of one example's gradient, added up over all parameters: tr(Σ).
    gradient_norm_squared : array_like [gradient²]
        Square of the true gradient's length: |G|².

    Returns
    -------
    numpy.float64 or numpy.ndarray [examples]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If gradient_variance is below 0, or gradient_norm_squared is not above 0.

    References
    ----------
    McCandlish et al. 2018, An Empirical Model of Large-Batch Training, arXiv:1812.06162,
    equation 2.9.

    Examples
    --------
    >>> print(f"{noise_scale(50, 0.025):.0f}")
    2000
    """
    return gradient_variance / gradient_norm_squared


@worksheet("Batches and drafts", since="0.2")
def batch_steps(batch: Batch, critical_batch: Batch, min_steps: Steps) -> Steps:
    """Return the steps that training takes at a batch, S·(1 + B_c/B).

    Parameters
    ----------
    batch : array_like [tokens]
        Tokens of a step, B.
    critical_batch : array_like [tokens]
        Batch at which steps and tokens are twice their least, as CRITICAL_BATCH gives it, B_c.
    min_steps : array_like [steps]
        Steps that no batch goes below, S.

    Returns
    -------
    numpy.float64 or numpy.ndarray [steps]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a batch is not above 0, or min_steps is below 0.

    References
    ----------
    McCandlish et al. 2018, arXiv:1812.06162, equation 2.11.

    Examples
    --------
    >>> print(f"{batch_steps(4e6, 1e6, 100_000):.0f}")
    125000
    """
    return min_steps * (1.0 + critical_batch / batch)


@worksheet("Batches and drafts", since="0.2")
def batch_tokens(batch: Batch, critical_batch: Batch, min_tokens: Tokens) -> Tokens:
    """Return the tokens that training takes at a batch, E·(1 + B/B_c).

    Parameters
    ----------
    batch : array_like [tokens]
        Tokens of a step, B.
    critical_batch : array_like [tokens]
        Batch at which steps and tokens are twice their least, as CRITICAL_BATCH gives it, B_c.
    min_tokens : array_like [tokens]
        Tokens that no batch goes below, E.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a batch is not above 0, or min_tokens is below 0.

    References
    ----------
    McCandlish et al. 2018, arXiv:1812.06162, equation 2.11.

    Examples
    --------
    >>> print(f"{batch_tokens(4e6, 1e6, 1e11):.3g}")
    5e+11
    """
    return min_tokens * (1.0 + batch / critical_batch)


@worksheet("Batches and drafts", since="0.2")
def speculative_speedup(acceptance: Share, draft_tokens: Tokens, draft_cost: Ratio) -> Factor:
    """Return how much faster decoding is where a small model drafts and the large one checks.

    Parameters
    ----------
    acceptance : array_like [ratio]
        Rate at which a drafted token is accepted, between 0 and 1, α.
    draft_tokens : array_like [tokens]
        Tokens that are drafted for each check, γ.
    draft_cost : array_like [ratio]
        Time of one step of the small model over one of the large model, c.

    Returns
    -------
    numpy.float64 or numpy.ndarray [×]
        (1 - α^(γ+1))/((1 - α)·(γ·c + 1)), below 1 where drafting does not pay; shape of the
        arguments broadcast together.

    Raises
    ------
    DomainError
        If acceptance is not between 0 and 1, or another argument is below 0.

    References
    ----------
    Leviathan et al. 2022, Fast Inference from Transformers via Speculative Decoding,
    arXiv:2211.17192, theorem 3.8.

    Examples
    --------
    >>> print(f"{speculative_speedup(0.8, 4, 0.05):.2f}")
    2.80
    """
    rejected = 1.0 - acceptance
    # Where all are accepted, a check gives all drafted tokens and one of its own.
    made = np.where(
        rejected > 0.0, (1.0 - acceptance ** (draft_tokens + 1.0)) / rejected, draft_tokens + 1.0
    )
    return made / (draft_tokens * draft_cost + 1.0)


FUNCTIONS = (
    noise_scale,
    batch_steps,
    batch_tokens,
    speculative_speedup,
)
"""The functions of this topic, in the order of the function reference."""
