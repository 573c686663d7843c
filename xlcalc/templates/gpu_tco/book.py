"""Buying, leasing or renting GPUs: cash by quarter, net present value and cost of a used hour.

Inputs, results and checks stand here. The module `cash` has the cash by quarter, and `sheets` what
is made of it.
"""

from xlcalc import quantities as q
from xlcalc.author.book import Book, Texts
from xlcalc.quantities import Quantity
from xlcalc.templates.gpu_tco.cash import QUARTERS, WAYS, cash_sheet
from xlcalc.templates.gpu_tco.sheets import (
    comparison_sheet,
    sensitivity_sheet,
    summary_sheet,
    write_summary,
)
from xlcalc.templates.parts.catalogues import accelerator, catalogue_page
from xlcalc.templates.parts.checks import Check, checks_page
from xlcalc.templates.parts.figures import (
    MONEY_FORMAT,
    PRICE_FORMAT,
    Group,
    Line,
    conversion,
    figures_page,
)
from xlcalc.templates.parts.front import STEPS, cover_page, finish_cover, sources_page
from xlcalc.templates.parts.market import prices_page
from xlcalc.templates.parts.money import NO_RATE, currency_lines, inputs_page, rental_line

ASSUMED = "An assumption of this template; set your own."
COMMITMENT = "Google Cloud, H100, 1 year: 7.67 against 11.06 USD/h, 2025-03-17"
HORIZON = Quantity("years", above=0.0, at_most=QUARTERS / 4, number_format="0.00")
HOLDING = Quantity("years", above=0.0, number_format="0.00")
DECLINE = Quantity("ratio/year", at_least=-1.0, at_most=0.99, number_format="0.0%")
PAYMENTS = Quantity("payments/year", at_least=4.0, at_most=12.0, number_format="0")
PER_GPU = '=currency&"/GPU"'
PER_GPU_YEAR = '=currency&"/(GPU·year)"'
PER_HOUR = '=currency&"/GPU-hour"'
PER_USED_HOUR = '=currency&"/used GPU-hour"'
LISTED = "INDEX(purchase_prices,purchase_row)"
TYPED_IN = "Typed in: the sheet Sources says where this case's figures come from."

NO_PRICE = (
    "IF(OR(ISNA(gpu_price),ISBLANK(gpu_price)),IF(ISNA(purchase_row),"
    f'"The sheet Prices has no price of this accelerator: type one in.","{NO_RATE}"),'
)
"""What stands beside a price that is missing; the note of one that is there follows."""

RUN_SOURCE = (
    "A fleet of 1,024 H100 SXM in a colocation centre in Virginia. Purchase: market price of "
    "2025-03-03, an eighth of a board of eight (catalogue gpu_purchase-105). Rent: the median of "
    "24 providers on demand, 2026-08-22 to 2026-10-10. Power: EIA, Virginia industrial, 2023 "
    "(power-137). Space: CBRE H2 2024. What is not published is an assumption, and its note says "
    "so."
)


def _money(
    label: str,
    value: object,
    name: str,
    note: str,
    unit: str = "=currency",
    *,
    total: bool = False,
) -> Line:
    """Return a line of money: whole amounts of a fleet, cents of an hour."""
    shown = PRICE_FORMAT if "hour" in unit else MONEY_FORMAT
    return Line(label, value, q.MONEY, name, note, unit=unit, number_format=shown, total=total)


INPUTS = (
    Group(
        "The fleet",
        (
            Line("Name of the case", "1,024 H100", "text", "case_name", "Shown on the summary."),
            accelerator("H100 SXM5 80GB"),
            Line("Number of GPUs", 1024, q.GPUS, "gpus", "Of the whole fleet."),
            Line(
                "Utilisation",
                0.7,
                q.UTILISATION,
                "utilisation",
                "Share of all hours in which a GPU is used. " + ASSUMED,
            ),
            Line(
                "Planning horizon",
                5,
                HORIZON,
                "horizon_years",
                "At most 5 years, the 20 quarters of the sheet Cash flow. A part of a quarter "
                "counts as that part.",
            ),
            Line(
                "Discount rate",
                0.08,
                q.RATIO,
                "discount_rate",
                "Effective rate of a year. Upkeep and power do not rise in this workbook, so take "
                "a rate without inflation. " + ASSUMED,
                unit="ratio/year",
            ),
            *currency_lines(),
        ),
    ),
    Group(
        "Buying",
        (
            Line(
                "Place in the price list",
                '=MATCH(GPU_SPEC(gpu,"name"),purchase_names,0)',
                "row of the table",
                "purchase_row",
                "The accelerator's newest purchase price on the sheet Prices.",
                number_format="0",
                fixed=True,
            ),
            Line(
                "Purchase price of a GPU",
                f"={LISTED}",
                q.MONEY,
                "gpu_price",
                f"={NO_PRICE}IF(ISNA({LISTED}),"
                '"Typed in: the sheet Prices has no price of this accelerator.",'
                f"IF(gpu_price={LISTED},"
                '"Newest price on the sheet Prices: replace it by your quote. "'
                '&INDEX(purchase_ids,purchase_row)&", "&INDEX(purchase_dates,purchase_row)&": "'
                '&INDEX(purchase_notes,purchase_row)&"; "&INDEX(purchase_markets,purchase_row),'
                f'"{TYPED_IN}")))',
                unit=PER_GPU,
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Server",
                0.63,
                q.RATIO,
                "server_share",
                "On top of the GPU's price. 0.63: a DGX H100 costs 46,875 USD a GPU, its board "
                "28,750 (gpu_purchase-106 and -105). A cluster's network is not in it: add yours.",
                unit="of the GPU's price",
            ),
            Line(
                "Life",
                5,
                HOLDING,
                "life_years",
                "Written off in a straight line; then sold, and bought again at the same price if "
                "the horizon is longer. Amazon uses 5 years for part of its servers since 2025 "
                "(annual report 2024).",
            ),
            Line(
                "Resale value at the end of life",
                0.1,
                q.SHARE,
                "resale_share",
                "Of the price with server. A shorter horizon ends with a sale at the "
                "book value. " + ASSUMED,
                unit="of the price",
            ),
        ),
    ),
    Group(
        "Running own or leased machines",
        (
            Line(
                "Power of a GPU",
                '=GPU_SPEC(gpu,"tdp_w")',
                q.WATTS,
                "watts",
                "Thermal design power, looked up from the accelerator; may be overwritten by a "
                "measured figure. Drawn in used hours alone.",
            ),
            Line(
                "Power of server",
                0.4,
                q.RATIO,
                "server_power_share",
                "On top of the GPU's power. A DGX H100 is rated 10.2 kW, 82 % above its eight "
                "GPUs, which is a maximum. " + ASSUMED,
                unit="of the GPU's power",
            ),
            Line(
                "Power usage effectiveness",
                1.42,
                q.PUE_RATIO,
                "pue",
                "Energy of the data centre over that of its machines. 1.42: Equinix worldwide, "
                "2023 (pue-164); 1.15: AWS, 2023 (pue-157); 1.56: Uptime survey, 2024 (pue-163).",
            ),
            Line(
                "Price of power",
                0.0892,
                q.POWER_PRICE,
                "power_price",
                "0.0892 USD: Virginia, industry, EIA, 2023 (power-137). The sheet Prices lists "
                "others.",
                unit='=currency&"/kWh"',
                number_format="0.0000",
            ),
            _money(
                "Staff",
                700,
                "staff_per_year",
                "For example 4 engineers at 180,000 USD for 1,024 GPUs. " + ASSUMED,
                PER_GPU_YEAR,
            ),
            Line(
                "Colocation without power",
                184.06,
                q.MONEY,
                "colocation_kw_month",
                "Rent of space and cooling for a kilowatt of machines. 184.06 USD: average asking "
                "rate for 250 to 500 kW, CBRE, North America Data Center Trends H2 2024.",
                unit='=currency&"/(kW·month)"',
                number_format=PRICE_FORMAT,
            ),
            Line(
                "Maintenance",
                0.03,
                q.RATIO,
                "maintenance_share",
                "Repairs and support a year, of the price with server. " + ASSUMED,
                unit="of the price/year",
            ),
        ),
    ),
    Group(
        "Leasing",
        (
            Line(
                "Lease factor of a month",
                0.03,
                q.RATIO,
                "lease_factor",
                "Part of the price that is paid a month, for the default of the rate. 3 % a month "
                "for 36 months repays the price but for a residual tenth at about 11 % a year. "
                + ASSUMED,
                unit="of the price/month",
            ),
            Line(
                "Payments in a year",
                12,
                PAYMENTS,
                "lease_payments",
                "12 for monthly rates, 4 for quarterly ones.",
            ),
            _money(
                "Lease rate",
                "=gpu_price*(1+server_share)*lease_factor*months_per_year/lease_payments",
                "lease_rate",
                "One payment for one GPU with server. The price × the lease factor × 12 / the "
                "payments in a year, until it is overwritten by an offer.",
                PER_GPU,
            ),
            Line(
                "Lease term",
                3,
                HOLDING,
                "lease_term",
                "The full rate is due so long. " + ASSUMED,
            ),
            _money(
                "Deposit",
                "=lease_rate",
                "lease_deposit",
                "Paid at the beginning, returned without interest at the end of the horizon. One "
                "rate until it is overwritten.",
                PER_GPU,
            ),
            Line(
                "Rate after the term",
                0.5,
                q.RATIO,
                "renewal_share",
                "If the horizon is longer than the term, the lease goes on at this part of the "
                "rate. " + ASSUMED,
                unit="of the rate",
            ),
            Line(
                "Due on an early end",
                1,
                q.SHARE,
                "lease_exit_share",
                "If the horizon is shorter than the term, this part of the remaining rates is due "
                "at its end. " + ASSUMED,
                unit="of the remaining rates",
            ),
            Line(
                "Running cost that the lessee pays",
                1,
                q.SHARE,
                "lease_running_share",
                "Upkeep and power as of machines of one's own; 0 if the rate includes them.",
                unit="of upkeep and power",
            ),
        ),
    ),
    Group(
        "Renting",
        (
            rental_line("Price on demand", "rent_price", TYPED_IN),
            Line(
                "Discount for a commitment",
                0.31,
                q.SHARE,
                "reserved_discount",
                f"Reserved GPUs are paid for in all hours, used or not. 0.31: {COMMITMENT} "
                "(gpu_rental-033 and -032); more on the sheet Prices.",
                unit="of the price on demand",
            ),
            Line(
                "Length of a commitment",
                1,
                HOLDING,
                "reserved_term",
                "Its price is that of the day when it begins; the last one ends with the horizon.",
            ),
            Line(
                "Decline of rents",
                0.1,
                DECLINE,
                "rent_decline",
                "Compounds to the decline of a year over four quarters; the first has today's "
                "price. List prices do not fall always: Lambda asked 3.29 USD for an H100 in "
                "February 2025, 3.78 in May 2026 (gpu_rental-035 and -070). " + ASSUMED,
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion(
                "Hours in a year", 8760, "hours/year", "hours_per_year", "365 days of 24 hours."
            ),
            conversion("Quarters in a year", 4, "quarters/year", "quarters_per_year"),
            conversion("Months in a year", 12, "months/year", "months_per_year"),
            conversion("Watts in a kilowatt", 1000, "W/kW", "watts_per_kw"),
            conversion("Kilowatt-hours in a megawatt-hour", 1000, "kWh/MWh", "kwh_per_mwh"),
            conversion(
                "Decimals of a count",
                6,
                "decimals",
                "decimals",
                "A count of lives, terms or quarters is whole if it is so to these decimals.",
            ),
        ),
    ),
)


def _ways(
    what: str, prefix: str, formula: str, note: str, unit: str = "=currency"
) -> tuple[Line, ...]:
    """Return a line for each of the four ways; `{way}` stands for its word in a formula."""
    return tuple(
        _money(f"{label}: {what}", formula.format(way=way), f"{prefix}_{way}", note, unit)
        for way, label in WAYS
    )


NONE = "None"
USED_A_YEAR = "hours_per_year*utilisation"

RESULTS = (
    Group(
        "One GPU of one's own",
        (
            _money(
                "Price with server",
                "=gpu_price*(1+server_share)",
                "unit_price",
                "Price of a GPU × (1 + server).",
                PER_GPU,
            ),
            _money(
                "Resale value",
                "=unit_price*resale_share",
                "resale_value",
                "At the end of its life.",
                PER_GPU,
            ),
            Line(
                "Power with server",
                "=watts*(1+server_power_share)",
                q.WATTS,
                "unit_watts",
                "Power of a GPU × (1 + server).",
            ),
            _money(
                "Colocation",
                "=unit_watts/watts_per_kw*colocation_kw_month*months_per_year",
                "colocation_per_year",
                "Kilowatts × rate × 12 months.",
                PER_GPU_YEAR,
            ),
            _money(
                "Maintenance",
                "=unit_price*maintenance_share",
                "maintenance_per_year",
                "Price × share.",
                PER_GPU_YEAR,
            ),
            _money(
                "Upkeep",
                "=staff_per_year+colocation_per_year+maintenance_per_year",
                "upkeep_per_year",
                "Staff + colocation + maintenance.",
                PER_GPU_YEAR,
                total=True,
            ),
        ),
    ),
    Group(
        "A used hour of a GPU of one's own",
        (
            _money(
                "Capital",
                f"=(unit_price-resale_value)/life_years/({USED_A_YEAR})",
                "capital_hour",
                "(Price - resale value) / life / used hours of a year.",
                PER_USED_HOUR,
            ),
            _money(
                "Upkeep",
                f"=upkeep_per_year/({USED_A_YEAR})",
                "upkeep_hour",
                "Upkeep / used hours of a year.",
                PER_USED_HOUR,
            ),
            _money(
                "Power",
                "=unit_watts/watts_per_kw*pue*power_price",
                "power_hour",
                "Kilowatts × power usage effectiveness × price of power.",
                PER_USED_HOUR,
            ),
            _money(
                "Owned GPU-hour",
                "=OWNED_GPU_HOUR(unit_price-resale_value,life_years,unit_watts,power_price,pue,"
                "utilisation,upkeep_per_year)",
                "owned_hour",
                "Before interest: nothing is discounted here.",
                PER_USED_HOUR,
                total=True,
            ),
        ),
    ),
    Group(
        "The fleet over the horizon",
        (
            _money("Price of the fleet", "=gpus*unit_price", "fleet_price", "GPUs × price."),
            _money(
                "Resale value of the fleet",
                "=gpus*resale_value",
                "fleet_resale",
                "GPUs × resale value, at the end of life.",
            ),
            Line(
                "Fleets bought",
                "=ROUNDUP(ROUND(horizon_years/life_years,decimals),0)",
                "fleets",
                "fleets_bought",
                "Horizon / life, rounded up: one after the other.",
                number_format="#,##0",
            ),
            _money(
                "Sale at the end of the horizon",
                "=fleet_price-(fleet_price-fleet_resale)"
                "*(horizon_years-(fleets_bought-1)*life_years)/life_years",
                "final_sale",
                "At the book value of the last fleet, in a straight line to its resale value.",
            ),
            Line(
                "Used GPU-hours",
                "=gpus*hours_per_year*utilisation*horizon_years",
                q.GPU_HOURS,
                "used_hours",
                "GPUs × 8,760 × utilisation × years. All four ways give the same hours.",
            ),
            Line(
                "Used GPU-hours, discounted",
                "=SUMPRODUCT(quarter_factors,hours_used)",
                q.GPU_HOURS,
                "discounted_hours",
                "Hours of each quarter × its discount factor.",
            ),
            Line(
                "Energy",
                "=ENERGY_MWH(used_hours,unit_watts,pue)",
                q.MWH,
                "fleet_mwh",
                "Used GPU-hours × power × power usage effectiveness.",
            ),
            Line(
                "Whole quarters",
                "=INT(ROUND(horizon_years*quarters_per_year,decimals))",
                "quarters",
                "whole_quarters",
                "Of the horizon.",
                number_format="#,##0",
            ),
            Line(
                "Rent of a quarter over that before",
                "=(1-rent_decline)^(1/quarters_per_year)",
                q.RATIO,
                "rent_factor",
                "x in the next line.",
                number_format="0.0000%",
            ),
            Line(
                "Quarters at today's rent",
                "=IF(ROUND(1-rent_factor,decimals)=0,SUMPRODUCT(quarter_shares,rent_index),"
                "(1-rent_factor^whole_quarters)/(1-rent_factor)+rent_factor^whole_quarters"
                "*(horizon_years*quarters_per_year-whole_quarters))",
                "quarters",
                "rent_series",
                "(1 - x^n) / (1 - x), and a last part of a quarter: so many quarters at today's "
                "rent cost as much as the horizon.",
                number_format="#,##0.00",
            ),
            Line(
                "Discount rate of a quarter",
                "=(1+discount_rate)^(1/quarters_per_year)-1",
                q.RATIO,
                "quarterly_rate",
                "Compounds to the rate of a year.",
                unit="ratio/quarter",
                number_format="0.0000%",
            ),
        ),
    ),
    Group(
        "Total cash, not discounted",
        _ways("total cash", "total", "=SUM({way}_flows)", "All flows of the sheet Cash flow."),
    ),
    Group(
        "Net present value",
        _ways(
            "net present value",
            "npv",
            "=SUMPRODUCT(discount_factors,{way}_flows)",
            "Flows × discount factors; a quarter's flows fall at its end. A cost is negative.",
        ),
    ),
    Group(
        "Net present value by Excel's NPV",
        _ways(
            "by Excel's NPV",
            "excel_npv",
            "={way}_opening+NPV(quarterly_rate,{way}_later)",
            "Opening + NPV of the quarters, by the rate of a quarter: a second way.",
        ),
    ),
    Group(
        "Cost of a used GPU-hour, not discounted",
        _ways(
            "not discounted",
            "average",
            "=-total_{way}/used_hours",
            "Total cash / used hours.",
            PER_USED_HOUR,
        ),
    ),
    Group(
        "Cost of a used GPU-hour, levelised",
        _ways(
            "levelised",
            "levelised",
            "=-npv_{way}/discounted_hours",
            "Net present value / discounted hours: one price for all years, with interest.",
            PER_USED_HOUR,
        ),
    ),
    Group(
        "Decision",
        (
            _money(
                "Lowest levelised cost",
                "=MIN(levelised_buy,levelised_lease,levelised_rent,levelised_reserved)",
                "lowest_cost",
                "The smallest of the four.",
                PER_USED_HOUR,
            ),
            Line(
                "Cheapest way",
                '=IF(levelised_buy=lowest_cost,"Buy",IF(levelised_lease=lowest_cost,"Lease",'
                'IF(levelised_rent=lowest_cost,"Rent on demand","Rent reserved")))',
                "text",
                "cheapest_way",
                "The way with the lowest levelised cost; the first of them if several have it.",
            ),
            _money(
                "Buying less renting on demand",
                "=npv_buy-npv_rent",
                "npv_gain",
                "Net present value that buying saves; in brackets what it loses.",
            ),
            _money(
                "Buying less renting reserved",
                "=npv_buy-npv_reserved",
                "npv_gain_reserved",
                "The same against a commitment.",
            ),
            _money(
                "Buying less leasing",
                "=npv_buy-npv_lease",
                "npv_gain_lease",
                "The same against the lease.",
            ),
        ),
    ),
    Group(
        "Break-even of buying against renting on demand",
        (
            Line(
                "Break-even utilisation",
                "=IF(npv_power>npv_rent,"
                f'utilisation*(npv_power-npv_buy)/(npv_power-npv_rent),"{NONE}")',
                q.RATIO,
                "break_even_utilisation",
                "=IF(npv_power>npv_rent,IF(break_even_utilisation>1,"
                '"Above 100 %: renting is cheaper at any utilisation.",'
                '"Above it buying has the higher net present value."),'
                '"Renting costs less than the power of machines of one\'s own: none.")',
            ),
            Line(
                "Break-even utilisation at today's rent",
                "=IF(rent_price>power_hour,((unit_price-resale_value)/life_years+upkeep_per_year)"
                f'/hours_per_year/(rent_price-power_hour),"{NONE}")',
                q.RATIO,
                "break_even_today",
                "=IF(rent_price>power_hour,"
                '"((Price - resale value) / life + upkeep) / 8,760 / (rent - power of an hour); '
                'no interest, no decline of rents.",'
                '"Renting costs less than the power of machines of one\'s own: none.")',
            ),
            _money(
                "Running cost of a used hour",
                "=upkeep_hour+power_hour",
                "running_hour",
                "Upkeep + power, without capital.",
                PER_USED_HOUR,
            ),
            Line(
                "Hours of use that pay for a GPU",
                "=IF(rent_price>running_hour,"
                f'RENT_OR_BUY_HOURS(unit_price,running_hour,rent_price),"{NONE}")',
                q.GPU_HOURS,
                "break_even_hours",
                "=IF(rent_price>running_hour,"
                '"Price / (today\'s rent - running cost): used hours of one GPU.",'
                "\"At this utilisation renting costs less than running machines of one's own: "
                'buying never pays.")',
            ),
            Line(
                "Years until then",
                f'=IF(rent_price>running_hour,break_even_hours/({USED_A_YEAR}),"{NONE}")',
                q.YEARS,
                "break_even_years",
                "Hours / used hours of a year, at today's rent.",
            ),
            Line(
                "Break-even quarter",
                f'=IF(SUM(buying_ahead)>0,MATCH(1,buying_ahead,0),"{NONE}")',
                "quarter",
                "break_even_quarter",
                "=IF(SUM(buying_ahead)>0,"
                '"The first quarter at whose end buying has cost no more cash than renting.",'
                '"Within the horizon buying never has cost less cash than renting.")',
                number_format="0",
            ),
            Line(
                "Break-even month",
                f"=IF(SUM(buying_ahead)>0,IF(INDEX(gap,break_even_quarter)<0,"
                "months_per_year/quarters_per_year*(break_even_quarter-1"
                "+INDEX(quarter_shares,break_even_quarter)*INDEX(gap,break_even_quarter)"
                "/(INDEX(gap,break_even_quarter)-INDEX(gap,break_even_quarter+1))),0),"
                f'"{NONE}")',
                "months",
                "break_even_month",
                "In a straight line between the ends of two quarters, on the cumulative cash.",
                number_format="#,##0.0",
            ),
        ),
    ),
    Group(
        "For the curves over utilisation",
        (
            _money(
                "Power of buying",
                "=SUMPRODUCT(discount_factors,power_flows)",
                "npv_power",
                "Net present value: the part that follows the use.",
            ),
            _money(
                "Buying, without power",
                "=-(npv_buy-npv_power)/discounted_hours*utilisation",
                "buy_fixed",
                "Levelised cost of an hour, used or not.",
                PER_HOUR,
            ),
            _money(
                "Leasing, without power",
                "=-(npv_lease-npv_power*lease_running_share)/discounted_hours*utilisation",
                "lease_fixed",
                "The same for the lease.",
                PER_HOUR,
            ),
            _money(
                "Renting reserved",
                "=levelised_reserved*utilisation",
                "reserved_fixed",
                "The same for a commitment, which is paid for in all hours.",
                PER_HOUR,
            ),
        ),
    ),
)

SOURCES = (
    (
        "gpu_price",
        "The newest purchase price of the accelerator",
        "The sheet Prices; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    (
        "server_share",
        "63 % on top of a GPU's price",
        "DGX H100 at 375,000 USD for 8 GPUs against a board of 8 at 230,000, both 2025-03-03 "
        "(gpu_purchase-106, gpu_purchase-105).",
    ),
    (
        "life_years",
        "5 years",
        "Amazon.com, annual report (10-K) for 2024: useful life of a part of servers and network "
        "equipment from 6 to 5 years as of 2025-01-01.",
    ),
    ("server_power_share", "10.2 kW at most", "NVIDIA, DGX H100 data sheet; the 40 % are assumed."),
    (
        "pue",
        "1.42, 1.15 and 1.56",
        "The sheet Prices: Equinix 2023, AWS 2023, Uptime Institute survey 2024.",
    ),
    (
        "power_price",
        "0.0892 USD/kWh, Virginia, industry",
        "EIA, Electric Power Annual 2023 (power-137).",
    ),
    (
        "colocation_kw_month",
        "184.06 USD a kilowatt and month",
        "CBRE, North America Data Center Trends H2 2024, 2025-02-26: average asking rate of "
        "primary markets for 250 to 500 kW.",
    ),
    (
        "rent_price",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; gpurentalprices.com and Epoch AI, CC BY 4.0, and others.",
    ),
    (
        "reserved_discount",
        "31 % for a year",
        f"{COMMITMENT} (gpu_rental-033, gpu_rental-032).",
    ),
    (
        "utilisation, discount_rate, resale_share, staff_per_year, maintenance_share, rent_decline",
        "70 %, 8 %, 10 %, 700, 3 %, 10 %",
        "Assumptions of this template; set your own.",
    ),
    (
        "lease_factor, lease_term, renewal_share, lease_exit_share",
        "3 % a month, 3 years, 50 %, 100 %",
        "Assumptions of this template: set your offer's.",
    ),
)


def _npv_check(label: str, way: str) -> Check:
    return Check(
        label,
        f"=npv_{way}",
        "=",
        f"=excel_npv_{way}",
        MONEY_FORMAT,
        "Own factors by the rate of a year against Excel's NPV.",
    )


CHECKS = (
    Check(
        "GPUs, life, horizon and lease term are above 0",
        "=MIN(gpus,life_years,horizon_years,lease_term,reserved_term)",
        ">",
        0,
        "#,##0.00",
        "The smallest of them, and of the commitment's length.",
    ),
    Check(
        "Utilisation is at most 100 %",
        "=utilisation",
        "≤",
        "=Sensitivity!$C$5",
        "0.0%",
        "70 instead of 70 % would fail.",
    ),
    Check(
        "The horizon fits the 20 quarters",
        "=horizon_years*quarters_per_year",
        "≤",
        "=last_quarter",
        "0.00",
        "What lies behind would be lost.",
    ),
    Check(
        "The parts of an owned hour add up",
        "=capital_hour+upkeep_hour+power_hour",
        "=",
        "=owned_hour",
        "#,##0.0000",
        "Capital + upkeep + power against OWNED_GPU_HOUR.",
    ),
    Check(
        "The cash of buying is that of OWNED_GPU_HOUR",
        "=average_buy",
        "=",
        "=owned_hour",
        "#,##0.0000",
        "Cash with purchases and sales / used hours against the function.",
    ),
    Check(
        "The used hours agree",
        "=SUM(hours_used)",
        "=",
        "=used_hours",
        "#,##0",
        "Quarters against years.",
    ),
    Check(
        "The power of the quarters is that of the energy",
        "=-SUM(power_flows)",
        "=",
        "=fleet_mwh*kwh_per_mwh*power_price",
        MONEY_FORMAT,
        "Cash flow against ENERGY_MWH.",
    ),
    _npv_check("Both net present values agree: buy", "buy"),
    _npv_check("Both net present values agree: lease", "lease"),
    _npv_check("Both net present values agree: rent on demand", "rent"),
    _npv_check("Both net present values agree: rent reserved", "reserved"),
    Check(
        "Purchases are written off or sold",
        "=SUM(sale_flows)-SUM(depreciation_flows)",
        "=",
        "=-SUM(capital_flows)",
        MONEY_FORMAT,
        "Sales + depreciation against purchases: no gain and no loss is left.",
    ),
    Check(
        "The lease's cash is its closed form",
        "=-total_lease",
        "=",
        "=gpus*lease_rate*lease_payments*(MIN(lease_term,horizon_years)"
        "+MAX(0,horizon_years-lease_term)*renewal_share"
        "+MAX(0,lease_term-horizon_years)*lease_exit_share)"
        "+lease_running_share*running_hour*used_hours",
        MONEY_FORMAT,
        "Rates and running cost by years; the deposit comes back.",
    ),
    Check(
        "The rents are a geometric series",
        "=-total_rent",
        "=",
        "=gpus*hours_per_year/quarters_per_year*utilisation*rent_price*rent_series",
        MONEY_FORMAT,
        "20 quarters against (1 - x^n) / (1 - x).",
    ),
    Check(
        "The first quarter's rent is that of GPU_COST",
        "=-INDEX(rent_later,1)",
        "=",
        "=GPU_COST(INDEX(hours_used,1),rent_price)",
        MONEY_FORMAT,
        "Used hours × today's price.",
    ),
    Check(
        "The cumulative lines end at the totals",
        "=buy_end+lease_end+rent_end+reserved_end",
        "=",
        "=total_buy+total_lease+total_rent+total_reserved",
        MONEY_FORMAT,
        "Sums along the quarters against sums of the rows.",
    ),
    Check(
        "The years add up to the totals",
        "=SUM(cash_by_year)",
        "=",
        "=total_buy+total_lease+total_rent+total_reserved",
        MONEY_FORMAT,
        "The sheet Comparison by years against the sheet Cash flow by quarters.",
    ),
    Check(
        "The parts of the hour add up in the comparison",
        "=SUM(parts_of_hours)",
        "=",
        "=average_buy+average_lease+average_rent+average_reserved",
        "#,##0.0000",
        "Capital, upkeep and power of the four ways against their averages.",
    ),
    Check(
        "Owning at the break-even of today costs the rent",
        "=IF(rent_price>power_hour,IF(AND(break_even_today>0,break_even_today<=1),"
        "OWNED_GPU_HOUR(unit_price-resale_value,life_years,unit_watts,power_price,pue,"
        "break_even_today,upkeep_per_year),IF(break_even_today>1,"
        "(capital_hour+upkeep_hour)*utilisation/break_even_today+power_hour,rent_price)),"
        "rent_price)",
        "=",
        "=rent_price",
        "#,##0.0000",
        "Put back into OWNED_GPU_HOUR; passes where there is no break-even.",
    ),
    Check(
        "Buying at the break-even utilisation costs the levelised rent",
        "=IF(npv_power>npv_rent,IF(break_even_utilisation>0,"
        "buy_fixed/break_even_utilisation+power_hour,levelised_rent),levelised_rent)",
        "=",
        "=levelised_rent",
        "#,##0.0000",
        "Put back into the curve of the sheet Sensitivity.",
    ),
    Check(
        "The break-even hours save the price",
        "=IF(rent_price>running_hour,break_even_hours*(rent_price-running_hour),unit_price)",
        "=",
        "=unit_price",
        MONEY_FORMAT,
        "Hours × (rent - running cost) against the price of a GPU.",
    ),
    Check(
        "The curve of buying goes through this case",
        "=buy_fixed/utilisation+power_hour",
        "=",
        "=levelised_buy",
        "#,##0.0000",
        "The curve's formula at the own utilisation.",
    ),
    Check(
        "The curve of leasing goes through this case",
        "=lease_fixed/utilisation+power_hour*lease_running_share",
        "=",
        "=levelised_lease",
        "#,##0.0000",
        "The curve's formula at the own utilisation.",
    ),
    Check(
        "The table of net present values holds this case",
        "=npv_table_middle",
        "=",
        "=npv_buy",
        MONEY_FORMAT,
        "Middle of the table on the sheet Sensitivity.",
    ),
    Check(
        "The table of differences holds this case",
        "=npv_table_middle-gain_table_middle",
        "=",
        "=npv_rent",
        MONEY_FORMAT,
        "Middle of both tables against the net present value of renting.",
    ),
)

PURPOSE = (
    "Whether a fleet of GPUs is better bought, leased or rented.",
    "What does a used GPU-hour cost by each way, with interest and without?",
    "Which cash flows when, and what are its net present values?",
    "From which utilisation, from how many hours and from which month does buying pay?",
    "What if the utilisation, the discount rate or the price of power is not as assumed?",
)
PRINT = (
    "Read the sheet Summary, and print it: every sheet fits the width of a page, Cash flow that of "
    "two."
)
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Cash flow", "Comparison", "Sensitivity"),
    *("Checks", "Catalogue", "Prices", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    book = Book("Buy, lease or rent GPUs", "xlcalc template new gpu_tco", texts)
    cover = cover_page(book, PURPOSE, (STEPS[0], PRINT, *STEPS[2:]))
    summary = summary_sheet(book)
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells. "
        "Prices and costs are typed in as positive numbers.",
        INPUTS,
    )
    cash = cash_sheet(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. Cash that is paid is negative, in brackets; costs of "
        "an hour are positive.",
        RESULTS,
        editable=False,
    )
    comparison = comparison_sheet(book)
    sensitivity = sensitivity_sheet(book)
    checks_page(book, CHECKS)
    catalogue_page(book)
    prices_page(book)
    sources_page(book, RUN_SOURCE, SOURCES)
    write_summary(summary, cash, comparison, sensitivity)
    book.order(TABS)
    finish_cover(cover)
    return book
