"""The template gpu_tco: do buying, leasing and renting come out as by hand?"""

import io

import openpyxl
import pytest

from tests.built import built_model
from tests.workbooks import failed_checks
from xlcalc import owned_gpu_hour, rent_or_buy_hours, templates
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError

PLAIN = {
    "gpu_price": 30000,
    "server_share": 0,
    "life_years": 4,
    "horizon_years": 4,
    "resale_share": 0,
    "watts": 700,
    "server_power_share": 0,
    "pue": 1.25,
    "power_price": 0.1,
    "staff_per_year": 1000,
    "colocation_kw_month": 0,
    "maintenance_share": 0,
    "utilisation": 0.5,
    "gpus": 8,
    "rent_price": 2.5,
    "rent_decline": 0,
    "discount_rate": 0,
}
"""One page of hand calculation: 30,000 over 4 years, 1,000 a year, half the hours used."""


@pytest.fixture(scope="module")
def model():
    return built_model("gpu_tco")


def cash(model, settings):
    """Return the labelled rows of the sheet Cash flow, from the opening to the last quarter."""
    written = model.to_bytes(model.evaluate(settings))
    sheet = openpyxl.load_workbook(io.BytesIO(written), data_only=True)["Cash flow"]
    found = {}
    for row in sheet.iter_rows(values_only=True, max_col=25):
        found.setdefault(row[1], list(row[4:]))
    return found


def test_without_interest_and_decline_the_levelised_cost_is_the_owned_hour(model):
    values = model.evaluate(PLAIN).values
    expected = owned_gpu_hour(30000, 4, 700, 0.1, 1.25, 0.5, 1000)
    assert expected == pytest.approx((7500 + 1000) / 4380 + 0.0875)
    for name in ("owned_hour", "average_buy", "levelised_buy"):
        assert expected == pytest.approx(values[name])
    assert values["levelised_rent"] == pytest.approx(2.5)


def test_the_break_evens_are_those_of_the_functions(model):
    values = model.evaluate(PLAIN).values
    assert values["break_even_today"] == pytest.approx(8500 / 8760 / (2.5 - 0.0875))
    assert values["break_even_utilisation"] == pytest.approx(values["break_even_today"])
    running = 1000 / 4380 + 0.0875
    hours = rent_or_buy_hours(30000, running, 2.5)
    assert hours == pytest.approx(values["break_even_hours"])
    assert values["break_even_month"] == pytest.approx(hours / 4380 * 12)
    assert values["break_even_quarter"] == 13


def test_the_net_present_value_is_that_of_a_calculation_by_hand(model):
    values = model.evaluate(PLAIN | {"discount_rate": 0.1}).values
    quarter = 8 * (1000 / 4 + 4380 / 4 * 0.0875)
    expected = -8 * 30000 - sum(quarter / 1.1 ** (n / 4) for n in range(1, 17))
    assert expected == pytest.approx(values["npv_buy"])
    rents = sum(8 * 4380 / 4 * 2.5 / 1.1 ** (n / 4) for n in range(1, 17))
    assert -rents == pytest.approx(values["npv_rent"])


def test_a_longer_horizon_buys_again_and_sells_at_the_book_value(model):
    rows = cash(model, PLAIN | {"life_years": 2, "resale_share": 0.2, "horizon_years": 3})
    purchase, sale = rows["Purchase"], rows["Sale"]
    assert {0: -240000, 8: -240000} == {n: value for n, value in enumerate(purchase) if value}
    assert {8: 48000, 12: pytest.approx(240000 - 96000)} == {n: v for n, v in enumerate(sale) if v}
    assert rows["Book value at its end"][8:14] == pytest.approx(
        [240000, 216000, 192000, 168000, 0, 0]
    )


def test_the_lease_runs_its_term_goes_on_at_a_part_and_is_due_on_an_early_end(model):
    terms = {
        "lease_rate": 1000,
        "lease_payments": 12,
        "lease_term": 3,
        "lease_deposit": 500,
        "renewal_share": 0.5,
        "lease_exit_share": 0.8,
        "lease_running_share": 0,
    }
    longer = cash(model, PLAIN | terms)
    assert [-4000, *[-24000] * 12, *[-12000] * 3, -8000] == longer["Lease: net cash"][:17]
    shorter = cash(model, PLAIN | terms | {"horizon_years": 1})
    assert [-4000, *[-24000] * 3, -24000 - 153600 + 4000, 0] == shorter["Lease: net cash"][:6]


def test_quarterly_payments_cost_as_much_as_monthly_ones(model):
    monthly, quarterly = (model.evaluate({"lease_payments": n}).values for n in (12, 4))
    assert quarterly["lease_rate"] == pytest.approx(3 * monthly["lease_rate"])
    assert quarterly["total_lease"] == pytest.approx(monthly["total_lease"])
    assert quarterly["levelised_lease"] == pytest.approx(monthly["levelised_lease"], rel=0.02)
    assert quarterly["cheapest_way"] == monthly["cheapest_way"]


def test_rents_decline_by_quarters_and_a_commitment_keeps_its_price(model):
    settings = {"rent_decline": 0.19, "reserved_discount": 0.4, "reserved_term": 2}
    rows = cash(model, PLAIN | settings)
    assert [2.5, 2.5 * 0.9, 2.5 * 0.81] == pytest.approx(rows["Price on demand"][1:6:2])
    assert [1.5] * 8 + [1.5 * 0.81**2] * 8 == pytest.approx(rows["Price reserved"][1:17])
    assert rows["Rents of all hours"][1] == pytest.approx(-8 * 2190 * 1.5)


def test_where_renting_costs_less_than_running_the_workbook_says_so(model):
    evaluation = model.evaluate(PLAIN | {"rent_price": 0.05})
    assert evaluation.values["break_even_hours"] == "None"
    assert evaluation.values["break_even_utilisation"] == "None"
    assert evaluation.values["cheapest_way"] == "Rent on demand"
    assert evaluation.values["checks_hold"] is True
    written = openpyxl.load_workbook(io.BytesIO(model.to_bytes(evaluation)), data_only=True)
    notes = [row[5] for row in written["Calculation"].iter_rows(values_only=True)]
    sentence = "At this utilisation renting costs less than running machines of one's own: "
    assert f"{sentence}buying never pays." in notes


def test_an_accelerator_without_a_purchase_price_asks_for_one(model):
    assert model.evaluate({"gpu": "MI350X"}).values["unit_price"] == CellError("#N/A")
    assert model.evaluate({"gpu": "MI350X", "gpu_price": 5e4, "rent_price": 5}).values[
        "checks_hold"
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"horizon_years": 0.1},
        {"horizon_years": 4.3, "life_years": 0.3, "lease_term": 7, "reserved_term": 0.4},
        {"resale_share": 1, "discount_rate": 0},
        {"rent_decline": -0.5, "utilisation": 0.001},
        {"gpu_price": 0, "staff_per_year": 0, "colocation_kw_month": 0, "power_price": 0},
        {"rent_price": 0, "lease_rate": 0, "lease_running_share": 0},
    ],
)
def test_the_checks_hold_for_odd_inputs(model, settings):
    assert [] == failed_checks(model, settings)
    values = model.evaluate(settings).values
    assert [] == [name for name, value in values.items() if isinstance(value, CellError)]


@pytest.mark.parametrize(
    ("label", "column", "value", "expected"),
    [
        (
            "Sale",
            25,
            "=0",
            {"The cash of buying is that of OWNED_GPU_HOUR", "Purchases are written off or sold"},
        ),
        (
            "Discount factor at its end",
            9,
            "=1",
            {f"Both net present values agree: {way}" for way in ("buy", "lease")},
        ),
        ("Rents of the used hours", 12, "=-1", {"The rents are a geometric series"}),
    ],
)
def test_a_formula_that_is_overwritten_fails_checks(label, column, value, expected):
    book = templates.author("gpu_tco")
    sheet = book.sheet("Cash flow")
    row = next(cell.row for cell in sheet["B"] if cell.value == label)
    sheet.cell(row, column).value = value
    assert expected <= set(failed_checks(WorkbookModel(book.to_bytes(), "gpu_tco.xlsx")))
