"""How much computation and time does an answer take?"""

from xlcalc.functions.machines import FLOP_PER_TFLOP
from xlcalc.quantities import Flop, Gpus, Params, PeakTflops, Seconds, Tokens, Utilisation
from xlcalc.worksheet import worksheet


@worksheet("Inference")
def infer_flops(params: Params, prompt_tokens: Tokens, output_tokens: Tokens) -> Flop:
    """Return the FLOP of one answer, 2·N for each token read or written.

    Parameters
    ----------
    params : array_like [parameters]
        Parameters of the model, the active ones for a mixture of experts.
    prompt_tokens : array_like [tokens]
        Tokens that the model reads (prefill).
    output_tokens : array_like [tokens]
        Tokens that the model writes (decode).

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params is not above 0, or a number of tokens is below 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1: the forward pass is 2 FLOP a parameter.

    Examples
    --------
    >>> print(f"{infer_flops(175e9, 20, 300):.3g}")
    1.12e+14
    """
    return 2.0 * params * (prompt_tokens + output_tokens)


@worksheet("Inference")
def infer_seconds(
    flops: Flop, peak_tflops: PeakTflops, mfu: Utilisation, gpus: Gpus = 1.0
) -> Seconds:
    """Return the seconds that GPUs need for the computation of an answer.

    This is the bound by computation; decoding is often slower, bound by memory bandwidth.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the model.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.
    gpus : array_like [GPUs]
        GPUs that share the work.

    Returns
    -------
    numpy.float64 or numpy.ndarray [s]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    AI大模型专题报告：大模型进展2.0, 2024-05-07.

    Examples
    --------
    >>> print(f"{infer_seconds(1.12e14, 312, 0.462):.3f}")
    0.777
    """
    return flops / (peak_tflops * FLOP_PER_TFLOP * mfu * gpus)
