"""Each formula with every argument given and none at its default, computed by hand."""

import numpy as np
import pytest

from xlcalc.registry import BY_NAME, specs

DEFAULTS = {
    "TRAIN_FLOPS": {"flops_per_param_token": 6},
    "MODEL_PARAMS": {"ffn_matrices": 3, "tied_embeddings": False},
    "FLOPS_PER_TOKEN": {"ffn_matrices": 3, "attention": "causal"},
    "ITERATION_FLOPS": {"recompute": "none"},
    "GPU_MONTHS": {"days_per_month": 30},
    "CHINCHILLA_TOKENS": {"tokens_per_param": 20},
    "CHINCHILLA_PARAMS": {"tokens_per_param": 20},
    "OPTIMAL_PARAMS": {"fit": "besiroglu2024"},
    "OPTIMAL_TOKENS": {"fit": "besiroglu2024"},
    "SCALING_LOSS": {"fit": "besiroglu2024"},
    "WORD_TOKENS": {"tokens_per_word": 4 / 3},
    "TOKEN_WORDS": {"tokens_per_word": 4 / 3},
    "BYTE_TOKENS": {"bytes_per_token": 4, "kept_fraction": 1},
    "IMAGE_TOKENS": {"patch": 16},
    "VIDEO_TOKENS_API": {"fps": 1},
    "VIDEO_TOKENS": {"patch": 16, "frames_per_token": 1},
    "LATENT_VIDEO_TOKENS": {"temporal_stride": 4, "spatial_stride": 8, "patch": 2},
    "INFER_SECONDS": {"gpus": 1},
    "DECODE_TOKENS_PER_SECOND": {"batch": 1, "kv_bytes_per_sequence": 0, "mfu": 1},
    "KV_CACHE_BYTES": {"bytes_per_value": 2, "sequences": 1},
    "KV_CACHE_BYTES_MLA": {"bytes_per_value": 2, "sequences": 1},
    "MAX_SEQUENCES": {"usable": 0.9},
    "PEAK_QPS": {"peak_factor": 1},
    "SERVING_GPUS": {"target_utilisation": 1},
    "COST_PER_MTOKENS": {"utilisation": 1},
    "WEIGHTS_GB": {"bytes_per_param": 2},
    "TRAIN_STATE_GB": {"zero_stage": 0, "shards": 1},
    "ACTIVATION_GB": {"tensor_parallel": 1, "recompute": "none", "sequence_parallel": False},
    "GPUS_TO_FIT": {"usable": 0.9},
    "LORA_PARAMS": {"matrices": 2},
    "LORA_STATE_GB": {"bytes_per_param": 2},
    "PIPELINE_BUBBLE": {"interleave": 1},
    "ALL_TO_ALL_SECONDS": {"bytes_per_value": 2},
    "ATTENTION_FLOPS": {"attention": "causal"},
    "ATTENTION_SHARE": {"attention": "causal"},
    "CONTEXT_COST_RATIO": {"attention": "causal"},
    "ENERGY_MWH": {"pue": 1.1},
    "OWNED_GPU_HOUR": {"pue": 1.25, "utilisation": 1, "upkeep_per_year": 0},
    "RENTAL_PRICE": {
        "provider": "",
        "basis": "median",
        "terms": "on-demand",
        "currency": "USD",
        "as_of": "",
    },
    "TOKEN_PRICE": {"currency": "USD", "context_tokens": 0, "as_of": ""},
    "PURCHASE_PRICE": {"basis": "median", "currency": "USD", "as_of": ""},
    "POWER_PRICE": {"currency": "USD"},
    "FX": {"as_of": ""},
}
"""What an argument that is left out counts for: a change here changes the cells of our users."""

CASES = [
    (30.0, "TRAIN_FLOPS", (2, 3, 5)),
    (125.0, "BYTE_TOKENS", (1000, 4, 0.5)),
    # 1 + floor(19/4) = 5 frames of (64/8/2)² = 16 patches; 20 frames and not 21 fill five.
    (80.0, "LATENT_VIDEO_TOKENS", (20, 64, 64, 4, 8, 2)),
    (96.0, "LATENT_VIDEO_TOKENS", (21, 64, 64, 4, 8, 2)),
    (27.0, "LATENT_VIDEO_TOKENS", (7, 96, 96, 3, 16, 2)),
    # 3 tubes of 2 frames each, 2 × 3 patches of 14.
    (18.0, "VIDEO_TOKENS", (5, 28, 42, 14, 2)),
    (6.0, "IMAGE_TOKENS", (28, 42, 14)),
    # 258 tokens up to 384 on the longer side; else crops of floor(min/1.5) pixels.
    (258.0, "IMAGE_TOKENS_API", (384, 384, "gemini-2.5")),
    (258.0, "IMAGE_TOKENS_API", (1, 300, "gemini-2.5")),
    # An image thinner than a patch costs no more than the budget of 1,536 patches.
    (1844.0, "IMAGE_TOKENS_API", (1, 100000, "openai-patch-5-mini")),
    (4.0, "IMAGE_TOKENS_API", (3, 3, "qwen-28")),
    # 42 and 70 pixels are 1.5 and 2.5 patches, which Python rounds to 2 and 2.
    (4.0, "IMAGE_TOKENS_API", (42, 70, "qwen-28")),
    (1548.0, "IMAGE_TOKENS_API", (540, 960, "gemini-2.5")),
    # Table 2 of Korthikanti et al.: s·b·h·L·(10 + 24/t + 5·a·s/(h·t)) bytes and its variants.
    (0.0004425, "ACTIVATION_GB", (2, 1000, 5, 10, 1, 2, "none", False)),
    (0.00088, "ACTIVATION_GB", (2, 1000, 5, 10, 2, 2, "selective", False)),
    (0.00068, "ACTIVATION_GB", (2, 1000, 5, 10, 2, 2, "selective", True)),
    (0.00004, "ACTIVATION_GB", (2, 1000, 5, 10, 1, 2, "full", False)),
    (0.00004, "ACTIVATION_GB", (2, 1000, 5, 10, 1, 2, "full", True)),
    (1.2, "ENERGY_MWH", (2000, 500, 1.2)),
    # (90,000/4 + 2,640)/(8,760·0.5) + 0.7 kW·1.2·0.1 = 5.739726… + 0.084
    (25140 / 4380 + 0.084, "OWNED_GPU_HOUR", (90000, 4, 700, 0.1, 1.2, 0.5, 2640)),
    (40.0, "COST_PER_MTOKENS", (7.2, 100, 0.5)),
    (10.0, "SERVING_GPUS", (500, 100, 0.5)),
    (1.5 / 7, "PIPELINE_BUBBLE", (4, 7, 2)),
    (1680.0, "KV_CACHE_BYTES", (2, 3, 5, 7, 2, 2)),
    (672.0, "KV_CACHE_BYTES_MLA", (2, 3, 5, 7, 2, 3)),
    (0.5, "WEIGHTS_GB", (1e9, 0.5)),
    (0.5, "ALL_TO_ALL_SECONDS", (1e6, 1000, 5, 20, 1)),
]


def test_an_argument_that_is_left_out_counts_for_what_the_table_says():
    found = {
        spec.name: {a.name: a.default for a in spec.arguments if a.optional} for spec in specs()
    }
    assert DEFAULTS == {name: defaults for name, defaults in found.items() if defaults}


@pytest.mark.parametrize(("expected", "name", "arguments"), CASES)
def test_a_formula_gives_what_was_computed_by_hand(expected, name, arguments):
    assert float(BY_NAME[name](*arguments)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("expected", "name", "arguments"), CASES)
def test_a_formula_gives_the_same_for_a_column(expected, name, arguments):
    columns = [np.full(3, a) if isinstance(a, int | float) and a is not False and a is not True
               else a for a in arguments]  # fmt: skip
    assert [pytest.approx(expected, rel=1e-12)] * 3 == BY_NAME[name](*columns).tolist()
