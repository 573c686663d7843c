"""Which figures does a compute plan show for every month, and how do quarters gather them?

The sheet Monthly has a row for each figure and a column for each month. A row says whether quarters
and years take the sum of its months, the last, or something else.
"""

from typing import Any

from xlcalc.templates.compute_plan.inputs import RUNS
from xlcalc.templates.parts.figures import PRICE_FORMAT
from xlcalc.templates.parts.tables import Row

COUNT = '#,##0_);(#,##0);"–"_)'
THOUSANDS = '#,##0,_);(#,##0,);"–"_)'
"""Money in thousands; the cells hold all of it."""
SHARE = '0.0%_);(0.0%);"–"_)'
MONTH = "mmm yy"
MONEY = '=currency&" thousand"'
PER_HOUR = '=currency&"/GPU-hour"'
PER_MILLION = '=currency&"/M tokens"'

HEADING = (
    Row(
        "fiscal_year",
        "Fiscal year",
        "",
        '="FY"&YEAR(EDATE(plan_start,ROUNDUP({n}/months_per_year,0)*months_per_year-1))',
        "General",
        note="How it is computed",
    ),
    Row(
        "fiscal_quarter",
        "Quarter",
        "",
        '={fiscal_year}&" Q"&(ROUNDUP({n}/months_per_quarter,0)'
        "-(ROUNDUP({n}/months_per_year,0)-1)*quarters_per_year)",
        "General",
    ),
    Row("date", "Month", "", "=EDATE(plan_start,{n}-1)", MONTH, opening="Opening"),
    Row("n", "Month of the plan", "", "={n.prev}+1", "0", opening=0),
)


def _money(key: str, label: str, content: str, note: str, **more: Any) -> Row:
    """Return a flow of money, which quarters add up."""
    return Row(key, label, MONEY, content, THOUSANDS, total="sum", note=note, **more)


def _gpus(key: str, label: str, content: str, note: str, **more: Any) -> Row:
    """Return a number of GPUs, of which quarters show the last unless told otherwise."""
    given: dict[str, Any] = {"total": "last", **more}
    return Row(key, label, "GPUs", content, COUNT, note=note, **given)


def _hours(key: str, label: str, content: str, note: str) -> Row:
    return Row(key, label, "GPU-hours", content, COUNT, total="sum", note=note)


SECTIONS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "Periods and prices",
        (
            Row(
                "quarter",
                "Quarter of the plan",
                "",
                "=ROUNDUP({n}/months_per_quarter,0)",
                "0",
                note="Month / 3, rounded up",
            ),
            Row(
                "year",
                "Year of the plan",
                "",
                "=ROUNDUP({n}/months_per_year,0)",
                "0",
                note="Month / 12, rounded up",
            ),
            Row(
                "days",
                "Days",
                "days",
                "=EDATE({date},1)-{date}",
                COUNT,
                total="sum",
                note="Days of the calendar",
            ),
            Row(
                "hours",
                "Hours",
                "hours",
                "={days}*hours_per_day",
                COUNT,
                total="sum",
                note="Days × 24",
            ),
            Row(
                "on_demand_price",
                "Price on demand",
                PER_HOUR,
                "=price_per_gpu_hour*(1-rental_fall)^(({n}-1)/months_per_year)",
                PRICE_FORMAT,
                total="last",
                note="Falls by the rate a year",
            ),
            Row(
                "selling_price",
                "Revenue for a million tokens",
                PER_MILLION,
                "=revenue_per_mtokens*(1-selling_fall)^(({n}-1)/months_per_year)",
                PRICE_FORMAT,
                total="last",
                note="Falls by the rate a year",
            ),
        ),
    ),
    (
        "Training",
        (
            *(
                _gpus(
                    f"run{number}",
                    f'=IF(run{number}_name="","–",run{number}_name)',
                    f"=IF(AND({{n}}>=run{number}_begins,{{n}}<=run{number}_ends),"
                    f"run{number}_gpus,0)",
                    "GPUs of the sheet Runs, while it runs",
                    total="max",
                )
                for number in range(1, len(RUNS) + 1)
            ),
            _gpus(
                "training",
                "GPUs that train",
                "=SUM({run1}:{run" + str(len(RUNS)) + "})",
                "Sum of the runs",
                total="max",
                emphasis=True,
            ),
            _hours(
                "training_hours",
                "GPU-hours of training",
                "=SUMPRODUCT((run_begins<={n})*(run_ends>={n})*run_daily_hours)*{days}",
                "GPU-hours of the runs, spread over days",
            ),
        ),
    ),
    (
        "Inference",
        (
            Row(
                "users",
                "Users a day",
                "users/day",
                "=daily_users*(1+traffic_growth)^({n}-1)",
                COUNT,
                total="last",
                note="First month, and growth from then on",
            ),
            Row(
                "peak_rate",
                "Tokens at peak",
                "tokens/s",
                "={users}*peak_requests_per_user*tokens_per_request",
                COUNT,
                total="last",
                note="Users × requests/s at peak × tokens",
            ),
            _gpus(
                "inference",
                "GPUs that serve",
                "=ROUNDUP({peak_rate}/(tokens_per_gpu_second*serving_load*replica_gpus),0)*replica_gpus",
                "At peak / (rate × load), in whole replicas",
                emphasis=True,
            ),
        ),
    ),
    (
        "Demand and supply",
        (
            _gpus("demand", "Demand", "={training}+{inference}", "Training + inference"),
            _gpus(
                "owned",
                "Owned",
                "=SUMPRODUCT((batch_month<={n})*(batch_leaves>{n})*batch_gpus)",
                "Batches in service",
            ),
            _gpus(
                "reserved",
                "Rented by contract",
                "=SUMPRODUCT((contract_begins<={n})*(contract_ends>={n})*contract_gpus)",
                "Contracts that run, used or not",
            ),
            _gpus(
                "on_demand",
                "Rented on demand",
                "=MIN(MAX({demand}-{owned}-{reserved},0),on_demand_limit)",
                "The gap, as far as GPUs can be had",
            ),
            _gpus(
                "supply",
                "Supply",
                "={owned}+{reserved}+{on_demand}",
                "Owned + contracts + on demand",
                emphasis=True,
            ),
            _gpus("unmet", "Unmet demand", "=MAX({demand}-{supply},0)", "Demand − supply, above 0"),
            _gpus("spare", "Spare GPUs", "=MAX({supply}-{demand},0)", "Supply − demand, above 0"),
            Row(
                "peak_demand",
                "Highest demand",
                "GPUs",
                "={demand}",
                COUNT,
                total="max",
                note="Of a quarter or a year: its highest month",
            ),
            Row(
                "supplied_share",
                "Share of demand that is supplied",
                "of demand",
                "=IF({demand}=0,1,({demand}-{unmet})/{demand})",
                SHARE,
                total="last",
                note="(Demand − unmet) / demand; 1 without demand",
            ),
            Row(
                "tokens",
                "Tokens served",
                "M tokens",
                "={users}*requests_per_user*tokens_per_request*{days}/tokens_per_million"
                "*{supplied_share}",
                COUNT,
                total="sum",
                note="Users × requests × tokens × days × share",
            ),
        ),
    ),
    (
        "GPU-hours and energy",
        (
            _hours("owned_hours", "Owned", "={owned}*{hours}", "GPUs × hours"),
            _hours(
                "busy_hours",
                "of which in use",
                "=MIN({owned},{demand})*{hours}",
                "Owned GPUs work before rented ones",
            ),
            Row(
                "fleet_use",
                "Utilisation of owned GPUs",
                "of their hours",
                "=IF({owned_hours}=0,0,{busy_hours}/{owned_hours})",
                SHARE,
                total="=IF({owned_hours}=0,0,{busy_hours}/{owned_hours})",
                note="In use / owned",
            ),
            _hours("reserved_hours", "Rented by contract", "={reserved}*{hours}", "GPUs × hours"),
            _hours("on_demand_hours", "Rented on demand", "={on_demand}*{hours}", "GPUs × hours"),
            Row(
                "energy",
                "Energy of owned GPUs",
                "MWh",
                "={owned_hours}*mwh_per_gpu_hour",
                COUNT,
                total="sum",
                note="GPU-hours × energy of one",
            ),
        ),
    ),
    (
        "Capital and book value",
        (
            _money(
                "capex",
                "Capital expenditure",
                "=SUMPRODUCT((batch_month={n})*batch_gpus*batch_price)",
                "Batches that arrive, installed",
            ),
            _money(
                "depreciation",
                "Depreciation",
                "=SUMPRODUCT((batch_month<={n})*(batch_leaves>{n})*batch_depreciation)",
                "Cost / life, from the month of arrival",
            ),
            Row(
                "accumulated",
                "Accumulated depreciation",
                MONEY,
                "={accumulated.prev}+{depreciation}",
                THOUSANDS,
                opening=0,
                total="last",
                note="Before + depreciation",
            ),
            Row(
                "book_value",
                "Book value",
                MONEY,
                "={book_value.prev}+{capex}-{depreciation}",
                THOUSANDS,
                opening=0,
                total="last",
                emphasis=True,
                note="Before + capital − depreciation",
            ),
        ),
    ),
    (
        "Running costs",
        (
            _money(
                "reserved_cost",
                "Rental by contract",
                "=SUMPRODUCT((contract_begins<={n})*(contract_ends>={n})*contract_gpus"
                "*contract_price)*{hours}",
                "GPUs × price of the contract × hours",
            ),
            _money(
                "on_demand_cost",
                "Rental on demand",
                "={on_demand_hours}*{on_demand_price}",
                "GPU-hours × price of the month",
            ),
            _money(
                "storage_cost",
                "Storage and network",
                "=({reserved_cost}+{on_demand_cost})*storage_share",
                "Share of the rental",
            ),
            _money(
                "power_cost",
                "Power",
                "={energy}*kwh_per_mwh*power_price",
                "Energy × price of power",
            ),
            _money(
                "upkeep_cost",
                "Upkeep",
                "={owned}*upkeep_per_year/months_per_year",
                "Owned GPUs × upkeep / 12",
            ),
            _money(
                "running",
                "Running costs",
                "={reserved_cost}+{on_demand_cost}+{storage_cost}+{power_cost}+{upkeep_cost}",
                "Sum of the five",
                emphasis=True,
            ),
        ),
    ),
    (
        "Result",
        (
            _money(
                "revenue",
                "Revenue",
                "={tokens}*{selling_price}",
                "Tokens served × price",
            ),
            _money("ebitda", "EBITDA", "={revenue}-{running}", "Revenue − running costs"),
            _money(
                "ebit", "EBIT", "={ebitda}-{depreciation}", "EBITDA − depreciation", emphasis=True
            ),
        ),
    ),
    (
        "What the cost is for: running costs and depreciation, by GPUs",
        (
            _money(
                "training_cost",
                "Training",
                "=IF({demand}+{spare}=0,0,({running}+{depreciation})*{training}"
                "/({demand}+{spare}))",
                "Share of demand and spare GPUs",
            ),
            _money(
                "inference_cost",
                "Inference",
                "=IF({demand}+{spare}=0,0,({running}+{depreciation})*{inference}"
                "/({demand}+{spare}))",
                "Share of demand and spare GPUs",
            ),
            _money(
                "spare_cost",
                "Spare GPUs",
                "=IF({demand}+{spare}=0,0,({running}+{depreciation})*{spare}/({demand}+{spare}))",
                "Share of demand and spare GPUs",
            ),
            Row(
                "unit_cost",
                "Cost of a million tokens served",
                PER_MILLION,
                "=IF({tokens}=0,0,{inference_cost}/{tokens})",
                PRICE_FORMAT,
                total="=IF({tokens}=0,0,{inference_cost}/{tokens})",
                note="Inference / tokens",
            ),
        ),
    ),
    (
        "Cash",
        (
            _money(
                "cash_out",
                "Cash out",
                "={running}+{capex}",
                "Running costs + capital",
            ),
            _money(
                "net_cash",
                "Net cash flow",
                "={revenue}-{cash_out}",
                "Revenue − cash out; paid in the month",
                emphasis=True,
            ),
            Row(
                "cash",
                "Cash, cumulative",
                MONEY,
                "={cash.prev}+{net_cash}",
                THOUSANDS,
                opening="=opening_cash",
                total="last",
                note="Before + net cash flow",
            ),
            Row(
                "all_cash_out",
                "Cash out, cumulative",
                MONEY,
                "={all_cash_out.prev}+{cash_out}",
                THOUSANDS,
                opening=0,
                total="last",
                note="Before + cash out",
            ),
        ),
    ),
)
