"""The commands about functions and their figures: `functions`, `eval` and `catalogue`.

None of them needs a workbook.
"""

from typing import TYPE_CHECKING

import click

from xlcalc import catalogue
from xlcalc.cells import CellError
from xlcalc.cli import status
from xlcalc.cli.options import catalogue_option, json_option, plain, print_json
from xlcalc.errors import UsageError, suggestion
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import spec_of

if TYPE_CHECKING:
    from xlcalc.worksheet import Spec

_SHOWN_COLUMNS = {
    "gpus": ["id", "name", "year", "peak_tflops", "fp8_tflops", "memory_gb", "tdp_w", "source_url"],
    "models": ["id", "name", "released", "total_params", "active_params", "train_tokens"],
    "prices": ["id", "provider", "item", "value", "value_high", "unit", "date", "source_url"],
    "token_prices": ["id", "model", "direction", "tier_from_tokens", "value", "currency", "date"],
    "grids": ["id", "region", "country", "value", "unit", "date", "source_url"],
    "rates": ["id", "from_currency", "to_currency", "rate", "date", "source_url"],
    "tokenisers": ["id", "vendor_or_tokenizer", "metric", "value", "value_high", "unit"],
}
"""The columns that are shown of a row; `--json` has all of them."""


@click.command("functions")
@click.argument("name", required=False)
def functions(name: str | None) -> None:
    """List the worksheet functions, or show the help of one."""
    if name is not None:
        click.echo(_help(_spec(name)))
        return
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            click.echo(f"\n{topic}" if spec is not specs()[0] else topic)
        click.echo(f"  {spec.syntax}  [{spec.returns.unit}]")
        click.echo(f"      {spec.summary}")


@click.command("eval")
@click.argument("formula")
@catalogue_option
def eval_formula(formula: str) -> None:
    """Calculate one formula.

    FORMULA is written as in a cell: "=TRAIN_FLOPS(175e9,300e9)".
    """
    from xlcalc.calc.engine import evaluate_formula

    rows, reasons = evaluate_formula(formula)
    for row in rows:
        click.echo("\t".join(plain(value) for value in row))
    errors = [value for row in rows for value in row if isinstance(value, CellError)]
    if errors:
        for reason in reasons or [_guess(formula, errors[0])]:
            click.echo(f"xlcalc: {reason}", err=True)
        raise click.exceptions.Exit(status.FAILURE)


@click.command("catalogue")
@click.argument("name")
@click.option("--find", metavar="TEXT", default="", help="Only rows with these words.")
@json_option
@catalogue_option
def show_catalogue(name: str, find: str, *, as_json: bool) -> None:
    """Show the rows of a catalogue, with their sources.

    NAME is gpus, models, prices, token_prices, grids, rates or tokenisers.
    """
    if name not in catalogue.NAMES:
        raise UsageError(f'there is no catalogue "{name}"{suggestion(name, catalogue.NAMES)}')
    rows = catalogue.catalogues().search(name, find)
    if as_json:
        print_json(rows)
        return
    if not rows:
        raise UsageError(f'no row of the catalogue {name} has "{find}"')
    columns = _SHOWN_COLUMNS[name]
    table = [columns, *([plain(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[index]) for line in table) for index in range(len(columns))]
    for line in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


COMMANDS = {"functions": functions, "eval": eval_formula, "catalogue": show_catalogue}


def _spec(name: str) -> "Spec":
    function = BY_NAME.get(name.strip().upper().removeprefix("="))
    if function is None:
        raise UsageError(f'there is no function "{name}"{suggestion(name, BY_NAME)}')
    return spec_of(function)


def _help(spec: "Spec") -> str:
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
    import re

    if error.code == "#NAME?":
        for name in re.findall(r"([A-Za-z_][\w.]*)\s*\(", formula):
            if name.upper() not in BY_NAME and suggestion(name, BY_NAME):
                return f"{formula} is #NAME?: no function {name}{suggestion(name, BY_NAME)}"
        return f"{formula} is #NAME?: it uses a function or a name that does not exist"
    return f"{formula} is {error.code}"
