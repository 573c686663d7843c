"""Which workbook is guarded? A month of an assistant that is served through an API.

`python make_budget.py FILE` writes it. `python make_budget.py FILE 2.9` does so with another price,
and `python make_budget.py FILE typed` with a number where a formula belongs, as somebody typed it.
"""

import sys

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

import xlcalc

LINES = (
    ("Plan", "plan", "standard"),
    ("Users", "users", 4000),
    ("Tokens of a user, millions", "user_mtokens", 1.5),
    ("Price, USD per million tokens", "price", 2.0),
    ("Tokens, millions", "mtokens", "=users*user_mtokens"),
    ("Discount", "discount", '=IF(plan="committed",0.15,0)'),
    ("Cost of the month, USD", "month_cost", "=mtokens*price*(1-discount)"),
    ("Verdict", "verdict", '=IF(month_cost>20000,"REVIEW","OK")'),
)


def build(change: str = "") -> Workbook:
    """Return the budget, with another price or a number that somebody typed."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Budget"
    for row, (label, name, content) in enumerate(LINES, start=1):
        sheet.append([label, content])
        book.defined_names[name] = DefinedName(name, attr_text=f"Budget!$B${row}")
    sheet.column_dimensions["A"].width = 32
    plans = book.create_sheet("Lists")
    plans.sheet_state = "hidden"
    for plan in ("standard", "committed"):
        plans.append([plan])
    rule = DataValidation(type="list", formula1="Lists!$A$1:$A$2", showErrorMessage=True)
    rule.add("B1")
    sheet.add_data_validation(rule)
    if change == "typed":
        sheet["B5"] = 6000
    elif change:
        sheet["B4"] = float(change)
    return book


if __name__ == "__main__":
    path, *change = sys.argv[1:]
    build(*change).save(path)
    xlcalc.load(path).recalculate(path)
