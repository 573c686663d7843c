"""How are findings shown: to a person, to a program, on a pull request, in a CI system?"""

import json
from collections.abc import Callable, Mapping, Sequence

from xlcalc.audit.findings import SEVERITIES, Finding, rules
from xlcalc.ci_formats import Located, Reported, SarifRule, junit, sarif
from xlcalc.plain_texts import in_a_line, inert

_PRECISIONS = {"certain": "very-high", "likely": "high"}
"""How sure a rule is, in the words of code hosts."""
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, and how to mend each kind."""
    lines = [
        f"{one.file}: {one.severity}: {in_a_line(one.place or 'the workbook')}: "
        f"{in_a_line(one.sentence)} [{one.code}{_doubt(one)}]"
        for one in findings
    ]
    kinds = dict.fromkeys(one.code for one in findings)
    lines += [f"  {code}: {rules()[code].mend}." for code in kinds]
    return "\n".join(lines)


def _doubt(finding: Finding) -> str:
    return ", likely" if finding.rule.confidence == "likely" else ""


def as_json(findings: Sequence[Finding]) -> str:
    """Return all that is known of the findings."""
    return json.dumps(
        [
            {
                "file": one.file,
                "code": one.code,
                "severity": one.severity,
                "confidence": one.rule.confidence,
                "sheet": one.sheet,
                "cell": one.cell,
                "sentence": one.sentence,
                "mend": one.rule.mend,
                "fingerprint": one.fingerprint,
            }
            for one in findings
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF 2.1.0 log, which code hosts show beside a change."""
    return sarif(
        "xlcalc check",
        [
            Located(
                _sarif_rule(one),
                one.sentence,
                one.file,
                one.place,
                fingerprint=one.fingerprint,
            )
            for one in findings
        ],
    )


def _sarif_rule(one: Finding) -> SarifRule:
    rule = one.rule
    precision = _PRECISIONS[rule.confidence]
    return SarifRule(one.code, rule.severity, rule.title, rule.mend, rule.finds, precision)


def as_junit(findings: Sequence[Finding]) -> str:
    """Return a JUnit report: a case for each finding, of which errors are failures."""
    cases = [
        Reported(
            one.file,
            f"{one.code} {one.place}",
            "failure" if one.severity == "error" else "system-out",
            one.sentence if one.severity == "error" else "",
            f"{one.sentence}. {one.rule.mend}.",
        )
        for one in findings
    ]
    return junit("xlcalc check", cases or [Reported("xlcalc check", "no findings")])


def as_markdown(findings: Sequence[Finding]) -> str:
    """Return a table for a pull request."""
    head = ["| | Where | What | How to mend it |", "|---|---|---|---|"]
    rows = [
        f"| {one.severity} | {inert(one.file)} {inert(one.place)} | {inert(one.sentence)} "
        f"(`{one.code}`) | {one.rule.mend} |"
        for one in findings
    ]
    return "\n".join(head + rows)


def as_github(findings: Sequence[Finding]) -> str:
    """Return workflow commands, which GitHub shows at the file."""
    lines = []
    for one in findings:
        text = f"{one.place}: {one.sentence}" if one.place else one.sentence
        for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
            text = text.replace(character, code)
        file = one.file.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
        lines.append(f"::{_COMMANDS[one.severity]} file={file},title={one.code}::{text}")
    return "\n".join(lines)


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "md": as_markdown,
    "github": as_github,
}
"""What renders findings, by the name that the command line uses."""


def verdict(findings: Sequence[Finding], files: int, unread: int = 0) -> str:
    """Return how many findings of each severity there are, in a sentence.

    Parameters
    ----------
    findings : sequence of Finding
        What was found in the workbooks that were read.
    files : int
        How many workbooks were asked for.
    unread : int, optional
        How many of them could not be read.
    """
    if unread and unread == files:
        return f"{_workbooks(unread)} could not be read"
    counts = {
        severity: sum(one.severity == severity for one in findings) for severity in SEVERITIES
    }
    found = [
        f"{count} {severity}{'s' * (count > 1)}" for severity, count in counts.items() if count
    ]
    text = f"{_workbooks(files - unread)}: {', '.join(found) or 'nothing found'}"
    return f"{text}; {_workbooks(unread)} could not be read" if unread else text


def _workbooks(count: int) -> str:
    return f"{count} workbook{'s' * (count > 1)}"
