"""Which figures does a compute plan show for every month, and how do quarters gather them?

The sheet Monthly has a row for each figure and a column for each month. A row says whether quarters
and years take the sum of its months, the last, or something else.
"""

from xlcalc.templates.parts.tables import Row

COUNT = '#,##0_);(#,##0);"–"_)'
SIGNED = '#,##0_);(#,##0);"–"_)'
"""Money, and other figures that may be negative."""
PRICE = '#,##0.00_);(#,##0.00);"–"_)'
SHARE = '0.0%_);(0.0%);"–"_)'
MONTH = "mmm yy"
MONEY = "=currency"

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
