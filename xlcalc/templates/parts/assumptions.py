"""What do all templates assume alike, each figure with its range, source and day?

The rows are those of `xlcalc/catalogue/assumptions.csv`, or a team's own in place of them. An input
that is marked `assumption` takes its default from the sheet Assumptions; a figure that is typed
over it is a person's own.
"""

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.catalogue import catalogues

_VALUE = 'INDEX(assumption_values,MATCH("{0}",assumption_names,0))'
_SOURCE = 'INDEX(assumption_sources,MATCH("{0}",assumption_names,0))'
IN_USE = 6
"""Column of the figure that this workbook takes: the assumption, or what was typed over it."""
_SHOWN = "#,##0.00##"


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
        (2, 24, 14, 12, 12, 14, 24, 12, 78),
        "Assumptions",
        "What all templates assume alike. Set your own on the sheet Inputs, or for your whole team "
        "in its assumptions.csv.",
    )
    headings = ("Name", "Value", "Low", "High", "In use", "Unit", "Date", "Source")
    page.header(headings, numbers=(1, 2, 3, 4), indented=(5, 6))
    first = page.row
    for row in catalogues().rows["assumptions"].values():
        values = (
            *(row["id"], row["value"], row["low"], row["high"], _in_use(book, str(row["id"]))),
            *(row["unit"], row["date"], row["source"]),
        )
        for column, value in enumerate(values, start=2):
            number = isinstance(value, float) or column == IN_USE
            page.put(
                page.row,
                column,
                value,
                styles.NAME if column == 2 else styles.TEXT,
                number_format=_SHOWN if number else None,
                border=styles.HAIRLINE,
                alignment=styles.RIGHT
                if number or value is None
                else styles.WRAPPED
                if column == 9
                else styles.INDENTED
                if column > 6
                else styles.LEFT,
                literal=column != IN_USE,
            )
        page.fit(page.row, (9,))
        page.row += 1
    last = page.row - 1
    for word, column in (("lows", 4), ("highs", 5)):
        ends = (page.sheet.cell(row, column) for row in (first, last))
        book.alias(f"assumption_{word}", page.sheet, *ends)
    for name, letter in (("names", "B"), ("values", "C"), ("sources", "I")):
        page.define(f"assumption_{name}", f"${letter}${first}:${letter}${last}")
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
