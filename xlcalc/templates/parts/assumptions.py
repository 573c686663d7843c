"""What do all templates assume alike, each figure with its range, source and day?

The rows are those of `xlcalc/catalogue/assumptions.csv`, or a team's own in place of them. An input
that is marked `assumption` takes its default from the sheet Assumptions; a figure that is typed
over it is a person's own.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues
from xlcalc.templates.parts.catalogue_notes import shown_note

_VALUE = 'INDEX(assumption_values,MATCH("{0}",assumption_names,0))'
_SOURCE = 'INDEX(assumption_sources,MATCH("{0}",assumption_names,0))'
IN_USE = 6
"""Column of the figure that this workbook takes: the assumption, or what was typed over it."""
_SHOWN = "#,##0.00##"
_YEARS = ("a year", "two years", "three years", "four years", "five years", "six years and more")
LABELS = {
    "pue": "Power usage effectiveness",
    "power_price": "Price of power",
    "tonnes_per_mwh": "Carbon intensity of power",
    "life_years": "Life",
    "discount_rate": "Discount rate",
    "rental_fall": "Fall of rental prices",
    "purchase_fall": "Fall of purchase prices",
    "server_share": "Server",
    "network_share": "Network",
    "installation_share": "Installation",
    "server_power_factor": "Power of a server over its GPUs",
    "nameplate_factor": "Nameplate of a server over its GPUs",
    "idle_power_share": "Power of idle GPUs",
    "maintenance_share": "Maintenance",
    "colocation_kw_month": "Colocation without power",
    "insurance_share": "Insurance",
    **{f"residual_{age}": f"Resale after {years}" for age, years in enumerate(_YEARS, start=1)},
    "goodput": "Goodput",
    "tax_rate": "Tax rate",
}
"""What the figures are called; one of a team's own goes by its id."""


def assumed(name: str, *, money: bool) -> str:
    """Return what a formula writes for an assumption; money is converted from US dollars."""
    return _VALUE.format(name) + ("*currency_rate" if money else "")


def assumption_note(name: str, key: str, before: str, *, money: bool) -> str:
    """Return the note of an input: what it is, and where its default is from while it has it."""
    source = f'IF({name}={assumed(key, money=money)},{_SOURCE.format(key)},"Typed in.")'
    return f'="{before} "&{source}' if before else f"={source}"


def is_assumption(key: str) -> bool:
    """Whether the catalogue has an assumption of this name."""
    return key in catalogues().rows["assumptions"]


def _in_use(book: Book, name: str) -> str:
    """Return what this workbook takes, or a dash where none of its formulas reads the figure."""
    return f"={name}" if book.knows(name) else "–"


def assumptions_page(book: Book) -> None:
    """Write the figures that all templates assume alike, for the inputs to look up."""
    page = Page(
        book,
        "Assumptions",
        (2, 33, 12, 11, 11, 13, 23, 12, 62, 23),
        "Assumptions",
        "What all templates assume alike. Set your own on the sheet Inputs, or for your whole team "
        "in its assumptions.csv.",
    )
    headings = ("Figure", "Value", "Low", "High", "In use", "Unit", "Date", "Source", "Name")
    page.header(headings, numbers=(1, 2, 3, 4), indented=(5, 6))
    first, texts = page.row, book.texts
    rows = catalogues().rows["assumptions"].values()
    said = {
        str(row["id"]): texts("{0}.").format(shown_note(texts, str(row["source"]))) for row in rows
    }
    for row in rows:
        key = str(row["id"])
        values = (
            *(texts(LABELS.get(key, key)), row["value"], row["low"], row["high"]),
            _in_use(book, key),
            *(texts(str(row["unit"])), row["date"], said[key], key),
        )
        for column, value in enumerate(values, start=2):
            number = isinstance(value, float) or column == IN_USE
            page.put(
                page.row,
                column,
                value,
                styles.NAME if column == 10 else styles.TEXT,
                number_format=_SHOWN if number else None,
                border=styles.HAIRLINE,
                alignment=styles.RIGHT
                if number or value is None
                else styles.WRAPPED
                if column in {2, 9}
                else styles.INDENTED
                if column > 6
                else styles.LEFT,
                literal=column != IN_USE,
            )
        page.fit(page.row, (2, 9))
        page.row += 1
    last = page.row - 1
    for word, column in (("lows", 4), ("highs", 5)):
        ends = (page.sheet.cell(row, column) for row in (first, last))
        book.alias(f"assumption_{word}", page.sheet, *ends)
    for name, letter in (("names", "J"), ("values", "C"), ("sources", "I")):
        page.define(f"assumption_{name}", f"${letter}${first}:${letter}${last}")
    book.quotes["assumption_sources"] = said
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
