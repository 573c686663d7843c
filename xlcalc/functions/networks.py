"""How long do GPUs exchange what they share?

The functions take bytes or the shape of a model, the GPUs of a group and the bandwidth of one, and
return the seconds that an exchange takes if nothing else happens meanwhile.
"""

from xlcalc.functions.memory import BYTES_PER_GB
from xlcalc.quantities import (
    BandwidthGbs,
    Bytes,
    BytesPerValue,
    Context,
    Heads,
    LatencyUs,
    Layers,
    Number,
    Seconds,
    Sequences,
    Shards,
    Width,
)
from xlcalc.worksheet import worksheet

SECONDS_PER_MICROSECOND = 1e-6


@worksheet("Communication", since="0.2")
def all_reduce_seconds(
    bytes: Bytes,  # noqa: A002  the name that the worksheet shows
    ranks: Shards,
    bandwidth_gbs: BandwidthGbs,
    latency_us: LatencyUs = 0.0,
) -> Seconds:
    """Return the seconds in which GPUs add up what each of them has, in a ring.

    Parameters
    ----------
    bytes : array_like [bytes]
        Bytes that each GPU has, S.
    ranks : array_like [GPUs]
        GPUs of the ring, p.
    bandwidth_gbs : array_like [GB/s]
        Bandwidth of one GPU in one direction.
    latency_us : array_like [µs]
        Time of one step of the ring whatever the size.

    Returns
    -------
    numpy.float64 or numpy.ndarray [s]
        2·(p-1)/p·S over the bandwidth, and 2·(p-1) latencies; shape of the arguments broadcast
        together.

    Raises
    ------
    DomainError
        If bytes or latency_us is below 0, ranks is below 1, or bandwidth_gbs is not above 0.

    References
    ----------
    NVIDIA, nccl-tests, Performance reported by NCCL tests: the bus bandwidth of an all-reduce.

    Examples
    --------
    >>> print(f"{all_reduce_seconds(1e9, 8, 450):.5f}")
    0.00389
    """
    return _ring_seconds(bytes, ranks, bandwidth_gbs, latency_us)


@worksheet("Communication", since="0.2")
def tensor_parallel_seconds(
    layers: Layers,
    d_model: Width,
    context: Context,
    micro_batch: Sequences,
    tensor_parallel: Shards,
    bandwidth_gbs: BandwidthGbs,
    bytes_per_value: BytesPerValue = 2.0,
    latency_us: LatencyUs = 0.0,
) -> Seconds:
    """Return the seconds that tensor parallelism exchanges for a micro-batch, both passes.

    Two all-reduces of the activations in the forward pass of a layer, and two in the backward one.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers on the GPU.
    d_model : array_like [dimensions]
        Width of the residual stream.
    context : array_like [tokens]
        Length of a sequence.
    micro_batch : array_like [sequences]
        Sequences that pass at the same time.
    tensor_parallel : array_like [GPUs]
        GPUs that share a layer.
    bandwidth_gbs : array_like [GB/s]
        Bandwidth of one GPU in one direction.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 2 for BF16.
    latency_us : array_like [µs]
        Time of one step of an exchange whatever the size.

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
    Shoeybi et al. 2019 (Megatron-LM), arXiv:1909.08053, section 3: four all-reduces a layer.

    Examples
    --------
    >>> print(f"{tensor_parallel_seconds(80, 8192, 8192, 1, 8, 450):.3f}")
    0.167
    """
    activations = micro_batch * context * d_model * bytes_per_value
    return 4.0 * layers * _ring_seconds(activations, tensor_parallel, bandwidth_gbs, latency_us)


@worksheet("Communication", since="0.2")
def context_parallel_seconds(
    layers: Layers,
    kv_heads: Heads,
    head_dim: Width,
    context: Context,
    context_parallel: Shards,
    bandwidth_gbs: BandwidthGbs,
    bytes_per_value: BytesPerValue = 2.0,
    latency_us: LatencyUs = 0.0,
) -> Seconds:
    """Return the seconds that keys and values of a sequence go around a ring, forward.

    Each GPU keeps its part of the sequence, and passes the keys and values of all other parts on.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers on the GPU.
    kv_heads : array_like [heads]
        Key-value heads of a layer.
    head_dim : array_like [dimensions]
        Width of a head.
    context : array_like [tokens]
        Length of the whole sequence.
    context_parallel : array_like [GPUs]
        GPUs that share the sequence, c.
    bandwidth_gbs : array_like [GB/s]
        Bandwidth of one GPU in one direction.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 2 for BF16.
    latency_us : array_like [µs]
        Time of one step of the ring whatever the size.

    Returns
    -------
    numpy.float64 or numpy.ndarray [s]
        (c-1)/c of the keys and values over the bandwidth, and c-1 latencies, for every layer; shape
        of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Liu et al. 2023, Ring Attention with Blockwise Transformers, arXiv:2310.01889.

    Examples
    --------
    >>> print(f"{context_parallel_seconds(80, 8, 128, 131072, 8, 50):.3f}")
    0.752
    """
    kept = 2.0 * kv_heads * head_dim * context * bytes_per_value
    steps = context_parallel - 1.0
    sent = steps / context_parallel * kept / (bandwidth_gbs * BYTES_PER_GB)
    return layers * (sent + steps * latency_us * SECONDS_PER_MICROSECOND)


def _ring_seconds(size: Number, ranks: Number, bandwidth_gbs: Number, latency_us: Number) -> Number:
    """Return the seconds of an all-reduce: each part goes around the ring twice."""
    steps = 2.0 * (ranks - 1.0)
    sent = steps / ranks * size / (bandwidth_gbs * BYTES_PER_GB)
    return sent + steps * latency_us * SECONDS_PER_MICROSECOND


FUNCTIONS = (
    all_reduce_seconds,
    tensor_parallel_seconds,
    context_parallel_seconds,
)
"""The functions of this topic, in the order of the function reference."""
