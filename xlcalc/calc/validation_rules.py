"""Does the data validation of a cell allow a value, and in which words does it refuse one?

A rule is judged with what its formulas give already, the operands: the two bounds, the entries of a
list, or the result of a formula of its own. `refusal` returns the sentence that refuses the value,
as `start must be a date from 2026-01-01 to 2026-12-31, got 2027-03-01`, or None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlcalc.calc.entries import parse_number
from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import suggestion
from xlcalc.ooxml.dates import iso_text, moment
from xlcalc.ooxml.validations import Validation
from xlcalc.quantities import SMALLEST

SHOWN_ENTRIES = 8
"""How many entries of a list a sentence has at most."""
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "greaterThan": lambda x, a: x > a,
    "greaterThanOrEqual": lambda x, a: x >= a,
    "lessThan": lambda x, a: x < a,
    "lessThanOrEqual": lambda x, a: x <= a,
    "equal": lambda x, a: x == a,
    "notEqual": lambda x, a: x != a,
}
_NUMBER_WORDS = {
    "between": "between {0} and {1}",
    "notBetween": "not between {0} and {1}",
    "greaterThan": "above {0}",
    "greaterThanOrEqual": "at least {0}",
    "lessThan": "below {0}",
    "lessThanOrEqual": "at most {0}",
    "equal": "equal to {0}",
    "notEqual": "other than {0}",
}
_DAY_WORDS = {
    "between": "a {what} from {0} to {1}",
    "notBetween": "a {what} before {0} or after {1}",
    "greaterThan": "a {what} after {0}",
    "greaterThanOrEqual": "a {what} from {0} on",
    "lessThan": "a {what} before {0}",
    "lessThanOrEqual": "a {what} up to {0}",
    "equal": "the {what} {0}",
    "notEqual": "a {what} other than {0}",
}
_LENGTH_WORDS = {
    "between": "{0} to {1} characters long",
    "notBetween": "shorter than {0} or longer than {1} characters",
    "greaterThan": "longer than {0} characters",
    "greaterThanOrEqual": "at least {0} characters long",
    "lessThan": "shorter than {0} characters",
    "lessThanOrEqual": "at most {0} characters long",
    "equal": "{0} characters long",
    "notEqual": "of another length than {0} characters",
}
_DAY = "yyyy-mm-dd"
"""The format by which a number of days is a date."""
_KINDS = {"decimal": "a number", "whole": "a number", "date": "a date", "time": "a time"}


@dataclass(frozen=True)
class Operand:
    """What a formula of a rule gives.

    Attributes
    ----------
    values : tuple of CellValue
        The value, or the entries of a list; None is an empty cell.
    formula : str
        The formula as it stands for the cell, without `=`; empty for a constant.
    blank : bool
        Whether a cell that it names by itself is empty.
    direct : bool
        Whether it names the cells of a list by their place, and not by a name or a formula.
    """

    values: tuple[CellValue, ...]
    formula: str = ""
    blank: bool = False
    direct: bool = False


def literal_operands(rule: Validation) -> list[Operand]:
    """Return the operands of a rule without formulas."""
    if rule.entries is not None:
        return [Operand(rule.entries)]
    return [Operand((bound,)) for bound in rule.bounds or ()]


def domain(cell: NamedCell) -> str:
    """Return what the strict rules of a cell allow, as `above 0 GPUs` or `one of A, B`.

    A rule with a formula is given as that formula; nothing for a cell that takes any value.
    """
    rules = [rule for rule in cell.validations if rule.strict and rule.kind != "none"]
    return " and ".join(rule_words(cell, rule) for rule in rules)


def rule_words(cell: NamedCell, rule: Validation) -> str:
    """Return what one rule of a cell allows, whatever other rules it has."""
    formulas = [f"={formula}" for formula in rule.formulas]
    if rule.kind == "custom":
        return f"fulfilling {formulas[0]}"
    if rule.kind == "list":
        return f"one of {formulas[0] if rule.entries is None else ', '.join(rule.entries)}"
    texts = [_bound_text(cell, rule, bound) for bound in rule.bounds] if rule.bounds else formulas
    words = _words(rule, texts)
    if rule.operator == "between" and rule.bounds and 0.0 < rule.bounds[0] <= SMALLEST:
        words = f"above 0 and at most {texts[1]}"  # as our templates write an open bound
    whole = "a whole number " if rule.kind == "whole" else ""
    unit = f" {cell.unit}" if cell.unit and rule.kind in {"decimal", "whole"} else ""
    return f"{whole}{words}{unit}"


def refusal(
    cell: NamedCell, rule: Validation, value: CellValue, operands: Sequence[Operand]
) -> str | None:
    """Return the sentence that refuses a value, or None where the rule allows it.

    Parameters
    ----------
    cell : NamedCell
        The cell.
    rule : Validation
        One of its rules, strict or not.
    value : CellValue
        The value that it is to hold.
    operands : sequence of Operand
        What the formulas of the rule give.
    """
    if value is None or (rule.allows_blank and (value == "" or any(o.blank for o in operands))):
        # Where blanks are ignored, Excel takes anything beside a bound that is an empty cell:
        # learn.microsoft.com/office/vba/api/excel.validation.ignoreblank.
        return None
    words = None
    if rule.kind == "list":
        return _refused_by_list(cell, rule, value, operands)
    if rule.kind == "custom":
        words = _broken_condition(operands)
    elif rule.kind == "textLength":
        # Excel counts as LEN does, a number as it is written without a format.
        length = len(_shown(value).encode("utf-16-le")) // 2
        words = _broken_bounds(cell, rule, float(length), operands, value)
        return words and f"{words} ({length} characters)"
    elif rule.kind in _KINDS:
        if not isinstance(value, float) or isinstance(value, bool):
            return f'{cell.name} must be {_KINDS[rule.kind]}, got "{_shown(value)}"'
        if rule.kind == "whole" and value != int(value):
            return f"{cell.name} must be a whole number, got {value:.15g}"
        return _broken_bounds(cell, rule, value, operands, value)
    return words and f"{cell.name} {words}, got {_quoted(value)}"


def _broken_condition(operands: Sequence[Operand]) -> str | None:
    """Return the words of a formula that is not fulfilled.

    Excel takes a number other than 0 for true, and neither an error nor a text.
    """
    if not operands:
        return None
    result = operands[0].values[0]
    if isinstance(result, float) and result != 0.0:
        return None
    if result is True or (isinstance(result, str) and result.upper() == "TRUE"):
        return None
    code = f", which is {result.code}" if isinstance(result, CellError) else ""
    return f"must fulfil ={operands[0].formula}{code}"


def _broken_bounds(
    cell: NamedCell,
    rule: Validation,
    number: float,
    operands: Sequence[Operand],
    value: CellValue,
) -> str | None:
    """Return the sentence about bounds that a number, a date or a length does not keep."""
    two = rule.operator in {"between", "notBetween"}
    used = operands[: 2 if two else 1]
    if len(used) < (2 if two else 1) or (not two and rule.operator not in _COMPARISONS):
        return None
    bounds = [_bound(operand) for operand in used]
    limits = [bound for bound in bounds if bound is not None]
    if len(limits) == len(bounds):
        compared = _rounded(number) if any(operand.formula for operand in used) else number
        if two:
            holds = (limits[0] <= compared <= limits[1]) == (rule.operator == "between")
        else:
            holds = _COMPARISONS[rule.operator](compared, limits[0])
        if holds:
            return None
    got = _bound_text(cell, rule, value) if rule.kind in {"date", "time"} else _quoted(value)
    if None in bounds:  # Excel refuses every entry then
        operand = used[bounds.index(None)]
        what = operand.values[0]
        shown = what.code if isinstance(what, CellError) else f'"{_shown(what)}"'
        words = _words(rule, [f"={other.formula}" for other in used])
        return f"{cell.name} must be {words}, where ={operand.formula} is {shown}, got {got}"
    unit = f" {cell.unit}" if cell.unit and rule.kind in {"decimal", "whole"} else ""
    texts = [
        _bound_text(cell, rule, limit) + (f" (={operand.formula})" if operand.formula else "")
        for operand, limit in zip(used, limits, strict=True)
    ]
    words = _words(rule, texts)
    if rule.operator == "between" and 0.0 < limits[0] <= SMALLEST:
        words = f"above 0 and at most {texts[1]}"  # as our templates write an open bound
    return f"{cell.name} must be {words}{unit}, got {got}"


def _words(rule: Validation, texts: Sequence[str]) -> str:
    if rule.kind == "textLength":
        return _LENGTH_WORDS[rule.operator].format(*texts)
    if rule.kind in {"date", "time"}:
        return _DAY_WORDS[rule.operator].format(*texts, what=rule.kind)
    return _NUMBER_WORDS[rule.operator].format(*texts)


def _bound(operand: Operand) -> float | None:
    """Return a bound as a number; an empty cell is 0, and some values are none."""
    value = operand.values[0]
    if type(value) is float and not operand.formula:
        return value
    if value is None:
        return 0.0
    if isinstance(value, str):
        value = parse_number(value)
    if isinstance(value, bool) or not isinstance(value, float):
        return None
    return _rounded(value) if operand.formula else value


def _rounded(number: float) -> float:
    """Return a number as Excel compares it, in 15 digits."""
    return float(f"{number:.15g}")


def _bound_text(cell: NamedCell, rule: Validation, value: CellValue) -> str:
    """Return a bound, or a value beside bounds, as the kind of the rule writes it."""
    if rule.kind == "date" and isinstance(value, float):
        when = moment(value, _DAY, cell.date1904)
        if when is not None:
            return iso_text(when)
    if rule.kind == "time" and isinstance(value, float) and 0.0 <= value < 1.0:
        seconds = round(86_400.0 * value)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
        return f"{clock}:{seconds % 60:02d}" if seconds % 60 else clock
    return _shown(value)


def _refused_by_list(
    cell: NamedCell, rule: Validation, value: CellValue, operands: Sequence[Operand]
) -> str | None:
    if not operands:
        return None
    [operand] = operands[:1]
    only = operand.values[0] if len(operand.values) == 1 else None
    if isinstance(only, CellError):
        return (
            f"{cell.name} must be one of the list ={operand.formula}, which is {only.code}, "
            f"got {_quoted(value, always=True)}"
        )
    if rule.allows_blank and not operand.direct and None in operand.values:
        # With blanks ignored, a list by a name takes anything if one of its cells is empty, a
        # list by the place of its cells does not; Microsoft's help on "Ignore blank" says the one.
        return None
    entries = [entry for entry in operand.values if entry is not None]
    if not entries and not operand.formula:
        return None
    # A list typed into the rule is compared with its case, and one of cells without, "by design":
    # github.com/OfficeDev/office-js/issues/972.
    cased = rule.entries is not None
    if _is_listed(value, entries, cased=cased):
        return None
    texts = [_shown(entry) for entry in entries]
    hint = suggestion(_shown(value), texts)
    more = f", … {len(texts)} in all" if len(texts) > SHOWN_ENTRIES else ""
    listed = f"{', '.join(f'{text:.40}' for text in texts[:SHOWN_ENTRIES])}{more}"
    return (
        f"{cell.name} must be one of the list ({listed}), got {_quoted(value, always=True)}{hint}"
    )


def _is_listed(value: CellValue, entries: Sequence[CellValue], *, cased: bool) -> bool:
    """Whether a list has a value: a number as a number, a text with its case or without."""
    if isinstance(value, float) and not isinstance(value, bool):
        numbers = [e if isinstance(e, float) else _number_of(str(e)) for e in entries]
        return value in (number for number in numbers if number is not None)
    if not cased and isinstance(value, bool):
        return any(entry is value for entry in entries)
    texts = {_shown(entry) for entry in entries}
    shown = _shown(value)
    return shown in texts if cased else shown.lower() in {text.lower() for text in texts}


def _number_of(entry: str) -> float | None:
    """Return the number that an entry of a list is when it is typed, as $100 or 5%."""
    return parse_number(entry.lstrip("$€£¥ "))


def _shown(value: CellValue) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _quoted(value: CellValue, *, always: bool = False) -> str:
    is_number = isinstance(value, float) and not isinstance(value, bool)
    return _shown(value) if is_number and not always else f'"{_shown(value)}"'
