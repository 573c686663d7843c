"""Each formula with every argument given and none at its default, computed by hand."""

import numpy as np
import pytest

import xlcalc
from xlcalc.cells import CellError, call_function
from xlcalc.errors import ArgumentError, DomainError
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import SameAs

WINDOW = {"window": 0, "window_layers": 0}
EXPERTS = {"shared": 0, "dense_layers": 0, "dense_ffn": 0, "ffn_matrices": 3}
DEFAULTS = {
    "TRAIN_FLOPS": {"flops_per_param_token": 6},
    "MODEL_PARAMS": {"ffn_matrices": 3, "tied_embeddings": False, "biases": False},
    "FLOPS_PER_TOKEN": {"ffn_matrices": 3, "attention": "causal", **WINDOW},
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
    "IMAGE_TOKENS": {"patch": 16, "rounding": "up"},
    "VIDEO_TOKENS_API": {"fps": 1},
    "VIDEO_TOKENS": {"patch": 16, "frames_per_token": 1},
    "LATENT_VIDEO_TOKENS": {"temporal_stride": 4, "spatial_stride": 8, "patch": 2},
    "INFER_SECONDS": {"gpus": 1},
    "DECODE_TOKENS_PER_SECOND": {
        "batch": 1,
        "kv_bytes_per_sequence": 0,
        "mfu": 1,
        "active_params": SameAs("params"),
        "experts": 1,
        "experts_per_token": 1,
    },
    "KV_CACHE_BYTES": {"bytes_per_value": 2, "sequences": 1, **WINDOW},
    "KV_CACHE_BYTES_MLA": {"bytes_per_value": 2, "sequences": 1},
    "MAX_SEQUENCES": {"usable": 0.9},
    "PEAK_QPS": {"peak_factor": 1},
    "SERVING_GPUS": {"target_utilisation": 1},
    "COST_PER_MTOKENS": {"utilisation": 1},
    "WEIGHTS_GB": {"bytes_per_param": 2},
    "TRAIN_STATE_GB": {"zero_stage": 0, "shards": 1, "bytes_per_param": 16},
    "ACTIVATION_GB": {"tensor_parallel": 1, "recompute": "none", "sequence_parallel": False},
    "GPUS_TO_FIT": {"usable": 0.9},
    "LORA_PARAMS": {"matrices": 2, "kv_width": SameAs("d_model")},
    "LORA_STATE_GB": {"bytes_per_param": 2},
    "PIPELINE_BUBBLE": {"interleave": 1},
    "ALL_TO_ALL_SECONDS": {"bytes_per_value": 2},
    "ATTENTION_FLOPS": {"attention": "causal", **WINDOW},
    "ATTENTION_SHARE": {"attention": "causal", **WINDOW},
    "CONTEXT_COST_RATIO": {"attention": "causal", **WINDOW},
    "MOE_PARAMS": {**EXPERTS, "tied_embeddings": False},
    "MOE_ACTIVE_PARAMS": {**EXPERTS, "tied_embeddings": False},
    "FLOPS_PER_TOKEN_MLA": {**EXPERTS, "attention": "causal"},
    "ALL_REDUCE_SECONDS": {"latency_us": 0},
    "TENSOR_PARALLEL_SECONDS": {"bytes_per_value": 2, "latency_us": 0},
    "CONTEXT_PARALLEL_SECONDS": {"bytes_per_value": 2, "latency_us": 0},
    "API_COST_CACHED": {
        "cache_write_tokens": 0,
        "cache_write_price": SameAs("input_price"),
        "batch_discount": 0,
    },
    "AGENT_COST": {"cache_read_price": SameAs("input_price"), "reasoning_tokens": 0},
    "BLENDED_PRICE": {
        "input_per_output": 3,
        "cached_share": 0,
        "cache_read_price": SameAs("input_price"),
    },
    "VECTOR_DB_GB": {"bytes_per_value": 4, "overhead": 1.5},
    "GOODPUT": {"interval_seconds": 0},
    "CHECKPOINT_GB": {"bytes_per_param": 14},
    "FINETUNE_FLOPS": {"trained_params": SameAs("params"), "method": "full"},
    "RL_FLOPS": {
        "reference_params": SameAs("policy_params"),
        "reward_params": 0,
        "updates": 1,
    },
    "DISTILL_FLOPS": {"cached_logits": False},
    "COMMITTED_RATE": {"spot_rate": SameAs("on_demand"), "spot_share": 0},
    "CLUSTER_MW": {"server_factor": 1, "pue": 1.25},
    "WATER_LITRES": {"pue": 1.1, "grid_wue": 0},
    "EMBODIED_TONNES": {"gpu_kg": 164, "server_kg": 5700, "gpus_per_server": 8, "life_years": 3},
    "REQUEST_WH": {
        "batch": 64,
        "pue": 1.1,
        "bytes_per_param": 2,
        "gpu_memory_gb": 80,
        "server_watts": 1200,
        "gpus_per_server": 8,
    },
    "RANGE_LOW": {"coverage": 0.9},
    "RANGE_HIGH": {"coverage": 0.9},
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
    # Two of five layers see 3 of 10 tokens: 6·(3·10 + 2·3)·7·11.
    (16632.0, "ATTENTION_FLOPS", (5, 7, 11, 10, 1, "causal", 3, 2)),
    (33264.0, "ATTENTION_FLOPS", (5, 7, 11, 10, 1, "full", 3, 2)),
    (23100.0, "ATTENTION_FLOPS", (5, 7, 11, 10, 1, "causal", 12, 2)),
    (16632 / (16632 + 6 * 2772), "ATTENTION_SHARE", (2772, 5, 7, 11, 10, "causal", 3, 2)),
    # (6·2772 + 16632)/(6·2772 + 6·(3·4 + 2·3)·77) = 33264/24948
    (4 / 3, "CONTEXT_COST_RATIO", (2772, 5, 7, 11, 10, 4, "causal", 3, 2)),
    # 2·(3·10 + 2·3)·3·7·2·5, and layers that keep nothing at all.
    (15120.0, "KV_CACHE_BYTES", (5, 3, 7, 10, 2, 5, 3, 2)),
    (12600.0, "KV_CACHE_BYTES", (5, 3, 7, 10, 2, 5, 0, 2)),
    # 6·(100·8 + 5·(2·8·6 + 2·8·4 + 3·8·20)) + 6·(3·10 + 2·3)·3·2
    (25296.0, "FLOPS_PER_TOKEN", (5, 8, 20, 3, 2, 2, 100, 10, 3, "causal", 3, 2)),
    # A GPT has (11·5 + 1)·8 = 448 biases, and grouped heads and a gate have others:
    # 5·(6 + 2·4 + 8 + 2·20 + 8 + 2·8) + 8 = 438.
    (448.0 + 5 * (12 * 64 + 16) + 8 + 800, "MODEL_PARAMS", (5, 8, 32, 4, 4, 2, 100, 2, True, True)),
    (
        438.0 + 5 * (96 + 64 + 480 + 16) + 808,
        "MODEL_PARAMS",
        (5, 8, 20, 3, 2, 2, 100, 3, True, True),
    ),
    # Keys and values of 4 numbers: 3·2·((8 + 8) + (8 + 4)) for q and v, twice that with k and o.
    (168.0, "LORA_PARAMS", (3, 8, 2, 2, 4)),
    (336.0, "LORA_PARAMS", (3, 8, 2, 4, 4)),
    (729.0, "IMAGE_TOKENS", (384, 384, 14, "down")),
    (784.0, "IMAGE_TOKENS", (384, 384, 14, "up")),
    # Weights 2, gradients 4 and 12 for the optimiser, of which each of 4 shards keeps a quarter.
    (9.0, "TRAIN_STATE_GB", (1e9, 1, 4, 18)),
    (6.0, "TRAIN_STATE_GB", (1e9, 2, 4, 18)),
    (8.0, "TRAIN_STATE_GB", (1e9, 1, 4, 20)),
    (4.5, "TRAIN_STATE_GB", (1e9, 3, 4, 18)),
    # 2 of 4 experts for each of 3 tokens: of 12 parameters 4 are shared and 8 routed, of which
    # 8·(1 - 1/8) = 7 are read. 11 bytes at 1e-8 GB/s are 1.1 s.
    (3 / 1.1, "DECODE_TOKENS_PER_SECOND", (12, 1, 1e-8, 1, 3, 0, 1, 8, 4, 2)),
    # Fresh 100 - 30 - 20 = 50 at 4, 30 read at 1, 20 written at 5 and 10 out at 8: 410, less half.
    (0.000205, "API_COST_CACHED", (100, 30, 10, 4, 8, 1, 20, 5, 0.5)),
    # 3 calls send 3·100 + 10·6 + 20·3 = 420 tokens, 100 + 30 + 40 = 170 of them for the first time;
    # 170·4 + 250·1 + 3·(20 + 5)·8 = 1530.
    (0.00153, "AGENT_COST", (3, 100, 10, 20, 4, 8, 1, 5)),
    (0.000042 * 20, "AGENT_COST", (1, 100, 10, 20, 4, 20)),
    # 4·(0.25·8 + 0.75·16) = 56, and 14, over 5.
    (14.0, "BLENDED_PRICE", (16, 14, 4, 0.25, 8)),
    (0.06, "EMBED_COST", (200, 300, 1)),
    (0.024, "VECTOR_DB_GB", (1000, 2000, 4, 3)),
    # M is 3,600·100/10 = 36,000 s: 1/(1 + 90/1800 + 900/36000 + 900/36000) = 1/1.1.
    (1 / 1.1, "GOODPUT", (10, 100, 90, 900, 1800)),
    # √(2·50·36000) = 1,897.37 s at its best: 50/1897.37 + 948.683/36000 = 0.0527046.
    (1 / (1 + 1 / 360**0.5 + 1 / 40), "GOODPUT", (10, 100, 50, 900)),
    (1 / 1.025, "GOODPUT", (10, 100, 0, 900)),
    (600.0, "CHECKPOINT_INTERVAL", (5, 10, 100)),
    (8.0, "CHECKPOINT_GB", (1e9, 8)),
    (6.0, "STORAGE_COST", (10, 12, 0.05)),
    (0.9, "EGRESS_COST", (10, 0.09)),
    (420.0, "FINETUNE_FLOPS", (10, 7, 5, "full")),
    (490.0, "FINETUNE_FLOPS", (10, 7, 5, "lora")),
    # 2·5·(3 + 4) = 70 tokens, each 2·(10 + 20 + 30) + 6·10·2 = 240.
    (16800.0, "RL_FLOPS", (10, 2, 3, 5, 4, 20, 30, 2)),
    (70.0 * (20 + 60), "RL_FLOPS", (10, 2, 3, 5, 4, 0)),
    (7 * (60 + 40.0), "DISTILL_FLOPS", (10, 20, 7, False)),
    (420.0, "DISTILL_FLOPS", (10, 20, 7, True)),
    (4 * (6 + 73.0), "REFRESH_RUNS", (0.5, 0.2, 4)),
    # 100·8 + 5·(96 + 64 + 16) + 8 + 2·3·8·20 + 3·(3·8·(4 + 1)·6 + 8·4)
    (4904.0, "MOE_PARAMS", (5, 8, 3, 2, 2, 100, 4, 6, 1, 2, 20, 3, True)),
    (5704.0, "MOE_PARAMS", (5, 8, 3, 2, 2, 100, 4, 6, 1, 2, 20, 3, False)),
    # Two of the four experts of three layers less: 3·2·3·8·6 = 864.
    (4040.0, "MOE_ACTIVE_PARAMS", (5, 8, 3, 2, 2, 100, 4, 6, 2, 1, 2, 20, 3, True)),
    # Queries 4·(8 + 3·5), keys 8·(2 + 2) + 2·3·(3 + 4), out 3·4·8: 92 + 74 + 96 = 262 a layer;
    # 6·(100·8 + 5·262 + 2·3·8·20 + 3·(3·8·(2 + 1)·6 + 8·4)) + 3·5·3·(5 + 4)·10
    (
        6 * (800 + 1310 + 960 + 1392) + 4050.0,
        "FLOPS_PER_TOKEN_MLA",
        (5, 8, 3, 100, 10, 4, 2, 3, 2, 4, 4, 6, 2, 1, 2, 20, 3, "causal"),
    ),
    (
        6 * (800 + 1450 + 960 + 1392) + 8100.0,
        "FLOPS_PER_TOKEN_MLA",
        (5, 8, 3, 100, 10, 0, 2, 3, 2, 4, 4, 6, 2, 1, 2, 20, 3, "full"),
    ),
    # 2·3/4·4e9 bytes at 2 GB/s, and 6 steps of 0.5 s.
    (6.0, "ALL_REDUCE_SECONDS", (4e9, 4, 2, 5e5)),
    (0.0, "ALL_REDUCE_SECONDS", (4e9, 1, 2, 5e5)),
    # 4·3 all-reduces of 2·10·5·4 bytes among two.
    (12 * 400 / 1e9 + 12 * 2e-6, "TENSOR_PARALLEL_SECONDS", (3, 5, 10, 2, 2, 1, 4, 1)),
    # 3 layers, 3/4 of 2·2·5·8·4 bytes, and 3 steps.
    (3 * (480e-9 + 3e-6), "CONTEXT_PARALLEL_SECONDS", (3, 2, 5, 8, 4, 1, 4, 1)),
    (0.5 * 4 + 0.2 * 2 + 0.3 * 10, "COMMITTED_RATE", (10, 4, 0.5, 2, 0.2)),
    (7.0, "COMMITTED_RATE", (10, 4, 0.5)),
    (0.4, "COMMIT_BREAK_EVEN", (10, 4)),
    (2.6, "SPOT_RATE", (2, 0.1, 2, 2)),
    (12.1, "PRICE_IN", (10, 0.1, 2)),
    # 68.2689492137 % are one standard deviation to each side: √(0.09 + 0.16) = 0.5.
    (2000 / 1.6487212707001282, "RANGE_LOW", (2000, (0.3, 0.4), 0.682689492137086)),
    (2000 * 1.6487212707001282, "RANGE_HIGH", (2000, (0.3, 0.4), 0.682689492137086)),
    (2.5, "PRICE_IN", (10, -0.5, 2)),
    (10.0, "PRICE_IN", (10, -0.5, 0)),
    (25.0, "NOISE_SCALE", (50, 2)),
    (150.0, "BATCH_STEPS", (40, 20, 100)),
    (300.0, "BATCH_TOKENS", (40, 20, 100)),
    (1.75 / 2, "SPECULATIVE_SPEEDUP", (0.5, 2, 0.5)),
    (3 / 2, "SPECULATIVE_SPEEDUP", (1, 2, 0.5)),
    (0.5, "SPECULATIVE_SPEEDUP", (0, 2, 0.5)),
    (1.8, "CLUSTER_MW", (1000, 1000, 1.5, 1.2)),
    (5.0, "H100_EQUIVALENTS", (10, 494.7)),
    (2000 * (0.5 + 2.4), "WATER_LITRES", (2, 0.5, 1.2, 2)),
    # (800/4 + 100) kg over 2·8,760 hours.
    (0.3 * 1000 / 17520, "EMBODIED_TONNES", (1000, 100, 800, 4, 2)),
    # 1.2·100 = 120 GB on 80 GB are 2 GPUs; a token takes 1.17e-6·e^(-1.12)·10 + 4.05e-5 Wh, and
    # 6.78e-3 + 3.12e-2 + 1.94e-2 = 0.05738 s of 1,000 W·2/4 shared by 100.
    (
        1.2 * 500 * (0.05738 / 3600 * 500 / 100 + 2 * (1.17e-5 * 0.32627979462303947 + 4.05e-5)),
        "REQUEST_WH",
        (10e9, 100e9, 500, 100, 1.2, 1, 80, 1000, 4),
    ),
    # The same, held up by computation: 2·8·3 FLOP at 2·12 FLOP/s are 2 s.
    (1.5, "DECODE_TOKENS_PER_SECOND", (12, 1, 1e9, 4.8e-11, 3, 0, 0.5, 8, 4, 2)),
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


def test_quotients_are_whole_on_their_15_digits():
    month = 30 * 86400 * 312e12 * 0.4
    gpus = xlcalc.gpus_needed(np.array([96.9999999999999, 97, 97.00000000000001, 97.0000000000001])
                              * month, 30, 312, 0.4)  # fmt: skip
    assert [97.0, 97.0, 97.0, 98.0] == gpus.tolist()
    assert 15.0 == xlcalc.serving_gpus(10.5, 1, 0.7)
    assert 3.0 == xlcalc.gpus_to_fit(3 * 126.9, 141, 0.9)
    assert [0.0, 1.0] == xlcalc.serving_gpus([0, 1e-20], 1, 0.7).tolist()
    # 0.3/0.1 is 2.9999999999999996 to a computer.
    assert 3.0 == xlcalc.max_sequences(0.3, 1, 0, 1e8, 1)
    assert 1.0 == xlcalc.image_tokens(0.1 + 0.2, 0.1 + 0.2, 0.3)
    assert 4.0 == xlcalc.latent_video_tokens(1.3, 1, 1, 0.1, 1, 1)


def test_every_exact_multiple_is_itself():
    counts = np.arange(1.0, 20_001.0)
    flops = counts * 30 * 86400 * 312e12 * 0.4
    assert counts.tolist() == xlcalc.gpus_needed(flops, 30, 312, 0.4).tolist()
    assert counts.tolist() == xlcalc.serving_gpus(counts * 0.7, 1, 0.7).tolist()
    assert counts.tolist() == xlcalc.gpus_to_fit(counts * 126.9, 141, 0.9).tolist()
    assert counts.tolist() == xlcalc.max_sequences(0.1 * counts, 1, 0, 1e8, 1).tolist()


def test_more_windows_than_layers_and_more_active_than_all_parameters_are_refused():
    for call in (
        lambda: xlcalc.kv_cache_bytes(2, 1, 1, 1, 2, 1, 1, 3),
        lambda: xlcalc.attention_flops(2, 1, 1, 1, 1, "causal", 1, 3),
        lambda: xlcalc.decode_tokens_per_second(2, 1, 1, 1, 1, 0, 1, 3),
        lambda: xlcalc.decode_tokens_per_second(2, 1, 1, 1, 1, 0, 1, 1, 2, 3),
    ):
        with pytest.raises(DomainError):
            call()


def test_an_argument_that_counts_for_another_follows_it_row_by_row():
    own = xlcalc.lora_params(3, [8.0, 16.0], 2)
    assert [192.0, 384.0] == own.tolist()
    rows = call_function(xlcalc.lora_params, [3.0, [[8.0], [16.0]], 2.0, None, [[4.0], [None]]])
    assert [[168.0], [384.0]] == rows
    assert [[192.0], [384.0]] == call_function(xlcalc.lora_params, [3.0, [[8.0], [16.0]], 2.0])


def test_a_range_of_spreads_is_one_argument_in_every_host():
    ends = xlcalc.range_high([1e6, 2e6], [[0.2], [0.3]], [[0.9], [0.5]])
    assert (2, 2) == ends.shape
    assert [1809518, 3619036] == ends[0].round().tolist()
    spreads = [[0.2, None], [0.3, None]]
    [[low], [wrong], [missing]] = call_function(
        xlcalc.range_low, [[[1e6], [-1.0], [CellError("#N/A")]], spreads]
    )
    assert 552633 == round(low)
    assert ("#NUM!", "#N/A") == (wrong.code, missing.code)
    for cells, code in (
        ([[None, None]], "#VALUE!"),
        (None, "#VALUE!"),
        ([[0.2, "x"]], "#VALUE!"),
        ([[0.2, True]], "#VALUE!"),
        ([[0.2, CellError("#REF!")]], "#REF!"),
        ([[0.2, -0.1]], "#NUM!"),
    ):
        assert code == call_function(xlcalc.range_low, [1e6, cells]).code
    assert [["#NUM!"], ["#NUM!"]] == [
        [cell.code] for [cell] in call_function(xlcalc.range_low, [[[1.0], [2.0]], [[-1.0, 0.2]]])
    ]
    with pytest.raises(ArgumentError, match="spreads must be numbers"):
        xlcalc.range_low(1e6, [])
    with pytest.raises(DomainError, match="spreads must be at least 0 and at most 10 ratio"):
        xlcalc.range_low(1e6, [0.2, -0.1])
    with pytest.raises(DomainError, match="RANGE_HIGH has no finite result"):
        xlcalc.range_high([1e308, 1.0], [0.2, 10.0], 0.9999)
