"""What did an audit find: which rule, in which cell, how sure, and how is it mended?"""

import csv
import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

SEVERITIES = ("error", "warning", "note")
"""From the worst on. Only errors make an audit fail."""


@dataclass(frozen=True)
class Rule:
    """What an audit looks for.

    Attributes
    ----------
    code, title : str
        Its short name, and what is wrong where it holds.
    severity, confidence : str
        "error", "warning" or "note"; "certain" if the file alone decides it, else "likely".
    mend : str
        What a person can do.
    finds : str
        Which cells are found, and which are not.
    """

    code: str
    severity: str
    confidence: str
    title: str
    mend: str
    finds: str


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by code, in the order of their table."""
    with Path(__file__).with_name("rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Rule(**row) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong in a workbook.

    Attributes
    ----------
    code : str
        The rule.
    sheet, cell : str
        Where it stands; empty for the whole workbook or sheet.
    sentence : str
        What is wrong there.
    key : str
        What makes it this finding and no other: the formula in relative form, or the text of the
        row, so that a row that is inserted above changes nothing.
    file : str
        The workbook.
    fingerprint : str
        A hash that stays while the finding does.
    silenced : str
        Why a person accepts it; empty if nobody does.
    """

    code: str
    sheet: str
    cell: str
    sentence: str
    key: str = ""
    file: str = ""
    fingerprint: str = ""
    silenced: str = ""

    @property
    def rule(self) -> Rule:
        """The rule that it is of."""
        return rules()[self.code]

    @property
    def severity(self) -> str:
        """How bad it is."""
        return self.rule.severity

    @property
    def place(self) -> str:
        """Where it stands, as Sheet!B7."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


def with_fingerprints(findings: Iterable[Finding], file: str) -> list[Finding]:
    """Return findings with their file and fingerprints; equal ones are told apart by their order.

    The file's folder is no part of a fingerprint: a workbook that moves keeps its findings.
    """
    seen: dict[str, int] = {}
    made = []
    for finding in findings:
        text = "\x00".join((Path(file).name, finding.code, finding.sheet, finding.key))
        seen[text] = seen.get(text, 0) + 1
        digest = hashlib.blake2b(f"{text}\x00{seen[text]}".encode(), digest_size=8).hexdigest()
        made.append(replace(finding, file=file, fingerprint=digest))
    return made
