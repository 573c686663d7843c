"""The budget of inference: figures that are known, changed inputs, and checks that fail."""

import pytest

import xlcalc
from tests.built import built_model
from tests.conftest import ROOT
from tests.workbooks import evaluated, failed_checks, opened
from xlcalc.catalogue import catalogues
from xlcalc.runs.config import load_batch
from xlcalc.templates.parts.catalogues import token_offers

REPORT = {
    "model": "GPT-3 175B",
    "gpu": "A100 SXM 80GB",
    "bytes_per_param": 2,
    "daily_users": 1e6,
    "prompt_tokens": 20,
    "output_tokens": 300,
    "chosen_api": "gpt-4o",
}
"""The report's short answer of GPT-3, which the first sample is."""
MILLION = {
    **REPORT,
    "context_limit": 1_048_576,
    "model": "Llama 3 70B",
    "gpu": "H200 SXM 141GB",
    "prompt_tokens": 1e6,
    "output_tokens": 2000,
    "least_sequences": 2,
    "first_token_limit": 900,
}


SMALL = {
    "model": "Our own",
    "total_params": 8e9,
    "active_params": 8e9,
    "layers": 32,
    "heads": 32,
    "kv_heads": 8,
    "head_dim": 128,
    "window": 0,
    "window_layers": 0,
    "prompt_tokens": 1000,
    "output_tokens": 200,
    "daily_users": 2e6,
    "traffic_growth": 0,
    "requests_per_user": 5,
    "peak_factor": 4,
    "peak_tflops": 400,
    "gpu_memory_gb": 80,
    "bandwidth_gbs": 2000,
    "mfu": 0.5,
    "bandwidth_share": 0.5,
    "gpus_per_replica": 1,
    "most_sequences": 64,
    "target_utilisation": 0.8,
    "spare_replicas": 2,
    "price_per_gpu_hour": 2,
    "other_fixed_cost": 10_000,
    "api_input_price": 0.5,
    "api_output_price": 1.5,
    "price_low": 1,
    "price_high": 4,
    "bytes_per_param": 2,
}
"""A dense model of 8 B parameters on one GPU with round figures."""
BY_HAND = {
    # 2·N·P + 2·L·H·d·P²; 2·N + 4·L·H·d·1,100 for the average context; 2·N·(P + O).
    "prefill_flops": 1.6262144e13,
    "decode_flops": 1.65767168e10,
    "answer_flops": 1.92e13,
    "full_answer_flops": 1.95774874e13,
    "attention_part": 0.0192817062,
    # 2·L·8·d·2 bytes for 1,200 and for 1,100 tokens; (72 - 16) GB over the first.
    "sequence_bytes": 157286400,
    "read_bytes": 144179200,
    "fits_sequences": 356,
    "batch": 64,
    # (16e9 + 64·read)/1e12; 64·decode FLOP/200e12; 64 over the longer of both.
    "memory_step": 0.0252274688,
    "compute_step": 0.00530454938,
    "decode_rate": 2536.91722,
    "user_speed": 39.6393316,
    # Prefill FLOP/200e12; 16e9/1e12; the longer of both; 200 tokens of a user, and of a replica.
    "prefill_seconds": 0.08131072,
    "pass_seconds": 0.016,
    "first_token_seconds": 0.08131072,
    "decode_seconds": 5.04549376,
    "answer_seconds": 5.12680448,
    "busy_seconds": 0.16014656,
    # 1,000 over the prefill; a replica is a GPU; 1,200 over both.
    "prefill_gpu_rate": 12298.5014,
    "decode_gpu_rate": 2536.91722,
    "gpu_rate": 7493.13629,
    # 1e7·4/86,400 requests; tokens or FLOP over rate and 0.8, rounded up; 2 spare ones.
    "peak_requests": 462.962963,
    "compute_gpus": 57,
    "memory_gpus": 46,
    "prefill_gpus": 48,
    "decode_gpus": 46,
    "load_gpus": 93,
    "replicas": 95,
    "fleet_gpus": 95,
    # 1e7/86,400·1,200 over the rates of 95; rate·0.8/4·3,600·730.
    "fleet_utilisation": 0.195110331,
    "replica_mtokens": 3938.39243,
    "fleet_mtokens": 366270.496,
    # 95·730·2, and 10,000 more, over 365,000 M tokens.
    "gpu_month_cost": 138700,
    "own_cost": 148700,
    "own_mtokens_cost": 0.40739726,
    "month_mtokens": 365000,
    # 2/3,600/rate/utilisation·1e6, the last at 0.8/4.
    "gpu_mtokens_cost": 0.38,
    "prompt_mtokens_cost": 0.231523476,
    "output_mtokens_cost": 1.12238262,
    "marginal_mtokens_cost": 0.37070963,
    "request_cost": 0.000488876712,
    # 304,166.7·0.5 + 60,833.3·1.5, and what is left of it.
    "api_month_cost": 243333.333,
    "api_mtokens_price": 0.666666667,
    "margin": 94633.3333,
    "margin_share": 0.38890411,
    # 148,700 less and more 69,350 GPU-hours × (2 - 1) and (4 - 2); the price that eats the margin.
    "own_cost_low": 79350,
    "own_cost_high": 287400,
    "even_price": 3.36457582,
    # A replica: 730·2; its tokens × the API's price less that; (10,000 + 3·1,460)/1,165.59 is
    # 12.3, so 13 for the load; 10,000 + 15·1,460 over 2/3.
    "replica_month_cost": 1460,
    "replica_saving": 1165.59495,
    "break_even_replicas": 13,
    "break_even_mtokens": 47850,
    # Twelve months alike.
    "year_own_cost": 1784400,
    "year_api_cost": 2920000,
    "year_margin": 1135600,
}


@pytest.fixture(scope="module")
def budget():
    return built_model("inference_budget")


def figures(budget, **settings):
    return budget.evaluate({**REPORT, **settings}).values


def written(budget, **settings):
    return opened(evaluated(budget, {**REPORT, **settings}))


def failed(budget, **settings):
    return failed_checks(budget, {**REPORT, **settings})


def test_the_answer_of_the_report_comes_out(budget):
    values = figures(budget)
    assert 1.12e14 == values["answer_flops"]
    assert pytest.approx(0.78, abs=0.005) == values["answer_gpu_seconds"]
    assert pytest.approx(2 * 96 * 96 * 128 * 2 * 320) == values["sequence_bytes"]
    assert 350 == values["model_gb"]
    assert (576 - 350) // 1.50994944 == values["fits_sequences"]
    assert values["checks_hold"]


def test_every_figure_of_a_small_model_is_as_computed_by_hand(budget):
    values = figures(budget, **SMALL)
    assert {name: pytest.approx(value, rel=1e-8) for name, value in BY_HAND.items()} == {
        name: values[name] for name in BY_HAND
    }
    assert "Memory bandwidth" == values["decode_bound"]
    assert "Own serving is cheaper than gpt-4o" == values["api_verdict"]
    assert values["checks_hold"]


def test_the_fleet_is_that_of_the_functions(budget):
    values = figures(budget, daily_users=3e6, mfu=0.3, bandwidth_share=0.8, most_sequences=64)
    rate = xlcalc.decode_tokens_per_second(
        175e9 + 2 * 96 * 96 * 128 * 170,
        350e9 / (175e9 + 2 * 96 * 96 * 128 * 170),
        2039 * 8 * 0.8,
        312 * 8,
        64,
        xlcalc.kv_cache_bytes(96, 96, 128, 170),
        0.3,
    )
    assert pytest.approx(rate) == values["decode_rate"]
    prefill = 2 * 175e9 * 20 + 2 * 96 * 96 * 128 * 20**2
    busy = prefill / (312e12 * 0.3 * 8) + 300 / rate
    peak = xlcalc.peak_qps(3e6, 10, 3)
    replicas = -(-peak * busy / 0.7 // 1) + 1
    assert 8 * replicas == values["fleet_gpus"]
    hours = 365 / 12 * 24
    cost = values["fleet_gpus"] * hours * xlcalc.rental_price("A100 SXM 80GB") + 20_000
    assert pytest.approx(cost) == values["own_cost"]
    assert pytest.approx(cost / (3e7 * 365 / 12 * 320 / 1e6)) == values["own_mtokens_cost"]


def test_attention_is_most_of_the_work_for_a_million_tokens(budget):
    values = figures(budget, **MILLION)
    attention = 2 * 80 * 64 * 128 * 1e6**2
    assert pytest.approx(attention) == values["prefill_attention_flops"]
    assert pytest.approx(attention + 2 * 70.55e9 * 1e6) == values["prefill_flops"]
    assert values["attention_part"] > 0.9
    assert values["first_token_seconds"] > 100
    assert pytest.approx(327_680 * 1_002_000) == values["sequence_bytes"]
    assert 2 == values["batch"]


def test_memory_follows_all_parameters_and_flop_the_active_ones(budget):
    one = figures(budget, model="Mixtral 8x22B", most_sequences=1)
    assert 2 * 140.6 == pytest.approx(one["model_gb"])
    assert 2 * 39.1e9 * 320 == one["answer_flops"]
    assert 39.1e9 == one["read_params"]
    two = figures(budget, model="Mixtral 8x22B", most_sequences=2)
    assert pytest.approx(140.6e9 - (140.6e9 - 39.1e9) * 0.75) == two["read_params"]
    many = figures(budget, model="Mixtral 8x22B", most_sequences=128)
    assert pytest.approx(140.6e9) == many["read_params"]


def test_compressed_keys_and_values_take_less_memory(budget):
    values = figures(budget, model="DeepSeek-V3", gpu="H200", kv_rank=512, rope_dim=64)
    assert pytest.approx(61 * 576 * 320 * 2) == values["sequence_bytes"]
    assert values["checks_hold"]


@pytest.mark.parametrize("name", ["DeepSeek-V3", "DeepSeek-R1", "Kimi K2", "deepseek-v3"])
def test_the_cache_follows_a_model_with_latent_attention(budget, name):
    values = figures(budget, model=name, head_dim=128, gpus_per_replica=16)
    assert (512, 64) == (values["kv_rank"], values["rope_dim"])
    assert pytest.approx(70_272 * 320) == values["sequence_bytes"]
    own = figures(budget, model=name, head_dim=128, gpus_per_replica=16, kv_rank=256, rope_dim=32)
    assert pytest.approx(61 * 288 * 2 * 320) == own["sequence_bytes"]


def test_layers_with_a_sliding_window_keep_its_tokens_alone(budget):
    settings = {
        **REPORT,
        "model": "Gemma 3 27B",
        "prompt_tokens": 131_000,
        "output_tokens": 72,
    }
    values = budget.evaluate(settings).values
    # 2 × 16 heads × 128 × 2 bytes for 131,072 tokens in 10 layers and 1,024 in 52: not 66.6 GB.
    assert 11_173_625_856 == values["sequence_bytes"]
    whole = budget.evaluate({**settings, "window": 0, "window_layers": 0}).values
    assert 66_571_993_088 == whole["sequence_bytes"]
    assert 5 * values["memory_gpus"] < whole["memory_gpus"]
    # Each token of a window's layers attends to at most 1,024 before it, of 65,536 on average.
    assert values["prefill_attention_flops"] < 0.18 * whole["prefill_attention_flops"]


def test_layers_with_linear_attention_are_left_out(budget):
    values = budget.evaluate({"model": "Qwen3-Next 80B-A3B"}).values
    assert 12 == values["layers"]  # of 48; the others keep a state of one size


def test_a_model_of_ones_own_has_ordinary_heads_unless_told(budget):
    shape = {"total_params": 7e9, "active_params": 7e9, "layers": 32, "heads": 32}
    values = figures(budget, model="Our own", kv_heads=8, head_dim=128, **shape)
    assert (0, 0) == (values["kv_rank"], values["rope_dim"])
    assert pytest.approx(2 * 32 * 8 * 128 * 2 * 320) == values["sequence_bytes"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"gpus_per_replica": 4}, "The weights do not fit. GPUs that a replica needs: 5"),
        (
            {"gpus_per_replica": 5, "prompt_tokens": 20_000, "context_limit": 0},
            "The KV cache of a sequence does not fit. GPUs that a replica needs: 7",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_words(budget, settings, sentence):
    values = figures(budget, **settings)
    assert sentence == values["fit_verdict"]
    assert not values["checks_hold"]
    book = written(budget, **settings)
    assert "A replica holds the weights and a sequence" in failed(budget, **settings)
    shown = {name: [cell for row in book[name].values for cell in row] for name in book.sheetnames}
    for name, cells in shown.items():
        assert not [cell for cell in cells if str(cell).startswith("#")], name
    assert sentence in shown["Summary"]
    assert sentence in shown["Checks"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "check"),
    [
        ({"first_token_limit": 0.01}, "The first token comes in time"),
        ({"slowest_speed": 30}, "Answers are written fast enough"),
        ({"daily_users": 0}, "There is traffic"),
        (
            {"model": "DeepSeek-V3", "gpu": "H200", "kv_rank": 0},
            "The cache is counted as the model keeps it",
        ),
        ({"active_params": 2e11}, "Active parameters are not more than all"),
    ],
)
def test_a_check_fails_where_it_should(budget, settings, check):
    assert [check] == failed(budget, **settings)


def test_the_chosen_api_is_looked_up_and_converted(budget):
    values = figures(budget, chosen_api="deepseek-r1", cny_rate=0.2)
    assert pytest.approx(4 * 0.2) == values["api_input_price"]
    assert pytest.approx(16 * 0.2) == values["api_output_price"]
    tokens = 1e7 * 365 / 12
    cost = xlcalc.api_cost(20 * tokens, 300 * tokens, 0.8, 3.2)
    assert pytest.approx(cost) == values["api_month_cost"]
    rows = written(budget, cny_rate=0.2)["API prices"].iter_rows(min_row=5, values_only=True)
    assert pytest.approx(cost) == next(row[17] for row in rows if row[1] == "deepseek-r1")


def test_the_break_even_is_a_volume_or_says_never(budget):
    values = figures(budget)
    fixed = 20_000 + (values["break_even_replicas"] + 1) * values["replica_month_cost"]
    price = xlcalc.api_cost(20, 300, 2.5, 10) / 320 * 1e6
    assert pytest.approx(fixed / price) == values["break_even_mtokens"]
    dear = figures(budget, chosen_api="gpt-4o-mini")
    assert "Never: the API is cheaper" == dear["break_even_mtokens"]
    assert dear["checks_hold"]


def test_from_the_break_even_on_own_serving_is_always_cheaper(budget):
    least = figures(budget, **SMALL)["break_even_mtokens"]
    users = 2e6 * least / 365_000  # 365,000 M tokens are those of 2 M users
    assert pytest.approx(0, abs=1) == figures(budget, **{**SMALL, "daily_users": users})["margin"]
    for factor in (1.001, 1.05, 1.1, 1.2, 1.5, 2, 3):
        more = figures(budget, **{**SMALL, "daily_users": users * factor})
        assert more["margin"] > 0, factor
    assert figures(budget, **{**SMALL, "daily_users": users * 0.999})["margin"] < 0


def test_a_prompt_beyond_the_context_window_fails_in_words(budget):
    settings = {"prompt_tokens": 100_000}
    sentence = (
        "Prompt and answer are longer than the context window of the model. Its tokens: 2,048"
    )
    values = figures(budget, **settings)
    assert sentence == values["fit_verdict"]
    assert not values["checks_hold"]
    assert "The context fits the window of the model" in failed(budget, **settings)
    summary = [cell for row in written(budget, **settings)["Summary"].values for cell in row]
    assert sentence in summary
    assert 5 == summary.count("-")
    assert figures(budget, **settings, context_limit=0)["fit_verdict"] != sentence


def test_without_users_a_million_tokens_has_no_cost(budget):
    values = figures(budget, daily_users=0)
    assert "-" == values["own_mtokens_cost"]
    assert "-" == values["request_cost"]
    assert 8 * 730 * 2.3 + 20_000 == pytest.approx(values["own_cost"])
    summary = [cell for row in written(budget, daily_users=0)["Summary"].values for cell in row]
    assert "no traffic: the bill is for idle machines" in summary


def test_a_measured_speed_counts_in_place_of_the_computed_one(budget):
    computed = figures(budget, **SMALL)
    assert "Computed from memory bandwidth and FLOP" == computed["speed_source"]
    # 200 tokens in 0.16014656 s are 1,248.856 a second; half of them take twice the time.
    values = figures(budget, **SMALL, measured_tokens_per_second=624.428)
    assert pytest.approx(0.5, rel=1e-6) == values["speed_factor"]
    assert pytest.approx(200 / 624.428) == values["busy_seconds"]
    assert pytest.approx(624.428) == values["output_rate"]
    assert pytest.approx(2 * 0.37070963, rel=1e-6) == values["marginal_mtokens_cost"]
    assert "Measured: slower than computed, × 0.50" == values["speed_source"]
    assert values["checks_hold"]
    impossible = {**SMALL, "measured_tokens_per_second": 2600}  # over twice the computed one
    assert ["What was measured is possible"] == failed(budget, **impossible)


def test_prompts_in_the_own_cache_need_no_prefill(budget):
    values = figures(budget, **SMALL, prefix_share=0.75)
    # 2·N·250, and attention 2·L·H·d·(1,000² - 750²).
    assert pytest.approx(4e12 + 2 * 32 * 32 * 128 * (1e6 - 562_500)) == values["prefill_flops"]
    assert values["own_cost"] < 148_700
    assert values["checks_hold"]


def test_batches_and_cached_prompts_cost_less_at_the_api(budget):
    values = figures(
        budget,
        **{**SMALL, "cached_share": 0.5, "batch_share": 0.2},
        api_cached_price=0.1,
        api_batch_input_price=0.25,
        api_batch_output_price=0.75,
    )
    assert pytest.approx(0.8 * 0.3 + 0.2 * 0.25) == values["api_prompt_price"]
    assert pytest.approx(0.8 * 1.5 + 0.2 * 0.75) == values["api_answer_price"]
    # The fleet: batches leave 80 % of the peak of 4.
    assert pytest.approx(3.2) == values["load_factor"]
    assert pytest.approx(462.962963 * 0.8) == values["peak_requests"]
    assert values["checks_hold"]


def test_a_fleet_that_sleeps_at_night_costs_less(budget):
    half = figures(budget, **SMALL, running_share=0.5)
    assert pytest.approx(138_700 / 2) == half["gpu_month_cost"]
    # 0.8 of the throughput at a peak of 4: the average load takes at least a fifth.
    least = figures(budget, **SMALL, running_share=0.01)
    assert pytest.approx(0.2) == least["running_part"]
    assert least["fleet_utilisation"] <= 1
    assert least["checks_hold"]


def test_power_of_own_machines_is_paid_by_use(budget):
    power = {"watts": 700, "power_price": 0.1, "pue": 1.5, "server_power_factor": 1.4}
    values = figures(budget, **SMALL, **power, idle_power_share=0.2)
    # 1.47 kW × 69,350 h × (used + 0.2 × idle) × 0.1.
    used = 0.195110331
    energy = 1.47 * 69_350 * (used + 0.2 * (1 - used))
    assert pytest.approx(energy, rel=1e-8) == values["power_kwh"]
    assert pytest.approx(148_700 + energy * 0.1, rel=1e-8) == values["own_cost"]
    assert values["checks_hold"]


def test_the_market_decides_where_its_prices_lie_on_both_sides(budget):
    assert "It depends on the price of a GPU-hour" == figures(budget, **SMALL)["price_verdict"]
    cheap = figures(budget, **{**SMALL, "price_high": 3})
    assert "Own serving is cheaper at every price of the market" == cheap["price_verdict"]
    dear = figures(budget, **{**SMALL, "price_low": 3.5})
    assert "The API is cheaper at every price of the market" == dear["price_verdict"]


def test_the_default_is_a_model_and_a_machine_of_today(budget):
    values = budget.evaluate().values
    assert ("gpt-oss-120b", "H200 SXM 141GB") == (values["model"], values["gpu"])
    # 116.83e9 × 0.559 bytes; half of 36 layers at 128 tokens, 2 × 8 × 64 × 2 bytes.
    assert pytest.approx(65.30797) == values["model_gb"]
    assert 2048 * 18 * (1900 + 128) == values["sequence_bytes"]
    assert (2.6, 5.04, 10.6009) == tuple(
        values[name] for name in ("price_low", "price_per_gpu_hour", "price_high")
    )
    assert (0.25, 0.025, 0.125, 2, 1) == tuple(
        values[f"api_{name}_price"]
        for name in ("input", "cached", "batch_input", "output", "batch_output")
    )
    assert values["checks_hold"]


def test_every_price_of_an_api_stands_in_one_row_of_its_sheet(budget):
    rows = [row for row in catalogues().rows["prices"].values() if row["category"] == "api_token"]
    offers = token_offers()
    # Neither prices without a day or of low confidence, nor each host of an open model.
    assert 128 == len(rows)
    assert 24 == len(offers)
    names = [offer["model"] for offer in offers]
    assert len(set(names)) == len(names)
    shown = written(budget)["API prices"].iter_rows(min_row=5, values_only=True)
    table = {row[1]: (row[6], row[7]) for row in shown if row[1]}
    assert {offer["model"]: (offer["input"], offer["output"]) for offer in offers} == table


def test_an_open_model_stands_with_the_median_of_its_hosts(budget):
    # 15 hosts from 0.03 to 0.35 in and 0.15 to 0.75 out; the eighth of each in order.
    [hosts] = [offer for offer in token_offers() if offer["model"] == "gpt-oss-120b"]
    assert ("median of 15 hosts", 0.15, 0.6) == (hosts["provider"], hosts["input"], hosts["output"])
    values = budget.evaluate({"prompt_tokens": 1500, "output_tokens": 400}).values
    assert (1500 * 0.15 + 400 * 0.6) / 1900 == pytest.approx(values["same_mtokens_price"])


def test_where_the_rest_costs_more_than_the_api_no_price_of_a_gpu_is_low_enough(budget):
    values = budget.evaluate({"daily_users": 20_000}).values
    assert "None: the API costs less than the rest" == values["even_price"]
    assert values["checks_hold"]


def test_the_margin_is_said_in_people(budget):
    values = budget.evaluate().values
    # 3,649.57 a month at 180,000 a year for a person.
    assert 3_649.566667 * 12 / 180_000 == pytest.approx(values["margin_people"])


@pytest.mark.slow
def test_the_checks_of_all_samples_hold(budget):
    samples = ROOT / "xlcalc" / "samples" / "inference_budget.csv"
    loaded = load_batch("inference_budget", samples, ROOT)
    assert 6 == len(loaded.scenarios)
    for scenario in loaded.scenarios:
        values = budget.evaluate(scenario.settings).values
        assert values["checks_hold"], scenario.name
        assert values["run_source"] != budget.evaluate().values["run_source"]
