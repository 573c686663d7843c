"""Which way to have GPUs is the cheapest, and does that hold? The summary on a page."""

from collections.abc import Sequence

from openpyxl.chart import Reference

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.gpu_tco.cash import OPENING, QUARTERS, WAYS
from xlcalc.templates.gpu_tco.sensitivity import Sensitivity
from xlcalc.templates.parts.checks import verdict
from xlcalc.templates.parts.figures import CURRENCY_AXIS, MONEY_AXIS
from xlcalc.templates.parts.summary import beside, summary_figures
from xlcalc.templates.parts.tables import Timeline
from xlcalc.templates.parts.tornado import tornado_chart

BASIS = (
    '="Price of a GPU: "&IF(ISNA(purchase_row),"typed in",IF(gpu_price=INDEX(purchase_medians,'
    'purchase_row),INDEX(purchase_markets,purchase_row),"typed in"))&". Rent: list '
    'prices, without a discount for so many GPUs; a commitment has "&TEXT(reserved_discount,"0%")'
    '&" off for "&TEXT(reserved_term,"0.0#")&" years."'
)
"""What the choice rests on, and how little that may be."""


def summary_sheet(book: Book) -> Page:
    """Begin the summary, which stands before the sheets that it shows."""
    return Page(
        book,
        "Summary",
        (2, 31, 17, 19, 2, 28, 28, 28, 28),
        "Buy, lease or rent GPUs",
        "What a fleet of GPUs costs with each choice. Change the sheet Inputs; this sheet follows.",
    )


def write_summary(page: Page, cash: Timeline, sensitivity: Sensitivity) -> None:
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
    top = summary_figures(page, "gpu_tco", first=6)
    verdict(page)
    _charts(page, beside(page, top, 3), cash, sensitivity)
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1


def _charts(page: Page, places: Sequence[str], cash: Timeline, sensitivity: Sensitivity) -> None:
    sheet = cash.page.sheet

    def row(key: str) -> Reference:
        place = cash.cell(key, 0).row
        last = OPENING + QUARTERS
        return Reference(sheet, min_col=OPENING, max_col=last, min_row=place, max_row=place)

    chart = tornado_chart(
        page,
        places[0],
        sensitivity.tornado,
        "What buying saves over the cheaper way to rent: change by driver",
        top=8,
    )
    chart.legend.position = "t"
    charts.columns(
        page,
        places[1],
        Look(
            "Net present value by horizon",
            "Horizon, years",
            CURRENCY_AXIS,
            x_format="0",
            y_format=MONEY_AXIS,
            y_from_zero=False,
        ),
        sensitivity.horizons.values("years"),
        [Curve(label, sensitivity.horizons.values(way)) for way, label in WAYS],
    )
    cumulative = charts.lines(
        page,
        places[2],
        Look(
            "Cumulative cash: payback where the lines cross",
            "Quarter",
            CURRENCY_AXIS,
            x_format="0",
            y_format=MONEY_AXIS,
            y_from_zero=False,
        ),
        row("quarter"),
        [Curve("Buy", row("buy_sum")), Curve("Rent on demand", row("rent_sum"))],
    )
    cumulative.x_axis.tickLblPos = "low"
