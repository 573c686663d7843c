"""Which rows does each scenario put into the tables of a workbook?

A list of rows is a file or a frame of its own: the column `scenario` says whose a row is, and the
other ones are columns of the table. A frame of scenarios may have them in a column of lists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlcalc.calc.entries import is_empty
from xlcalc.calc.filled_tables import ListColumns, Row
from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import InputValueError, NameNotFoundError, ScenarioError
from xlcalc.runs.listed_rows import NAME_COLUMN, Rows
from xlcalc.runs.local_values import local_cells


class RowList:
    """A list of rows for a table, by the scenario that they are of.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    table : str
        A table or a named range.
    source : str
        What to call the list in a sentence.
    lines : iterator
        The rows of the list, its header first.
    locale : str, optional
        How the list writes numbers and days, as `local_values` has them.

    Attributes
    ----------
    columns : ListColumns
        Which columns of the table the list has.
    first_lines : dict of str to int
        The first line of each scenario.

    Raises
    ------
    ScenarioError
        If the list is empty, a column is none of the table or no row says whose it is.
    """

    def __init__(
        self,
        model: WorkbookModel,
        table: str,
        source: str,
        lines: Rows,
        locale: str | None = None,
    ) -> None:
        self.source = source
        header = next(lines, None)
        if header is None:
            raise ScenarioError(f"{source} has no header row")
        names = [str("" if cell is None else cell).strip() for cell in header[1]]
        own = [place for place, name in enumerate(names) if name.lower() == NAME_COLUMN]
        if len(own) != 1:
            raise ScenarioError(
                f'{source} must have one column "{NAME_COLUMN}" beside those of {table}'
            )
        if "" in names:
            raise ScenarioError(f"{source} has a column without a name")
        others = [name for place, name in enumerate(names) if place != own[0]]
        self.columns = list_columns(model, table, others, f"{source}, line {header[0] or 1}")
        texts = [isinstance(cell.value, str) for cell in self.columns.cells]
        self._local = local_cells(locale, texts)
        self.first_lines: dict[str, int] = {}
        self._rows: dict[str, list[Row]] = {}
        self._problems: dict[str, str] = {}
        for number, cells in lines:
            self._add(number, cells, len(names), own[0])

    def _add(self, number: int, cells: Sequence[object], width: int, own: int) -> None:
        if all(is_empty(cell) for cell in cells):
            return
        where = f"{self.source}, line {number}"
        if len(cells) > width:
            raise ScenarioError(f"{where}: {len(cells)} values for {width} columns")
        values = [None if is_empty(cell) else cell for cell in cells]
        values += [None] * (width - len(values))
        name = str(values.pop(own) or "").strip()
        if not name:
            raise ScenarioError(f"{where} names no scenario")
        self.first_lines.setdefault(name, number)
        rows = self._rows.setdefault(name, [])
        try:
            rows.append(self.columns.read(self._local(values)))
            self.columns.check_count(len(rows))
        except InputValueError as error:
            self._problems.setdefault(name, f"{where}: {error}")

    def rows(self, scenario: str) -> list[Row]:
        """Return the rows of a scenario; none if the list has none.

        Raises
        ------
        InputValueError
            If the table does not take one; the sentence names file and line.
        """
        if scenario in self._problems:
            raise InputValueError(self._problems[scenario])
        return self._rows.get(scenario, [])


class NestedRows:
    """A column of a list of scenarios that has a list of rows in each of its cells.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    table : str
        A table or a named range.
    source : str
        What to call the list in a sentence.
    cells : iterator of object
        All cells of the column.

    Raises
    ------
    ScenarioError
        If a column of the rows is none of the table.
    """

    def __init__(
        self, model: WorkbookModel, table: str, source: str, cells: Iterator[object]
    ) -> None:
        headings: dict[str, None] = {}
        for cell in cells:
            for row in nested(cell) or ():
                if isinstance(row, Mapping):
                    headings |= dict.fromkeys(map(str, row))
        self.columns = list_columns(model, table, list(headings), f'{source}, column "{table}"')
        self._headings = list(headings)

    def rows(self, cell: object) -> list[Row]:
        """Return the rows in a cell of the column.

        Raises
        ------
        InputValueError
            If it has no rows, or the table does not take one.
        """
        found = nested(cell)
        if found is None:
            raise InputValueError(
                f"{self.columns.table} is a table: its rows come in a list of their own, or in a "
                f"list of structs, got {cell!r:.40}"
            )
        self.columns.check_count(len(found))
        rows = []
        for number, row in enumerate(found, start=1):
            if not isinstance(row, Mapping):
                raise InputValueError(f"row {number} of {self.columns.table} is no struct")
            values = [row.get(heading) for heading in self._headings]
            try:
                rows.append(self.columns.read([None if is_empty(v) else v for v in values]))
            except InputValueError as error:
                raise InputValueError(f"row {number} of {self.columns.table}: {error}") from None
        return rows


def nested(cell: object) -> list[Any] | None:
    """Return the rows in a cell: a list or an array of structs, or one struct; None for others."""
    if isinstance(cell, Mapping):
        return [cell]
    if isinstance(cell, str | bytes) or not hasattr(cell, "__len__"):
        return None
    rows: list[Any] = list(cell)  # type: ignore[call-overload]
    return rows


def list_columns(
    model: WorkbookModel, table: str, headings: Sequence[str], where: str
) -> ListColumns:
    """Return which columns of a table a list has.

    Raises
    ------
    ScenarioError
        If the table has not all of them; the sentence begins with the place.
    """
    try:
        return ListColumns(model, table, headings)
    except (NameNotFoundError, InputValueError) as error:
        raise ScenarioError(f"{where}: {error}") from None


def read_row_lists(
    model: WorkbookModel,
    given: Mapping[str, Any],
    folder: Path,
    lines_of: Callable[[Any, Path, str | None], tuple[str, Rows]],
    locale: str | None = None,
) -> list[RowList]:
    """Return the lists of some tables.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    given : mapping of str to path or frame
        The list of each table.
    folder : Path
        What paths are relative to.
    lines_of : callable
        Opens a list, which a locale may have written: gives what to call it, and its rows.
    locale : str, optional
        How the lists write numbers and days.
    """
    found = [
        RowList(model, table, *lines_of(source, folder, locale), locale)
        for table, source in given.items()
    ]
    tables = [one.columns.table for one in found]
    for table in tables:
        if tables.count(table) > 1:
            raise ScenarioError(f"the table {table} has two lists")
    return found
