"""How far may a number be from the one that is expected?

A tolerance is a share of the expected number, written 5%, or an amount, written 0.5.
"""

import math
from dataclasses import dataclass

from xlcalc.calc.entries import parse_number


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one, as a share of that or as an amount."""

    amount: float = 1e-9
    is_share: bool = True

    def __str__(self) -> str:
        return f"{100 * self.amount:.6g}%" if self.is_share else f"{self.amount:.6g}"

    def allows(self, expected: float, value: float) -> bool:
        """Whether a number is near enough to the expected one."""
        allowed = self.amount * abs(expected) if self.is_share else self.amount
        # 1.1 is 0.1 from 1 for a person, and one digit more in binary; 0 asks for the number itself
        slack = 2 * math.ulp(max(abs(expected), abs(value))) if allowed else 0.0
        return abs(value - expected) <= allowed + slack


def read_tolerance(written: object, *, percent: bool = False) -> Tolerance | None:
    """Return the tolerance that a person wrote, or None if it is none.

    Parameters
    ----------
    written : object
        A text as 5% or 0.5, or a number.
    percent : bool
        Whether a number is shown as a percentage, as a cell does.
    """
    text = str(written).strip()
    amount = None if isinstance(written, bool) else parse_number(text)
    if amount is None or amount < 0:
        return None
    return Tolerance(amount, percent or text.endswith("%"))
