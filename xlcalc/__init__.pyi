"""The types of the public surface. Made by `python -m tools.surface`."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from xlcalc._version import __version__ as __version__
from xlcalc.runs.report import batch as batch
from xlcalc.runs.report import report as report
from xlcalc.workbook import Results as Results
from xlcalc.workbook import Workbook as Workbook
from xlcalc.workbook import load as load

__all__ = ["batch", "load", "report"]

class _Column(Protocol):
    """A column of pandas, polars or another library that numpy reads."""

    def __array__(self) -> NDArray[Any]: ...

_Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
_Array: TypeAlias = Sequence[Any] | NDArray[Any] | _Column
_Numbers: TypeAlias = _Number | _Array
_Words: TypeAlias = str | _Array
_Flags: TypeAlias = bool | _Array

@overload
def activation_gb(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    heads: _Number,
    context: _Number,
    micro_batch: _Number,
    tensor_parallel: _Number = ...,
    recompute: str = ...,
    sequence_parallel: bool = ...,
) -> np.float64:
    """Return the memory that activations take on each GPU."""

@overload
def activation_gb(
    layers: _Numbers,
    d_model: _Numbers,
    heads: _Numbers,
    context: _Numbers,
    micro_batch: _Numbers,
    tensor_parallel: _Numbers = ...,
    recompute: _Words = ...,
    sequence_parallel: _Flags = ...,
) -> NDArray[np.float64]: ...
@overload
def active_fraction(  # type: ignore[overload-overlap]
    total_params: _Number,
    active_params: _Number,
) -> np.float64:
    """Return the share of its parameters that a token uses."""

@overload
def active_fraction(
    total_params: _Numbers,
    active_params: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def agent_cost(  # type: ignore[overload-overlap]
    calls: _Number,
    system_tokens: _Number,
    user_tokens: _Number,
    output_tokens: _Number,
    input_price: _Number,
    output_price: _Number,
    cache_read_price: _Number = ...,
    reasoning_tokens: _Number = ...,
) -> np.float64:
    """Return what a task costs in which an agent calls a model again and again."""

@overload
def agent_cost(
    calls: _Numbers,
    system_tokens: _Numbers,
    user_tokens: _Numbers,
    output_tokens: _Numbers,
    input_price: _Numbers,
    output_price: _Numbers,
    cache_read_price: _Numbers = ...,
    reasoning_tokens: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def all_reduce_seconds(  # type: ignore[overload-overlap]
    bytes: _Number,
    ranks: _Number,
    bandwidth_gbs: _Number,
    latency_us: _Number = ...,
) -> np.float64:
    """Return the seconds in which GPUs add up what each of them has, in a ring."""

@overload
def all_reduce_seconds(
    bytes: _Numbers,
    ranks: _Numbers,
    bandwidth_gbs: _Numbers,
    latency_us: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def all_to_all_seconds(  # type: ignore[overload-overlap]
    tokens: _Number,
    d_model: _Number,
    experts_per_token: _Number,
    bandwidth_gbs: _Number,
    bytes_per_value: _Number = ...,
) -> np.float64:
    """Return the seconds that tokens travel to their experts and back in one layer, forward."""

@overload
def all_to_all_seconds(
    tokens: _Numbers,
    d_model: _Numbers,
    experts_per_token: _Numbers,
    bandwidth_gbs: _Numbers,
    bytes_per_value: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def api_cost(  # type: ignore[overload-overlap]
    prompt_tokens: _Number,
    output_tokens: _Number,
    input_price: _Number,
    output_price: _Number,
) -> np.float64:
    """Return what tokens cost at a vendor's list price."""

@overload
def api_cost(
    prompt_tokens: _Numbers,
    output_tokens: _Numbers,
    input_price: _Numbers,
    output_price: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def api_cost_cached(  # type: ignore[overload-overlap]
    prompt_tokens: _Number,
    cached_tokens: _Number,
    output_tokens: _Number,
    input_price: _Number,
    output_price: _Number,
    cache_read_price: _Number,
    cache_write_tokens: _Number = ...,
    cache_write_price: _Number = ...,
    batch_discount: _Number = ...,
) -> np.float64:
    """Return what tokens cost where a part of the prompts is read from a cache."""

@overload
def api_cost_cached(
    prompt_tokens: _Numbers,
    cached_tokens: _Numbers,
    output_tokens: _Numbers,
    input_price: _Numbers,
    output_price: _Numbers,
    cache_read_price: _Numbers,
    cache_write_tokens: _Numbers = ...,
    cache_write_price: _Numbers = ...,
    batch_discount: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def attention_flops(  # type: ignore[overload-overlap]
    layers: _Number,
    heads: _Number,
    head_dim: _Number,
    context: _Number,
    tokens: _Number,
    attention: str = ...,
    window: _Number = ...,
    window_layers: _Number = ...,
) -> np.float64:
    """Return the FLOP of attention over all tokens, forward and backward."""

@overload
def attention_flops(
    layers: _Numbers,
    heads: _Numbers,
    head_dim: _Numbers,
    context: _Numbers,
    tokens: _Numbers,
    attention: _Words = ...,
    window: _Numbers = ...,
    window_layers: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def attention_share(  # type: ignore[overload-overlap]
    params: _Number,
    layers: _Number,
    heads: _Number,
    head_dim: _Number,
    context: _Number,
    attention: str = ...,
    window: _Number = ...,
    window_layers: _Number = ...,
) -> np.float64:
    """Return the share of attention in the training FLOP of a token."""

@overload
def attention_share(
    params: _Numbers,
    layers: _Numbers,
    heads: _Numbers,
    head_dim: _Numbers,
    context: _Numbers,
    attention: _Words = ...,
    window: _Numbers = ...,
    window_layers: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def audio_tokens(  # type: ignore[overload-overlap]
    seconds: _Number,
    rule: str,
) -> np.float64:
    """Return the tokens that a vendor bills for sound."""

@overload
def audio_tokens(
    seconds: _Numbers,
    rule: _Words,
) -> NDArray[np.float64]: ...
@overload
def backward_flops(  # type: ignore[overload-overlap]
    params: _Number,
    tokens: _Number,
) -> np.float64:
    """Return the FLOP of the backward pass over the training tokens, 4·N·D."""

@overload
def backward_flops(
    params: _Numbers,
    tokens: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def batch_steps(  # type: ignore[overload-overlap]
    batch: _Number,
    critical_batch: _Number,
    min_steps: _Number,
) -> np.float64:
    """Return the steps that training takes at a batch, S·(1 + B_c/B)."""

@overload
def batch_steps(
    batch: _Numbers,
    critical_batch: _Numbers,
    min_steps: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def batch_tokens(  # type: ignore[overload-overlap]
    batch: _Number,
    critical_batch: _Number,
    min_tokens: _Number,
) -> np.float64:
    """Return the tokens that training takes at a batch, E·(1 + B/B_c)."""

@overload
def batch_tokens(
    batch: _Numbers,
    critical_batch: _Numbers,
    min_tokens: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def blended_price(  # type: ignore[overload-overlap]
    input_price: _Number,
    output_price: _Number,
    input_per_output: _Number = ...,
    cached_share: _Number = ...,
    cache_read_price: _Number = ...,
) -> np.float64:
    """Return the mean price of a million tokens, sent and received together."""

@overload
def blended_price(
    input_price: _Numbers,
    output_price: _Numbers,
    input_per_output: _Numbers = ...,
    cached_share: _Numbers = ...,
    cache_read_price: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def break_even_mtokens(  # type: ignore[overload-overlap]
    monthly_fixed_cost: _Number,
    api_price: _Number,
    own_price: _Number,
) -> np.float64:
    """Return the volume from which own serving is cheaper than an API."""

@overload
def break_even_mtokens(
    monthly_fixed_cost: _Numbers,
    api_price: _Numbers,
    own_price: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def byte_tokens(  # type: ignore[overload-overlap]
    bytes: _Number,
    bytes_per_token: _Number = ...,
    kept_fraction: _Number = ...,
) -> np.float64:
    """Return the training tokens of a raw corpus."""

@overload
def byte_tokens(
    bytes: _Numbers,
    bytes_per_token: _Numbers = ...,
    kept_fraction: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def carbon_tonnes(  # type: ignore[overload-overlap]
    mwh: _Number,
    tonnes_per_mwh: _Number,
) -> np.float64:
    """Return the carbon dioxide that comes with energy."""

@overload
def carbon_tonnes(
    mwh: _Numbers,
    tonnes_per_mwh: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def catalogue_source(  # type: ignore[overload-overlap]
    catalogue: str,
    id: str,
) -> str:
    """Return where a figure of the catalogue was read, and when."""

@overload
def catalogue_source(
    catalogue: _Words,
    id: _Words,
) -> NDArray[Any]: ...
@overload
def char_tokens(  # type: ignore[overload-overlap]
    chars: _Number,
    chars_per_token: _Number,
) -> np.float64:
    """Return the tokens of a text of so many characters."""

@overload
def char_tokens(
    chars: _Numbers,
    chars_per_token: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def checkpoint_gb(  # type: ignore[overload-overlap]
    params: _Number,
    bytes_per_param: _Number = ...,
) -> np.float64:
    """Return the size of a checkpoint from which training goes on."""

@overload
def checkpoint_gb(
    params: _Numbers,
    bytes_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def checkpoint_interval(  # type: ignore[overload-overlap]
    checkpoint_seconds: _Number,
    gpus: _Number,
    gpu_mtbf_hours: _Number,
) -> np.float64:
    """Return the time between checkpoints that wastes least, √(2·δ·M)."""

@overload
def checkpoint_interval(
    checkpoint_seconds: _Numbers,
    gpus: _Numbers,
    gpu_mtbf_hours: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def chinchilla_params(  # type: ignore[overload-overlap]
    flops: _Number,
    tokens_per_param: _Number = ...,
) -> np.float64:
    """Return the parameters that a training budget makes compute-optimal, √(C/(6·r))."""

@overload
def chinchilla_params(
    flops: _Numbers,
    tokens_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def chinchilla_tokens(  # type: ignore[overload-overlap]
    params: _Number,
    tokens_per_param: _Number = ...,
) -> np.float64:
    """Return the training tokens that make a dense model compute-optimal."""

@overload
def chinchilla_tokens(
    params: _Numbers,
    tokens_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def cluster_mw(  # type: ignore[overload-overlap]
    gpus: _Number,
    watts_per_gpu: _Number,
    server_factor: _Number = ...,
    pue: _Number = ...,
) -> np.float64:
    """Return the power that a cluster and its data centre draw."""

@overload
def cluster_mw(
    gpus: _Numbers,
    watts_per_gpu: _Numbers,
    server_factor: _Numbers = ...,
    pue: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def cluster_pflops(  # type: ignore[overload-overlap]
    servers: _Number,
    gpus_per_server: _Number,
    peak_tflops: _Number,
) -> np.float64:
    """Return the peak rate of a cluster of equal servers."""

@overload
def cluster_pflops(
    servers: _Numbers,
    gpus_per_server: _Numbers,
    peak_tflops: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def commit_break_even(  # type: ignore[overload-overlap]
    on_demand: _Number,
    committed_rate: _Number,
) -> np.float64:
    """Return the share of its hours that a commitment must be used to be the cheaper one."""

@overload
def commit_break_even(
    on_demand: _Numbers,
    committed_rate: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def committed_rate(  # type: ignore[overload-overlap]
    on_demand: _Number,
    committed_rate: _Number,
    committed_share: _Number,
    spot_rate: _Number = ...,
    spot_share: _Number = ...,
) -> np.float64:
    """Return the mean price of a GPU-hour of committed, spot and on-demand hours."""

@overload
def committed_rate(
    on_demand: _Numbers,
    committed_rate: _Numbers,
    committed_share: _Numbers,
    spot_rate: _Numbers = ...,
    spot_share: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def context_cost_ratio(  # type: ignore[overload-overlap]
    params: _Number,
    layers: _Number,
    heads: _Number,
    head_dim: _Number,
    context: _Number,
    base_context: _Number,
    attention: str = ...,
    window: _Number = ...,
    window_layers: _Number = ...,
) -> np.float64:
    """Return what a token costs in training at one context length over another."""

@overload
def context_cost_ratio(
    params: _Numbers,
    layers: _Numbers,
    heads: _Numbers,
    head_dim: _Numbers,
    context: _Numbers,
    base_context: _Numbers,
    attention: _Words = ...,
    window: _Numbers = ...,
    window_layers: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def context_parallel_seconds(  # type: ignore[overload-overlap]
    layers: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    context: _Number,
    context_parallel: _Number,
    bandwidth_gbs: _Number,
    bytes_per_value: _Number = ...,
    latency_us: _Number = ...,
) -> np.float64:
    """Return the seconds that keys and values of a sequence go around a ring, forward."""

@overload
def context_parallel_seconds(
    layers: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    context: _Numbers,
    context_parallel: _Numbers,
    bandwidth_gbs: _Numbers,
    bytes_per_value: _Numbers = ...,
    latency_us: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def cost_per_mtokens(  # type: ignore[overload-overlap]
    gpu_hour_price: _Number,
    tokens_per_gpu_second: _Number,
    utilisation: _Number = ...,
) -> np.float64:
    """Return what a million tokens cost on GPUs that are paid by the hour."""

@overload
def cost_per_mtokens(
    gpu_hour_price: _Numbers,
    tokens_per_gpu_second: _Numbers,
    utilisation: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def critical_batch(  # type: ignore[overload-overlap]
    loss: _Number,
) -> np.float64:
    """Return the batch beyond which larger batches save little time, 2.1e8·L^(-1/0.21)."""

@overload
def critical_batch(
    loss: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def decode_tokens_per_second(  # type: ignore[overload-overlap]
    params: _Number,
    bytes_per_param: _Number,
    bandwidth_gbs: _Number,
    peak_tflops: _Number,
    batch: _Number = ...,
    kv_bytes_per_sequence: _Number = ...,
    mfu: _Number = ...,
    active_params: _Number = ...,
    experts: _Number = ...,
    experts_per_token: _Number = ...,
) -> np.float64:
    """Return the tokens a second that all sequences of a batch get together."""

@overload
def decode_tokens_per_second(
    params: _Numbers,
    bytes_per_param: _Numbers,
    bandwidth_gbs: _Numbers,
    peak_tflops: _Numbers,
    batch: _Numbers = ...,
    kv_bytes_per_sequence: _Numbers = ...,
    mfu: _Numbers = ...,
    active_params: _Numbers = ...,
    experts: _Numbers = ...,
    experts_per_token: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def distill_flops(  # type: ignore[overload-overlap]
    student_params: _Number,
    teacher_params: _Number,
    tokens: _Number,
    cached_logits: bool = ...,
) -> np.float64:
    """Return the FLOP of training a student on a teacher's outputs, 6·N·D + 2·T·D."""

@overload
def distill_flops(
    student_params: _Numbers,
    teacher_params: _Numbers,
    tokens: _Numbers,
    cached_logits: _Flags = ...,
) -> NDArray[np.float64]: ...
@overload
def egress_cost(  # type: ignore[overload-overlap]
    gb: _Number,
    price_per_gb: _Number,
) -> np.float64:
    """Return what it costs to take data out of a cloud."""

@overload
def egress_cost(
    gb: _Numbers,
    price_per_gb: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def embed_cost(  # type: ignore[overload-overlap]
    documents: _Number,
    tokens_per_document: _Number,
    price: _Number,
) -> np.float64:
    """Return what the embedding of documents costs."""

@overload
def embed_cost(
    documents: _Numbers,
    tokens_per_document: _Numbers,
    price: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def embodied_tonnes(  # type: ignore[overload-overlap]
    gpu_hours: _Number,
    gpu_kg: _Number = ...,
    server_kg: _Number = ...,
    gpus_per_server: _Number = ...,
    life_years: _Number = ...,
) -> np.float64:
    """Return the carbon dioxide of making the machines, spread over their hours."""

@overload
def embodied_tonnes(
    gpu_hours: _Numbers,
    gpu_kg: _Numbers = ...,
    server_kg: _Numbers = ...,
    gpus_per_server: _Numbers = ...,
    life_years: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def energy_mwh(  # type: ignore[overload-overlap]
    gpu_hours: _Number,
    watts: _Number,
    pue: _Number = ...,
) -> np.float64:
    """Return the energy that GPUs and their data centre draw."""

@overload
def energy_mwh(
    gpu_hours: _Numbers,
    watts: _Numbers,
    pue: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def expert_slowdown(  # type: ignore[overload-overlap]
    token_share: _Number,
    expert_share: _Number,
) -> np.float64:
    """Return how much longer a step takes because the busiest experts hold it up."""

@overload
def expert_slowdown(
    token_share: _Numbers,
    expert_share: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def finetune_flops(  # type: ignore[overload-overlap]
    params: _Number,
    tokens: _Number,
    trained_params: _Number = ...,
    method: str = ...,
) -> np.float64:
    """Return the FLOP of fine-tuning: 6·N·D in full, 4·N·D + 6·T·D by low-rank adaptation."""

@overload
def finetune_flops(
    params: _Numbers,
    tokens: _Numbers,
    trained_params: _Numbers = ...,
    method: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def flops_per_token(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    ffn_dim: _Number,
    heads: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    vocab: _Number,
    context: _Number,
    ffn_matrices: _Number = ...,
    attention: str = ...,
    window: _Number = ...,
    window_layers: _Number = ...,
) -> np.float64:
    """Return the training FLOP of one token, attention over its context included."""

@overload
def flops_per_token(
    layers: _Numbers,
    d_model: _Numbers,
    ffn_dim: _Numbers,
    heads: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    vocab: _Numbers,
    context: _Numbers,
    ffn_matrices: _Numbers = ...,
    attention: _Words = ...,
    window: _Numbers = ...,
    window_layers: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def flops_per_token_mla(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    heads: _Number,
    vocab: _Number,
    context: _Number,
    q_rank: _Number,
    kv_rank: _Number,
    nope_dim: _Number,
    rope_dim: _Number,
    v_dim: _Number,
    experts: _Number,
    expert_ffn: _Number,
    experts_per_token: _Number,
    shared: _Number = ...,
    dense_layers: _Number = ...,
    dense_ffn: _Number = ...,
    ffn_matrices: _Number = ...,
    attention: str = ...,
) -> np.float64:
    """Return the training FLOP of a token under multi-head latent attention and experts."""

@overload
def flops_per_token_mla(
    layers: _Numbers,
    d_model: _Numbers,
    heads: _Numbers,
    vocab: _Numbers,
    context: _Numbers,
    q_rank: _Numbers,
    kv_rank: _Numbers,
    nope_dim: _Numbers,
    rope_dim: _Numbers,
    v_dim: _Numbers,
    experts: _Numbers,
    expert_ffn: _Numbers,
    experts_per_token: _Numbers,
    shared: _Numbers = ...,
    dense_layers: _Numbers = ...,
    dense_ffn: _Numbers = ...,
    ffn_matrices: _Numbers = ...,
    attention: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def forward_flops(  # type: ignore[overload-overlap]
    params: _Number,
    tokens: _Number,
) -> np.float64:
    """Return the FLOP of the forward pass over the training tokens, 2·N·D."""

@overload
def forward_flops(
    params: _Numbers,
    tokens: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def fx(  # type: ignore[overload-overlap]
    amount: _Number,
    from_currency: str,
    to_currency: str,
    as_of: str = ...,
) -> np.float64:
    """Return an amount in another currency, by the newest rate of the team's catalogue on a day."""

@overload
def fx(
    amount: _Numbers,
    from_currency: _Words,
    to_currency: _Words,
    as_of: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def goodput(  # type: ignore[overload-overlap]
    gpus: _Number,
    gpu_mtbf_hours: _Number,
    checkpoint_seconds: _Number,
    restart_seconds: _Number,
    interval_seconds: _Number = ...,
) -> np.float64:
    """Return the share of its time that a long run spends on useful work."""

@overload
def goodput(
    gpus: _Numbers,
    gpu_mtbf_hours: _Numbers,
    checkpoint_seconds: _Numbers,
    restart_seconds: _Numbers,
    interval_seconds: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def gpu_cost(  # type: ignore[overload-overlap]
    gpu_hours: _Number,
    price_per_gpu_hour: _Number,
) -> np.float64:
    """Return what GPU-hours cost at a price."""

@overload
def gpu_cost(
    gpu_hours: _Numbers,
    price_per_gpu_hour: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def gpu_days(  # type: ignore[overload-overlap]
    flops: _Number,
    peak_tflops: _Number,
    mfu: _Number,
) -> np.float64:
    """Return the days that one GPU would need for a computation."""

@overload
def gpu_days(
    flops: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def gpu_hours(  # type: ignore[overload-overlap]
    flops: _Number,
    peak_tflops: _Number,
    mfu: _Number,
) -> np.float64:
    """Return the hours that one GPU would need for a computation."""

@overload
def gpu_hours(
    flops: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def gpu_months(  # type: ignore[overload-overlap]
    flops: _Number,
    peak_tflops: _Number,
    mfu: _Number,
    days_per_month: _Number = ...,
) -> np.float64:
    """Return the months that one GPU would need: the GPUs that do it in one month."""

@overload
def gpu_months(
    flops: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
    days_per_month: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def gpu_spec(  # type: ignore[overload-overlap]
    gpu: str,
    field: str,
) -> np.float64 | str:
    """Return a published figure of an accelerator."""

@overload
def gpu_spec(
    gpu: _Words,
    field: _Words,
) -> NDArray[Any]: ...
@overload
def gpus_needed(  # type: ignore[overload-overlap]
    flops: _Number,
    days: _Number,
    peak_tflops: _Number,
    mfu: _Number,
) -> np.float64:
    """Return the whole GPUs that finish a computation within a number of days."""

@overload
def gpus_needed(
    flops: _Numbers,
    days: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def gpus_to_fit(  # type: ignore[overload-overlap]
    memory_gb: _Number,
    gpu_memory_gb: _Number,
    usable: _Number = ...,
) -> np.float64:
    """Return the whole GPUs whose memory holds so much."""

@overload
def gpus_to_fit(
    memory_gb: _Numbers,
    gpu_memory_gb: _Numbers,
    usable: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def grid_intensity(  # type: ignore[overload-overlap]
    region: str,
) -> np.float64:
    """Return the carbon that a grid emits for a megawatt-hour, on average of the newest year."""

@overload
def grid_intensity(
    region: _Words,
) -> NDArray[np.float64]: ...
@overload
def grid_water(  # type: ignore[overload-overlap]
    region: str,
) -> np.float64:
    """Return the water that a grid's power plants consume for a kilowatt-hour, on average."""

@overload
def grid_water(
    region: _Words,
) -> NDArray[np.float64]: ...
@overload
def h100_equivalents(  # type: ignore[overload-overlap]
    gpus: _Number,
    peak_tflops: _Number,
) -> np.float64:
    """Return how many H100 have the same dense 16-bit peak rate, 989.4 TFLOP/s each."""

@overload
def h100_equivalents(
    gpus: _Numbers,
    peak_tflops: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def image_tokens(  # type: ignore[overload-overlap]
    height: _Number,
    width: _Number,
    patch: _Number = ...,
    rounding: str = ...,
) -> np.float64:
    """Return the patches that a vision transformer cuts an image into, one token each."""

@overload
def image_tokens(
    height: _Numbers,
    width: _Numbers,
    patch: _Numbers = ...,
    rounding: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def image_tokens_api(  # type: ignore[overload-overlap]
    height: _Number,
    width: _Number,
    rule: str,
) -> np.float64:
    """Return the tokens that a vendor bills for an image."""

@overload
def image_tokens_api(
    height: _Numbers,
    width: _Numbers,
    rule: _Words,
) -> NDArray[np.float64]: ...
@overload
def infer_flops(  # type: ignore[overload-overlap]
    params: _Number,
    prompt_tokens: _Number,
    output_tokens: _Number,
) -> np.float64:
    """Return the FLOP of one answer, 2·N for each token read or written."""

@overload
def infer_flops(
    params: _Numbers,
    prompt_tokens: _Numbers,
    output_tokens: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def infer_seconds(  # type: ignore[overload-overlap]
    flops: _Number,
    peak_tflops: _Number,
    mfu: _Number,
    gpus: _Number = ...,
) -> np.float64:
    """Return the seconds that GPUs need for the computation of an answer."""

@overload
def infer_seconds(
    flops: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
    gpus: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def iteration_flops(  # type: ignore[overload-overlap]
    batch: _Number,
    context: _Number,
    layers: _Number,
    d_model: _Number,
    vocab: _Number,
    recompute: str = ...,
) -> np.float64:
    """Return the FLOP of one training step of a GPT, recomputed activations included."""

@overload
def iteration_flops(
    batch: _Numbers,
    context: _Numbers,
    layers: _Numbers,
    d_model: _Numbers,
    vocab: _Numbers,
    recompute: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def kaplan_loss(  # type: ignore[overload-overlap]
    params: _Number,
) -> np.float64:
    """Return the loss of a model that never lacks data, (8.8e13/N)^0.076."""

@overload
def kaplan_loss(
    params: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def kv_cache_bytes(  # type: ignore[overload-overlap]
    layers: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    tokens: _Number,
    bytes_per_value: _Number = ...,
    sequences: _Number = ...,
    window: _Number = ...,
    window_layers: _Number = ...,
) -> np.float64:
    """Return the bytes of the keys and values that a context keeps."""

@overload
def kv_cache_bytes(
    layers: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    tokens: _Numbers,
    bytes_per_value: _Numbers = ...,
    sequences: _Numbers = ...,
    window: _Numbers = ...,
    window_layers: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def kv_cache_bytes_mla(  # type: ignore[overload-overlap]
    layers: _Number,
    kv_rank: _Number,
    rope_dim: _Number,
    tokens: _Number,
    bytes_per_value: _Number = ...,
    sequences: _Number = ...,
) -> np.float64:
    """Return the bytes that a context keeps under multi-head latent attention."""

@overload
def kv_cache_bytes_mla(
    layers: _Numbers,
    kv_rank: _Numbers,
    rope_dim: _Numbers,
    tokens: _Numbers,
    bytes_per_value: _Numbers = ...,
    sequences: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def latent_video_tokens(  # type: ignore[overload-overlap]
    frames: _Number,
    height: _Number,
    width: _Number,
    temporal_stride: _Number = ...,
    spatial_stride: _Number = ...,
    patch: _Number = ...,
) -> np.float64:
    """Return the tokens of a video in the latent space of a generating model."""

@overload
def latent_video_tokens(
    frames: _Numbers,
    height: _Numbers,
    width: _Numbers,
    temporal_stride: _Numbers = ...,
    spatial_stride: _Numbers = ...,
    patch: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def lora_params(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    rank: _Number,
    matrices: _Number = ...,
    kv_width: _Number = ...,
) -> np.float64:
    """Return the parameters that low-rank adaptation trains."""

@overload
def lora_params(
    layers: _Numbers,
    d_model: _Numbers,
    rank: _Numbers,
    matrices: _Numbers = ...,
    kv_width: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def lora_state_gb(  # type: ignore[overload-overlap]
    params: _Number,
    lora_params: _Number,
    bytes_per_param: _Number = ...,
) -> np.float64:
    """Return the memory of frozen weights and of the state of a low-rank adaptation."""

@overload
def lora_state_gb(
    params: _Numbers,
    lora_params: _Numbers,
    bytes_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def max_sequences(  # type: ignore[overload-overlap]
    gpu_memory_gb: _Number,
    gpus: _Number,
    weights_gb: _Number,
    kv_bytes_per_sequence: _Number,
    usable: _Number = ...,
) -> np.float64:
    """Return the whole sequences whose KV caches fit beside the weights."""

@overload
def max_sequences(
    gpu_memory_gb: _Numbers,
    gpus: _Numbers,
    weights_gb: _Numbers,
    kv_bytes_per_sequence: _Numbers,
    usable: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def model_params(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    ffn_dim: _Number,
    heads: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    vocab: _Number,
    ffn_matrices: _Number = ...,
    tied_embeddings: bool = ...,
    biases: bool = ...,
) -> np.float64:
    """Return the parameters of a dense decoder, counted from its shape."""

@overload
def model_params(
    layers: _Numbers,
    d_model: _Numbers,
    ffn_dim: _Numbers,
    heads: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    vocab: _Numbers,
    ffn_matrices: _Numbers = ...,
    tied_embeddings: _Flags = ...,
    biases: _Flags = ...,
) -> NDArray[np.float64]: ...
@overload
def model_spec(  # type: ignore[overload-overlap]
    model: str,
    field: str,
) -> np.float64 | str:
    """Return a published figure of a model."""

@overload
def model_spec(
    model: _Words,
    field: _Words,
) -> NDArray[Any]: ...
@overload
def moe_active_params(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    heads: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    vocab: _Number,
    experts: _Number,
    expert_ffn: _Number,
    experts_per_token: _Number,
    shared: _Number = ...,
    dense_layers: _Number = ...,
    dense_ffn: _Number = ...,
    ffn_matrices: _Number = ...,
    tied_embeddings: bool = ...,
) -> np.float64:
    """Return the parameters that one token of a mixture of experts passes through."""

@overload
def moe_active_params(
    layers: _Numbers,
    d_model: _Numbers,
    heads: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    vocab: _Numbers,
    experts: _Numbers,
    expert_ffn: _Numbers,
    experts_per_token: _Numbers,
    shared: _Numbers = ...,
    dense_layers: _Numbers = ...,
    dense_ffn: _Numbers = ...,
    ffn_matrices: _Numbers = ...,
    tied_embeddings: _Flags = ...,
) -> NDArray[np.float64]: ...
@overload
def moe_params(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    heads: _Number,
    kv_heads: _Number,
    head_dim: _Number,
    vocab: _Number,
    experts: _Number,
    expert_ffn: _Number,
    shared: _Number = ...,
    dense_layers: _Number = ...,
    dense_ffn: _Number = ...,
    ffn_matrices: _Number = ...,
    tied_embeddings: bool = ...,
) -> np.float64:
    """Return all parameters of a mixture of experts, counted from its shape."""

@overload
def moe_params(
    layers: _Numbers,
    d_model: _Numbers,
    heads: _Numbers,
    kv_heads: _Numbers,
    head_dim: _Numbers,
    vocab: _Numbers,
    experts: _Numbers,
    expert_ffn: _Numbers,
    shared: _Numbers = ...,
    dense_layers: _Numbers = ...,
    dense_ffn: _Numbers = ...,
    ffn_matrices: _Numbers = ...,
    tied_embeddings: _Flags = ...,
) -> NDArray[np.float64]: ...
@overload
def noise_scale(  # type: ignore[overload-overlap]
    gradient_variance: _Number,
    gradient_norm_squared: _Number,
) -> np.float64:
    """Return the batch at which the noise of a gradient is as large as the gradient."""

@overload
def noise_scale(
    gradient_variance: _Numbers,
    gradient_norm_squared: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def optimal_params(  # type: ignore[overload-overlap]
    flops: _Number,
    fit: str = ...,
) -> np.float64:
    """Return the parameters that give the lowest loss for a training budget."""

@overload
def optimal_params(
    flops: _Numbers,
    fit: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def optimal_tokens(  # type: ignore[overload-overlap]
    flops: _Number,
    fit: str = ...,
) -> np.float64:
    """Return the training tokens that give the lowest loss for a training budget."""

@overload
def optimal_tokens(
    flops: _Numbers,
    fit: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def owned_gpu_hour(  # type: ignore[overload-overlap]
    purchase_price: _Number,
    life_years: _Number,
    watts: _Number,
    power_price: _Number,
    pue: _Number = ...,
    utilisation: _Number = ...,
    upkeep_per_year: _Number = ...,
) -> np.float64:
    """Return what one used hour of an owned GPU costs."""

@overload
def owned_gpu_hour(
    purchase_price: _Numbers,
    life_years: _Numbers,
    watts: _Numbers,
    power_price: _Numbers,
    pue: _Numbers = ...,
    utilisation: _Numbers = ...,
    upkeep_per_year: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def peak_qps(  # type: ignore[overload-overlap]
    daily_users: _Number,
    requests_per_user: _Number,
    peak_factor: _Number = ...,
) -> np.float64:
    """Return the requests a second at the busiest time of a day."""

@overload
def peak_qps(
    daily_users: _Numbers,
    requests_per_user: _Numbers,
    peak_factor: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def pipeline_bubble(  # type: ignore[overload-overlap]
    stages: _Number,
    micro_batches: _Number,
    interleave: _Number = ...,
) -> np.float64:
    """Return the idle time of a pipeline over the time of its work, (p-1)/(v·m)."""

@overload
def pipeline_bubble(
    stages: _Numbers,
    micro_batches: _Numbers,
    interleave: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def power_price(  # type: ignore[overload-overlap]
    region: str,
    currency: str = ...,
) -> np.float64:
    """Return the newest price of a kilowatt-hour of a region and a kind of customer."""

@overload
def power_price(
    region: _Words,
    currency: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def price_in(  # type: ignore[overload-overlap]
    price: _Number,
    annual_change: _Number,
    years: _Number,
) -> np.float64:
    """Return a price after years in which it changes by a constant rate."""

@overload
def price_in(
    price: _Numbers,
    annual_change: _Numbers,
    years: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def pue_of(  # type: ignore[overload-overlap]
    operator: str,
) -> np.float64:
    """Return the newest power usage effectiveness that an operator of data centres published."""

@overload
def pue_of(
    operator: _Words,
) -> NDArray[np.float64]: ...
@overload
def purchase_price(  # type: ignore[overload-overlap]
    gpu: str,
    basis: str = ...,
    currency: str = ...,
    as_of: str = ...,
) -> np.float64:
    """Return what an accelerator costs to buy."""

@overload
def purchase_price(
    gpu: _Words,
    basis: _Words = ...,
    currency: _Words = ...,
    as_of: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def range_high(  # type: ignore[overload-overlap]
    mid: _Number,
    spreads: _Numbers,
    coverage: _Number = ...,
) -> np.float64:
    """Return the upper end of a range around a product of uncertain factors."""

@overload
def range_high(
    mid: _Numbers,
    spreads: _Numbers,
    coverage: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def range_low(  # type: ignore[overload-overlap]
    mid: _Number,
    spreads: _Numbers,
    coverage: _Number = ...,
) -> np.float64:
    """Return the lower end of a range around a product of uncertain factors."""

@overload
def range_low(
    mid: _Numbers,
    spreads: _Numbers,
    coverage: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def refresh_runs(  # type: ignore[overload-overlap]
    monthly_share: _Number,
    daily_share: _Number,
    models: _Number,
) -> np.float64:
    """Return the training runs of a year that keep models up to date."""

@overload
def refresh_runs(
    monthly_share: _Numbers,
    daily_share: _Numbers,
    models: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def rent_or_buy_hours(  # type: ignore[overload-overlap]
    purchase_price: _Number,
    own_cost_per_hour: _Number,
    rent_price: _Number,
) -> np.float64:
    """Return the GPU-hours after which buying is cheaper than renting."""

@overload
def rent_or_buy_hours(
    purchase_price: _Numbers,
    own_cost_per_hour: _Numbers,
    rent_price: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def rental_price(  # type: ignore[overload-overlap]
    gpu: str,
    provider: str = ...,
    basis: str = ...,
    terms: str = ...,
    currency: str = ...,
    as_of: str = ...,
) -> np.float64:
    """Return what a rented GPU costs an hour, on a market or at one provider."""

@overload
def rental_price(
    gpu: _Words,
    provider: _Words = ...,
    basis: _Words = ...,
    terms: _Words = ...,
    currency: _Words = ...,
    as_of: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def request_wh(  # type: ignore[overload-overlap]
    active_params: _Number,
    total_params: _Number,
    output_tokens: _Number,
    batch: _Number = ...,
    pue: _Number = ...,
    bytes_per_param: _Number = ...,
    gpu_memory_gb: _Number = ...,
    server_watts: _Number = ...,
    gpus_per_server: _Number = ...,
) -> np.float64:
    """Return the energy of one answer, by EcoLogits' fit of measurements on H100."""

@overload
def request_wh(
    active_params: _Numbers,
    total_params: _Numbers,
    output_tokens: _Numbers,
    batch: _Numbers = ...,
    pue: _Numbers = ...,
    bytes_per_param: _Numbers = ...,
    gpu_memory_gb: _Numbers = ...,
    server_watts: _Numbers = ...,
    gpus_per_server: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def rl_flops(  # type: ignore[overload-overlap]
    policy_params: _Number,
    prompts: _Number,
    prompt_tokens: _Number,
    samples: _Number,
    output_tokens: _Number,
    reference_params: _Number = ...,
    reward_params: _Number = ...,
    updates: _Number = ...,
) -> np.float64:
    """Return the FLOP of one step of reinforcement learning on a model's own answers."""

@overload
def rl_flops(
    policy_params: _Numbers,
    prompts: _Numbers,
    prompt_tokens: _Numbers,
    samples: _Numbers,
    output_tokens: _Numbers,
    reference_params: _Numbers = ...,
    reward_params: _Numbers = ...,
    updates: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def scaling_loss(  # type: ignore[overload-overlap]
    params: _Number,
    tokens: _Number,
    fit: str = ...,
) -> np.float64:
    """Return the loss that a dense model reaches on its training text, E + A/N^α + B/D^β."""

@overload
def scaling_loss(
    params: _Numbers,
    tokens: _Numbers,
    fit: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def serving_gpus(  # type: ignore[overload-overlap]
    tokens_per_second: _Number,
    tokens_per_gpu_second: _Number,
    target_utilisation: _Number = ...,
) -> np.float64:
    """Return the whole GPUs that serve a load."""

@overload
def serving_gpus(
    tokens_per_second: _Numbers,
    tokens_per_gpu_second: _Numbers,
    target_utilisation: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def speculative_speedup(  # type: ignore[overload-overlap]
    acceptance: _Number,
    draft_tokens: _Number,
    draft_cost: _Number,
) -> np.float64:
    """Return how much faster decoding is where a small model drafts and the large one checks."""

@overload
def speculative_speedup(
    acceptance: _Numbers,
    draft_tokens: _Numbers,
    draft_cost: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def spot_rate(  # type: ignore[overload-overlap]
    spot_price: _Number,
    interruptions_per_hour: _Number,
    restart_hours: _Number,
    interval_hours: _Number,
) -> np.float64:
    """Return the price of a useful spot hour: interruptions waste paid hours."""

@overload
def spot_rate(
    spot_price: _Numbers,
    interruptions_per_hour: _Numbers,
    restart_hours: _Numbers,
    interval_hours: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def storage_cost(  # type: ignore[overload-overlap]
    gb: _Number,
    months: _Number,
    price_per_gb_month: _Number,
) -> np.float64:
    """Return what it costs to keep data for months."""

@overload
def storage_cost(
    gb: _Numbers,
    months: _Numbers,
    price_per_gb_month: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def tensor_parallel_seconds(  # type: ignore[overload-overlap]
    layers: _Number,
    d_model: _Number,
    context: _Number,
    micro_batch: _Number,
    tensor_parallel: _Number,
    bandwidth_gbs: _Number,
    bytes_per_value: _Number = ...,
    latency_us: _Number = ...,
) -> np.float64:
    """Return the seconds that tensor parallelism exchanges for a micro-batch, both passes."""

@overload
def tensor_parallel_seconds(
    layers: _Numbers,
    d_model: _Numbers,
    context: _Numbers,
    micro_batch: _Numbers,
    tensor_parallel: _Numbers,
    bandwidth_gbs: _Numbers,
    bytes_per_value: _Numbers = ...,
    latency_us: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def throughput_mfu(  # type: ignore[overload-overlap]
    flops_per_token: _Number,
    tokens_per_second: _Number,
    gpus: _Number,
    peak_tflops: _Number,
) -> np.float64:
    """Return the utilisation that an observed token throughput implies."""

@overload
def throughput_mfu(
    flops_per_token: _Numbers,
    tokens_per_second: _Numbers,
    gpus: _Numbers,
    peak_tflops: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def token_price(  # type: ignore[overload-overlap]
    model: str,
    direction: str,
    currency: str = ...,
    context_tokens: _Number = ...,
    as_of: str = ...,
) -> np.float64:
    """Return the list price of a million tokens of a model's API."""

@overload
def token_price(
    model: _Words,
    direction: _Words,
    currency: _Words = ...,
    context_tokens: _Numbers = ...,
    as_of: _Words = ...,
) -> NDArray[np.float64]: ...
@overload
def token_words(  # type: ignore[overload-overlap]
    tokens: _Number,
    tokens_per_word: _Number = ...,
) -> np.float64:
    """Return the words that so many tokens hold."""

@overload
def token_words(
    tokens: _Numbers,
    tokens_per_word: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def train_cost(  # type: ignore[overload-overlap]
    flops: _Number,
    peak_tflops: _Number,
    mfu: _Number,
    price_per_gpu_hour: _Number,
) -> np.float64:
    """Return what the GPU-hours of a computation cost."""

@overload
def train_cost(
    flops: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
    price_per_gpu_hour: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def train_days(  # type: ignore[overload-overlap]
    flops: _Number,
    gpus: _Number,
    peak_tflops: _Number,
    mfu: _Number,
) -> np.float64:
    """Return the days that a cluster needs for a computation."""

@overload
def train_days(
    flops: _Numbers,
    gpus: _Numbers,
    peak_tflops: _Numbers,
    mfu: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def train_flops(  # type: ignore[overload-overlap]
    params: _Number,
    tokens: _Number,
    flops_per_param_token: _Number = ...,
) -> np.float64:
    """Return the FLOP that training takes, k·N·D."""

@overload
def train_flops(
    params: _Numbers,
    tokens: _Numbers,
    flops_per_param_token: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def train_mfu(  # type: ignore[overload-overlap]
    flops: _Number,
    gpus: _Number,
    days: _Number,
    peak_tflops: _Number,
) -> np.float64:
    """Return the utilisation that a reported training run implies."""

@overload
def train_mfu(
    flops: _Numbers,
    gpus: _Numbers,
    days: _Numbers,
    peak_tflops: _Numbers,
) -> NDArray[np.float64]: ...
@overload
def train_state_gb(  # type: ignore[overload-overlap]
    params: _Number,
    zero_stage: _Number = ...,
    shards: _Number = ...,
    bytes_per_param: _Number = ...,
) -> np.float64:
    """Return the memory that weights, gradients and optimiser take on each GPU."""

@overload
def train_state_gb(
    params: _Numbers,
    zero_stage: _Numbers = ...,
    shards: _Numbers = ...,
    bytes_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def vector_db_gb(  # type: ignore[overload-overlap]
    vectors: _Number,
    dimensions: _Number,
    bytes_per_value: _Number = ...,
    overhead: _Number = ...,
) -> np.float64:
    """Return the memory of an index of embedded documents."""

@overload
def vector_db_gb(
    vectors: _Numbers,
    dimensions: _Numbers,
    bytes_per_value: _Numbers = ...,
    overhead: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def video_tokens(  # type: ignore[overload-overlap]
    frames: _Number,
    height: _Number,
    width: _Number,
    patch: _Number = ...,
    frames_per_token: _Number = ...,
) -> np.float64:
    """Return the tokens of a video that is cut into patches over space and time."""

@overload
def video_tokens(
    frames: _Numbers,
    height: _Numbers,
    width: _Numbers,
    patch: _Numbers = ...,
    frames_per_token: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def video_tokens_api(  # type: ignore[overload-overlap]
    seconds: _Number,
    rule: str,
    fps: _Number = ...,
) -> np.float64:
    """Return the tokens that a vendor bills for a video with its sound."""

@overload
def video_tokens_api(
    seconds: _Numbers,
    rule: _Words,
    fps: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def water_litres(  # type: ignore[overload-overlap]
    it_mwh: _Number,
    onsite_wue: _Number,
    pue: _Number = ...,
    grid_wue: _Number = ...,
) -> np.float64:
    """Return the water that cooling, and the making of the electricity, take."""

@overload
def water_litres(
    it_mwh: _Numbers,
    onsite_wue: _Numbers,
    pue: _Numbers = ...,
    grid_wue: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def weights_gb(  # type: ignore[overload-overlap]
    params: _Number,
    bytes_per_param: _Number = ...,
) -> np.float64:
    """Return the memory that a model's weights take."""

@overload
def weights_gb(
    params: _Numbers,
    bytes_per_param: _Numbers = ...,
) -> NDArray[np.float64]: ...
@overload
def word_tokens(  # type: ignore[overload-overlap]
    words: _Number,
    tokens_per_word: _Number = ...,
) -> np.float64:
    """Return the tokens of a text of so many words."""

@overload
def word_tokens(
    words: _Numbers,
    tokens_per_word: _Numbers = ...,
) -> NDArray[np.float64]: ...
