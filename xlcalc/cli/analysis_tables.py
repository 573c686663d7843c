"""How is the answer to a question printed: numbers of six digits, columns, and bars?"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from xlcalc.cell_values import plain

if TYPE_CHECKING:
    from xlcalc.analysis import Bridge, Grid, Simulation, Tornado
    from xlcalc.workbook import Workbook

_BAR = 40
"""Letters that the longest bar takes."""


def shown(value: Any) -> str:
    """Return a value for a table: numbers with six digits, in groups where they are large."""
    if isinstance(value, bool) or not isinstance(value, float | int):
        return plain(value)
    if value != value:
        return "–"
    if 1e-3 <= abs(value) < 1e9 or value == 0:
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return f"{value:.6g}"


def told(book: "Workbook", name: str, value: Any) -> str:
    """Return a value of a named cell for a table: a date as ISO 8601 writes it."""
    if not isinstance(value, float):
        return shown(value)
    return shown(book.cell(name).with_dates(value))


def headed(name: str, unit: str) -> str:
    """Return the name of a result, and its unit if it has one."""
    return f"{name} [{unit}]" if unit else name


def fixed(value: float) -> str:
    """Return a ratio with two decimals."""
    return "–" if value != value else f"{value:.2f}"


def bar(value: float | None, most: float) -> str:
    """Return a bar for a value; the most has the longest one."""
    if value is None or not most or value != value:
        return ""
    return "█" * max(1, round(_BAR * abs(value) / most)) if value else ""


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, the first of them and bars on the left."""
    lines = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (
            cell.ljust(width) if place == 0 or cell.startswith("█") else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        click.echo("  ".join([first, *others]).rstrip())


def print_bridge(found: "Bridge", book: "Workbook") -> None:
    """Print what each input moved, a bar each."""
    rows: list[tuple[str, str, str, float | None]] = []
    for part in found.parts:
        error = f" ± {part.error:.2g}" if part.error else ""
        change = error
        if part.before is not None or part.after is not None:
            before, after = (told(book, part.name, end) for end in (part.before, part.after))
            change = f"{before} → {after}{error}"
        sign = "+" if part.amount > 0 else ""
        rows.append((part.name, change, f"{sign}{shown(part.amount)}", part.amount))
    start, end = (told(book, found.output, value) for value in (found.start, found.end))
    rows = [("from", "", start, None), *rows, ("to", "", end, None)]
    click.echo(headed(found.output, found.unit))
    most = max((abs(part.amount) for part in found.parts), default=0.0)
    print_table([name, change, value, bar(amount, most)] for name, change, value, amount in rows)


def print_tornado(found: "Tornado", book: "Workbook") -> None:
    """Print what each input would move, a bar each."""
    click.echo(f"{found.output} is {told(book, found.output, found.value)} {found.unit}".rstrip())
    most = max((one.width for one in found.swings), default=0.0)
    print_table(
        [
            ["input", "from", "to", "lower", "higher", "elasticity", ""],
            *(
                [
                    *(one.name, shown(one.low), shown(one.high)),
                    *(shown(one.at_low - found.value), shown(one.at_high - found.value)),
                    *(fixed(one.elasticity), bar(one.width, most)),
                ]
                for one in found.swings
            ),
        ]
    )
    if found.still:
        click.echo(f"unmoved by: {', '.join(found.still)}")
    if found.dates:
        click.echo(f"left out, as there is no share of a date: {', '.join(found.dates)}")


def print_grid(table: "Grid") -> None:
    """Print the result over two inputs as a table."""
    values = table.values.tolist()
    click.echo(f"{headed(table.output, table.unit)}, {table.down} down, {table.across} across")
    print_table(
        [
            ["", *map(shown, table.columns)],
            *(
                [shown(row), *map(shown, line)]
                for row, line in zip(table.rows, values, strict=True)
            ),
        ]
    )


def print_simulation(found: "Simulation", book: "Workbook") -> None:
    """Print percentiles, drivers and the histogram."""
    click.echo(f"{headed(found.output, found.unit)}, {found.draws:,} draws, seed {found.seed}")
    if found.failed:
        click.echo(f"{found.failed:,} draws have no result")
    print_table(
        [
            *(
                [f"P{100 * one.share:g}", told(book, found.output, one.value), f"± {one.error:.2g}"]
                for one in found.percentiles
            ),
            ["mean", told(book, found.output, found.mean), f"deviation {shown(found.deviation)}"],
            ["as it stands", told(book, found.output, found.value), ""],
        ]
    )
    if found.budget is not None and found.chance is not None:
        click.echo(f"above {shown(found.budget)} with a chance of {100 * found.chance:.1f} %")
    click.echo("")
    print_table(
        [
            ["driver", "distribution", "rank correlation", "share of variance", ""],
            *(
                [
                    *(one.name, one.distribution, f"{one.rank_correlation:+.2f}"),
                    *(f"{100 * one.variance_share:.0f} %", bar(one.variance_share, 1.0)),
                ]
                for one in found.drivers
            ),
        ]
    )
    click.echo("")
    most = max(found.counts)
    print_table(
        [shown(low), f"{count:,}", bar(count, most)]
        for low, count in zip(found.edges, found.counts, strict=False)
    )
