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
    "network_share": 0,
    "life_years": 4,
    "horizon_years": 4,
    "residual_4": 0,
    "purchase_fall": 0,
    "watts": 700,
    "server_power_factor": 1,
    "idle_power_share": 0,
    "pue": 1.25,
    "power_price": 0.1,
    "staff_per_year": 1000,
    "colocation_kw_month": 0,
    "maintenance_share": 0,
    "utilisation": 0.5,
    "gpus": 8,
    "rent_price": 2.5,
    "rental_fall": 0,
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


def test_the_break_even_is_the_rent_and_the_use_at_which_both_cost_the_same(model):
    values = model.evaluate(PLAIN).values
    assert values["break_even_utilisation"] == pytest.approx(8500 / 8760 / (2.5 - 0.0875))
    assert values["break_even_rent"] == pytest.approx(8500 / 4380 + 0.0875)
    for rent, cheaper in ((2.02, "Rent on demand"), (2.04, "Buy")):
        settings = PLAIN | {"rent_price": rent, "reserved_discount": 0, "lease_rate": 9999}
        assert cheaper == model.evaluate(settings).values["cheapest_way"]


def test_buying_pays_back_when_its_cash_is_that_of_renting(model):
    values = model.evaluate(PLAIN).values
    hours = rent_or_buy_hours(30000, 1000 / 4380 + 0.0875, 2.5)
    assert values["break_even_month"] == pytest.approx(hours / 4380 * 12)
    assert values["break_even_quarter"] == 13


def test_the_net_present_value_is_that_of_a_calculation_by_hand(model):
    values = model.evaluate(PLAIN | {"discount_rate": 0.1}).values
    quarter = 8 * (1000 / 4 + 4380 / 4 * 0.0875)
    expected = -8 * 30000 - sum(quarter / 1.1 ** (n / 4) for n in range(1, 17))
    assert expected == pytest.approx(values["npv_buy"])
    rents = sum(8 * 4380 / 4 * 2.5 / 1.1 ** (n / 4) for n in range(1, 17))
    assert -rents == pytest.approx(values["npv_rent"])


def test_a_later_fleet_costs_the_price_of_its_day_and_is_sold_by_its_age(model):
    ages = {"residual_1": 0.6, "residual_2": 0.2, "purchase_fall": 0.1}
    rows = cash(model, PLAIN | ages | {"life_years": 2, "horizon_years": 3})
    purchase, sale = rows["Purchase"], rows["Sale"]
    later = 240000 * 0.81
    found = {n: value for n, value in enumerate(purchase[:21]) if value}
    assert {0: -240000, 8: pytest.approx(-later)} == found
    found = {n: value for n, value in enumerate(sale[:21]) if value}
    assert {8: 48000, 12: pytest.approx(later * 0.6)} == found
    written = rows["Written off so far"]
    assert [240000, 240000 + later / 2] == pytest.approx([written[8], written[12]])


def test_between_birthdays_the_resale_is_on_a_straight_line(model):
    settings = PLAIN | {"residual_1": 0.6, "residual_2": 0.4, "horizon_years": 1.75}
    assert 8 * 30000 * 0.45 == pytest.approx(model.evaluate(settings).values["final_sale"])
    books = settings | {"residual_kind": "book value"}
    assert 8 * 30000 * 0.5625 == pytest.approx(model.evaluate(books).values["final_sale"])


def test_the_network_is_sold_for_nothing(model):
    settings = PLAIN | {"network_share": 0.25, "horizon_years": 1, "residual_1": 0.6}
    values = model.evaluate(settings).values
    assert (300000, 144000) == pytest.approx((values["fleet_price"], values["final_sale"]))


def test_tax_takes_its_share_of_costs_and_gives_it_for_depreciation(model):
    settings = PLAIN | {"tax_rate": 0.25, "residual_4": 0.2}
    values = model.evaluate(settings).values
    running = 4 * 8 * (1000 + 4380 * 0.0875)
    # The sale is above the books, which are empty after four years.
    assert -0.75 * (240000 + running - 48000) == pytest.approx(values["npv_buy"])
    assert -0.75 * 4 * 8 * 4380 * 2.5 == pytest.approx(values["npv_rent"])


def test_idle_hours_of_own_machines_and_spares_draw_power(model):
    settings = PLAIN | {"idle_power_share": 0.2, "spare_share": 0.25}
    values = model.evaluate(settings).values
    # 4 of 10 machines are used, 6 stand ready at a fifth of the power.
    yearly = 8760 * (4 + 6 * 0.2) * 0.0875 + 10 * (1000 + 7500)
    assert -4 * yearly == pytest.approx(values["total_buy"])
    assert yearly / (8 * 4380) == pytest.approx(values["owned_hour"])


def test_an_owned_hour_of_an_h100_in_virginia_is_that_of_the_shared_assumptions(model):
    settings = {"gpu": "H100 SXM5 80GB", "utilisation": 1, "staff_per_year": 0}
    values = model.evaluate(settings).values
    server = 28750 * 1.63  # the median of five prices, and 63 % for its server
    assert 28750 == pytest.approx(values["gpu_price"])
    capital = (server * 1.11 - server * 0.125) / 5
    upkeep = 0.7 * 1.82 * 184.06 * 12 + server * 0.03
    power = 0.7 * 1.4 * 1.42 * 0.0892
    assert (capital + upkeep) / 8760 + power == pytest.approx(values["owned_hour"])


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


def test_rates_in_advance_fall_at_the_beginning_of_their_quarter(model):
    terms = {"lease_rate": 1000, "lease_deposit": 500, "lease_exit_share": 0.8}
    terms |= {"lease_running_share": 0, "lease_timing": "in advance", "horizon_years": 1}
    rows = cash(model, PLAIN | terms)
    assert [-28000, *[-24000] * 3, 4000 - 153600, 0] == rows["Lease: net cash"][:6]


@pytest.mark.parametrize("timing", ["in arrears", "in advance"])
def test_the_rates_of_a_lease_repay_the_price_with_interest(model, timing):
    totals = []
    for count in (12, 4, 1):
        settings = {"lease_payments": count, "lease_timing": timing}
        values = model.evaluate(PLAIN | settings).values
        first = 0 if timing == "in advance" else 1
        times = [(first + n) / count for n in range(3 * count)]
        repaid = sum(values["lease_rate"] / 1.11**time for time in times)
        assert 30000 == pytest.approx(repaid + 3000 / 1.11**3)
        totals.append(values["lease_rate"] * count)
    assert totals == sorted(totals, reverse=timing == "in advance")


def test_rents_decline_by_quarters_and_a_commitment_keeps_its_price(model):
    settings = {"rental_fall": 0.19, "reserved_discount": 0.4, "reserved_term": 2}
    rows = cash(model, PLAIN | settings)
    assert [2.5, 2.5 * 0.9, 2.5 * 0.81] == pytest.approx(rows["Price on demand"][1:6:2])
    assert [1.5] * 8 + [1.5 * 0.81**2] * 8 == pytest.approx(rows["Price reserved"][1:17])
    assert rows["Rental cost of all hours"][1] == pytest.approx(-8 * 2190 * 1.5)


def test_where_renting_costs_less_than_running_the_workbook_says_so(model):
    evaluation = model.evaluate(PLAIN | {"rent_price": 0.05, "reserved_discount": 0})
    assert evaluation.values["break_even_utilisation"] == "None"
    assert evaluation.values["cheapest_way"] == "Rent on demand"
    assert evaluation.values["checks_hold"] is True


def test_the_choice_is_said_at_the_lowest_and_the_highest_rent_of_the_market(model):
    values = model.evaluate({}).values
    rents = [values[name] for name in ("rent_low", "rent_price", "rent_high")]
    assert [2.6, 5.04, 10.6009] == pytest.approx(rents)
    chosen = [values[f"choice_{word}"] for word in ("low", "median", "high")]
    assert ["Rent reserved", "Rent reserved", "Buy"] == chosen
    for word, rent in (("low", 2.6), ("high", 10.6009)):
        moved = model.evaluate({"rent_price": rent}).values
        assert moved["npv_gain"] == pytest.approx(values[f"gain_{word}"])
        assert moved["cheapest_way"] == values[f"choice_{word}"]


@pytest.mark.slow
def test_every_driver_is_computed_as_the_workbook_would_with_it_typed_in(model):
    data = io.BytesIO(model.to_bytes(model.evaluate({})))
    rows = openpyxl.load_workbook(data, data_only=True)["Sensitivity"].iter_rows(values_only=True)
    found = {row[1]: row[2:6] for row in rows if row[1]}
    names = {"Utilisation": "utilisation", "Price of a GPU": "gpu_price", "Server": "server_share"}
    names |= {
        "Rental price": "rent_price",
        "Fall of rental prices": "rental_fall",
        "Network": "network_share",
    }
    names |= {
        "Discount rate": "discount_rate",
        "Life": "life_years",
        "Price of power": "power_price",
    }
    names |= {"Power usage effectiveness": "pue", "Maintenance": "maintenance_share"}
    names |= {"Discount of a commitment": "reserved_discount"}
    for label, name in names.items():
        for value, gain in zip(found[label][:2], found[label][2:], strict=True):
            values = model.evaluate({name: value}).values
            assert gain == pytest.approx(values["npv_gain_rent"]), label


def test_the_horizons_are_those_that_would_be_typed_in(model):
    data = io.BytesIO(model.to_bytes(model.evaluate({})))
    rows = openpyxl.load_workbook(data, data_only=True)["Cases"].iter_rows(values_only=True)
    cases = {row[1]: row for row in rows}
    for years in (1, 2, 3, 4, 5):
        values = model.evaluate({"horizon_years": years}).values
        expected = [values[f"npv_{way}"] for way in ("buy", "lease", "rent", "reserved")]
        assert expected == pytest.approx(cases[f"Horizon in years: {years}"][25:29])


def test_a_commitment_of_three_years_has_the_discount_of_three_years(model):
    # In the middle of ten offers of three years are TPU v4 and V100 of Google, and of one year
    # TPU v6e and H100: 1.45 of 3.22 USD and 1.12 of 2.48, 1.89 of 2.7 and 7.67 of 11.06.
    long, short = model.evaluate({}).values, model.evaluate({"reserved_term": 1}).values
    assert 1 - (1.45 / 3.22 + 1.12 / 2.48) / 2 == pytest.approx(long["reserved_discount"])
    assert 1 - (1.89 / 2.7 + 7.67 / 11.06) / 2 == pytest.approx(short["reserved_discount"])
    assert "Rent reserved" == long["cheapest_way"]
    assert "Buy" == short["cheapest_way"]


def test_the_commitments_of_the_sensitivity_are_those_that_would_be_typed_in(model):
    data = io.BytesIO(model.to_bytes(model.evaluate({})))
    rows = openpyxl.load_workbook(data, data_only=True)["Sensitivity"].iter_rows(values_only=True)
    found = {row[1]: row[2:7] for row in rows if row[1]}
    for label, years in (("Commitment of one year", 1), ("Commitment of three years", 3)):
        values = model.evaluate({"reserved_term": years}).values
        expected = [values[name] for name in ("reserved_discount", "npv_reserved")]
        expected += [values[name] for name in ("levelised_reserved", "npv_gain_reserved")]
        assert expected == pytest.approx(found[label][:4])
        assert values["cheapest_way"] == found[label][4]


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
        {**{f"residual_{n}": 1 for n in range(1, 7)}, "discount_rate": 0, "tax_rate": 0.3},
        {"rental_fall": -0.5, "utilisation": 0.001},
        {"gpu_price": 0, "staff_per_year": 0, "colocation_kw_month": 0, "power_price": 0},
        {"rent_price": 0, "lease_rate": 0, "lease_running_share": 0},
    ],
)
def test_the_checks_hold_for_odd_inputs(model, settings):
    assert [] == failed_checks(model, settings)
    values = model.evaluate(settings).values
    assert [] == [name for name, value in values.items() if isinstance(value, CellError)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "column", "value", "expected"),
    [
        (
            "Sale",
            25,
            "=0",
            {"The sheet Cases has this case: buy"},
        ),
        (
            "Discount factor at its end",
            9,
            "=1",
            {f"Both net present values agree: {way}" for way in ("buy", "lease")},
        ),
        ("Rental cost of the used hours", 12, "=-1", {"The rental costs are a geometric series"}),
    ],
)
def test_a_formula_that_is_overwritten_fails_checks(label, column, value, expected):
    book = templates.author("gpu_tco")
    sheet = book.sheet("Cash flow")
    row = next(cell.row for cell in sheet["B"] if cell.value == label)
    sheet.cell(row, column).value = value
    assert expected <= set(failed_checks(WorkbookModel(book.to_bytes(), "gpu_tco.xlsx")))


@pytest.mark.slow
def test_an_owned_hour_is_the_same_in_the_compute_plan(model):
    h100 = {"gpu": "H100 SXM5 80GB"}
    owned = model.evaluate({**h100, "utilisation": 1, "staff_per_year": 0}).values["owned_hour"]
    assert owned == pytest.approx(built_model("compute_plan").evaluate(h100).values["own_gpu_hour"])
