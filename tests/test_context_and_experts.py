"""The template on contexts and experts: published figures, functions by hand, failing checks."""

import io

import openpyxl
import pytest

import xlcalc
from tests.built import built, built_model
from tests.workbooks import failed_checks
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError

LLAMA = {
    "model": "Llama 3.1 70B",
    "attention_kind": "gqa",
    "shared_experts": 0,
    "dense_layers": 0,
    "weight_bytes": 2,
}
MIXTRAL = LLAMA | {"model": "Mixtral 8x7B"}


@pytest.fixture(scope="module")
def made() -> bytes:
    return built("context_and_experts")


@pytest.fixture(scope="module")
def workbook(made) -> WorkbookModel:
    return built_model("context_and_experts")


@pytest.fixture(scope="module")
def labels(made) -> dict[int, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(made), read_only=True)["Checks"]
    return {number: row[1] for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)}


@pytest.mark.parametrize(
    ("settings", "total", "active"),
    [
        ({}, 671e9, 37e9),
        (MIXTRAL, 46.7e9, 12.9e9),
        (LLAMA | {"model": "DBRX"}, 132e9, 36e9),
        (LLAMA, 70.55e9, 70.55e9),
    ],
    ids=["DeepSeek-V3", "Mixtral 8x7B", "DBRX", "Llama 3.1 70B"],
)
def test_the_shape_gives_the_published_parameters(workbook, settings, total, active):
    values = workbook.evaluate(settings).values
    assert pytest.approx(total, rel=0.005) == values["total_params"]
    assert pytest.approx(active, rel=0.015) == values["active_params"]
    assert values["checks_hold"] is True


def test_deepseek_v3_takes_about_the_published_hours_and_transfers_as_long_as_it_computes(workbook):
    values = workbook.evaluate().values
    assert pytest.approx(2.664e6, rel=0.03) == values["run_gpu_hours"]
    assert pytest.approx(5.328e6, rel=0.03) == values["run_cost"]
    assert pytest.approx(1.0, abs=0.15) == values["transfer_ratio"]
    per_token = values["long_kv_mla_gb"] * 1e9 / values["long_context"]
    assert 70_272 == round(per_token)  # 70 KB in arXiv:2505.09343, Table 1


def test_a_dense_model_agrees_with_the_functions(workbook):
    values = workbook.evaluate(LLAMA | {"long_context": 32768, "serve_gpu": "H100"}).values
    shape = (80, 64, 128)
    params = xlcalc.model_params(80, 8192, 28672, 64, 8, 128, 128256)
    assert pytest.approx(params) == values["total_params"] == values["active_params"]
    assert pytest.approx(xlcalc.attention_share(params, *shape, 32768)) == values["long_share"]
    ratio = xlcalc.context_cost_ratio(params, *shape, 32768, 4096)
    assert pytest.approx(ratio) == values["long_ratio"]
    cache = xlcalc.kv_cache_bytes(80, 8, 128, 32768)
    fit = xlcalc.max_sequences(80, 8, xlcalc.weights_gb(params), cache)
    assert fit == values["long_sequences"]
    products = params + 2 * 80 * 64 * 128 * 32768
    rate = xlcalc.decode_tokens_per_second(
        products, 2 * params / products, 8 * 3350 * 0.6, 8 * 989.4, fit, cache, 0.4
    )
    assert pytest.approx(rate) == values["long_rate"]
    assert 0 == values["transfer_ratio"] == values["waiting_cost_per_mtokens"]
    assert values["dense_total_cost"] == values["run_cost"]


def test_an_uneven_load_prolongs_the_chosen_experts_and_the_transfer(workbook):
    even, uneven = (
        workbook.evaluate(MIXTRAL | {"overlap": 0, "load_case": case}).values
        for case in ("even", "uneven")
    )
    assert 5 == uneven["run_slowdown"]
    step = even["step_ms"] + 4 * even["experts_ms"] + 5 * even["transfer_ms"]
    assert pytest.approx(step) == uneven["run_step_ms"]
    longer = step / (even["step_ms"] + even["transfer_ms"])
    assert pytest.approx(longer) == uneven["run_cost"] / even["run_cost"]
    assert pytest.approx(longer) == uneven["run_days"] / even["run_days"]
    assert pytest.approx(longer) == even["run_mfu"] / uneven["run_mfu"]


def test_no_more_transfer_is_hidden_than_computing_takes(workbook):
    values = workbook.evaluate({"network_bandwidth": 5, "overlap": 1}).values
    assert pytest.approx(values["transfer_ms"]) == values["run_step_ms"]


@pytest.mark.parametrize("load", ["even", "uneven"])
def test_a_token_costs_at_another_context_what_a_run_of_that_context_costs(workbook, load):
    setting = {"load_case": load, "network_bandwidth": 20}
    asked = workbook.evaluate(setting | {"long_context": 65536}).values
    run = workbook.evaluate(setting | {"base_context": 65536}).values
    assert asked["run_cost_per_mtokens"] < asked["long_train_cost"]
    assert pytest.approx(run["run_cost_per_mtokens"]) == asked["long_train_cost"]


def test_a_mix_of_one_length_costs_what_packing_costs(workbook):
    same = {f"mix_share_{n}": 0 for n in range(1, 5)} | {"mix_share_5": 1, "mix_mean_5": 1_048_576}
    values = workbook.evaluate(same).values
    assert pytest.approx(values["packed_cost"]) == values["mix_cost"]
    assert pytest.approx(values["padded_cost"]) == values["mix_cost"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "check"),
    [
        ({"shared_experts": 5}, "The shape gives the published active parameters"),
        (
            {"published_tolerance": 100, "experts_per_token": 300},
            "A token chooses no more experts than there are",
        ),
        ({"hot_token_share": 0.1}, "The busiest experts get at least their share"),
        ({"mix_share_1": 0.8}, "The shares of the length mix add up"),
        ({"mix_mean_2": 9000}, "The classes of the length mix rise"),
    ],
)
def test_a_check_fails_where_it_should(workbook, settings, check):
    assert [check] == failed_checks(workbook, settings)


@pytest.mark.parametrize(
    "settings",
    [{"train_price": 0, "serve_price": 0}, {"dense_layers": 61}, {"experts": 1}],
    ids=["no price", "no layer with experts", "one expert"],
)
def test_figures_stay_figures_without_prices_or_experts(workbook, settings):
    errors = [
        (sheet, position)
        for sheet, cells in workbook.evaluate(settings).cached.items()
        for position, value in cells.items()
        if isinstance(value, CellError)
    ]
    assert [] == errors
