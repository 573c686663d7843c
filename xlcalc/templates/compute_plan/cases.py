"""What do the three cases come to, side by side and live?

The sheet Cases holds what differs. Each case has the rows of the months on a sheet of its own, the
same formulas on the drivers of that case; the sheet Comparison gathers their totals.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlcalc.author import styles
from xlcalc.author.book import Book
from xlcalc.author.layout import Page, validate_number
from xlcalc.templates.compute_plan import inputs as given
from xlcalc.templates.compute_plan.inputs import CASES, MONTHS
from xlcalc.templates.compute_plan.months import COUNT, HEADING, PRICE, SIGNED
from xlcalc.templates.parts.lines import period_rows
from xlcalc.templates.parts.tables import Row, Timeline

TABS = {"base": "Base", "upside": "Upside", "downside": "Downside"}
"""The sheet with the months of each case."""
_OF_CASE = (
    *(driver.name for driver in given.DRIVERS),
    *(f"run{number}_gpus" for number in range(1, len(given.RUNS) + 1)),
    *("run_daily", "run_begins", "run_ends", "batch_price", "batch_cost", "batch_proceeds"),
    *("contract_price", "contract_cost", "contract_begins", "contract_ends", "contract_gpus"),
    *("batch_month", "batch_starts", "batch_leaves", "batch_gpus", "batch_speed", "batch_watts"),
)
"""Words of the rows of the months that are others in another case."""
_WORD = re.compile(r'\{[^}]*\}|"[^"]*"|\b(' + "|".join(_OF_CASE) + r")\b")
MONEY = "=currency"
_RATE = "(1+discount_rate)^(1/months_per_year)-1"
RESULTS = (
    ("peak_gpus", "Highest demand", "GPUs", "MAX({case}_demand)", COUNT),
    ("owned_gpus", "Owned GPUs at the end", "GPUs", "INDEX({case}_owned,plan_months)", COUNT),
    ("training_hours", "GPU-hours of training", "GPU-hours", "SUM(run_hours_{case})", COUNT),
    ("unmet_gpu_hours", "Unmet GPU-hours", "GPU-hours", "SUM({case}_unmet_hours)", COUNT),
    ("mtokens_served", "Tokens served", "M tokens", "SUM({case}_tokens)", COUNT),
    ("total_revenue", "Revenue", MONEY, "SUM({case}_revenue)", SIGNED),
    ("running_costs", "Operating costs", MONEY, "SUM({case}_running)", SIGNED),
    ("total_depreciation", "Depreciation", MONEY, "SUM({case}_depreciation)", SIGNED),
    ("total_ebit", "EBIT", MONEY, "SUM({case}_ebit)", SIGNED),
    (
        "break_even_price",
        "Revenue at which EBIT is 0",
        '=currency&"/M tokens"',
        "IF({mtokens_served}=0,0,(SUM({case}_cost)-SUM({case}_income)+{total_revenue})"
        "/SUMPRODUCT({case}_tokens*(1-selling_fall_{case})^(({case}_n-1)/months_per_year)))",
        PRICE,
    ),
    ("total_interest", "Interest", MONEY, "SUM({case}_interest)", SIGNED),
    ("total_tax", "Tax", MONEY, "SUM({case}_tax)", SIGNED),
    ("total_capex", "Capital expenditure", MONEY, "SUM({case}_capex)", SIGNED),
    ("total_cash_out", "Cash out", MONEY, "SUM({case}_cash_out)", SIGNED),
    ("total_net_cash", "Net cash flow", MONEY, "SUM({case}_net_cash)", SIGNED),
    ("cash_end", "Cash at the end", MONEY, "INDEX({case}_cash,plan_months)", SIGNED),
    ("funding_need", "Funding needed", MONEY, "MAX(0,-MIN({case}_cash))", SIGNED),
    (
        "residual_value_end",
        "Used GPUs at the end",
        MONEY,
        "SUMPRODUCT((batch_leaves_{case}>plan_months)*batch_proceeds_{case})",
        SIGNED,
    ),
    (
        "terminal_value",
        "Terminal value",
        MONEY,
        "{residual_value_end}+INDEX({case}_working_capital,plan_months)"
        "-tax_rate*(MAX(INDEX({case}_taxed,plan_months),INDEX({case}_all_profit,plan_months)"
        "+{residual_value_end}-INDEX({case}_book_value,plan_months))"
        "-INDEX({case}_taxed,plan_months))",
        SIGNED,
    ),
    (
        "present_terminal",
        "Terminal value, discounted",
        MONEY,
        "{terminal_value}/(1+discount_rate)^(plan_months/months_per_year)",
        SIGNED,
    ),
    (
        "npv_without_terminal",
        "Net present value without terminal value",
        MONEY,
        f"NPV({_RATE},{{case}}_net_cash)",
        SIGNED,
    ),
    (
        "net_present_value",
        "Net present value",
        MONEY,
        "{npv_without_terminal}+{present_terminal}",
        SIGNED,
    ),
    ("training_cost", "Cost of training", MONEY, "SUM({case}_training_cost)", SIGNED),
    ("inference_cost", "Cost of inference", MONEY, "SUM({case}_inference_cost)", SIGNED),
    (
        "cost_per_mtokens_served",
        "Cost of a million tokens served",
        '=currency&"/M tokens"',
        "IF({mtokens_served}=0,0,{inference_cost}/{mtokens_served})",
        PRICE,
    ),
    ("spare_cost", "Cost of spare GPUs", MONEY, "SUM({case}_spare_cost)", SIGNED),
    (
        "market_value_end",
        "Market value of owned GPUs at the end",
        MONEY,
        "SUMPRODUCT((batch_leaves_{case}>plan_months)*batch_market_{case})",
        SIGNED,
    ),
    (
        "value_gap",
        "Book value above market value",
        MONEY,
        "MAX(0,INDEX({case}_book_value,plan_months)-{market_value_end})",
        SIGNED,
    ),
)
"""Name of the result of the case in use, label, unit, formula of a case, number format."""
_NAMED = ("total_ebit", "net_present_value")
"""Results that have a name for each case, such as `total_ebit_upside`."""
_KNOWN = (
    "break_even_price",
    "npv_without_terminal",
    "terminal_value",
    "present_terminal",
    "value_gap",
)
"""Results that formulas may use for each case."""
_BOLD = ("total_ebit", "net_present_value", "total_net_cash")


def cases_page(book: Book) -> None:
    """Write the inputs that differ between cases, and the column that every formula reads."""
    page = Page(
        book,
        "Cases",
        (2, 32, *(13,) * 4, 13, 18, 66),
        "Cases",
        "What differs from case to case. The column In use follows scenario_case on the sheet "
        "Inputs.",
    )
    page.define("case_labels", f"$C${page.row}:$E${page.row}")
    page.header(
        ("Driver", "Base", "Upside", "Downside", "In use", "Unit", "Name", "What it is"),
        numbers=(1, 2, 3, 4),
        indented=(5,),
    )
    for column in range(2, 10):
        page.put(page.row, column, None, border=styles.HAIRLINE)
    page.put(page.row, 2, "Entry of the switch", border=styles.HAIRLINE)
    for column, case in enumerate(CASES, start=3):
        page.put(page.row, column, case, styles.NAME, alignment=styles.RIGHT, literal=True)
    page.put(page.row, 6, "=scenario_case", alignment=styles.RIGHT)
    page.define("case_names", f"$C${page.row}:$E${page.row}")
    names = page.row
    page.row += 1
    for driver in given.DRIVERS:
        row = page.row
        page.put(row, 2, driver.label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column, (case, value) in enumerate(zip(CASES, driver.values, strict=True), start=3):
            cell = page.put(
                row,
                column,
                value,
                styles.TEXT if isinstance(value, str) else styles.INPUT,
                number_format=driver.measure.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
                fill=styles.INPUT_FILL,
            )
            cell.protection = styles.UNLOCKED
            validate_number(page, cell, driver.label, driver.measure)
            book.define(f"{driver.name}_{case}", page.sheet, cell)
        live = page.put(
            row,
            6,
            f"=INDEX($C{row}:$E{row},MATCH(scenario_case,case_names,0))",
            styles.BOLD,
            number_format=driver.measure.number_format,
            alignment=styles.RIGHT,
            border=styles.HAIRLINE,
        )
        book.define(driver.name, page.sheet, live)
        unit = driver.unit or driver.measure.unit
        page.put(row, 7, unit, alignment=styles.INDENTED, border=styles.HAIRLINE)
        name = page.put(row, 8, driver.name, styles.NAME, border=styles.HAIRLINE, literal=True)
        name.alignment = styles.LEFT
        note = page.put(row, 9, driver.note, styles.NOTE, border=styles.HAIRLINE)
        note.alignment = styles.WRAPPED
        page.fit(row, (9,), least=20)
        page.row += 1
    page.row += 1
    for text in (
        "Upside is better than base in every driver, and downside worse. All figures are "
        "assumptions of this template; set your own.",
        "The sheets Base, Upside and Downside hold the months of each case, and the sheet "
        "Comparison their results side by side. All follow the inputs, whichever case is in use.",
    ):
        page.put(page.row, 2, text, styles.NOTE)
        page.row += 1
    page.sheet.conditional_formatting.add(
        f"C{names}:E{names}",
        FormulaRule(formula=[f"C${names}=$F${names}"], fill=styles.GOOD_FILL),
    )
    page.finish(freeze=f"C{names + 1}", cursor=f"C{names + 1}")


def case_pages(book: Book) -> dict[str, Timeline]:
    """Write the months of each case, and return their rows."""
    found = {}
    for case, tab in TABS.items():
        page = Page(
            book,
            tab,
            (2, 33, 17, 36, 13.5, *(13.5,) * MONTHS),
            f"{tab} case, month by month",
            "The rows of the sheet Monthly on the drivers of this case; a row that is inserted "
            "there belongs here as well. Not printed.",
        )
        timeline = Timeline(page, MONTHS)
        timeline.heading(HEADING)
        first = page.row
        for heading, rows in period_rows("compute_plan", "monthly.csv"):
            timeline.section(heading, [_of_case(row, case) for row in rows])
        for key in timeline.rows:
            timeline.alias(key, f"{case}_{key}")
        page.finish(freeze=f"F{first}", cursor=f"F{first}", printed=False)
        found[case] = timeline
    return found


def _of_case(row: Row, case: str) -> Row:
    """Return a row of the months with the words of a case."""
    if not isinstance(row.content, str):
        return row

    def word(match: re.Match[str]) -> str:
        return f"{match[1]}_{case}" if match[1] else match[0]

    return replace(row, content=_WORD.sub(word, row.content))


def comparison_page(book: Book) -> Mapping[str, int]:
    """Write the results of the cases side by side, and return the row of each."""
    page = Page(
        book,
        "Comparison",
        (2, 40, 17, *(18,) * 5, 18, 14),
        "The three cases side by side",
        "Live results of each case. The last columns compare the case in use, which the other "
        "sheets show, with the same case here.",
    )
    page.header(
        (
            *("Result", "Unit", "Base", "Upside", "Downside"),
            *("Upside − base", "Downside − base", "Case in use", "Difference"),
        ),
        numbers=(2, 3, 4, 5, 6, 7, 8),
    )
    first = page.row
    rows = {name: first + place for place, (name, *_) in enumerate(RESULTS)}
    for name, label, unit, formula, shown in RESULTS:
        row, font = page.row, styles.BOLD if name in _BOLD else styles.TEXT
        page.put(row, 2, label, font, border=styles.HAIRLINE, alignment=styles.LEFT)
        page.put(row, 3, unit, border=styles.HAIRLINE, alignment=styles.LEFT)
        cells = []
        for case, letter in zip(CASES, "DEF", strict=True):
            here = {other: f"{letter}{place}" for other, place in rows.items()}
            cells.append(f"={formula.format(case=case, **here)}")
        in_case = f"INDEX($D{row}:$F{row},MATCH(scenario_case,case_names,0))"
        cells += [f"=E{row}-D{row}", f"=F{row}-D{row}", f"={name}"]
        cells.append(f"=IF({in_case}=0,I{row},ROUND(I{row}/{in_case}-1,share_digits))")
        for column, content in enumerate(cells, start=4):
            cell = page.put(
                row,
                column,
                content,
                font,
                number_format='0.0E+00;-0.0E+00;"–"' if column == 10 else shown,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
            cell.number_format = styles.padded(cell.number_format)
            if name in _KNOWN and column < 7:
                book.alias(f"{name}_{CASES[column - 4]}", page.sheet, cell)
            if name in _NAMED and column < 7:
                book.define(f"{name}_{CASES[column - 4]}", page.sheet, cell)
        page.row += 1
    last = page.row - 1
    for word, letter in (("in_use", "I"), ("difference", "J")):
        book.alias(
            f"comparison_{word}",
            page.sheet,
            page.sheet[f"{letter}{first}"],
            page.sheet[f"{letter}{last}"],
        )
    page.sheet.conditional_formatting.add(
        f"D{first - 1}:F{first - 1}",
        FormulaRule(
            formula=["COLUMN()-COLUMN($C$1)=MATCH(scenario_case,case_names,0)"],
            fill=styles.GOOD_FILL,
            font=Font(color=styles.NAVY),  # white letters of a heading cannot be read on it
        ),
    )
    page.finish(freeze=f"D{first}", cursor=f"D{first}")
    page.sheet.page_setup.fitToHeight = 1
    return rows
