"""The commands that ask a workbook questions: `compare`, `sensitivity`, `solve` and `simulate`.

Each prints a table with bars, or JSON with full precision, and writes the workbook with the answer
on a sheet of its own where `-o` names a file.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from xlcalc.cli import status
from xlcalc.cli.analysis_tables import (
    print_bridge,
    print_grid,
    print_simulation,
    print_table,
    print_tornado,
    shown,
)
from xlcalc.cli.analysis_words import axis, named, number, one_row, range_of
from xlcalc.cli.analysis_workbook import (
    workbook_option,
    write_answer,
)
from xlcalc.cli.completion import workbooks
from xlcalc.cli.differences import accept_option, accepted_cells
from xlcalc.cli.options import (
    FILE,
    catalogue_option,
    force_option,
    json_option,
    locale_option,
    print_json,
    refuse_existing,
)
from xlcalc.cli.saying import say
from xlcalc.errors import InputValueError, NoSolutionError

T = TypeVar("T")

if TYPE_CHECKING:
    from xlcalc.workbook import Workbook

output_option = click.option(
    "--output", metavar="NAME", required=True, help="Named result that is asked about."
)


def _open(workbook: str, accepted: str | None) -> "Workbook":
    from xlcalc.workbook import load

    return load(workbook, accept_differences=accepted_cells(accepted))


@click.command("compare", epilog=status.statuses("engines do not agree on what a workbook stores"))
@click.argument("workbook", shell_complete=workbooks)
@click.argument("other", required=False, shell_complete=workbooks)
@click.option("--from", "before", metavar="CSV", type=FILE, help="Inputs to begin with.")
@click.option("--to", "after", metavar="CSV", type=FILE, help="Inputs to end with.")
@output_option
@locale_option
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
    locale: str | None,
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
        start, end = (one_row(path, book, locale) if path else {} for path in (before, after))
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
    print_bridge(found, asked)


@click.command(
    "sensitivity", epilog=status.statuses("engines do not agree on what the workbook stores")
)
@click.argument("workbook", shell_complete=workbooks)
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
        table = analysis.grid(book, output, *(axis(text) for text in axes))
        write_answer(target, book, table)
        if as_json:
            print_json({**asdict(table), "values": table.values.tolist()})
        else:
            print_grid(table)
        return
    names = None if inputs is None else [name.strip() for name in inputs.split(",")]
    found = analysis.sensitivity(book, output, names, swing=number("--swing", swing))
    write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
        return
    print_tornado(found, book)


@click.command(
    "solve",
    epilog=status.statuses(
        "there is no solution, or engines do not agree on what the workbook stores"
    ),
)
@click.argument("workbook", shell_complete=workbooks)
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
    ranges = [range_of(text) for text in by]
    refuse_existing(target, force=force)
    if output is not None and (len(ranges) != 1 or subject):
        raise InputValueError("a target is reached by one input, without conditions")
    book = _open(workbook, accepted)
    if output is None:
        try:
            least = analysis.minimise(
                book,
                names[0],
                [name for name, _ in ranges],
                subject,
                _each_once("--by", ranges),
                maximise=maximise is not None,
                seed=seed,
            )
        except NoSolutionError as error:
            say(error)
            raise click.exceptions.Exit(status.FAILURE) from None
        write_answer(target, book, least, seed=seed)
        if as_json:
            print_json(asdict(least))
            return
        click.echo(f"{least.output} {shown(least.value)} {least.unit}, was {shown(least.before)}")
        print_table(
            [name, shown(value)] for name, value in {**least.inputs, **least.subject}.items()
        )
        for name in least.at_end:
            low, high = least.ranges[name]
            click.echo(f"{name} stands at an end of its range, {shown(low)} to {shown(high)}")
        return
    [(name, bounds)] = ranges
    found = analysis.solve(book, output, number("--target", goal or ""), name, bounds)
    if found.values:
        write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
    elif found.values:
        print_table(
            [found.by, shown(value), found.by_unit, f"{found.output} {shown(reached)}"]
            for value, reached in zip(found.values, found.reached, strict=True)
        )
    if not found.values:
        click.echo(
            f"xlcalc: {found.output} is never {shown(found.target)} for {found.by} from "
            f"{shown(found.low)} to {shown(found.high)}; it is between {shown(found.least)} and "
            f"{shown(found.most)}",
            err=True,
        )
        raise click.exceptions.Exit(status.FAILURE)
    for low, high in found.stretches:
        say(
            f"{found.output} is {shown(found.target)} wherever {found.by} was looked at from "
            f"{shown(low)} to {shown(high)}"
        )
    apart = len(found.values) - len(found.stretches)
    if apart > 1:
        say(f"there is more than one solution, {apart}")
    if found.is_rounded:
        say(f"no whole number of {found.by} gives {found.output} {shown(found.target)} itself")


@click.command(
    "simulate", epilog=status.statuses("engines do not agree on what the workbook stores")
)
@click.argument("workbook", shell_complete=workbooks)
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
@click.option(
    "--dask", metavar="ADDRESS", help="Address of a Dask scheduler; its cluster calculates."
)
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
    dask: str | None,
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
        names, ranks = named("--correlate", text)
        first, comma, second = (part.strip() for part in names.partition(","))
        if not comma or not second:
            raise InputValueError(f'--correlate takes mfu,gpus=-0.3, got "{text}"')
        if (first, second) in pairs:
            raise InputValueError(f'--correlate names "{names}" twice')
        pairs[first, second] = number("--correlate", ranks)
    refuse_existing(target, force=force)
    book = _open(workbook, accepted)
    varied = _each_once("--vary", [named("--vary", text) for text in vary]) or None
    limit = None if budget is None else number("--budget", budget)
    with contextlib.ExitStack() as elsewhere:
        if dask is not None:
            from xlcalc.runs.answers_elsewhere import answers_of_cluster

            elsewhere.enter_context(answers_of_cluster(book, dask))
        found = analysis.simulate(
            book, output, varied, draws=draws, correlate=pairs, seed=seed, budget=limit
        )
    write_answer(target, book, found)
    if as_json:
        print_json(asdict(found))
        return
    print_simulation(found, book)
    for driver in found.drivers:
        if book.is_whole(driver.name) and not driver.distribution.startswith("discrete"):
            say(f"{driver.name} takes whole numbers, to which its draws are rounded")


def _each_once(option: str, pairs: Sequence[tuple[str, T]]) -> dict[str, T]:
    """Return named values, none of which is given twice."""
    names = [name.lower() for name, _ in pairs]
    for name, _ in pairs:
        if names.count(name.lower()) > 1:
            raise InputValueError(f'{option} names "{name}" twice')
    return dict(pairs)


COMMANDS = {"compare": compare, "sensitivity": sensitivity, "solve": solve, "simulate": simulate}
