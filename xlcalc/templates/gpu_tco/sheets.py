"""How do the four ways to have GPUs compare: by year, by hour, over utilisation, in short?

The sheets of comparison, sensitivity and summary read the cash flows and the results.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import Reference
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.gpu_tco.cash import CASH, OPENING, QUARTERS, WAYS
from xlcalc.templates.parts.checks import verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT
from xlcalc.templates.parts.front import BIG_MONEY, key_figures, tile
from xlcalc.templates.parts.tables import Column, Table, Timeline

YEARS = QUARTERS // 4
PER_USED_HOUR = '=currency&"/used GPU-hour"'
LEVELS = 10
POINTS = (-0.06, -0.04, -0.02, 0.0, 0.02, 0.04, 0.06)
"""Steps of the discount rate, in points."""
STEPS = (-0.5, -0.25, -0.1, 0.0, 0.25, 0.5, 1.0)
"""Relative steps of the price of power."""
CENTRE = len(STEPS) // 2
CURVES = 10


@dataclass(frozen=True)
class Comparison:
    """The tables of the sheet Comparison."""

    years: Table
    parts: Table


def comparison_sheet(book: Book) -> Comparison:
    """Write the ways side by side: net cash by year, and what a used hour consists of."""
    page = Page(
        book,
        "Comparison",
        (2, 26, *(19,) * 7),
        "Comparison",
        "The four ways side by side, by year and by hour.",
    )
    page.section('="What a used GPU-hour costs, in "&currency')
    labels = [f'="{label}"' for _, label in WAYS]
    parts = Table(
        page,
        (
            Column("way", "Way", labels, words=True),
            Column(
                "capital",
                "Capital, rates\nor rents",
                [
                    "=capital_hour",
                    "=-(SUM(row_deposit)+SUM(row_rates)+SUM(row_renewal)+SUM(row_exit))/used_hours",
                    "=average_rent",
                    "=average_reserved",
                ],
                PRICE_FORMAT,
            ),
            Column(
                "upkeep",
                "Upkeep",
                ["=upkeep_hour", "=-SUM(row_lease_upkeep)/used_hours", "=0", "=0"],
                PRICE_FORMAT,
            ),
            Column(
                "power",
                "Power",
                ["=power_hour", "=-SUM(row_lease_power)/used_hours", "=0", "=0"],
                PRICE_FORMAT,
            ),
            Column("average", "Not discounted", _each("average"), PRICE_FORMAT),
            Column("levelised", "Levelised", _each("levelised"), PRICE_FORMAT),
            Column(
                "more",
                "Above the\ncheapest",
                "={levelised}-lowest_cost",
                CASH.replace("#,##0", "#,##0.00"),
            ),
            Column(
                "share",
                "Above it\nratio",
                "=IF(lowest_cost>0,{levelised}/lowest_cost-1,0)",
                '0.0%;-0.0%;"–"',
            ),
        ),
        len(WAYS),
    )
    book.define("parts_of_hours", page.sheet, parts.cell("capital", 0), parts.cell("power", -1))
    page.put(
        page.row,
        2,
        "The first three add up to the cost that is not discounted; the levelised cost bears "
        "interest.",
        styles.NOTE,
    )
    page.row += 2
    page.section('="The fleet over the horizon, in "&currency')
    Table(
        page,
        (
            Column("way", "Way", labels, words=True),
            Column("total", "Total cash", _each("total"), MONEY_FORMAT),
            Column("npv", "Net present value", _each("npv"), MONEY_FORMAT),
            Column("excel", "The same by\nExcel's NPV", _each("excel_npv"), MONEY_FORMAT),
            Column("interest", "Effect of\ndiscounting", "={npv}-{total}", MONEY_FORMAT),
            Column("less", "Saved by\nbuying", "=npv_buy-{npv}", CASH),
        ),
        len(WAYS),
    )
    page.put(
        page.row,
        2,
        "The last column is the net present value that buying saves against a way, or loses, in "
        "brackets.",
        styles.NOTE,
    )
    page.row += 2
    page.section('="Net cash by year, in "&currency')
    years = Table(
        page,
        (
            Column(
                "year",
                "Year",
                list(range(YEARS + 1)),
                '"Year "0;;"Opening"',
                literal=True,
            ),
            *(
                Column(
                    way,
                    label,
                    f"=SUMIFS({way}_flows,years_of_quarters,{{year}})",
                    CASH,
                )
                for way, label in WAYS
            ),
        ),
        YEARS + 1,
    )
    book.define("cash_by_year", page.sheet, years.cell("buy", 0), years.cell("reserved", -1))
    page.put(page.row, 2, "Total", styles.BOLD, border=styles.TOTAL, alignment=styles.RIGHT)
    for column, (way, _) in enumerate(WAYS, start=3):
        cells = f"{years.cell(way, 0).coordinate}:{years.cell(way, -1).coordinate}"
        page.put(
            page.row,
            column,
            f"=SUM({cells})",
            styles.BOLD,
            number_format=CASH,
            alignment=styles.RIGHT,
            border=styles.TOTAL,
        )
    page.row += 2
    charts.columns(
        page,
        f"B{page.row}:I{page.row + 15}",
        Look(
            "Net cash by year, in thousands",
            y_format="#,##0,;(#,##0,)",
            x_format='"Year "0;;"Opening"',
            y_from_zero=False,
        ),
        years.values("year"),
        [Curve(label, years.values(way)) for way, label in WAYS],
    ).x_axis.tickLblPos = "low"
    page.finish(cursor="B5", last_row=page.row + 16)
    page.sheet.page_setup.fitToHeight = 1
    return Comparison(years, parts)


def _each(prefix: str) -> list[str]:
    return [f"={prefix}_{way}" for way, _ in WAYS]


def sensitivity_sheet(book: Book) -> Table:
    """Write cost over utilisation, and net present values over discount rate and power price."""
    page = Page(
        book,
        "Sensitivity",
        (2, 22, *(17,) * 7),
        "Sensitivity",
        "What the cost and the net present value become when an assumption is off. The middle of "
        "a table is the case itself.",
    )
    for row, label, value, name, note in (
        (5, "Highest utilisation", q.UTILISATION.at_most, "", "The curves end here."),
        (
            6,
            "Lowest, of break-even",
            0.5,
            "curve_start",
            "The curves begin at this part of the break-even utilisation, so that they cross in "
            "sight; of the own utilisation where there is none.",
        ),
    ):
        page.put(row, 2, label)
        cell = page.put(row, 3, value, number_format="0%", alignment=styles.RIGHT)
        page.put(row, 4, note, styles.NOTE, alignment=styles.INDENTED)
        if name:
            cell.font, cell.fill, cell.protection = styles.INPUT, styles.INPUT_FILL, styles.UNLOCKED
            validate_number(page, cell, label, q.UTILISATION)
            book.define(name, page.sheet, cell)
    book.alias("highest_utilisation", page.sheet, page.sheet.cell(5, 3))
    page.put(7, 2, "Lowest")
    page.put(
        7,
        3,
        "=curve_start*IF(ISNA(break_even_utilisation),utilisation,IF(npv_power>npv_rent,"
        "IF(break_even_utilisation>0,MIN(break_even_utilisation,$C$5),utilisation),utilisation))",
        number_format="0.0%",
        alignment=styles.RIGHT,
    )
    page.put(
        7,
        4,
        "From here the levels rise by one factor; they may be overwritten.",
        styles.NOTE,
        alignment=styles.INDENTED,
    )
    page.row = CURVES - 1
    page.section('="Levelised cost of a used GPU-hour over utilisation, in "&currency')
    curves = Table(
        page,
        (
            Column("number", "Level", list(range(1, LEVELS + 1)), "0"),
            Column(
                "level",
                "Utilisation",
                "=$C$7*($C$5/$C$7)^(({number}-{number.first})/({number.last}-{number.first}))",
                "0.0%",
                q.UTILISATION,
                editable=True,
            ),
            Column("buy", "Buy", "=buy_fixed/{level}+power_hour", PRICE_FORMAT),
            Column(
                "lease",
                "Lease",
                "=lease_fixed/{level}+power_hour*lease_running_share",
                PRICE_FORMAT,
            ),
            Column("rent", "Rent on demand", "=levelised_rent", PRICE_FORMAT),
            Column("reserved", "Rent reserved", "=reserved_fixed/{level}", PRICE_FORMAT),
            Column(
                "cheapest",
                "Cheapest",
                '=IF({buy}=MIN({buy},{lease},{rent},{reserved}),"Buy",'
                'IF({lease}=MIN({buy},{lease},{rent},{reserved}),"Lease",'
                "IF({rent}=MIN({buy},{lease},{rent},{reserved}),"
                '"Rent on demand","Rent reserved")))',
            ),
            Column(
                "owned",
                "Buy, not\ndiscounted",
                "=OWNED_GPU_HOUR(unit_price-resale_value,life_years,unit_watts,power_price,pue,"
                "{level},upkeep_per_year)",
                PRICE_FORMAT,
            ),
        ),
        LEVELS,
    )
    page.put(
        page.row,
        2,
        "All hours of buying, leasing and a commitment are paid for, so their cost of a used hour "
        "falls with the use; rent on demand does not.",
        styles.NOTE,
    )
    for row in range(LEVELS):
        curves.cell("level", row).font = styles.TEXT  # a default that is a formula is black
    page.row += 2
    _curves(
        page,
        f"B{page.row}:I{page.row + 18}",
        Look(
            "Levelised cost of a used GPU-hour over utilisation",
            "Utilisation",
            x_format="0%",
            y_format="#,##0.00",
        ),
        curves,
    )
    page.row += 20
    _npv_tables(page)
    page.finish(cursor=f"C{CURVES + 1}")
    page.sheet.page_setup.orientation = "portrait"
    page.sheet.page_setup.fitToHeight = 1
    return curves


def _curves(page: Page, anchor: str, look: Look, curves: Table) -> None:
    """Draw the cost over utilisation, up to 100 %."""
    ways = [Curve(label, curves.values(way)) for way, label in WAYS]
    chart = charts.scatter(page, anchor, look, curves.values("level"), ways, markers=False)
    chart.x_axis.scaling.max = q.UTILISATION.at_most


def _npv_tables(page: Page) -> None:
    """Write the present values by discount rate, and two tables over the price of power."""
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL}
    page.section("Change of an assumption")
    _inputs(page, "Discount rate, points", POINTS, '+0%;-0%;"0%"')
    _inputs(page, "Price of power", STEPS, '+0%;-0%;"0%"')
    points, steps = page.row - 2, page.row - 1
    page.row += 1
    page.section("Present values by discount rate")
    page.put(page.row, 2, "Discount rate", **head)
    rates = page.row
    lines = (
        (
            "Rate of a quarter",
            "=(1+{column}${year})^(1/quarters_per_year)-1",
            "0.000%",
        ),
        (
            "Buy, without power",
            "=buy_opening+NPV({column}{rate},buy_later)-NPV({column}{rate},power_later)",
            MONEY_FORMAT,
        ),
        ("Energy, kWh", "=NPV({column}{rate},energy_used)", "#,##0"),
        (
            "Rent on demand",
            "=rent_opening+NPV({column}{rate},rent_later)",
            MONEY_FORMAT,
        ),
    )
    for column in range(3, 3 + len(POINTS)):
        letter = get_column_letter(column)
        page.put(
            rates,
            column,
            f"=MAX(0,discount_rate+{letter}${points})",
            **head,
            number_format="0.0%",
            alignment=styles.RIGHT,
        )
        for row, (label, formula, shown) in enumerate(lines, start=rates + 1):
            page.put(row, 2, label, border=styles.HAIRLINE)
            page.put(
                row,
                column,
                formula.format(column=letter, year=rates, rate=rates + 1),
                number_format=shown,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
    page.row = rates + len(lines) + 2
    buy, energy, rent = rates + 2, rates + 3, rates + 4
    for caption, formula, alias in (
        (
            '="Net present value of buying, in "&currency&": price of power down, discount rate '
            'across"',
            f"={{column}}${buy}-$B{{row}}*{{column}}${energy}",
            "npv_table_middle",
        ),
        (
            '="Buying less renting on demand, in "&currency&": what buying saves"',
            f"={{column}}${buy}-$B{{row}}*{{column}}${energy}-{{column}}${rent}",
            "gain_table_middle",
        ),
    ):
        _grid(page, caption, formula, alias, rates, steps)


def _inputs(page: Page, label: str, steps: Sequence[float], shown: str) -> None:
    page.put(page.row, 2, label)
    for column, step in enumerate(steps, start=3):
        own = step == 0.0
        cell = page.put(
            page.row,
            column,
            step,
            styles.TEXT if own else styles.INPUT,
            number_format=shown,
            alignment=styles.RIGHT,
            border=styles.BOX,
            fill=None if own else styles.INPUT_FILL,
        )
        if not own:
            cell.protection = styles.UNLOCKED
            validate_number(page, cell, label, q.Quantity("ratio", at_least=-1.0))
    page.row += 1


def _grid(page: Page, caption: str, formula: str, alias: str, rates: int, steps: int) -> None:
    """Write a table over the price of power, down, and the discount rate, across."""
    head = {"font": styles.HEADING, "fill": styles.HEADING_FILL}
    page.section(caption)
    top = page.row
    page.put(top, 2, '=currency&"/kWh"', **head, alignment=styles.RIGHT)
    for column in range(3, 3 + len(POINTS)):
        page.put(
            top,
            column,
            f"={get_column_letter(column)}${rates}",
            **head,
            number_format="0.0%",
            alignment=styles.RIGHT,
        )
    for place in range(len(STEPS)):
        row = top + 1 + place
        page.put(
            row,
            2,
            f"=power_price*(1+{get_column_letter(3 + place)}${steps})",
            styles.BOLD,
            fill=styles.BAND_FILL,
            number_format="0.0000",
            alignment=styles.RIGHT,
        )
        for column in range(3, 3 + len(POINTS)):
            own = place == CENTRE == column - 3
            page.put(
                row,
                column,
                formula.format(column=get_column_letter(column), row=row),
                styles.BOLD if own else styles.TEXT,
                number_format=MONEY_FORMAT,
                alignment=styles.RIGHT,
                border=styles.BOX,
            )
    last = top + len(STEPS)
    page.book.alias(alias, page.sheet, page.sheet.cell(top + 1 + CENTRE, 3 + CENTRE))
    page.sheet.conditional_formatting.add(
        f"C{top + 1}:{get_column_letter(2 + len(POINTS))}{last}",
        ColorScaleRule(
            start_type="min",
            start_color="FFFBE3D6",
            mid_type="percentile",
            mid_value=50,
            mid_color="FFFFFFFF",
            end_type="max",
            end_color="FFE3F3EA",
        ),
    )
    page.row = last + 2


def summary_sheet(book: Book) -> Page:
    """Begin the summary, which stands before the sheets that it shows."""
    return Page(
        book,
        "Summary",
        (2, 31, 17, 19, 2, 20, 20, 20, 20),
        "Buy, lease or rent GPUs",
        "What a fleet of GPUs costs by each way. Change the sheet Inputs; this sheet follows.",
    )


def write_summary(page: Page, cash: Timeline, comparison: Comparison, curves: Table) -> None:
    """Fill the summary, when the other sheets are written."""
    page.put(3, 2, "=case_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    tile(
        page,
        (2, 2),
        "CHEAPEST WAY",
        "=cheapest_way",
        "General",
        '="of four, over "&TEXT(horizon_years,"0.0#")&" years"',
    )
    tile(page, (3, 4), "USED GPU-HOUR, LEVELISED", "=lowest_cost", PRICE_FORMAT, PER_USED_HOUR)
    tile(
        page,
        (6, 7),
        "NET PRESENT VALUE",
        "=ABS(npv_gain)",
        BIG_MONEY,
        '=currency&IF(npv_gain>=0," saved by buying over renting"," saved by renting over buying")',
    )
    tile(
        page,
        (8, 9),
        "BREAK-EVEN UTILISATION",
        "=break_even_utilisation",
        "0.0%",
        "=IF(npv_power>npv_rent,IF(break_even_utilisation>1,"
        '"above 100 %: renting is always cheaper","from here on buying beats renting"),'
        '"renting costs less than power alone")',
    )
    page.row = 9
    key_figures(
        page,
        "The fleet",
        (
            ("Accelerator", "=gpu", "General", ""),
            ("Number of GPUs", "=gpus", "#,##0", "GPUs"),
            ("Utilisation", "=utilisation", "0.0%", "of all hours"),
            ("Planning horizon", "=horizon_years", "0.0#", "years"),
            ("Price of the fleet", "=fleet_price", MONEY_FORMAT, "=currency"),
            ("Discount rate", "=discount_rate", "0.0%", "a year"),
        ),
    )
    key_figures(
        page,
        "A used GPU-hour, levelised",
        tuple((label, f"=levelised_{way}", PRICE_FORMAT, "=currency") for way, label in WAYS),
    )
    key_figures(
        page,
        "Net present value of the cost",
        tuple((label, f"=npv_{way}", MONEY_FORMAT, "=currency") for way, label in WAYS),
    )
    key_figures(
        page,
        "Buying against renting on demand",
        (
            ("Saved by buying", "=npv_gain", MONEY_FORMAT, "=currency"),
            ("Break-even utilisation", "=break_even_utilisation", "0.0%", "of all hours"),
            ("at today's rent", "=break_even_today", "0.0%", "no interest"),
            ("Hours that pay for a GPU", "=break_even_hours", "#,##0", "used GPU-hours"),
            ("Cumulative cash is ahead in", "=break_even_quarter", '"quarter "0', ""),
            ("after", "=break_even_month", "#,##0.0", "months"),
        ),
    )
    page.row -= 1
    page.put(
        page.row,
        2,
        "=IF(rent_price>running_hour,IF(SUM(buying_ahead)>0,"
        '"Buying pays for itself within the horizon.",'
        '"Within the horizon buying never has cost less cash than renting."),'
        "\"At this utilisation renting costs less than running machines of one's own: buying never "
        'pays.")',
        styles.NOTE,
        alignment=styles.LEFT,
    )
    page.row += 1
    verdict(page)
    _charts(page, cash, comparison, curves)
    page.finish(cursor="B3", last_row=43)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, cash: Timeline, comparison: Comparison, curves: Table) -> None:
    sheet = cash.page.sheet

    def row(key: str) -> Reference:
        place = cash.cell(key, 0).row
        last = OPENING + QUARTERS
        return Reference(sheet, min_col=OPENING, max_col=last, min_row=place, max_row=place)

    _curves(
        page,
        "F9:I19",
        Look(
            "Levelised cost of a used GPU-hour over utilisation",
            x_format="0%",
            y_format="#,##0.00",
        ),
        curves,
    )
    cumulative = charts.lines(
        page,
        "F21:I31",
        Look(
            "Cumulative cash by quarter, in thousands",
            x_format="0",
            y_format="#,##0,;(#,##0,)",
            y_from_zero=False,
        ),
        row("quarter"),
        [Curve(label, row(f"{way}_sum")) for way, label in WAYS],
    )
    cumulative.x_axis.tickLblPos = "low"
    parts = comparison.parts
    charts.columns(
        page,
        "F33:I43",
        Look("What a used GPU-hour consists of, not discounted", y_format="#,##0.00"),
        parts.values("way"),
        [
            Curve("Capital, rates or rents", parts.values("capital")),
            Curve("Upkeep", parts.values("upkeep")),
            Curve("Power", parts.values("power")),
        ],
        stacked=True,
    )
