"""Do our functions give what papers and vendors publish?

The sheet Published cases has a row for each case: its arguments, our figure, the published one, and
whether they agree within the tolerance of the case.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.errors import UsageError
from xlcalc.files import read_csv
from xlcalc.registry import specs
from xlcalc.worksheet import Spec

DATA = Path(__file__).parent
BY_HAND = "by hand"
"""The source of a case that nobody published."""
_FIRST = 4
_SHRUNK = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
_TOLERANCE = '[=0]"exact";[>=0.0001]0.0#%;0E+00'


@dataclass(frozen=True)
class Case:
    """A call with known figures, and what it must give."""

    function: str
    arguments: tuple[float | str | bool, ...]
    expected: float
    tolerance: float
    source: str
    note: str


def read_table(file: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of the templates."""
    (_, head), *rows = read_csv(DATA / file, UsageError)
    return [dict(zip(head, cells, strict=True)) for _, cells in rows]


def cases() -> list[Case]:
    """Return the published cases and those worked by hand that the sheet shows.

    A row of the file that says why it is not shown is one for the tests alone.
    """
    return [
        Case(
            row["function"],
            tuple(json.loads(row["args"])),
            float(row["expected"]),
            float(row["rel_tol"]),
            row["source"],
            row["note"],
        )
        for row in read_table("published_cases.csv")
        if not row["not_shown"]
    ]


def verdict_colours(page: Page, box: str) -> None:
    """Colour verdicts: green if a figure holds, red if it differs, amber if it depends."""
    for name, fill in (
        ("verdict_holds", styles.GOOD_FILL),
        ("verdict_differs", styles.BAD_FILL),
        ("verdict_needs", styles.FAIR_FILL),
    ):
        rule = CellIsRule(operator="equal", formula=[name], fill=fill)
        page.sheet.conditional_formatting.add(box, rule)


def cases_page(book: Book) -> None:
    """Write the cases under their functions: arguments, computed, stated, and whether it holds."""
    found = cases()
    width = max(len(case.arguments) for case in found)
    page = Page(
        book,
        "Published cases",
        (2, 5, 44, *(12,) * width, 14, 14, 12, 11, 12, 62),
        "Published cases",
        "Figures of papers and vendors, each computed by its function from arguments in cells; a "
        "function without one has a case worked by hand.",
    )
    last = _FIRST + width
    heads = (
        *("No.", "Function and case", *(f"Argument {n}" for n in range(1, width + 1))),
        *("Computed", "Stated", "Difference", "Tolerance", "Verdict", "Source"),
    )
    page.header(heads, numbers=range(2, width + 6), indented=(width + 6, width + 7))
    first = page.row
    number = 0
    for spec in specs():
        own = [case for case in found if case.function == spec.name]
        if own:
            _function(page, spec, last)
        for case in own:
            number += 1
            _case(page, case, number, last)
    bottom = page.row - 1
    letter = get_column_letter(last + 4)
    verdict_colours(page, f"{letter}{first}:{letter}{bottom}")
    for word, column in (("case_numbers", 2), ("case_verdicts", last + 4)):
        cells = [page.sheet.cell(row, column) for row in (first, bottom)]
        book.alias(word, page.sheet, *cells)
    page.finish(freeze="D5", cursor="C6", repeat_row=4)


def _function(page: Page, spec: Spec, last: int) -> None:
    """Write the heading of a function's cases: its name and the names of its arguments."""
    names = [argument.name for argument in spec.arguments][: last - _FIRST]
    texts: dict[int, tuple[str, Font, Alignment]] = {
        3: (spec.name, styles.BOLD, styles.LEFT),
        **{column: (name, styles.NAME, _SHRUNK) for column, name in enumerate(names, start=_FIRST)},
        last: (page.book.texts(spec.returns.unit), styles.NOTE, _SHRUNK),
        last + 5: (page.book.texts(spec.summary), styles.NOTE, styles.WRAPPED_INDENTED),
    }
    for column in range(2, page.last_column + 1):
        text, font, alignment = texts.get(column, (None, styles.TEXT, styles.LEFT))
        page.put(
            page.row,
            column,
            text,
            font,
            alignment=alignment,
            fill=styles.BAND_FILL,
            border=styles.HAIRLINE,
            literal=True,
        )
    page.fit(page.row, (last + 5,), least=18)
    page.row += 1


def _case(page: Page, case: Case, number: int, last: int) -> None:
    row, texts = page.row, page.book.texts
    places = range(_FIRST, _FIRST + len(case.arguments))
    called = ",".join(f"{get_column_letter(place)}{row}" for place in places)
    computed, stated, difference, allowed = (
        f"{get_column_letter(last + place)}{row}" for place in range(4)
    )
    shown = _format(case.expected)
    source = texts("Worked by hand") if case.source == BY_HAND else case.source
    note = styles.WRAPPED_INDENTED
    cells: dict[int, tuple[object, str, Alignment]] = {
        2: (number, "0", styles.LEFT),
        3: (texts(case.note), "General", styles.WRAPPED),
        **{
            place: (argument, _argument_format(argument), _SHRUNK)
            for place, argument in zip(places, case.arguments, strict=True)
        },
        last: (f"={case.function}({called})", shown, styles.RIGHT),
        last + 1: (case.expected, shown, styles.RIGHT),
        last + 2: (f"=IF({stated}=0,{computed},{computed}/{stated}-1)", "0.0%", styles.RIGHT),
        last + 3: (case.tolerance, _TOLERANCE, styles.RIGHT),
        last + 4: (
            f"=IF(ABS({difference})<={allowed},verdict_holds,verdict_differs)",
            "General",
            styles.INDENTED,
        ),
        last + 5: (source, "General", note),
    }
    for column in range(2, page.last_column + 1):
        value, number_format, alignment = cells.get(column, (None, "General", styles.LEFT))
        page.put(
            row,
            column,
            value,
            styles.NOTE if column in {3, last + 5} else styles.TEXT,
            number_format=number_format,
            alignment=alignment,
            border=styles.HAIRLINE,
            literal=column < last or column > last + 4,
        )
    page.fit(row, (3, last + 5))
    page.row += 1


def _argument_format(argument: float | str | bool) -> str:
    """Return a number format that fits a narrow column."""
    if isinstance(argument, bool):
        return '"TRUE";"TRUE";"FALSE"'  # LibreOffice shows a logical value as a number
    number = 1.0 if isinstance(argument, str) else abs(argument)
    return "General" if number == 0 or 1e-3 <= number < 1e7 else "0.00E+00"


def _format(figure: float) -> str:
    """Return a number format with four digits or all that a whole number has."""
    if figure == 0 or (figure == int(figure) and figure < 1e7):
        return "#,##0"
    if figure >= 1e7:
        return "0.000E+00"
    return f"#,##0.{'0' * max(1, 3 - math.floor(math.log10(figure)))}"
