"""What do auditors find of defects that were put into workbooks?

    python -m tests.benchmarks.audit_matrix
    python -m tests.benchmarks.audit_matrix --templates
    python -m tests.benchmarks.audit_matrix --auditor venv/bin/spreadsheet-auditor

Every rule's two workbooks of `tools/check_examples.py` are audited: one has a defect at a known
place, the other looks alike and has none. A defect is found if a finding stands at its place,
whatever the rule; one of a sheet or of the file, if a finding names the sheet, or no cell. A false
alarm is a finding in the sound workbook, of warnings and errors here and of medium severity or more
there. `--auditor` names the command of spreadsheet-auditor 0.4 (PyPI), which needs an environment
of its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.audit_seeds import seeded
from tools import ROOT
from tools.check_examples import EXAMPLES, Variant
from xlcalc.audit import audit
from xlcalc.calc.model import WorkbookModel

COMPARED = {"formula-overwritten", "new-hidden-sheet", "new-external-link", "new-macros"}
"""Rules that need another version of the workbook, which auditors of one file do not have."""

NATIVE = ROOT / "workbooks" / "native"
TEMPLATES = ("training_budget", "gpu_tco")


@dataclass(frozen=True)
class Found:
    """A finding of an auditor."""

    rule: str
    places: tuple[str, ...]
    alarm: bool


Auditor = Callable[[bytes], list[Found]]


def by_xlcalc(data: bytes) -> list[Found]:
    """Return what xlcalc finds."""
    findings = audit(WorkbookModel(data, "plan.xlsx"))
    return [Found(one.code, (one.place,), one.severity != "note") for one in findings]


def by_spreadsheet_auditor(command: str) -> Auditor:
    """Return what asks spreadsheet-auditor."""

    def ask(data: bytes) -> list[Found]:
        with tempfile.TemporaryDirectory() as folder:
            book, report = Path(folder, "plan.xlsx"), Path(folder, "report.json")
            book.write_bytes(data)
            done = subprocess.run(
                [command, book, "--json", report, "--quiet", "--fail-on", "None"],
                capture_output=True,
                timeout=120,
                check=False,
            )
            if not report.exists():
                return [Found(f"status {done.returncode}", (), alarm=False)]
            listed = json.loads(report.read_text(encoding="utf-8"))["findings"]
        return [
            Found(
                one["rule_id"],
                tuple(one["members"] or [one["location"] or ""]),
                one["severity"] in {"Critical", "High", "Medium"},
            )
            for one in listed
        ]

    return ask


def holds(found: Found, place: str) -> bool:
    """Whether a finding stands at a place: a cell, a sheet, or the file."""
    if "!" in place:
        return any(_same_cell(one, place) for one in found.places)
    if place:
        return any(one == place or one.startswith(f"{place}!") for one in found.places)
    return not any("!" in one for one in found.places)


def _same_cell(one: str, place: str) -> bool:
    """Whether a place is a cell, or a range that begins with it."""
    return one.replace("'", "").replace("$", "").partition(":")[0] == place


def matrix(auditors: dict[str, Auditor]) -> list[tuple[str, dict[str, tuple[str, int]]]]:
    """Return for each rule what each auditor found, and its false alarms."""
    known: dict[tuple[str, bytes], list[Found]] = {}

    def asked(name: str, variant: Variant) -> list[Found]:
        data = variant.to_bytes()
        if (name, data) not in known:
            known[name, data] = auditors[name](data)
        return known[name, data]

    rows = []
    for code, example in EXAMPLES.items():
        if code in COMPARED:
            continue
        row = {}
        for name in auditors:
            found = [one for one in asked(name, example.shows) if holds(one, example.place)]
            alarms = sum(one.alarm for one in asked(name, example.sound))
            rules = ", ".join(sorted({one.rule for one in found}))
            row[name] = (rules, alarms)
        rows.append((code, row))
        print(f"{code}: {row}", file=sys.stderr)
    return rows


def in_templates(auditors: dict[str, Auditor], draws: int) -> None:
    """Print what each auditor finds of defects that are drawn in two templates."""
    found: dict[str, Counter[str]] = {name: Counter() for name in auditors}
    counts: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    for template in TEMPLATES:
        model = WorkbookModel.read(NATIVE / f"{template}.xlsx")
        data = model.package.to_bytes()
        for name, ask in auditors.items():
            alarms[name] += sum(one.alarm for one in ask(data))
        for kind, place, seeded_data in seeded(model, draws, seed=17):
            counts[kind] += 1
            for name, ask in auditors.items():
                held = any(holds(one, place) for one in ask(seeded_data))
                found[name][kind] += held
                print(f"{template} {kind} {place} {name}: {held}", file=sys.stderr)
    print(f"| Defect | {' | '.join(auditors)} |")
    print(f"|---|{'---|' * len(auditors)}")
    for kind, count in counts.items():
        cells = (f"{found[name][kind]} of {count}" for name in auditors)
        print(f"| {kind} | {' | '.join(cells)} |")
    print(f"| findings before any defect | {' | '.join(str(alarms[name]) for name in auditors)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--auditor", help="command of spreadsheet-auditor 0.4")
    parser.add_argument("--draws", type=int, default=3, help="defects of a kind in a template")
    parser.add_argument("--templates", action="store_true", help="seed templates, not the plan")
    given = parser.parse_args()
    auditors: dict[str, Auditor] = {"xlcalc": by_xlcalc}
    if given.auditor:
        auditors["spreadsheet-auditor"] = by_spreadsheet_auditor(given.auditor)
    if given.templates:
        in_templates(auditors, given.draws)
        return
    rows = matrix(auditors)
    print(f"| Defect | {' | '.join(auditors)} |")
    print(f"|---|{'---|' * len(auditors)}")
    for code, row in rows:
        cells = [
            ("found" if rules else "missed") + (f", {alarms} false" if alarms else "")
            for rules, alarms in row.values()
        ]
        print(f"| `{code}` | {' | '.join(cells)} |")
    for name in auditors:
        found = sum(bool(row[name][0]) for _, row in rows)
        alarms = sum(row[name][1] for _, row in rows)
        missed = len(rows) - found
        print(f"{name}: {found} found, {missed} missed, {alarms} false alarms", file=sys.stderr)


if __name__ == "__main__":
    main()
