"""How does a workbook prove itself: figures that are computed a second way and compared?

A `Check` is two figures and a relation. The sheet Checks has a row for each, and one cell that is
TRUE if all of them hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.formatting.rule import CellIsRule, FormulaRule

from xlcalc.author import styles
from xlcalc.author.book import Book, Total, quoted
from xlcalc.author.layout import Page

ALL_HOLD = "All checks hold"


@dataclass(frozen=True)
class Check:
    """Two figures, formulas or constants, and how they must compare: `=`, `≤` or `>`."""

    label: str
    figure: object
    relation: str
    other: object
    number_format: str
    how: str


CURRENCY_CHECK = Check(
    "A US dollar costs one US dollar",
    "=IF(currency=INDEX(rate_currencies,1),currency_rate,INDEX(rates_per_usd,1))",
    "=",
    "=INDEX(rates_per_usd,1)",
    "0.0000",
    "The rate of exchange belongs to the currency; of another currency, any passes.",
)
"""Belongs to every workbook that has a currency."""
RELATIONS = {
    "=": "=ABS({figure}-{other})<=tolerance*MAX(ABS({other}),tolerance)",
    "≤": "={figure}<={other}*(1+tolerance)",
    ">": "={figure}>{other}",
}
"""How two figures may compare, and the formula that says whether they do."""


def sum_check(total: Total) -> Check:
    """Return the check that a total is the sum of all rows above it, those inserted included."""
    label = total.label
    return Check(
        f'="The rows add up: "&{quoted(label.parent.title)}!{label.coordinate}',
        f"=SUM({total.rows})-SUM({total.own})",
        "=",
        f"=SUM({total.own})",
        total.cell.number_format,
        "All rows above the total against the total, wherever one is inserted.",
    )


def checks_page(book: Book, checks: Sequence[Check]) -> None:
    """Write the checks: two figures, how they must compare, and whether they do.

    The functions stand in the figures alone, so that what compares them is plain Excel.
    """
    page = Page(
        book,
        "Checks",
        (2, 48, 20, 5, 20, 12, 60),
        "Checks",
        "Each line must be TRUE. The figures are computed a second way and compared.",
    )
    page.header(
        ("Check", "Value", "", "Compared with", "Holds", "How"), numbers=(1, 3), centred=(4,)
    )
    page.put(page.row, 2, "Relative difference that passes", border=styles.HAIRLINE)
    tolerance = page.put(
        page.row, 3, 1e-9, number_format="0E+00", alignment=styles.RIGHT, border=styles.HAIRLINE
    )
    for column in (4, 5, 6):
        page.put(page.row, column, None, border=styles.HAIRLINE)
    page.put(page.row, 7, "Rounding of binary numbers.", styles.NOTE, border=styles.HAIRLINE)
    book.alias("tolerance", page.sheet, tolerance)
    page.row += 1
    first = page.row
    sums = [sum_check(total) for total in book.totals]
    money = [CURRENCY_CHECK] if "currency" in book.workbook.defined_names else []
    for check in (*checks, *sums, *money):
        row = page.row
        rule = RELATIONS[check.relation].format(figure=f"C{row}", other=f"E{row}")
        page.put(row, 2, check.label, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        for column, value in ((3, check.figure), (5, check.other)):
            cell = page.put(
                row,
                column,
                value,
                number_format=check.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
            cell.number_format = styles.padded(cell.number_format)
        page.put(row, 4, check.relation, alignment=styles.CENTER, border=styles.HAIRLINE)
        page.put(row, 6, rule, styles.BOLD, alignment=styles.CENTER, border=styles.HAIRLINE)
        page.put(row, 7, check.how, styles.NOTE, border=styles.HAIRLINE, alignment=styles.WRAPPED)
        page.fit(row, (2, 7), least=18)
        page.row += 1
    last = page.row - 1
    # The colour is on the text: LibreOffice 7.4 does not print a logical value that has a rule.
    labels = f"B{first}:B{last}"
    holds = f"IF(ISLOGICAL($F{first}),$F{first},FALSE)"
    rules = page.sheet.conditional_formatting
    rules.add(labels, FormulaRule(formula=[holds], fill=styles.GOOD_FILL))
    rules.add(labels, FormulaRule(formula=[f"NOT({holds})"], fill=styles.BAD_FILL))
    page.row += 1
    page.put(page.row, 2, ALL_HOLD, styles.BOLD, border=styles.TOTAL)
    for column in (3, 4, 5, 7):
        page.put(page.row, column, None, border=styles.TOTAL)
    together = page.put(
        page.row,
        6,
        f"=AND(F{first}:F{last})",
        styles.BOLD,
        number_format='"TRUE";"TRUE";"FALSE"',  # LibreOffice shows the cached value as a number
        alignment=styles.CENTER,
        border=styles.TOTAL,
    )
    page.put(page.row, 7, "checks_hold", styles.NAME, border=styles.TOTAL, literal=True)
    book.define("checks_hold", page.sheet, together)
    page.finish(freeze="A5", cursor=f"F{first}", repeat_row=4)


def verdict(page: Page, *, left: int = 2) -> None:
    """Write whether all checks hold, from a column on."""
    page.put(page.row, left, "Checks", alignment=styles.LEFT)
    cell = page.put(
        page.row,
        left + 1,
        f'=IF(checks_hold,"{ALL_HOLD}","A check fails: see Checks")',
        styles.BOLD,
        alignment=styles.LEFT,
    )
    last = page.put(page.row, left + 2, None)
    box = f"{cell.coordinate}:{last.coordinate}"
    holds = page.book.texts(ALL_HOLD)
    for operator, fill in (("equal", styles.GOOD_FILL), ("notEqual", styles.BAD_FILL)):
        page.sheet.conditional_formatting.add(
            cell.coordinate, CellIsRule(operator=operator, formula=[f'"{holds}"'], fill=fill)
        )
    page.sheet.merge_cells(box)
    page.sheet.row_dimensions[page.row].height = 15.5
    page.row += 1
