"""What becomes of a compute plan when a bill says what its months took?

The sums of a bill go into the cells of actuals, month by month, in the currency of the plan. What
belongs to no plan, and what is before or after its months, is counted apart and never written.

A row of actuals is filled in if the bill says anything of it: then every month of the bill gets an
amount, 0 where there is none. Other rows, and months that the bill does not have, stay as they are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xlcalc.calc.evaluation import Cells
from xlcalc.catalogue import catalogues
from xlcalc.errors import BillError, NotFoundError
from xlcalc.focus.bill import Bill, Sum
from xlcalc.focus.mapping import NOTHING, Target
from xlcalc.focus.plan import Plan
from xlcalc.focus.values import INFERENCE, LINES, TRAINING, month_text
from xlcalc.ooxml.markup import Position

COST = "cost"
_MOST = Decimal(10) ** 15


@dataclass(frozen=True)
class Part:
    """What a bill comes to in a month, for what its rows belong to.

    Attributes
    ----------
    month : int
        The month, by its number.
    target : Target
        What the rows belong to.
    rows : int
        How many rows there are.
    cost, gpu_hours : Decimal
        Their cost in the plan's currency, and their GPU-hours.
    """

    month: int
    target: Target
    rows: int
    cost: Decimal
    gpu_hours: Decimal


@dataclass
class Actuals:
    """What a bill says of the months of a plan.

    Attributes
    ----------
    parts : list of Part
        What is written, by month and by what rows belong to.
    unmapped, outside : list of Part
        What belongs to no plan, and what is before or after its months.
    rates : dict of str to str
        For each other currency of the bill, the rate and where it is from.
    cells : dict of str to dict
        The cells that are filled in, by sheet.
    replaced : int
        How many of them hold another value.
    """

    parts: list[Part] = field(default_factory=list)
    unmapped: list[Part] = field(default_factory=list)
    outside: list[Part] = field(default_factory=list)
    rates: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[Position, float]] = field(default_factory=dict)
    replaced: int = 0

    @property
    def largest(self) -> float:
        """The largest amount that is filled in, whatever its sign."""
        return max(abs(amount) for cells in self.cells.values() for amount in cells.values())

    @property
    def constants(self) -> Cells:
        """The cells that are filled in, as a workbook takes them."""
        return {sheet: dict(cells) for sheet, cells in self.cells.items()}

    @property
    def months(self) -> list[int]:
        """The months that are filled in."""
        return sorted({part.month for part in self.parts})


def actuals_of(bill: Bill, plan: Plan, *, count_unmapped: bool = False) -> Actuals:
    """Return what a bill says of the months of a plan, and the cells that hold it.

    Parameters
    ----------
    bill : Bill
        The sums of the bill.
    plan : Plan
        The workbook.
    count_unmapped : bool
        Whether rows that belong to nothing are a cost of the plan too.

    Raises
    ------
    BillError
        If no row belongs to a month of the plan, a currency has no rate, or a sum does not fit a
        cell.
    """
    if not any(plan.model.formulas.values()):
        raise BillError(
            f"{plan.model.name} has no formulas, so that nothing would follow from what is filled "
            "in; give the workbook of which it is a copy"
        )
    found = Actuals()
    rates = _Rates(plan)
    gathered: dict[tuple[int, Target], Sum] = defaultdict(Sum)
    for (month, currency, target), sum_ in bill.sums.items():
        one = gathered[month, target]
        one.rows += sum_.rows
        one.cost += sum_.cost * rates.rate(currency, month, bill.name)
        one.gpu_hours += sum_.gpu_hours
    found.rates = rates.used
    known = set(plan.months)
    for (month, target), sum_ in sorted(gathered.items()):
        part = Part(month, target, sum_.rows, sum_.cost, sum_.gpu_hours)
        if target == NOTHING and not count_unmapped:
            found.unmapped.append(part)
        elif month not in known:
            found.outside.append(part)
        else:
            found.parts.append(part)
    if not found.parts:
        raise BillError(_nothing(bill, plan, found))
    _fill(found, bill, plan)
    return found


def _nothing(bill: Bill, plan: Plan, found: Actuals) -> str:
    first, last = month_text(plan.months[0]), month_text(plan.months[-1])
    if found.outside:
        months = [part.month for part in found.outside]
        return (
            f"no row of {bill.name} is of the plan's months, {first} to {last}: those that belong "
            f"to it are of {month_text(min(months))} to {month_text(max(months))}"
        )
    return (
        f"no row of {bill.name} says to which model, accelerator, purpose or line it belongs: give "
        "a file with --map, or count all rows with --count-unmapped"
    )


class _Rates:
    """Amounts of a currency in that of a plan.

    Dollars are converted as the plan converts its own amounts; any other pair needs a rate of the
    catalogue that the month knows.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.used: dict[str, str] = {}

    def rate(self, currency: str, month: int, bill: str) -> Decimal:
        own = self._plan.currency
        if currency == own:
            return Decimal(1)
        rate = self._plan.named("currency_rate")
        if currency == "USD" and isinstance(rate, float) and rate > 0:
            self.used[currency] = f"1 USD = {rate:g} {own}, the currency_rate of the plan"
            return Decimal(repr(rate))
        try:
            given = catalogues().rates.rate(currency, own, month_text(month))
        except NotFoundError as error:
            raise BillError(f"{bill} has amounts in {currency}, the plan counts in {own}, and "
                            f"{error}") from None  # fmt: skip
        known = self.used.get(currency)
        if known is None or given.source not in known:
            self.used[currency] = "; ".join(filter(None, (known, given.source)))
        return Decimal(repr(given.value))


def _fill(found: Actuals, bill: Bill, plan: Plan) -> None:
    """Find the amounts of each row of actuals, and the cells that they go into."""
    parts = found.parts
    rows: dict[str, Mapping[int, Decimal]] = {COST: _costs(found, "")}
    purposes = {part.target.purpose for part in parts}
    if purposes & {TRAINING, INFERENCE}:
        rows |= {f"{word.lower()}_cost": _costs(found, word) for word in (TRAINING, INFERENCE)}
    lines = {part.target.line for part in parts}
    rows |= {row: _costs(found, line) for line, row in LINES.items() if line in lines}
    if bill.has_hours:
        rows["gpu_hours"] = _sums(found, [part.gpu_hours for part in parts])
    for row, amounts in rows.items():
        name = f"actual_{row}"
        if row != COST and not plan.has(name):
            continue
        sheet, cells = plan.cells(name)
        places = dict(zip(plan.months, zip(cells, plan.values(name), strict=True), strict=True))
        for month, amount in amounts.items():
            place, old = places[month]
            if abs(amount) >= _MOST or (row == "gpu_hours" and amount < 0):
                raise BillError(
                    f"{bill.name}: {name} of {month_text(month)} would be "
                    f"{float(amount):,.6g}, which the plan does not take"
                )
            value = float(amount) + 0.0
            found.cells.setdefault(sheet, {})[place] = value
            found.replaced += old is not None and old != value


def _costs(found: Actuals, word: str) -> dict[int, Decimal]:
    """Return the cost of each month, of all parts or of those with a purpose or a line."""
    counted = [not word or word in part.target[2:] for part in found.parts]
    return _sums(found, [part.cost * own for part, own in zip(found.parts, counted, strict=True)])


def _sums(found: Actuals, amounts: Sequence[Decimal]) -> dict[int, Decimal]:
    """Return the sum of the amounts of parts for each month of a bill."""
    sums = dict.fromkeys(found.months, Decimal(0))
    for part, amount in zip(found.parts, amounts, strict=True):
        sums[part.month] += amount
    return sums
