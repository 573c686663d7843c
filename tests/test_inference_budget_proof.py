"""The budget of inference against a computation of its own in plain numpy, over 100 cases.

Nothing of xlcalc is called for the expected figures: they follow from the inputs alone, as a book
on serving models writes them.
"""

import numpy as np
import pytest

from tests.built import built_model

CASES = 100
RESULTS = (
    *("full_answer_flops", "sequence_bytes", "batch", "decode_rate", "busy_seconds"),
    *("answer_seconds", "fleet_gpus", "running_hours", "power_cost", "own_cost", "own_cost_low"),
    *("own_cost_high", "own_mtokens_cost", "api_month_cost", "margin", "replica_month_cost"),
    *("break_even_mtokens", "year_own_cost", "year_margin"),
)


def drawn():
    """Return inputs: dense models and mixtures of experts, with and without sliding windows."""
    random = np.random.default_rng(20261126)

    def between(low, high):
        return random.uniform(low, high, CASES)

    total = between(5e9, 2e11)
    mixed = random.random(CASES) < 0.5
    experts = np.where(mixed, 64.0, 1.0)
    layers = np.floor(between(16, 90))
    windowed = random.random(CASES) < 0.5
    return {
        "total_params": total,
        "active_params": np.where(mixed, total / 10, total),
        "experts": experts,
        "experts_per_token": np.where(mixed, 4.0, 1.0),
        "layers": layers,
        "heads": np.floor(between(16, 100)),
        "kv_heads": np.floor(between(1, 9)),
        "head_dim": np.floor(between(64, 129)),
        "kv_rank": np.zeros(CASES),
        "rope_dim": np.zeros(CASES),
        "window": np.where(windowed, 1024.0, 0.0),
        "window_layers": np.where(windowed, np.floor(layers / 2), 0.0),
        "context_limit": np.zeros(CASES),
        "bytes_per_param": between(0.5, 2),
        "bytes_per_value": between(1, 2),
        "daily_users": between(1e4, 5e6),
        "requests_per_user": between(1, 20),
        "prompt_tokens": np.floor(between(2, 20_000)),
        "output_tokens": np.floor(between(10, 3000)),
        "prefix_share": np.zeros(CASES),
        "cached_share": between(0, 1),
        "batch_share": between(0, 1),
        "peak_factor": between(1, 5),
        "traffic_growth": between(-0.05, 0.1),
        "peak_tflops": between(300, 2500),
        "gpu_memory_gb": between(80, 300),
        "bandwidth_gbs": between(2000, 8000),
        "mfu": between(0.2, 0.6),
        "bandwidth_share": between(0.4, 0.9),
        "measured_tokens_per_second": np.where(random.random(CASES) < 0.3, 900.0, 0.0),
        "gpus_per_replica": np.full(CASES, 8.0),
        "most_sequences": np.floor(between(8, 257)),
        "target_utilisation": between(0.4, 0.9),
        "spare_replicas": np.floor(between(0, 3)),
        "goodput": between(0.8, 1),
        "running_share": between(0.3, 1),
        "watts": between(400, 1200),
        "power_price": between(0, 0.2),
        "pue": between(1.1, 1.6),
        "server_power_factor": between(1.2, 1.8),
        "idle_power_share": between(0.1, 0.4),
        "price_per_gpu_hour": between(1, 10),
        "price_low": between(1, 3),
        "price_high": between(8, 16),
        "staff": np.floor(between(0, 6)),
        "staff_cost_year": between(1e5, 3e5),
        "other_fixed_cost": between(0, 1e5),
        "other_mtokens_cost": between(0, 0.02),
        "api_input_price": between(0.1, 5),
        "api_output_price": between(0.5, 30),
        "api_cached_price": between(0.01, 0.1),
        "api_batch_input_price": between(0.05, 2),
        "api_batch_output_price": between(0.25, 15),
    }


def attention_pairs(context, window, window_layers, layers):
    """Return pairs of a token and one before it that all layers compute for a causal prompt.

    A layer with a window is counted as a prompt cut into pieces of its size, as ATTENTION_FLOPS
    does: half of the window before a token.
    """
    half = context**2 / 2
    short = np.where(window > 0, context * np.minimum(window, context) / 2, half)
    return (layers - window_layers) * half + window_layers * short


def held(context, window, window_layers, layers):
    """Return the tokens that all layers keep of a context."""
    short = np.where(window > 0, np.minimum(window, context), context)
    return (layers - window_layers) * context + window_layers * short


def computed(given):
    """Return the results of plain arithmetic on the inputs."""
    i = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
    prompt, output, batch_part = i["prompt_tokens"], i["output_tokens"], i["batch_share"]
    shape = (i["window"], i["window_layers"], i["layers"])
    width, end, middle = i["heads"] * i["head_dim"], prompt + output, prompt + output / 2
    prefill = 2 * i["active_params"] * prompt + 4 * width * attention_pairs(prompt, *shape)
    decode = 2 * i["active_params"] + 4 * width * held(middle, *shape)
    per_token = 2 * i["kv_heads"] * i["head_dim"] * i["bytes_per_value"]
    weights = i["total_params"] * i["bytes_per_param"]
    free = i["gpu_memory_gb"] * 1e9 * 0.9 * 8 - weights
    batch = np.maximum(
        1, np.minimum(i["most_sequences"], np.floor(free / (per_token * held(end, *shape))))
    )
    untouched = (1 - i["experts_per_token"] / i["experts"]) ** (batch - 1)
    read = i["total_params"] - (i["total_params"] - i["active_params"]) * untouched
    memory = (read * i["bytes_per_param"] + batch * per_token * held(middle, *shape)) / (
        i["bandwidth_gbs"] * 1e9 * i["bandwidth_share"] * 8
    )
    speed = i["peak_tflops"] * 1e12 * i["mfu"] * 8
    rate = batch / np.maximum(memory, batch * decode / speed)
    busy = prefill / speed + output / rate
    measured = i["measured_tokens_per_second"]
    factor = np.where(measured > 0, measured * busy / output, 1.0)
    busy = busy / factor
    passed = weights / (i["bandwidth_gbs"] * 1e9 * i["bandwidth_share"] * 8)
    answer = (np.maximum(prefill / speed, passed) + output * batch / rate) / factor
    hours = 730.0
    mean = i["daily_users"] * i["requests_per_user"] / 86400
    load = np.maximum(1, i["peak_factor"] * (1 - batch_part))
    usable = i["target_utilisation"] * i["goodput"]
    load_gpus = np.ceil(mean * load * busy * 8 / usable)
    fleet = 8 * (np.ceil(load_gpus / 8) + i["spare_replicas"])
    running = np.maximum(i["running_share"], i["target_utilisation"] / load)
    paid = fleet * running * hours
    used = mean * hours * 3600 * busy * 8 / 3600
    kw_price = i["watts"] / 1000 * i["server_power_factor"] * i["pue"] * i["power_price"]
    idle = i["idle_power_share"]
    power = kw_price * (used + (paid - used) * idle)
    tokens = mean * 3600 * hours * end / 1e6
    standing = i["staff"] * i["staff_cost_year"] / 12 + i["other_fixed_cost"]
    price = i["price_per_gpu_hour"]
    own = standing + paid * price + power + tokens * i["other_mtokens_cost"]
    asked = (1 - batch_part) * (
        (1 - i["cached_share"]) * i["api_input_price"] + i["cached_share"] * i["api_cached_price"]
    ) + batch_part * i["api_batch_input_price"]
    answered = (1 - batch_part) * i["api_output_price"] + batch_part * i["api_batch_output_price"]
    api_token = (prompt * asked + output * answered) / end
    replica = 8 * running * hours * (price + kw_price * idle)
    of_replica = end / busy * usable / load * 3600 * hours / 1e6
    by_volume = i["other_mtokens_cost"] + kw_price * (1 - idle) * busy * 8 / end * 1e6 / 3600
    saving = of_replica * (api_token - by_volume) - replica
    with np.errstate(all="ignore"):
        count = np.ceil((standing + (1 + i["spare_replicas"]) * replica) / saving)
        even = (standing + (count + i["spare_replicas"]) * replica) / (api_token - by_volume)
    months = tokens * (1 + i["traffic_growth"]) ** np.arange(12)[:, None]
    fleets = np.ceil(months / of_replica) + i["spare_replicas"]
    year = (fleets * replica + standing + months * by_volume).sum(axis=0)
    return {
        "full_answer_flops": prefill + output * decode,
        "sequence_bytes": per_token * held(end, *shape),
        "batch": batch,
        "decode_rate": rate,
        "busy_seconds": busy,
        "answer_seconds": answer,
        "fleet_gpus": fleet,
        "running_hours": paid,
        "power_cost": power,
        "own_cost": own,
        "own_cost_low": own + paid * (i["price_low"] - price),
        "own_cost_high": own + paid * (i["price_high"] - price),
        "own_mtokens_cost": own / tokens,
        "api_month_cost": tokens * api_token,
        "margin": tokens * api_token - own,
        "replica_month_cost": replica,
        "break_even_mtokens": np.where(saving > 0, even, np.nan),
        "year_own_cost": year,
        "year_margin": (months * api_token).sum(axis=0) - year,
    }


@pytest.fixture(scope="module")
def budget():
    return built_model("inference_budget")


def assert_same(expected, values, scale):
    """Compare to 1e-12 of a figure, of a difference of two to 1e-12 of the larger of them."""
    for name in RESULTS:
        got = values[name]
        one = float("nan") if isinstance(got, str) else got
        size = scale if name.endswith("margin") else abs(expected[name])
        assert np.isnan(one) == np.isnan(expected[name]), name
        assert np.isnan(one) or abs(one - expected[name]) <= 1e-12 * size, (name, one)


def test_the_default_is_that_of_plain_arithmetic(budget):
    values = budget.evaluate().values
    inputs = {name: values[name] for name in drawn() if name != "gpus_per_replica"}
    inputs["gpus_per_replica"] = 8.0
    values = budget.evaluate({"gpus_per_replica": 8}).values
    expected = {name: float(np.ravel(value)[0]) for name, value in computed(inputs).items()}
    assert_same(expected, values, expected["year_own_cost"])


@pytest.mark.parametrize(
    "cases", [10, pytest.param(CASES, marks=[pytest.mark.slow, pytest.mark.thorough])]
)
def test_random_cases_are_those_of_plain_arithmetic(cases, budget):
    inputs = drawn()
    expected = computed(inputs)
    never = 0
    for case in range(cases):
        values = budget.evaluate({name: float(v[case]) for name, v in inputs.items()}).values
        assert values["fits_sequences"] >= 1
        never += isinstance(values["break_even_mtokens"], str)
        one = {name: float(value[case]) for name, value in expected.items()}
        assert_same(one, values, one["year_own_cost"])
    assert never < cases
    assert never or cases < CASES
