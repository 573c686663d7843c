"""Which formulas does a workbook have, wherever they stand, and where?

Those of cells, names, data validations, conditional formats, columns of tables and charts: all that
a reader's Excel calculates. A formula that many cells share is given once, at its first cell.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from xlcalc.calc.lambda_calls import read_lambda
from xlcalc.cells import CellError
from xlcalc.ooxml.markup import cell_name, cells_of, value_of
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import check_markup, formula_cells
from xlcalc.ooxml.stored_values import SharedTexts

_RULE = re.compile(
    rb"<(?:\w+:)?(formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula|f)\b[^>]*>"
    rb"([^<]+)</"
)
_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\b.*?</(?:\w+:)?sheetData\s*>", re.DOTALL)
_FOLDERS = ("xl/tables/", "xl/charts/")
_SETTINGS = "xlwings.conf"


class Formula(NamedTuple):
    """A formula of a workbook.

    Attributes
    ----------
    place : str
        Where it stands, as "Sheet!C5" or "a rule of Sheet".
    text : str
        The formula as the file stores it, without `=`.
    """

    place: str
    text: str


class Formulas(NamedTuple):
    """The formulas of a workbook.

    Attributes
    ----------
    called : tuple of Formula
        Formulas that are calculated: those of cells, rules, tables, charts, and of names that hold
        no LAMBDA.
    lambdas : dict of str to str
        The LAMBDA names of the workbook, in capitals, each with its text.
    names : frozenset of str
        All names of the workbook, in capitals.
    cells : int
        Cells whose value a formula gives.
    without_value : int
        Those of them that store none.
    unknown_names : int
        Those of them that store #NAME?.
    first_unknown_name : str
        The first one of these.
    """

    called: tuple[Formula, ...]
    lambdas: dict[str, str]
    names: frozenset[str]
    cells: int
    without_value: int
    unknown_names: int
    first_unknown_name: str


def formulas_of(package: Package) -> Formulas:
    """Return the formulas of a workbook.

    Parameters
    ----------
    package : Package
        The workbook.

    Raises
    ------
    WorkbookError
        If a sheet cannot be read.
    """
    called: list[Formula] = []
    cells = without_value = 0
    unknown: list[str] = []
    for sheet, part in package.sheets.items():
        data = package.part(part)
        check_markup(data, f"the sheet {sheet}")
        for position, cell in formula_cells(data).items():
            cells += 1
            without_value += cell.value is None and cell.kind != "spill"
            place = f"{sheet}!{cell_name(position)}"
            if isinstance(cell.value, CellError) and cell.value.code == "#NAME?":
                unknown.append(place)
            if cell.text:
                called.append(Formula(place, cell.text))
        rules = _SHEET_DATA.sub(b"", data)
        called += [Formula(f"a rule of {sheet}", text) for text in _texts(rules)]
    for part in package.names():
        if part.startswith(_FOLDERS) and part.endswith(".xml"):
            called += [Formula(part, text) for text in _texts(package.part(part))]
    lambdas: dict[str, str] = {}
    names = set()
    for _, name, text in defined_names(package, hidden=True):
        names.add(name.upper())
        if read_lambda(text):
            lambdas[name.upper()] = text
        else:
            called.append(Formula(f"the name {name}", text))
    first = unknown[0] if unknown else ""
    return Formulas(
        tuple(called), lambdas, frozenset(names), cells, without_value, len(unknown), first
    )


def add_in_settings(package: Package) -> dict[str, str]:
    """Return what a workbook's own sheet `xlwings.conf` sets, which goes before the machine's.

    Parameters
    ----------
    package : Package
        The workbook. A licence key in it is left out.
    """
    part = package.sheets.get(_SETTINGS)
    if part is None:
        return {}
    texts = SharedTexts(package)
    cells = {place: value_of(cell, texts) for place, cell, _ in cells_of(package.part(part))}
    pairs = ((name, cells.get((row, 2))) for (row, column), name in cells.items() if column == 1)
    return {
        str(name): str(value)
        for name, value in pairs
        if name and value not in {None, "", False} and str(name).upper() != "LICENSE_KEY"
    }


def _texts(data: bytes) -> Iterator[str]:
    for found in _RULE.finditer(data):
        yield unescape(found[2].decode("utf-8", "replace"))
