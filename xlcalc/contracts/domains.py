"""Which keywords of JSON Schema say what a data validation allows, and which of two allows less?

`keywords` gives those of one rule. `narrowed` compares two schemas: each part of the new one must
follow from the old one, else there is a value that was taken and is not taken any more.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeAlias

from xlcalc.calc.entries import parse_number
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.validation_rules import rule_words
from xlcalc.cells import CellValue
from xlcalc.ooxml.dates import moment
from xlcalc.ooxml.validations import Validation
from xlcalc.quantities import SMALLEST

Schema: TypeAlias = Mapping[str, Any]
RULE = "x-rule"
"""The keyword of a rule that JSON Schema cannot say, in words: it compares with a formula."""
_DAYS, _CLOCK = "yyyy-mm-dd", "hh:mm:ss"
_SINGLE = {
    "greaterThan": "exclusiveMinimum",
    "greaterThanOrEqual": "minimum",
    "lessThan": "exclusiveMaximum",
    "lessThanOrEqual": "maximum",
    "equal": "const",
}
_BOUNDS = {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "const"}
_LENGTHS = {"minLength", "maxLength"}


def keywords(
    cell: NamedCell, rule: Validation, entries: Sequence[CellValue] | None
) -> dict[str, Any]:
    """Return the keywords of a strict rule of a cell; none where it takes anything.

    Parameters
    ----------
    cell : NamedCell
        The cell.
    rule : Validation
        The rule.
    entries : sequence of CellValue, optional
        The entries of a list; None where they are not known, or follow from an input.
    """
    if rule.kind == "none":
        return {}
    if rule.kind == "list" and entries is not None:
        return {"enum": _choices(cell, entries)}
    if rule.bounds is None or rule.kind in {"custom", "list"} or not rule.bounds:
        return {RULE: rule_words(cell, rule)}
    if rule.kind == "textLength":
        found = _lengths(rule.operator, rule.bounds)
        return {RULE: rule_words(cell, rule)} if found is None else found
    whole = {"type": "integer"} if rule.kind == "whole" else {}
    bounds: Sequence[Any] = rule.bounds
    if rule.kind in {"date", "time"}:
        texts = [_as_text(cell, rule.kind, bound) for bound in rule.bounds]
        if None in texts:
            return {RULE: rule_words(cell, rule)}
        # JSON Schema bounds numbers alone, and a date is a text there.
        return {f"x-{word}": bound for word, bound in _compared(rule.operator, texts).items()}
    if rule.operator == "between" and 0.0 < rule.bounds[0] <= SMALLEST:
        return {
            **whole,
            "exclusiveMinimum": 0,
            "maximum": _plain(rule.bounds[1]),
        }  # as templates do
    return {**whole, **_compared(rule.operator, [_plain(bound) for bound in bounds])}


def _compared(operator: str, bounds: Sequence[Any]) -> dict[str, Any]:
    if operator == "between":
        return {"minimum": bounds[0], "maximum": bounds[-1]}
    if operator == "notBetween":
        return {"not": {"minimum": bounds[0], "maximum": bounds[-1]}}
    if operator == "notEqual":
        return {"not": {"const": bounds[0]}}
    return {_SINGLE[operator]: bounds[0]}


def _lengths(operator: str, bounds: Sequence[float]) -> dict[str, Any] | None:
    first = int(bounds[0])
    match operator:
        case "between":
            return {"minLength": first, "maxLength": int(bounds[-1])}
        case "greaterThan":
            return {"minLength": first + 1}
        case "greaterThanOrEqual":
            return {"minLength": first}
        case "lessThan":
            return {"maxLength": first - 1}
        case "lessThanOrEqual":
            return {"maxLength": first}
        case "equal":
            return {"minLength": first, "maxLength": first}
    return None


def _choices(cell: NamedCell, entries: Sequence[CellValue]) -> list[Any]:
    """Return the entries of a list as the cell holds them: numbers where it holds a number."""
    found: list[Any] = []
    for entry in entries:
        number = parse_number(entry) if isinstance(entry, str) else entry
        takes_numbers = isinstance(cell.value, float) and not isinstance(cell.value, bool)
        value = _plain(number) if takes_numbers and isinstance(number, float) else entry
        if value is not None and value not in found:
            found.append(_plain(value) if isinstance(value, float) else value)
    return found


def _plain(number: float) -> float | int:
    """Return a number as JSON has it: 1 and not 1.0."""
    whole = isinstance(number, float) and number.is_integer() and abs(number) < 1e15
    return int(number) if whole else number


def _as_text(cell: NamedCell, kind: str, bound: float) -> str | None:
    """Return a bound of dates or times as ISO 8601 has it."""
    found = moment(bound, _DAYS if kind == "date" else _CLOCK, cell.date1904)
    return found.isoformat() if isinstance(found, date | time) else None


def parts(schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield what a schema demands, part by part: its own keywords, and those of `allOf`."""
    several = schema.get("allOf", ())
    yield {key: value for key, value in schema.items() if key != "allOf"}
    for one in several:
        yield dict(one)


@dataclass(frozen=True)
class _Range:
    """What a schema demands of a number or, as texts of ISO 8601, of a date."""

    low: Any
    high: Any
    open_low: bool
    open_high: bool

    def within(self, other: "_Range") -> bool:
        """Whether every value of this range is one of the other."""
        return _not_below(self.low, self.open_low, other.low, other.open_low) and _not_below(
            *(_negated(self.high), self.open_high), *(_negated(other.high), other.open_high)
        )


@dataclass(frozen=True)
class _Reversed:
    """A text in the reverse order, as the negative of a number is."""

    text: str

    def __lt__(self, other: "_Reversed") -> bool:
        return other.text < self.text


def _negated(value: Any) -> Any:
    if isinstance(value, str):
        return _Reversed(value)
    return None if value is None else -value


def _not_below(low: Any, is_open: bool, other: Any, other_open: bool) -> bool:
    if other is None:
        return True
    if low is None:
        return False
    return bool(other < low) or (low == other and (is_open or not other_open))


def _range(found: Sequence[Schema], prefix: str) -> _Range:
    """Return the range that all of some parts demand together."""
    whole = _Range(None, None, False, False)
    for part in found:
        for word in _BOUNDS:
            if f"{prefix}{word}" not in part:
                continue
            value, is_open = part[f"{prefix}{word}"], word.startswith("exclusive")
            if not isinstance(value, str) and not _is_number(value):
                continue
            if word == "const" or "inimum" in word:
                one = _Range(value, whole.high, is_open, whole.open_high)
                whole = one if one.within(whole) else whole
            if word == "const" or "aximum" in word:
                one = _Range(whole.low, value, whole.open_low, is_open)
                whole = one if one.within(whole) else whole
    return whole


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def narrowed(old: Schema, new: Schema) -> bool:
    """Whether a new schema refuses a value that an old one takes, as far as both can be compared.

    A rule in words counts as the same rule where the words are the same.
    """
    before = list(parts(old))
    return any(not _follows(before, part) for part in parts(new))


def _follows(before: Sequence[Schema], part: Schema) -> bool:
    """Whether what one part demands follows from all parts of another schema."""
    lists = [one["enum"] for one in before if isinstance(one.get("enum"), list)]
    if "enum" in part:
        return any(all(entry in part["enum"] for entry in entries) for entries in lists)
    if RULE in part and part[RULE] not in [one.get(RULE) for one in before]:
        return False
    if "not" in part and part["not"] not in [one.get("not") for one in before]:
        return False
    for prefix in ("", "x-"):
        allowed = _range([part], prefix)
        if any(_listed_within(entries, allowed) for entries in lists):
            continue
        if not _range(before, prefix).within(allowed):
            return False
    return not _LENGTHS & part.keys() or _lengths_follow(before, part, lists)


def _lengths_follow(before: Sequence[Schema], part: Schema, lists: Sequence[Sequence[Any]]) -> bool:
    """Whether every text that was taken is as long as one part demands."""
    least, most = part.get("minLength", 0), part.get("maxLength", math.inf)
    if lists:
        return all(least <= len(str(entry)) <= most for entry in lists[0])
    shortest = max([0, *(one["minLength"] for one in before if "minLength" in one)])
    longest = min([one["maxLength"] for one in before if "maxLength" in one], default=math.inf)
    return bool(shortest >= least and longest <= most)


def _listed_within(entries: Sequence[Any], allowed: _Range) -> bool:
    """Whether every entry of a list is a number of a range."""
    return all(
        _is_number(entry) and _Range(entry, entry, False, False).within(allowed)
        for entry in entries
    )
