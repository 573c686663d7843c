"""How is a model read from its tables: figures, checks, sources and rows over periods?

A template's folder has `lines.csv` (a figure a row), `checks.csv` and `sources.csv`, and may have
`drivers.csv` and tables of rows over months or quarters. Every row is checked as it is read, and a
mistake is named with its file and line. `CONTRIBUTING.md` says what the columns take.

    inputs,The run,mfu,Utilisation (MFU),0.462,,utilisation,…
    results,Money,compute_cost,Compute cost,,"GPU_COST(gpu_hours,price_per_gpu_hour)",money,…
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from xlcalc.errors import suggestion
from xlcalc.formula_text import replace_words
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.assumptions import assumed, assumption_note, is_assumption
from xlcalc.templates.parts.checks import RELATIONS, Check
from xlcalc.templates.parts.columns import COLUMNS
from xlcalc.templates.parts.figures import Group, Line
from xlcalc.templates.parts.line_cells import (
    NUMBER,
    constant,
    entries_of,
    format_of,
    formula_in,
    measure_of,
    text_in,
)
from xlcalc.templates.parts.money import market_end, market_note
from xlcalc.templates.parts.records import Record, TableError, read_records
from xlcalc.templates.parts.summary import SUMMARY
from xlcalc.templates.parts.sums import SUM, first_summed
from xlcalc.templates.parts.tables import TOTALS, Row

LINES = (
    *("table", "section", "name", "label", "value", "formula"),
    *("quantity", "unit", "domain", "format", "choices", "marks", "note"),
)
"""Columns of `lines.csv`."""
CHECKS = ("label", "figure", "relation", "other", "format", "how")
SOURCES = ("figures", "said", "source")
DRIVERS = ("name", "low", "high", "basis")
ROWS = (
    *("section", "key", "label", "unit", "formula", "format"),
    *("opening", "total", "marks", "note"),
)
"""Columns of a table of rows over periods."""
MARKS = (
    *("word", "fixed", "total", "strict", "code"),
    *("market", "lowest", "highest", "assumption"),
)
"""What `marks` may say of a figure.

word : the name is for formulas alone, not one of the workbook. fixed : no input. total : a total.
strict : nothing but a choice may be typed in. code : a text of three letters. market : the note
says of which prices the default is the median. lowest, highest : the default is that price of the
market; the value names the accelerator and the price in its place. assumption : the default is the
one of this name on the sheet Assumptions, or of the name that stands as the value.
"""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SHARED = Path(__file__).parent / "lines.csv"
_FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class Written:
    """A formula of a table, and where it stands."""

    at: str
    formula: str


@dataclass(frozen=True)
class Varied:
    """A figure that the sheet Drivers varies: its name, and formulas of its two values.

    Without formulas it is varied by the step of the sheet; `basis` says which range it is.
    """

    name: str
    low: str
    high: str
    basis: str


@dataclass(frozen=True)
class Model:
    """The model of a template.

    Attributes
    ----------
    groups : dict of str to tuple of Group
        The figures of each table of `lines.csv`, under their headings.
    checks : tuple of Check
        What must hold.
    sources : tuple of (str, str, str)
        Names of figures, what is said of them, and where it is from.
    drivers : tuple of Varied
        What the sheet Drivers varies; none in a template without that sheet.
    """

    groups: Mapping[str, tuple[Group, ...]]
    checks: tuple[Check, ...]
    sources: tuple[tuple[str, str, str], ...]
    drivers: tuple[Varied, ...] = ()

    def lines(self, table: str) -> tuple[Line, ...]:
        """Return the figures of a table without their headings."""
        return tuple(line for group in self.groups[table] for line in group.lines)


def read_model(template: str) -> Model:
    """Return the model of a template from the tables in its folder.

    Raises
    ------
    TableError
        If a row cannot be read: a column, quantity, format, mark or function that does not exist, a
        formula whose brackets do not close, a name that is given twice.
    """
    folder = _FOLDER / template
    shared = _shared()
    groups: dict[str, tuple[Group, ...]] = {}
    seen: dict[str, str] = {}
    rows = list(read_records(folder / "lines.csv", LINES))
    for (table, heading), records in groupby(rows, lambda row: (row["table"], row["section"])):
        lines = tuple(_line(_with_shared(record, shared), seen) for record in records)
        groups[table] = (*groups.get(table, ()), Group(heading, lines))
    checks = [_check(record) for record in read_records(folder / "checks.csv", CHECKS)]
    sources = []
    for record in read_records(folder / "sources.csv", SOURCES):
        record.need("said", "source")
        sources.append((record["figures"], record["said"], record["source"]))
    if not sources or sources[0][0] != "run_source":
        raise TableError(f"{template}/sources.csv: the first row is run_source, that of the case")
    drivers = folder / "drivers.csv"
    varied = read_records(drivers, DRIVERS) if drivers.exists() else ()
    return Model(groups, tuple(checks), tuple(sources), tuple(_driver(row, seen) for row in varied))


def period_rows(template: str, file: str) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the rows over months or quarters of a template's table, under their headings."""
    records = list(read_records(_FOLDER / template / file, ROWS))
    seen: dict[str, str] = {}
    return tuple(
        (heading, tuple(_row(record, seen) for record in group))
        for heading, group in groupby(records, lambda record: record["section"])
    )


def refuse_unknown(template: str, known: Callable[[str], bool]) -> None:
    """Refuse formulas of a template's tables that use a name which the workbook does not have.

    Parameters
    ----------
    template : str
        The template.
    known : callable
        Whether a word is a name or an alias of the workbook.

    Raises
    ------
    TableError
        With the file, the line and the word.
    """
    for written in _written(template):

        def check(word: str, at: str = written.at) -> str:
            if not known(word) and word.upper() not in {"TRUE", "FALSE"}:
                raise TableError(f'{at}: no cell is named "{word}"')
            return word

        replace_words(written.formula, check)


def _written(template: str) -> Iterator[Written]:
    """Yield the formulas of all tables of a template; keys of rows in braces are no names."""
    shared = _shared()
    folder = _FOLDER / template
    if not (folder / "lines.csv").exists():
        return
    for path in sorted(folder.glob("*.csv")):
        header = path.read_text("utf-8-sig").partition("\n")[0].strip().split(",")
        if tuple(header) in {ROWS, COLUMNS}:
            for record in read_records(path, header):
                yield Written(record.at, re.sub(r"\{[a-z0-9_.]+\}", "0", record["formula"]))
    for record in read_records(folder / "lines.csv", LINES):
        full = _with_shared(record, shared)
        yield Written(record.at, SUM.sub(r"\1", full["formula"]))
        if full["marks"] in {"lowest", "highest"}:
            yield Written(record.at, full["value"])
        for column in ("unit", "note"):
            yield Written(record.at, text_in(full, column) if "{" in full[column] else "")
    for file, columns, formulas in (
        ("checks.csv", CHECKS, ("figure", "other")),
        ("drivers.csv", DRIVERS, ("low", "high")),
        ("summary.csv", SUMMARY, ("formula",)),
    ):
        for record in read_records(folder / file, columns) if (folder / file).exists() else ():
            for column in formulas:
                yield Written(record.at, record[column])


@cache
def _shared() -> Mapping[str, Record]:
    """Return the figures that several templates have, by name."""
    return {record["name"]: record for record in read_records(_SHARED, LINES)}


def _with_shared(record: Record, shared: Mapping[str, Record]) -> Record:
    """Return a row with what it leaves empty from the row of its name that templates share."""
    if record["label"]:
        return record
    if record["name"] not in shared:
        hint = suggestion(record["name"], shared)
        raise record.fail(
            f'a row without a label takes it from parts/lines.csv, which has no "{record["name"]}"'
            f"{hint}"
        )
    common = shared[record["name"]].cells
    cells = {
        column: cell or ("" if column == "formula" and record["value"] else common[column])
        for column, cell in record.cells.items()
    }
    if record["formula"]:
        cells["value"] = ""
    return Record(record.at, cells)


def _line(record: Record, seen: dict[str, str]) -> Line:
    marks = _marks(record, MARKS)
    record.need(
        "table", "section", "label", *(() if marks & {"market", "assumption"} else ("note",))
    )
    name = record["name"]
    if name:
        _new(record, name, seen)
    summed = first_summed(record["formula"])
    if summed and (summed not in seen or summed == name):
        raise record.fail(f'no row above is named "{summed}"')
    measure = measure_of(record)
    value, note = _value(record, marks), _note(record, marks)
    return Line(
        record["label"],
        value,
        measure,
        "" if "word" in marks else name,
        note,
        unit=text_in(record, "unit") if isinstance(measure, Quantity) else "",
        number_format=format_of(record["format"]),
        alias=name if "word" in marks else "",
        entries=entries_of(record["choices"]),
        strict="strict" in marks,
        letters=3 * ("code" in marks),
        fixed="fixed" in marks,
        total="total" in marks,
    )


def _value(record: Record, marks: set[str]) -> object:
    if "assumption" in marks:
        return f"={assumed(_assumption(record), money=_is_money(record))}"
    for end in marks & {"lowest", "highest"}:
        names = record["value"].split()
        if len(names) != 2:
            raise record.fail("the value names an accelerator and a price")
        return f"={market_end(end, *names)}"
    if (record["formula"] != "") == (record["value"] != ""):
        raise record.fail("either value or formula is given")
    if record["formula"]:
        return f"={formula_in(record, 'formula')}"
    return constant(record["value"])


def _note(record: Record, marks: set[str]) -> str:
    if "market" in marks:
        try:
            return market_note(record["name"], record["formula"], record["note"])
        except ValueError as error:
            raise record.fail(str(error)) from None
    if "assumption" in marks:
        key, money = _assumption(record), _is_money(record)
        return assumption_note(record["name"], key, record["note"], money=money)
    return text_in(record, "note")


def _assumption(record: Record) -> str:
    key = record["value"] or record["name"]
    if not is_assumption(key):
        raise record.fail(f'assumptions.csv of the catalogue has no "{key}"')
    return key


def _is_money(record: Record) -> bool:
    return record["unit"].startswith("{currency}")


def _marks(record: Record, known: Sequence[str]) -> set[str]:
    marks = set(record["marks"].split())
    for mark in sorted(marks - set(known)):
        raise record.fail(f'there is no mark "{mark}"; there are: {", ".join(known)}')
    return marks


def _new(record: Record, name: str, seen: dict[str, str]) -> None:
    if not _NAME.fullmatch(name):
        raise record.fail(f'"{name}" is no name: small letters, digits and _')
    if name in seen:
        raise record.fail(f'"{name}" stands in {seen[name]} already')
    seen[name] = record.at


def _driver(record: Record, seen: Mapping[str, str]) -> Varied:
    name = record["name"]
    if name not in seen:
        raise record.fail(f'lines.csv has no "{name}"{suggestion(name, seen)}')
    if len({record[column] == "" for column in ("low", "high", "basis")}) > 1:
        raise record.fail("low, high and basis are given together, or none of them")
    return Varied(name, formula_in(record, "low"), formula_in(record, "high"), record["basis"])


def _check(record: Record) -> Check:
    record.need("label", "figure", "relation", "other", "how")
    if record["relation"] not in RELATIONS:
        raise record.fail(f"the relation is one of {' '.join(RELATIONS)}")
    return Check(
        record["label"],
        _side(record, "figure"),
        record["relation"],
        _side(record, "other"),
        format_of(record["format"]),
        text_in(record, "how"),
    )


def _side(record: Record, column: str) -> object:
    """Return one side of a check: a number, or a formula."""
    if NUMBER.fullmatch(record[column]):
        return constant(record[column])
    return f"={formula_in(record, column)}"


def _row(record: Record, seen: dict[str, str]) -> Row:
    marks = _marks(record, ("total",))
    record.need("section", "key", "label", "formula")
    _new(record, record["key"], seen)
    total = record["total"]
    if total not in TOTALS:
        total = f"={formula_in(record, 'total')}"
    opening = _side(record, "opening") if record["opening"] else None
    return Row(
        record["key"],
        text_in(record, "label"),
        text_in(record, "unit"),
        f"={formula_in(record, 'formula')}",
        format_of(record["format"]),
        opening,
        total,
        "total" in marks,
        record["note"],
    )
