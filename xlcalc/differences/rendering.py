"""How are differences shown: in a terminal, on a pull request, to a program?"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from xlcalc.analysis import Bridge, Part
from xlcalc.cells import CellError
from xlcalc.differences.changes import KINDS, Change
from xlcalc.differences.report import Report
from xlcalc.differences.wording import LONGEST, line, signed, value_text, verdict
from xlcalc.plain_texts import in_a_line
from xlcalc.plain_texts import inert as inert_in_tables

MOST = 20
"""Differences of a kind that a terminal shows; JSON has all of them."""
MOST_IN_TABLE = 50
"""Differences of a kind that a pull request shows."""


def as_text(report: Report) -> str:
    """Return a paragraph for each kind, and for each result that is explained."""
    found = [f"{in_a_line(report.old)} → {in_a_line(report.new)}: {verdict(report)}"]
    found += [in_a_line(remark) for remark in report.remarks]
    for kind, changes in by_kind(report).items():
        found += ["", title(kind, report)]
        for one in changes[:MOST]:
            _, where, before, after, beside = line(one, date1904=report.date1904)
            arrow = f"{before} → {after}" if before and after else before or after
            said = ": ".join(filter(None, (where, arrow))) or "the workbook"
            found.append(f"  {said}; {beside}" if beside else f"  {said}")
        if len(changes) > MOST:
            found.append(f"  and {len(changes) - MOST:,} more; --format json has all")
    for bridge in report.bridges:
        unit = f" [{in_a_line(bridge.unit)}]" if bridge.unit else ""
        found += ["", f"why {in_a_line(bridge.output)}{unit} moved"]
        found += [f"  {name}: {amount}  {told}".rstrip() for name, amount, told in _parts(bridge)]
    return "\n".join(found)


def as_markdown(report: Report) -> str:
    """Return tables for a pull request."""
    found = [f"### {inert(report.old)} → {inert(report.new)}", "", f"{sentence(verdict(report))}"]
    for remark in report.remarks:
        found += ["", inert(remark)]
    for kind, changes in by_kind(report).items():
        found += ["", f"#### {sentence(title(kind, report))}", ""]
        found += ["| Where | Before | After | |", "|---|---|---|---|"]
        for one in changes[:MOST_IN_TABLE]:
            cells = line(one, date1904=report.date1904)[1:]
            found.append(f"| {' | '.join(map(inert, cells))} |")
        if len(changes) > MOST_IN_TABLE:
            found += ["", f"And {len(changes) - MOST_IN_TABLE:,} more."]
    for bridge in report.bridges:
        unit = f" in {inert(bridge.unit)}" if bridge.unit else ""
        found += ["", f"#### Why {inert(bridge.output)} moved{unit}", ""]
        found += ["| Part | Amount | |", "|---|---:|---|"]
        found += [f"| {' | '.join(map(inert, cells))} |" for cells in _parts(bridge)]
    return "\n".join(found)


def as_json(report: Report) -> str:
    """Return all that is known, with full precision."""
    data = {
        "old": report.old,
        "new": report.new,
        "same": not report.changes,
        "refused": sorted({one.gate for one in report.refused}),
        "allowed": sorted(report.allowed),
        "remarks": list(report.remarks),
        "changes": [change_data(one) for one in report.changes],
        "bridges": [asdict(one) for one in report.bridges],
    }
    return json.dumps(data, ensure_ascii=False, indent=2, default=_plain)


def change_data(change: Change) -> dict[str, Any]:
    """Return a difference as data; what says nothing is left out."""
    data = {
        "kind": change.kind,
        "gate": change.gate,
        "sheet": change.sheet,
        "cells": change.cells,
        "was": change.was,
        "name": change.name,
        "label": change.label,
        "heading": change.heading,
        "before": change.before,
        "after": change.after,
        "value_before": change.value_before,
        "value_after": change.value_after,
        "difference": change.movement,
        "share": change.share,
        "count": change.count,
        "note": change.note,
        "each": [
            {"cell": cell, "before": before, "after": after} for cell, before, after in change.each
        ],
    }
    always = {"kind", "sheet", "cells", "before", "after", "count"}
    return {
        key: value for key, value in data.items() if key in always or value not in ("", None, [])
    }


def _plain(value: object) -> object:
    if isinstance(value, CellError):
        return value.code
    raise TypeError(f"no form in JSON for {value!r}")


def by_kind(report: Report) -> dict[str, list[Change]]:
    """Return differences by kinds, in the order in which a reader asks for them."""
    found: dict[str, list[Change]] = {}
    for one in report.changes:
        found.setdefault(one.kind, []).append(one)
    # What is refused comes first, then what a reader asks for first.
    first = [kind for kind in found if KINDS[kind].gate and KINDS[kind].gate not in report.allowed]
    order = [*first, *(kind for kind in ("result",) if kind in found), *found]
    return {kind: found[kind] for kind in dict.fromkeys(order)}


def title(kind: str, report: Report) -> str:
    """Return the heading of a kind, which says how it is allowed where it is refused."""
    words, gate = KINDS[kind]
    if not gate or gate in report.allowed:
        return words
    return f"{words}, not allowed; --allow {gate} does"


def parts_shown(bridge: Bridge) -> list[tuple[str, float, str]]:
    """Return both ends of a bridge and its parts: name, amount, and what is beside it."""
    rows = [("from", bridge.start, "")]
    rows += [(_short(part.name), part.amount, _short(_beside(part))) for part in bridge.parts]
    return [*rows, ("to", bridge.end, "")]


def _parts(bridge: Bridge) -> list[tuple[str, str, str]]:
    """Return what `parts_shown` does, as texts."""
    first, *parts, last = parts_shown(bridge)
    ends = [(name, f"{value:,.10g}", beside) for name, value, beside in (first, last)]
    inner = [(name, signed(amount), beside) for name, amount, beside in parts]
    return [ends[0], *inner, ends[1]]


def _beside(part: Part) -> str:
    change = ""
    if part.before is not None or part.after is not None:
        change = f"{value_text(part.before)} → {value_text(part.after)}"
    return f"{change} ± {part.error:.2g}" if part.error else change


def inert(text: str) -> str:
    """Return a text that does nothing in Markdown; between dollar signs it might be a formula."""
    return inert_in_tables(in_a_line(text)).replace("$", "\\$")


def _short(text: str) -> str:
    return in_a_line(text)[:LONGEST]


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": as_text,
    "md": as_markdown,
    "json": as_json,
}
"""What renders differences as a text, by the name that the command line uses."""
