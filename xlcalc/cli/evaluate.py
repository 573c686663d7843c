"""The command `evaluate`: the results of a workbook for many scenarios, without writing workbooks.

A list is read and written in parts, so that it may be of any length.
"""

import contextlib
import csv
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from xlcalc.cell_values import plain
from xlcalc.cli import status, streams
from xlcalc.cli.completion import workbooks
from xlcalc.cli.differences import accept_option, accepted_cells
from xlcalc.cli.options import (
    FILE,
    catalogue_option,
    json_value,
    language_option,
    locale_option,
    refuse_existing,
)
from xlcalc.cli.saying import say
from xlcalc.errors import InputValueError, OutputError, ScenarioError, UsageError, suggestion
from xlcalc.files import called_in_sentences, draft

if TYPE_CHECKING:
    from xlcalc.workbook import Workbook

_PART = 16_384
"""Scenarios that are calculated and written at once."""


@click.command("evaluate", epilog=status.statuses("a row has no result, or engines do not agree"))
@click.argument("workbook", shell_complete=workbooks)
@click.argument("scenarios", type=FILE)
@click.option(
    "--get",
    "wanted",
    metavar="NAME",
    multiple=True,
    help="Named cell to calculate; all results if left out.",
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    default="-",
    help="File to write, .csv or .parquet; the standard output if left out.",
)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one a scenario.")
@locale_option
@click.option(
    "--dask", metavar="ADDRESS", help="Address of a Dask scheduler; its cluster calculates."
)
@language_option
@accept_option
@catalogue_option
def evaluate(
    workbook: str,
    scenarios: Path,
    wanted: tuple[str, ...],
    output: str,
    lang: str | None,
    accepted: str | None,
    dask: str | None,
    locale: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Calculate a workbook for each row of a list.

    WORKBOOK is an xlsx file or the name of a template, SCENARIOS a CSV, xlsx or Parquet file, or -
    for CSV on the standard input. Columns are named inputs; others are labels, which stay.
    """
    from xlcalc.workbook import load

    if as_json and output != "-":
        raise UsageError("--json prints; a file of -o is .csv or .parquet")
    refuse_existing(None if output == "-" else Path(output), force=force)
    book = load(workbook, language=lang, accept_differences=accepted_cells(accepted))
    failed = 0
    told = False
    with contextlib.ExitStack() as stack:
        if dask is not None:
            from xlcalc.runs.answers_elsewhere import answers_of_cluster

            stack.enter_context(answers_of_cluster(book, dask))
        write = stack.enter_context(_json_list() if as_json else _writer(output))
        for part in _parts(scenarios, book, locale):
            if not told:
                _tell_labels(book.labels(part), book.inputs)
                told = True
            made = book.evaluate(part, wanted or None)
            failed += sum(bool(why) for why in made["error"])
            write(made)
            if output == "-" and streams.is_unread():
                break
    if failed:
        scenario = "scenario has" if failed == 1 else "scenarios have"
        say(f"{failed:,} {scenario} no result; see the column error")
        raise click.exceptions.Exit(status.FAILURE)


def _tell_labels(labels: Collection[str], inputs: Collection[str]) -> None:
    """Name the columns that are no inputs: one of them may be a mistyped name."""
    for label in labels:
        if label.lower() != "scenario":
            hint = suggestion(label, inputs)
            click.echo(f'xlcalc: the column "{label}" is no input, and stays{hint}', err=True)


def _parts(path: Path, book: "Workbook", locale: str | None) -> Iterator[dict[str, list[Any]]]:
    """Yield a list of scenarios as columns, part by part."""
    from xlcalc.runs.listed_rows import rows_of
    from xlcalc.runs.local_values import local_cells

    called = called_in_sentences(path)
    rows = rows_of(path, locale)
    head = next(rows, None)
    if head is None:
        raise ScenarioError(f"{called} has no header row")
    names = ["" if name is None else str(name).strip() for name in head[1]]
    for name in names:
        if not name or names.count(name) > 1:
            what = f'the column "{name}" twice' if name else "a column without a name"
            raise ScenarioError(f"{called} has {what}")
    read = local_cells(locale, [not book.takes_numbers(name) for name in names])
    empty = True
    while part := list(islice(rows, _PART)):
        empty = False
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for number, cells in part:
            if len(cells) > len(names):
                raise ScenarioError(
                    f"{called}, row {number}: {len(cells)} values for {len(names)} columns"
                )
            try:
                cells = read(cells)
            except InputValueError as error:
                raise ScenarioError(f"{called}, row {number}: {error}") from None
            for place, name in enumerate(names):
                columns[name].append(cells[place] if place < len(cells) else None)
        yield columns
    if empty:
        raise ScenarioError(f"{called} lists no scenario")


@contextlib.contextmanager
def _writer(output: str) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    """Give what writes the parts of a table: CSV on the standard output, or a file of its kind.

    A file is there when all of it is written, and not before.
    """
    if output == "-":
        yield _csv_writer(sys.stdout)
        return
    target = Path(output)
    if target.suffix.lower() not in {".csv", ".parquet"}:
        raise OutputError(f"{output}: results are written as .csv or .parquet")
    make = _csv_file if target.suffix.lower() == ".csv" else _parquet_file
    with draft(target) as path, make(path) as write:
        yield write
    click.echo(f"wrote {target}")


@contextlib.contextmanager
def _json_list() -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    """Give what prints the parts of a table as one list of JSON, an object a scenario."""
    import json

    between = "["

    def write(made: Mapping[str, Sequence[Any]]) -> None:
        nonlocal between
        columns = [json_value(list(column)) for column in made.values()]
        for cells in zip(*columns, strict=True):
            row = dict(zip(made, cells, strict=True))
            click.echo(f"{between}\n{json.dumps(row, ensure_ascii=False, default=plain)}", nl=False)
            between = ","

    yield write
    click.echo("\n]")


@contextlib.contextmanager
def _csv_file(path: Path) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield _csv_writer(file)


def _csv_writer(file: IO[str]) -> Callable[[Mapping[str, Sequence[Any]]], None]:
    from xlcalc.runs.csv_listing import csv_cells, csv_text

    # A text stream of Windows makes line ends of its own.
    writer = csv.writer(file, lineterminator="\n" if file is sys.stdout else "\r\n")
    begun = False

    def write(made: Mapping[str, Sequence[Any]]) -> None:
        nonlocal begun
        if not begun:
            writer.writerow(map(csv_text, made))
            begun = True
        columns = [csv_cells(list(column)) for column in made.values()]
        writer.writerows(zip(*columns, strict=True))

    return write


@contextlib.contextmanager
def _parquet_file(path: Path) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise OutputError(
            'Parquet is written with the package pyarrow: pip install "xlcalc[parquet]"'
        ) from None
    with contextlib.ExitStack() as stack:
        file: Any = None
        schema: Any = None

        def write(made: Mapping[str, Sequence[Any]]) -> None:
            nonlocal file, schema
            if file is None:
                # What has no value in the first part may have one in a later one: a text.
                first = pyarrow.table({name: _typed(column) for name, column in made.items()})
                schema = pyarrow.schema(
                    (field.name, pyarrow.string() if field.type == pyarrow.null() else field.type)
                    for field in first.schema
                )
                file = stack.enter_context(parquet.ParquetWriter(path, schema))
            columns = {field.name: _as_type(made[field.name], field.type) for field in schema}
            file.write_table(pyarrow.table(columns, schema=schema))

        def _as_type(column: Sequence[Any], kind: Any) -> Any:
            if kind == pyarrow.string():
                column = [None if value is None else str(value) for value in column]
            try:
                return pyarrow.array(column, kind)
            except pyarrow.ArrowInvalid as error:
                raise OutputError(f"{path}: a column changes its kind: {error}") from None

        yield write


def _typed(column: Sequence[Any]) -> list[Any]:
    """Return a column of one kind: mixed values become texts."""
    kinds = {type(value) for value in column if value is not None}
    if len(kinds) > 1:
        return [None if value is None else str(value) for value in column]
    return list(column)


COMMANDS = {"evaluate": evaluate}
