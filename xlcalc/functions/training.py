"""How much computation does it take to train a language model?

The functions take parameters and tokens, or the shape of a decoder, and return FLOP or parameters.
"""

from typing import Annotated

import numpy as np

from xlcalc.quantities import (
    Choice,
    Context,
    Flag,
    Flop,
    FlopPerParamToken,
    FlopPerStep,
    FlopPerToken,
    Heads,
    Layers,
    Matrices,
    Number,
    Params,
    Sequences,
    SomeLayers,
    Tokens,
    Vocabulary,
    Width,
    Window,
)
from xlcalc.worksheet import worksheet

ATTENTION_FACTORS = {"causal": 6.0, "full": 12.0}
"""FLOP per layer, head dimension and context token, forward and backward.

A causal mask leaves half of the score matrix (Megatron-LM and MaxText since 2025);
PaLM's appendix B and nanoGPT count the whole of it.
"""

Attention = Annotated[
    str,
    Choice(
        tuple(ATTENTION_FACTORS),
        (
            "The causal mask leaves half of the score matrix, 6 FLOP",
            "The whole score matrix is counted, 12 FLOP",
        ),
    ),
]
Recompute = Annotated[
    str,
    Choice(
        ("none", "selective", "full"),
        (
            "Every activation is kept",
            "The attention scores are computed again",
            "Each layer is computed again from its input",
        ),
    ),
]


@worksheet("Training compute", since="0.1")
def train_flops(
    params: Params, tokens: Tokens, flops_per_param_token: FlopPerParamToken = 6.0
) -> Flop:
    """Return the FLOP that training takes, k·N·D.

    One multiply-add is 2 FLOP; the forward pass costs one unit and the backward pass two, so k is
    2 × 3 = 6. For a mixture of experts give the active parameters.

    Parameters
    ----------
    params : array_like [parameters]
        Trainable parameters, the active ones for a mixture of experts.
    tokens : array_like [tokens]
        Tokens seen in training, repeated ones counted each time.
    flops_per_param_token : array_like [FLOP/(parameter·token)]
        FLOP for each parameter and token: 6 for a dense decoder, 3 for an encoder-decoder, 8 with
        full recomputation.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params or flops_per_param_token is not above 0, or tokens is below 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1; Brown et al. 2020, arXiv:2005.14165,
    appendix D.

    Examples
    --------
    >>> print(f"{train_flops(175e9, 300e9):.3g}")
    3.15e+23
    """
    return flops_per_param_token * params * tokens


@worksheet("Training compute", since="0.1")
def forward_flops(params: Params, tokens: Tokens) -> Flop:
    """Return the FLOP of the forward pass over the training tokens, 2·N·D.

    Parameters
    ----------
    params : array_like [parameters]
        Trainable parameters, the active ones for a mixture of experts.
    tokens : array_like [tokens]
        Tokens that pass through the model.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params is not above 0, or tokens is below 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1.

    Examples
    --------
    >>> print(f"{forward_flops(175e9, 300e9):.3g}")
    1.05e+23
    """
    return 2.0 * params * tokens


@worksheet("Training compute", since="0.1")
def backward_flops(params: Params, tokens: Tokens) -> Flop:
    """Return the FLOP of the backward pass over the training tokens, 4·N·D.

    Parameters
    ----------
    params : array_like [parameters]
        Trainable parameters, the active ones for a mixture of experts.
    tokens : array_like [tokens]
        Tokens that pass through the model.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params is not above 0, or tokens is below 0.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, section 2.1.

    Examples
    --------
    >>> print(f"{backward_flops(175e9, 300e9):.3g}")
    2.1e+23
    """
    return 4.0 * params * tokens


@worksheet("Training compute", since="0.1")
def model_params(
    layers: Layers,
    d_model: Width,
    ffn_dim: Width,
    heads: Heads,
    kv_heads: Heads,
    head_dim: Width,
    vocab: Vocabulary,
    ffn_matrices: Matrices = 3.0,
    tied_embeddings: Annotated[bool, Flag()] = False,
    biases: Annotated[bool, Flag()] = False,
) -> Params:
    """Return the parameters of a dense decoder, counted from its shape.

    Embeddings, attention with grouped key-value heads, feed-forward matrices and two norms a
    layer, and the last norm. Learned positions are left out.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    d_model : array_like [dimensions]
        Width of the residual stream.
    ffn_dim : array_like [dimensions]
        Inner width of the feed-forward block.
    heads : array_like [heads]
        Query heads of a layer.
    kv_heads : array_like [heads]
        Key-value heads of a layer; equal to heads without grouping.
    head_dim : array_like [dimensions]
        Width of a head.
    vocab : array_like [vocabulary entries]
        Rows of the embedding, padding included.
    ffn_matrices : array_like [matrices]
        Feed-forward matrices of a layer: 3 with a gate (SwiGLU), 2 without.
    tied_embeddings : bool [TRUE/FALSE]
        TRUE where input and output share one embedding.
    biases : bool [TRUE/FALSE]
        TRUE where every matrix of a layer and every norm has a bias: (11·layers + 1)·d_model of
        them in a GPT.

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is not above 0.

    References
    ----------
    Touvron et al. 2023, arXiv:2307.09288 (shapes); Narayanan et al. 2021, arXiv:2104.04473,
    Table 1; llm-foundry's MPT (biases).

    Examples
    --------
    >>> print(f"{model_params(32, 4096, 11008, 32, 32, 128, 32000):.0f}")
    6738415616
    """
    embeddings = vocab * d_model * (1.0 if tied_embeddings else 2.0)
    layer = _layer_matrices(d_model, ffn_dim, heads, kv_heads, head_dim, ffn_matrices)
    total = embeddings + layers * (layer + 2.0 * d_model) + d_model
    if not biases:
        return total
    # Each matrix has one bias for a number that it puts out, and each norm as many as scales.
    of_attention = heads * head_dim + 2.0 * kv_heads * head_dim + d_model
    of_ffn = (ffn_matrices - 1.0) * ffn_dim + d_model
    return total + layers * (of_attention + of_ffn + 2.0 * d_model) + d_model


@worksheet("Training compute", since="0.1")
def flops_per_token(
    layers: Layers,
    d_model: Width,
    ffn_dim: Width,
    heads: Heads,
    kv_heads: Heads,
    head_dim: Width,
    vocab: Vocabulary,
    context: Context,
    ffn_matrices: Matrices = 3.0,
    attention: Attention = "causal",
    window: Window = 0.0,
    window_layers: SomeLayers = 0.0,
) -> FlopPerToken:
    """Return the training FLOP of one token, attention over its context included.

    6 FLOP for each parameter of a matrix product, the output embedding counted and the input one
    not, and κ·layers·heads·head_dim·context for attention; forward and backward together. A layer
    with a sliding window counts the window in place of a longer context.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    d_model : array_like [dimensions]
        Width of the residual stream.
    ffn_dim : array_like [dimensions]
        Inner width of the feed-forward block.
    heads : array_like [heads]
        Query heads of a layer.
    kv_heads : array_like [heads]
        Key-value heads of a layer; equal to heads without grouping.
    head_dim : array_like [dimensions]
        Width of a head.
    vocab : array_like [vocabulary entries]
        Rows of the output embedding.
    context : array_like [tokens]
        Length of a training sequence.
    ffn_matrices : array_like [matrices]
        Feed-forward matrices of a layer: 3 with a gate (SwiGLU), 2 without.
    attention : str [choice]
        "causal" counts the half of the scores that a causal mask leaves, "full" all of them.
    window : array_like [tokens]
        Tokens back that a layer with sliding-window attention sees.
    window_layers : array_like [layers]
        Layers with such a window, at most all; 0 without any.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP/token]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain, or window_layers is above layers.
    ChoiceError
        If attention is neither "causal" nor "full".

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B; Megatron Bridge performance
    summary.

    Examples
    --------
    >>> print(f"{flops_per_token(80, 8192, 28672, 64, 8, 128, 128256, 8192):.3g}")
    4.49e+11
    """
    layer = _layer_matrices(d_model, ffn_dim, heads, kv_heads, head_dim, ffn_matrices)
    scores = attention_per_token(layers, heads, head_dim, context, attention, window, window_layers)
    return 6.0 * (vocab * d_model + layers * layer) + scores


@worksheet("Training compute", since="0.1")
def iteration_flops(
    batch: Sequences,
    context: Context,
    layers: Layers,
    d_model: Width,
    vocab: Vocabulary,
    recompute: Recompute = "none",
) -> FlopPerStep:
    """Return the FLOP of one training step of a GPT, recomputed activations included.

    The model is a GPT with a feed-forward width of 4·d_model and full attention.

    Parameters
    ----------
    batch : array_like [sequences]
        Sequences of a step.
    context : array_like [tokens]
        Length of a sequence.
    layers : array_like [layers]
        Transformer layers.
    d_model : array_like [dimensions]
        Width of the residual stream.
    vocab : array_like [vocabulary entries]
        Rows of the output embedding.
    recompute : str [choice]
        Activations computed again in the backward pass: "none", "selective" (attention only) or
        "full".

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP/step]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is not above 0.
    ChoiceError
        If recompute is not one of the three.

    References
    ----------
    Korthikanti et al. 2022, arXiv:2205.05198, appendix A; Narayanan et al. 2021,
    arXiv:2104.04473, equation 3.

    Examples
    --------
    >>> print(f"{iteration_flops(1536, 2048, 96, 12288, 51200, 'full'):.3g}")
    4.51e+18
    """
    # Each recomputation runs a forward pass again: of everything (96 = 72 × 4/3), or of
    # attention alone, of which the papers count the whole of s/6h once more.
    unit = batch * context * layers * d_model * d_model
    logits = vocab / (layers * d_model)
    if recompute == "full":
        return 96.0 * unit * (1.0 + context / (6.0 * d_model) + logits / 16.0)
    share = 3.0 if recompute == "selective" else 6.0
    return 72.0 * unit * (1.0 + context / (share * d_model) + logits / 12.0)


def attention_per_token(
    layers: Number,
    heads: Number,
    head_dim: Number,
    context: Number,
    attention: str,
    window: Number = 0.0,
    window_layers: Number = 0.0,
) -> Number:
    """Return the FLOP of attention for one token, forward and backward, without checks."""
    seen = layer_tokens(layers, context, window, window_layers)
    return ATTENTION_FACTORS[attention] * seen * heads * head_dim


def layer_tokens(layers: Number, context: Number, window: Number, window_layers: Number) -> Number:
    """Return the tokens that all layers see together; nan for more windows than layers.

    Six layers over 4,096 tokens, five of them with a window of 1,024, see 4,096 + 5·1,024 tokens.
    """
    seen = (layers - window_layers) * context + window_layers * np.minimum(context, window)
    return np.where(window_layers <= layers, seen, np.nan)


def _layer_matrices(
    d_model: Number,
    ffn_dim: Number,
    heads: Number,
    kv_heads: Number,
    head_dim: Number,
    ffn_matrices: Number,
) -> Number:
    """Return the parameters of one layer that take part in matrix products."""
    attention = 2.0 * d_model * heads * head_dim + 2.0 * d_model * kv_heads * head_dim
    return attention + ffn_matrices * d_model * ffn_dim


FUNCTIONS = (
    train_flops,
    forward_flops,
    backward_flops,
    model_params,
    flops_per_token,
    iteration_flops,
)
"""The functions of this topic, in the order of the function reference."""
