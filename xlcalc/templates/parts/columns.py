r"""Which columns has a table of a template? They are rows of its `columns.csv`.

A column has a formula for all rows, or what the caller gives: a value or formula for each row.

    table,key,heading,formula,format,quantity,marks
    classes,weight,Tokens of a\nmean sequence,{mean}*{share},"#,##0.0",,
    classes,mean,Mean length\ntokens,,"#,##0",context,input
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from xlcalc.templates.parts.line_cells import QUANTITIES, format_of, formula_in
from xlcalc.templates.parts.records import Record, read_records
from xlcalc.templates.parts.tables import Column

COLUMNS = ("table", "key", "heading", "formula", "format", "quantity", "marks")
MARKS = ("input", "words", "literal")
_FOLDER = Path(__file__).parent.parent


def columns(template: str, table: str, **given: object) -> list[Column]:
    """Return the columns of a table, from left to right.

    Parameters
    ----------
    template : str
        The template, whose folder has the file.
    table : str
        What the file calls the table.
    **given : object
        The content of each column that has no formula in the file, by its key.

    Raises
    ------
    TableError
        With the file, the line and what is wrong there.
    """
    found = [_column(record, given) for record in _tables(template)[table]]
    keys = {column.key for column in found}
    if unknown := sorted(given.keys() - keys):
        raise KeyError(f"the table {table} of {template} has no column {', '.join(unknown)}")
    return found


@cache
def _tables(template: str) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in read_records(_FOLDER / template / "columns.csv", COLUMNS):
        record.need("table", "key")
        found.setdefault(record["table"], []).append(record)
    return found


def _column(record: Record, given: Mapping[str, object]) -> Column:
    key, quantity = record["key"], record["quantity"]
    if (record["formula"] != "") == (key in given):
        raise record.fail("either the table or its caller has the content")
    if quantity and quantity not in QUANTITIES:
        raise record.fail(f'there is no quantity "{quantity}"')
    marks = record["marks"].split()
    if strange := sorted(set(marks) - set(MARKS)):
        raise record.fail(f'there is no mark "{strange[0]}"; there are: {", ".join(MARKS)}')
    return Column(
        key,
        record["heading"],
        given[key] if key in given else f"={formula_in(record, 'formula')}",
        format_of(record["format"]) or "General",
        QUANTITIES[quantity] if quantity else None,
        editable="input" in marks,
        words="words" in marks,
        literal="literal" in marks,
    )
