"""What does the choice hang on: utilisation, horizon, and the drivers in order of their swing?"""

from dataclasses import dataclass

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.gpu_tco.cases import DRIVERS, HORIZONS, VARIED, Cases
from xlcalc.templates.gpu_tco.cash import CASH, WAYS
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.figures import CURRENCY_AXIS
from xlcalc.templates.parts.tables import Column, Table
from xlcalc.templates.parts.tornado import Driver, Tornado, tornado_tables, write_step

LEVELS = 10
CURVES = 10


@dataclass(frozen=True)
class Sensitivity:
    """The tables of the sheet Sensitivity."""

    curves: Table
    horizons: Table
    tornado: Tornado


def sensitivity_sheet(book: Book, cases: Cases) -> Sensitivity:
    """Write what drives the choice, what the horizon does to it, and cost over utilisation."""
    page = Page(
        book,
        "Sensitivity",
        (2, 40, *(17,) * 6, 34),
        "Sensitivity",
        "What the choice becomes when an assumption is off.",
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
        "IF(break_even_utilisation>0,MIN(break_even_utilisation,highest_utilisation),utilisation),utilisation))",
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
        columns("gpu_tco", "curves", number=list(range(1, LEVELS + 1))),
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
    utilisation_chart(
        page,
        f"B{page.row}:I{page.row + 18}",
        Look(
            "Levelised cost of a used GPU-hour over utilisation",
            "Utilisation",
            CURRENCY_AXIS,
            x_format="0%",
            y_format="#,##0.00",
        ),
        curves,
    )
    page.row += 20
    _commitments(page, cases)
    horizons = _horizons(page, cases)
    tornado = _drivers(page, cases)
    page.finish(cursor=f"C{CURVES + 1}")
    return Sensitivity(curves, horizons, tornado)


def _commitments(page: Page, cases: Cases) -> None:
    """Write what a commitment of one year and of three costs, by the offers that are listed."""
    page.section('="Renting reserved by length of the commitment, in "&currency')
    table = cases.table

    def of(key: str) -> list[str]:
        tab = page.book.texts("Cases")
        return [f"={tab}!{table.cell(key, row).coordinate}" for row in cases.commitments]

    Table(
        page,
        columns(
            "gpu_tco",
            "commitments",
            case=of("case"),
            less=of("less"),
            npv=of("npv_reserved"),
            choice=of("choice"),
        ),
        len(cases.commitments),
    )
    page.row += 1


def _horizons(page: Page, cases: Cases) -> Table:
    """Write the net present value of each way by horizon."""
    page.section('="Net present value by horizon, in "&currency')
    table = cases.table

    def of(key: str) -> list[str]:
        tab = page.book.texts("Cases")
        return [f"={tab}!{table.cell(key, row).coordinate}" for row in cases.horizons]

    made = Table(
        page,
        (
            Column("years", "Horizon\nyears", of("years"), "0"),
            *(Column(way, label, of(f"npv_{way}"), CASH) for way, label in WAYS),
            Column("choice", "Choice", of("choice")),
        ),
        HORIZONS,
    )
    page.row += 1
    return made


def _drivers(page: Page, cases: Cases) -> Tornado:
    """Write what each driver does to what buying saves."""
    page.section('="Saved by buying over the cheaper way to rent, in "&currency&": what moves it"')
    write_step(page)
    tab = page.book.texts("Cases")
    formats = {varied.key: varied.number_format for varied in VARIED}

    def at(key: str, row: int) -> str:
        return f"={tab}!{cases.table.cell(key, row).coordinate}"

    return tornado_tables(
        page,
        [
            Driver(
                label,
                at(key, ends[0]),
                at(key, ends[1]),
                formats[key].replace("#,##0.00", "0.00"),
                at("gain_rent", ends[0]),
                at("gain_rent", ends[1]),
                basis,
            )
            for (key, label, _, basis), ends in zip(DRIVERS, cases.drivers, strict=True)
        ],
        "npv_gain_rent",
        decimals="money_digits",
    )


def utilisation_chart(page: Page, anchor: str, look: Look, curves: Table) -> None:
    """Draw the cost over utilisation, up to 100 %."""
    ways = [Curve(label, curves.values(way)) for way, label in WAYS]
    chart = charts.scatter(page, anchor, look, curves.values("level"), ways, markers=False)
    chart.x_axis.scaling.max = q.UTILISATION.at_most
