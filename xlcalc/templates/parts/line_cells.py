"""What does a cell of a template's table mean: a quantity, a format, a choice, a text, a formula?

Each function takes a row and a column, and says with the row's place what cannot be read.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from xlcalc import quantities
from xlcalc.errors import suggestion
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.catalogues import gpu_entries, model_entries, token_price_entries
from xlcalc.templates.parts.figures import BIG_MONEY, MONEY_FORMAT, PRICE_FORMAT
from xlcalc.templates.parts.records import Record, mistake

_FORMATS = {
    "money": MONEY_FORMAT,
    "price": PRICE_FORMAT,
    "big": BIG_MONEY,
    "count": quantities.COUNT_FORMAT,
}
_LISTS: Mapping[str, Callable[[], str]] = {
    "accelerators": gpu_entries,
    "models": model_entries,
    "apis": token_price_entries,
}
QUANTITIES = {
    name.lower(): quantity
    for name, quantity in vars(quantities).items()
    if isinstance(quantity, Quantity)
}
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BOUND = re.compile(rf"(>=|>|<=|<)({NUMBER.pattern})")


def measure_of(record: Record) -> Quantity | str:
    """Return what a figure measures: a quantity by name, one of its own, or what a text is."""
    name = record["quantity"]
    if name:
        if name not in QUANTITIES:
            raise record.fail(
                f'there is no quantity "{name}"{suggestion(name, QUANTITIES)}; without one, unit '
                "and domain say what is measured"
            )
        return QUANTITIES[name]
    if not record["domain"]:
        return text_in(record, "unit")
    bounds: dict[str, float] = {}
    whole = False
    for word in record["domain"].split():
        found = _BOUND.fullmatch(word)
        if found is None and word not in {"whole", "any"}:
            raise record.fail(f'"{word}" is no bound such as >0, >=1, <1, <=1, whole or any')
        whole = whole or word == "whole"
        if found is not None:
            bounds[_BOUNDS[found[1]]] = float(found[2])
    return Quantity(
        text_in(record, "unit"), whole=whole, number_format=format_of(record["format"]), **bounds
    )


_BOUNDS = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}


def format_of(code: str) -> str:
    """Return a number format, by its word or as it stands."""
    return _FORMATS.get(code, code)


def entries_of(choices: str) -> str:
    """Return the drop-down of a figure: a list of the catalogue, a range by name, or its words."""
    if choices in _LISTS:
        return _LISTS[choices]()
    if "|" in choices:
        return f'"{",".join(choice.strip() for choice in choices.split("|"))}"'
    return choices


def constant(text: str) -> object:
    """Return a number, a date or a text; an apostrophe before digits makes them a text."""
    if text.startswith("'"):
        return text[1:]
    if NUMBER.fullmatch(text):
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
    return date.fromisoformat(text) if _DAY.fullmatch(text) else text


def formula_in(record: Record, column: str) -> str:
    """Return a formula without its `=`, if it can be one."""
    formula = record[column].removeprefix("=")
    if error := mistake(formula):
        raise record.fail(f"{column}: {error}")
    return formula


def text_in(record: Record, column: str) -> str:
    """Return a text, or the formula of one with figures in braces: `{currency}/kWh`."""
    text = record[column]
    if "{" not in text:
        return text
    parts: list[str] = []
    rest = text
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            parts.append('"' + before.replace('"', '""') + '"')
        if not brace:
            break
        inside, rest = _braced(record, after)
        if error := mistake(inside):
            raise record.fail(f"{column}: {error}")
        parts.append(inside)
    return "=" + "&".join(parts)


def _braced(record: Record, text: str) -> tuple[str, str]:
    depth = 1
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if not depth:
            return text[:place], text[place + 1 :]
    raise record.fail("a brace does not close")
