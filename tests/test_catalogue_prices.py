"""Prices of the catalogue: which row answers, of which day, in which currency."""

import sys
from datetime import date, datetime

import pytest

import xlcalc
from tests.files import PRICES
from xlcalc import catalogue as package
from xlcalc.catalogue import Catalogues
from xlcalc.catalogue.dates import middle, months_before, period
from xlcalc.cells import CellError, call_function
from xlcalc.errors import ArgumentError, ChoiceError, NotFoundError

BUNDLED = Catalogues()
EURO = "r1,EUR,USD,1.10,2026-05-31,our bank\n"
RATES = "id,from_currency,to_currency,rate,date,source_url\n"
RENT = "id,category,provider,item,unit,currency,value,value_high,date,source_url\n"
TOKENS = (
    "id,vendor,model,direction,tier_from_tokens,currency,value,valid_from,valid_to,date,"
    "source_url\n"
)


@pytest.fixture
def using(tmp_path):
    """Put a team's files over the catalogue for the length of a test."""

    def write(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        package.use(tmp_path)

    yield write
    package.use(None)


def rent(identity, provider, price, day, gpu="mlu590", terms="on-demand", currency="USD"):
    unit = f"{currency}/chip-hour {terms}"
    return f"{identity},gpu_rental,{provider},{gpu},{unit},{currency},{price},,{day},memo\n"


def test_a_year_and_a_month_are_compared_by_their_middle():
    assert (date(2026, 2, 1), date(2026, 2, 28)) == period("2026-02")
    assert (date(2022, 1, 1), date(2023, 12, 31)) == period("2022-2023")
    assert date(2026, 5, 7) < middle("2026") < date(2026, 10, 10)
    assert date(2024, 2, 29) == months_before(date(2025, 8, 31), 18)
    for wrong in ("2026-13", "2026-02-30", "26", "", "2026-2"):
        with pytest.raises(ValueError, match=r"date|month|day"):
            period(wrong)


def test_a_market_s_price_is_low_median_high_or_newest_of_its_providers():
    found = {
        basis: xlcalc.rental_price("H100 SXM", "", basis)
        for basis in ("low", "median", "high", "newest")
    }
    assert {"low": 1.99, "median": 3.88615, "high": 11.0613, "newest": 3.2} == found
    assert 5.04 == xlcalc.rental_price("H200")
    assert (2.3, 1.09, 5.0688) == tuple(
        xlcalc.rental_price("A100 SXM 80GB", "", basis) for basis in ("median", "low", "high")
    )
    with pytest.raises(ChoiceError, match='one of "median", "low", "high", "newest", got "mean"'):
        xlcalc.rental_price("H100", "", "mean")


def test_the_source_says_how_many_providers_their_range_and_their_days():
    said = xlcalc.catalogue_source("prices", "H100 SXM5 80GB")
    assert said == (
        "h100-sxm: 3.88615 USD/chip-hour on-demand, median of 24 providers, 1.99 to 11.06, "
        "2026-08-22 to 2026-10-10; CC BY 4.0 (gpurentalprices.com); MIT; "
        "in the middle Scaleway, 2026-08-22 (rent26-0540)"
    )
    assert xlcalc.catalogue_source("prices", "H100").startswith('"H100" is taken for H100 SXM5')
    assert "2026-10-10" in xlcalc.catalogue_source("prices", "H100 SXM, RunPod")
    assert ": 0.94 to 7.22," not in xlcalc.catalogue_source("prices", "H100 SXM, spot")
    assert "0.94 to 7.22" in xlcalc.catalogue_source("prices", "H100 SXM, spot")
    assert "that is Voltage Park" in xlcalc.catalogue_source("prices", "H100 SXM, low")
    assert "2026-05-07" in xlcalc.catalogue_source("prices", "gpu_rental-065")
    assert "USD/unit" in xlcalc.catalogue_source("prices", "B200, purchase")
    assert "0.066 USD/kWh, 2023" in xlcalc.catalogue_source("prices", "Texas industrial, power")
    assert "1.15 ratio" in xlcalc.catalogue_source("prices", "AWS, pue")
    assert "2023" in xlcalc.catalogue_source("grids", "Germany")
    for catalogue in ("prices", "token_prices", "grids", "rates"):
        with pytest.raises(NotFoundError):
            xlcalc.catalogue_source(catalogue, "nothing at all")


def test_each_provider_counts_once_with_its_newest_price(using):
    rows = [
        rent("a", "One Cloud", 9, "2026-03-01"),
        rent("b", "one cloud", 2, "2026-04-01"),
        rent("c", "Two", 4, "2026-04-01"),
        rent("d", "Two", 5, "2026-04-01"),
        rent("e", "Three", 6, "2026"),
    ]
    using(prices=RENT + "".join(rows))
    assert 4.0 == xlcalc.rental_price("MLU590")
    assert (2.0, 6.0) == tuple(xlcalc.rental_price("MLU590", "", b) for b in ("low", "high"))
    assert 6.0 == xlcalc.rental_price("MLU590", "", "newest")
    # 2026 may have been before the day.
    assert 7.5 == xlcalc.rental_price("MLU590", "", "median", as_of="2026-03-31")


def test_terms_are_told_apart_and_those_that_are_missing_are_listed(using):
    assert 2.2706 == xlcalc.rental_price("H100 SXM", "", "median", "spot")
    assert 7.67 == xlcalc.rental_price("H100", "Google", "median", "1-year", as_of="2025-06")
    assert 7.67 == xlcalc.rental_price("H100", "Google", "median", "reserved", as_of="2025-06")
    with pytest.raises(
        NotFoundError, match=r"no 3-year price of B200 .*; it has: marketplace, on-"
    ):
        xlcalc.rental_price("B200", "", "median", "3-year")
    using(prices=RENT + rent("a", "Us", 3, "2026-04", "b200", "3-year commitment"))
    assert 3.0 == xlcalc.rental_price("B200", "", "median", "3-year")
    assert 8.09 == xlcalc.rental_price("B200")


def test_a_price_of_more_than_18_months_is_asked_for_by_its_day():
    with pytest.raises(NotFoundError, match=r"nobody published .* from 2025-04-10 to 2026-10-10"):
        xlcalc.rental_price("V100 SXM2 16GB")
    dated = xlcalc.rental_price("H100 SXM", "RunPod", as_of="2025-04")
    assert 2.99 == dated
    assert dated == xlcalc.rental_price("H100 SXM", "RunPod", as_of=date(2025, 4, 30))
    assert dated == xlcalc.rental_price("H100 SXM", "RunPod", as_of=datetime(2025, 4, 30, 12))
    # What a cell holds of a date: 2025-04-30 is day 45,777.
    arguments = ["H100 SXM", "RunPod", None, None, None, 45777.0]
    assert 2.99 == call_function(xlcalc.rental_price, arguments)
    assert 3.99 == call_function(xlcalc.rental_price, [*arguments[:-1], 2027.0])
    for wrong in ("yesterday", "2026-02-30", True, -3.0, 1e9):
        with pytest.raises(ArgumentError, match="as_of must be a date"):
            xlcalc.rental_price("H100 SXM", as_of=wrong)
    assert CellError("#VALUE!").code == call_function(
        xlcalc.rental_price, [*arguments[:-1], "x"]
    ).code  # fmt: skip


def test_a_range_of_a_market_is_taken_only_by_its_name():
    assert 4.5 == BUNDLED.rental_price("b200", "specialty cloud range").value
    with pytest.raises(NotFoundError, match=r'by "Nobody"; there are: .*RunPod'):
        BUNDLED.rental_price("H100", "Nobody")
    with pytest.raises(NotFoundError, match="could be any of: hyperscaler range, long-tail range"):
        BUNDLED.rental_price("H100", "range")


def test_a_teams_price_goes_before_all_others(using):
    row = "ours-2,api_token,Us,gpt-4o input,USD/1M tokens,USD,2,2025,C-1\n"
    using(
        prices=PRICES + "ours-1,gpu_rental,Our contract,h100-sxm,USD/chip-hour on-demand,USD,1.75,"
        f"2019-10-01,C-4711\n{row}",
        token_prices=TOKENS + "t,Us,gpt-4o,output,,USD,9,,,2026-01,C-2\n",
    )
    assert 1.75 == xlcalc.rental_price("H100")
    assert 11.0613 == xlcalc.rental_price("H100", "Google Cloud")
    assert 2.0 == xlcalc.token_price("gpt-4o", "input")
    assert 9.0 == xlcalc.token_price("gpt-4o", "output")
    assert "Our contract, h100-sxm: 1.75 USD/chip-hour on-demand, 2019-10-01, C-4711 (ours-1)" == (
        xlcalc.catalogue_source("prices", "H100 SXM5 80GB")
    )


def test_a_price_in_another_currency_needs_a_rate(using):
    euros = rent("ours-1", "Us", 2, "2026-04", "h100-sxm", currency="EUR")
    using(prices=RENT + euros)
    assert 2.0 == xlcalc.rental_price("H100", currency="eur")
    with pytest.raises(
        NotFoundError, match="the price is in EUR, not in USD: the catalogue has no"
    ):
        xlcalc.rental_price("H100")
    with pytest.raises(NotFoundError, match="not in EUR"):
        xlcalc.token_price("gpt-4o", "input", "EUR")
    using(prices=RENT + euros, rates=RATES + EURO)
    assert pytest.approx(2.2) == xlcalc.rental_price("H100")
    assert pytest.approx(2.5 / 1.1) == xlcalc.token_price("gpt-4o", "input", "EUR")
    assert pytest.approx(0.1902 * 1.1) == xlcalc.power_price("EU-27 industrial")
    assert 0.1902 == xlcalc.power_price("EU-27 industrial", "EUR")


def test_a_rate_is_the_newest_of_its_day_and_read_in_both_directions(using):
    using(rates=RATES + EURO + "r2,USD,EUR,0.8,2026-09-01,our bank\n")
    assert 125.0 == xlcalc.fx(100, "EUR", "USD")
    assert 80.0 == xlcalc.fx(100, "usd", "eur")
    assert pytest.approx(110.0) == xlcalc.fx(100, "EUR", "USD", "2026-06")
    assert [80.0, 160.0] == xlcalc.fx([100, 200], "USD", "EUR").tolist()
    assert "our bank" in xlcalc.catalogue_source("rates", "r1")
    with pytest.raises(NotFoundError, match="no rate of EUR to USD as of 2025; a row in"):
        xlcalc.fx(100, "EUR", "USD", "2025")
    with pytest.raises(NotFoundError, match="no rate of EUR to CNY"):
        xlcalc.fx(100, "EUR", "CNY")


def test_tokens_have_prices_for_caches_batches_and_audio():
    assert 2.5 == xlcalc.token_price("GPT-4o", "input")
    assert 1.25 == xlcalc.token_price("gpt-4o", "cache_read")
    assert 8.0 == xlcalc.token_price("claude-opus-5-5", "cache_write_1h")
    assert 1.25 == xlcalc.token_price("gpt-5.4", "input_batch")
    assert 1.0 == xlcalc.token_price("gemini-2.5-flash", "input_audio")
    with pytest.raises(NotFoundError, match="no input_audio price of gpt-4; it has: input, output"):
        xlcalc.token_price("gpt-4", "input_audio")
    with pytest.raises(ChoiceError, match=r'"cache_write_1h", .* got "both"'):
        xlcalc.token_price("gpt-4", "both")


def test_a_long_prompt_pays_the_tier_that_it_reaches():
    assert 1.25 == xlcalc.token_price("gemini-2.5-pro", "input", "USD", 200_000)
    assert 2.5 == xlcalc.token_price("gemini-2.5-pro", "input", "USD", 200_001)
    assert 15.0 == xlcalc.token_price("gemini-2.5-pro", "output", "USD", 250_000)
    assert [5.0, 5.0, 10.0] == list(
        xlcalc.token_price("gpt-5.5", "input", "USD", [1000, 272_000, 272_001])
    )
    # xAI's dearer price begins at its limit, not above it.
    assert xlcalc.token_price("grok-4.3", "input", "USD", 199_999) < xlcalc.token_price(
        "grok-4.3", "input", "USD", 200_000
    )


def test_a_price_holds_between_its_days(using):
    rows = (
        "t1,Us,m,input,,USD,1,,2026-02-28,2026-01-15,memo\n"
        "t2,Us,m,input,,USD,2,2026-03-01,,2026-03-15,memo\n"
        "t3,Us,m,input,,USD,3,2027-01-01,,2026-03-15,memo\n"
        "t4,Us,m,output,,USD,4,,,2026-05-01,memo\n"
    )
    using(token_prices=TOKENS + rows)
    for expected, day in ((1, "2025"), (1, "2026-02"), (2, "2026-03-01"), (2, ""), (3, "2027-01")):
        assert expected == xlcalc.token_price("m", "input", "USD", 0, day)
    # Of a price whose beginning nobody says, a team knows that it held.
    assert 4.0 == xlcalc.token_price("m", "output", "USD", 0, "2020")
    with pytest.raises(NotFoundError, match="no input price of gpt-4o is known as of 2024-05-31"):
        xlcalc.token_price("gpt-4o", "input", "USD", 0, "2024-05")


def test_an_announced_price_is_not_taken_before_its_day():
    rows = BUNDLED.rows["token_prices"].values()
    announced = [row for row in rows if (row["valid_from"] or "") > "2026-11-26"]
    assert announced
    for row in announced:
        now = xlcalc.token_price(row["model"], row["direction"])
        then = xlcalc.token_price(row["model"], row["direction"], "USD", 0, row["valid_from"])
        assert (row["value"], True) == (then, now != then), row["id"]


def test_the_date_of_a_price_is_the_one_that_its_source_gives():
    said = xlcalc.catalogue_source("prices", "gpt-4o, input")
    assert said.startswith("OpenAI, gpt-4o input: 2.5 USD/1M tokens, 2025-07-04, https://")
    assert "in the peak hours" in xlcalc.catalogue_source("prices", "deepseek-v4-pro, input")
    assert 1.32 == xlcalc.token_price("deepseek-v4-pro", "input")


def test_the_currency_of_a_token_price_is_the_one_asked_for():
    assert 140.0 == xlcalc.token_price("hunyuan (2023)", "output", "CNY")
    assert 2.0 == xlcalc.token_price("deepseek-v3", "input", "CNY")
    assert 0.27 == xlcalc.token_price("deepseek-v3", "input")
    with pytest.raises(NotFoundError, match="the price is in CNY, not in USD"):
        xlcalc.token_price("hunyuan (2023)", "output")


def test_a_model_that_the_catalogue_lacks_is_asked_of_the_package(monkeypatch):
    pytest.importorskip("genai_prices")
    names = {str(row["model"]) for row in BUNDLED.rows["token_prices"].values()}
    assert "claude-2.1" not in names
    assert 8.0 == xlcalc.token_price("claude-2.1", "input")
    assert "no day named, genai-prices 0." in xlcalc.catalogue_source("prices", "claude-2.1, input")
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    with pytest.raises(NotFoundError, match=r'no price of the model "claude-2\.1"'):
        xlcalc.token_price("claude-2.1", "input")
    with pytest.raises(NotFoundError, match='did you mean "gpt-4o"'):
        xlcalc.token_price("gpt-4oo", "input")


def test_a_purchase_is_new_or_used_and_a_range_counts_with_its_middle():
    assert 31_660.325 == xlcalc.purchase_price("H200")
    assert 29_500.0 == xlcalc.purchase_price("H200", "newest")
    assert (40_750.0, 40_000.0, 41_500.0) == tuple(
        xlcalc.purchase_price("B200", basis) for basis in ("median", "low", "high")
    )
    assert 21_500.0 == xlcalc.purchase_price("H100", "used")
    with pytest.raises(NotFoundError, match="no price of a used T4"):
        xlcalc.purchase_price("T4", "used")
    with pytest.raises(NotFoundError, match="no purchase price of T4"):
        xlcalc.purchase_price("T4")


def test_power_and_pue_are_the_newest_of_a_name_and_a_short_name_lists_the_names():
    assert 0.066 == xlcalc.power_price("texas industrial")
    assert 0.079 == xlcalc.power_price("Ohio industrial")
    with pytest.raises(NotFoundError, match="could be any of: Texas commercial, Texas industrial"):
        xlcalc.power_price("Texas")
    assert (1.15, 1.56, 1.08) == tuple(map(xlcalc.pue_of, ("AWS", "Uptime Institute", "meta")))
    with pytest.raises(NotFoundError, match='no "Alibaba"'):
        xlcalc.pue_of("Alibaba")


def test_a_grid_goes_by_country_code_and_region_of_a_cloud():
    assert 0.38095 == xlcalc.grid_intensity("Germany") == xlcalc.grid_intensity("deu")
    assert 0.32305 == xlcalc.grid_intensity("us-east4") == xlcalc.grid_intensity("gcp:us-east4")
    # The country, not the region of a cloud there.
    assert 0.079158 == xlcalc.grid_intensity("Finland")
    assert 0.470783 == xlcalc.grid_intensity("Singapore") == xlcalc.grid_intensity("SGP")
    with pytest.raises(NotFoundError, match='no carbon of a grid "Atlantis"'):
        xlcalc.grid_intensity("Atlantis")


def test_the_water_of_a_grid_is_told_from_its_carbon(using):
    assert (3.14, 18.58) == (xlcalc.grid_water("USA"), xlcalc.grid_water("Brazil"))
    assert 0.38095 == xlcalc.grid_intensity("Germany") != xlcalc.grid_water("Germany")
    assert "wri.org" in xlcalc.catalogue_source("grids", "Germany, water")
    assert "Ember" not in xlcalc.catalogue_source("grids", "Germany, water")
    assert "codecarbon" in xlcalc.catalogue_source("grids", "Germany")
    with pytest.raises(NotFoundError, match='no water of a grid "us-east4"'):
        xlcalc.grid_water("us-east4")
    header = "id,region,country,metric,unit,value,date,source_url\n"
    using(grids=header + "ours,Germany,DEU,water,L/kWh,0.5,2026,our supplier\n")
    assert (0.5, 0.38095) == (xlcalc.grid_water("DEU"), xlcalc.grid_intensity("DEU"))
    # 100 MWh of machines at a PUE of 1.2, cooled with 0.3 litres a kWh.
    litres = xlcalc.water_litres(100, 0.3, 1.2, xlcalc.grid_water("Germany"))
    assert pytest.approx(90_000) == litres


def test_a_missing_rent_says_why_nobody_publishes_one():
    with pytest.raises(NotFoundError, match="no rental price of Maia 200: Only Microsoft uses it"):
        xlcalc.rental_price("Maia 200")


def test_a_teams_grid_goes_before_the_bundled_one(using):
    header = "id,region,country,metric,unit,value,date,source_url\n"
    using(grids=header + "ours,Germany,DEU,carbon,gCO2e/kWh,40,2020,our supplier\n")
    assert 0.04 == xlcalc.grid_intensity("Germany")
    assert "our supplier" in xlcalc.catalogue_source("grids", "Germany")


def test_a_sheet_has_medians_on_demand_in_dollars_alone():
    with package.portable_lookups():
        assert 3.88615 == xlcalc.rental_price("H100 SXM5 80GB", " ", "median", "on-demand", "usd")
        for more in (
            {"provider": "RunPod"},
            {"basis": "low"},
            {"terms": "spot"},
            {"currency": "EUR"},
            {"as_of": "2026"},
        ):
            with pytest.raises(NotFoundError, match="medians of prices on demand in USD alone"):
                xlcalc.rental_price("H100 SXM5 80GB", **more)
