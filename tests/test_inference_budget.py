"""The budget of inference: figures that are known, changed inputs, and checks that fail."""

import io

import openpyxl
import pytest

import xlcalc
from tests.conftest import ROOT
from xlcalc.build import build_template
from xlcalc.calc.model import WorkbookModel
from xlcalc.catalogue import catalogues
from xlcalc.runs.config import load_batch
from xlcalc.templates.inference_budget.lines import LATENT_MODELS
from xlcalc.templates.parts.catalogues import token_offers

MILLION = {
    "model": "Llama 3 70B",
    "gpu": "H200 SXM 141GB",
    "prompt_tokens": 1e6,
    "output_tokens": 2000,
    "least_sequences": 2,
    "first_token_limit": 900,
}


@pytest.fixture(scope="module")
def budget():
    return WorkbookModel(build_template("inference_budget"), "inference_budget.xlsx")


def figures(budget, **settings):
    return budget.evaluate(settings).values


def written(budget, **settings):
    data = budget.to_bytes(budget.evaluate(settings))
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def failed(book):
    """Return the labels of the checks that fail; the last row is that of all of them."""
    rows = book["Checks"].iter_rows(min_row=6, values_only=True)
    return [row[1] for row in rows if row[1] and row[5] is not True][:-1]


def test_the_answer_of_the_report_comes_out(budget):
    values = figures(budget)
    assert 1.12e14 == values["answer_flops"]
    assert pytest.approx(0.78, abs=0.005) == values["answer_gpu_seconds"]
    assert pytest.approx(2 * 96 * 96 * 128 * 2 * 320) == values["sequence_bytes"]
    assert 350 == values["model_gb"]
    assert (576 - 350) // 1.50994944 == values["fits_sequences"]
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


def test_every_latent_model_of_the_catalogue_is_in_the_list():
    rows = catalogues().rows["models"].items()
    assert {key for key, row in rows if "MLA" in str(row["notes"])} == {
        identity for _, identity, _ in LATENT_MODELS
    }


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
    assert "A replica holds the weights and a sequence" in failed(book)
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
    assert [check] == failed(written(budget, **settings))


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


def test_the_checks_of_all_samples_hold(budget):
    samples = ROOT / "xlcalc" / "samples" / "inference_budget.csv"
    loaded = load_batch("inference_budget", samples, ROOT)
    assert 6 == len(loaded.scenarios)
    for scenario in loaded.scenarios:
        values = budget.evaluate(scenario.settings).values
        assert values["checks_hold"], scenario.name
        assert values["run_source"] != figures(budget)["run_source"]
