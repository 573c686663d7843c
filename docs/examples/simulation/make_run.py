"""Which workbook says what a training run costs, and how unsure its assumptions are?

`python make_run.py FILE` writes it: an assumption stands in a named cell, and the least and the
greatest value that it may have in two named cells beside it, such as mfu_low and mfu_high.
"""

import sys

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

import xlcalc

INPUTS = (
    ("Parameters", "params", 7e9, None, None),
    ("Tokens", "tokens", 2e12, None, None),
    ("Peak rate of a GPU, TFLOP/s", "peak_tflops", 989.4, None, None),
    ("Utilisation (MFU)", "mfu", 0.4, 0.3, 0.5),
    ("Price, USD per GPU-hour", "price", 2.5, 1.9, 3.6),
    ("Runs that are repeated, a share", "repeated", 0.1, 0, 0.4),
)
RESULTS = (
    ("FLOP", "flops", "=TRAIN_FLOPS(params,tokens)"),
    ("GPU-hours", "hours", "=GPU_HOURS(flops,peak_tflops,mfu)*(1+repeated)"),
    ("Cost, USD", "cost", "=hours*price"),
)


def build() -> Workbook:
    """Return the workbook, without values of its formulas."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Run"
    sheet.append(["Training run", "Value", "Low", "High"])
    for label, name, value, low, high in INPUTS:
        sheet.append([label, value, low, high])
        named = {"B": name} if low is None else {"B": name, "C": f"{name}_low", "D": f"{name}_high"}
        for column, given in named.items():
            place = f"Run!${column}${sheet.max_row}"
            book.defined_names[given] = DefinedName(given, attr_text=place)
    for label, name, formula in RESULTS:
        sheet.append([label, formula])
        book.defined_names[name] = DefinedName(name, attr_text=f"Run!$B${sheet.max_row}")
    sheet.column_dimensions["A"].width = 32
    return book


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python make_run.py FILE")
    path = sys.argv[1]
    build().save(path)
    xlcalc.load(path).recalculate(path)
