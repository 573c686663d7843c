"""What do the training runs take, in the case in use and in each of the three?"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.columns import (
    FLOP_OR_NOT,
    MONTH_OR_NOT,
    OF_CASE,
    SHARE_OR_NOT,
    TABLE_CHART_ROWS,
    ZERO_AS_DASH,
    alias_rows,
    each_row,
    entry,
    name_inputs,
    numbers,
    write_notes,
    write_totals,
)
from xlcalc.templates.compute_plan.inputs import CASES, LENGTH, PLAN_MONTH, SWITCH
from xlcalc.templates.compute_plan.months import MONTH
from xlcalc.templates.parts.tables import Column, Table, Timeline, place_by

PRINTED = 14
"""The last column on paper: what follows are steps of the computation."""
LARGEST = 6
"""Runs that the chart of the largest ones shows."""


def runs_page(book: Book) -> Table:
    """Write the sheet Runs, and return the table of the largest ones."""
    page = Page(
        book,
        "Runs",
        (2, 5, 22, 11, 12, 13, 11, 12, 12, 12, 12, 12, 11, 12, *(11,) * 8),
        "Training runs",
        "Up to eight runs. A run that is switched off, or incomplete, takes nothing.",
    )
    runs = given.RUNS
    page.section("What runs when, and what it takes")
    table = Table(
        page,
        (
            numbers(len(runs)),
            entry("name", "Training run", runs, 0),
            entry("on", "On\n1 or 0", runs, 1, SWITCH),
            entry("params", "Parameters", runs, 2, q.PARAMS),
            entry("tokens", "Training tokens", runs, 3, q.TRAINING_TOKENS),
            entry("mfu", "MFU\nratio", runs, 4, q.UTILISATION),
            entry("start", "First month\nof the plan", runs, 5, PLAN_MONTH),
            entry("length", "Length\nmonths", runs, 6, LENGTH),
            Column(
                "flop",
                "Compute\nFLOP",
                "=IF({active}=1,TRAIN_FLOPS({params},{tokens}*run_size),0)",
                FLOP_OR_NOT,
            ),
            Column(
                "hours",
                "GPU-hours",
                "=IF({active}=1,GPU_HOURS({flop},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "until", "Ends in", "=IF({active}=1,EDATE(plan_start,{ends}-1),0)", MONTH_OR_NOT
            ),
            Column(
                "days",
                "Days",
                "=IF({active}=1,EDATE(plan_start,{ends})-EDATE(plan_start,{begins}-1),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "gpus",
                "GPUs while\nit runs",
                "=IF({active}=1,GPUS_NEEDED({flop},{days},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "active",
                "Counts\n1 or 0",
                "=IF(AND({on}=1,{params}>0,{tokens}>0,{mfu}>0,{start}>0,{length}>0),1,0)",
                "0",
            ),
            Column(
                "used",
                "MFU ×\ngoodput",
                "=IF({active}=1,MIN({mfu}*mfu_factor,1)*goodput,0)",
                SHARE_OR_NOT,
            ),
            Column("begins", "Begins\nmonth", "=IF({active}=1,{start},0)", ZERO_AS_DASH),
            Column("ends", "Ends\nmonth", "=IF({active}=1,{start}+{length}-1,0)", ZERO_AS_DASH),
            Column("daily", "GPU-hours\na day", "=IF({active}=1,{hours}/{days},0)", "#,##0"),
            Column(
                "in_plan",
                "Months in\nthe plan",
                "=IF({active}=1,MAX(0,MIN({ends},plan_months)-{begins}+1),0)",
                ZERO_AS_DASH,
            ),
            Column(
                "after",
                "GPU-hours\nafter it",
                "=IF({active}=1,MAX(0,EDATE(plan_start,{ends})-plan_end)*{daily},0)",
                ZERO_AS_DASH,
            ),
            place_by("hours", "Place by\nGPU-hours"),
        ),
        len(runs),
        height=34,
    )
    words = {"name": "name", "on": "on", "params": "params", "tokens": "tokens", "mfu": "mfu"}
    name_inputs(table, "run", len(runs), words | {"start": "start", "length": "months"})
    for row in range(len(runs)):
        for key in ("begins", "ends", "gpus"):
            table.alias(key, f"run{row + 1}_{key}", row)
    of_row = ("name", "params", "tokens", "mfu", "days", "active", "begins", "ends", "flop")
    alias_rows(table, "run", len(runs), of_row)
    table.alias("name", "run_names")
    table.alias("mfu", "run_mfus")
    table.alias("days", "run_days")
    for key, name in (
        *((key, f"run_{key}") for key in ("on", "params", "tokens", "active", "begins", "ends")),
        *((key, f"run_{key}") for key in ("flop", "hours", "gpus")),
        ("daily", "run_daily"),
        ("in_plan", "run_months"),
        ("after", "run_hours_after"),
        ("place", "run_places"),
    ):
        table.name(key, name)
    write_totals(table, {"flop": "0.00E+00", "hours": "#,##0", "after": ZERO_AS_DASH})
    page.row += 1
    _runs_of_cases(page)
    write_notes(
        page,
        (
            "Compute is TRAIN_FLOPS of parameters and tokens, the tokens times the size of runs of "
            "the case.",
            "GPU-hours are GPU_HOURS of the compute at the peak rate, the MFU of the case and the "
            "goodput.",
            "GPUs are GPUS_NEEDED: whole GPUs that finish the run within the days of its months.",
            "Names for scenario files: run1_name, run1_on, run1_params, run1_tokens, run1_mfu, "
            "run1_start, run1_months.",
        ),
    )
    page.row += 1
    largest = _largest(page)
    page.finish(
        freeze=f"D{table.top + 1}",
        cursor=f"C{table.top + 1}",
        last_row=page.row + TABLE_CHART_ROWS,
        last_column=PRINTED,
    )
    return largest


def _runs_of_cases(page: Page) -> None:
    """Write what each run takes in each case, for the sheets of the cases."""
    page.section("The same runs in each case")
    of_case: list[Column] = []
    for case in CASES:
        word = OF_CASE[case]
        tokens = f"INDEX(run_tokens,{{number}})*run_size_{case}"
        flop = f"TRAIN_FLOPS(INDEX(run_params,{{number}}),{tokens})"
        used = f"MIN(INDEX(run_mfus,{{number}})*mfu_factor_{case},1)*goodput"
        days = "INDEX(run_days,{number})"
        counts = "INDEX(run_active,{number})=1"
        of_case += [
            Column(
                f"gpus_{case}",
                f"{word}\nGPUs",
                f"=IF({counts},GPUS_NEEDED({flop},{days},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column(
                f"hours_{case}",
                f"{word}\nGPU-hours",
                f"=IF({counts},GPU_HOURS({flop},peak_tflops,{used}),0)",
                ZERO_AS_DASH,
            ),
            Column(
                f"daily_{case}",
                f"{word}\na day",
                f"=IF({counts},{{hours_{case}}}/{days},0)",
                ZERO_AS_DASH,
            ),
        ]
    name = '=IF(INDEX(run_names,{number})="","–",INDEX(run_names,{number}))'
    columns = (
        numbers(len(given.RUNS)),
        Column("name", "Training run", name, words=True),
        *of_case,
        # A row that is inserted among the runs lengthens their columns alone.
        Column("begins", "First\nmonth", "=INDEX(run_begins,{number})", ZERO_AS_DASH),
        Column("ends", "Last\nmonth", "=INDEX(run_ends,{number})", ZERO_AS_DASH),
    )
    cases = Table(page, each_row(columns, len(given.RUNS)), len(given.RUNS), height=34)
    for case in CASES:
        cases.alias("begins", f"run_begins_{case}")
        cases.alias("ends", f"run_ends_{case}")
        for row in range(len(given.RUNS)):
            cases.alias(f"gpus_{case}", f"run{row + 1}_gpus_{case}", row)
        cases.alias(f"daily_{case}", f"run_daily_{case}")
        cases.alias(f"hours_{case}", f"run_hours_{case}")
    page.row += 1


def _largest(page: Page) -> Table:
    """Order the runs by GPU-hours, for a chart without empty bars."""
    page.section("The largest runs of the case in use")
    largest = Table(
        page,
        (
            numbers(LARGEST),
            Column(
                "name",
                "Training run",
                '=IF({hours}=0,"–",INDEX(run_names,MATCH({number},run_places,0)))',
                words=True,
            ),
            Column("share", "Share", "=IF(SUM(run_hours)=0,0,{hours}/SUM(run_hours))", "0%"),
            Column("hours", "GPU-hours", "=LARGE(run_hours,{number})", ZERO_AS_DASH),
        ),
        LARGEST,
    )
    page.row += 1
    return largest


def runs_charts(table: Table, monthly: Timeline) -> None:
    """Draw the largest runs, and the GPUs that train, below the tables of the sheet Runs."""
    page = table.page
    last = page.row + TABLE_CHART_ROWS - 1
    charts.columns(
        page,
        f"B{page.row}:G{last}",
        Look("The largest runs", y_title="GPU-hours", y_format="#,##0"),
        table.values("name"),
        (Curve("GPU-hours", table.values("hours")),),
        across=True,
    )
    charts.columns(
        page,
        f"H{page.row}:N{last}",
        Look("GPUs that train, by month", y_title="GPUs", x_format=MONTH, x_every=3),
        monthly.values("date"),
        (Curve("GPUs that train", monthly.values("training")),),
    )
