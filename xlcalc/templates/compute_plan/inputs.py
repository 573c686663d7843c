"""What does a compute plan begin with: its cases, and rows of runs, batches and contracts?

Its single inputs stand in `lines.csv`.
"""

from dataclasses import dataclass

from xlcalc import quantities as q
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.assumptions import assumed

MONTHS = 36

SWITCH = Quantity("1 or 0", at_least=0.0, at_most=1.0, whole=True, number_format="0")
PLAN_MONTH = Quantity(
    "month of the plan", at_least=1.0, at_most=float(MONTHS), whole=True, number_format="0"
)
LENGTH = Quantity("months", at_least=1.0, at_most=60.0, whole=True, number_format="0")
COUNT = Quantity("GPUs", at_least=0.0, whole=True, number_format="#,##0")
GROWTH = Quantity("a month", at_least=-0.5, at_most=1.0, number_format="0.0%")
FALL = Quantity("a year", at_least=-1.0, at_most=0.95, number_format="0.0%")

CASES = ("base", "upside", "downside")


@dataclass(frozen=True)
class Driver:
    """An input that differs from case to case."""

    label: str
    measure: Quantity
    name: str
    values: tuple[float | str, float, float]
    note: str
    unit: str = ""


DRIVERS = (
    Driver(
        "Users a day, first month",
        q.USERS,
        "daily_users",
        (10_000_000, 11_500_000, 8_500_000),
        "Users who send requests on an average day of the first month.",
    ),
    Driver(
        "Growth of traffic",
        GROWTH,
        "traffic_growth",
        (0.04, 0.05, 0.025),
        "Of the users a day, from month to month.",
    ),
    Driver(
        "Size of training runs",
        q.FACTOR,
        "run_size",
        (1.0, 0.95, 1.15),
        "Times the tokens of the sheet Runs: above 1 where runs are repeated or extended.",
    ),
    Driver(
        "Utilisation (MFU) of training",
        q.FACTOR,
        "mfu_factor",
        (1.0, 1.1, 0.85),
        "Times the MFU of the sheet Runs; never above 100 %.",
    ),
    Driver(
        "Load of inference GPUs at peak",
        q.UTILISATION,
        "serving_load",
        (0.7, 0.75, 0.6),
        "Share of what the GPUs can serve that the peak may take; the rest is headroom.",
        unit="of capacity",
    ),
    Driver(
        "Fall of rental prices",
        FALL,
        "rental_fall",
        (f"={assumed('rental_fall', money=False)}", 0.15, -0.1),
        "Of the price on demand; below 0 it rises. A contract keeps the price of the month when it "
        "begins. Base: the sheet Assumptions.",
    ),
    Driver(
        "Fall of purchase prices",
        FALL,
        "purchase_fall",
        (f"={assumed('purchase_fall', money=False)}", 0.15, 0.05),
        "Of today's price, until the month of the purchase. Base: the sheet Assumptions.",
    ),
    Driver(
        "Resale of used GPUs",
        q.FACTOR,
        "resale_factor",
        (1.0, 1.1, 0.8),
        "Times the shares of the price on the sheet Inputs: in a bad market used GPUs bring less.",
    ),
    Driver(
        "Fall of the selling price",
        FALL,
        "selling_fall",
        (0.2, 0.15, 0.3),
        "Of the revenue for a million tokens.",
    ),
)


RUNS: tuple[tuple[object, ...], ...] = (
    ("Chat 7B", 1, 7e9, 3e12, 0.4, 2, 2),
    ("Base 13B", 1, 13e9, 6e12, 0.4, 4, 2),
    ("Base 34B", 1, 34e9, 8e12, 0.38, 7, 3),
    ("Flagship 70B", 1, 70e9, 8e12, 0.38, 13, 5),
    ("Second 13B", 1, 13e9, 15e12, 0.42, 20, 3),
    ("Second 70B", 1, 70e9, 15e12, 0.4, 26, 7),
    (None, 0, None, None, None, None, None),
    (None, 0, None, None, None, None, None),
)
"""Name, on, parameters, tokens, MFU, first month, months."""
BATCHES: tuple[tuple[object, ...], ...] = (
    ("Batch 1", 4, 256, "=IF({second}=1,next_unit_price,unit_price)"),
    ("Batch 2", 13, 384, "=IF({second}=1,next_unit_price,unit_price)"),
    ("Batch 3", 25, 512, "=IF({second}=1,next_unit_price,unit_price)"),
    (None, None, 0, "=IF({second}=1,next_unit_price,unit_price)"),
    (None, None, 0, "=IF({second}=1,next_unit_price,unit_price)"),
    (None, None, 0, "=IF({second}=1,next_unit_price,unit_price)"),
)
"""Name, month of arrival, GPUs, price of one today."""
CONTRACTS: tuple[tuple[object, ...], ...] = (
    ("Contract of a year", 1, 12, 64, None),
    ("Contract of two years", 13, 24, 64, None),
    (None, None, None, 0, None),
    (None, None, None, 0, None),
)
"""Name, first month, months, GPUs, and the price of a GPU-hour where one is agreed."""
