"""The template training_budget: figures by hand, published runs, and checks that fail."""

import csv

import pytest

from tests.built import built, built_model
from tests.conftest import ROOT
from tests.marks import needs_libreoffice
from tests.workbooks import evaluated, failed_checks, opened
from tools.libreoffice import edit
from xlcalc import templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.templates.parts.sums import SPARE

OWN_MACHINES = {
    "params": 70e9,
    "tokens": 1.4e12,
    "gpu": "H100 SXM5 80GB",
    "mfu": 0.4,
    "gpus": 512,
    "price_per_gpu_hour": 2.5,
    "watts": 560,
    "server_power_factor": 1.25,
    "pue": 1.25,
    "power_price": 0.08,
    "tonnes_per_mwh": 0.4,
    "contingency": 0.2,
}
"""Machines of one's own, whose power is paid for: every line of the money is above 0."""


@pytest.fixture(scope="module")
def model():
    return built_model("training_budget")


def test_the_default_run_is_as_computed_by_hand(model):
    values = model.evaluate().values
    # 6 × 175e9 × 300e9 FLOP; over 312e12 × 0.462 × 86,400 in a day of a GPU; × 24; over 1,000.
    assert 3.15e23 == values["train_flops"]
    assert pytest.approx(25_292.994043) == values["gpu_days"]
    assert pytest.approx(607_031.857032) == values["gpu_hours"]
    assert pytest.approx(25.292994) == values["train_days"]
    # 20 × 175e9, and 300 / 175.
    assert 3.5e12 == values["chinchilla_tokens"]
    assert pytest.approx(1.7142857) == values["tokens_per_param"]
    # The same days over 0.9: a tenth of the hours is lost.
    assert pytest.approx(28.103327) == values["calendar_days"]
    # GPU-hours × 400 W × 1.4 × 1.42, and × 0.369.
    assert pytest.approx(482.711733) == values["energy_mwh"]
    assert pytest.approx(178.120629) == values["carbon_tonnes"]
    # GPU-hours × 2.3, no power, 10 % on top; over 300,000 million tokens.
    assert pytest.approx(1_396_173.271173) == values["compute_cost"]
    assert 0 == values["power_cost"]
    assert pytest.approx(139_617.327117) == values["contingency_cost"]
    assert pytest.approx(1_535_790.598291) == values["total_cost"]
    assert pytest.approx(5.119301994) == values["cost_per_mtokens"]


def test_a_run_on_machines_of_ones_own_is_as_computed_by_hand(model):
    values = model.evaluate(OWN_MACHINES).values
    # 6 × 70e9 × 1.4e12 FLOP; over 989.4e12 × 0.4 in a second of a GPU.
    assert 5.88e23 == values["train_flops"]
    assert 1.4e12 == values["chinchilla_tokens"]
    assert 20 == values["tokens_per_param"]
    assert 989.4 == values["peak_tflops"]
    assert pytest.approx(412_708.038542) == values["gpu_hours"]
    assert pytest.approx(17_196.168273) == values["gpu_days"]
    assert pytest.approx(33.586266157) == values["train_days"]
    # GPU-hours × 560 W × 1.25 × 1.25, and × 0.4.
    assert pytest.approx(361.119533724) == values["energy_mwh"]
    assert pytest.approx(144.447813490) == values["carbon_tonnes"]
    # GPU-hours × 2.5; kWh × 0.08; 20 % of both; the sum; over 1.4 million million tokens.
    assert pytest.approx(1_031_770.096355) == values["compute_cost"]
    assert pytest.approx(28_889.562698) == values["power_cost"]
    assert pytest.approx(212_131.931811) == values["contingency_cost"]
    assert pytest.approx(1_272_791.590863) == values["total_cost"]
    assert pytest.approx(0.909136851) == values["cost_per_mtokens"]


def test_the_tables_of_the_sensitivity_are_as_computed_by_hand(model):
    sheet = opened(evaluated(model, OWN_MACHINES))["Sensitivity"]
    # With 40 % less of both: as much for compute, power over 0.6, and 20 % on top of both.
    assert pytest.approx(1_295_903.241) == sheet["E10"].value
    assert pytest.approx(1_272_791.591) == sheet["H13"].value
    assert pytest.approx(1_262_886.598) == sheet["K16"].value
    # GPU-days over 0.6 for 307 GPUs, as they are for 512, and over 1.4 for 717.
    assert pytest.approx(93.35596) == sheet["E21"].value
    assert pytest.approx(33.586266) == sheet["H24"].value
    assert pytest.approx(17.131070) == sheet["K27"].value


@pytest.mark.parametrize(
    ("name", "figure", "expected", "tolerance"),
    [
        # Patterson et al. 2021, arXiv:2104.10350, Table 4.
        ("gpt-3-175b", "train_days", 14.8, 0.001),
        ("gpt-3-175b", "gpu_hours", 3.55e6, 0.001),
        ("gpt-3-175b", "energy_mwh", 1_287, 0.002),
        ("gpt-3-175b", "carbon_tonnes", 552.1, 0.002),
        # DeepSeek-AI 2024, arXiv:2412.19437, Table 1: pre-training.
        ("deepseek-v3", "gpu_hours", 2.664e6, 0.001),
        # Touvron et al. 2023, arXiv:2302.13971, Table 15.
        ("llama-65b", "gpu_hours", 1_022_362, 0.001),
        ("llama-65b", "energy_mwh", 449, 0.002),
        ("llama-65b", "carbon_tonnes", 173, 0.002),
    ],
)
def test_a_published_run_comes_out_as_published(model, name, figure, expected, tolerance):
    with (ROOT / "xlcalc" / "samples" / "training_budget.csv").open(encoding="utf-8") as lines:
        [row] = [row for row in csv.DictReader(lines) if row["scenario"] == name]
    settings = {key: value for key, value in row.items() if key != "scenario" and value}
    assert pytest.approx(expected, rel=tolerance) == model.evaluate(settings).values[figure]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        OWN_MACHINES,
        {"params": 1, "tokens": 1, "gpus": 0.5},
        {"mfu": 1, "contingency": 0, "pue": 1, "watts": 0},
        {"price_per_gpu_hour": 0, "power_price": 0.2, "contingency": 3},
        {"flops_per_param_token": 8, "peak_tflops": 100},
        {"gpu": "a card of our own", "peak_tflops": 500, "watts": 300, "price_per_gpu_hour": 1},
    ],
)
def test_the_checks_hold_for_every_run_that_can_be(model, settings):
    assert [] == failed_checks(model, settings)
    values = model.evaluate(settings).values
    assert [] == [name for name, value in values.items() if isinstance(value, CellError)]


def test_a_rate_with_sparsity_fails_its_check(model):
    assert ["The peak rate is the dense one"] == failed_checks(model, {"peak_tflops": 312.1})


WRONG_UTILISATION = "Days and machines give the utilisation back"
WRONG_CALENDAR = "Days and machines with failures give the utilisation back"
WRONG_TIMES = "GPU-days and GPU-hours agree"
WRONG_COST = "The compute cost is the same by both functions"
WRONG_CONTINGENCY = "The reserve is on top of compute and power"
WRONG_SUM = "The rows add up: Total cost"
WRONG_ENERGY = "Energy is as much by days as by hours"
WRONG_DAYS = {WRONG_UTILISATION, WRONG_CALENDAR, WRONG_ENERGY}
WRONG_COMPUTE = "A token of a parameter takes what is assumed"
WRONG_CASES = "The cases of the drivers begin with the case itself"
WRONG_TABLE = "The cost table holds the run in its middle"


@pytest.mark.parametrize(
    ("label", "formula", "expected"),
    [
        ("Training compute", "=6.06*params*tokens", {WRONG_COMPUTE, WRONG_CASES}),
        ("GPU-days", "=2*GPU_DAYS(<Training compute>,peak_tflops,mfu)", {WRONG_TIMES}),
        (
            "GPU-hours",
            "=<GPU-days>*24.1",
            {WRONG_TIMES, WRONG_COST, WRONG_TABLE, WRONG_ENERGY, WRONG_CASES},
        ),
        ("Training time", "=<GPU-days>/gpus*1.01", WRONG_DAYS),
        (
            "Compute cost",
            "=<GPU-hours>*price_per_gpu_hour*1.01",
            {WRONG_COST, WRONG_TABLE, WRONG_CASES},
        ),
        (
            "Contingency",
            "=compute_cost*contingency",
            {WRONG_CONTINGENCY, WRONG_TABLE, WRONG_CASES},
        ),
        ("Total cost", "=compute_cost+contingency_cost", {WRONG_SUM}),
    ],
)
def test_a_formula_that_is_overwritten_fails_checks(label, formula, expected):
    book = templates.author("training_budget")
    sheet = book.sheet("Calculation")
    [row] = [cell.row for cell in sheet["B"] if cell.value == label]
    # A name that is a function's as well holds on the cover alone.
    places = {cell.value: f"C{cell.row}" for cell in sheet["B"]}
    for name in ("Training compute", "GPU-days", "GPU-hours"):
        formula = formula.replace(f"<{name}>", places[name])
    sheet.cell(row, 3).value = formula
    changed = WorkbookModel(book.to_bytes(), "changed.xlsx")
    assert expected == set(failed_checks(changed, OWN_MACHINES))


def with_staff(place: str) -> WorkbookModel:
    """Return the template with 10,000 in a cell of the sheet Calculation."""
    book = templates.author("training_budget")
    book.sheet("Calculation")[place] = 10_000
    return WorkbookModel(book.to_bytes(), "staffed.xlsx")


def test_a_cost_in_the_spare_row_is_in_the_total_and_in_the_table():
    book = templates.author("training_budget")
    [row] = [cell.row for cell in book.sheet("Calculation")["F"] if cell.value == SPARE]
    staffed = with_staff(f"C{row}")
    values = staffed.evaluate(OWN_MACHINES).values
    # 1,272,791.59 without staff; over 1.4 million million tokens.
    assert pytest.approx(1_282_791.590863) == values["total_cost"]
    assert pytest.approx(0.916279708) == values["cost_per_mtokens"]
    assert [] == failed_checks(staffed, OWN_MACHINES)


def test_a_row_before_the_total_is_in_the_sum():
    book = templates.author("training_budget")
    sheet = book.sheet("Calculation")
    [spare] = [cell.row for cell in sheet["F"] if cell.value == SPARE]
    [total] = [cell.row for cell in sheet["B"] if cell.value == "Total cost"]
    assert spare + 1 == total
    assert f"=SUM(C{spare - 3}:C{spare})" == sheet.cell(total, 3).value


@needs_libreoffice
@pytest.mark.slow
def test_staff_in_a_row_inserted_above_the_total_is_summed_or_its_check_fails(tmp_path):
    file = tmp_path / "budget.xlsx"
    file.write_bytes(built("training_budget"))
    sheet = opened(file.read_bytes())["Calculation"]
    [total] = [cell.row for cell in sheet["B"] if cell.value == "Total cost"]
    steps = {}
    for where, row in (("above", total - 1), ("below", total)):  # of the spare row
        typed = (("TypeInto", "Calculation", f"{letter}{row}", what)
                 for letter, what in (("B", "Staff"), ("C", "10000")))  # fmt: skip
        inserted = ("InsertRows", "Calculation", row, 1)
        steps[file, tmp_path / f"{where}.xlsx"] = [("Unprotect",), inserted, *typed]
    edit(steps, tmp_path)
    above, below = (WorkbookModel.read(tmp_path / f"{name}.xlsx") for name in ("above", "below"))
    assert pytest.approx(1_282_791.590863) == above.evaluate(OWN_MACHINES).values["total_cost"]
    assert [] == failed_checks(above, OWN_MACHINES)
    assert pytest.approx(1_272_791.590863) == below.evaluate(OWN_MACHINES).values["total_cost"]
    assert [WRONG_SUM] == failed_checks(below, OWN_MACHINES)
