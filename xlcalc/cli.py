"""The command line: functions, formulas, templates, workbooks and reports without Excel."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xlcalc import catalogue as catalogue_package
from xlcalc._version import __version__
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import InputValueError, OutputError, UsageError, suggestion
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import Spec, spec_of

if TYPE_CHECKING:
    from xlcalc.runs.config import ReportConfig

USAGE_STATUS = 2
FAILURE_STATUS = 1
INTERRUPTED_STATUS = 130
LISTED_FILES = 100
"""Files that a log lists; more are a number."""

app = typer.Typer(
    name="xlcalc",
    help="What AI training and inference cost: worksheet functions and workbooks without Excel.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
template_app = typer.Typer(help="List the template workbooks, or make one.", no_args_is_help=True)
app.add_typer(template_app, name="template")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON with full precision.")]


def _use_catalogue(folder: Path | None) -> Path | None:
    """Put a team's own catalogue over the bundled one, before the command begins."""
    if folder is not None:
        catalogue_package.use(folder)
    return folder


CatalogueOption = Annotated[
    Path | None,
    typer.Option(
        "--catalogue",
        metavar="FOLDER",
        callback=_use_catalogue,
        help=f"Folder of your own catalogue files; or set {catalogue_package.VARIABLE}.",
    ),
]


def main() -> None:
    """Run the command line; a failure that a person can mend is one sentence on stderr."""
    # Pipes and redirects on Windows are not UTF-8 by themselves.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except UsageError as error:
        typer.echo(f"xlcalc: {error}", err=True)
        sys.exit(USAGE_STATUS)
    except BrokenPipeError:
        # Whoever read the output, as `head` does, has had enough of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILURE_STATUS)
    except OSError as error:
        sys.exit(f"xlcalc: cannot write the output: {error.strerror}")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xlcalc {__version__}")
        raise typer.Exit


_DIALECT_HELP = "Form of the formulas: udf, officejs, lambda, values."
DialectOption = Annotated[
    str | None,
    typer.Option("--dialect", metavar="DIALECT", help=_DIALECT_HELP),
]
NamespaceOption = Annotated[
    str | None,
    typer.Option("--namespace", help="Namespace of the Office add-in, for officejs; else XLCALC."),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--lang", metavar="LANG", help="Language of a template's labels: en or zh."),
]


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    if os.environ.get(catalogue_package.VARIABLE):
        catalogue_package.catalogues()  # a bad file is a sentence, not an error in every cell


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="A function, for its full help.")] = None,
) -> None:
    """List the worksheet functions by topic, or show the help of one."""
    if name is not None:
        typer.echo(_help(_function(name)))
        return
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            typer.echo(f"\n{topic}" if spec is not specs()[0] else topic)
        typer.echo(f"  {spec.syntax}  [{spec.returns.unit}]")
        typer.echo(f"      {spec.summary}")


@app.command("eval")
def evaluate(
    formula: Annotated[
        str, typer.Argument(help='As typed into a cell: "=TRAIN_FLOPS(175e9,300e9)".')
    ],
    own: CatalogueOption = None,
) -> None:
    """Calculate one formula."""
    from xlcalc.calc.engine import evaluate_formula

    rows, reasons = evaluate_formula(formula)
    for row in rows:
        typer.echo("\t".join(_plain(value) for value in row))
    errors = [value for row in rows for value in row if isinstance(value, CellError)]
    if errors:
        for reason in reasons or [_guess(formula, errors[0])]:
            typer.echo(f"xlcalc: {reason}", err=True)
        raise typer.Exit(FAILURE_STATUS)


@app.command()
def catalogue(
    name: Annotated[str, typer.Argument(help=f"{', '.join(catalogue_package.NAMES)}.")],
    find: Annotated[
        str, typer.Option("--find", metavar="TEXT", help="Only rows with these words.")
    ] = "",
    as_json: JsonOption = False,
    own: CatalogueOption = None,
) -> None:
    """Show a catalogue: accelerators, models, prices or rates of tokenizers, with their sources."""
    if name not in catalogue_package.NAMES:
        known = catalogue_package.NAMES
        raise UsageError(f'there is no catalogue "{name}"{suggestion(name, known)}')
    rows = catalogue_package.catalogues().search(name, find)
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        raise UsageError(f'no row of the catalogue {name} has "{find}"')
    columns = _SHOWN_COLUMNS[name]
    table = [columns, *([_plain(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in table) for index in range(len(columns))]
    for line in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


_SHOWN_COLUMNS = {
    "gpus": ["id", "name", "year", "peak_tflops", "fp8_tflops", "memory_gb", "tdp_w", "source_url"],
    "models": ["id", "name", "released", "total_params", "active_params", "train_tokens"],
    "prices": ["id", "provider", "item", "value", "value_high", "unit", "date", "source_url"],
    "tokenisers": ["id", "vendor_or_tokenizer", "metric", "value", "value_high", "unit"],
}
"""What is shown of a row; `--json` has everything."""


@template_app.command("list")
def template_list() -> None:
    """List the template workbooks."""
    from xlcalc import templates

    for name in templates.TEMPLATES:
        typer.echo(f"{name}  {templates.summary(name)}")


@template_app.command("new")
def template_new(
    name: Annotated[str, typer.Argument(help="Name of the template.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; NAME.xlsx if left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    dialect: DialectOption = None,
    namespace: NamespaceOption = None,
    lang: LanguageOption = None,
    own: CatalogueOption = None,
) -> None:
    """Write a template workbook with the values of its formulas."""
    from xlcalc.build import build_template
    from xlcalc.dialects import Form
    from xlcalc.files import write_file

    data = build_template(name, Form(dialect, namespace, lang))
    target = output or Path(f"{name}.xlsx")
    if target.exists() and not force:
        raise OutputError(f"{target} exists; give another name with -o, or replace it with --force")
    write_file(target, data)
    typer.echo(f"wrote {target}")


@app.command()
def recalc(
    file: Annotated[Path, typer.Argument(help="An xlsx workbook.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; FILE itself if left out.")
    ] = None,
    own: CatalogueOption = None,
) -> None:
    """Calculate a workbook and write the values behind its formulas; no other cell changes."""
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.recalculation import recalculated
    from xlcalc.files import write_file

    gc.disable()  # no cycles are made, and looking for them among the cells takes long
    target = output or file
    write_file(target, recalculated(WorkbookModel.read(file)).to_bytes())
    typer.echo(f"wrote {target}")


@app.command()
def convert(
    file: Annotated[Path, typer.Argument(help="An xlsx workbook in any dialect.")],
    dialect: Annotated[str, typer.Option("--dialect", metavar="DIALECT", help=_DIALECT_HELP)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; FILE itself if left out.")
    ] = None,
    namespace: NamespaceOption = None,
) -> None:
    """Write the calls of our functions in another dialect; nothing else in the file changes."""
    from xlcalc import dialects
    from xlcalc.files import read_file, write_file

    target = output or file
    converted = dialects.convert(read_file(file), str(file), dialect, namespace)
    write_file(target, converted.data)
    for remark in converted.remarks:
        typer.echo(f"xlcalc: {remark}", err=True)
    typer.echo(f"wrote {target}")


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="An xlsx workbook with named cells.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Value of a named input; repeatable."),
    ] = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option("--get", metavar="NAME", help="Named cell to print; all results if left out."),
    ] = None,
    as_json: JsonOption = False,
    own: CatalogueOption = None,
) -> None:
    """Calculate a workbook for some inputs and print named results; the file stays as it is."""
    from xlcalc.author.number_formats import shown
    from xlcalc.calc.model import CHECKS_NAME, WorkbookModel

    model = WorkbookModel.read(file)
    cells = [model.cell(name) for name in wanted] if wanted else list(model.outputs.values())
    evaluation = model.evaluate(_settings(settings or []))
    failed = [cell for cell in cells if isinstance(evaluation.values[cell.name], CellError)]
    if as_json:
        values = {cell.name: _jsonable(evaluation.values[cell.name]) for cell in cells}
        typer.echo(json.dumps(values, indent=2, ensure_ascii=False))
    else:
        width = max((len(cell.name) for cell in cells), default=0)
        for cell in cells:
            value = evaluation.values[cell.name]
            text = f"{cell.name:<{width}}  {shown(value, cell.number_format)}"
            unit = evaluation.unit(cell)
            typer.echo(f"{text} {unit}" if unit and not isinstance(value, str) else text)
    if failed:
        others = [cell.name for cell in failed[1:]]
        also = f" (so is {', '.join(others)})" if others else ""
        typer.echo(f"xlcalc: {evaluation.explain(failed[0].name)}{also}", err=True)
        raise typer.Exit(USAGE_STATUS)
    if evaluation.values.get(CHECKS_NAME) is False:
        typer.echo(f"xlcalc: a check of {file} fails; see its checks", err=True)
        raise typer.Exit(FAILURE_STATUS)


JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", min=1, help="Processes that work at once.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Keep what an earlier run has finished and is intact.")
]


@app.command()
def report(
    config: Annotated[
        Path | None,
        typer.Argument(help="A TOML file; the bundled sample of published runs if left out."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help="Folder to write; else the configuration's, or reports."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every template with its samples, and a page of links.")
    ] = False,
    dialect: DialectOption = None,
    namespace: NamespaceOption = None,
    lang: LanguageOption = None,
    jobs: JobsOption = 1,
    resume: ResumeOption = False,
    own: CatalogueOption = None,
) -> None:
    """Write a workbook for each scenario of a configuration, and a summary of them all."""
    from xlcalc.dialects import Form
    from xlcalc.runs.config import load_config

    form = Form(dialect, namespace, lang)

    if not every:
        loaded = load_config(config, output, form)
        _write_reports([loaded], jobs=jobs, resume=resume)
        return
    if config is not None:
        raise UsageError("--all takes no configuration: it is every template with its samples")
    if "://" in (output or ""):
        raise UsageError(f"--all writes to a folder of this machine, not to {output}")
    from xlcalc.gallery import Gallery

    gallery = Gallery(Path(output or "reports"), form)
    gallery.write_templates()
    try:
        _write_reports(gallery.configs(), jobs=jobs, resume=resume)
    finally:
        typer.echo(f"wrote {gallery.write_index()}")


@app.command()
def batch(
    book: Annotated[
        str, typer.Argument(metavar="FILE_OR_TEMPLATE", help="An xlsx workbook, or a template.")
    ],
    scenarios: Annotated[
        Path,
        typer.Argument(
            help="A csv, xlsx or Parquet file: a row a workbook, columns are named inputs."
        ),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", help="Folder to write, or a URL as s3://bucket/path.")
    ],
    dialect: DialectOption = None,
    namespace: NamespaceOption = None,
    lang: LanguageOption = None,
    name_template: Annotated[
        str | None,
        typer.Option("--name-template", help='Names of the files by columns, as "{gpu} {gpus}".'),
    ] = None,
    jobs: JobsOption = 1,
    resume: ResumeOption = False,
    dask: Annotated[
        str | None,
        typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a cluster that works."),
    ] = None,
    own: CatalogueOption = None,
) -> None:
    """Write a workbook for each scenario of a list, and a summary of them all."""
    from xlcalc.dialects import Form
    from xlcalc.runs.config import load_batch

    loaded = load_batch(book, scenarios, output, Form(dialect, namespace, lang), name_template)
    _write_reports([loaded], jobs=jobs, resume=resume, dask=dask)


def _write_reports(
    reports: "list[ReportConfig]", *, jobs: int, resume: bool, dask: str | None = None
) -> None:
    remarks = sum(_write_runs(loaded, jobs=jobs, resume=resume, dask=dask) for loaded in reports)
    if remarks:
        raise typer.Exit(FAILURE_STATUS)


def _write_runs(loaded: "ReportConfig", *, jobs: int, resume: bool, dask: str | None) -> int:
    """Write the runs of a report while a person watches, and return how many are not right."""
    from rich.console import Console

    from xlcalc.progress import LISTED_REMARKS, ProgressDisplay
    from xlcalc.runs.report import run_report

    console = Console(stderr=True)
    total = len(loaded.scenarios)
    watch = ProgressDisplay(console, total)
    with watch:
        made = run_report(
            loaded,
            jobs=jobs,
            resume=resume,
            dask=dask,
            notice=watch.say,
            stopped=watch.stopped,
        )
        try:
            for run in made:
                watch.count(run)
                if run.ok and not console.is_terminal and total <= LISTED_FILES:
                    typer.echo(f"wrote {loaded.store.describe(run.file)}")
        except KeyboardInterrupt:
            made.close()
            watch.say(
                f"xlcalc: stopped after {watch.done} of {total}; what is done is kept, and "
                "--resume finishes the rest"
            )
            raise typer.Exit(INTERRUPTED_STATUS) from None
    if watch.wrong > LISTED_REMARKS:
        errors = loaded.store.describe("errors.csv")
        watch.say(f"and {watch.wrong - LISTED_REMARKS} more, all in {errors}")
    summaries = (loaded.store.describe(f"summary.{kind}") for kind in ("xlsx", "csv", "md"))
    typer.echo(f"wrote {', '.join(summaries)}")
    return watch.wrong


def _settings(texts: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputValueError(f'--set takes name=value, got "{text}"')
        if name.strip().lower() in (known.lower() for known in found):
            raise InputValueError(f'--set names "{name.strip()}" twice')
        found[name.strip()] = value.strip()
    return found


def _function(name: str) -> Spec:
    function = BY_NAME.get(name.strip().upper().removeprefix("="))
    if function is None:
        raise UsageError(f'there is no function "{name}"{suggestion(name, BY_NAME)}')
    return spec_of(function)


def _help(spec: Spec) -> str:
    lines = [f"{spec.syntax}  [{spec.returns.unit}]", "", spec.summary, ""]
    width = max(len(argument.name) for argument in spec.arguments)
    lines.append("Arguments")
    for argument in spec.arguments:
        default = f" Default {argument.default_text}." if argument.optional else ""
        lines.append(f"  {argument.name:<{width}}  [{argument.kind.unit}] {argument.help}{default}")
    for section in ("Raises", "References", "Examples"):
        lines += ["", {"Raises": "Errors", "Examples": "Python"}.get(section, section)]
        lines += [f"  {line}" for line in spec.sections[section].splitlines()]
    lines += ["", "To paste into a cell", f"  {spec.example}"]
    return "\n".join(lines)


def _guess(formula: str, error: CellError) -> str:
    """Return a sentence for an error that no worksheet function explained."""
    if error.code == "#NAME?":
        import re

        for name in re.findall(r"([A-Za-z_][\w.]*)\s*\(", formula):
            if name.upper() not in BY_NAME and suggestion(name, BY_NAME):
                return f"{formula} is #NAME?: no function {name}{suggestion(name, BY_NAME)}"
        return f"{formula} is #NAME?: it uses a function or a name that does not exist"
    return f"{formula} is {error.code}"


def _plain(value: CellValue) -> str:
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def _jsonable(value: CellValue) -> Any:
    return value.code if isinstance(value, CellError) else value


if __name__ == "__main__":
    main()
