"""What becomes of the choice if one input is another: rent, horizon, or any driver?

The sheet Cases has a row for each case and a column for each input that cases vary. Its net present
values are closed forms over the 20 quarters, a second way beside the sheet Cash flow, so that all
cases are live at once. The sheet Sensitivity shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.templates.gpu_tco.cash import CASH, QUARTERS, WAYS
from xlcalc.templates.parts.tables import Column, Table
from xlcalc.templates.parts.tornado import BY_STEP

HORIZONS = 5
AGES = 8
"""Ages of the curve of residual values, from new; the last one is there to interpolate to."""


@dataclass(frozen=True)
class Varied:
    """An input that cases vary: key, heading, format, and its value in the case itself."""

    key: str
    heading: str
    number_format: str
    base: str


VARIED = (
    Varied("rent", "Rental price", "#,##0.00", "rent_price"),
    Varied("use", "Utilisation", "0.0%", "utilisation"),
    Varied("gpu", "GPU price", "#,##0", "gpu_price"),
    Varied("server", "Server", "0.0%", "server_share"),
    Varied("net", "Network", "0.0%", "network_share"),
    Varied("kept", "Resale\nfactor", "0.0%", "1"),
    Varied("life", "Life", "0.00", "life_years"),
    Varied("years", "Horizon", "0.00", "horizon_years"),
    Varied("interest", "Discount\nrate", "0.0%", "discount_rate"),
    Varied("fall", "Fall of\nrents", "0.0%", "rental_fall"),
    Varied("kwh", "Price of\npower", "0.0000", "power_price"),
    Varied("pue", "PUE", "0.00", "pue"),
    Varied("care", "Mainte-\nnance", "0.0%", "maintenance_share"),
    Varied("less", "Discount,\nreserved", "0.0%", "reserved_discount"),
    Varied("term", "Commitment\nyears", "0.00", "reserved_term"),
)
_OF = 'INDEX(assumption_{end},MATCH("{name}",assumption_names,0))'


def _market(name: str, money: str = "") -> tuple[str, str]:
    low, high = (f"={_OF.format(end=end, name=name)}{money}" for end in ("lows", "highs"))
    return low, high


def _step(name: str) -> tuple[str, str]:
    return f"={name}*(1-driver_step)", f"={name}*(1+driver_step)"


RANGE = "Range of the sheet Assumptions"
_HIGHEST_FALL = _OF.format(end="highs", name="rental_fall")
_RISE = (f"=-{_HIGHEST_FALL}", f"={_HIGHEST_FALL}")
_LESS = ("=reserved_discount*(1-driver_step)", "=MIN(1,reserved_discount*(1+driver_step))")
_USES = ("=utilisation*(1-driver_step)", "=MIN(1,utilisation*(1+driver_step))")
DRIVERS = (
    ("rent", "Rental price", ("=rent_low", "=rent_high"), "Lowest and highest of the market"),
    ("use", "Utilisation", _USES, BY_STEP),
    ("gpu", "Price of a GPU", _step("gpu_price"), BY_STEP),
    ("kept", "Resale values", ("=1-driver_step", "=1+driver_step"), BY_STEP),
    ("server", "Server", _step("server_share"), BY_STEP),
    ("net", "Network", _market("network_share"), RANGE),
    ("less", "Discount of a commitment", _LESS, BY_STEP),
    (
        "fall",
        "Fall of rental prices",
        _RISE,
        "Highest of the sheet Assumptions, up and down",
    ),
    ("interest", "Discount rate", _market("discount_rate"), RANGE),
    ("life", "Life", _market("life_years"), RANGE),
    ("kwh", "Price of power", _market("power_price", "*currency_rate"), RANGE),
    ("pue", "Power usage effectiveness", _market("pue"), RANGE),
    ("care", "Maintenance", _market("maintenance_share"), RANGE),
)
"""Key of what is varied, label, its low and high value, and which range this is."""


@dataclass(frozen=True)
class Cases:
    """The table of cases, and the rows of each kind in it."""

    table: Table
    rents: tuple[int, ...]
    horizons: tuple[int, ...]
    drivers: tuple[tuple[int, int], ...]
    commitments: tuple[int, ...]


def cases_sheet(book: Book) -> Cases:
    """Write a row for each case: its inputs, its net present values, and the choice."""
    page = Page(
        book,
        "Cases",
        (2, 30, *(12,) * len(VARIED), *(16,) * 14, 18, 12, *(4,) * QUARTERS),
        "Cases",
        "One input is changed at a time. Net present values in closed form; a cost is negative.",
    )
    rows, top = _rows(), page.row
    page.row += 1 + len(rows) + 1  # the cases stand above and read what stands below
    page.section("Value of used machines by age, of the price that was paid")
    ages = Table(
        page,
        (
            Column("age", "Age\nyears", list(range(AGES)), "0"),
            Column(
                "value",
                "Value\nratio",
                [
                    "=1",
                    *(f"=residual_{age}" for age in range(1, AGES - 1)),
                    f"=residual_{AGES - 2}",
                ],
                "0.0%",
            ),
        ),
        AGES,
    )
    ages.alias("value", "residual_curve")
    ages.alias("age", "residual_ages")
    page.row = top
    table = Table(page, _columns(rows), len(rows))
    rents = tuple(range(3))
    horizons = tuple(range(3, 3 + HORIZONS))
    first = 3 + HORIZONS
    drivers = tuple((first + 2 * n, first + 2 * n + 1) for n in range(len(DRIVERS)))
    commitments = (len(rows) - 2, len(rows) - 1)
    for way, _ in WAYS:
        table.alias(f"npv_{way}", f"case_npv_{way}", 0)
    table.alias("annuity", "case_annuity", 0)
    for row, word in zip(rents, ("median", "low", "high"), strict=True):
        table.alias("choice", f"case_choice_{word}", row)
        table.alias("gain", f"case_gain_{word}", row)
    page.finish(
        freeze=f"C{table.top + 1}",
        cursor=f"C{table.top + 1}",
        repeat_row=table.top,
        last_column=table.cell("choice", 0).column,
    )
    return Cases(table, rents, horizons, drivers, commitments)


def _rows() -> list[tuple[str, dict[str, str]]]:
    """Return label and changed inputs of each case; the first is the case itself.

    `over` is the row of the sheet Cash flow that counts the commitments before a quarter.
    """
    rows: list[tuple[str, dict[str, str]]] = [
        ("This case", {}),
        ("Lowest rental price", {"rent": "=rent_low"}),
        ("Highest rental price", {"rent": "=rent_high"}),
    ]
    rows += [
        (f'="Horizon in years: "&{years}', {"years": f"={years}"})
        for years in range(1, HORIZONS + 1)
    ]
    for key, label, (low, high), _ in DRIVERS:
        rows += [(f'="{label}"&", low"', {key: low}), (f'="{label}"&", high"', {key: high})]
    rows += [
        (
            "Commitment of one year",
            {"less": "=MEDIAN(discounts_1)", "term": "=1", "over": "commitments_short"},
        ),
        (
            "Commitment of three years",
            {"less": "=MEDIAN(discounts_3)", "term": "=long_term", "over": "commitments_long"},
        ),
    ]
    return rows


def _least(one: str, other: str) -> str:
    """Return the smaller of two, element by element, where MIN would take that of all."""
    return f"((({one})<({other}))*({one})+(({one})>=({other}))*({other}))"


_QUARTER = "(case_quarters/quarters_per_year)"
_ENDED = _least(_QUARTER, "{years}")
_BEFORE = _least("((case_quarters-1)/quarters_per_year)", "{years}")
_SHARE = f"({_ENDED}-{_BEFORE})"
"""Years of a quarter that are in the horizon."""
_WORTH = f"(1+{{interest}})^(-{_QUARTER})"
_NOW, _THEN = "{r1}:{r20}", "{r0}:{r19}"
"""Fleets sold before the present one, at the end of each quarter and at its beginning."""
_KEEPS = "(1-purchase_fall)"


def _residual(age: str) -> str:
    years = f"MIN({age},residual_years)"
    whole = f"INT({years})"
    return (
        f'IF(residual_kind="market",{{kept}}*(INDEX(residual_curve,{whole}+1)*(1+{whole}-{years})'
        f"+INDEX(residual_curve,{whole}+1+1)*({years}-{whole}))*{{unit}},"
        f"{{fleet}}*MAX(0,1-({age})/{{life}}))"
    )


def _written(ended: str, gone: str) -> str:
    """Return what is written off until a time, of all fleets, over the quarters."""
    falls = f"{_KEEPS}^{{life}}"
    flat = f"({falls}=1)"
    return (
        f"((1-{falls}^({gone}))/(1-{falls}+{flat})+{flat}*({gone})"
        f"+{falls}^({gone})*({ended}-({gone})*{{life}})/{{life}})"
    )


def _paid(time: str, kind: str) -> str:
    """Return the years of a lease's term, or after it, that are paid for at a time."""
    paid = _least(f"({time}+lease_lead)", "{years}")
    term = _least(paid, "lease_term")
    return term if kind == "term" else f"({paid}-{term})"


def _columns(rows: Sequence[tuple[str, dict[str, str]]]) -> tuple[Column, ...]:
    inputs = [
        Column(
            v.key,
            v.heading,
            [changed.get(v.key, f"={v.base}") for _, changed in rows],
            v.number_format,
        )
        for v in VARIED
    ]
    ready = "unit_watts/watts_per_kw*{pue}*{kwh}*idle_power_share*machines*hours_per_year*{annuity}"
    use = (
        "unit_watts/watts_per_kw*{pue}*{kwh}*(1-idle_power_share)*gpus*{use}*hours_per_year"
        "*{annuity}"
    )
    rates = "+".join(
        f"{part}*(SUMPRODUCT(({_paid(_QUARTER, kind)}"
        f"-{_paid('((case_quarters-1)/quarters_per_year)', kind)})*{_WORTH})"
        f"+{_paid('0', kind)})"
        for part, kind in (("1", "term"), ("renewal_share", "after"))
    )
    end = "(1+{interest})^(-ROUNDUP(ROUND({years}*quarters_per_year,decimals),0)/quarters_per_year)"
    stay = f"{_KEEPS}^(({{fleets}}-1)*{{life}})"
    formulas = (
        ("unit", "Fleet with\nservers", "=machines*{gpu}*(1+{server})"),
        ("fleet", "Installed", "={unit}*(1+{net}+installation_share)"),
        ("fleets", "Fleets\nbought", "=ROUNDUP(ROUND({years}/{life},decimals),0)"),
        ("annuity", "Years,\ndiscounted", f"=SUMPRODUCT({_SHARE}*{_WORTH})"),
        (
            "upkeep",
            "Upkeep and\npower",
            "=machines*(staff_per_year+colocation_per_year+{unit}/machines*({care}"
            f"+insurance_share))*{{annuity}}+{use}+{ready}",
        ),
        (
            "capital",
            "Purchases",
            f"={{fleet}}*(1+SUMPRODUCT(({_NOW}-({_THEN}))*{_KEEPS}^(({_NOW})*{{life}})*{_WORTH}))",
        ),
        (
            "sales",
            "Sales",
            f"=({_residual('{life}')})*SUMPRODUCT(({_NOW}-({_THEN}))"
            f"*{_KEEPS}^((({_NOW})-1)*{{life}})*{_WORTH})"
            f"+({_residual('({years}-({fleets}-1)*{life})')})*{stay}*{end}",
        ),
        (
            "books",
            "Written off\nor sold",
            f"={{fleet}}*(SUMPRODUCT(({_written(_ENDED, _NOW)}"
            f"-{_written(_BEFORE, _THEN)})*{_WORTH})"
            f"+{stay}*(1-({{years}}-({{fleets}}-1)*{{life}})/{{life}})*{end})",
        ),
        ("npv_buy", "Buy", "={sales}-{capital}-{upkeep}+tax_rate*({upkeep}+{books}-{sales})"),
        (
            "npv_lease",
            "Lease",
            f"=-machines*lease_deposit*(1-{end})-(1-tax_rate)*(machines*lease_rate*lease_payments"
            f"*({rates}+MAX(0,lease_term-{{years}})*lease_exit_share*{end})"
            "+lease_running_share*{upkeep})",
        ),
        (
            "npv_rent",
            "Rent on demand",
            "=-(1-tax_rate)*(1+storage_share)*gpus*hours_per_year*{use}*{rent}*"
            f"SUMPRODUCT({_SHARE}*(1-{{fall}})^((case_quarters-1)/quarters_per_year)*{_WORTH})",
        ),
        (
            "npv_reserved",
            "Rent reserved",
            "=-(1-tax_rate)*(1+storage_share)*gpus*hours_per_year*{rent}*(1-{less})"
            f"*SUMPRODUCT({_SHARE}*(1-{{fall}})^(commitments*{{term}})*{_WORTH})",
        ),
        ("gain", "Saved by buying\nover on demand", "={npv_buy}-{npv_rent}"),
        (
            "gain_rent",
            "Saved over the\ncheaper rent",
            "={npv_buy}-MAX({npv_rent},{npv_reserved})",
        ),
    )
    best = "MAX({npv_buy},{npv_lease},{npv_rent},{npv_reserved})"
    choice = (
        f'=IF({{npv_buy}}={best},"Buy",IF({{npv_lease}}={best},"Lease",'
        f'IF({{npv_rent}}={best},"Rent on demand","Rent reserved")))'
    )
    return (
        Column("case", "Case", [label for label, _ in rows], words=True),
        *inputs,
        *(
            Column(
                key,
                heading,
                [
                    formula.replace("commitments", changed.get("over", "commitments"))
                    for _, changed in rows
                ],
                "0.00" if key in {"fleets", "annuity"} else CASH,
            )
            for key, heading, formula in formulas
        ),
        Column("choice", "Choice", choice),
        Column("r0", "Fleets sold\nbefore", "=0", "0"),
        *(
            Column(
                f"r{quarter}",
                f"{quarter}",
                f"=MIN(INT(ROUND(MIN(INDEX(case_quarters,{quarter})/quarters_per_year,{{years}})"
                "/{life},decimals)),{fleets}-1)",
                "0",
            )
            for quarter in range(1, QUARTERS + 1)
        ),
    )
