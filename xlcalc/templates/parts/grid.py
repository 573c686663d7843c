"""How does a result look over two inputs? A table with values down, values across, and colours.

The first columns are those of a `Table`, with the values down and what a row needs. The heading of
each further column is a value across, which the formula of its cells reads as `{across}`.
"""

from collections.abc import Callable, Sequence

from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter

from xlcalc.author import styles
from xlcalc.author.layout import Page, validate_number
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.tables import Column, Table

LEFT = 2


def grid(
    page: Page,
    columns: Sequence[Column],
    across: tuple[Sequence[object], str],
    inner: str | Callable[[int], Sequence[str]],
    number_format: str,
    count: int,
    *,
    measure: Quantity | None = None,
    own: int | None = None,
    colours: bool = True,
) -> Table:
    """Write a result over two inputs at the current row, and return it.

    Parameters
    ----------
    page : Page
        The sheet.
    columns : sequence of Column
        The values down, and what a row has beside them.
    across : (sequence, str)
        Values or formulas across, and their number format.
    inner : str or callable
        Formula of the cells, or what gives those of a column by its number, from 0.
    number_format : str
        Of the cells.
    count : int
        Rows.
    measure : Quantity, optional
        What the values across measure, if they may be changed.
    own : int, optional
        Row and column of the case itself, from 0, which is bold.
    colours : bool
        Whether low and high cells are coloured.

    Returns
    -------
    Table
        Its columns of the grid have the keys `x0`, `x1` and so on.
    """
    top, first = page.row, LEFT + len(columns)
    values, head_format = across

    def content(place: int) -> object:
        head = f"{get_column_letter(first + place)}${top}"
        if callable(inner):
            return [formula.replace("{across}", head) for formula in inner(place)]
        return inner.replace("{across}", head)

    table = Table(
        page,
        (*columns, *(Column(f"x{n}", "", content(n), number_format) for n in range(len(values)))),
        count,
        height=18,
    )
    for place, value in enumerate(values, start=first):
        head = page.put(
            top,
            place,
            value,
            styles.INPUT if measure else styles.HEADING,
            fill=styles.INPUT_FILL if measure else styles.HEADING_FILL,
            number_format=styles.padded(head_format),
            alignment=styles.RIGHT,
        )
        if measure:
            head.protection = styles.UNLOCKED
            validate_number(page, head, columns[0].heading, measure)
    start, end = table.cell("x0", 0), table.cell(f"x{len(values) - 1}", -1)
    for row in page.sheet[f"{start.coordinate}:{end.coordinate}"]:
        for cell in row:
            cell.border = styles.BOX
    if own is not None:
        table.cell(f"x{own}", own).font = styles.BOLD
    if colours:
        rule = ColorScaleRule(
            start_type="min",
            start_color="FFE3F3EA",
            mid_type="percentile",
            mid_value=50,
            mid_color="FFFFFFFF",
            end_type="max",
            end_color="FFFBE3D6",
        )
        page.sheet.conditional_formatting.add(f"{start.coordinate}:{end.coordinate}", rule)
    return table
