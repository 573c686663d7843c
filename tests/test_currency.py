"""The currency of a template: default amounts are converted, what is typed in is not."""

import io

import openpyxl
import pytest

from tests.built import built, built_model
from tests.files import PRICES
from tests.inlined_engines import IronCalc, without_values
from tests.marks import slow_but
from tests.test_cli import xlcalc
from xlcalc import catalogue
from xlcalc.build import build_template
from xlcalc.calc.model import WorkbookModel
from xlcalc.dialects import Form
from xlcalc.templates import LANGUAGES, TEMPLATES

WITHOUT_MONEY = {"claims_audit", "function_library"}
PRICED = [name for name in TEMPLATES if name not in WITHOUT_MONEY]
QUICK = {"training_budget", "gpu_tco"}
EURO = {"currency": "EUR", "currency_rate": 0.9}
RENTED = {
    "context_and_experts": "serve_price",
    "gpu_tco": "rent_price",
}
"""The input for the rent of an accelerator, where it is not `price_per_gpu_hour`."""
FLOP_FOR_A_DOLLAR = ("scaling_plan", ("Optimum", (6, 4)))
"""The one cell that counts something for a unit of money."""
RATES = "id,from_currency,to_currency,rate,date,source_url\n"
IN_EUROS = (
    PRICES + "ours-1,gpu_rental,Us,h100-sxm,EUR/chip-hour on-demand,EUR,2.1,2026-10-01,our memo\n"
    "ours-2,gpu_purchase,Us,h100-sxm,EUR/unit,EUR,25000,2026-10-01,our memo\n"
    "ours-3,api_token,Us,ours input,EUR/1M tokens,EUR,3,2026-10-01,our memo\n"
    "ours-4,api_token,Us,ours output,EUR/1M tokens,EUR,9,2026-10-01,our memo\n"
    "ours-5,power,Us,our grid,EUR/kWh,EUR,0.2,2026-10-01,our memo\n"
)


@pytest.fixture
def using(tmp_path):
    """Put a team's files over the catalogue for the length of a test."""

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        catalogue.use(tmp_path)

    yield write
    catalogue.use(None)


def made(name, dialect="udf"):
    """Return a template as the catalogue of now makes it."""
    return WorkbookModel(build_template(name, Form(dialect)), f"{name}.xlsx")


def ratio(before, after):
    """Return what a number was multiplied by, to nine digits; None for what is no number."""
    numbers = isinstance(before, float) and isinstance(after, float)
    return round(after / before, 9) if numbers and before else None


def to_the_cent(before, after):
    """Tell whether both are whole cents, and one is the other converted, as near as cents allow."""
    cents = isinstance(before, float) and before == round(before, 2) and after == round(after, 2)
    return cents and abs(after - 0.9 * before) <= 0.01


def note(model, evaluation, name):
    """Return the note beside an input, which a formula writes."""
    cell = model.cell(name)
    row, column = cell.position
    return evaluation.cached[cell.sheet][row, column + 3]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", slow_but(QUICK, PRICED))
def test_another_currency_converts_each_amount_and_changes_nothing_else(name, language):
    model = built_model(name, Form(language=language))
    dollars, euros = model.evaluate(), model.evaluate(EURO)
    wrong, amounts = [], 0
    for result, cell in model.outputs.items():
        unit, before, after = dollars.unit(cell), dollars.values[result], euros.values[result]
        if unit.startswith("USD"):
            amounts += 1
            wrong += [result] * (ratio(before, after) != 0.9 and not before == after == 0.0)
            wrong += [result] * (euros.unit(cell) != unit.replace("USD", "EUR"))
        elif unit:
            wrong += [result] * (before != after and ratio(before, after) != 1.0)
    assert [] == wrong
    assert amounts >= 4
    assert euros.values["checks_hold"] is True


@pytest.mark.parametrize("name", slow_but(QUICK, PRICED))
def test_every_cell_is_converted_whole_or_stays(name):
    model = built_model(name)
    dollars, euros = model.evaluate(), model.evaluate(EURO)
    others = {
        (sheet, place): found
        for sheet, cells in dollars.cached.items()
        for place, value in cells.items()
        if (found := ratio(value, euros.cached[sheet].get(place))) not in {None, 1.0, 0.9}
        and not to_the_cent(value, euros.cached[sheet][place])
    }
    template, place = FLOP_FOR_A_DOLLAR
    assert ({place: 1.111111111} if name == template else {}) == others


@pytest.mark.parametrize("name", slow_but(QUICK, PRICED))
def test_another_engine_converts_a_portable_workbook_as_well(name, tmp_path):
    model = built_model(name, Form("lambda"))
    dollars, euros = model.evaluate(), model.evaluate(EURO)
    other = IronCalc(without_values(model.to_package(euros)), tmp_path)
    amounts = 0
    for result, cell in model.outputs.items():
        if dollars.unit(cell).startswith("USD") and dollars.values[result]:
            amounts += 1
            assert 0.9 == ratio(dollars.values[result], other.value(cell.sheet, cell.position))
    assert amounts >= 4


@pytest.mark.parametrize(
    ("name", "result", "dollars", "euros"),
    [
        ("training_budget", "total_cost", 1_535_790.598, 1_382_211.538),
        ("gpu_tco", "fleet_price", 58_657_818.647, 52_792_036.782),
    ],
)
def test_an_amount_is_the_one_in_dollars_times_the_rate(name, result, dollars, euros):
    model = built_model(name)
    assert pytest.approx(dollars, rel=1e-9) == model.evaluate().values[result]
    assert pytest.approx(euros, rel=1e-9) == model.evaluate(EURO).values[result]


def test_what_is_typed_in_is_not_converted():
    typed = {"price_per_gpu_hour": 2.0, "power_price": 0.1}
    values = built_model("training_budget").evaluate(EURO | typed).values
    assert (2.0, 0.1) == (values["price_per_gpu_hour"], values["power_price"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", slow_but(QUICK, PRICED))
def test_a_currency_without_a_rate_has_no_amounts_and_says_how_to_give_one(name, language):
    model = built_model(name, Form(language=language))
    dollars, found = model.evaluate(), model.evaluate({"currency": "EUR"})
    amounts = [
        found.values[result]
        for result, cell in model.outputs.items()
        if dollars.unit(cell).startswith("USD") and dollars.values[result]
    ]
    assert amounts
    assert {"#N/A"} == {getattr(value, "code", value) for value in amounts}
    asks = {
        "en": "type it in, as 0.9 where a US dollar costs 0.90",
        "zh": "1 美元折合 0.90 时填 0.9",
    }
    assert asks[language] in note(model, found, "currency_rate")
    assert "currency_rate" in note(model, found, RENTED.get(name, "price_per_gpu_hour"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("currency", "sentence"),
    [
        ("EUR", "total_cost is #N/A: the input currency_rate has no value, and must be given"),
        ("Euro", 'currency must be 3 characters long, got "Euro" (4 characters)'),
    ],
)
def test_run_says_which_input_is_missing_or_refused(currency, sentence, tmp_path):
    path = tmp_path / "budget.xlsx"
    path.write_bytes(built("training_budget"))
    done = xlcalc("run", path, "--set", f"currency={currency}", "--get", "total_cost")
    assert (2, f"xlcalc: {sentence}\n") == (done.returncode, done.stderr)


def test_a_rate_other_than_one_for_the_dollar_fails_a_check():
    values = built_model("training_budget").evaluate({"currency_rate": 0.9}).values
    assert values["checks_hold"] is False


@pytest.mark.parametrize("dialect", ["udf", "lambda"])
def test_the_rates_of_a_team_are_taken_with_their_day(dialect, using):
    using(rates=RATES + "fx-1,EUR,USD,1.25,2026-10-02,our bank\nfx-2,USD,GBP,0.75,2026-09,x\n")
    model = made("training_budget", dialect)
    cost = model.evaluate().values["total_cost"]
    euros, pounds = model.evaluate({"currency": "EUR"}), model.evaluate({"currency": "gbp"})
    assert (0.8, 0.75) == (euros.values["currency_rate"], pounds.values["currency_rate"])
    assert 0.8 == ratio(cost, euros.values["total_cost"])
    assert 0.75 == ratio(cost, pounds.values["total_cost"])
    assert (
        "Default amounts are converted by it. 1 EUR = 1.25 USD, 2026-10-02, our bank (fx-1)"
        == note(model, euros, "currency_rate")
    )
    assert 0.9 == model.evaluate(EURO).values["currency_rate"]


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["udf", "lambda"])
@pytest.mark.parametrize(
    ("name", "price", "settings"),
    [
        ("gpu_tco", "rent_price", {"gpu": "H100 SXM5 80GB"}),
        pytest.param(
            "inference_budget",
            "price_per_gpu_hour",
            {"gpu": "H100 SXM5 80GB"},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_price_in_euros_is_in_euros_where_it_is_shown(name, price, settings, dialect, using):
    using(prices=IN_EUROS)
    model = made(name, dialect)
    euros = model.evaluate({**settings, **EURO})
    assert 2.1 == euros.values[price]
    assert "2.10 EUR an hour: Us, 2026-10-01, our memo" in note(model, euros, price)
    assert 2.1 == model.evaluate({**settings, "currency": "EUR"}).values[price]
    dollars = model.evaluate(settings)
    assert "#N/A" == dollars.values[price].code
    assert "none in a currency with a rate of exchange" in note(model, dollars, price)
    using(prices=IN_EUROS, rates=RATES + "fx-1,EUR,USD,1.25,2026-10-02,our bank\n")
    assert 2.625 == made(name, dialect).evaluate(settings).values[price]


@pytest.mark.slow
def test_lists_show_prices_as_they_are_listed_and_convert_those_that_are_used(using):
    using(prices=IN_EUROS, rates=RATES + "fx-1,EUR,USD,1.25,2026-10-02,our bank\n")
    model = made("gpu_tco")
    rows = rows_of(model, model.evaluate(), "Prices")
    [bought] = [row for row in rows if "ours-2" in row]
    assert ("H100 SXM5 80GB", 25000.0, None, "EUR", 31250.0) == bought[1:6]
    [power] = [row for row in rows if "ours-5" in row]
    assert ("our grid", 0.2, None, "EUR") == power[1:5]
    [rented] = [
        row for row in rows_of(model, model.evaluate(), "Catalogue") if "H100 SXM5 80GB" in row
    ]
    assert (2.1, "EUR", "Us, 2026-10-01") == rented[12:15]
    h100 = {"gpu": "H100 SXM5 80GB"}
    assert 31_250.0 == model.evaluate(h100).values["gpu_price"]
    assert 25_000.0 == model.evaluate({**h100, "currency": "EUR"}).values["gpu_price"]


@pytest.mark.slow
def test_api_prices_are_listed_in_their_currency_and_converted(using):
    using(prices=IN_EUROS, rates=RATES + "fx-1,EUR,USD,1.25,2026-10-02,our bank\n")
    model = made("inference_budget")
    settings = {"chosen_api": "ours"}
    rows = rows_of(model, model.evaluate(settings), "API prices")
    [ours] = [row for row in rows if "ours" in row]
    assert ("EUR", 3.0, 9.0, 1.25, 3.75, 11.25) == ours[5:11]
    assert 3.75 == model.evaluate(settings).values["api_input_price"]
    assert 3.0 == model.evaluate({**settings, "currency": "EUR"}).values["api_input_price"]


@pytest.mark.slow
def test_prices_in_yuan_are_those_of_the_list_where_the_currency_is_the_yuan():
    model = built_model("inference_budget")
    listed = model.evaluate({"chosen_api": "deepseek-r1", "currency": "CNY", "currency_rate": 7.2})
    assert (4.0, 16.0) == (listed.values["api_input_price"], listed.values["api_output_price"])
    dollars = model.evaluate({"chosen_api": "deepseek-r1"}).values
    assert pytest.approx(4 * 0.139) == dollars["api_input_price"]


@pytest.mark.parametrize("name", slow_but(QUICK, PRICED))
def test_a_price_of_the_market_has_its_count_range_and_days_beside_it(name):
    model = built_model(name)
    price = RENTED.get(name, "price_per_gpu_hour")
    settings = {"gpu" if "gpu" in model.inputs else "serve_gpu": "H100 SXM5 80GB"}
    beside = note(model, model.evaluate(settings), price)
    assert "median of 24 providers, 1.99 to 11.06, 2026-08-22 to 2026-10-10" in beside


def test_a_purchase_price_has_the_range_of_all_beside_it():
    model = built_model("gpu_tco")
    assert "As listed: median of 5 prices, 23,500 to 36,018, 2023 to 2025, USD" in note(
        model, model.evaluate({"gpu": "H100 SXM5 80GB"}), "gpu_price"
    )


def rows_of(model, evaluation, tab):
    """Return the values of a sheet, row by row, as openpyxl reads them."""
    data = io.BytesIO(model.to_bytes(evaluation))
    return list(openpyxl.load_workbook(data, data_only=True)[tab].iter_rows(values_only=True))
