"""The commands about one workbook: `template`, `convert` and `run`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcalc.cells import CellError
from xlcalc.cli import status
from xlcalc.cli.completion import dialect_names, template_names
from xlcalc.cli.differences import (
    Witnessed,
    accept_option,
    accepted_cells,
    tell,
    tell_origin,
    tell_renamed,
    verbose_option,
)
from xlcalc.cli.options import (
    DIALECT_HELP,
    FILE,
    catalogue_option,
    contract_option,
    dialect_option,
    json_option,
    language_option,
    namespace_option,
    print_json,
    refuse_existing,
)
from xlcalc.cli.saying import say
from xlcalc.errors import InputValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlcalc.calc.evaluation import Evaluation
    from xlcalc.calc.named_cells import NamedCell

output_option = click.option(
    "--output", "-o", metavar="FILE", type=FILE, help="File to write; FILE itself if left out."
)


@click.group("template", no_args_is_help=True)
def template() -> None:
    """List the template workbooks, or make one."""


@template.command("list", epilog=status.statuses())
def template_list() -> None:
    """List the template workbooks."""
    from xlcalc import templates

    for name in templates.TEMPLATES:
        click.echo(f"{name}  {templates.summary(name)}")


@template.command("new", epilog=status.statuses())
@click.argument("name", shell_complete=template_names)
@click.option(
    "--output", "-o", metavar="FILE", type=FILE, help="File to write; NAME.xlsx if left out."
)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@dialect_option
@namespace_option
@language_option
@catalogue_option
def template_new(
    name: str,
    output: Path | None,
    dialect: str | None,
    namespace: str | None,
    lang: str | None,
    *,
    force: bool,
) -> None:
    """Write a template workbook, with the values of its formulas."""
    from xlcalc.build import build_template
    from xlcalc.dialects import Form
    from xlcalc.files import write_file

    data = build_template(name, Form(dialect, namespace, lang))
    target = output or Path(f"{name}.xlsx")
    refuse_existing(target, force=force)
    write_file(target, data)
    click.echo(f"wrote {target}")


@click.command(
    "convert", epilog=status.statuses("engines do not agree on a value, and nothing is written")
)
@click.argument("file", type=FILE)
@click.option(
    "--dialect", metavar="DIALECT", required=True, help=DIALECT_HELP, shell_complete=dialect_names
)
@output_option
@namespace_option
@accept_option
@verbose_option
def convert(
    file: Path,
    dialect: str,
    output: Path | None,
    namespace: str | None,
    accepted: str | None,
    *,
    verbose: bool,
) -> None:
    """Write a workbook in another dialect.

    The calls of xlcalc's functions in FILE are rewritten; nothing else changes.
    """
    from xlcalc import dialects
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.origin import origin_of
    from xlcalc.calc.recalculation import recalculated
    from xlcalc.files import write_file

    target = output or file
    model = WorkbookModel.read(file)
    done = recalculated(model, accepted_cells(accepted))
    if verbose:
        tell_origin(origin_of(done.verification), model.name)
    tell(done.verification, verbose=verbose)
    converted = dialects.convert_package(done.package, dialect, namespace)
    write_file(target, converted.data)
    for remark in converted.remarks:
        say(remark)
    click.echo(f"wrote {target}")


@click.command(
    "run",
    epilog=status.statuses(
        "a check of the workbook fails, a contract is broken, or engines do not agree",
        "the command cannot start, or a named cell that is asked for shows an error",
    ),
)
@click.argument("file", type=FILE)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Value of a named input; repeatable.",
)
@click.option(
    "--get",
    "wanted",
    metavar="NAME",
    multiple=True,
    help="Named cell to print; all results if left out.",
)
@contract_option
@accept_option
@click.option(
    "--witness/--no-witness",
    default=None,
    help="Whether other engines confirm what changes with the inputs, which they do if it is left "
    "out; with --witness, JSON has what they say beside the results.",
)
@json_option
@verbose_option
@catalogue_option
def run(
    file: Path,
    settings: tuple[str, ...],
    wanted: tuple[str, ...],
    contract: Path | None,
    accepted: str | None,
    *,
    witness: bool | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Calculate a workbook and print its results.

    FILE is calculated with the given inputs, and stays as it is.
    """
    from xlcalc.calc.ensemble import TOGETHER
    from xlcalc.calc.model import CHECKS_NAME, WorkbookModel
    from xlcalc.calc.origin import origin_of
    from xlcalc.calc.recalculation import trusted
    from xlcalc.calc.unread_inputs import refuse_copy, unread

    model = WorkbookModel.read(file)
    if contract is not None:
        from xlcalc.contracts import refuse_breach

        refuse_breach(model, contract)
    given = _settings(settings)
    refuse_copy(model, given, wanted)
    verification = trusted(model, accepted_cells(accepted))
    if verbose:
        tell_origin(origin_of(verification), model.name)
    tell(verification, verbose=verbose)
    tell_renamed(model)
    cells = [model.cell(name) for name in wanted] if wanted else list(model.outputs.values())
    if given and witness is not False:
        model.refuse_to_change(given)
        confirmed = TOGETHER.confirmed(model, model.constants(given))
        evaluation, witnessed = confirmed.evaluation, Witnessed(confirmed.differences)
    else:
        evaluation, witnessed = model.evaluate(given), Witnessed(())
    for sentence in unread(model, given):
        say(sentence)
    witnessed.tell(model)
    against = bool(witnessed.contradicted)
    values = {cell.name: cell.with_dates(evaluation.values[cell.name]) for cell in cells}
    if as_json and witness:
        print_json({"results": None if against else values, **witnessed.as_data()})
    elif as_json and not against:
        print_json(values)
    elif not against:
        _print(cells, evaluation)
    if against:
        raise click.exceptions.Exit(status.FAILURE)
    failed = [cell for cell in cells if isinstance(evaluation.values[cell.name], CellError)]
    if failed:
        others = [cell.name for cell in failed[1:]]
        verb = "is" if len(others) == 1 else "are"
        also = f" (so {verb} {', '.join(others)})" if others else ""
        say(f"{evaluation.explain(failed[0].name, model.inputs)}{also}")
        raise click.exceptions.Exit(status.USAGE)
    for warning in model.entry_warnings(given):
        say(warning)
    if evaluation.values.get(CHECKS_NAME) is False:
        say(f"a check of {file} fails; see its sheet of checks")
        raise click.exceptions.Exit(status.FAILURE)


COMMANDS = {"template": template, "convert": convert, "run": run}


def _print(cells: "Sequence[NamedCell]", evaluation: "Evaluation") -> None:
    """Print named cells as their formats show them, a line each with its unit."""
    from xlcalc.author.number_formats import shown

    width = max((len(cell.name) for cell in cells), default=0)
    for cell in cells:
        value = evaluation.values[cell.name]
        text = f"{cell.name:<{width}}  {shown(value, cell.number_format, cell.date1904)}"
        unit = evaluation.unit(cell)
        click.echo(f"{text} {unit}" if unit and not isinstance(value, str) else text)


def _settings(texts: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputValueError(f'--set takes name=value, got "{text}"')
        if name.strip().lower() in (known.lower() for known in found):
            raise InputValueError(f'--set names "{name.strip()}" twice')
        found[name.strip()] = value.strip()
    return found
