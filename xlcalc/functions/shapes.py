"""How many parameters does a mixture of experts have, and what does a token of it cost?

The functions take the shape of a decoder whose feed-forward blocks are experts, and return all
parameters, those that one token passes through, or its training FLOP.
"""

from typing import Annotated

import numpy as np

from xlcalc.functions.training import ATTENTION_FACTORS, Attention
from xlcalc.quantities import (
    Context,
    Experts,
    ExpertsPerToken,
    Flag,
    FlopPerToken,
    Heads,
    Layers,
    Matrices,
    Number,
    Params,
    SomeExperts,
    SomeLayers,
    SomeWidth,
    Vocabulary,
    Width,
)
from xlcalc.worksheet import worksheet


@worksheet("Shapes of mixtures of experts", since="0.2")
def moe_params(
    layers: Layers,
    d_model: Width,
    heads: Heads,
    kv_heads: Heads,
    head_dim: Width,
    vocab: Vocabulary,
    experts: Experts,
    expert_ffn: Width,
    shared: SomeExperts = 0.0,
    dense_layers: SomeLayers = 0.0,
    dense_ffn: SomeWidth = 0.0,
    ffn_matrices: Matrices = 3.0,
    tied_embeddings: Annotated[bool, Flag()] = False,
) -> Params:
    """Return all parameters of a mixture of experts, counted from its shape.

    Embeddings, attention with grouped key-value heads, experts and their router, dense layers, two
    norms a layer and the last norm. Biases and learned positions are left out.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers, dense ones included.
    d_model : array_like [dimensions]
        Width of the residual stream.
    heads : array_like [heads]
        Query heads of a layer.
    kv_heads : array_like [heads]
        Key-value heads of a layer; equal to heads without grouping.
    head_dim : array_like [dimensions]
        Width of a head.
    vocab : array_like [vocabulary entries]
        Rows of the embedding, padding included.
    experts : array_like [experts]
        Routed experts of a layer.
    expert_ffn : array_like [dimensions]
        Inner width of an expert.
    shared : array_like [experts]
        Experts of a layer that every token passes through, as wide as the routed ones.
    dense_layers : array_like [layers]
        Layers without experts, at most all.
    dense_ffn : array_like [dimensions]
        Inner width of the feed-forward block of a dense layer.
    ffn_matrices : array_like [matrices]
        Matrices of an expert and of a dense block: 3 with a gate (SwiGLU), 2 without.
    tied_embeddings : bool [TRUE/FALSE]
        TRUE where input and output share one embedding.

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, or dense_layers is above layers.

    References
    ----------
    Jiang et al. 2024 (Mixtral), arXiv:2401.04088; Qwen Team 2025 (Qwen3), arXiv:2505.09388.

    Examples
    --------
    >>> print(f"{moe_params(48, 2048, 32, 4, 128, 151936, 128, 768):.0f}")
    30532110336
    """
    attention = 2.0 * d_model * heads * head_dim + 2.0 * d_model * kv_heads * head_dim
    embeddings = vocab * d_model * (1.0 if tied_embeddings else 2.0)
    used = ffn_matrices * d_model * (experts + shared) * expert_ffn
    dense = dense_layers * ffn_matrices * d_model * dense_ffn
    blocks = (layers - dense_layers) * (used + d_model * experts)
    total = embeddings + layers * (attention + 2.0 * d_model) + d_model + dense + blocks
    return np.where(dense_layers <= layers, total, np.nan)


@worksheet("Shapes of mixtures of experts", since="0.2")
def moe_active_params(
    layers: Layers,
    d_model: Width,
    heads: Heads,
    kv_heads: Heads,
    head_dim: Width,
    vocab: Vocabulary,
    experts: Experts,
    expert_ffn: Width,
    experts_per_token: ExpertsPerToken,
    shared: SomeExperts = 0.0,
    dense_layers: SomeLayers = 0.0,
    dense_ffn: SomeWidth = 0.0,
    ffn_matrices: Matrices = 3.0,
    tied_embeddings: Annotated[bool, Flag()] = False,
) -> Params:
    """Return the parameters that one token of a mixture of experts passes through.

    As MOE_PARAMS, with the routed experts of one token alone; embeddings are counted whole.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers, dense ones included.
    d_model : array_like [dimensions]
        Width of the residual stream.
    heads : array_like [heads]
        Query heads of a layer.
    kv_heads : array_like [heads]
        Key-value heads of a layer; equal to heads without grouping.
    head_dim : array_like [dimensions]
        Width of a head.
    vocab : array_like [vocabulary entries]
        Rows of the embedding, padding included.
    experts : array_like [experts]
        Routed experts of a layer, among which the router chooses.
    expert_ffn : array_like [dimensions]
        Inner width of an expert.
    experts_per_token : array_like [experts/token]
        Routed experts that each token goes to, at most all.
    shared : array_like [experts]
        Experts of a layer that every token passes through, as wide as the routed ones.
    dense_layers : array_like [layers]
        Layers without experts, at most all.
    dense_ffn : array_like [dimensions]
        Inner width of the feed-forward block of a dense layer.
    ffn_matrices : array_like [matrices]
        Matrices of an expert and of a dense block: 3 with a gate (SwiGLU), 2 without.
    tied_embeddings : bool [TRUE/FALSE]
        TRUE where input and output share one embedding.

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, dense_layers is above layers, or experts_per_token is
        above experts.

    References
    ----------
    Jiang et al. 2024 (Mixtral), arXiv:2401.04088; Qwen Team 2025 (Qwen3), arXiv:2505.09388.

    Examples
    --------
    >>> print(f"{moe_active_params(48, 2048, 32, 4, 128, 151936, 128, 768, 8):.0f}")
    3353020416
    """
    attention = 2.0 * d_model * heads * head_dim + 2.0 * d_model * kv_heads * head_dim
    embeddings = vocab * d_model * (1.0 if tied_embeddings else 2.0)
    used = ffn_matrices * d_model * (experts_per_token + shared) * expert_ffn
    dense = dense_layers * ffn_matrices * d_model * dense_ffn
    blocks = (layers - dense_layers) * (used + d_model * experts)
    total = embeddings + layers * (attention + 2.0 * d_model) + d_model + dense + blocks
    fits = (dense_layers <= layers) * (experts_per_token <= experts)
    return np.where(fits, total, np.nan)


@worksheet("Shapes of mixtures of experts", since="0.2")
def flops_per_token_mla(
    layers: Layers,
    d_model: Width,
    heads: Heads,
    vocab: Vocabulary,
    context: Context,
    q_rank: SomeWidth,
    kv_rank: Width,
    nope_dim: Width,
    rope_dim: SomeWidth,
    v_dim: Width,
    experts: Experts,
    expert_ffn: Width,
    experts_per_token: ExpertsPerToken,
    shared: SomeExperts = 0.0,
    dense_layers: SomeLayers = 0.0,
    dense_ffn: SomeWidth = 0.0,
    ffn_matrices: Matrices = 3.0,
    attention: Attention = "causal",
) -> FlopPerToken:
    """Return the training FLOP of a token under multi-head latent attention and experts.

    6 FLOP for each parameter of a matrix product, the output embedding counted and the input one
    not, and 3·layers·heads·(nope_dim + rope_dim + v_dim)·context for causal attention.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers, dense ones included.
    d_model : array_like [dimensions]
        Width of the residual stream.
    heads : array_like [heads]
        Query heads of a layer.
    vocab : array_like [vocabulary entries]
        Rows of the output embedding.
    context : array_like [tokens]
        Length of a training sequence.
    q_rank : array_like [dimensions]
        Width of the compressed queries; 0 where they are not compressed.
    kv_rank : array_like [dimensions]
        Width of the compressed keys and values.
    nope_dim : array_like [dimensions]
        Width of a head's key without position.
    rope_dim : array_like [dimensions]
        Width of the key that carries the position.
    v_dim : array_like [dimensions]
        Width of a head's value.
    experts : array_like [experts]
        Routed experts of a layer, among which the router chooses.
    expert_ffn : array_like [dimensions]
        Inner width of an expert.
    experts_per_token : array_like [experts/token]
        Routed experts that each token goes to, at most all.
    shared : array_like [experts]
        Experts of a layer that every token passes through, as wide as the routed ones.
    dense_layers : array_like [layers]
        Layers without experts, at most all.
    dense_ffn : array_like [dimensions]
        Inner width of the feed-forward block of a dense layer.
    ffn_matrices : array_like [matrices]
        Matrices of an expert and of a dense block: 3 with a gate (SwiGLU), 2 without.
    attention : str [choice]
        "causal" counts the half of the scores that a causal mask leaves, "full" all of them.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP/token]
        Forward and backward together; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, dense_layers is above layers, or experts_per_token is
        above experts.
    ChoiceError
        If attention is neither "causal" nor "full".

    References
    ----------
    DeepSeek-AI 2024 (DeepSeek-V3), arXiv:2412.19437, section 4.2 (shape); DeepSeek-AI 2025,
    arXiv:2505.09343, Table 2 (250 GFLOP a token).

    Examples
    --------
    >>> flop = flops_per_token_mla(
    ...     61, 7168, 128, 129280, 4096, 1536, 512, 128, 64, 128, 256, 2048, 8, 1, 3, 18432
    ... )
    >>> print(f"{flop:.3g}")
    2.5e+11
    """
    key = nope_dim + rope_dim
    queries = np.where(q_rank > 0.0, q_rank * (d_model + heads * key), d_model * heads * key)
    keys = d_model * (kv_rank + rope_dim) + kv_rank * heads * (nope_dim + v_dim)
    layer = queries + keys + heads * v_dim * d_model
    used = ffn_matrices * d_model * (experts_per_token + shared) * expert_ffn
    dense = dense_layers * ffn_matrices * d_model * dense_ffn
    blocks = (layers - dense_layers) * (used + d_model * experts)
    products: Number = vocab * d_model + layers * layer + dense + blocks
    # The factor holds for scores and values of one width; half of it is for each of them.
    half = ATTENTION_FACTORS[attention] / 2.0
    total = 6.0 * products + half * layers * heads * (key + v_dim) * context
    fits = (dense_layers <= layers) * (experts_per_token <= experts)
    return np.where(fits, total, np.nan)


FUNCTIONS = (
    moe_params,
    moe_active_params,
    flops_per_token_mla,
)
"""The functions of this topic, in the order of the function reference."""
