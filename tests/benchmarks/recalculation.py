"""What do calls with empty brackets cost: `python -m tests.benchmarks.recalculation`.

4,000 formulas `=A1*PI()`, and other formulas that might be looked at one by one, are recalculated
in turn with 4,000 of `=A1*3.14159`. Ratios are of the best times of one run.
"""

import io
import time

import openpyxl

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated

COUNT, ROUNDS = 4_000, 7
PLAIN = "=A{0}*3.14159"
FORMULAS = ("=A{0}*PI()", "=A{0}*ROW()", "=A{0}*IF(A{0}>0,,2)", "=TRAIN_FLOPS(A{0},2,)")


def workbook(formula: str) -> bytes:
    """Return a workbook with the formula in each row, without values."""
    book = openpyxl.Workbook()
    for row in range(1, COUNT + 1):
        book.active.append([row * 1.5, formula.format(row)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def main() -> None:
    """Print the time of each formula beside that of the plain one."""
    data = {formula: workbook(formula) for formula in (PLAIN, *FORMULAS)}
    best = dict.fromkeys(data, float("inf"))
    for _ in range(ROUNDS):
        for formula, file in data.items():
            began = time.perf_counter()
            calculated(WorkbookModel(file, "benchmark")).to_bytes()
            best[formula] = min(best[formula], time.perf_counter() - began)
    for formula, seconds in best.items():
        print(f"{formula:<24} {seconds * 1e3:7.1f} ms: {seconds / best[PLAIN]:.2f} times")


if __name__ == "__main__":
    main()
