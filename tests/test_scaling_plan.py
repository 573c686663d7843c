"""The template scaling_plan: published optima, the closed forms, and sizes that cannot be."""

import io

import openpyxl
import pytest

import xlcalc
from tests.built import built_model
from tests.workbooks import failed_checks, to_bytes
from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.functions.scaling import FITS

OUT_OF_REACH = "out of reach"


@pytest.fixture(scope="module")
def model():
    return built_model("scaling_plan")


def test_chinchillas_budget_buys_what_besiroglu_prints(model):
    values = model.evaluate({"budget_kind": "FLOP", "budget_amount": 5.76e23}).values
    assert pytest.approx(72.35e9, rel=1e-3) == values["best_params"]
    assert pytest.approx(1.327e12, rel=1e-3) == values["best_tokens"]
    assert 5.76e23 == values["budget_flop"]


@pytest.mark.parametrize("fit", FITS)
def test_every_fit_gives_what_the_functions_give(model, fit):
    settings = {"fit": fit, "budget_kind": "GPU-days", "budget_amount": 25300}
    values = model.evaluate({**settings, "gpu": "A100 SXM 80GB", "mfu": 0.462}).values
    flop = 25300 * 312e12 * 0.462 * 86400
    params, tokens = xlcalc.optimal_params(flop, fit), xlcalc.optimal_tokens(flop, fit)
    assert pytest.approx(flop) == values["budget_flop"]
    assert pytest.approx(params) == values["best_params"]
    assert pytest.approx(xlcalc.scaling_loss(params, tokens, fit)) == values["target_loss"]
    reached = xlcalc.scaling_loss(values["chosen_params"], values["chosen_tokens"], fit)
    assert pytest.approx(values["target_loss"], rel=1e-12) == reached


def test_money_buys_its_compute_and_power_takes_its_part(model):
    settings = {"price_per_gpu_hour": 2, "power_price": 0.1, "watts": 1000, "pue": 1.2}
    values = model.evaluate({**settings, "run_share": 0.5}).values
    hours = 10e6 * 0.5 / (2 + 1 * 1.4 * 1.2 * 0.1)
    assert pytest.approx(hours) == values["budget_gpu_hours"]
    assert pytest.approx(hours * 3600 * 989.4e12 * 0.4) == values["budget_flop"]
    assert pytest.approx(5e6) == values["budget_cost"]


def test_seven_billion_instead_of_thirteen_save_what_sardana_finds(model):
    # Figure 1 of arXiv:2401.00448: 1.7e22 FLOP or 17 %, for 2 T tokens served.
    settings = {"fit": "hoffmann2022", "budget_kind": "FLOP", "budget_amount": 4.816e22}
    values = model.evaluate({**settings, "own_params": 7e9, "lifetime_tokens": 2e12}).values
    assert pytest.approx(13e9, rel=1e-3) == values["target_params"]
    assert pytest.approx(1.7e22, rel=0.05) == values["flop_saving"]
    assert pytest.approx(0.17, abs=0.01) == values["flop_saving_share"]


def test_half_the_size_takes_a_fifth_more_compute_by_the_fit_of_hoffmann(model):
    # de Vries 2023, Go smol or go home.
    values = model.evaluate({"fit": "hoffmann2022"}).values
    assert pytest.approx(0.2, abs=0.02) == values["chosen_extra"]


def test_a_run_of_your_own_sets_the_loss(model):
    values = model.evaluate({"own_params": 8.03e9, "own_tokens": 15e12}).values
    assert pytest.approx(xlcalc.scaling_loss(8.03e9, 15e12)) == values["target_loss"]
    assert pytest.approx(15e12) == values["chosen_tokens"]
    cheapest = xlcalc.scaling_loss(values["target_params"], values["target_tokens"])
    assert pytest.approx(values["target_loss"]) == cheapest
    assert values["target_flop"] < values["chosen_flop"]


def test_both_models_cost_the_same_at_the_break_even_volume(model):
    volume = model.evaluate().values["break_even_tokens"]
    values = model.evaluate({"lifetime_tokens": volume}).values
    assert pytest.approx(values["target_total_cost"]) == values["chosen_total_cost"]
    assert values["cost_saving"] == pytest.approx(0, abs=1)


def test_a_model_that_is_too_small_says_so_and_breaks_nothing(model):
    evaluation = model.evaluate({"size_ratio": 0.14, "size_1": 0.1})
    values = evaluation.values
    assert values["size_ratio"] < values["smallest_ratio"] < 0.15
    for name in ("chosen_tokens", "chosen_total_cost", "cost_saving", "break_even_tokens"):
        assert OUT_OF_REACH == values[name]
    assert 0.5 == values["cheapest_ratio"]
    assert values["checks_hold"] is True
    written = openpyxl.load_workbook(io.BytesIO(model.to_bytes(evaluation)), data_only=True)
    texts = [
        str(cell.value)
        for sheet in written.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert [] == [text for text in texts if text.startswith("#")]
    assert any(text.startswith("The model that is trained instead is too small") for text in texts)


def test_more_tokens_served_want_a_smaller_model(model):
    ratios = [
        model.evaluate({"lifetime_tokens": tokens}).values["cheapest_ratio"]
        for tokens in (0, 1e12, 1e13, 1e14)
    ]
    assert 1 == ratios[0]
    assert sorted(ratios, reverse=True) == ratios
    assert ratios[-1] < 0.5
    assert "never pays" == model.evaluate({"size_ratio": 2}).values["break_even_tokens"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "check"),
    [
        ({"budget_kind": "FLOP"}, "The budget is one that the experiments support"),
        (
            {"budget_amount": 1e11, "data_stock": 1e18},
            "The budget is not beyond every published optimum",
        ),
        ({"data_stock": 1e12}, "The data exist"),
        ({"own_tokens": 1e12}, "Tokens of your own come with parameters of your own"),
        ({"peak_tflops": 1978.9}, "The peak rate is the dense one"),
    ],
)
def test_a_rule_that_is_broken_is_told(model, settings, check):
    assert [check] == failed_checks(model, settings)


def test_the_checks_see_a_wrong_constant_and_a_wrong_closed_form():
    book = templates.author("scaling_plan").workbook
    book["Fits"]["C6"] = 1.8
    found = failed_checks(WorkbookModel(to_bytes(book), "changed.xlsx"))
    assert "The constants on the sheet Fits are those of the functions" in found
    assert "The model that is trained instead reaches the loss" in found
    assert "The budget is the least compute for its loss" in found
