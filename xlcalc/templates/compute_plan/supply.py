"""Who supplies the GPUs: which are bought, which rented by contract, and what do they cost?

Purchases and contracts are filled in; below them stands what each of the three cases makes of the
purchases.
"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.columns import (
    MONEY_OR_NOT,
    MONTH_OR_NOT,
    OF_CASE,
    PRICE_OR_NOT,
    SHARE_OR_NOT,
    TABLE_CHART_ROWS,
    ZERO_AS_DASH,
    alias_rows,
    each_row,
    entry,
    name_inputs,
    numbers,
    write_notes,
    write_totals,
)
from xlcalc.templates.compute_plan.inputs import CASES, COUNT, LENGTH, PLAN_MONTH
from xlcalc.templates.compute_plan.months import MONTH
from xlcalc.templates.parts.tables import Column, Table, Timeline

PRINTED = 15
"""The last column on paper: what follows are steps of the computation."""
_CURVE = "1,residual_1,residual_2,residual_3,residual_4,residual_5,residual_6"
_AGE = "MIN({age},residual_years)"
_BELOW = f"CHOOSE(INT({_AGE})+1,{_CURVE})"
_ABOVE = f"CHOOSE(MIN(INT({_AGE})+1,residual_years)+1,{_CURVE})"
RESALE = f"{_BELOW}+({_AGE}-INT({_AGE}))*({_ABOVE}-{_BELOW})"
"""The share of the price that a used GPU brings at `{age}` years, between whole years in a straight
line."""


def supply_page(book: Book) -> Page:
    """Write the sheet Supply: purchases, contracts, and both in each case."""
    page = Page(
        book,
        "Supply",
        (2, 5, 26, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 14, 14, *(12,) * 6),
        "Purchases and contracts",
        "Owned GPUs come in batches, rented ones by contract; what is missing is rented on demand.",
    )
    page.section("Purchases: batches of GPUs")
    batches = Table(
        page,
        (
            numbers(len(given.BATCHES)),
            entry("name", "Batch", given.BATCHES, 0),
            entry("month", "Arrives\nmonth", given.BATCHES, 1, PLAN_MONTH),
            entry("asked", "Number of GPUs", given.BATCHES, 2, COUNT),
            entry("today", "Price today,\nwith server", given.BATCHES, 3, q.MONEY),
            Column(
                "arrives", "Arrives in", "=IF({gpus}>0,EDATE(plan_start,{month}-1),0)", MONTH_OR_NOT
            ),
            Column(
                "gpus",
                "GPUs that\ncount",
                '=IF(AND({month}>0,{asked}>0,{today}<>""),{asked},0)',
                ZERO_AS_DASH,
            ),
            Column(
                "price",
                "Price then\na GPU",
                "=IF({gpus}>0,{today}*(1-purchase_fall)^(({month}-1)/months_per_year),0)",
                MONEY_OR_NOT,
            ),
            Column(
                "cost",
                "Cost,\ninstalled",
                "={gpus}*{price}*(1+network_share+installation_share)",
                MONEY_OR_NOT,
            ),
            Column(
                "depreciated",
                "Depreciation\nin the plan",
                "={cost}/life_months*{months}",
                MONEY_OR_NOT,
            ),
            Column(
                "market",
                "Market\nvalue then",
                "={gpus}*{price}*{share}*resale_factor",
                MONEY_OR_NOT,
            ),
            Column(
                "proceeds",
                "Value then",
                '=IF(residual_kind="market",{market},{cost}-{depreciated})',
                MONEY_OR_NOT,
            ),
            Column(
                "second",
                "Second kind\n1 or 0",
                "=IF(AND(next_month>0,{month}>=next_month),1,0)",
                "0",
            ),
            Column("speed", "Speed\n× first", "=IF({second}=1,next_speed,1)", "0.00"),
            Column("watts", "Power\nW", "=IF({second}=1,next_watts,watts)", "#,##0"),
            Column(
                "starts",
                "In use\nfrom",
                "=IF({gpus}>0,{month}+commissioning_months,0)",
                ZERO_AS_DASH,
            ),
            Column("leaves", "Leaves\nmonth", "=IF({gpus}>0,{starts}+life_months,0)", ZERO_AS_DASH),
            Column(
                "months",
                "Months in\nthe plan",
                "=IF({gpus}>0,MAX(0,MIN(plan_months-{starts}+1,life_months)),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "age",
                "Age then\nyears",
                "=IF({gpus}>0,(MIN({leaves},plan_months+1)-{month})/months_per_year,0)",
                '0.0;-0.0;"–"',
            ),
            Column("share", "Resale\nof price", f"=IF({{gpus}}>0,{RESALE},0)", SHARE_OR_NOT),
        ),
        len(given.BATCHES),
        height=34,
    )
    words = {"name": "name", "month": "month", "asked": "gpus", "today": "price"}
    name_inputs(batches, "batch", len(given.BATCHES), words)
    for key, name in (
        *((key, f"batch_{key}") for key in ("month", "asked", "gpus", "starts", "leaves")),
        *((key, f"batch_{key}") for key in ("speed", "watts", "price", "cost")),
        *((key, f"batch_{key}") for key in ("depreciated", "proceeds")),
    ):
        batches.name(key, name)
    of_row = ("name", "today", "share", "months", *ITS)
    alias_rows(batches, "batch", len(given.BATCHES), of_row)
    batches.alias("name", "batch_names")
    batches.alias("today", "batch_today")
    batches.alias("share", "batch_share")
    batches.alias("months", "batch_months")
    batches.alias("market", "batch_market")
    totals = ("cost", "depreciated", "market", "proceeds")
    write_totals(batches, {"gpus": "#,##0", **dict.fromkeys(totals, MONEY_OR_NOT)})
    page.row += 1
    page.section("Rental cost: contracts")
    contracts = Table(
        page,
        (
            numbers(len(given.CONTRACTS)),
            entry("name", "Contract", given.CONTRACTS, 0),
            entry("month", "Begins\nmonth", given.CONTRACTS, 1, PLAN_MONTH),
            entry("length", "Length\nmonths", given.CONTRACTS, 2, LENGTH),
            entry("asked", "Number of GPUs", given.CONTRACTS, 3, COUNT),
            entry("rate", "Agreed price\na GPU-hour", given.CONTRACTS, 4, q.PRICE_PER_GPU_HOUR),
            Column(
                "gpus",
                "GPUs that\ncount",
                "=IF(AND({month}>0,{length}>0,{asked}>0),{asked},0)",
                ZERO_AS_DASH,
            ),
            Column("ends", "Ends\nmonth", "=IF({gpus}>0,{month}+{length}-1,0)", ZERO_AS_DASH),
            Column("price", "Price that\ncounts", _contract_price("rental_fall"), PRICE_OR_NOT),
            Column(
                "hours",
                "Hours in\nthe plan",
                "=IF({gpus}>0,hours_per_day"
                "*(EDATE(plan_start,MIN({ends},plan_months))-EDATE(plan_start,{month}-1)),0)",
                ZERO_AS_DASH,
            ),
            Column("cost", "Cost in\nthe plan", "={gpus}*{price}*{hours}", MONEY_OR_NOT),
        ),
        len(given.CONTRACTS),
        height=34,
    )
    words = {"name": "name", "month": "month", "length": "months", "asked": "gpus", "rate": "price"}
    name_inputs(contracts, "contract", len(given.CONTRACTS), words)
    for key, name in (
        ("month", "contract_begins"),
        *((key, f"contract_{key}") for key in ("asked", "gpus", "ends", "price", "cost")),
    ):
        contracts.name(key, name)
    write_totals(contracts, {"gpus": "#,##0", "cost": MONEY_OR_NOT})
    of_contract = ("name", "month", "gpus", "ends", "rate", "hours")
    alias_rows(contracts, "contract", len(given.CONTRACTS), of_contract)
    page.row += 1
    _batches_of_cases(page)
    _contracts_of_cases(page)
    write_notes(
        page,
        (
            "Owned GPUs work first, then contracts, then GPUs on demand. A contract is paid "
            "whether its GPUs are used or not.",
            "A contract without an agreed price has the price on demand of its first month, less "
            "the discount on the sheet Inputs.",
            "GPUs that the company has already are a batch of month 1, at their book value.",
            "Value then: at the end of the plan, or of the life if that is earlier; the network is "
            "worth nothing.",
            "Names for scenario files: batch1_month, batch1_gpus, batch1_price; contract1_month, "
            "contract1_months, contract1_gpus, contract1_price.",
        ),
    )
    page.row += 1
    page.finish(
        cursor=f"C{batches.top + 1}",
        last_row=page.row + TABLE_CHART_ROWS,
        last_column=PRINTED,
    )
    page.sheet.page_setup.fitToHeight = 1
    return page


ITS = {
    "month": "Arrives\nmonth",
    "starts": "In use\nfrom",
    "leaves": "Leaves\nmonth",
    "gpus": "GPUs\nbought",
    "speed": "Speed\n× first",
    "watts": "Power\nW",
}
"""What the months of a case read of each batch, and the headings."""
ITS_CONTRACT = {
    "begins": ("month", "Begins\nmonth"),
    "ends": ("ends", "Ends\nmonth"),
    "gpus": ("gpus", "GPUs\nrented"),
}
"""What the months of a case read of each contract: its column there, and the heading."""


def _batches_of_cases(page: Page) -> None:
    """Write what each batch costs and brings in each case, for the sheets of the cases."""
    page.section("The same batches in each case")
    of_case: list[Column] = []
    for case in CASES:
        word = OF_CASE[case]
        of_case += [
            Column(
                f"price_{case}",
                f"{word}\na GPU",
                "=IF(INDEX(batch_gpus,{number})>0,INDEX(batch_today,{number})"
                f"*(1-purchase_fall_{case})^((INDEX(batch_month,{{number}})-1)/months_per_year),0)",
                MONEY_OR_NOT,
            ),
            Column(
                f"cost_{case}",
                f"{word}\ncost",
                f"=INDEX(batch_gpus,{{number}})*{{price_{case}}}"
                "*(1+network_share+installation_share)",
                MONEY_OR_NOT,
            ),
            Column(
                f"market_{case}",
                f"{word}\nmarket then",
                f"=INDEX(batch_gpus,{{number}})*{{price_{case}}}*INDEX(batch_share,{{number}})"
                f"*resale_factor_{case}",
                MONEY_OR_NOT,
            ),
            Column(
                f"proceeds_{case}",
                f"{word}\nvalue then",
                f'=IF(residual_kind="market",{{market_{case}}},{{cost_{case}}}'
                "*(1-INDEX(batch_months,{number})/life_months))",
                MONEY_OR_NOT,
            ),
        ]
    name = '=IF(INDEX(batch_names,{number})="","–",INDEX(batch_names,{number}))'
    columns = (
        numbers(len(given.BATCHES)),
        Column("name", "Batch", name, words=True),
        *of_case,
        # A row that is inserted among the batches lengthens their columns alone.
        *(
            Column(f"its_{key}", heading, f"=INDEX(batch_{key},{{number}})", ZERO_AS_DASH)
            for key, heading in ITS.items()
        ),
    )
    cases = Table(page, each_row(columns, len(given.BATCHES)), len(given.BATCHES), height=34)
    for case in CASES:
        for key in ITS:
            cases.alias(f"its_{key}", f"batch_{key}_{case}")
        for key in ("price", "cost", "market", "proceeds"):
            cases.alias(f"{key}_{case}", f"batch_{key}_{case}")
    page.row += 1


def _contract_price(fall: str, of: str = "{{{key}}}") -> str:
    """Return the formula of a contract's price: as agreed, or that of its first month."""
    gpus, rate, month = (of.format(key=key) for key in ("gpus", "rate", "month"))
    return (
        f'=IF({gpus}>0,IF({rate}="",price_per_gpu_hour*(1-reserved_discount)'
        f"*(1-{fall})^(({month}-1)/months_per_year),{rate}),0)"
    )


def _contracts_of_cases(page: Page) -> None:
    """Write what each contract costs in each case, for the sheets of the cases."""
    page.section("The same contracts in each case")
    of_case: list[Column] = []
    for case in CASES:
        word = OF_CASE[case]
        price = _contract_price(f"rental_fall_{case}", "INDEX(contract_{key},{{number}})")
        of_case += [
            Column(f"price_{case}", f"{word}\na GPU-hour", price, PRICE_OR_NOT),
            Column(
                f"cost_{case}",
                f"{word}\ncost",
                f"=INDEX(contract_gpus,{{number}})*{{price_{case}}}*INDEX(contract_hours,{{number}})",
                MONEY_OR_NOT,
            ),
        ]
    name = '=IF(INDEX(contract_names,{number})="","–",INDEX(contract_names,{number}))'
    count = len(given.CONTRACTS)
    columns = (
        numbers(count),
        Column("name", "Contract", name, words=True),
        *of_case,
        # A row that is inserted among the contracts lengthens their columns alone.
        *(
            Column(f"its_{key}", heading, f"=INDEX(contract_{own},{{number}})", ZERO_AS_DASH)
            for key, (own, heading) in ITS_CONTRACT.items()
        ),
    )
    cases = Table(page, each_row(columns, count), count, height=34)
    for case in CASES:
        for key in ITS_CONTRACT:
            cases.alias(f"its_{key}", f"contract_{key}_{case}")
        for key in ("price", "cost"):
            cases.alias(f"{key}_{case}", f"contract_{key}_{case}")
    page.row += 1


def supply_chart(page: Page, monthly: Timeline) -> None:
    """Draw who supplies the demand, below the tables of the sheet Supply."""
    charts.columns(
        page,
        f"B{page.row}:O{page.row + TABLE_CHART_ROWS - 1}",
        Look(
            "GPUs: who supplies the demand, by month",
            y_title="GPUs",
            x_format=MONTH,
            x_every=3,
        ),
        monthly.values("date"),
        (
            Curve("Owned", monthly.values("owned")),
            Curve("Rented by contract", monthly.values("reserved")),
            Curve("Rented on demand", monthly.values("on_demand")),
        ),
        stacked=True,
        over=(Curve("Demand", monthly.values("demand")),),
    )
