"""What several commands share: their options, and how they print a value."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from xlcalc import catalogue
from xlcalc.cell_values import plain
from xlcalc.cli.completion import dialect_names, language_names
from xlcalc.errors import OutputError, UsageError

FILE = click.Path(path_type=Path)
_WORKBOOKS = (".xlsx", ".xlsm")

DIALECT_HELP = "Form of the formulas: udf, officejs, lambda, native, values."
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON with full precision."
)
dialect_option = click.option(
    "--dialect", metavar="DIALECT", help=DIALECT_HELP, shell_complete=dialect_names
)
namespace_option = click.option(
    "--namespace", metavar="NAME", help="Namespace of the Office add-in, for officejs; else XLCALC."
)
language_option = click.option(
    "--lang",
    metavar="LANG",
    help="Language of a template's labels: en or zh.",
    shell_complete=language_names,
)


def _use_catalogue(context: click.Context, option: click.Parameter, folder: Path | None) -> None:
    """Put a team's own catalogue over the bundled one, before the command begins."""
    if folder is not None:
        catalogue.use(folder)


catalogue_option = click.option(
    "--catalogue",
    metavar="FOLDER",
    type=FILE,
    callback=_use_catalogue,
    expose_value=False,
    help=f"Folder of your own catalogue files; or set {catalogue.VARIABLE}.",
)


def _ending(*endings: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """Return what refuses a file to write that does not have one of some endings."""

    def refuse(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
        if file is not None and file.suffix.lower() not in endings:
            kind = "JUnit" if option.name == "junit" else "SARIF"
            raise OutputError(f"{file}: a {kind} report is written as {' or '.join(endings)}")
        return file

    return refuse


junit_option = click.option(
    "--junit",
    metavar="FILE.xml",
    type=FILE,
    callback=_ending(".xml"),
    help="Write a JUnit report too, which CI systems show.",
)
sarif_option = click.option(
    "--sarif",
    metavar="FILE.sarif",
    type=FILE,
    callback=_ending(".sarif", ".json"),
    help="Write what is wrong as SARIF too, which code hosts show.",
)
contract_option = click.option(
    "--contract",
    metavar="FILE",
    type=FILE,
    help="Contract that the workbook must keep, as xlcalc contract writes it.",
)
force_option = click.option("--force", is_flag=True, help="Replace an existing file.")


def workbooks_in(files: Iterable[Path]) -> Iterator[Path]:
    """Yield the workbooks that are named, and those of folders in the order of their names.

    Raises
    ------
    UsageError
        If a folder has none.
    """
    for file in files:
        if not file.is_dir():
            yield file
            continue
        inside = [
            path
            for path in sorted(file.rglob("*"))
            if path.suffix.lower() in _WORKBOOKS and not path.name.startswith(("~$", "."))
        ]
        if not inside:
            raise UsageError(f"the folder {file} has no workbook")
        yield from inside


def refuse_existing(target: Path | None, *, force: bool) -> None:
    """Refuse a file that exists, before anything is calculated.

    Raises
    ------
    OutputError
        If it exists, and may not be replaced.
    """
    if target is not None and target.exists() and not force:
        raise OutputError(f"{target} exists; give another name with -o, or replace it with --force")


locale_option = click.option(
    "--locale",
    metavar="CODE",
    help="How the list writes numbers and days: de for 1.234,5 and 31.12.2026, fr, es, it, ch, gb, "
    "us.",
)


def print_json(data: Any) -> None:
    """Print data as JSON, an error of a cell as its code, and null for what is no number."""
    import json

    click.echo(json.dumps(json_value(data), indent=2, ensure_ascii=False, default=plain))


def json_value(data: Any) -> Any:
    """Return data in which None stands for nan and infinities, which JSON does not know."""
    if isinstance(data, Mapping):
        return {key: json_value(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [json_value(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
