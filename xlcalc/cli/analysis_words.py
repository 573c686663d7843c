"""How are the inputs of a question written on the command line: name=value, ranges, lists?"""

from pathlib import Path
from typing import TYPE_CHECKING

from xlcalc.errors import AnalysisError, InputValueError
from xlcalc.files import called_in_sentences

if TYPE_CHECKING:
    from xlcalc.workbook import Workbook


def one_row(path: Path, book: "Workbook", locale: str | None) -> dict[str, object]:
    """Return the inputs of a list of one scenario; empty cells keep the workbook's own."""
    from xlcalc.runs.listed_rows import NAME_COLUMN, rows_of
    from xlcalc.runs.local_values import local_cells

    called = called_in_sentences(path)
    rows = [cells for _, cells in rows_of(path, locale)]
    if len(rows) != 2:
        raise AnalysisError(f"{called} must hold a header and one row, got {len(rows)} rows")
    names = [str(name).strip() for name in rows[0]]
    lower = [name.lower() for name in names]
    for name in names:
        if lower.count(name.lower()) > 1:
            raise AnalysisError(f'{called} has the column "{name}" twice')
    if len(rows[1]) > len(names):
        raise AnalysisError(f"{called} has {len(rows[1])} values for {len(names)} columns")
    values = local_cells(locale, [not book.takes_numbers(name) for name in names])(rows[1])
    return {
        name: value
        for name, value in zip(names, values, strict=False)
        if name.lower() != NAME_COLUMN and value not in {None, ""}
    }


def axis(text: str) -> tuple[str, list[float]]:
    """Return an input and its values, as mfu=0.3,0.4."""
    name, values = named("--grid", text)
    return name, [number("--grid", value) for value in values.split(",")]


def range_of(text: str) -> tuple[str, tuple[float | None, float | None]]:
    """Return an input and its range, as params=1e9:1e12; an end may be left out."""
    name, equals, ends = text.partition("=")
    if not equals:
        return name.strip(), (None, None)
    low, colon, high = (part.strip() for part in ends.partition(":"))
    if not colon:
        raise InputValueError(f'a range is written as {name}=LOW:HIGH, got "{text}"')
    return name.strip(), (
        number("--by", low) if low else None,
        number("--by", high) if high else None,
    )


def named(option: str, text: str) -> tuple[str, str]:
    """Return the two sides of name=value."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputValueError(f'{option} takes name=value, got "{text}"')
    return name.strip(), value.strip()


def number(option: str, text: str) -> float:
    """Return a number that an option takes."""
    from xlcalc.calc.entries import parse_number

    number = parse_number(text)
    if number is None:
        raise InputValueError(f'{option} takes a number, got "{text}"')
    return number
