"""What does a formula give a call: a number, a word, a cell, an expression, a range, or nothing?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from xlcalc.cell_values import CellError
from xlcalc.formula_text import TEXT, scanner
from xlcalc.quantities import Choice, Flag, Kind, Quantity
from xlcalc.terms import NoLambdaFormError
from xlcalc.worksheet import Argument, Spec


class Form(Enum):
    """In which form an argument stands in a formula."""

    LEFT_OUT = "left out"
    CONSTANT = "constant"
    CELL = "cell"
    EXPRESSION = "expression"
    RANGE = "range"


_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:E[+-]?\d++)?+%?+", re.IGNORECASE)
_CELL = re.compile(r"(?:(?:'(?:[^']++|'')++'|[^\W\d][\w.]*)!)?\$?[A-Z]{1,3}\$?\d+", re.IGNORECASE)
_NAME = re.compile(r"(?:(?:'(?:[^']++|'')++'|[^\W\d][\w.]*)!)?[^\W\d][\w.\\]*")
_SPAN = scanner(r"(:)|(\{)")
_ONE_CALL = re.compile(r"[A-Z][A-Z0-9_.]*\(", re.IGNORECASE)
# What means something else in a cell of another sheet.
_PLACED = scanner(
    r"(?<![\w.])((?:ROW|COLUMN)\(\s*\)|(?:INDIRECT|CELL|OFFSET|SHEET)\(|@)|(\#This Row)"
)


@dataclass(frozen=True)
class Given:
    """An argument as a formula gives it.

    Attributes
    ----------
    form : Form
        What it is.
    text : str
        How it stands in the formula.
    value : float, str or bool, optional
        What a constant is.
    """

    form: Form
    text: str = ""
    value: float | str | bool | None = None

    @property
    def is_live(self) -> bool:
        """Whether its value comes from cells."""
        return self.form not in {Form.LEFT_OUT, Form.CONSTANT}

    @property
    def bracketed(self) -> str:
        """The text as a part of a larger expression."""
        whole = self.form is not Form.EXPRESSION or is_one_call(self.text)
        return self.text if whole else f"({self.text})"


def read_argument(text: str, names: Mapping[str, bool]) -> Given:
    """Return what an argument is.

    Parameters
    ----------
    text : str
        The argument.
    names : Mapping[str, bool]
        The names of the workbook that stand for cells, in small letters, and whether for one alone.
    """
    text = text.strip()
    if not text:
        return Given(Form.LEFT_OUT)
    if _NUMBER.fullmatch(text):
        share = text.endswith("%")
        return Given(Form.CONSTANT, text, float(text.rstrip("%")) / (100 if share else 1))
    if text.upper() in {"TRUE", "FALSE"}:
        return Given(Form.CONSTANT, text, text.upper() == "TRUE")
    if re.fullmatch(TEXT, text):
        return Given(Form.CONSTANT, text, text[1:-1].replace('""', '"'))
    if _CELL.fullmatch(text):
        return Given(Form.CELL, text)
    if _NAME.fullmatch(text):
        alone = names.get(text.rpartition("!")[2].lower())
        if alone is not None:
            return Given(Form.CELL if alone else Form.RANGE, text)
        return Given(Form.EXPRESSION, text)
    if "(" not in text and any(found[1] or found[2] for found in _SPAN.finditer(text)):
        return Given(Form.RANGE, text)
    return Given(Form.EXPRESSION, text)


def can_move(text: str) -> bool:
    """Whether an argument means the same on another sheet, once its references name theirs."""
    return not any(found[1] or found[2] for found in _PLACED.finditer(text)) and "#This" not in text


def is_one_call(text: str) -> bool:
    """Whether a text is one call of a function and nothing else."""
    head = _ONE_CALL.match(text)
    if head is None:
        return False
    depth = 0
    for found in scanner(r"([()])").finditer(text):
        if found[1]:
            depth += 1 if found[1] == "(" else -1
            if not depth:
                return found.end() == len(text)
    return False


def constant_of(kind: Kind, value: float | str | bool | None) -> float | str | bool | CellError:
    """Return a constant as a formula of Python takes it, or the error that it gives."""
    if isinstance(kind, Quantity):
        if not isinstance(value, int | float) or isinstance(value, bool):
            return CellError("#VALUE!")
        return float(value) if kind.contains(float(value)) else CellError("#NUM!")
    if isinstance(kind, Flag):
        known = isinstance(value, bool) or value in (0, 1)
        return bool(value) if known and not isinstance(value, str) else CellError("#VALUE!")
    if isinstance(kind, Choice) and isinstance(value, str):
        word = value.strip().lower()
        return word if word in kind.options else CellError("#VALUE!")
    return CellError("#VALUE!")


def paired(spec: Spec, arguments: list[Given]) -> list[tuple[Argument, Given]]:
    """Return each argument of a function with what is given for it."""
    left_out = [Given(Form.LEFT_OUT)] * (len(spec.arguments) - len(arguments))
    return list(zip(spec.arguments, [*arguments, *left_out], strict=True))


def refuse_ranges(arguments: Sequence[Given]) -> None:
    """Refuse a range where one value belongs.

    Raises
    ------
    NoLambdaFormError
        If there is one.
    """
    for given in arguments:
        if given.form is Form.RANGE:
            raise NoLambdaFormError(f"{given.text} is a range, and a plain formula gives one value")
