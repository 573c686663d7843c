"""What did the plan's months really take, and how far is that from the plan?

The sheet Actuals has a column for each month: GPU-hours and cost as they were billed or booked, to
be filled in, and what they differ from the plan by. A month without an entry counts in no sum.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page, validate_number
from xlcalc.quantities import Quantity
from xlcalc.templates.compute_plan.inputs import MONTHS
from xlcalc.templates.compute_plan.months import HEADING, MONEY, SIGNED
from xlcalc.templates.parts.tables import Row, Timeline

BILLED = Quantity("money", at_least=-1e15, number_format=SIGNED)
"""A credit is negative."""

_ENTRIES = (
    ("gpu_hours", "GPU-hours", "GPU-hours", q.GPU_HOURS, "Paid for, used or not"),
    ("cost", "Cost", MONEY, BILLED, "All of it, as billed or booked"),
    ("training_cost", "of which training", MONEY, BILLED, "By model or tag of the bill"),
    ("inference_cost", "of which inference", MONEY, BILLED, "By model or tag of the bill"),
    (
        "rental_cost",
        "of which rental cost",
        MONEY,
        BILLED,
        "Contracts, on demand, storage, network",
    ),
    ("power_cost", "of which power", MONEY, BILLED, "Of owned GPUs"),
    ("depreciation", "of which depreciation", MONEY, BILLED, "Of owned GPUs"),
    ("staff_cost", "of which staff", MONEY, BILLED, "People of the plan"),
    ("revenue", "Revenue", MONEY, BILLED, "As invoiced"),
)
"""Rows that are filled in: name after `actual_`, label, unit, measure, note."""


def actuals_page(book: Book, plan: dict[str, str]) -> Timeline:
    """Write the sheet Actuals.

    Parameters
    ----------
    book : Book
        The workbook, its sheet Monthly written.
    plan : dict of str to str
        The formula of the plan's figure of a month for each row, on the month's number `{n}`.
    """
    page = Page(
        book,
        "Actuals",
        (2, 33, 17, 36, 13.5, *(13.5,) * MONTHS),
        "Actuals against plan",
        "Fill in what each month took, by hand or from a FOCUS bill. Above zero is more than "
        "planned.",
    )
    timeline = Timeline(page, MONTHS)
    timeline.heading(
        tuple(
            Row(
                row.key,
                row.label,
                row.unit,
                {"n": row.content}.get(row.key, f"=INDEX(monthly_{row.key},{{n}})"),
                row.number_format,
                {"date": "To date", "n": 0}.get(row.key),
                note="What counts" if row.key == "fiscal_year" else "",
            )
            for row in HEADING
        )
    )
    head, first = page.row - 1, page.row
    timeline.section(
        "Actual: to be filled in",
        [
            Row(
                f"actual_{key}", label, unit, None, SIGNED, f"=SUM({{actual_{key}.all}})", note=note
            )
            for key, label, unit, _, note in _ENTRIES
        ],
    )
    for key, label, _, measure, _ in _ENTRIES:
        for month in range(MONTHS):
            cell = timeline.cell(f"actual_{key}", month)
            cell.font, cell.fill, cell.protection = (
                styles.INPUT,
                styles.INPUT_FILL,
                styles.UNLOCKED,
            )
            validate_number(page, cell, label, measure)
    timeline.section(
        "Plan",
        [
            Row(
                f"planned_{key}",
                label,
                unit,
                f"={plan[key]}",
                SIGNED,
                f'=SUMPRODUCT(({{actual_{key}.all}}<>"")*{{planned_{key}.all}})',
                note="Case in use; to date: filled months",
            )
            for key, label, unit, *_ in _ENTRIES
        ],
    )
    timeline.section(
        "Variance: actual − plan",
        [
            Row(
                f"variance_{key}",
                label,
                unit,
                f'=IF({{actual_{key}}}="",0,{{actual_{key}}}-{{planned_{key}}})',
                SIGNED,
                f"={{actual_{key}.before}}-{{planned_{key}.before}}",
                note="0 while the month is empty",
            )
            for key, label, unit, *_ in _ENTRIES
        ],
    )
    timeline.section(
        "Variance, share of plan",
        [
            Row(
                f"share_{key}",
                label,
                "of plan",
                f"=IF({{planned_{key}}}=0,0,{{variance_{key}}}/{{planned_{key}}})",
                '0.0%_);(0.0%);"–"_)',
                f"=IF({{planned_{key}.before}}=0,0,{{variance_{key}.before}}/{{planned_{key}.before}})",
                note="Variance / plan",
            )
            for key, label, *_ in _ENTRIES
        ],
    )
    for key, *_ in _ENTRIES:
        name = f"actual_{key}"
        book.define(name, page.sheet, timeline.cell(name, 0), timeline.cell(name, -1))
        for word in ("planned", "variance"):
            row = f"{word}_{key}"
            book.define(row, page.sheet, timeline.cell(row, 0), timeline.cell(row, -1))
    for word in ("actual", "planned", "variance"):
        total = timeline.total(f"{word}_cost")
        book.define(f"{word}_to_date", page.sheet, total)
    book.define("actual_months", page.sheet, timeline.cell("date", 0), timeline.cell("date", -1))
    page.finish(freeze=f"F{first}", cursor=f"F{first}")
    page.sheet.print_title_rows = f"1:{head}"
    timeline.print_by(12)
    return timeline
