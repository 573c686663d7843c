"""How much computation, memory and time does an answer take, and how many GPUs serve a load?

The functions take a model, a load and a GPU, and return FLOP, seconds, bytes, rates, GPUs or money.
Decoding runs at the lower of two bounds: memory bandwidth and computation.
"""

import numpy as np

from xlcalc.functions.machines import FLOP_PER_TFLOP, SECONDS_PER_DAY
from xlcalc.functions.rounding import whole_down, whole_up
from xlcalc.functions.training import layer_tokens
from xlcalc.quantities import (
    BandwidthGbs,
    Bytes,
    BytesPerParam,
    BytesPerSequence,
    BytesPerValue,
    CachePerSequence,
    Experts,
    ExpertsPerToken,
    Factor,
    Flop,
    GpuMemoryGb,
    Gpus,
    GpuTokenRate,
    Heads,
    Layers,
    MemoryGb,
    Money,
    MoneyPerMonth,
    MtokensPerMonth,
    Params,
    PeakTflops,
    PricePerGpuHour,
    PricePerMtokens,
    RequestRate,
    RequestsPerUser,
    Seconds,
    Sequences,
    SomeLayers,
    TokenRate,
    Tokens,
    Users,
    Utilisation,
    Width,
    Window,
)
from xlcalc.worksheet import same_as, worksheet

BYTES_PER_GB = 1e9
SECONDS_PER_HOUR = 3600.0
TOKENS_PER_MTOKEN = 1e6


@worksheet("Inference", since="0.1")
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


@worksheet("Inference", since="0.1")
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


@worksheet("Inference", since="0.1")
def decode_tokens_per_second(
    params: Params,
    bytes_per_param: BytesPerParam,
    bandwidth_gbs: BandwidthGbs,
    peak_tflops: PeakTflops,
    batch: Sequences = 1.0,
    kv_bytes_per_sequence: BytesPerSequence = 0.0,
    mfu: Utilisation = 1.0,
    active_params: Params = same_as("params"),
    experts: Experts = 1.0,
    experts_per_token: ExpertsPerToken = 1.0,
) -> TokenRate:
    """Return the tokens a second that all sequences of a batch get together.

    A step reads the weights once and the KV cache of every sequence, and computes 2 FLOP for each
    active parameter and sequence; the slower of the two sets the pace. Of a mixture of experts a
    step reads what the tokens of the batch pass through: of the routed experts the share
    1 - (1 - k/E)^batch.

    Parameters
    ----------
    params : array_like [parameters]
        All parameters of the model.
    bytes_per_param : array_like [bytes/parameter]
        Bytes of a weight: 2 for BF16, 1 for FP8.
    bandwidth_gbs : array_like [GB/s]
        Memory bandwidth of all GPUs that hold the model together.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of those GPUs together.
    batch : array_like [sequences]
        Sequences that decode at the same time.
    kv_bytes_per_sequence : array_like [bytes/sequence]
        KV cache of one sequence, as KV_CACHE_BYTES gives it.
    mfu : array_like [ratio]
        Share of the peak rate that is reached, above 0 and at most 1.
    active_params : array_like [parameters]
        Parameters that one token passes through, at most all.
    experts : array_like [experts]
        Routed experts of a layer, E; 1 for a dense model, all of whose weights a step reads.
    experts_per_token : array_like [experts/token]
        Routed experts that each token goes to, k.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens/s]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain, active_params is above params, or experts_per_token
        is above experts.

    References
    ----------
    Pope et al. 2022, Efficiently Scaling Transformer Inference, arXiv:2211.05102, section 2;
    of experts, each token is taken to choose its own evenly and independently.

    Examples
    --------
    >>> print(f"{decode_tokens_per_second(7e9, 2, 3350, 989.4):.0f}")
    239
    """
    fits = (active_params <= params) * (experts_per_token <= experts)
    # With N all and A active parameters, (N - A)/(1 - k/E) are routed; the batch passes over
    # (1 - k/E)^batch of them.
    unused = (params - active_params) * np.where(
        experts_per_token < experts,
        (1.0 - experts_per_token / experts) ** np.maximum(batch - 1.0, 0.0),
        0.0,
    )
    read = ((params - unused) * bytes_per_param + batch * kv_bytes_per_sequence) / (
        bandwidth_gbs * BYTES_PER_GB
    )
    compute = 2.0 * active_params * batch / (peak_tflops * FLOP_PER_TFLOP * mfu)
    return np.where(fits, batch / np.maximum(read, compute), np.nan)


@worksheet("Inference", since="0.1")
def kv_cache_bytes(
    layers: Layers,
    kv_heads: Heads,
    head_dim: Width,
    tokens: Tokens,
    bytes_per_value: BytesPerValue = 2.0,
    sequences: Sequences = 1.0,
    window: Window = 0.0,
    window_layers: SomeLayers = 0.0,
) -> Bytes:
    """Return the bytes of the keys and values that a context keeps.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    kv_heads : array_like [heads]
        Key-value heads of a layer.
    head_dim : array_like [dimensions]
        Width of a head, the model's own and not d_model over heads.
    tokens : array_like [tokens]
        Tokens of the context.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 2 for BF16, 1 for FP8.
    sequences : array_like [sequences]
        Sequences that are kept.
    window : array_like [tokens]
        Tokens that a layer with sliding-window attention keeps; 0 for layers that keep none.
    window_layers : array_like [layers]
        Layers with such a window, at most all; 0 without any.

    Returns
    -------
    numpy.float64 or numpy.ndarray [bytes]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain, or window_layers is above layers.

    References
    ----------
    Pope et al. 2022, arXiv:2211.05102; DeepSeek-AI 2025, arXiv:2505.09343, Table 1; Gemma
    Team 2025 (Gemma 3), arXiv:2503.19786, section 2 (windows).

    Examples
    --------
    >>> print(f"{kv_cache_bytes(126, 8, 128, 1):.0f}")
    516096
    """
    kept = layer_tokens(layers, tokens, window, window_layers)
    return 2.0 * kept * kv_heads * head_dim * bytes_per_value * sequences


@worksheet("Inference", since="0.1")
def kv_cache_bytes_mla(
    layers: Layers,
    kv_rank: Width,
    rope_dim: Width,
    tokens: Tokens,
    bytes_per_value: BytesPerValue = 2.0,
    sequences: Sequences = 1.0,
) -> Bytes:
    """Return the bytes that a context keeps under multi-head latent attention.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    kv_rank : array_like [dimensions]
        Width of the compressed keys and values.
    rope_dim : array_like [dimensions]
        Width of the key that carries the position.
    tokens : array_like [tokens]
        Tokens of the context.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 2 for BF16, 1 for FP8.
    sequences : array_like [sequences]
        Sequences that are kept.

    Returns
    -------
    numpy.float64 or numpy.ndarray [bytes]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    DeepSeek-AI 2024 (DeepSeek-V2), arXiv:2405.04434, section 2.1.

    Examples
    --------
    >>> print(f"{kv_cache_bytes_mla(60, 512, 64, 1):.0f}")
    69120
    """
    return layers * (kv_rank + rope_dim) * tokens * bytes_per_value * sequences


@worksheet("Inference", since="0.1")
def max_sequences(
    gpu_memory_gb: GpuMemoryGb,
    gpus: Gpus,
    weights_gb: MemoryGb,
    kv_bytes_per_sequence: CachePerSequence,
    usable: Utilisation = 0.9,
) -> Sequences:
    """Return the whole sequences whose KV caches fit beside the weights.

    Parameters
    ----------
    gpu_memory_gb : array_like [GB]
        Memory of one GPU.
    gpus : array_like [GPUs]
        GPUs that hold the model together.
    weights_gb : array_like [GB]
        Weights, as WEIGHTS_GB gives them.
    kv_bytes_per_sequence : array_like [bytes/sequence]
        KV cache of one sequence, as KV_CACHE_BYTES gives it.
    usable : array_like [ratio]
        Share of the memory that is left after buffers, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [sequences]
        Whole numbers, 0 where the weights alone do not fit; shape of the arguments broadcast
        together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Kwon et al. 2023 (vLLM), arXiv:2309.06180: what the weights leave is filled with KV cache.

    Examples
    --------
    >>> print(f"{max_sequences(80, 8, 140, 2.68e9):.0f}")
    162
    """
    free = (gpu_memory_gb * gpus * usable - weights_gb) * BYTES_PER_GB
    return np.maximum(whole_down(free / kv_bytes_per_sequence), 0.0)


@worksheet("Inference", since="0.1")
def peak_qps(
    daily_users: Users, requests_per_user: RequestsPerUser, peak_factor: Factor = 1.0
) -> RequestRate:
    """Return the requests a second at the busiest time of a day.

    Parameters
    ----------
    daily_users : array_like [users/day]
        Users on a day.
    requests_per_user : array_like [requests/user]
        Requests of one user on a day.
    peak_factor : array_like [×]
        Load at the busiest time over the average load.

    Returns
    -------
    numpy.float64 or numpy.ndarray [requests/s]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    A day has 86,400 seconds.

    Examples
    --------
    >>> print(f"{peak_qps(1e6, 10, 3):.0f}")
    347
    """
    return daily_users * requests_per_user / SECONDS_PER_DAY * peak_factor


@worksheet("Inference", since="0.1")
def serving_gpus(
    tokens_per_second: TokenRate,
    tokens_per_gpu_second: GpuTokenRate,
    target_utilisation: Utilisation = 1.0,
) -> Gpus:
    """Return the whole GPUs that serve a load.

    Parameters
    ----------
    tokens_per_second : array_like [tokens/s]
        Load at the busiest time.
    tokens_per_gpu_second : array_like [tokens/(s·GPU)]
        Throughput of one GPU.
    target_utilisation : array_like [ratio]
        Share of the throughput that is planned for, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPUs]
        Whole numbers, rounded up; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Load over throughput, rounded up.

    Examples
    --------
    >>> print(f"{serving_gpus(100_000, 2_400, 0.7):.0f}")
    60
    """
    return whole_up(tokens_per_second / (tokens_per_gpu_second * target_utilisation))


@worksheet("Inference", since="0.1")
def cost_per_mtokens(
    gpu_hour_price: PricePerGpuHour,
    tokens_per_gpu_second: GpuTokenRate,
    utilisation: Utilisation = 1.0,
) -> PricePerMtokens:
    """Return what a million tokens cost on GPUs that are paid by the hour.

    Parameters
    ----------
    gpu_hour_price : array_like [money/GPU-hour]
        Price of one GPU for one hour.
    tokens_per_gpu_second : array_like [tokens/(s·GPU)]
        Throughput of one GPU.
    utilisation : array_like [ratio]
        Share of the paid hours in which it serves at that rate, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money/M tokens]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    An hour has 3,600 seconds.

    Examples
    --------
    >>> print(f"{cost_per_mtokens(2, 1000):.3f}")
    0.556
    """
    tokens_per_hour = tokens_per_gpu_second * utilisation * SECONDS_PER_HOUR
    return gpu_hour_price / tokens_per_hour * TOKENS_PER_MTOKEN


@worksheet("Inference", since="0.1")
def api_cost(
    prompt_tokens: Tokens,
    output_tokens: Tokens,
    input_price: PricePerMtokens,
    output_price: PricePerMtokens,
) -> Money:
    """Return what tokens cost at a vendor's list price.

    Parameters
    ----------
    prompt_tokens : array_like [tokens]
        Tokens sent.
    output_tokens : array_like [tokens]
        Tokens received.
    input_price : array_like [money/M tokens]
        Price of a million tokens sent.
    output_price : array_like [money/M tokens]
        Price of a million tokens received.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    Price lists per million tokens: xlcalc/catalogue/prices.csv.

    Examples
    --------
    >>> print(f"{api_cost(100_000, 0, 140, 140):.0f}")
    14
    """
    return (prompt_tokens * input_price + output_tokens * output_price) / TOKENS_PER_MTOKEN


@worksheet("Inference", since="0.1")
def break_even_mtokens(
    monthly_fixed_cost: MoneyPerMonth, api_price: PricePerMtokens, own_price: PricePerMtokens
) -> MtokensPerMonth:
    """Return the volume from which own serving is cheaper than an API.

    Parameters
    ----------
    monthly_fixed_cost : array_like [money/month]
        What own serving costs each month whatever the volume.
    api_price : array_like [money/M tokens]
        Price of a million tokens from the API.
    own_price : array_like [money/M tokens]
        What a further million tokens costs on own machines.

    Returns
    -------
    numpy.float64 or numpy.ndarray [M tokens/month]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0, or the API is not dearer.

    References
    ----------
    Break-even of a fixed cost against a saving by the million tokens.

    Examples
    --------
    >>> print(f"{break_even_mtokens(50_000, 10, 2):.0f}")
    6250
    """
    saving = api_price - own_price
    return np.where(saving > 0.0, monthly_fixed_cost / saving, np.nan)


FUNCTIONS = (
    infer_flops,
    infer_seconds,
    decode_tokens_per_second,
    kv_cache_bytes,
    kv_cache_bytes_mla,
    max_sequences,
    peak_qps,
    serving_gpus,
    cost_per_mtokens,
    api_cost,
    break_even_mtokens,
)
"""The functions of this topic, in the order of the function reference."""
