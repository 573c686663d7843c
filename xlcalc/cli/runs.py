"""The commands that write many workbooks and one summary: `report` and `batch`."""

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcalc.cli import status
from xlcalc.cli.completion import workbooks
from xlcalc.cli.differences import accept_option, accepted_cells, tell, tell_origin, verbose_option
from xlcalc.cli.limits import is_open
from xlcalc.cli.options import (
    FILE,
    catalogue_option,
    contract_option,
    dialect_option,
    junit_option,
    language_option,
    locale_option,
    namespace_option,
    sarif_option,
)
from xlcalc.cli.printing import pdf_option
from xlcalc.cli.saying import raw_stderr, say
from xlcalc.errors import UsageError

if TYPE_CHECKING:
    from xlcalc.runs.ci_reports import RunReports
    from xlcalc.runs.config import ReportConfig
    from xlcalc.runs.results import Result

focus_option = click.option(
    "--focus",
    is_flag=True,
    help="Also write each plan of months as a FOCUS file of costs, beside its workbook.",
)
LISTED_FILES = 100
"""How many files a log names; of more it gives the number alone."""

jobs_option = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes that work at once.",
)
force_option = click.option(
    "--force", is_flag=True, help="Replace files that no earlier run wrote."
)
resume_option = click.option(
    "--resume", is_flag=True, help="Keep the intact files of an earlier run."
)

dask_option = click.option(
    "--dask", metavar="ADDRESS", help="Address of a Dask scheduler; its cluster does the work."
)


@click.command(
    "report",
    epilog=status.statuses(
        "a run failed, breaks a guard or fails a check, or the workbook breaks its contract",
        "the report cannot start or go on",
    ),
)
@click.argument("config", type=FILE, required=False)
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    help="Folder to write; else the configuration's, or reports.",
)
@click.option(
    "--all", "every", is_flag=True, help="Every template with its samples, and a page of links."
)
@dialect_option
@namespace_option
@language_option
@jobs_option
@resume_option
@force_option
@contract_option
@accept_option
@dask_option
@verbose_option
@pdf_option
@focus_option
@junit_option
@sarif_option
@catalogue_option
def report(
    config: Path | None,
    output: str | None,
    dialect: str | None,
    namespace: str | None,
    lang: str | None,
    jobs: int,
    contract: Path | None,
    accepted: str | None,
    junit: Path | None,
    sarif: Path | None,
    dask: str | None,
    *,
    every: bool,
    resume: bool,
    force: bool,
    verbose: bool,
    pdf: bool,
    focus: bool,
) -> None:
    """Write the workbooks and the summary of a report.

    CONFIG is a TOML file; without one, the report is of the bundled sample of published runs.
    """
    from xlcalc.dialects import Form
    from xlcalc.runs.ci_reports import RunReports
    from xlcalc.runs.config import load_config

    told = RunReports("xlcalc report", junit, sarif)
    how = _How(
        jobs=jobs, dask=dask, resume=resume, force=force, verbose=verbose, pdf=pdf, focus=focus
    )
    form = Form(dialect, namespace, lang)
    if not every:
        loaded = load_config(config, output, form, accepted_cells(accepted), contract)
        _write_reports([loaded], told, how)
        return
    if config is not None or contract is not None:
        raise UsageError("--all takes no configuration: it is every template with its samples")
    if focus:
        raise UsageError("--focus is for the report of a plan of months, and --all has others too")
    if "://" in (output or ""):
        raise UsageError(f"--all writes to a folder of this machine, not to {output}")
    from xlcalc.gallery import Gallery

    gallery = Gallery(Path(output or "reports"), form)
    if not force:
        gallery.refuse_foreign()
    gallery.write_templates()
    try:
        _write_reports(gallery.configs(), told, how)
    finally:
        click.echo(f"wrote {gallery.write_index()}")


@click.command(
    "batch",
    epilog=status.statuses(
        "a row failed or fails a check, or the workbook breaks its contract",
        "the batch cannot start or go on",
    ),
)
@click.argument("book", metavar="FILE_OR_TEMPLATE", shell_complete=workbooks)
@click.argument("scenarios", type=FILE)
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    required=True,
    help="Folder to write, or a URL such as s3://bucket/path.",
)
@click.option(
    "--rows",
    metavar="TABLE=FILE",
    multiple=True,
    help="Rows for a table or a named range: a list with the columns scenario and the table's.",
)
@click.option(
    "--picture",
    "pictures",
    metavar="CELL=COLUMN",
    multiple=True,
    help="A named cell or range, and the column with the path of its picture (PNG, JPEG, GIF).",
)
@click.option(
    "--picture-folder",
    metavar="FOLDER",
    type=FILE,
    help="Where paths of pictures begin, and what they do not leave; else the list's folder.",
)
@dialect_option
@namespace_option
@language_option
@click.option(
    "--name-template",
    metavar="TEXT",
    help='How files are named after columns: "{gpu} {gpus}" for instance; a / makes folders.',
)
@click.option(
    "--label",
    "labels",
    metavar="COLUMN",
    multiple=True,
    help="A column that is no input, as an owner; may be repeated.",
)
@locale_option
@jobs_option
@resume_option
@force_option
@contract_option
@accept_option
@dask_option
@verbose_option
@pdf_option
@junit_option
@sarif_option
@catalogue_option
def batch(
    book: str,
    scenarios: Path,
    output: str,
    rows: tuple[str, ...],
    pictures: tuple[str, ...],
    picture_folder: Path | None,
    dialect: str | None,
    namespace: str | None,
    lang: str | None,
    name_template: str | None,
    labels: tuple[str, ...],
    locale: str | None,
    jobs: int,
    contract: Path | None,
    accepted: str | None,
    dask: str | None,
    junit: Path | None,
    sarif: Path | None,
    *,
    resume: bool,
    force: bool,
    verbose: bool,
    pdf: bool,
) -> None:
    """Write a workbook for each row of a list, and a summary.

    FILE_OR_TEMPLATE is an xlsx workbook or the name of a template. SCENARIOS is a csv, xlsx or
    Parquet file whose columns are named inputs, or - for the standard input.
    """
    from xlcalc.dialects import Form
    from xlcalc.runs.ci_reports import RunReports
    from xlcalc.runs.config import load_batch

    form = Form(dialect, namespace, lang)
    cells = accepted_cells(accepted)
    lists = _pairs("rows", rows, "a table and its list, as items=items.csv")
    columns = _pairs("picture", pictures, "a cell and a column, as logo=logo_path")
    loaded = load_batch(
        *(book, scenarios, output, form, name_template, cells),
        labels=labels,
        locale=locale,
        contract=contract,
        rows=lists,
        pictures=columns,
        picture_folder=picture_folder,
    )
    told = RunReports("xlcalc batch", junit, sarif)
    how = _How(jobs=jobs, dask=dask, resume=resume, force=force, verbose=verbose, pdf=pdf)
    _write_reports([loaded], told, how)


def _pairs(option: str, texts: tuple[str, ...], what: str) -> dict[str, str]:
    """Return the values of an option, each a name, an equals sign and what belongs to it."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, other = (part.strip() for part in text.partition("="))
        if not (sign and name and other):
            raise UsageError(f'--{option} takes {what}, got "{text}"')
        if name in found:
            raise UsageError(f"--{option} names {name} twice")
        found[name] = other
    return found


COMMANDS = {"report": report, "batch": batch}


@dataclass(frozen=True, kw_only=True)
class _How:
    """How runs are made, and what is written beside each of their workbooks."""

    jobs: int
    dask: str | None
    resume: bool
    force: bool
    verbose: bool
    pdf: bool
    focus: bool = False


def _write_reports(reports: "list[ReportConfig]", told: "RunReports", how: _How) -> None:
    if how.pdf:
        _refuse_unprintable(reports)
    if how.focus:
        from xlcalc.focus.plan import Plan

        for loaded in reports:
            Plan(loaded.model)  # a workbook that is no plan is refused before anything is written
    remarks = 0
    for loaded in reports:
        if how.verbose:
            tell_origin(loaded.origin, loaded.model.name)
        written: list[Result] = []
        remarks += _write_runs(loaded, written, told, how)
        if how.pdf:
            _print_runs(loaded, written, how.jobs)
        if how.focus:
            _write_focus(loaded, written)
    for file in told.write():
        click.echo(f"wrote {file}")
    if remarks:
        raise click.exceptions.Exit(status.FAILURE)


def _refuse_unprintable(reports: "list[ReportConfig]") -> None:
    """Refuse to print before anything is written, where nothing can be."""
    from xlcalc.printing import office
    from xlcalc.runs.stores import Folder

    office()
    for loaded in reports:
        if not isinstance(loaded.store, Folder):
            raise UsageError("--pdf prints the workbooks of a folder of this machine alone")


def _print_runs(loaded: "ReportConfig", written: "list[Result]", jobs: int) -> None:
    from xlcalc.printing import print_files

    files = [Path(loaded.store.describe(run.file)) for run in written if run.ok]
    count = sum(1 for _ in print_files({f: f.with_suffix(".pdf") for f in files}, jobs=jobs))
    click.echo(f"printed {count} workbooks to PDF beside them")


def _write_focus(loaded: "ReportConfig", written: "list[Result]") -> None:
    """Write the plan of each workbook that is there, whether its checks hold or not."""
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.focus.plan import Plan
    from xlcalc.focus.writing import focus_csv

    for run in written:
        data = loaded.store.read(run.file) or b""
        model = WorkbookModel(data, loaded.store.describe(run.file), loaded.model.now)
        stem = run.file.removesuffix(loaded.suffix)
        loaded.store.write(f"{stem}.focus.csv", focus_csv(Plan(model), run.scenario))
    files = f"{len(written)} FOCUS file{'s' * (len(written) != 1)}"
    click.echo(f"wrote {files} beside the workbooks")


def _write_runs(
    loaded: "ReportConfig", written: "list[Result]", told: "RunReports", how: _How
) -> int:
    """Write the runs of a report while a person watches, and return how many are not right.

    Those that have a file go into a list.
    """
    is_open()
    from rich.console import Console

    from xlcalc.progress import LISTED_REMARKS, ProgressDisplay
    from xlcalc.runs.report import run_report

    gc.enable()
    if loaded.verification is not None:
        tell(loaded.verification, verbose=how.verbose)
    for remark in loaded.scenarios.remarks:
        say(remark)
    console = Console(file=raw_stderr())
    total = len(loaded.scenarios)
    display = ProgressDisplay(console, total)
    with display:
        made = run_report(
            loaded,
            jobs=how.jobs,
            resume=how.resume,
            force=how.force,
            beside=(*([".pdf"] if how.pdf else []), *([".focus.csv"] if how.focus else [])),
            dask=how.dask,
            notice=display.say,
            stopped=display.stopped,
        )
        try:
            for run in made:
                display.count(run)
                told.add(loaded, run)
                if run.file:
                    written.append(run)
                if run.ok and not console.is_terminal and total <= LISTED_FILES:
                    click.echo(f"wrote {loaded.store.describe(run.file)}")
        except KeyboardInterrupt:
            made.close()
            display.say(
                f"xlcalc: stopped after {display.done} of {total}; what is done is kept, and "
                "--resume finishes the rest"
            )
            raise click.exceptions.Exit(status.INTERRUPTED) from None
    if display.wrong > LISTED_REMARKS:
        errors = loaded.store.describe("errors.csv")
        display.say(f"and {display.wrong - LISTED_REMARKS} more, all in {errors}")
    summaries = (loaded.store.describe(f"summary.{kind}") for kind in ("xlsx", "csv", "md"))
    click.echo(f"wrote {', '.join(summaries)}")
    return display.wrong
