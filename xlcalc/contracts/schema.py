"""How is what a workbook takes and gives written as a JSON Schema?

The schema, of draft 2020-12, describes an object with `inputs`, `results` and `tables`. Standard
keywords say kind and domain, so that any validator of JSON Schema can check inputs by it; what the
standard has no word for begins with `x-`: `x-unit`, `x-kind`, `x-cell`, and `x-rule`.
"""

from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellError, CellValue
from xlcalc.contracts.domains import keywords
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import moment
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.tables import Table, read_tables
from xlcalc.ooxml.validations import Validation

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "whole number": {"type": "integer"},
    "text": {"type": "string"},
    "TRUE or FALSE": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date and time": {"type": "string"},
    "time": {"type": "string"},
    "duration": {"type": "string"},
    "any": {},
}
"""The keywords of each kind."""
_ANY_DAY = 45_000.0


def contract_of(model: WorkbookModel) -> dict[str, Any]:
    """Return the contract of a workbook, a JSON Schema.

    Two contracts of one workbook are equal, whatever the day and the machine.
    """
    inputs = {name: _input(model, cell) for name, cell in model.inputs.items()}
    return {
        "$schema": DRAFT,
        "title": PurePath(model.name).name,
        "type": "object",
        "properties": {
            "inputs": {"type": "object", "properties": inputs, "additionalProperties": False},
            "results": {
                "type": "object",
                "properties": {name: _result(cell) for name, cell in model.outputs.items()},
                "required": list(model.outputs),
            },
            "tables": {
                "type": "object",
                "properties": dict(_table(model, table) for table in read_tables(model.package)),
            },
        },
    }


def _input(model: WorkbookModel, cell: NamedCell) -> dict[str, Any]:
    rules = [rule for rule in cell.validations if rule.strict]
    kind = kind_of(cell, cell.value, rules)
    found = _described(cell, kind)
    for rule in rules:
        entries = model.choices(cell, rule) if rule.kind == "list" else None
        if rule.kind == "list" and entries is not None and _has_no_values(entries):
            entries = None
        demanded = keywords(cell, rule, entries)
        if demanded.keys() & (found.keys() - {"type"}):
            found.setdefault("allOf", []).append(demanded)
        else:
            found.update(demanded)
    if cell.value is None and "type" in found:
        found["type"] = [found["type"], "null"]
    if cell.value is None and "enum" in found:
        found["enum"] = [*found["enum"], None]
    if not isinstance(cell.value, CellError):
        found["default"] = cell.with_dates(cell.value)
    return found


def _has_no_values(entries: tuple[CellValue, ...]) -> bool:
    """Whether a list shows an error, or is empty: what it takes is not known then."""
    return all(entry is None or isinstance(entry, CellError) for entry in entries)


def _result(cell: NamedCell) -> dict[str, Any]:
    return _described(cell, kind_of(cell, cell.value))


def _described(cell: NamedCell, kind: str) -> dict[str, Any]:
    found = {"title": cell.label, **_TYPES[kind], "x-kind": kind, "x-cell": cell.place}
    if cell.unit:
        found["x-unit"] = cell.unit
    return found


def kind_of(cell: NamedCell, value: CellValue, rules: "list[Validation] | None" = None) -> str:
    """Return the kind of a value in a cell: any of them where it is empty or an error.

    A rule for whole numbers or numbers says what an empty cell is for.
    """
    kinds = {rule.kind for rule in rules or ()}
    if isinstance(value, bool):
        return "TRUE or FALSE"
    if isinstance(value, str):
        return "text"
    if value is None and not kinds & {"decimal", "whole", "date", "time"}:
        return "any"
    if not isinstance(value, float) and value is not None:
        return "any"
    if is_date_format(cell.number_format):
        shown = moment(_ANY_DAY if value is None else value, cell.number_format, cell.date1904)
        return _kind_of_moment(shown)
    if "date" in kinds or "time" in kinds:
        return "date" if "date" in kinds else "time"
    return "whole number" if "whole" in kinds else "number"


def _kind_of_moment(shown: date | time | timedelta | None) -> str:
    if isinstance(shown, datetime):
        return "date and time"
    if isinstance(shown, date):
        return "date"
    if isinstance(shown, timedelta):
        return "duration"
    return "number" if shown is None else "time"


def _table(model: WorkbookModel, table: Table) -> tuple[str, dict[str, Any]]:
    """Return the name of a table and what it holds, by its first row."""
    rows = table.rows(set(), 0)
    columns: dict[str, Any] = {}
    for column, heading in enumerate(table.headings or table.columns, start=table.left):
        kind = "any"
        entry: dict[str, Any] = {}
        if rows is not None:
            place = rows[0], column
            value = model.engine.value(table.sheet, place)
            kind = _kind_of_value(value)
            entry["x-formula"] = place in model.formulas[table.sheet]
        columns[heading] = {**_TYPES[kind], "x-kind": kind, **entry}
    corner: Position = (table.top, table.left)
    found = {
        "type": "array",
        "items": {"type": "object", "properties": columns, "required": list(columns)},
        "x-cell": f"{table.sheet}!{cell_name(corner)}",
        "x-totals": bool(table.totals),
    }
    return table.title or table.name, found


def _kind_of_value(value: CellValue) -> str:
    if isinstance(value, bool):
        return "TRUE or FALSE"
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, float) else "any"
