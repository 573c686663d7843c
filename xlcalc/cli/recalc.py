"""The command `recalc`: do workbooks store what their formulas give, and if not, let them?"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcalc.cli import status
from xlcalc.cli.differences import (
    accept_option,
    accepted_cells,
    as_data,
    refused,
    tell,
    tell_kept,
    tell_old,
    tell_origin,
    tell_renamed,
    verbose_option,
)
from xlcalc.cli.options import FILE, catalogue_option, json_option, print_json, workbooks_in
from xlcalc.cli.saying import say
from xlcalc.errors import DifferencesError, UsageError

if TYPE_CHECKING:
    from xlcalc.calc.differences import Difference


@dataclass(frozen=True)
class _Outcome:
    """What became of a workbook, and the status that it asks for."""

    book: Path
    differences: "tuple[Difference, ...]" = ()
    written: Path | None = None
    failure: UsageError | None = None
    status: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        about = {"workbook": str(self.book), "file": self.written and str(self.written)}
        failed = {"error": str(self.failure)} if self.failure else {}
        return {**about, "differences": as_data(self.differences), **failed}


@click.command(
    "recalc",
    no_args_is_help=True,
    epilog=status.statuses(
        "engines do not agree on a value, or with --check if one is not what is calculated",
        "a workbook cannot be read or written",
    ),
)
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    metavar="FILE_OR_FOLDER",
    type=FILE,
    help="File to write; for several workbooks a folder, in which they keep their names. Each "
    "workbook itself if left out.",
)
@click.option("--check", is_flag=True, help="Write nothing, and name the values that are old.")
@accept_option
@json_option
@verbose_option
@catalogue_option
def recalc(
    files: tuple[Path, ...],
    output: Path | None,
    accepted: str | None,
    *,
    check: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Calculate workbooks and store their values.

    FILE is an xlsx or xlsm workbook, or a folder of them. Its formulas get fresh values; no other
    cell changes. A stored value that the engines do not give back is named, and where they do not
    agree on it, nothing is written.
    """
    if check and output is not None:
        raise UsageError("--check writes nothing, and goes without -o")
    several = len(files) > 1 or files[0].is_dir()
    cells = accepted_cells(accepted)
    if several and cells not in {(), ("all",)}:
        raise UsageError("--accept-differences names cells of one workbook; for several it is all")
    gc.enable()  # a folder may hold thousands
    targets = _targets(files, output) if several else {files[0]: output or files[0]}
    done = []
    for book, target in targets.items():
        try:
            done.append(
                _checked(book, cells, as_json=as_json, verbose=verbose)
                if check
                else _written(book, target, cells, as_json=as_json, verbose=verbose)
            )
        except UsageError as error:
            if not several:
                raise
            say(error)
            done.append(_Outcome(book, failure=error, status=status.USAGE))
    if as_json:
        made = [one.as_data() for one in done]
        print_json(made if several else made[0])
    if check or several:
        _tell_counts(done, check=check)
    worst = max(one.status for one in done)
    if worst:
        raise click.exceptions.Exit(worst)


def _targets(files: Iterable[Path], folder: Path | None) -> dict[Path, Path]:
    """Return the file that each workbook is written to.

    Raises
    ------
    UsageError
        If two workbooks have one name, or the folder cannot be written to.
    """
    books = list(dict.fromkeys(workbooks_in(files)))
    if folder is None:
        return {book: book for book in books}
    from xlcalc.files import make_folder

    targets: dict[Path, Path] = {}
    by_name: dict[str, Path] = {}
    for book in books:
        other = by_name.setdefault(book.name.lower(), book)
        if other != book:
            raise UsageError(f"{other} and {book} would both be written to {folder / book.name}")
        targets[book] = folder / book.name
    make_folder(folder)
    return targets


def _written(
    book: Path, target: Path, accepted: tuple[str, ...], *, as_json: bool, verbose: bool
) -> _Outcome:
    """Give a workbook fresh values, unless engines do not agree on them."""
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.origin import origin_of
    from xlcalc.calc.recalculation import recalculated
    from xlcalc.files import write_file

    model = WorkbookModel.read(book)
    try:
        done = recalculated(model, accepted)
    except DifferencesError as error:
        refused(error)
        found = (*error.differences, *error.stale)
        return _Outcome(book, found, failure=error, status=status.FAILURE)
    write_file(target, done.package.to_bytes())
    if verbose:
        tell_origin(origin_of(done.verification), model.name)
    tell_renamed(model)
    if not as_json:
        tell(done.verification, verbose=verbose)
        click.echo(f"wrote {target}")
    return _Outcome(book, done.verification.differences, target)


def _checked(book: Path, accepted: tuple[str, ...], *, as_json: bool, verbose: bool) -> _Outcome:
    """Compare what a workbook stores with what its formulas give."""
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.origin import origin_of
    from xlcalc.calc.recalculation import checked

    model = WorkbookModel.read(book)
    verification, old = checked(model, accepted)
    if verbose:
        tell_origin(origin_of(verification), model.name)
    if not as_json:
        tell_kept(verification, model.name)
        tell_old(old, model.name)
    return _Outcome(book, old, status=status.FAILURE if old else 0)


def _tell_counts(done: list[_Outcome], *, check: bool) -> None:
    """Say on stderr how many workbooks there were, and how many are not as they should be."""
    failed = sum(one.status == status.FAILURE for one in done)
    unread = sum(one.status == status.USAGE for one in done)
    wrong = "with other values than calculated" if check else "not written"
    parts = [f"{failed} {wrong}"] * bool(failed) + [f"{unread} not read"] * bool(unread)
    books = f"{len(done):,} workbook{'s' * (len(done) != 1)}"
    well = "all values are as calculated" if check else "all written"
    click.echo(f"{books}: {', '.join(parts) or well}", err=True)


COMMANDS = {"recalc": recalc}
