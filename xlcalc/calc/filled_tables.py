"""What does a workbook give when lists of rows stand in its tables?

A `FilledTables` has the model of the workbook for each number of rows that its tables can have.
There the cells of the rows are inputs with names of their own, `items[cost] 3` for the third row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlcalc.calc.entries import entry_reader
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell, read_named_cells
from xlcalc.calc.validations import literal_check
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.blocks import Block, find_block
from xlcalc.ooxml.literals import checked_text
from xlcalc.ooxml.markup import cell_name
from xlcalc.ooxml.row_changes import with_rows
from xlcalc.ooxml.sheet import MAX_ROW

KEPT_MODELS = 200
"""Numbers of rows whose workbooks are kept."""
Row = tuple[CellValue, ...]
"""The values of a row, in the order of the columns that a list has."""


class ListColumns:
    """What a list of rows gives a table: which of its columns, and how each is read.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    table : str
        A table or a named range.
    columns : sequence of str
        Headings of the list.

    Attributes
    ----------
    block : Block
        The rows of the workbook.
    columns : tuple of str
        The headings, as the workbook writes them.
    numbers : tuple of int
        The number of each column of the sheet.

    Raises
    ------
    NameNotFoundError
        If the workbook has no such table, or the table no such column.
    InputValueError
        If a formula fills a column of the list, or the list has it twice.
    """

    def __init__(self, model: WorkbookModel, table: str, columns: Sequence[str]) -> None:
        self.block = block = find_block(model.package, table)
        self.table = block.name
        numbers = []
        for heading in columns:
            number = block.column(heading)
            if number is None:
                hint = suggestion(heading, block.headings)
                raise NameNotFoundError(f'{block.name} has no column "{heading}"{hint}')
            if number in block.formulas:
                raise InputValueError(
                    f'a formula fills the column "{heading}" of {block.name}, and a list does not'
                )
            if number in numbers:
                raise InputValueError(f'the column "{heading}" is there twice')
            numbers.append(number)
        self.numbers = tuple(numbers)
        self.columns = tuple(block.headings[number - block.left] for number in numbers)
        self.cells = self.first_row(model, block)
        self._readers = [entry_reader(cell, literal_check(cell)) for cell in self.cells]

    def first_row(self, model: WorkbookModel, block: Block) -> list[NamedCell]:
        """Return the cells of a block's first row, as inputs of the kind that the columns have."""
        pairs = list(zip(self.columns, self.numbers, strict=True))
        places = {column: (block.sheet, (block.first, number)) for column, number in pairs}
        found = read_named_cells(model.package, places, model.formulas, lambda *_: None)
        return [
            replace(
                found[column],
                name=f"{self.table}[{column}]",
                value=self.block.examples.get(number),
                is_input=True,
            )
            for column, number in pairs
        ]

    def read(self, values: Sequence[object]) -> Row:
        """Return a row of the list as the table takes it; nothing is an empty cell.

        Raises
        ------
        InputValueError
            If a cell does not take its value.
        """
        found = []
        for value, reader in zip(values, self._readers, strict=True):
            converted = None if value is None or value == "" else reader(value)
            found.append(checked_text(converted) if isinstance(converted, str) else converted)
        return tuple(found)

    def check_count(self, count: int) -> None:
        """Refuse more rows than a sheet has below the headings.

        Raises
        ------
        InputValueError
            If they are too many.
        """
        most = MAX_ROW - self.block.first + 1
        if count > most:
            raise InputValueError(f"{count:,} rows for {self.table}, which has room for {most:,}")

    def settings(self, rows: Sequence[Row]) -> dict[str, CellValue]:
        """Return the values of a list by the names of the cells; one empty row for no row."""
        return {
            _line_name(self.table, column, number): value
            for number, row in enumerate(rows or [(None,) * len(self.columns)], start=1)
            for column, value in zip(self.columns, row, strict=True)
        }


class FilledTables:
    """A workbook with lists in its tables.

    Parameters
    ----------
    model : WorkbookModel
        The workbook as it is.
    lists : sequence of ListColumns
        What fills its tables.
    """

    def __init__(self, model: WorkbookModel, lists: Sequence[ListColumns]) -> None:
        self._model = model
        self.lists = tuple(lists)
        self._models: dict[tuple[int, ...], WorkbookModel] = {}
        if lists and model.trust.untrusted:
            sheet, position = min(model.trust.untrusted)
            raise WorkbookError(
                f"no table of {model.name} can be filled: other engines calculate "
                f"{sheet}!{cell_name(position)}"
            )

    def counts(self, rows: Mapping[str, Sequence[Row]]) -> tuple[int, ...]:
        """Return how many rows each table gets; 0 where it keeps its own."""
        return tuple(max(len(rows[one.table]), 1) if one.table in rows else 0 for one in self.lists)

    def settings(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, CellValue]:
        """Return the values of all rows, by the names of their cells."""
        found: dict[str, CellValue] = {}
        for one in self.lists:
            if one.table in rows:
                found |= one.settings(rows[one.table])
        return found

    def names(self, counts: Sequence[int]) -> list[str]:
        """Return the names of the cells in so many rows."""
        return [
            _line_name(one.table, column, number)
            for one, count in zip(self.lists, counts, strict=True)
            for number in range(1, count + 1)
            for column in one.columns
        ]

    def model(self, counts: tuple[int, ...]) -> WorkbookModel:
        """Return the workbook with so many rows in each table, 0 for those that it has.

        Raises
        ------
        WorkbookError
            If the rows would tear something apart, or a named cell would go with a row.
        """
        if not any(counts):
            return self._model
        if counts not in self._models:
            while len(self._models) >= KEPT_MODELS:
                self._models.pop(next(iter(self._models)))
            self._models[counts] = self._grown(counts)
        return self._models[counts]

    def confirmable(self, rows: Mapping[str, Sequence[Row]]) -> WorkbookModel:
        """Return the workbook for some rows, with the values that it has as it stands.

        Other engines are asked whether they agree on these before they are asked for others.
        """
        model = self.model(self.counts(rows))
        package = model.to_package(model.evaluate())
        twin = WorkbookModel(package, model.name, model.now)
        twin.line_cells = model.line_cells
        return twin

    def _grown(self, counts: tuple[int, ...]) -> WorkbookModel:
        package = self._model.package
        for one, count in zip(self.lists, counts, strict=True):
            if count:
                package = with_rows(package, one.table, count, one.numbers)
        model = WorkbookModel(package, self._model.name, self._model.now)
        lost = self._model.place_names - model.place_names
        if lost:
            raise WorkbookError(
                f"{min(lost)} of {model.name} is in a row that the scenario does not have"
            )
        for one, count in zip(self.lists, counts, strict=True):
            if count:
                self._name_lines(model, one, count)
        return model

    @staticmethod
    def _name_lines(model: WorkbookModel, one: ListColumns, count: int) -> None:
        """Give the cells of a table names, under which they are inputs."""
        block = find_block(model.package, one.table)
        cells = one.first_row(model, block)
        for number in range(1, count + 1):
            row = block.first + number - 1
            for cell, column in zip(cells, one.columns, strict=True):
                name = _line_name(one.table, column, number)
                model.line_cells[name] = replace(cell, name=name, position=(row, cell.position[1]))


def _line_name(table: str, column: str, number: int) -> str:
    return f"{table}[{column}] {number}"
