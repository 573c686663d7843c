"""Which figures does a compute plan show for every month, and how do quarters gather them?

The sheet Monthly has a row for each figure and a column for each month. A row says whether quarters
and years take the sum of its months, the last, or something else.
"""

from typing import Any

from xlcalc.templates.parts.tables import Row

COUNT = '#,##0_);(#,##0);"–"_)'
THOUSANDS = '#,##0,_);(#,##0,);"–"_)'
"""Money in thousands; the cells hold all of it."""
SHARE = '0.0%_);(0.0%);"–"_)'
MONTH = "mmm yy"
MONEY = '=currency&" thousand"'
PER_HOUR = '=currency&"/GPU-hour"'
PER_MILLION = '=currency&"/M tokens"'

HEADING = (
    Row(
        "fiscal_year",
        "Fiscal year",
        "",
        '="FY"&YEAR(EDATE(plan_start,ROUNDUP({n}/months_per_year,0)*months_per_year-1))',
        "General",
        note="How it is computed",
    ),
    Row(
        "fiscal_quarter",
        "Quarter",
        "",
        '={fiscal_year}&" Q"&(ROUNDUP({n}/months_per_quarter,0)'
        "-(ROUNDUP({n}/months_per_year,0)-1)*quarters_per_year)",
        "General",
    ),
    Row("date", "Month", "", "=EDATE(plan_start,{n}-1)", MONTH, opening="Opening"),
    Row("n", "Month of the plan", "", "={n.prev}+1", "0", opening=0),
)


def _money(key: str, label: str, content: str, note: str, **more: Any) -> Row:
    """Return a flow of money, which quarters add up."""
    return Row(key, label, MONEY, content, THOUSANDS, total="sum", note=note, **more)


def _gpus(key: str, label: str, content: str, note: str, **more: Any) -> Row:
    """Return a number of GPUs, of which quarters show the last unless told otherwise."""
    given: dict[str, Any] = {"total": "last", **more}
    return Row(key, label, "GPUs", content, COUNT, note=note, **given)


def _hours(key: str, label: str, content: str, note: str) -> Row:
    return Row(key, label, "GPU-hours", content, COUNT, total="sum", note=note)
