"""The compute plan: what cases, runs, batches and contracts come to, and what checks see."""

import functools
import io
import math

import openpyxl
import pytest
from openpyxl.formula.translate import Translator

import xlcalc
from tests.built import built, built_model
from tests.workbooks import failed_checks, opened
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.errors import InputValueError

PEAK = 2250
PEAK_OF_WEIGHTS = 4500
GOODPUT = 0.9
DAYS = {"run1": 28 + 31, "run6": 28 + 31 + 30 + 31 + 30 + 31 + 31}


@pytest.fixture(scope="module")
def plan():
    return built_model("compute_plan")


@pytest.fixture(scope="module")
def workbook(plan):
    return opened(plan.package.to_bytes())


@pytest.fixture(scope="module")
def base(plan):
    return {name: cell.value for name, cell in plan.cells.items()}


def months(workbook, label):
    rows = workbook["Monthly"].iter_rows(values_only=True)
    return next(list(row[5:41]) for row in rows if row[1] == label)


@functools.cache
def monthly_rows():
    """Return the row of each label on the sheet Monthly, the first one where it stands twice."""
    cells = reversed(opened(built("compute_plan"))["Monthly"]["B"])
    return {cell.value: cell.row for cell in cells}


def series(evaluation, label):
    row = monthly_rows()[label]
    return [evaluation.cached["Monthly"][row, column] for column in range(6, 42)]


@pytest.mark.slow
def test_runs_take_the_gpus_that_the_functions_say(workbook):
    for label, name, params, tokens, mfu in (
        ("Chat 7B", "run1", 7e9, 3e12, 0.4),
        ("Second 70B", "run6", 70e9, 15e12, 0.4),
    ):
        flops = xlcalc.train_flops(params, tokens)
        gpus = xlcalc.gpus_needed(flops, DAYS[name], PEAK, mfu * GOODPUT)
        assert {0, gpus} == set(months(workbook, label))
    # 6 × 7e9 × 3e12 FLOP / (2250e12 × 0.4 × 0.9 FLOP/s × 59 days) = 30.5
    assert [0, 31, 31, 0] == months(workbook, "Chat 7B")[:4]


@pytest.mark.slow
def test_the_largest_runs_are_listed_once_each_though_two_are_equal(plan, workbook):
    heading = next(cell.row for cell in workbook["Runs"]["B"] if "largest runs" in str(cell.value))
    same = {f"run2_{key}": plan.cells[f"run3_{key}"].value for key in ("params", "tokens", "mfu")}
    runs = plan.evaluate(same).cached["Runs"]
    names = [runs[row, 3] for row in range(heading + 2, heading + 8)]
    assert names == [
        "Second 70B",
        "Flagship 70B",
        "Base 13B",
        "Base 34B",
        "Second 13B",
        "Chat 7B",
    ]


def test_inference_gpus_are_those_of_the_functions_in_every_month(workbook):
    serving, replica = 70.55e9, 2
    cache = xlcalc.kv_cache_bytes(80, 8, 128, 1400)
    rate = (
        0.6
        * xlcalc.decode_tokens_per_second(
            serving, 1, 8000 * replica, PEAK_OF_WEIGHTS * replica, 256, cache
        )
        / replica
    )
    prompt = xlcalc.infer_seconds(xlcalc.infer_flops(serving, 1000, 0), PEAK_OF_WEIGHTS, 0.4)
    tokens_per_second = 1400 / (prompt + 400 / rate)
    expected = [
        xlcalc.serving_gpus(
            xlcalc.peak_qps(1e7 * 1.04**month, 5, 2.5) * 1400, tokens_per_second, 0.7
        )
        for month in range(36)
    ]
    assert any(gpus % replica for gpus in expected)
    whole = [math.ceil(gpus / replica) * replica for gpus in expected]
    assert whole == months(workbook, "GPUs that serve")


@pytest.mark.slow
@pytest.mark.parametrize("replica", [1, 3, 8])
def test_whole_replicas_serve(plan, replica):
    settings = {"replica_gpus": replica, "serving_batch": 1}
    served = series(plan.evaluate(settings), "GPUs that serve")
    assert all(gpus % replica == 0 for gpus in served)
    assert [] == [label for label in failed_checks(plan, settings) if "Inference GPUs" in label]


def test_demand_that_is_not_supplied_brings_no_revenue(plan, base):
    evaluation = plan.evaluate({"on_demand_limit": 0})
    demand, unmet, share, tokens, revenue = (
        series(evaluation, label)
        for label in (
            "Demand",
            "Unmet demand",
            "Share of demand that is supplied",
            "Tokens served",
            "Revenue",
        )
    )
    assert [1 - u / d for u, d in zip(unmet, demand, strict=True)] == pytest.approx(share)
    assert min(share) < 1
    whole = plan.evaluate({})
    for label, values in (("Tokens served", tokens), ("Revenue", revenue)):
        asked = series(whole, label)
        assert [a * s for a, s in zip(asked, share, strict=True)] == pytest.approx(values)
    values = evaluation.values
    assert sum(tokens) == pytest.approx(values["mtokens_served"])
    assert sum(revenue) == pytest.approx(values["total_revenue"])
    assert values["cost_per_mtokens_served"] == pytest.approx(
        values["inference_cost"] / sum(tokens)
    )


def test_without_any_supply_nothing_is_served(plan):
    settings = NO_GPUS | {"contract1_gpus": 0, "contract2_gpus": 0, "on_demand_limit": 0}
    values = plan.evaluate(settings).values
    for name in ("mtokens_served", "total_revenue", "cost_per_mtokens_served"):
        assert values[name] == 0
    assert 0 < values["unmet_cost"] == pytest.approx(-values["total_ebit"] - STAFF)


@pytest.mark.slow
def test_a_plan_without_gpus_on_demand_never_looks_better(plan):
    for case in ("base", "upside", "downside"):
        results = [
            plan.evaluate({"scenario_case": case, "on_demand_limit": limit}).values
            for limit in (1500, 100, 0)
        ]
        for name in ("total_ebit", "net_present_value"):
            figures = [values[name] for values in results]
            assert sorted(figures, reverse=True) == figures


@pytest.mark.slow
def test_all_demand_is_supplied_in_every_case_and_without_demand(plan):
    for settings in (
        *({"scenario_case": case} for case in ("base", "upside", "downside")),
        NO_RUNS | {"daily_users_base": 0, "on_demand_limit": 0},
    ):
        evaluation = plan.evaluate(settings)
        assert {1} == set(series(evaluation, "Share of demand that is supplied"))


def test_demand_is_met_by_owned_then_contracts_then_on_demand(workbook):
    demand, owned = months(workbook, "Demand"), months(workbook, "Owned")
    on_demand = months(workbook, "Rented on demand")
    assert [0] * 3 + [256] * 9 + [640] * 12 + [1152] * 12 == owned
    assert [max(0, d - o - 64) for d, o in zip(demand, owned, strict=True)] == on_demand


BATCHES = ((4, 256), (13, 384), (25, 512))
WITH_SERVER = 40_750 * 1.63
STAFF = 36 * 10 * 180_000 / 12


def test_depreciation_and_book_value_by_hand(base):
    # 11 % of network on top; written off over 60 months
    costs = [gpus * WITH_SERVER * 0.9 ** ((month - 1) / 12) * 1.11 for month, gpus in BATCHES]
    written_off = sum(cost * used / 60 for cost, used in zip(costs, (33, 24, 12), strict=True))
    assert sum(costs) == pytest.approx(base["total_capex"])
    assert written_off == pytest.approx(base["total_depreciation"])
    assert sum(costs) - written_off == pytest.approx(base["book_value_end"])


def test_used_gpus_at_the_end_by_hand(plan, base):
    # 33, 24 and 12 months old: 0.425 less three quarters of the way to 0.3; 0.425; 0.625
    shares = (0.425 - 0.75 * 0.125, 0.425, 0.625)
    value = sum(
        gpus * WITH_SERVER * 0.9 ** ((month - 1) / 12) * share
        for (month, gpus), share in zip(BATCHES, shares, strict=True)
    )
    assert value == pytest.approx(base["terminal_value"])
    assert value / 1.1**3 == pytest.approx(base["net_present_value"] - base["npv_without_terminal"])
    by_book = plan.evaluate({"residual_kind": "book"}).values
    assert base["book_value_end"] == pytest.approx(by_book["terminal_value"])


def test_money_by_hand(workbook, base):
    hours = months(workbook, "Hours")
    on_demand = months(workbook, "Rented on demand")
    owned = months(workbook, "Owned")
    demand = months(workbook, "Demand")
    rental = sum(
        # the second contract begins after a year, at the price of that day
        h * (g * 8.09 * 0.9 ** (m / 12) + 64 * 8.09 * 0.69 * (0.9 if m >= 12 else 1))
        for m, (h, g) in enumerate(zip(hours, on_demand, strict=True))
    )
    # 1,000 W × 1.4 in use, a fifth of it idle; 1.82 kW of nameplate
    power = sum(
        h * 1.4 * 1.42 * (min(o, d) + 0.2 * (o - min(o, d))) * 0.0892
        for h, o, d in zip(hours, owned, demand, strict=True)
    )
    colocation = sum(owned) * 1.82 * 184.06
    maintenance = sum(
        gpus * WITH_SERVER * 0.9 ** ((month - 1) / 12) * 0.03 / 12 * (37 - month)
        for month, gpus in BATCHES
    )
    running = rental * 1.1 + power + colocation + maintenance + STAFF
    revenue = sum(
        1e7 * 1.04**m * 5 * 1400 / 1e6 * h / 24 * 0.73 * 0.8 ** (m / 12)
        for m, h in enumerate(hours)
    )
    assert running == pytest.approx(base["running_costs"])
    assert revenue == pytest.approx(base["total_revenue"])
    assert revenue - running - base["total_capex"] == pytest.approx(base["total_net_cash"])
    flows = months(workbook, "Net cash flow")
    value = sum(flow / 1.1 ** ((m + 1) / 12) for m, flow in enumerate(flows))
    assert value == pytest.approx(base["npv_without_terminal"])


@pytest.mark.slow
def test_the_cases_stand_side_by_side_whichever_is_in_use(plan):
    cases = ("base", "upside", "downside")
    for name in ("total_ebit", "net_present_value"):
        alone = [plan.evaluate({"scenario_case": case}).values[name] for case in cases]
        for case in cases:
            together = plan.evaluate({"scenario_case": case}).values
            assert [together[f"{name}_{other}"] for other in cases] == pytest.approx(alone)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("driver", "ends", "label"),
    [
        ("revenue_per_mtokens", (0.8 * 0.73, 1.2 * 0.73), "Revenue for a million tokens"),
        ("price_per_gpu_hour", (3.49, 16.11), "Rental prices, contracts included"),
        ("gpu_price", (0.8 * 40_750.0, 1.2 * 40_750.0), "Purchase prices of GPUs with servers"),
        ("power_price", (0.8 * 0.0892, 1.2 * 0.0892), "Price of power"),
        ("colocation_kw_month", (0.8 * 184.06, 1.2 * 184.06), "Colocation without power"),
        ("daily_users_base", (8e6, 1.2e7), "Users a day"),
        ("mfu_factor_base", (0.8, 1.2), "Utilisation (MFU) of training"),
    ],
)
def test_the_sensitivity_is_what_the_plan_itself_gives(plan, workbook, driver, ends, label):
    rows = workbook["Sensitivity"].iter_rows(values_only=True)
    shown = next(row[4:6] for row in rows if row[1] == label)
    alone = [plan.evaluate({driver: value}).values["total_ebit"] for value in ends]
    assert alone == pytest.approx(list(shown))


@pytest.mark.slow
def test_the_sensitivity_takes_rents_over_the_whole_market(plan, workbook):
    rows = workbook["Sensitivity"].iter_rows(values_only=True)
    shown = next(row[2:6] for row in rows if row[1] == "Rental prices, contracts included")
    rents = [3.49, 16.11]
    assert rents == pytest.approx(list(shown[:2]))
    alone = [plan.evaluate({"price_per_gpu_hour": rent}).values["total_ebit"] for rent in rents]
    assert alone == pytest.approx(list(shown[2:]))


def test_an_agreed_price_of_a_contract_is_the_one_that_counts(plan, base):
    values = plan.evaluate({"contract2_price": 5.0}).values
    # 64 GPUs in the 731 days of 2028 and 2029, with 10 % for storage
    cheaper = 64 * 731 * 24 * (8.09 * 0.69 * 0.9 - 5.0) * 1.1
    assert base["running_costs"] - cheaper == pytest.approx(values["running_costs"])


def test_the_book_value_at_the_end_is_held_against_the_market(base):
    # The same value as the terminal one, and the books from depreciation by hand.
    assert 32_459_049.57 == pytest.approx(base["market_value_end"])
    assert 48_022_721.29 - 32_459_049.57 == pytest.approx(base["value_gap"])


def test_ebit_is_zero_at_the_revenue_that_breaks_even(plan, base):
    for case in ("base", "upside", "downside"):
        price = plan.evaluate({"scenario_case": case}).values["break_even_price"]
        settings = {"scenario_case": case, "revenue_per_mtokens": price}
        assert 0 == pytest.approx(plan.evaluate(settings).values["total_ebit"], abs=1e-4)
    # costs of 78.99 M against revenue of 82.24 M at 0.73
    assert 0.73 * (82_242_822 - 3_250_695) / 82_242_822 == pytest.approx(base["break_even_price"])


def test_users_come_in_over_the_months_of_the_ramp(plan, workbook):
    evaluation = plan.evaluate({"ramp_months": 3})
    users = months(workbook, "Users a day")
    assert [1e7 / 4, 1.04e7 / 2] == pytest.approx(series(evaluation, "Users a day")[:2])
    assert users[3:] == pytest.approx(series(evaluation, "Users a day")[3:])
    assert evaluation.values["checks_hold"] is True


def test_what_is_entered_in_the_spare_rows_of_the_months_is_in_ebit_and_cash(plan, base):
    book = openpyxl.load_workbook(io.BytesIO(plan.package.to_bytes()))
    for tab in ("Monthly", "Base"):
        sheet = book[tab]
        spare = [cell.row for cell in sheet["D"] if str(cell.value).startswith("Spare row")]
        # supply of GPUs, operating costs, income, costs, cash out
        for row, amount in zip(spare, (0, 1e3, 2e4, 3e5, 4e6), strict=True):
            sheet.cell(row, 6).value = amount
    data = io.BytesIO()
    book.save(data)
    values = WorkbookModel(data.getvalue(), "edited").evaluate().values
    assert base["total_ebit"] + 2e4 - 1e3 - 3e5 == pytest.approx(values["total_ebit"])
    assert base["total_cash_out"] + 1e3 + 3e5 + 4e6 == pytest.approx(values["total_cash_out"])
    assert base["cash_end"] + 2e4 - 1e3 - 3e5 - 4e6 == pytest.approx(values["cash_end"])
    assert values["total_ebit"] == pytest.approx(values["total_ebit_base"])
    assert values["checks_hold"] is True


def test_quarters_and_years_hold_the_months(workbook):
    cash_out = months(workbook, "Cash out")
    for sheet, size in (("Quarters", 3), ("Years", 12)):
        rows = list(workbook[sheet].iter_rows(values_only=True))
        [shown] = [row[4 : 5 + 36 // size] for row in rows if row[1] == "Cash out"]
        sums = [math.fsum(cash_out[i : i + size]) for i in range(0, 36, size)]
        assert [math.fsum(cash_out), *sums] == pytest.approx(list(shown))


@pytest.mark.slow
def test_one_switch_changes_every_driver(plan):
    for case in ("base", "upside", "downside"):
        values = plan.evaluate({"scenario_case": case}).values
        for driver in ("daily_users", "run_size", "mfu_factor", "rental_fall", "selling_fall"):
            assert values[driver] == values[f"{driver}_{case}"]
        assert values["checks_hold"] is True
    with pytest.raises(InputValueError, match="must be one of the list"):
        plan.evaluate({"scenario_case": "middle"})


def test_quarters_count_from_the_first_month(plan):
    evaluation = plan.evaluate({"start_month": "2026-07-15"})
    heading = evaluation.cached["Monthly"]
    assert ["FY2027", "FY2029 Q4"] == [heading[4, 6], heading[5, 41]]
    assert [31.0, 31.0, 30.0] == [heading[11, column] for column in (6, 7, 8)]
    assert [] == failed_checks(plan, {"start_month": "2026-07-15"})


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"on_demand_limit": 100}, "Rule: all demand is met"),
        ({"run6_months": 20}, "Rule: every run ends within the plan"),
        ({"run7_on": 1}, "Rule: every run that is switched on is complete"),
        ({"contract3_gpus": 8}, "Rule: every batch and contract is complete"),
        ({"serving_batch": 600}, "Rule: the sequences fit into a replica"),
        ({"peak_tflops": 4500}, "Rule: the peak rate is the dense one"),
    ],
)
def test_a_rule_that_is_broken_is_the_one_check_that_fails(plan, settings, rule):
    assert [rule] == failed_checks(plan, settings)


NO_RUNS = {f"run{number}_on": 0 for number in range(1, 7)}
NO_GPUS = dict.fromkeys(("batch1_gpus", "batch2_gpus", "batch3_gpus"), 0)
LATE_RUN = {"run7_on": 1, "run7_params": 1e9, "run7_tokens": 1e11, "run7_mfu": 0.3}


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        NO_RUNS | {"daily_users_base": 0, "output_tokens": 0},
        NO_GPUS | {"contract1_gpus": 0, "contract2_gpus": 0, "revenue_per_mtokens": 0},
        LATE_RUN | {"run7_start": 36, "run7_months": 1, "traffic_growth_base": 0},
        {
            "life_years": 0.5,
            "gpu": "A100 SXM 80GB",
            "on_demand_limit": 90_000,
            "serving_batch": 128,
            "ramp_months": 11,
        },
        {
            "next_month": 13,
            "commissioning_months": 2,
            "staff": 20,
            "data_cost_month": 1e4,
            "contingency_share": 0.05,
            "insurance_share": 0.01,
            "tax_rate": 0.25,
            "interest_rate": 0.06,
            "receivable_days": 30,
            "payable_days": 45,
            "contract_upfront": 0.3,
            "life_years": 1.5,
        },
        {"power_price": 0, "price_per_gpu_hour": 0, "traffic_growth_base": -0.05},
    ],
)
def test_it_adds_up_for_unusual_inputs(plan, settings):
    values = plan.evaluate(settings).values
    assert [] == [name for name, value in values.items() if isinstance(value, CellError)]
    assert [] == failed_checks(plan, settings)


def test_every_month_has_the_same_formula(plan):
    sheet = openpyxl.load_workbook(io.BytesIO(plan.package.to_bytes()))["Monthly"]
    for row in sheet.iter_rows(min_row=4, min_col=6, max_col=41):
        first = row[0]
        for cell in row[1:] if first.data_type == "f" else ():
            assert (
                Translator(first.value, first.coordinate).translate_formula(cell.coordinate)
                == cell.value
            )
