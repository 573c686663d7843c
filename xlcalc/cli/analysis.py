"""The commands that ask a workbook questions: `compare`, `sensitivity`, `solve` and `simulate`.

Each prints a table with bars, or JSON with full precision, and writes the workbook with the answer
on a sheet of its own where `-o` names a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcalc.cli import status
from xlcalc.cli.analysis_workbook import (
    force_option,
    refuse_existing,
    workbook_option,
    write_answer,
)
from xlcalc.cli.differences import accept_option, accepted_cells
from xlcalc.cli.options import FILE, catalogue_option, json_option, plain, print_json
from xlcalc.errors import AnalysisError, InputValueError

if TYPE_CHECKING:
    from xlcalc.analysis import Grid
    from xlcalc.workbook import Workbook

_BAR = 40
"""Letters that the longest bar takes."""

output_option = click.option(
    "--output", metavar="NAME", required=True, help="Named result that is asked about."
)


def _open(workbook: str, accepted: str | None) -> "Workbook":
    from xlcalc.workbook import load

    return load(workbook, accept_differences=accepted_cells(accepted))


@click.command("compare")
@click.argument("workbook")
@click.argument("other", required=False)
@click.option("--from", "before", metavar="CSV", type=FILE, help="Inputs to begin with.")
@click.option("--to", "after", metavar="CSV", type=FILE, help="Inputs to end with.")
@output_option
@click.option("--seed", type=int, default=0, help="Of what is drawn beyond 12 changed inputs.")
@workbook_option
@force_option
@json_option
@accept_option
@catalogue_option
def compare(
    workbook: str,
    other: str | None,
    before: Path | None,
    after: Path | None,
    output: str,
    seed: int,
    target: Path | None,
    accepted: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Say which inputs moved a result, and by how much each.

    WORKBOOK is an xlsx file or the name of a template. With OTHER its inputs and formulas are
    compared with those of another workbook; else two lists with one row of inputs each, or the
    workbook's own inputs where one is left out.
    """
    from xlcalc import analysis

    if (other is None) == (before is None and after is None):
        raise InputValueError("compare takes either two workbooks, or --from and --to")
    refuse_existing(target, force=force)
    book = asked = _open(workbook, accepted)
    if other is not None:
        asked = _open(other, accepted)
        found = analysis.compare_workbooks(book, asked, output, seed=seed)
    else:
        start, end = (_one_row(path) if path else {} for path in (before, after))
        found = analysis.compare(book, start, end, output, seed=seed)
    drawn = any(part.error for part in found.parts)
    write_answer(
        *(target, asked, found),
        seed=seed if drawn else None,
        other=None if other is None else book,
    )
    if as_json:
        print_json(asdict(found))
        return
    rows: list[tuple[str, str, str, float, float | None]] = [("from", "", "", found.start, None)]
    for part in found.parts:
        error = f" ± {part.error:.2g}" if part.error else ""
        change = f"{_shown(part.before)} → {_shown(part.after)}{error}"
        if part.before is None and part.after is None:
            change = error
        rows.append((part.name, change, "+" if part.amount > 0 else "", part.amount, part.amount))
    rows.append(("to", "", "", found.end, None))
    click.echo(f"{found.output} [{found.unit}]")
    most = max((abs(part.amount) for part in found.parts), default=0.0)
    _print(
        [name, change, f"{sign}{_shown(value)}", _bar(amount, most)]
        for name, change, sign, value, amount in rows
    )


@click.command("sensitivity")
@click.argument("workbook")
@output_option
@click.option(
    "--inputs", metavar="NAMES", help="Inputs, parted by commas; all numbers if left out."
)
@click.option("--swing", metavar="SHARE", default="10%", help="Share up and down; 10% if left out.")
@click.option(
    "--grid",
    "axes",
    metavar="NAME=V,V,…",
    multiple=True,
    help="Values of an input; twice, for a table of the result over two inputs.",
)
@workbook_option
@force_option
@json_option
@accept_option
@catalogue_option
def sensitivity(
    workbook: str,
    output: str,
    inputs: str | None,
    swing: str,
    axes: Sequence[str],
    target: Path | None,
    accepted: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Say which inputs would move a result most.

    WORKBOOK is an xlsx file or the name of a template. Each input is lowered and raised by the same
    share, one at a time.
    """
    from xlcalc import analysis

    refuse_existing(target, force=force)
    book = _open(workbook, accepted)
    if axes:
        if len(axes) != 2:
            raise InputValueError(f"--grid is given twice, for two inputs, got {len(axes)}")
        table = analysis.grid(book, output, *(_axis(text) for text in axes))
        write_answer(target, book, table)
        _show_grid(table, as_json=as_json)
        return
    names = None if inputs is None else [name.strip() for name in inputs.split(",")]
    found = analysis.sensitivity(book, output, names, swing=_number("--swing", swing))
    write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
        return
    click.echo(f"{found.output} is {_shown(found.value)} {found.unit}")
    most = max((one.width for one in found.swings), default=0.0)
    _print(
        [
            ["input", "from", "to", "lower", "higher", "elasticity", ""],
            *(
                [
                    *(one.name, _shown(one.low), _shown(one.high)),
                    *(_shown(one.at_low - found.value), _shown(one.at_high - found.value)),
                    *(f"{one.elasticity:.2f}", _bar(one.width, most)),
                ]
                for one in found.swings
            ),
        ]
    )
    if found.still:
        click.echo(f"unmoved by: {', '.join(found.still)}")


@click.command("solve")
@click.argument("workbook")
@click.option("--output", metavar="NAME", help="Named result that is to reach the target.")
@click.option("--target", "goal", metavar="NUMBER", help="What it is to be.")
@click.option("--minimise", metavar="NAME", help="Named result that is to be least.")
@click.option("--maximise", metavar="NAME", help="Named result that is to be greatest.")
@click.option(
    "--by",
    metavar="NAME[=LOW:HIGH]",
    multiple=True,
    required=True,
    help="Input that may change, and its range; repeatable with --minimise.",
)
@click.option("--subject", metavar="CONDITION", multiple=True, help="As train_days<=30.")
@click.option("--seed", type=int, default=0, help="Of the search for a minimum.")
@workbook_option
@force_option
@json_option
@accept_option
@catalogue_option
def solve(
    workbook: str,
    output: str | None,
    goal: str | None,
    minimise: str | None,
    maximise: str | None,
    by: Sequence[str],
    subject: Sequence[str],
    seed: int,
    target: Path | None,
    accepted: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Find the inputs of a wanted, a least or a greatest result.

    WORKBOOK is an xlsx file or the name of a template.
    """
    from xlcalc import analysis

    names = [name for name in (output, minimise, maximise) if name is not None]
    if len(names) != 1 or (output is None) != (goal is None):
        raise InputValueError("solve takes --output and --target, or --minimise, or --maximise")
    ranges = [_range(text) for text in by]
    refuse_existing(target, force=force)
    if output is not None and (len(ranges) != 1 or subject):
        raise InputValueError("a target is reached by one input, without conditions")
    book = _open(workbook, accepted)
    if output is None:
        least = analysis.minimise(
            book,
            names[0],
            [name for name, _ in ranges],
            subject,
            dict(ranges),
            maximise=maximise is not None,
            seed=seed,
        )
        write_answer(target, book, least, seed=seed)
        if as_json:
            print_json(asdict(least))
            return
        click.echo(f"{least.output} {_shown(least.value)} {least.unit}, was {_shown(least.before)}")
        _print([name, _shown(value)] for name, value in {**least.inputs, **least.subject}.items())
        for name in least.at_end:
            low, high = least.ranges[name]
            click.echo(f"{name} stands at an end of its range, {_shown(low)} to {_shown(high)}")
        return
    [(name, bounds)] = ranges
    found = analysis.solve(book, output, _number("--target", goal or ""), name, bounds)
    if found.values:
        write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
    elif found.values:
        _print(
            [found.by, _shown(value), found.by_unit, f"{found.output} {_shown(reached)}"]
            for value, reached in zip(found.values, found.reached, strict=True)
        )
    if not found.values:
        click.echo(
            f"xlcalc: {found.output} is never {_shown(found.target)} for {found.by} from "
            f"{_shown(found.low)} to {_shown(found.high)}; it is between {_shown(found.least)} and "
            f"{_shown(found.most)}",
            err=True,
        )
        raise click.exceptions.Exit(status.FAILURE)
    if len(found.values) > 1:
        click.echo(f"xlcalc: there is more than one solution, {len(found.values)}", err=True)


@click.command("simulate")
@click.argument("workbook")
@output_option
@click.option("--draws", type=int, default=10_000, help="How many; 10000 if left out.")
@click.option(
    "--vary",
    metavar="NAME=DISTRIBUTION",
    multiple=True,
    help="As mfu=triangular(0.3,0.4,0.5); from named cells as mfu_low and mfu_high if left out.",
)
@click.option(
    "--correlate",
    metavar="NAME,NAME=NUMBER",
    multiple=True,
    help="Rank correlation of two of these inputs; repeatable.",
)
@click.option("--budget", metavar="NUMBER", help="What the result should not exceed.")
@click.option("--seed", type=int, default=0, help="Of the draws.")
@workbook_option
@force_option
@json_option
@accept_option
@catalogue_option
def simulate(
    workbook: str,
    output: str,
    draws: int,
    vary: Sequence[str],
    correlate: Sequence[str],
    budget: str | None,
    seed: int,
    target: Path | None,
    accepted: str | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Say how uncertain a result is where its inputs are.

    WORKBOOK is an xlsx file or the name of a template. Distributions are uniform(low,high),
    triangular(low,likely,high), pert(low,likely,high), normal(mean,deviation),
    lognormal(median,sigma) and discrete(value:weight,…).
    """
    from xlcalc import analysis

    pairs = {}
    for text in correlate:
        names, ranks = _named("--correlate", text)
        first, comma, second = (part.strip() for part in names.partition(","))
        if not comma or not second:
            raise InputValueError(f'--correlate takes mfu,gpus=-0.3, got "{text}"')
        pairs[first, second] = _number("--correlate", ranks)
    refuse_existing(target, force=force)
    book = _open(workbook, accepted)
    found = analysis.simulate(
        book,
        output,
        dict(_named("--vary", text) for text in vary) or None,
        draws=draws,
        correlate=pairs,
        seed=seed,
        budget=None if budget is None else _number("--budget", budget),
    )
    write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
        return
    click.echo(f"{found.output} [{found.unit}], {found.draws:,} draws, seed {found.seed}")
    if found.failed:
        click.echo(f"{found.failed:,} draws have no result")
    _print(
        [
            *(
                [f"P{100 * one.share:g}", _shown(one.value), f"± {one.error:.2g}"]
                for one in found.percentiles
            ),
            ["mean", _shown(found.mean), f"deviation {_shown(found.deviation)}"],
            ["as it stands", _shown(found.value), ""],
        ]
    )
    if found.budget is not None and found.chance is not None:
        click.echo(f"above {_shown(found.budget)} with a chance of {100 * found.chance:.1f} %")
    click.echo("")
    _print(
        [
            ["driver", "distribution", "rank correlation", "share of variance", ""],
            *(
                [
                    *(one.name, one.distribution, f"{one.rank_correlation:+.2f}"),
                    *(f"{100 * one.variance_share:.0f} %", _bar(one.variance_share, 1.0)),
                ]
                for one in found.drivers
            ),
        ]
    )
    click.echo("")
    most = max(found.counts)
    _print(
        [_shown(low), f"{count:,}", _bar(count, most)]
        for low, count in zip(found.edges, found.counts, strict=False)
    )


def _show_grid(table: "Grid", *, as_json: bool) -> None:
    values = table.values.tolist()
    if as_json:
        print_json({**asdict(table), "values": values})
        return
    click.echo(f"{table.output} [{table.unit}], {table.down} down, {table.across} across")
    _print(
        [
            ["", *map(_shown, table.columns)],
            *(
                [_shown(row), *map(_shown, line)]
                for row, line in zip(table.rows, values, strict=True)
            ),
        ]
    )


def _one_row(path: Path) -> dict[str, object]:
    """Return the inputs of a list of one scenario; empty cells keep the workbook's own."""
    from xlcalc.runs.scenarios import NAME_COLUMN, rows_of

    rows = [cells for _, cells in rows_of(path)]
    if len(rows) != 2:
        raise AnalysisError(f"{path} must hold a header and one row, got {len(rows)} rows")
    names = [str(name).strip() for name in rows[0]]
    return {
        name: value
        for name, value in zip(names, rows[1], strict=False)
        if name.lower() != NAME_COLUMN and value not in {None, ""}
    }


def _axis(text: str) -> tuple[str, list[float]]:
    name, values = _named("--grid", text)
    return name, [_number("--grid", value) for value in values.split(",")]


def _range(text: str) -> tuple[str, tuple[float | None, float | None]]:
    """Return an input and its range, as params=1e9:1e12; an end may be left out."""
    name, equals, ends = text.partition("=")
    if not equals:
        return name.strip(), (None, None)
    low, colon, high = (part.strip() for part in ends.partition(":"))
    if not colon:
        raise InputValueError(f'a range is written as {name}=LOW:HIGH, got "{text}"')
    return name.strip(), (
        _number("--by", low) if low else None,
        _number("--by", high) if high else None,
    )


def _named(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputValueError(f'{option} takes name=value, got "{text}"')
    return name.strip(), value.strip()


def _number(option: str, text: str) -> float:
    from xlcalc.calc.entries import parse_number

    number = parse_number(text)
    if number is None:
        raise InputValueError(f'{option} takes a number, got "{text}"')
    return number


def _shown(value: Any) -> str:
    """Return a value for a table: numbers with six digits, in groups where they are large."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        return plain(value)
    if value != value:
        return "–"
    if 1e-3 <= abs(value) < 1e9 or value == 0:
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return f"{value:.6g}"


def _bar(value: float | None, most: float) -> str:
    if value is None or not most or value != value:
        return ""
    return "█" * max(1, round(_BAR * abs(value) / most)) if value else ""


def _print(rows: Iterable[Sequence[str]]) -> None:
    lines = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (
            cell.ljust(width) if place == 0 or cell.startswith("█") else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        click.echo("  ".join([first, *others]).rstrip())


COMMANDS = {"compare": compare, "sensitivity": sensitivity, "solve": solve, "simulate": simulate}
