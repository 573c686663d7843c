"""Which drivers move EBIT most? Each is lower and higher by a share, and all are computed live.

EBIT is linear in prices: what changes is a share of a total. It is not linear in users, in the
utilisation of training and in the speed of serving, since GPUs are whole and their number decides
what is rented: for these the months are computed again on the sheet Other demand.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.columns import each_row, numbers
from xlcalc.templates.compute_plan.inputs import MONTHS
from xlcalc.templates.compute_plan.months import COUNT, HEADING, SIGNED
from xlcalc.templates.parts.tables import Column, Row, Table, Timeline
from xlcalc.templates.parts.tornado import Driver, Tornado, tornado_tables, write_step

_FINE = q.Quantity("money/kWh", number_format="0.0000")
_WAYS = {"low": "(1-swing)", "high": "(1+swing)"}
_RENTAL = "(SUM(monthly_reserved_cost)+SUM(monthly_on_demand_cost)+SUM(monthly_storage_cost)"
_UPKEEP = "SUM(monthly_maintenance_cost)+SUM(monthly_insurance_cost)"
_MORE = "*(1+contingency_share)"
_RENT = "price_per_gpu_hour"
"""The driver whose range is that of the market's list prices."""
LINEAR = (
    ("Revenue for a million tokens", "revenue_per_mtokens", q.PRICE_PER_MTOKENS, "total_revenue"),
    (
        "Rental prices, contracts included",
        "price_per_gpu_hour",
        q.PRICE_PER_GPU_HOUR,
        f"-{_RENTAL}+unmet_cost){_MORE}",
    ),
    (
        "Purchase prices of GPUs with servers",
        "unit_price",
        q.MONEY,
        f"(total_sales-total_depreciation-({_UPKEEP}){_MORE})",
    ),
    ("Price of power", "power_price", _FINE, f"-SUM(monthly_power_cost){_MORE}"),
    (
        "Colocation without power",
        "colocation_kw_month",
        q.MONEY,
        f"-SUM(monthly_colocation_cost){_MORE}",
    ),
    ("Cost of people", "staff*staff_cost_year", q.MONEY, f"-SUM(monthly_staff_cost){_MORE}"),
)
"""Label, driver, what it measures, and what EBIT has of it."""
_OTHER = (
    ("users", "Users a day", "daily_users", q.USERS),
    ("mfu", "Utilisation (MFU) of training", "mfu_factor", q.FACTOR),
    ("speed", "Tokens of a GPU-second in serving", "tokens_per_gpu_second", q.TOKEN_RATE),
)
"""Key, label and name of each driver that EBIT is not linear in, and what it measures."""


def sensitivity_pages(book: Book) -> Tornado:
    """Write the sheets Sensitivity and Other demand, and return the tables of the drivers."""
    page = Page(
        book,
        "Sensitivity",
        (2, 46, *(16,) * 6, 34),
        "Sensitivity",
        "What EBIT becomes when one driver is lower or higher, in the case in use. Everything is "
        "computed live.",
    )
    write_step(page, "swing")
    page.row += 1
    _other_demand(book)
    drivers = [_linear(*line) for line in LINEAR]
    drivers += [
        Driver(
            label,
            f"={name}*(1-swing)",
            f"={name}*(1+swing)",
            styles.padded(measure.number_format),
            f"=SUM({key}_low_ebit)",
            f"=SUM({key}_high_ebit)",
            "Not linear: sheet Other demand",
        )
        for key, label, name, measure in _OTHER
    ]
    page.section('="EBIT in "&currency&", one driver at a time"')
    tornado = tornado_tables(page, drivers, "total_ebit", shown=SIGNED)
    page.finish(cursor="C4")
    return tornado


def _linear(label: str, name: str, measure: q.Quantity, part: str) -> Driver:
    """Return a driver whose part of EBIT changes as it does; rents have the market's range."""
    low, high, basis = f"{name}*(1-swing)", f"{name}*(1+swing)", "Linear: a share of the totals"
    changes = "-swing", "swing"
    if name == "price_per_gpu_hour":
        low, high, basis = "price_low", "price_high", "Lowest and highest of the market"
        changes = f"({low}/{name}-1)", f"({high}/{name}-1)"
    at_low, at_high = (f"=total_ebit+({change})*({part})" for change in changes)
    shown = styles.padded(measure.number_format)
    return Driver(label, f"={low}", f"={high}", shown, at_low, at_high, basis)


def _other_demand(book: Book) -> None:
    """Write the months of EBIT with other users, another MFU and another speed of serving."""
    page = Page(
        book,
        "Other demand",
        (2, 40, 12, 34, 13.5, *(13.5,) * MONTHS),
        "Months with other demand",
        "The months of the case in use once more, with one driver lower or higher. Not printed.",
    )
    timeline = Timeline(page, MONTHS)
    timeline.heading(HEADING)
    first = page.row
    runs = _runs(book)
    for key, label, *_ in _OTHER:
        for way, factor in _WAYS.items():
            stem = f"{key}_{way}"
            rows = _rows(stem, runs[way] if key == "mfu" else "", key, factor)
            word = {"low": "lower", "high": "higher"}[way]
            timeline.section(f"{label}: {word}", rows)
            timeline.alias(f"{stem}_ebit", f"{stem}_ebit")
    page.finish(freeze=f"F{first}", cursor=f"F{first}", printed=False)


def _runs(book: Book) -> dict[str, str]:
    """Write the GPUs of each run at another MFU, and return what the months call them."""
    page = Page(
        book,
        "Other runs",
        (2, 5, 30, 16, 16, 12, 12),
        "Runs at another utilisation",
        "GPUs of each run where the MFU is lower and higher, for the sheet Other demand.",
    )
    table = Table(
        page,
        each_row(
            (
                numbers(len(given.RUNS)),
                Column(
                    "name",
                    "Training run",
                    '=IF(INDEX(run_names,{number})="","–",INDEX(run_names,{number}))',
                    words=True,
                ),
                *(
                    Column(
                        way,
                        {"low": "GPUs at\nlower MFU", "high": "GPUs at\nhigher MFU"}[way],
                        "=IF(INDEX(run_active,{number})=1,GPUS_NEEDED(INDEX(run_flop,{number}),"
                        "INDEX(run_days,{number}),peak_tflops,"
                        f"MIN(INDEX(run_mfus,{{number}})*mfu_factor*{factor},1)*goodput),0)",
                        COUNT,
                    )
                    for way, factor in _WAYS.items()
                ),
                Column("begins", "First\nmonth", "=INDEX(run_begins,{number})", COUNT),
                Column("ends", "Last\nmonth", "=INDEX(run_ends,{number})", COUNT),
            ),
            len(given.RUNS),
        ),
        len(given.RUNS),
        height=34,
    )
    page.finish(cursor="C5")
    table.alias("begins", "other_run_begins")
    table.alias("ends", "other_run_ends")
    for way in _WAYS:
        table.alias(way, f"run_gpus_{way}")
    return {way: f"run_gpus_{way}" for way in _WAYS}


def _rows(stem: str, runs: str, key: str, factor: str) -> list[Row]:
    def month(row: str) -> str:
        return f"INDEX(monthly_{row},{{n}})"

    def own(row: str) -> str:
        return f"{{{stem}_{row}}}"

    users = factor if key == "users" else "1"
    speed = factor if key == "speed" else "1"
    training = month("training")
    if runs:
        training = f"SUMPRODUCT((other_run_begins<={{n}})*(other_run_ends>={{n}})*{runs})"
    use = f"IF({month('owned')}=0,0,MIN({month('owned')},{own('demand')})/{month('owned')})"
    power = (
        f"{month('owned_kw')}*server_power_factor*pue*(1-idle_power_share)"
        f"*({use}-{month('fleet_use')})*{month('hours')}*power_price"
    )
    rented = (
        f"({own('on_demand')}-{month('on_demand')})*{month('on_demand_price')}*(1+storage_share)"
    )
    missing = f"({own('unmet')}-{month('unmet')})*{month('unmet_price')}"
    serving = f"(tokens_per_gpu_second*{speed}*serving_load*replica_gpus)"
    supplied = f"IF({own('demand')}=0,1,({own('demand')}-{own('unmet')})/{own('demand')})"
    lines = (
        (
            "demand",
            "Demand",
            "GPUs",
            f"={training}+ROUNDUP({month('peak_rate')}*{users}/{serving},0)*replica_gpus",
            COUNT,
            "Training + inference",
        ),
        (
            "on_demand",
            "Rented on demand",
            "GPUs",
            f"=MIN(ROUNDUP(MAX({own('demand')}-{month('owned')}-{month('reserved')},0),0)"
            ",on_demand_limit)",
            COUNT,
            "The GPUs that are missing, up to the limit on demand",
        ),
        (
            "unmet",
            "Unmet demand",
            "GPUs",
            f"=MAX({own('demand')}-{month('owned')}-{month('reserved')}-{own('on_demand')},0)",
            COUNT,
            "Demand − supply, above 0",
        ),
        (
            "tokens",
            "Tokens served",
            "M tokens",
            f"={month('users')}*{users}*requests_per_user*tokens_per_request*{month('days')}"
            f"/tokens_per_million*{supplied}",
            COUNT,
            "Users × requests × tokens × days × share",
        ),
        (
            "ebit",
            "EBIT",
            "=currency",
            f"={month('ebit')}+({own('tokens')}-{month('tokens')})*{month('selling_price')}"
            f"-(({rented}+{missing})*{month('hours')}+{power}){_MORE}",
            SIGNED,
            "EBIT + change of revenue − change of cost",
        ),
    )
    return [
        Row(f"{stem}_{name}", label, unit, content, shown, emphasis=name == "ebit", note=note)
        for name, label, unit, content, shown, note in lines
    ]
