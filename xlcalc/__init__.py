"""Compute economics in the spreadsheet: what AI training and inference cost."""

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

__version__ = "0.1.0"

__all__ = [
    "backward_flops",
    "carbon_tonnes",
    "chinchilla_params",
    "chinchilla_tokens",
    "cluster_pflops",
    "energy_mwh",
    "flops_per_token",
    "forward_flops",
    "gpu_cost",
    "gpu_days",
    "gpu_hours",
    "gpu_months",
    "gpu_spec",
    "gpus_needed",
    "image_tokens",
    "infer_flops",
    "infer_seconds",
    "iteration_flops",
    "model_params",
    "model_spec",
    "owned_gpu_hour",
    "rent_or_buy_hours",
    "throughput_mfu",
    "token_words",
    "train_cost",
    "train_days",
    "train_flops",
    "train_mfu",
    "word_tokens",
]
