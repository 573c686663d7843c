"""How much memory do weights, training and activations take, and on how many GPUs do they fit?

The functions take the shape of a model and how it is divided among GPUs, and return GB (1e9 bytes),
parameters, GPUs or the idle share of a pipeline.
"""

from typing import Annotated

import numpy as np

from xlcalc.functions.rounding import whole_up
from xlcalc.functions.training import Recompute
from xlcalc.quantities import (
    BytesPerParam,
    Context,
    Flag,
    GpuMemoryGb,
    Gpus,
    Heads,
    Layers,
    Matrices,
    MemoryGb,
    MicroBatches,
    Number,
    Params,
    Rank,
    Ratio,
    Sequences,
    Shards,
    Stages,
    StateBytes,
    Utilisation,
    Width,
    ZeroStage,
)
from xlcalc.worksheet import same_as, worksheet

BYTES_PER_GB = 1e9
BYTES_PER_TRAINED_PARAM = 16.0
"""Mixed precision with Adam: 2 for the weight, 2 for the gradient, 12 for the optimiser (ZeRO)."""
FP32_GRADIENT_BYTES = 18.0
"""The same with gradients of 4 bytes, as Megatron-LM keeps them for BF16."""


@worksheet("Memory and parallelism", since="0.1")
def weights_gb(params: Params, bytes_per_param: BytesPerParam = 2.0) -> MemoryGb:
    """Return the memory that a model's weights take.

    Parameters
    ----------
    params : array_like [parameters]
        All parameters, the idle experts included.
    bytes_per_param : array_like [bytes/parameter]
        Bytes of a weight: 2 for BF16, 1 for FP8, 0.5 for 4 bits.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Rajbhandari et al. 2020 (ZeRO), arXiv:1910.02054, section 3.

    Examples
    --------
    >>> print(f"{weights_gb(70e9):.0f}")
    140
    """
    return params * bytes_per_param / BYTES_PER_GB


@worksheet("Memory and parallelism", since="0.1")
def train_state_gb(
    params: Params,
    zero_stage: ZeroStage = 0.0,
    shards: Shards = 1.0,
    bytes_per_param: StateBytes = 16.0,
) -> MemoryGb:
    """Return the memory that weights, gradients and optimiser take on each GPU.

    Mixed precision with Adam: 2 bytes for the weight, 2 for the gradient (4 of the 18), the rest
    for the optimiser. ZeRO spreads the optimiser, the gradients too, or all of it over the shards.

    Parameters
    ----------
    params : array_like [parameters]
        Trained parameters.
    zero_stage : array_like [stage]
        0 for none, 1 for the optimiser, 2 for gradients as well, 3 for weights as well.
    shards : array_like [GPUs]
        GPUs that share the state.
    bytes_per_param : array_like [bytes/parameter]
        16 with 16-bit gradients, 18 with FP32 gradients, 20 with FP16 and FP32 copies of them.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes on each GPU; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If params is not above 0, zero_stage is not 0, 1, 2 or 3, shards is below 1, or
        bytes_per_param is below 4.

    References
    ----------
    Rajbhandari et al. 2020 (ZeRO), arXiv:1910.02054, Figure 1; Megatron-LM, Distributed optimizer
    (18 and 20 bytes).

    Examples
    --------
    >>> print(f"{train_state_gb(7.5e9, 1, 64):.1f}")
    31.4
    """
    gradient = np.where(bytes_per_param == FP32_GRADIENT_BYTES, 4.0, 2.0)
    by_stage = (bytes_per_param, 2.0 + gradient, 2.0, 0.0)
    whole: Number = by_stage[3]
    for stage in (2, 1, 0):
        whole = np.where(zero_stage == stage, by_stage[stage], whole)
    return params * (whole + (bytes_per_param - whole) / shards) / BYTES_PER_GB


@worksheet("Memory and parallelism", since="0.1")
def activation_gb(
    layers: Layers,
    d_model: Width,
    heads: Heads,
    context: Context,
    micro_batch: Sequences,
    tensor_parallel: Shards = 1.0,
    recompute: Recompute = "none",
    sequence_parallel: Annotated[bool, Flag()] = False,
) -> MemoryGb:
    """Return the memory that activations take on each GPU.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers on the GPU.
    d_model : array_like [dimensions]
        Width of the residual stream.
    heads : array_like [heads]
        Attention heads of a layer.
    context : array_like [tokens]
        Length of a sequence.
    micro_batch : array_like [sequences]
        Sequences that pass at the same time.
    tensor_parallel : array_like [GPUs]
        GPUs that share a layer.
    recompute : str [choice]
        Activations computed again in the backward pass: "none", "selective" (attention only) or
        "full".
    sequence_parallel : bool [TRUE/FALSE]
        TRUE where the GPUs that share a layer share its norms as well.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes on each GPU; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is outside its domain.
    ChoiceError
        If recompute is not one of the three.

    References
    ----------
    Korthikanti et al. 2022, arXiv:2205.05198, Table 2.

    Examples
    --------
    >>> print(f"{activation_gb(1, 12288, 96, 2048, 1):.2f}")
    2.87
    """
    shared = 34.0 / tensor_parallel if sequence_parallel else 10.0 + 24.0 / tensor_parallel
    if recompute == "full":
        shared = 2.0
    elif recompute == "none":
        shared = shared + 5.0 * heads * context / (d_model * tensor_parallel)
    return context * micro_batch * d_model * layers * shared / BYTES_PER_GB


@worksheet("Memory and parallelism", since="0.1")
def gpus_to_fit(memory_gb: MemoryGb, gpu_memory_gb: GpuMemoryGb, usable: Utilisation = 0.9) -> Gpus:
    """Return the whole GPUs whose memory holds so much.

    Parameters
    ----------
    memory_gb : array_like [GB]
        Memory that is needed.
    gpu_memory_gb : array_like [GB]
        Memory of one GPU.
    usable : array_like [ratio]
        Share of it that is left after buffers, above 0 and at most 1.

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
    Need over usable memory, rounded up.

    Examples
    --------
    >>> print(f"{gpus_to_fit(140, 80):.0f}")
    2
    """
    return whole_up(memory_gb / (gpu_memory_gb * usable))


@worksheet("Memory and parallelism", since="0.1")
def lora_params(
    layers: Layers,
    d_model: Width,
    rank: Rank,
    matrices: Matrices = 2.0,
    kv_width: Width = same_as("d_model"),
) -> Params:
    """Return the parameters that low-rank adaptation trains.

    A matrix of a by b numbers is adapted by rank·(a + b). Half of the adapted matrices, keys and
    values, put out kv_width numbers, and the others d_model.

    Parameters
    ----------
    layers : array_like [layers]
        Transformer layers.
    d_model : array_like [dimensions]
        Width of the residual stream.
    rank : array_like [rank]
        Rank of the adaptation.
    matrices : array_like [matrices]
        Adapted matrices of a layer: 2 for queries and values, 4 for keys and outputs as well.
    kv_width : array_like [dimensions]
        Width of a layer's keys, kv_heads·head_dim, where heads are grouped.

    Returns
    -------
    numpy.float64 or numpy.ndarray [parameters]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Hu et al. 2021 (LoRA), arXiv:2106.09685, section 4.2; the README of PEFT (grouped heads).

    Examples
    --------
    >>> print(f"{lora_params(96, 12288, 1):.2g}")
    4.7e+06
    """
    return layers * rank * matrices / 2.0 * (3.0 * d_model + kv_width)


@worksheet("Memory and parallelism", since="0.1")
def lora_state_gb(
    params: Params, lora_params: Params, bytes_per_param: BytesPerParam = 2.0
) -> MemoryGb:
    """Return the memory of frozen weights and of the state of a low-rank adaptation.

    Parameters
    ----------
    params : array_like [parameters]
        Frozen parameters.
    lora_params : array_like [parameters]
        Trained parameters, 16 bytes each.
    bytes_per_param : array_like [bytes/parameter]
        Bytes of a frozen weight: 2 for BF16, 0.5 for QLoRA.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Hu et al. 2021 (LoRA), arXiv:2106.09685; Dettmers et al. 2023 (QLoRA), arXiv:2305.14314.

    Examples
    --------
    >>> print(f"{lora_state_gb(65e9, 80e6, 0.5):.1f}")
    33.8
    """
    return (params * bytes_per_param + lora_params * BYTES_PER_TRAINED_PARAM) / BYTES_PER_GB


@worksheet("Memory and parallelism", since="0.1")
def pipeline_bubble(stages: Stages, micro_batches: MicroBatches, interleave: Stages = 1.0) -> Ratio:
    """Return the idle time of a pipeline over the time of its work, (p-1)/(v·m).

    Parameters
    ----------
    stages : array_like [stages]
        Stages of the pipeline.
    micro_batches : array_like [micro-batches]
        Micro-batches of a step.
    interleave : array_like [stages]
        Stages that each GPU holds, 1 without interleaving.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Narayanan et al. 2021, arXiv:2104.04473, section 2.2.

    Examples
    --------
    >>> print(f"{pipeline_bubble(8, 32):.3f}")
    0.219
    """
    return (stages - 1.0) / (interleave * micro_batches)


FUNCTIONS = (
    weights_gb,
    train_state_gb,
    activation_gb,
    gpus_to_fit,
    lora_params,
    lora_state_gb,
    pipeline_bubble,
)
"""The functions of this topic, in the order of the function reference."""
