"""How is a compute plan written as rows of FOCUS?

There is a row for each month, kind of cost, and what the GPUs are used for. A plan is no invoice,
so that the rows follow the specification where it can be followed:

- Running costs are billed in their month. A purchase of GPUs is billed in its month and has no
  effective cost; their depreciation is the effective cost of the months of use, and not billed.
- The sum of EffectiveCost is the plan's cost, that of BilledCost its costs and purchases.
- A price is that of a month: its quantity is 1, so that price times quantity is the cost.
- Costs go to training, inference and unused GPUs by the plan's own shares, and training to runs by
  their GPUs.

`actuals` reads the rows back: their EffectiveCost is what the plan says.

References
----------
FinOps Open Cost and Usage Specification, 1.0 and 1.2, https://focus.finops.org
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import NamedTuple

from xlcalc.cells import CellError
from xlcalc.focus.plan import Plan
from xlcalc.focus.values import INFERENCE, LINES, TRAINING, UNUSED, decimal_text, moment_text
from xlcalc.runs.csv_listing import csv_text

COLUMNS = (
    *("AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName"),
    *("BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory"),
    *("ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd"),
    *("ChargePeriodStart", "CommitmentDiscountCategory", "CommitmentDiscountId"),
    *("CommitmentDiscountName", "CommitmentDiscountStatus", "CommitmentDiscountType"),
    *("ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice"),
    *("EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory"),
    *("PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName"),
    *("ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "SkuId"),
    *("SkuPriceId", "SubAccountId", "SubAccountName", "Tags"),
    *("x_Accelerator", "x_Case", "x_CostLine", "x_GpuHours", "x_Model", "x_Plan", "x_Purpose"),
    "x_Scenario",
)
"""The columns of FOCUS 1.0, and behind them those that it lacks for a plan, each by the alphabet.

They have what 1.2 asks of every file, too.
"""
ISSUER = "xlcalc"
"""Who made the rows: no provider has billed anything."""
_AI, _COMPUTE, _OTHER = "AI and Machine Learning", "Compute", "Other"
_NO_RUN = ""


class _Kind(NamedTuple):
    """A kind of cost: what FOCUS calls its service."""

    service: str
    category: str
    in_hours: bool = False


_KINDS = {
    "rental": _Kind("Rented GPUs", _COMPUTE, in_hours=True),
    "depreciation": _Kind("Owned GPUs", _COMPUTE, in_hours=True),
    "power": _Kind("Power of owned GPUs", _OTHER),
    "staff": _Kind("Staff", _OTHER),
    "other": _Kind("Other costs of the plan", _AI),
    "purchase": _Kind("Purchase of GPUs", _COMPUTE),
}
"""Kinds of cost by `x_CostLine`: those of the actuals, what is left of the cost, and purchases."""


class _Use(NamedTuple):
    """What a share of a month's GPUs is used for."""

    purpose: str
    model: str
    share: float


def focus_csv(plan: Plan, scenario: str = "") -> bytes:
    """Return a plan as a FOCUS file.

    Parameters
    ----------
    plan : Plan
        The workbook.
    scenario : str
        What the run of a report is called.

    Returns
    -------
    bytes
        A CSV file in UTF-8, the same for the same workbook.

    Raises
    ------
    BillError
        If the workbook has not the names of a compute plan, or a month has no number.
    """
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(plan, scenario):
        writer.writerow({column: csv_text(text) for column, text in row.items()})
    return file.getvalue().encode()


def _rows(plan: Plan, scenario: str) -> Iterator[dict[str, str]]:
    costs = plan.numbers("planned_cost")
    lines = {
        line: plan.numbers(f"planned_{row}")
        for line, row in LINES.items()
        if plan.has(f"planned_{row}")
    }
    named = zip(costs, *lines.values(), strict=True)
    lines["other"] = [cost - sum(parts) for cost, *parts in named]
    hours = _hours(plan)
    bought = plan.numbers("monthly_capex") if plan.has("monthly_capex") else [0.0] * len(costs)
    common = _common(plan, scenario)
    for place, month in enumerate(plan.months):
        period = {
            **dict.fromkeys(("BillingPeriodStart", "ChargePeriodStart"), moment_text(month)),
            **dict.fromkeys(("BillingPeriodEnd", "ChargePeriodEnd"), moment_text(month + 1)),
        }
        uses = list(_uses(plan, place, costs[place]))
        for line, amounts in lines.items():
            # What is left of a sum of floats is no cost.
            if abs(amounts[place]) <= 1e-9 * abs(costs[place]):
                continue
            for use in uses:
                taken = hours[line][place] * use.share if line in hours else 0.0
                yield common | period | _charge(line, amounts[place] * use.share, taken, use)
        if bought[place]:
            yield common | period | _charge("purchase", bought[place], 0.0, _Use("", "", 1.0))


def _hours(plan: Plan) -> dict[str, list[float]]:
    """Return the GPU-hours of each month by the line that pays for them."""
    if not plan.has("planned_gpu_hours"):
        return {}
    hours = plan.numbers("planned_gpu_hours")
    if not plan.has("monthly_owned_hours"):
        return {"rental": hours}
    owned = plan.numbers("monthly_owned_hours")
    return {
        "rental": [all_ - own for all_, own in zip(hours, owned, strict=True)],
        "depreciation": owned,
    }


def _uses(plan: Plan, place: int, cost: float) -> Iterator[_Use]:
    """Yield what the GPUs of a month are used for, and the shares of its cost."""
    training, inference = (
        plan.numbers(name)[place] / cost if cost and plan.has(name) else 0.0
        for name in ("planned_training_cost", "planned_inference_cost")
    )
    for model, share in _runs(plan, place):
        if training:
            yield _Use(TRAINING, model, training * share)
    if inference:
        yield _Use(INFERENCE, "", inference)
    unused = 1.0 - training - inference
    if abs(unused) > 1e-9:
        yield _Use(UNUSED, "", unused)


def _runs(plan: Plan, place: int) -> list[tuple[str, float]]:
    """Return the runs of a month and the shares of its training, by their GPUs."""
    named: list[tuple[str, float]] = []
    if all(plan.has(name) for name in ("run_begins", "run_ends", "run_gpus")):
        columns = (plan.column(name) for name in ("run_begins", "run_ends", "run_gpus"))
        for number, (begins, ends, gpus) in enumerate(zip(*columns, strict=True), start=1):
            if all(isinstance(value, float) for value in (begins, ends, gpus)):
                name = plan.named(f"run{number}_name")
                if begins <= place + 1 <= ends and gpus > 0:
                    named.append((name if isinstance(name, str) else f"Run {number}", gpus))
    total = sum(gpus for _, gpus in named)
    return [(name, gpus / total) for name, gpus in named] or [(_NO_RUN, 1.0)]


def _common(plan: Plan, scenario: str) -> dict[str, str]:
    """Return what all rows of a plan have."""
    name, case, gpu = (_text(plan, cell) for cell in ("plan_name", "scenario_case", "gpu"))
    account = name or "plan"
    return {
        "BillingAccountId": account,
        "BillingAccountName": account,
        "BillingCurrency": plan.currency,
        **dict.fromkeys(("InvoiceIssuerName", "ProviderName", "PublisherName"), ISSUER),
        "SubAccountId": case or "plan",
        "SubAccountName": case or "plan",
        "x_Accelerator": gpu,
        "x_Case": case,
        "x_Plan": name,
        "x_Scenario": scenario,
    }


def _charge(line: str, amount: float, hours: float, use: _Use) -> dict[str, str]:
    """Return what a row says of its charge."""
    kind = _KINDS[line]
    category = "Credit" if amount < 0 else "Purchase" if line == "purchase" else "Usage"
    cost = decimal_text(amount)
    billed = decimal_text(0.0) if line == "depreciation" and category == "Usage" else cost
    effective = decimal_text(0.0) if category == "Purchase" else cost
    unused = use.purpose == UNUSED
    words = ", ".join(filter(None, (kind.service, use.purpose.lower(), use.model)))
    row = {
        "BilledCost": billed,
        "ChargeCategory": category,
        "ChargeDescription": f"Planned: {words}",
        "ChargeFrequency": "Recurring" if category == "Usage" else "One-Time",
        "ContractedCost": cost,
        "EffectiveCost": effective,
        "ListCost": cost,
        "ServiceCategory": kind.category,
        "ServiceName": kind.service,
        "SkuId": f"plan-{line}",
        "SkuPriceId": f"plan-{line}-month",
        "Tags": json.dumps({"purpose": use.purpose.lower()} if use.purpose else {}),
        "x_CostLine": line,
        "x_GpuHours": decimal_text(hours),
        "x_Model": use.model,
        "x_Purpose": use.purpose,
    }
    if category != "Credit":
        row |= dict.fromkeys(("ContractedUnitPrice", "ListUnitPrice"), cost)
        row |= {"PricingCategory": "Standard", "PricingQuantity": "1.0", "PricingUnit": "Months"}
    if category == "Usage":
        measured = kind.in_hours and hours > 0 and not unused
        row["ConsumedQuantity"] = decimal_text(hours) if measured else "1.0"
        row["ConsumedUnit"] = "GPU-Hours" if measured else "Months"
    return row


def _text(plan: Plan, name: str) -> str:
    value = plan.named(name)
    return "" if value is None or isinstance(value, CellError) else str(value)
