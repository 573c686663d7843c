"""What do a mixture of experts and a long context change?

The functions take the shape of a model or the load of its experts, and return shares, ratios,
seconds or FLOP.
"""

from xlcalc.functions.training import Attention, attention_per_token
from xlcalc.quantities import (
    BandwidthGbs,
    BytesPerValue,
    Context,
    ExpertsPerToken,
    Factor,
    Flop,
    Heads,
    Layers,
    Params,
    Ratio,
    Seconds,
    Share,
    SomeLayers,
    Tokens,
    Utilisation,
    Width,
    Window,
)
from xlcalc.worksheet import worksheet

BYTES_PER_GB = 1e9


@worksheet("Mixture of experts and long context", since="0.1")
def active_fraction(total_params: Params, active_params: Params) -> Ratio:
    """Return the share of its parameters that a token uses.

    FLOP of training and inference follow the active parameters, memory follows all of them.

    Parameters
    ----------
    total_params : array_like [parameters]
        All parameters.
    active_params : array_like [parameters]
        Parameters that one token passes through.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Fedus et al. 2021 (Switch Transformer), arXiv:2101.03961.

    Examples
    --------
    >>> print(f"{active_fraction(671e9, 37e9):.3f}")
    0.055
    """
    return active_params / total_params


@worksheet("Mixture of experts and long context", since="0.1")
def expert_slowdown(token_share: Share, expert_share: Utilisation) -> Factor:
    """Return how much longer a step takes because the busiest experts hold it up.

    Parameters
    ----------
    token_share : array_like [ratio]
        Share of the tokens that go to the busiest experts.
    expert_share : array_like [ratio]
        Share of the experts that are the busiest.

    Returns
    -------
    numpy.float64 or numpy.ndarray [×]
        1 for an even load; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If token_share is not between 0 and 1, or expert_share is not in (0, 1].

    References
    ----------
    ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024: 15 % of the experts handle 75 % of the data.

    Examples
    --------
    >>> print(f"{expert_slowdown(0.75, 0.15):.1f}")
    5.0
    """
    return token_share / expert_share


@worksheet("Mixture of experts and long context", since="0.1")
def all_to_all_seconds(
    tokens: Tokens,
    d_model: Width,
    experts_per_token: ExpertsPerToken,
    bandwidth_gbs: BandwidthGbs,
    bytes_per_value: BytesPerValue = 2.0,
) -> Seconds:
    """Return the seconds that tokens travel to their experts and back in one layer, forward.

    Parameters
    ----------
    tokens : array_like [tokens]
        Tokens that one GPU sends.
    d_model : array_like [dimensions]
        Width of a token.
    experts_per_token : array_like [experts/token]
        Experts that each token goes to.
    bandwidth_gbs : array_like [GB/s]
        Bandwidth of one GPU in one direction.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 2 for BF16, 1 for FP8.

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
    Lepikhin et al. 2020 (GShard), arXiv:2006.16668: one all-to-all dispatches, one combines.

    Examples
    --------
    >>> print(f"{all_to_all_seconds(4096, 7168, 8, 50):.4f}")
    0.0188
    """
    sent = tokens * experts_per_token * d_model * bytes_per_value
    return 2.0 * sent / (bandwidth_gbs * BYTES_PER_GB)


@worksheet("Mixture of experts and long context", since="0.1")
def attention_flops(
    layers: Layers,
    heads: Heads,
    head_dim: Width,
    context: Context,
    tokens: Tokens,
    attention: Attention = "causal",
    window: Window = 0.0,
    window_layers: SomeLayers = 0.0,
) -> Flop:
    """Return the FLOP of attention over all tokens, forward and backward.

    They grow with context × tokens: with the square of the length for one sequence.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    heads : array_like [heads]
        Query heads of a layer.
    head_dim : array_like [dimensions]
        Width of a head.
    context : array_like [tokens]
        Length of a sequence.
    tokens : array_like [tokens]
        Tokens in all sequences.
    attention : str [choice]
        "causal" counts the half of the scores that a causal mask leaves, "full" all of them.
    window : array_like [tokens]
        Tokens back that a layer with sliding-window attention sees.
    window_layers : array_like [layers]
        Layers with such a window, at most all; 0 without any.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, or window_layers is above layers.
    ChoiceError
        If attention is neither "causal" nor "full".

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B.

    Examples
    --------
    >>> print(f"{attention_flops(80, 64, 128, 8192, 1):.3g}")
    3.22e+10
    """
    scores = attention_per_token(layers, heads, head_dim, context, attention, window, window_layers)
    return scores * tokens


@worksheet("Mixture of experts and long context", since="0.1")
def attention_share(
    params: Params,
    layers: Layers,
    heads: Heads,
    head_dim: Width,
    context: Context,
    attention: Attention = "causal",
    window: Window = 0.0,
    window_layers: SomeLayers = 0.0,
) -> Ratio:
    """Return the share of attention in the training FLOP of a token.

    Parameters
    ----------
    params : array_like [parameters]
        Parameters, the active ones for a mixture of experts.
    layers : array_like [layers]
        Transformer layers.
    heads : array_like [heads]
        Query heads of a layer.
    head_dim : array_like [dimensions]
        Width of a head.
    context : array_like [tokens]
        Length of a sequence.
    attention : str [choice]
        "causal" counts the half of the scores that a causal mask leaves, "full" all of them.
    window : array_like [tokens]
        Tokens back that a layer with sliding-window attention sees.
    window_layers : array_like [layers]
        Layers with such a window, at most all; 0 without any.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, or window_layers is above layers.
    ChoiceError
        If attention is neither "causal" nor "full".

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B.

    Examples
    --------
    >>> print(f"{attention_share(70e9, 80, 64, 128, 131072):.3f}")
    0.551
    """
    scores = attention_per_token(layers, heads, head_dim, context, attention, window, window_layers)
    return scores / (6.0 * params + scores)


@worksheet("Mixture of experts and long context", since="0.1")
def context_cost_ratio(
    params: Params,
    layers: Layers,
    heads: Heads,
    head_dim: Width,
    context: Context,
    base_context: Context,
    attention: Attention = "causal",
    window: Window = 0.0,
    window_layers: SomeLayers = 0.0,
) -> Factor:
    """Return what a token costs in training at one context length over another.

    Parameters
    ----------
    params : array_like [parameters]
        Parameters, the active ones for a mixture of experts.
    layers : array_like [layers]
        Transformer layers.
    heads : array_like [heads]
        Query heads of a layer.
    head_dim : array_like [dimensions]
        Width of a head.
    context : array_like [tokens]
        Length of a sequence.
    base_context : array_like [tokens]
        Length of a sequence to compare with.
    attention : str [choice]
        "causal" counts the half of the scores that a causal mask leaves, "full" all of them.
    window : array_like [tokens]
        Tokens back that a layer with sliding-window attention sees.
    window_layers : array_like [layers]
        Layers with such a window, at most all; 0 without any.

    Returns
    -------
    numpy.float64 or numpy.ndarray [×]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, or window_layers is above layers.
    ChoiceError
        If attention is neither "causal" nor "full".

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B.

    Examples
    --------
    >>> print(f"{context_cost_ratio(70e9, 80, 64, 128, 131072, 8192):.2f}")
    2.07
    """
    long, base = (
        6.0 * params
        + attention_per_token(layers, heads, head_dim, length, attention, window, window_layers)
        for length in (context, base_context)
    )
    return long / base


FUNCTIONS = (
    active_fraction,
    expert_slowdown,
    all_to_all_seconds,
    attention_flops,
    attention_share,
    context_cost_ratio,
)
"""The functions of this topic, in the order of the function reference."""
