"""How much money is enough in nine of ten cases, and what if prices and utilisation go together?

`python ask.py FILE` prints the answer of `xlcalc.analysis.simulate` for two assumptions.
"""

import sys

import xlcalc
from xlcalc.analysis import simulate

BUDGET = 200_000


def main(path: str) -> None:
    """Ask one workbook twice, with the same draws."""
    book = xlcalc.load(path)
    vary = {
        "mfu": "triangular(0.3,0.4,0.5)",
        "price": "lognormal(2.5,0.15)",
        "repeated": "pert(0,0.1,0.4)",
    }
    for title, correlate in (("independent", {}), ("dearer is better", {("mfu", "price"): 0.6})):
        found = simulate(
            book, "cost", vary, draws=20_000, seed=2026, budget=BUDGET, correlate=correlate
        )
        middle, enough = (found.percentiles[number].value for number in (1, 2))
        print(title)
        print(f"  half of all draws cost less than     {middle:,.0f} USD")
        print(f"  nine of ten cost less than           {enough:,.0f} USD")
        print(f"  more than {BUDGET:,} with a chance of {found.chance:.1%}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python ask.py FILE")
    main(sys.argv[1])
