"""A small plan of three months, and bills for it, for the tests of FOCUS."""

import csv
import io
from datetime import date

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import calculated

ROWS = (
    *("actual_cost", "actual_training_cost", "actual_inference_cost", "actual_rental_cost"),
    *("actual_power_cost", "actual_depreciation", "actual_staff_cost", "actual_gpu_hours"),
)
PLANNED = {
    "planned_cost": (100.0, 200.0, 400.0),
    "planned_training_cost": (50.0, 0.0, 100.0),
    "planned_inference_cost": (25.0, 200.0, 300.0),
    "planned_rental_cost": (60.0, 120.0, 0.0),
    "planned_power_cost": (10.0, 20.0, 100.0),
    "planned_depreciation": (20.0, 40.0, 200.0),
    "planned_staff_cost": (10.0, 20.0, 60.0),
    "planned_gpu_hours": (1000.0, 2000.0, 3000.0),
    "monthly_owned_hours": (400.0, 800.0, 3000.0),
    "monthly_capex": (0.0, 720.0, 0.0),
}
HEADER = ("EffectiveCost", "BilledCost", "BillingCurrency", "ChargePeriodStart", "x_Purpose")


def plan_bytes(currency="USD", rate=1.0, *, error=False, **texts) -> bytes:
    """Return a workbook of January to March 2027: months in C to E, a total of actuals in B."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Plan"

    def name(word, row, first="C", last="E"):
        end = f":${last}${row}" if last else ""
        book.defined_names[word] = DefinedName(word, attr_text=f"Plan!${first}${row}{end}")

    for place, month in enumerate((1, 2, 3)):
        cell = sheet.cell(1, 3 + place, date(2027, month, 1))
        cell.number_format = "yyyy-mm-dd"
    name("actual_months", 1)
    for row, word in enumerate(ROWS, start=2):
        name(word, row)
    for row, (word, values) in enumerate(PLANNED.items(), start=20):
        name(word, row)
        for place, value in enumerate(values):
            sheet.cell(row, 3 + place, f"={value}")
    if error:
        sheet["E20"] = "=NA()"
    sheet["B2"] = "=SUM(C2:E2)"
    name("actual_to_date", 2, "B", "")
    inputs = {"currency": currency, "currency_rate": rate, "plan_name": "A plan", "gpu": "H100"}
    for row, (word, value) in enumerate({**inputs, **texts}.items(), start=40):
        sheet.cell(row, 3, value)
        if isinstance(value, str) and value.startswith("="):
            sheet.cell(row, 3).data_type = "s"
        name(word, row, "C", "")
    file = io.BytesIO()
    book.save(file)
    return calculated(WorkbookModel(file.getvalue(), "plan.xlsx")).to_bytes()


def bill_text(*rows, header=HEADER, delimiter=",") -> str:
    """Return a bill as a CSV file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def charge(cost, month="2027-01", purpose="training", currency="USD"):
    """Return a row of a bill, billed at twice its effective cost."""
    doubled = f"{2 * float(cost)}" if str(cost).replace(".", "").lstrip("-").isdigit() else "0"
    return (str(cost), doubled, currency, f"{month}-05T00:00:00Z", purpose)
