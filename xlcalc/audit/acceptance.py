"""Which findings does a team accept, why, and which were there before?

A TOML file, or `[tool.xlcalc.check]` of pyproject.toml, says it:

    [[accept]]
    code = "hidden-sheet"
    file = "budget.xlsx"          # may be left out, as the next two; a name or a pattern with *
    place = "Lists"
    reason = "The drop-downs stand there."
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from xlcalc.audit.findings import Finding, rules
from xlcalc.errors import ConfigError, suggestion
from xlcalc.files import read_file, read_toml

_KEYS = ("code", "file", "place", "fingerprint", "reason")


@dataclass(frozen=True)
class Acceptance:
    """Findings that a team accepts."""

    code: str
    reason: str
    file: str = "*"
    place: str = "*"
    fingerprint: str = "*"

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is one of these."""
        given = (
            (finding.code, self.code),
            (Path(finding.file).name, self.file),
            (finding.place, self.place),
            (finding.fingerprint, self.fingerprint),
        )
        return all(fnmatchcase(text, pattern) for text, pattern in given)

    def covers_cell(self, finding: Finding) -> bool:
        """Whether a finding that has no fingerprint yet may be one of these."""
        return replace(self, fingerprint="*").covers(finding)


def read_acceptances(path: Path) -> list[Acceptance]:
    """Return what a TOML file accepts.

    Raises
    ------
    ConfigError
        If it cannot be read, a rule does not exist, or there is no reason.
    """
    data: Any = read_toml(path, ConfigError)
    for table in ("tool", "xlcalc", "check") if path.name == "pyproject.toml" else ():
        data = data.get(table, {}) if isinstance(data, dict) else {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: check must be a table, as [tool.xlcalc.check]")
    listed = data.get("accept", [])
    if not isinstance(listed, list):
        raise ConfigError(f"{path}: accept must be tables, as [[accept]]")
    return [_acceptance(path, number, one) for number, one in enumerate(listed, start=1)]


def _acceptance(path: Path, number: int, given: object) -> Acceptance:
    where = f"{path}, acceptance {number}"
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise ConfigError(f"{where}: its values must be texts")
    for key in given:
        if key not in _KEYS:
            raise ConfigError(f'{where}: unknown key "{key}"{suggestion(key, _KEYS)}')
    if not given.get("reason", "").strip():
        raise ConfigError(f"{where}: a reason is missing")
    code = given.get("code", "")
    if code not in rules():
        raise ConfigError(f'{where}: there is no rule "{code}"{suggestion(code, rules())}')
    return Acceptance(**given)


def open_findings(
    findings: Iterable[Finding], accepted: Sequence[Acceptance], known: frozenset[str] = frozenset()
) -> list[Finding]:
    """Return the findings that nobody accepts and that are new."""
    left = []
    for finding in findings:
        reason = next((one.reason for one in accepted if one.covers(finding)), "")
        if finding.fingerprint in known:
            reason = reason or "It was there before."
        made = replace(finding, silenced=reason)
        if not made.silenced:
            left.append(made)
    return left


def read_baseline(path: Path) -> frozenset[str]:
    """Return the fingerprints of earlier findings, from what `--format json` wrote.

    Raises
    ------
    ConfigError
        If it is no such file.
    """
    try:
        return frozenset(one["fingerprint"] for one in json.loads(read_file(path)))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ConfigError(
            f"{path} is no baseline; write one with: xlcalc check FILE --format json -o {path}"
        ) from None
