"""Which way to have GPUs is the cheapest, and does that hold? The summary on a page."""

from openpyxl.chart import Reference

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.gpu_tco.cash import OPENING, QUARTERS, WAYS
from xlcalc.templates.gpu_tco.comparison import Comparison
from xlcalc.templates.gpu_tco.sensitivity import Sensitivity
from xlcalc.templates.parts.checks import verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT
from xlcalc.templates.parts.front import BIG_MONEY, key_figures, tile
from xlcalc.templates.parts.tables import Timeline
from xlcalc.templates.parts.tornado import tornado_chart

BASIS = (
    '="Price of a GPU: "&IF(ISNUMBER(purchase_row),IF(gpu_price=INDEX(purchase_medians,'
    'purchase_row),INDEX(purchase_markets,purchase_row),"typed in"),"typed in")&". Rent: list '
    'prices, without a discount for so many GPUs; a commitment has "&TEXT(reserved_discount,"0%")'
    '&" off for "&TEXT(reserved_term,"0.0#")&" years."'
)
"""What the choice rests on, and how little that may be."""
PER_USED_HOUR = '=currency&"/used GPU-hour"'


def summary_sheet(book: Book) -> Page:
    """Begin the summary, which stands before the sheets that it shows."""
    return Page(
        book,
        "Summary",
        (2, 31, 17, 19, 2, 20, 20, 20, 20),
        "Buy, lease or rent GPUs",
        "What a fleet of GPUs costs by each way. Change the sheet Inputs; this sheet follows.",
    )


def write_summary(
    page: Page, cash: Timeline, comparison: Comparison, sensitivity: Sensitivity
) -> None:
    """Fill the summary, when the other sheets are written."""
    page.put(3, 2, "=case_name", styles.SECTION, alignment=styles.LEFT)
    page.put(
        4,
        2,
        '="At "&TEXT(rent_price,"0.00")&" "&currency&" an hour: "&choice_median&". At "'
        '&TEXT(rent_low,"0.00")&", the lowest of the market: "&choice_low&"; at "'
        '&TEXT(rent_high,"0.00")&", the highest: "&choice_high&". Buying beats renting on demand '
        'from "&TEXT(break_even_rent,"0.00")&" on."',
        styles.BOLD,
        alignment=styles.LEFT,
    )
    page.put(5, 2, BASIS, styles.NOTE, alignment=styles.LEFT)
    page.row = 6
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
        "BUYING AGAINST RENTING",
        "=ABS(npv_gain_rent)",
        BIG_MONEY,
        '=currency&IF(npv_gain_rent>=0," of NPV saved by buying"," of NPV saved by renting")',
    )
    tile(
        page,
        (8, 9),
        "BREAK-EVEN UTILISATION",
        "=break_even_utilisation",
        "0.0%",
        "=IF(npv_power>npv_rent,IF(break_even_utilisation>1,"
        '"above 100 %: renting is always cheaper","from here on buying beats renting on demand"),'
        '"renting costs less than power alone")',
    )
    page.row = 10
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
            ("against a commitment", "=npv_gain_reserved", MONEY_FORMAT, "=currency"),
            ("without the sale at the end", "=npv_buy_without-npv_rent", MONEY_FORMAT, "=currency"),
            ("Break-even utilisation", "=break_even_utilisation", "0.0%", "of all hours"),
            ("Payback after", "=break_even_month", "#,##0.0", "months"),
        ),
    )
    key_figures(
        page,
        "The choice over the market's rents",
        tuple(
            (label, f"=choice_{word}", "General", f'=TEXT({rent},"0.00")&" "&currency')
            for label, word, rent in (
                ("At the lowest rent", "low", "rent_low"),
                ("At the rent of this case", "median", "rent_price"),
                ("At the highest rent", "high", "rent_high"),
            )
        ),
    )
    verdict(page)
    _charts(page, cash, comparison, sensitivity)
    page.finish(cursor="B3", last_row=56)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, cash: Timeline, comparison: Comparison, sensitivity: Sensitivity) -> None:
    sheet = cash.page.sheet

    def row(key: str) -> Reference:
        place = cash.cell(key, 0).row
        last = OPENING + QUARTERS
        return Reference(sheet, min_col=OPENING, max_col=last, min_row=place, max_row=place)

    chart = tornado_chart(
        page,
        "F10:I23",
        sensitivity.tornado,
        "Buying less the cheaper way to rent: change, in millions",
        y_format="#,##0.0,,;(#,##0.0,,)",
        top=8,
    )
    chart.legend.position = "t"
    charts.columns(
        page,
        "F25:I34",
        Look(
            "Net present value by horizon in years, in millions",
            x_format="0",
            y_format="#,##0,,;(#,##0,,)",
            y_from_zero=False,
        ),
        sensitivity.horizons.values("years"),
        [Curve(label, sensitivity.horizons.values(way)) for way, label in WAYS],
    )
    cumulative = charts.lines(
        page,
        "F36:I45",
        Look(
            "Cumulative cash by quarter, in millions: buying pays back where they cross",
            x_format="0",
            y_format="#,##0,,;(#,##0,,)",
            y_from_zero=False,
        ),
        row("quarter"),
        [Curve("Buy", row("buy_sum")), Curve("Rent on demand", row("rent_sum"))],
    )
    cumulative.x_axis.tickLblPos = "low"
    parts = comparison.parts
    charts.columns(
        page,
        "F47:I56",
        Look("What a used GPU-hour consists of, not discounted", y_format="#,##0.00"),
        parts.values("way"),
        [
            Curve("Capital, rates or rents", parts.values("capital")),
            Curve("Upkeep and idle power", parts.values("upkeep")),
            Curve("Power of used hours", parts.values("power")),
            Curve("Tax", parts.values("tax")),
        ],
        stacked=True,
    )
