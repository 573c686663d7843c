"""How does a CI system read what a command found: as JUnit's XML, and as SARIF?

A case of `Reported` is a test that passed or did not; a `Located` finding stands beside a line of a
file. Both are data, and texts of somebody else's do nothing in either form.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from xlcalc._version import __version__
from xlcalc.plain_texts import in_a_line

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


class Reported(NamedTuple):
    """A case of a JUnit report.

    Attributes
    ----------
    group, name : str
        What it is a case of, and what it is called.
    kind : str
        "failure", "error", "system-out" for a remark, or "" for a case that passed.
    message, text : str
        What is wrong, in a sentence and in lines.
    """

    group: str
    name: str
    kind: str = ""
    message: str = ""
    text: str = ""


def junit(suite: str, cases: Sequence[Reported]) -> str:
    """Return a JUnit report, which CI systems show."""
    counts = {
        "tests": len(cases),
        "failures": sum(case.kind == "failure" for case in cases),
        "errors": sum(case.kind == "error" for case in cases),
    }
    root = ElementTree.Element(
        "testsuite", {"name": suite, **{key: str(count) for key, count in counts.items()}}
    )
    for case in cases:
        names = {"classname": in_a_line(case.group), "name": in_a_line(case.name)}
        element = ElementTree.SubElement(root, "testcase", names)
        if case.kind:
            message = {"message": in_a_line(case.message)} if case.message else {}
            child = ElementTree.SubElement(element, case.kind, message)
            child.text = "\n".join(map(in_a_line, case.text.split("\n")))
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


class SarifRule(NamedTuple):
    """A kind of finding.

    Attributes
    ----------
    code, severity : str
        What it is called, and "error", "warning" or "note".
    title, mend, finds : str
        What it is, how it is mended, and when there is one; the last may be empty.
    precision : str
        How sure it is in the words of code hosts, as "very-high"; empty where nobody says.
    """

    code: str
    severity: str
    title: str
    mend: str
    finds: str = ""
    precision: str = ""


class Located(NamedTuple):
    """A finding of a SARIF log.

    Attributes
    ----------
    rule : SarifRule
        Its kind.
    sentence : str
        What is wrong.
    file, place, line : str, str and int
        Where it stands: a file, a cell or a name in it, and a line of its text; 0 for none.
    fingerprint : str
        What stays while the finding does; empty to let the reader make one of the line.
    """

    rule: SarifRule
    sentence: str
    file: str
    place: str = ""
    line: int = 0
    fingerprint: str = ""


def sarif(tool: str, findings: Sequence[Located]) -> str:
    """Return a SARIF 2.1.0 log, which code hosts show beside a change."""
    rules = dict.fromkeys(one.rule for one in findings)
    driver = {"name": tool, "version": __version__, "rules": list(map(_sarif_rule, rules))}
    run = {"tool": {"driver": driver}, "results": list(map(_sarif_result, findings))}
    return json.dumps({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False)


def _sarif_rule(rule: SarifRule) -> dict[str, Any]:
    told: dict[str, Any] = {"id": rule.code, "shortDescription": {"text": rule.title}}
    if rule.finds:
        told["fullDescription"] = {"text": rule.finds}
    told |= {"help": {"text": rule.mend}, "defaultConfiguration": {"level": rule.severity}}
    if rule.precision:
        told["properties"] = {"precision": rule.precision}
    return told


def _sarif_result(one: Located) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(one.file)}}
    if one.line:
        physical["region"] = {"startLine": one.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if one.place:
        location["logicalLocations"] = [{"fullyQualifiedName": in_a_line(one.place)}]
    sentence = in_a_line(one.sentence)
    result: dict[str, Any] = {
        "ruleId": one.rule.code,
        "level": one.rule.severity,
        "message": {"text": f"{in_a_line(one.place)}: {sentence}" if one.place else sentence},
        "locations": [location],
    }
    if one.fingerprint:
        result["partialFingerprints"] = {"xlcalc/v1": one.fingerprint}
    return result


def _uri(file: str) -> str:
    """Return a file as SARIF names it: relative to the folder of the command where it is inside."""
    path = Path(file)
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return path.as_uri()
        path = path.relative_to(Path.cwd())
    return quote(path.as_posix())
