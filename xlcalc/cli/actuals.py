"""The command `actuals`: what a bill in the form of FOCUS says of a compute plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlcalc.cli import status
from xlcalc.cli.analysis_tables import print_table
from xlcalc.cli.differences import Witnessed, accept_option, accepted_cells, tell
from xlcalc.cli.options import FILE, catalogue_option, print_json
from xlcalc.cli.saying import say
from xlcalc.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlcalc.calc.differences import Difference
    from xlcalc.focus.actuals import Actuals, Part
    from xlcalc.focus.bill import Bill, Sum
    from xlcalc.focus.plan import Plan

_ROUNDING = 1e-12
"""Share of the largest amount below which engines may differ."""
LISTED = 20
"""Groups of rows that are printed; JSON has all of them."""


@click.command(
    "actuals", no_args_is_help=True, epilog=status.statuses("engines do not agree on a cell")
)
@click.argument("bill", metavar="BILL", type=FILE)
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=FILE,
    required=True,
    help="Workbook of a compute plan that is filled in.",
)
@click.option(
    "--output", "-o", metavar="FILE", type=FILE, help="File to write; the plan if left out."
)
@click.option(
    "--map",
    "mapping",
    metavar="CSV",
    type=FILE,
    help="Rules: a column of the bill, a value in it, and the model, accelerator, purpose, line "
    "and gpus of rows with that value.",
)
@click.option(
    "--cost",
    type=click.Choice(["effective", "billed"]),
    default="effective",
    show_default=True,
    help="Column to sum: EffectiveCost or BilledCost.",
)
@click.option(
    "--by",
    type=click.Choice(["charge", "billing"]),
    default="charge",
    show_default=True,
    help="Column that gives the month: ChargePeriodStart or BillingPeriodStart.",
)
@click.option(
    "--count-unmapped", is_flag=True, help="Count rows that belong to nothing in the cost too."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of what is printed.",
)
@accept_option
@catalogue_option
def actuals(
    bill: Path,
    plan_file: Path,
    output: Path | None,
    mapping: Path | None,
    cost: str,
    by: str,
    form: str,
    accepted: str | None,
    *,
    count_unmapped: bool,
) -> None:
    """Fill in what the months of a compute plan took, from a bill.

    BILL is a FOCUS file: CSV, also with .gz behind its name, or Parquet; - is CSV on the standard
    input.
    """
    from xlcalc.calc.ensemble import TOGETHER
    from xlcalc.calc.model import WorkbookModel
    from xlcalc.calc.recalculation import trusted
    from xlcalc.files import write_file
    from xlcalc.focus.actuals import actuals_of
    from xlcalc.focus.bill import COSTS, PERIODS, read_bill
    from xlcalc.focus.mapping import Rules, read_mapping
    from xlcalc.focus.plan import Plan

    target = output or plan_file
    for given in filter(None, (bill, mapping)):
        if str(given) != "-" and given.resolve() == target.resolve():
            raise UsageError(f"{target} would be written over, which is read")
    model = WorkbookModel.read(plan_file)
    tell(trusted(model, accepted_cells(accepted)))
    plan = Plan(model)
    rules = Rules() if mapping is None else read_mapping(mapping)
    column, period = COSTS[cost == "billed"], PERIODS[by == "billing"]
    read = read_bill(bill, rules, plan.runs(), column, period)
    found = actuals_of(read, plan, count_unmapped=count_unmapped)
    confirmed = TOGETHER.confirmed(model, found.constants)
    # A variance of nothing is what rounding leaves of large amounts, and engines round differently.
    least = _ROUNDING * found.largest
    witnessed = Witnessed([one for one in confirmed.differences if not _tiny(one, least)])
    witnessed.tell(model)
    if witnessed.contradicted:
        raise click.exceptions.Exit(status.FAILURE)
    data = model.to_bytes(confirmed.evaluation)
    filled = Plan(WorkbookModel(data, str(target)))
    lines = _lines(filled, found)
    write_file(target, data)
    if form == "json":
        print_json({"file": str(target), **_as_data(read, filled, found, lines)})
        return
    _print(read, filled, found, lines)
    click.echo(f"wrote {target}")


COMMANDS = {"actuals": actuals}


def _tiny(difference: "Difference", least: float) -> bool:
    """Whether two engines differ by less than an amount."""
    one, other = difference.stored, difference.calculated
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) <= least


def _lines(plan: "Plan", found: "Actuals") -> list[dict[str, Any]]:
    """Return plan, actual and variance of each month that was filled in."""
    from xlcalc.focus.values import month_text

    planned, actual = plan.numbers("planned_cost"), plan.values("actual_cost")
    lines = []
    for month, before, after in zip(plan.months, planned, actual, strict=True):
        if month in found.months and isinstance(after, float):
            variance = after - before
            line = {"month": month_text(month), "plan": before, "actual": after}
            lines.append({**line, "variance": variance})
    return lines


def _as_data(
    bill: "Bill", plan: "Plan", found: "Actuals", lines: "Sequence[Mapping[str, Any]]"
) -> dict[str, Any]:
    total = {key: sum(line[key] for line in lines) for key in ("plan", "actual", "variance")}
    return {
        "currency": plan.currency,
        "cost": bill.cost,
        "month_of": bill.period,
        "rows": bill.rows,
        "months": lines,
        "total": total,
        "parts": [_part(part) for part in found.parts],
        "unmapped": [_part(part) for part in found.unmapped],
        "unmapped_services": [
            {"service": service, "currency": code, "rows": one.rows, "cost": float(one.cost)}
            for (service, code), one in (_services(bill) if found.unmapped else ())
        ],
        "outside": [_part(part) for part in found.outside],
        "rates": found.rates,
        "replaced_cells": found.replaced,
    }


def _services(bill: "Bill") -> "list[tuple[tuple[str, str], Sum]]":
    """Return what rows that belong to nothing come to by service, the largest first."""
    return sorted(bill.unmapped.items(), key=lambda item: (-abs(item[1].cost), item[0]))


def _part(part: "Part") -> dict[str, Any]:
    from xlcalc.focus.values import month_text

    return {
        "month": month_text(part.month),
        **part.target._asdict(),
        "rows": part.rows,
        "cost": float(part.cost),
        "gpu_hours": float(part.gpu_hours),
    }


def _print(
    bill: "Bill", plan: "Plan", found: "Actuals", lines: "Sequence[Mapping[str, Any]]"
) -> None:
    """Print months against the plan, what the cost is for, and what was left out."""
    click.echo(f"{bill.cost} by {bill.period}, in {plan.currency}")
    rows = [(line["month"], line["plan"], line["actual"], line["variance"]) for line in lines]
    sums = tuple(sum(row[place] for row in rows) for place in (1, 2, 3))
    print_table(
        [
            ("month", "plan", "actual", "variance"),
            *((month, *map(_money, amounts)) for month, *amounts in [*rows, ("total", *sums)]),
        ]
    )
    click.echo()
    _print_parts(found.parts)
    for rate in found.rates.values():
        say(f"converted at {rate}")
    if found.replaced:
        cells = f"{found.replaced:,} cell{'s' * (found.replaced != 1)}"
        say(f"{cells} held another value, which is replaced")
    for parts, what in (
        (found.unmapped, "to no model, accelerator, purpose or line"),
        (found.outside, "to months that the plan does not have"),
    ):
        if parts:
            count = sum(part.rows for part in parts)
            amount = f"{_money(sum(float(part.cost) for part in parts))} {plan.currency}"
            words = f"{count:,} rows belong" if count != 1 else "1 row belongs"
            say(f"{words} {what}, and {amount} is not counted:")
            _print_months(parts, plan.currency)
    for (service, code), one in _services(bill)[:LISTED] if found.unmapped else ():
        told = f"{one.rows:,} row{'s' * (one.rows != 1)}"
        click.echo(f"  not counted: {service or '–'}: {told}, {one.cost:,.2f} {code}", err=True)


def _print_parts(parts: "Sequence[Part]") -> None:
    """Print what the cost of all months is for, the largest first."""
    sums: dict[Any, list[float]] = {}
    for part in parts:
        key = part.target._replace(line="")
        one = sums.setdefault(key, [0.0, 0.0, 0.0])
        one[0] += part.rows
        one[1] += float(part.cost)
        one[2] += float(part.gpu_hours)
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1][1]), item[0]))
    rows = [
        (
            *(" ".join(text.split()) or "–" for text in key[:3]),
            f"{n:,.0f}",
            _money(cost),
            f"{h:,.0f}",
        )
        for key, (n, cost, h) in ordered[:LISTED]
    ]
    print_table([("model", "accelerator", "purpose", "rows", "cost", "GPU-hours"), *rows])
    if len(ordered) > LISTED:
        click.echo(f"and {len(ordered) - LISTED:,} more, which --format json has")


def _print_months(parts: "Sequence[Part]", currency: str) -> None:
    """Name rows that are not counted, month by month, on stderr."""
    from xlcalc.focus.values import month_text

    sums: dict[int, list[float]] = {}
    for part in parts:
        one = sums.setdefault(part.month, [0.0, 0.0])
        one[0] += part.rows
        one[1] += float(part.cost)
    for month, (count, amount) in sorted(sums.items())[:LISTED]:
        rows = f"{count:,.0f} row{'s' * (count != 1)}"
        click.echo(f"  {month_text(month)}: {rows}, {_money(amount)} {currency}", err=True)
    if len(sums) > LISTED:
        click.echo(f"  and {len(sums) - LISTED:,} months more", err=True)


def _money(amount: float) -> str:
    return f"{amount:,.2f}"
