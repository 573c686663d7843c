"""Which functions does a worksheet see?

The list is kept by hand; nothing registers itself.
"""

from collections.abc import Callable
from typing import Any

from xlcalc.functions.catalogue import (
    catalogue_source,
    gpu_spec,
    model_spec,
    rental_price,
    token_price,
)
from xlcalc.functions.cost import (
    carbon_tonnes,
    energy_mwh,
    gpu_cost,
    owned_gpu_hour,
    rent_or_buy_hours,
    train_cost,
)
from xlcalc.functions.experts import (
    active_fraction,
    all_to_all_seconds,
    attention_flops,
    attention_share,
    context_cost_ratio,
    expert_slowdown,
)
from xlcalc.functions.images import (
    image_tokens,
    image_tokens_api,
    latent_video_tokens,
    video_tokens,
)
from xlcalc.functions.inference import (
    api_cost,
    break_even_mtokens,
    cost_per_mtokens,
    decode_tokens_per_second,
    infer_flops,
    infer_seconds,
    kv_cache_bytes,
    kv_cache_bytes_mla,
    max_sequences,
    peak_qps,
    serving_gpus,
)
from xlcalc.functions.machines import (
    cluster_pflops,
    gpu_days,
    gpu_hours,
    gpu_months,
    gpus_needed,
    throughput_mfu,
    train_days,
    train_mfu,
)
from xlcalc.functions.memory import (
    activation_gb,
    gpus_to_fit,
    lora_params,
    lora_state_gb,
    pipeline_bubble,
    train_state_gb,
    weights_gb,
)
from xlcalc.functions.scaling import (
    chinchilla_params,
    chinchilla_tokens,
    critical_batch,
    kaplan_loss,
    optimal_params,
    optimal_tokens,
    scaling_loss,
)
from xlcalc.functions.tokens import byte_tokens, char_tokens, token_words, word_tokens
from xlcalc.functions.training import (
    backward_flops,
    flops_per_token,
    forward_flops,
    iteration_flops,
    model_params,
    train_flops,
)
from xlcalc.worksheet import Spec, spec_of

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    train_flops,
    forward_flops,
    backward_flops,
    model_params,
    flops_per_token,
    iteration_flops,
    gpu_days,
    gpu_hours,
    gpu_months,
    train_days,
    gpus_needed,
    train_mfu,
    throughput_mfu,
    cluster_pflops,
    chinchilla_tokens,
    chinchilla_params,
    optimal_params,
    optimal_tokens,
    scaling_loss,
    kaplan_loss,
    critical_batch,
    word_tokens,
    token_words,
    char_tokens,
    byte_tokens,
    image_tokens,
    image_tokens_api,
    video_tokens,
    latent_video_tokens,
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
    weights_gb,
    train_state_gb,
    activation_gb,
    gpus_to_fit,
    lora_params,
    lora_state_gb,
    pipeline_bubble,
    active_fraction,
    expert_slowdown,
    all_to_all_seconds,
    attention_flops,
    attention_share,
    context_cost_ratio,
    gpu_cost,
    train_cost,
    energy_mwh,
    carbon_tonnes,
    owned_gpu_hour,
    rent_or_buy_hours,
    gpu_spec,
    model_spec,
    rental_price,
    token_price,
    catalogue_source,
)
"""The worksheet surface, in the order of the function reference."""

BY_NAME: dict[str, Callable[..., Any]] = {spec_of(f).name: f for f in FUNCTIONS}
"""The functions under their Excel names."""


def specs() -> tuple[Spec, ...]:
    """Return the Spec of every function, in the order of the function reference."""
    return tuple(spec_of(function) for function in FUNCTIONS)
