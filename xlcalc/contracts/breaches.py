"""What does a workbook break of the contract that it was given?

An input or a result that is missing, renamed, or of another kind or unit; a narrower domain; a
table or one of its columns that is missing. What is new, or takes more, is no breach, and defaults
may change. A contract from which a person has deleted names, units or rules demands less.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xlcalc.calc.model import WorkbookModel
from xlcalc.contracts.domains import narrowed
from xlcalc.contracts.schema import contract_of
from xlcalc.errors import ContractError, UsageError
from xlcalc.files import read_file

SHOWN = 5
"""How many breaches a sentence has at most."""
_PARTS = ("inputs", "results", "tables")
_WORDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}


def refuse_breach(model: WorkbookModel, path: Path) -> None:
    """Refuse a workbook that breaks the contract in a file.

    Raises
    ------
    ContractError
        If it does; the sentence says in what.
    UsageError
        If the file is no contract.
    """
    found = breaches(read_contract(path), contract_of(model))
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise ContractError(
            f"{model.name} breaks the contract {path}: {'; '.join(found[:SHOWN])}{more}"
        )


def read_contract(path: Path) -> dict[str, Any]:
    """Read a contract.

    Raises
    ------
    UsageError
        If the file is none.
    """
    try:
        contract = json.loads(read_file(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UsageError(
            f"{path} is no contract: it is not JSON; xlcalc contract FILE -o {path.stem}.json "
            "writes one"
        ) from None
    fault = _fault(contract)
    if fault:
        raise UsageError(f"{path} is no contract: {fault}")
    return dict(contract)


def _fault(contract: object) -> str:
    """Return why some JSON is no contract; nothing where it is one."""
    properties = contract.get("properties") if isinstance(contract, dict) else None
    if not isinstance(properties, dict) or not properties.keys() & set(_PARTS):
        return "it has no inputs, results or tables among its properties"
    for part in _PARTS:
        named = properties.get(part, {})
        if not isinstance(named, dict) or not isinstance(named.get("properties", {}), dict):
            return f"its {part} are no object with properties"
        for name, schema in named.get("properties", {}).items():
            if not isinstance(schema, dict):
                return f"{name} is no schema"
            fault = _keyword_fault(schema)
            if fault:
                return f"{name} has {fault}"
            if part == "tables" and _columns(schema) is None:
                return f"the table {name} has no columns that can be read"
    return ""


def _keyword_fault(schema: Mapping[str, Any], depth: int = 0) -> str:
    for word in ("x-unit", "x-kind", "x-rule", "x-cell", "title"):
        if not isinstance(schema.get(word, ""), str):
            return f"a {word} that is no text"
    for word in _WORDS:
        if not _is_number(schema.get(word, 0)):
            return f"a {word} that is no number"
        if not isinstance(schema.get(f"x-{word}", ""), str):
            return f"an x-{word} that is no text"
    for word in ("minLength", "maxLength"):
        if not _is_number(schema.get(word, 0)):
            return f"a {word} that is no number"
    if not isinstance(schema.get("enum", []), list):
        return "an enum that is no list"
    if "not" in schema and (not isinstance(schema["not"], dict) or depth > 1):
        return "a not that is no schema"
    several = schema.get("allOf", [])
    if not isinstance(several, list) or not all(isinstance(one, dict) for one in several):
        return "an allOf that is no list of schemas"
    if several and depth:
        return "an allOf within an allOf"
    inner = [*several, *([schema["not"]] if "not" in schema else [])]
    return next(filter(None, (_keyword_fault(one, depth + 1) for one in inner)), "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def breaches(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what a new contract breaks of an old one, a clause each."""
    found: list[str] = []
    for part, what in (("inputs", "input"), ("results", "result")):
        before, after = _named(old, part), _named(new, part)
        other = _named(new, "results" if part == "inputs" else "inputs")
        taken = {name.lower() for name in before}
        for name, schema in before.items():
            now = _find(after, name)
            if now is None:
                found.append(_missing(what, name, schema, after, other, taken))
            else:
                found.extend(_changed(what, name, schema, now))
    before, after = _named(old, "tables"), _named(new, "tables")
    for name, schema in before.items():
        now = _find(after, name)
        if now is None:
            found.append(f"the table {name} is missing")
            continue
        there = {heading.lower() for heading in _columns(now) or {}}
        found.extend(
            f"the table {name} has no column {heading}"
            for heading in _columns(schema) or {}
            if heading.lower() not in there
        )
    return found


def _named(contract: Mapping[str, Any], part: str) -> dict[str, dict[str, Any]]:
    return dict(contract["properties"].get(part, {}).get("properties", {}))


def _find(named: Mapping[str, dict[str, Any]], name: str) -> dict[str, Any] | None:
    """Return what has a name, without regard to case as Excel compares them."""
    lower = name.lower()
    return named.get(name) or next((s for n, s in named.items() if n.lower() == lower), None)


def _columns(table: Mapping[str, Any]) -> dict[str, Any] | None:
    items = table.get("items", {})
    columns = items.get("properties", {}) if isinstance(items, dict) else None
    return columns if isinstance(columns, dict) else None


def _missing(
    what: str,
    name: str,
    schema: Mapping[str, Any],
    after: Mapping[str, dict[str, Any]],
    other: Mapping[str, dict[str, Any]],
    taken: set[str],
) -> str:
    """Return why a name is not there: it is gone, has another name, or is of the other sort."""
    moved = _find(other, name)
    if moved is not None:
        held = "a formula in a locked cell" if what == "input" else "no formula"
        return f"{name} is no {what} any more: {moved.get('x-cell', 'its cell')} holds {held}"
    for candidate, now in after.items():
        same_cell = "x-cell" in schema and now.get("x-cell") == schema["x-cell"]
        same_label = "title" in schema and now.get("title") == schema["title"] != name
        if candidate.lower() not in taken and (same_cell or same_label):
            return f"the {what} {name} is called {candidate} now"
    return f"the {what} {name} is missing"


def _changed(what: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    was, now = old.get("x-kind", "any"), new.get("x-kind", "any")
    numbers = {"number", "whole number"}
    if "any" not in (was, now) and was != now and not {was, now} <= numbers:
        yield f"the {what} {name} is of the kind {now}, not {was}"
        return
    unit, now_unit = old.get("x-unit"), new.get("x-unit", "")
    if unit is not None and unit != now_unit:
        yield f"the {what} {name} is in {now_unit or 'no unit'}, not in {unit}"
    if what == "input":
        if (was, now) == ("number", "whole number"):
            yield f"the input {name} takes whole numbers alone"
        if narrowed(old, new):
            yield f"the input {name} takes less: {_domain(new)}, where it took {_domain(old)}"


_PHRASES = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "const": "{} alone",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "x-rule": "{}",
}


def _domain(schema: Mapping[str, Any]) -> str:
    """Return what a schema demands, in words."""
    words: list[str] = []
    for part in [schema, *schema.get("allOf", ())]:
        words.extend(
            phrase.format(part[word])
            for key, phrase in _PHRASES.items()
            for word in (key, f"x-{key}")
            if word in part
        )
        if "not" in part:
            words.append(f"not ({_domain(part['not'])})")
        if "enum" in part:
            shown = [str(entry) for entry in part["enum"] if entry is not None]
            more = ", …" if len(shown) > SHOWN else ""
            words.append(f"one of {', '.join(shown[:SHOWN])}{more}")
    return " and ".join(words) or "anything"
