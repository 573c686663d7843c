"""How is a contract written as a SheetPort manifest, which formualizer binds to a workbook?

The manifest (FIO 0.3.0, profile core-v0) has a port for each named cell and each table without a
row of totals. It says less than the JSON Schema: of units it knows currencies alone, and open
bounds are written as closed ones. The description of a port has unit and domain in words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

_TYPES = {
    "number": "number",
    "whole number": "integer",
    "text": "string",
    "TRUE or FALSE": "boolean",
    "date": "date",
    "date and time": "datetime",
}
"""SheetPort's types; others are numbers in their cells."""
_CURRENCIES = frozenset(
    (
        *("USD", "EUR", "CNY", "GBP", "JPY", "CHF", "INR", "KRW"),
        *("TWD", "SGD", "HKD", "CAD", "AUD", "SEK", "NOK", "DKK"),
    )
)
"""Units that are the code of a currency; another unit of three letters may be anything."""
_CELL = re.compile(r"(.*)!([A-Z]+)(\d+)", re.DOTALL)


def manifest_of(contract: Mapping[str, Any]) -> str:
    """Return a contract as the YAML of a SheetPort manifest."""
    properties = contract["properties"]
    ports = [
        *(_scalar(name, one, "in") for name, one in properties["inputs"]["properties"].items()),
        *(_scalar(name, one, "out") for name, one in properties["results"]["properties"].items()),
        *(
            _table(name, one)
            for name, one in properties["tables"]["properties"].items()
            if not one["x-totals"]
        ),
    ]
    _identify(ports)
    title = str(contract["title"])
    manifest = {
        "spec": "fio",
        "spec_version": "0.3.0",
        "capabilities": {"profile": "core-v0"},
        "manifest": {
            "id": re.sub(r"[^a-z0-9]+", "-", PurePath(title).stem.lower()).strip("-") or "workbook",
            "name": title,
        },
        "ports": ports,
    }
    return "".join(f"{line}\n" for line in _lines(manifest))


def _identify(ports: list[dict[str, Any]]) -> None:
    """Give each port an id as SheetPort takes it, in small letters, and each another one."""
    taken: set[str] = set()
    for port in ports:
        own = re.sub(r"[^a-z0-9]+", "_", port["id"].lower()).strip("_") or "port"
        found, count = own, 1
        while found in taken:
            count += 1
            found = f"{own}_{count}"
        taken.add(found)
        port["id"] = found


def _scalar(name: str, schema: Mapping[str, Any], direction: str) -> dict[str, Any]:
    kind = _TYPES.get(schema["x-kind"], "number")
    if schema["x-kind"] == "any" and direction == "in":
        kind = "string"
    words = [schema["title"], *filter(None, [schema.get("x-unit"), schema.get("x-rule")])]
    port: dict[str, Any] = {
        "id": name,
        "dir": direction,
        "shape": "scalar",
        "description": ", ".join(words),
        "required": direction == "out" and schema["x-kind"] != "any",
        "location": {"a1": _quoted(schema["x-cell"])},
        "schema": {"type": kind},
    }
    if schema.get("x-unit") in _CURRENCIES:
        port["units"] = {"currency": schema["x-unit"]}
    if direction == "in":
        constraints = _constraints(schema, kind)
        if constraints:
            port["constraints"] = constraints
        if schema.get("default") is not None and kind != "datetime":
            port["default"] = schema["default"]
    return port


def _quoted(cell: str) -> str:
    """Return the place of a cell with its sheet in quotation marks where it needs them.

    A name would outlive a moved row, but formualizer does not find every name that Excel knows.
    """
    sheet, _, place = cell.rpartition("!")
    if not sheet.isidentifier() or not sheet.isascii():
        sheet = "'" + sheet.replace("'", "''") + "'"
    return f"{sheet}!{place}"


def _constraints(schema: Mapping[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind in {"number", "integer"}:
        for word, names in (
            ("min", ("minimum", "exclusiveMinimum")),
            ("max", ("maximum", "exclusiveMaximum")),
        ):
            bounds = [float(schema[key]) for key in names if key in schema]
            if bounds:
                found[word] = bounds[0]
    elif kind == "string" and "enum" in schema:
        found["enum"] = [entry for entry in schema["enum"] if isinstance(entry, str)]
    if schema.get("default", None) is None:
        found["nullable"] = True
    return found


def _table(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    found = _CELL.fullmatch(schema["x-cell"])
    assert found is not None  # noqa: S101  it is a cell's place
    columns = schema["items"]["properties"]
    calculated = any(one.get("x-formula") for one in columns.values())
    return {
        "id": name,
        "dir": "out" if calculated else "in",
        "shape": "table",
        "required": False,
        "location": {
            "layout": {
                "kind": "header_contiguous_v1",
                "sheet": found[1],
                "header_row": int(found[3]),
                "anchor_col": found[2],
                "terminate": "first_blank_row",
            }
        },
        "schema": {
            "kind": "table",
            "columns": [
                {"name": heading, "type": _TYPES.get(one["x-kind"], "string")}
                for heading, one in columns.items()
            ],
        },
    }


def _lines(data: Any, indent: str = "") -> Iterator[str]:
    """Yield the lines of YAML: a scalar as JSON writes it, which YAML reads the same."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping | list) and value:
                yield f"{indent}{key}:"
                yield from _lines(value, indent + "  ")
            else:
                yield f"{indent}{key}: {json.dumps(value, ensure_ascii=True)}"
    else:
        for value in data:
            if isinstance(value, Mapping):
                first, *rest = _lines(value, indent + "  ")
                yield f"{indent}- {first.strip()}"
                yield from rest
            else:
                yield f"{indent}- {json.dumps(value, ensure_ascii=True)}"
