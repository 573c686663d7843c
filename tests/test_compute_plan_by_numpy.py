"""The compute plan against the same plan in plain numpy, over its cases and a hundred others."""

import calendar

import numpy as np
import pytest

import xlcalc

N = np.arange(1, 37)
DAYS = np.array([calendar.monthrange(2027 + m // 12, m % 12 + 1)[1] for m in range(36)])
HOURS = DAYS * 24
RUNS = (  # parameters, tokens, MFU, first month, months
    (7e9, 3e12, 0.4, 2, 2),
    (13e9, 6e12, 0.4, 4, 2),
    (34e9, 8e12, 0.38, 7, 3),
    (70e9, 8e12, 0.38, 13, 5),
    (13e9, 15e12, 0.42, 20, 3),
    (70e9, 15e12, 0.4, 26, 7),
)
CASES = {
    "base": {
        "daily_users": 1e7,
        "traffic_growth": 0.04,
        "run_size": 1.0,
        "mfu_factor": 1.0,
        "serving_load": 0.7,
        "rental_fall": 0.1,
        "purchase_fall": 0.1,
        "resale_factor": 1.0,
        "selling_fall": 0.2,
    },
    "upside": {
        "daily_users": 1.15e7,
        "traffic_growth": 0.05,
        "run_size": 0.95,
        "mfu_factor": 1.1,
        "serving_load": 0.75,
        "rental_fall": 0.15,
        "purchase_fall": 0.15,
        "resale_factor": 1.1,
        "selling_fall": 0.15,
    },
    "downside": {
        "daily_users": 0.85e7,
        "traffic_growth": 0.025,
        "run_size": 1.15,
        "mfu_factor": 0.85,
        "serving_load": 0.6,
        "rental_fall": -0.1,
        "purchase_fall": 0.05,
        "resale_factor": 0.8,
        "selling_fall": 0.3,
    },
}
INPUTS = {
    "opening_cash": 0.0,
    "discount_rate": 0.1,
    "next_month": 0,
    "next_speed": 4000 / 2250,
    "next_watts": 1000 * 4000 / 2250,
    "next_price": 40_750 * 4000 / 2250,
    "goodput": 0.9,
    "ramp_months": 0,
    "requests_per_user": 5.0,
    "revenue_per_mtokens": 0.73,
    "peak_factor": 2.5,
    "price_per_gpu_hour": 8.09,
    "on_demand_limit": 1500,
    "unmet_factor": 1.25,
    "storage_share": 0.1,
    "reserved_discount": 0.31,
    "contract_upfront": 0.0,
    "gpu_price": 40_750.0,
    "server_share": 0.63,
    "network_share": 0.11,
    "installation_share": 0.0,
    "life_years": 5,
    "commissioning_months": 0,
    "residual_kind": "market",
    "residual_1": 0.625,
    "server_power_factor": 1.4,
    "idle_power_share": 0.2,
    "nameplate_factor": 1.82,
    "pue": 1.42,
    "power_price": 0.0892,
    "colocation_kw_month": 184.06,
    "maintenance_share": 0.03,
    "insurance_share": 0.0,
    "staff": 10.0,
    "staff_cost_year": 180_000.0,
    "staff_rise": 0.0,
    "data_cost_month": 0.0,
    "contingency_share": 0.0,
    "tax_rate": 0.0,
    "interest_rate": 0.0,
    "receivable_days": 0,
    "payable_days": 0,
    "batch1_gpus": 256,
    "batch2_gpus": 384,
    "batch3_gpus": 512,
    "contract1_gpus": 64,
    "contract2_gpus": 64,
}
RESULTS = (
    *("peak_gpus", "training_hours", "unmet_gpu_hours", "mtokens_served", "energy_owned"),
    *("total_revenue", "total_sales", "running_costs", "unmet_cost", "total_depreciation"),
    *("total_ebit", "total_interest", "total_tax", "total_capex", "total_cash_out"),
    *("total_net_cash", "cash_end", "funding_need", "training_cost", "inference_cost"),
    *("residual_value_end", "terminal_value", "npv_without_terminal", "net_present_value"),
    *("break_even_price", "spare_cost", "market_value_end", "value_gap", "present_terminal"),
    *("cost_per_mtokens_served", "full_cost_per_mtokens", "own_use", "own_used_hour"),
)


def tokens_of_a_gpu_second():
    """Return the tokens of a GPU in a second: 70.55 B parameters in 8 bits on two B200."""
    cache = 2 * 80 * 8 * 128 * 1400 * 2
    by_memory = 2 * 8000e9 / (70.55e9 + 256 * cache)
    by_compute = 2 * 4500e12 / (2 * 70.55e9 * 256)
    rate = 0.6 * 256 * min(by_memory, by_compute) / 2
    return 1400 / (2 * 70.55e9 * 1000 / (4500e12 * 0.4) + 400 / rate)


def plan(given):
    """Return the results of a plan, a figure a month, as arrays."""
    i = INPUTS | {"scenario_case": "base"} | given
    i |= CASES[i["scenario_case"]]
    training, hours_of_runs = np.zeros(36), 0.0
    for params, tokens, mfu, start, length in RUNS:
        used = min(mfu * i["mfu_factor"], 1) * i["goodput"]
        seconds = 6 * params * tokens * i["run_size"] / (2250e12 * used)
        runs = (start <= N) & (start + length > N)
        training += runs * np.ceil(seconds / (86_400 * DAYS[runs].sum()))
        hours_of_runs += seconds / 3600
    users = i["daily_users"] * (1 + i["traffic_growth"]) ** (N - 1)
    users = users * np.minimum(1, N / (i["ramp_months"] + 1))
    peak = users * i["requests_per_user"] / 86_400 * i["peak_factor"] * 1400
    serving = np.ceil(peak / (tokens_of_a_gpu_second() * i["serving_load"] * 2)) * 2
    demand = training + serving

    life = max(1, round(i["life_years"] * 12))
    batches = []
    for month, gpus in ((4, i["batch1_gpus"]), (13, i["batch2_gpus"]), (25, i["batch3_gpus"])):
        second = 0 < i["next_month"] <= month
        today = (i["next_price"] if second else i["gpu_price"]) * (1 + i["server_share"])
        price = gpus * today * (1 - i["purchase_fall"]) ** ((month - 1) / 12)
        cost = price * (1 + i["network_share"] + i["installation_share"])
        begins = month + i["commissioning_months"]
        ends = begins + life
        age = (min(ends, 37) - month) / 12
        market = np.interp(age, range(7), [1, i["residual_1"], 0.425, 0.3, 0.175, 0.125, 0.06])
        written = max(0, min(37 - begins, life)) / life
        batches.append(
            {
                "here": (month <= N) & (ends > N),
                "works": (begins <= N) & (ends > N),
                "arrives": month == N,
                "leaves": ends == N,
                "stays": ends > 36,
                "gpus": gpus * (i["next_speed"] if second else 1),
                "kw": gpus * (i["next_watts"] if second else 1000) / 1000,
                "price": price,
                "cost": cost,
                "market": price * market * i["resale_factor"],
                "value": price * market * i["resale_factor"]
                if i["residual_kind"] == "market"
                else cost * (1 - written),
            }
        )

    def over(when, what):
        return sum(batch[when] * batch[what] for batch in batches)

    owned = over("works", "gpus")
    first, second = N <= 12, N >= 13
    reserved = first * i["contract1_gpus"] + second * i["contract2_gpus"]
    on_demand = np.minimum(np.ceil(np.maximum(demand - owned - reserved, 0)), i["on_demand_limit"])
    supply = owned + reserved + on_demand
    unmet, spare = np.maximum(demand - supply, 0), np.maximum(supply - demand, 0)
    tokens = users * i["requests_per_user"] * 1400 * DAYS / 1e6 * (1 - unmet / demand)
    busy = np.divide(np.minimum(owned, demand), owned, out=np.zeros(36), where=owned > 0)
    kwh = over("works", "kw") * i["server_power_factor"] * i["pue"] * HOURS
    kwh = kwh * (busy + (1 - busy) * i["idle_power_share"])

    price = i["price_per_gpu_hour"] * (1 - i["rental_fall"]) ** ((N - 1) / 12)
    # A contract keeps the price of its first month: that of today, or of a year later.
    kept = i["price_per_gpu_hour"] * np.where(first, 1, 1 - i["rental_fall"])
    by_contract = reserved * HOURS * kept * (1 - i["reserved_discount"])
    rental = by_contract + on_demand * HOURS * price
    missing = unmet * HOURS * price * (1 + i["storage_share"]) * i["unmet_factor"]
    running = (
        rental * (1 + i["storage_share"])
        + missing
        + kwh * i["power_price"]
        + over("here", "kw") * i["nameplate_factor"] * i["colocation_kw_month"]
        + over("here", "price") * (i["maintenance_share"] + i["insurance_share"]) / 12
        + i["staff"] * i["staff_cost_year"] / 12 * (1 + i["staff_rise"]) ** ((N - 1) / 12)
        + i["data_cost_month"]
    ) * (1 + i["contingency_share"])
    revenue = tokens * i["revenue_per_mtokens"] * (1 - i["selling_fall"]) ** ((N - 1) / 12)
    sales, capex = over("leaves", "value"), over("arrives", "cost")
    depreciation = over("works", "cost") / life
    ebit = revenue + sales - running - depreciation
    weights = tokens * (1 - i["selling_fall"]) ** ((N - 1) / 12)

    total = by_contract[first].sum(), by_contract[second].sum()
    prepaid = i["contract_upfront"] * np.cumsum(
        (N == 1) * total[0] + (N == 13) * total[1] - by_contract
    )
    working = revenue * i["receivable_days"] / DAYS + prepaid - running * i["payable_days"] / DAYS
    added = np.diff(working, prepend=0.0)
    cash, profit, taxed = i["opening_cash"], 0.0, 0.0
    interest, tax, net, ends = [], [], [], []
    for month in range(36):
        interest.append(max(0.0, -cash) * i["interest_rate"] / 12)
        profit += ebit[month] - interest[-1]
        tax.append(i["tax_rate"] * (max(taxed, profit) - taxed))
        taxed = max(taxed, profit)
        paid = running[month] + capex[month] + interest[-1] + tax[-1]
        net.append(revenue[month] + sales[month] - paid - added[month])
        cash += net[-1]
        ends.append(cash)
    used = sum(batch["stays"] * batch["value"] for batch in batches)
    gain = used - (capex.sum() - depreciation.sum())
    terminal = used + working[-1] - i["tax_rate"] * (max(taxed, profit + gain) - taxed)
    market = sum(batch["stays"] * batch["market"] for batch in batches)
    book = capex.sum() - depreciation.sum()
    use = (busy * owned * HOURS).sum() / (owned * HOURS).sum() if owned.any() else 0.0
    present = (np.array(net) / (1 + i["discount_rate"]) ** (N / 12)).sum()
    cost = (running + depreciation) / (demand + spare)
    spare_cost = (cost * spare).sum()
    inference_cost = (cost * serving).sum()
    return {
        "break_even_price": (running + depreciation - sales).sum() / weights.sum(),
        "spare_cost": spare_cost,
        "market_value_end": market,
        "value_gap": max(0.0, book - market),
        "present_terminal": terminal / (1 + i["discount_rate"]) ** 3,
        "cost_per_mtokens_served": inference_cost / tokens.sum(),
        "full_cost_per_mtokens": (inference_cost + spare_cost) / tokens.sum(),
        "own_use": use or 1.0,
        "own_used_hour": used_hour(i, use or 1.0),
        "peak_gpus": demand.max(),
        "training_hours": hours_of_runs,
        "unmet_gpu_hours": (unmet * HOURS).sum(),
        "mtokens_served": tokens.sum(),
        "energy_owned": kwh.sum() / 1000,
        "total_revenue": revenue.sum(),
        "total_sales": sales.sum(),
        "running_costs": running.sum(),
        "unmet_cost": missing.sum(),
        "total_depreciation": depreciation.sum(),
        "total_ebit": ebit.sum(),
        "total_interest": sum(interest),
        "total_tax": sum(tax),
        "total_capex": capex.sum(),
        "total_cash_out": running.sum() + capex.sum() + sum(interest) + sum(tax),
        "total_net_cash": sum(net),
        "cash_end": cash,
        "funding_need": max(0.0, -min(ends)),
        "training_cost": (cost * training).sum(),
        "inference_cost": (cost * serving).sum(),
        "residual_value_end": used,
        "terminal_value": terminal,
        "npv_without_terminal": present,
        "net_present_value": present + terminal / (1 + i["discount_rate"]) ** 3,
    }


def used_hour(i, use):
    """Return what a used hour of a GPU of one's own costs, with interest, at today's prices."""
    unit = i["gpu_price"] * (1 + i["server_share"])
    installed = unit * (1 + i["network_share"] + i["installation_share"])
    curve = [1, i["residual_1"], 0.425, 0.3, 0.175, 0.125, 0.06]
    sold = unit * np.interp(i["life_years"], range(7), curve) * i["resale_factor"]
    sold = sold if i["residual_kind"] == "market" else 0.0
    # What a year takes from which the price is repaid with interest, after the sale at the end.
    discounts = (1 + i["discount_rate"]) ** -np.arange(1.0, i["life_years"] + 1)
    capital = (installed - sold * discounts[-1]) / discounts.sum()
    upkeep = i["nameplate_factor"] * i["colocation_kw_month"] * 12
    upkeep += unit * (i["maintenance_share"] + i["insurance_share"])
    power = i["server_power_factor"] * i["pue"] * i["power_price"]
    idle = power * i["idle_power_share"] * (1 - use) / use
    return (capital + upkeep) / (8760 * use) + power + idle


def scenarios():
    """Return the three cases, and a hundred plans that have been drawn."""
    draw = np.random.default_rng(20261126)
    found = [{"scenario_case": case} for case in CASES]
    ranges = {
        **dict.fromkeys(("network_share", "storage_share", "installation_share"), (0, 0.3)),
        **dict.fromkeys(("contingency_share", "insurance_share", "staff_rise"), (0, 0.1)),
        **dict.fromkeys(("tax_rate", "contract_upfront", "idle_power_share"), (0, 0.5)),
        **dict.fromkeys(("pue", "unmet_factor"), (1.05, 2)),
        "goodput": (0.5, 1),
        "discount_rate": (0, 0.2),
        "interest_rate": (0, 0.1),
        "price_per_gpu_hour": (3, 16),
        "revenue_per_mtokens": (0, 12),
        "staff": (0, 60),
        "gpu_price": (20_000, 60_000),
        "next_price": (20_000, 90_000),
        "next_speed": (0.5, 3),
        "next_watts": (500, 2500),
        "data_cost_month": (0, 2e5),
        "residual_1": (0.5, 0.9),
        "maintenance_share": (0, 0.1),
        "power_price": (0, 0.3),
        "opening_cash": (-1e7, 1e7),
        "nameplate_factor": (1.3, 2.5),
        "server_share": (0, 1),
        "requests_per_user": (1, 12),
        "peak_factor": (1, 4),
        "reserved_discount": (0, 0.6),
        "colocation_kw_month": (80, 300),
        "server_power_factor": (1, 2),
    }
    whole = {
        **dict.fromkeys(("receivable_days", "payable_days"), 91),
        **dict.fromkeys(("batch1_gpus", "batch2_gpus", "batch3_gpus"), 800),
        **dict.fromkeys(("contract1_gpus", "contract2_gpus"), 200),
        "on_demand_limit": 1800,
        "ramp_months": 24,
        "next_month": 37,
        "commissioning_months": 7,
    }
    for _ in range(100):
        row = {name: float(draw.uniform(*bounds)) for name, bounds in ranges.items()}
        row |= {name: int(draw.integers(0, end)) for name, end in whole.items()}
        row["scenario_case"] = str(draw.choice(list(CASES)))
        row["residual_kind"] = str(draw.choice(["market", "book"]))
        row["life_years"] = int(draw.integers(1, 8))
        found.append(row)
    return found


@pytest.fixture(scope="module")
def computed():
    """Return the plans, and what the workbook makes of each."""
    given = scenarios()
    return given, xlcalc.load("compute_plan").evaluate(given, RESULTS)


@pytest.mark.slow
def test_the_plan_agrees_with_plain_arithmetic_in_its_cases_and_a_hundred_others(computed):
    assert 103 == len(computed[0])
    for given, found in zip(*computed, strict=True):
        expected = plan(given)
        # differences of large figures are rounded as these are
        size = 1e-12 * max(abs(expected["total_cash_out"]), abs(expected["total_revenue"]))
        for name in RESULTS:
            money = size if "hours" not in name and "gpus" not in name else 0.0
            assert expected[name] == pytest.approx(found[name], rel=1e-12, abs=money), (name, given)
