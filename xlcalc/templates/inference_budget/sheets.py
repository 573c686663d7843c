"""What does the traffic cost at list prices, at other volumes and over a year?

`api_prices` writes the sheet API prices, `volumes` the sheet Volume, and `year` the sheet Year.
"""

import contextlib
import math
from collections.abc import Mapping

from openpyxl.chart import Reference

from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.catalogue import CatalogueValue, catalogues
from xlcalc.catalogue.quotes import BASE
from xlcalc.errors import NotFoundError
from xlcalc.templates.parts.catalogues import token_offers, token_prices_page
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import (
    CURRENCY_AXIS,
    MONEY_FORMAT,
)
from xlcalc.templates.parts.money import rate_of
from xlcalc.templates.parts.tables import Column, Table

VOLUME_STEPS = tuple(step / 10 for step in range(21))
"""Volumes over the larger of this case's and the break-even's."""
MONTHS = 12


def api_prices(book: Book) -> None:
    """Write what this traffic would cost at each list price, and the margin of own serving."""
    offers = token_offers()
    known = {BASE: "=currency_rate", "CNY": "=cny_rate"}
    rates = [known.get(str(offer["currency"]), f"={rate_of('{currency}')}") for offer in offers]
    special = [
        (key, heading, instead, [_listed(offer, direction) for offer in offers])
        for key, heading, instead, direction in (
            ("cached", "Cached input", "input_price", "cache_read"),
            ("batch_input", "Input in\nbatches", "input_price", "input_batch"),
            ("batch_output", "Output in\nbatches", "output_price", "output_batch"),
        )
    ]
    month = (
        "=API_COST(prompt_mtokens*tokens_per_million,output_mtokens*tokens_per_million,"
        "(1-batch_share)*((1-cached_share)*{own_input}+cached_share*{own_cached})"
        "+batch_share*{own_batch_input},"
        "(1-batch_share)*{own_output}+batch_share*{own_batch_output})"
    )
    per_million = '=IF(month_mtokens>0,{month}/month_mtokens,"-")'
    share = '=IF({month}>0,{margin}/{month},"-")'
    computed = (
        (Column("rate", "Rate of\nexchange", rates, "0.0000"), 10),
        (_converted("own_input", "Input price", "{input_price}"), 11),
        (_converted("own_output", "Output price", "{output_price}"), 11),
        *(
            (Column(key, heading, prices, "#,##0.00#", literal=True), 10)
            for key, heading, _, prices in special
        ),
        *(
            (
                _converted(
                    f"own_{key}",
                    heading.replace("\n", " "),
                    f"IF(ISNUMBER({{{key}}}),{{{key}}},{{{instead}}})",
                ),
                11,
            )
            for key, heading, instead, _ in special
        ),
        (Column("month", "This traffic,\na month", month, "#,##0"), 15),
        (Column("million", "This traffic,\n1 M tokens", per_million, "#,##0.00"), 12),
        (Column("margin", "Margin of own\nserving", "={month}-own_cost", MONEY_FORMAT), 17),
        (Column("share", "Margin over\nlist price", share, "#,##0%_);(#,##0%)"), 12),
        (Column("own", "Own serving,\n1 M tokens", "=own_mtokens_cost", "#,##0.00"), 12),
    )
    page, table = token_prices_page(
        book,
        computed,
        subtitle="What this traffic would cost at the list prices of APIs, or bring in, and what "
        "own serving leaves of it. Without a price for cached input or batches, the usual one "
        "counts. Collected on 2026-11-26.",
    )
    for key in ("input", "output", "cached", "batch_input", "batch_output"):
        table.name(f"own_{key}", f"api_{key}_prices")
    page.row += 1
    last = page.row + 27
    source = table.cell("source", 0)  # the notes behind it are long, and for the screen
    charts.columns(
        page,
        f"C{page.row}:J{last}",  # within the first of its printed pages
        Look(
            "A million tokens of this traffic at list prices, logarithmic",
            y_title=CURRENCY_AXIS,
            y_format="#,##0.00",
            y_log=True,
            x_upright=True,
        ),
        table.values("model"),
        [Curve("List price of the API", table.values("million"))],
        over=[Curve("Own serving", table.values("own"))],
    )
    page.finish(freeze="C5", cursor="B5", repeat_row=4, last_row=last, last_column=source.column)
    page.sheet.page_setup.fitToHeight = 1


def _converted(key: str, heading: str, price: str) -> Column:
    return Column(key, f"{heading},\nconverted", f"={price}*{{rate}}", "#,##0.00#")


def _listed(offer: Mapping[str, CatalogueValue], direction: str) -> CatalogueValue:
    """Return the price of another direction in an offer's list, if it has one.

    A list of the same model counts where its usual price is that of the offer.
    """
    if offer.get(direction) is not None or offer["currency"] != BASE:
        return offer.get(direction)
    model = str(offer["item"]).rpartition(" ")[0]
    with contextlib.suppress(NotFoundError):
        usual = "output" if direction.startswith("output") else "input"
        if math.isclose(catalogues().token_price(model, usual).value, float(str(offer[usual]))):
            return catalogues().token_price(model, direction).value
    return None


def steps(table: Table, key: str) -> Reference:
    """Return the cells of a column below those of this case, for a chart."""
    cells = table.values(key)
    cells.min_row += 1
    return cells


def mark(table: Table, row: int, last: str) -> None:
    """Highlight the row of this case, up to the last column."""
    first, end = table.cell("label", row), table.cell(last, row)
    for cell in table.page.sheet[first.row][first.column - 1 : end.column]:
        cell.fill, cell.font = styles.BAND_FILL, styles.BOLD


def volumes(book: Book) -> Table:
    """Write own serving and the API over the volume of a month."""
    page = Page(
        book,
        "Volume",
        (2, 16, 9, 17, 11, 11, *(18,) * 5),
        "Volume",
        "Own serving against the API if the volume changes: replicas are whole, the mix and the "
        "course of the day stay.",
    )
    count = len(VOLUME_STEPS)
    # A saving that is an error makes an error here, where ISNUMBER would hide it.
    largest = "MAX(month_mtokens,IF(replica_saving>0,break_even_mtokens,0))"
    table = Table(
        page,
        columns(
            "inference_budget",
            "volumes",
            label=["This case", *[None] * count],
            step=[None, *VOLUME_STEPS],
            volume=["=month_mtokens", *[f"={{step}}*{largest}"] * count],
        ),
        1 + count,
    )
    table.alias("own", "volume_case_cost", 0)
    mark(table, 0, "api_million")
    page.row += 1
    chart = charts.scatter(
        page,
        f"B{page.row}:K{page.row + 14}",
        Look(
            "Margin of own serving over the volume of a month",
            "M tokens in a month",
            CURRENCY_AXIS,
            x_format="#,##0",
            y_format="#,##0;(#,##0)",
            y_from_zero=False,
        ),
        steps(table, "volume"),
        [Curve("Margin", steps(table, "margin"))],
        markers=False,
    )
    chart.x_axis.tickLblPos = "low"  # below a margin that is negative
    page.finish(freeze="A5", cursor="B5", repeat_row=4, last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
    return table


def year(book: Book) -> None:
    """Write twelve months with growth and seasons; the fleet follows the month."""
    page = Page(
        book,
        "Year",
        (2, 10, 14, 14, 18, 12, 12, *(18,) * 3),
        "Year",
        "The traffic of twelve months by growth and season, the fleet that it takes, and the same "
        "tokens at the API. Prices stay.",
    )
    volume = "=month_mtokens*{growth}*{season}"
    own = "={replicas}*replica_month_cost+standing_cost+{volume}*volume_mtokens_cost"
    table = Table(
        page,
        columns(
            "inference_budget",
            "year",
            month=list(range(1, MONTHS + 1)),
            season=[1.0] * MONTHS,
            volume=volume,
            own=own,
        ),
        MONTHS,
    )
    for key, word in (("volume", "volumes"), ("own", "own"), ("api", "api"), ("margin", "margins")):
        table.alias(key, f"year_{word}")
    table.alias("season", "year_season_1", 0)
    table.alias("own", "year_own_1", 0)
    table.alias("season", "year_seasons")
    table.alias("growth", "year_growths")
    page.row += 1
    charts.lines(
        page,
        f"B{page.row}:J{page.row + 14}",
        Look("Cost of the months of a year", "Month", CURRENCY_AXIS),
        table.values("month"),
        [
            Curve("Own serving, in whole replicas", table.values("own")),
            Curve("The API", table.values("api")),
        ],
    )
    page.finish(freeze="A5", cursor="C5", repeat_row=4, last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
