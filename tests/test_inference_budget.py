"""The budget of inference: figures that are known, changed inputs, and checks that fail."""

import pytest

import xlcalc
from tests.built import built_model
from tests.conftest import ROOT
from tests.workbooks import evaluated, failed_checks, opened
from xlcalc.catalogue import catalogues
from xlcalc.runs.config import load_batch
from xlcalc.templates.parts.catalogues import token_offers

MILLION = {
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
    "fleet_break_even": 223050,
}


@pytest.fixture(scope="module")
def budget():
    return built_model("inference_budget")


def figures(budget, **settings):
    return budget.evaluate(settings).values


def written(budget, **settings):
    return opened(evaluated(budget, settings))


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
    assert "Own serving is cheaper" == values["api_verdict"]
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
    settings = {"model": "Gemma 3 27B", "prompt_tokens": 131_000, "output_tokens": 72}
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
            {"gpus_per_replica": 5, "prompt_tokens": 20_000},
            "The KV cache of a sequence does not fit. GPUs that a replica needs: 7",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_words(budget, settings, sentence):
    values = figures(budget, **settings)
    assert sentence == values["fit_verdict"]
    assert not values["checks_hold"]
    book = written(budget, **settings)
    assert "A replica holds the weights and a sequence" in failed_checks(budget, settings)
    shown = {name: [cell for row in book[name].values for cell in row] for name in book.sheetnames}
    for name, cells in shown.items():
        assert not [cell for cell in cells if str(cell).startswith("#")], name
    assert sentence in shown["Summary"]
    assert sentence in shown["Checks"]


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
    assert [check] == failed_checks(budget, settings)


def test_the_chosen_api_is_looked_up_and_converted(budget):
    values = figures(budget, chosen_api="deepseek-r1", cny_rate=0.2)
    assert pytest.approx(4 * 0.2) == values["api_input_price"]
    assert pytest.approx(16 * 0.2) == values["api_output_price"]
    tokens = 1e7 * 365 / 12
    cost = xlcalc.api_cost(20 * tokens, 300 * tokens, 0.8, 3.2)
    assert pytest.approx(cost) == values["api_month_cost"]
    rows = written(budget, cny_rate=0.2)["API prices"].iter_rows(min_row=5, values_only=True)
    assert pytest.approx(cost) == next(row[11] for row in rows if row[1] == "deepseek-r1")


def test_the_break_even_is_a_volume_or_says_never(budget):
    values = figures(budget)
    price = xlcalc.api_cost(20, 300, 2.5, 10) / 320 * 1e6
    fixed = values["gpu_month_cost"] + 20_000
    assert pytest.approx(fixed / price) == values["fleet_break_even"]
    assert "Yes" == values["break_even_verdict"]
    dear = figures(budget, chosen_api="gpt-4o-mini")
    assert "Never: the API is cheaper" == dear["growing_break_even"]
    assert "No: more than the fleet may serve" == dear["break_even_verdict"]
    never = figures(budget, other_mtokens_cost=20)
    assert "Never: the API is cheaper" == never["fleet_break_even"]
    assert never["checks_hold"]


def test_every_price_of_an_api_stands_in_one_row_of_its_sheet(budget):
    rows = [row for row in catalogues().rows["prices"].values() if row["category"] == "api_token"]
    offers = token_offers()
    assert len(rows) == 2 * len(offers)
    names = [offer["model"] for offer in offers]
    assert len(set(names)) == len(names)
    shown = written(budget)["API prices"].iter_rows(min_row=5, values_only=True)
    table = {row[1]: (row[6], row[7]) for row in shown if row[1]}
    assert {offer["model"]: (offer["input"], offer["output"]) for offer in offers} == table


@pytest.mark.slow
def test_the_checks_of_all_samples_hold(budget):
    samples = ROOT / "xlcalc" / "samples" / "inference_budget.csv"
    loaded = load_batch("inference_budget", samples, ROOT)
    assert 6 == len(loaded.scenarios)
    for scenario in loaded.scenarios:
        values = budget.evaluate(scenario.settings).values
        assert values["checks_hold"], scenario.name
        assert values["run_source"] != figures(budget)["run_source"]
