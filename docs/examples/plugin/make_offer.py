"""Which workbook uses the contract? `python make_offer.py FILE` writes it, without values."""

import sys

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

LINES = (
    ("GPU-hours of the year", "hours", 150_000),
    ("List price, USD per GPU-hour", "price", 2.5),
    ("Cost under the contract, USD", "cost", "=ACME_CONTRACT_COST(hours,price)"),
    ("Cost of an hour, USD", "hour_cost", "=cost/hours"),
)


def build() -> Workbook:
    """Return the workbook."""
    book = Workbook()
    book.active.title = "Offer"
    for row, (label, name, content) in enumerate(LINES, start=1):
        book.active.append([label, content])
        book.defined_names[name] = DefinedName(name, attr_text=f"Offer!$B${row}")
    return book


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python make_offer.py FILE")
    build().save(sys.argv[1])
