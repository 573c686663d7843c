"""The commands about functions and their figures: `functions`, `eval` and `catalogue`.

None of them needs a workbook.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcalc import catalogue
from xlcalc.cell_values import plain
from xlcalc.cells import CellError, cell_errors
from xlcalc.cli import status
from xlcalc.cli.completion import catalogue_names, function_names
from xlcalc.cli.options import FILE, catalogue_option, json_option, print_json
from xlcalc.cli.saying import say
from xlcalc.errors import UsageError, suggestion
from xlcalc.quantities import Day, Several
from xlcalc.registry import BY_NAME, plugin_of, specs
from xlcalc.renames import renamed
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
    "assumptions": ["id", "value", "low", "high", "unit", "date", "source"],
    "tokenisers": ["id", "vendor_or_tokenizer", "metric", "value", "value_high", "unit"],
}
"""The columns that are shown of a row; `--json` has all of them."""


@click.command("functions", epilog=status.statuses())
@click.argument("name", required=False, shell_complete=function_names)
def functions(name: str | None) -> None:
    """List the worksheet functions, or show the help of one."""
    if name is not None:
        asked = _spec(name)
        if asked.replaced_by:
            click.echo(f"{renamed(asked)}\n")
        click.echo(_help(_spec(asked.current)))
        return
    topic = ""
    for spec in specs():
        if spec.topic != topic:
            topic = spec.topic
            click.echo(f"\n{topic}" if spec is not specs()[0] else topic)
        click.echo(f"  {spec.syntax}  [{spec.returns.unit}]")
        click.echo(f"      {spec.summary}")


@click.command(
    "eval",
    epilog=status.statuses(
        "the formula gives an error, or engines do not agree", "the formula cannot be read"
    ),
)
@click.argument("formula")
@catalogue_option
def eval_formula(formula: str) -> None:
    """Calculate one formula.

    FORMULA is written as in a cell: "=TRAIN_FLOPS(175e9,300e9)".
    """
    from xlcalc.calc.single_formula import answer

    found = answer(formula)
    for row in found.rows:
        click.echo("\t".join(plain(value) for value in row))
    for doubt in found.doubts:
        say(doubt)
    errors = [value for row in found.rows for value in row if isinstance(value, CellError)]
    if errors:
        for reason in found.reasons or [_guess(formula, errors[0])]:
            say(reason)
    if errors or found.doubts:
        raise click.exceptions.Exit(status.FAILURE)


class CatalogueGroup(click.Group):
    """The group `catalogue`: without `import`, what follows is the name of a catalogue to show."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; those that name no command are for `show`."""
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("catalogue", cls=CatalogueGroup, no_args_is_help=True)
def catalogue_group() -> None:
    """Show the rows of a catalogue, or import rows into your own.

    `xlcalc catalogue gpus` is short for `xlcalc catalogue show gpus`.
    """


@catalogue_group.command("show", epilog=status.statuses())
@click.argument("name", shell_complete=catalogue_names)
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


@catalogue_group.command("import", epilog=status.statuses())
@click.argument("source")
@click.argument("file", type=FILE)
@click.option("--to", "folder", metavar="FOLDER", type=FILE, help="Folder of your own catalogue.")
@click.option("--date", "day", metavar="DATE", default="", help="The day of which the file speaks.")
@click.option(
    "--provider", metavar="NAME", default="", help="Whose prices, where the file does not say."
)
@click.option("--find", metavar="TEXT", default="", help="Only rows with these words.")
@click.option("--write", is_flag=True, help="Write what is shown.")
def import_rows(
    source: str, file: Path, folder: Path | None, day: str, provider: str, find: str, *, write: bool
) -> None:
    """Show what a file of others would change in your catalogue, and write it with --write.

    SOURCE is litellm, models-dev, genai-prices, skypilot, azure or epoch, and FILE your own copy of
    its list: nothing is fetched.
    """
    from xlcalc.catalogue.imports import SOURCES, Asked, read_source
    from xlcalc.catalogue.merging import changes, write_rows

    if source not in SOURCES:
        raise UsageError(f'there is no source "{source}"{suggestion(source, SOURCES)}')
    named = os.environ.get(catalogue.VARIABLE)
    folder = folder or (Path(named) if named else None)
    if folder is None:
        raise UsageError(f"name the folder of your catalogue by --to, or by {catalogue.VARIABLE}")
    if day and not Day().text(day):
        raise UsageError(f'--date must be {Day().domain}, got "{day}"')
    rows = read_source(source, file, Asked(day, provider, catalogue.catalogues().gpu))
    words = find.lower().split()
    rows = [row for row in rows if all(word in " ".join(row.values()).lower() for word in words)]
    if not rows:
        raise UsageError(f'no row of {file} has "{find}"')
    target = SOURCES[source].file
    found = changes(folder, target, rows)
    for change in found:
        told = ", ".join(
            f"{column} {new}" if not old else f"{column} {old} → {new or 'nothing'}"
            for column, old, new in change.columns
            if not change.new or column in _TOLD
        )
        click.echo(f"{'+' if change.new else '~'} {change.identity}: {told}")
    added = sum(change.new for change in found)
    same = len(rows) - len(found)
    summary = f"{added} new, {len(found) - added} changed, {same} as they are"
    if write and found:
        write_rows(folder, target, rows)
        click.echo(f"wrote {folder / target}: {summary}")
    else:
        click.echo(f"{folder / target}: {summary}" + ("" if write else "; --write writes this"))


_TOLD = {"value", "currency", "unit", "date", "total_params", "train_tokens"}
"""What is told of a new row."""
COMMANDS = {"functions": functions, "eval": eval_formula, "catalogue": catalogue_group}


def _names() -> list[str]:
    return [spec.name for spec in specs()]


def _spec(name: str) -> "Spec":
    function = BY_NAME.get(name.strip().upper().removeprefix("="))
    if function is None:
        raise UsageError(f'there is no function "{name}"{suggestion(name, _names())}')
    return spec_of(function)


def _help(spec: "Spec") -> str:
    lines = [f"{spec.syntax}  [{spec.returns.unit}]", "", spec.summary]
    if spec.since:
        earlier = [f"{name} (since {since})" for name, since in spec.formerly]
        lines.append(
            f"Since {spec.since}" + (f"; formerly {', '.join(earlier)}" if earlier else "")
        )
    if plugin := plugin_of(spec.name):
        lines.append(f"From {plugin.title}")
    lines.append("")
    width = max(len(argument.name) for argument in spec.arguments)
    lines.append("Arguments")
    for argument in spec.arguments:
        default = f" Default {argument.default_text}." if argument.optional else ""
        lines.append(f"  {argument.name:<{width}}  [{argument.kind.unit}] {argument.help}{default}")
        together = "a range of numbers, each " if isinstance(argument.kind, Several) else ""
        lines.append(f"  {'':<{width}}  Must be {together}{argument.kind.domain}.")
    lines += ["", "Errors, in a cell and in Python"]
    failures = cell_errors(spec)
    width = max(len(exception) for _, exception, _ in failures)
    lines += [f"  {code:<7}  {name:<{width}}  {when}" for code, name, when in failures]
    lines.append("  An argument that is an error gives the same error; a bad row errs alone.")
    for section in ("References", "Examples"):
        if section not in spec.sections:  # as a function of others may lack
            continue
        lines += ["", {"Examples": "Python"}.get(section, section)]
        lines += [f"  {line}" for line in spec.sections[section].splitlines()]
    if spec.example != f"={spec.name}()":
        lines += ["", "To paste into a cell", f"  {spec.example}"]
    return "\n".join(lines)


def _guess(formula: str, error: CellError) -> str:
    """Return a sentence for an error that no worksheet function explained."""
    import re

    if error.code == "#NAME?":
        for name in re.findall(r"([A-Za-z_][\w.]*)\s*\(", formula):
            if name.upper() not in BY_NAME and suggestion(name, _names()):
                return f"{formula} is #NAME?: no function {name}{suggestion(name, _names())}"
        return f"{formula} is #NAME?: it uses a function or a name that does not exist"
    return f"{formula} is {error.code}"
