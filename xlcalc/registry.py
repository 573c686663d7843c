"""Which functions does a worksheet see?

The list is kept by hand; nothing registers itself.
"""

from collections.abc import Callable
from typing import Any

from xlcalc.functions.catalogue import gpu_spec, model_spec
from xlcalc.functions.cost import (
    carbon_tonnes,
    energy_mwh,
    gpu_cost,
    owned_gpu_hour,
    rent_or_buy_hours,
    train_cost,
)
from xlcalc.functions.inference import infer_flops, infer_seconds
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
from xlcalc.functions.scaling import chinchilla_params, chinchilla_tokens
from xlcalc.functions.tokens import image_tokens, token_words, word_tokens
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
    word_tokens,
    token_words,
    image_tokens,
    infer_flops,
    infer_seconds,
    gpu_cost,
    train_cost,
    energy_mwh,
    carbon_tonnes,
    owned_gpu_hour,
    rent_or_buy_hours,
    gpu_spec,
    model_spec,
)
"""The worksheet surface, in the order of the function reference."""

BY_NAME: dict[str, Callable[..., Any]] = {spec_of(f).name: f for f in FUNCTIONS}
"""The functions under their Excel names."""


def specs() -> tuple[Spec, ...]:
    """Return the Spec of every function, in the order of the function reference."""
    return tuple(spec_of(function) for function in FUNCTIONS)
