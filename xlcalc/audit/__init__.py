"""Is a workbook fit to be signed? An audit says what is wrong in it, where, and how to mend it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from xlcalc.audit.circle_rules import circle_findings
from xlcalc.audit.comparison import comparison_findings
from xlcalc.audit.data_table_rules import data_table_findings
from xlcalc.audit.fallback_rules import fallback_findings
from xlcalc.audit.file_rules import file_findings
from xlcalc.audit.findings import SEVERITIES, Finding, Rule, rules, with_fingerprints
from xlcalc.audit.format_rules import format_findings
from xlcalc.audit.formula_rules import formula_findings
from xlcalc.audit.function_rules import function_findings
from xlcalc.audit.lookup_rules import lookup_findings
from xlcalc.audit.pattern_rules import pattern_findings
from xlcalc.audit.range_rules import range_findings
from xlcalc.audit.reference_rules import reference_findings
from xlcalc.audit.repair_rules import repair_findings
from xlcalc.audit.sign_rules import sign_findings
from xlcalc.audit.sum_rules import sum_findings
from xlcalc.audit.text_rules import text_findings
from xlcalc.audit.total_rules import total_findings
from xlcalc.audit.value_rules import value_findings
from xlcalc.audit.workbook import Audited
from xlcalc.calc.differences import Verdict, Verification
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.recalculation import trusted
from xlcalc.calc.verification import EVERY
from xlcalc.errors import WorkbookError

__all__ = ["SEVERITIES", "Finding", "Rule", "audit", "rules"]

_SAID_BETTER = {
    "unlike-peers": ("pattern-break", "range-misses"),
    "fallback-shown": ("masked-error",),
}
"""Rules whose findings are left out where others say more of the same cell."""


def audit(
    source: Path | WorkbookModel, against: Path | WorkbookModel | None = None
) -> list[Finding]:
    """Return what is wrong in a workbook, in the order of severity, sheet and cell.

    Parameters
    ----------
    source : Path or WorkbookModel
        The workbook; it is only read.
    against : Path or WorkbookModel, optional
        Another version of it: what became worse since is found too.

    Raises
    ------
    WorkbookError
        If it cannot be read.
    """
    model = _model(source)
    book = Audited(model)
    found: list[Finding] = []
    verification: Verification | None = None
    try:
        if model.engine is not None:  # it says if it cannot load the workbook
            verification = trusted(model, (EVERY,))
            for new in verification.of(Verdict.NEW):  # so that rules see what it comes to
                sheet, position = new.place
                if new.calculated is not None:
                    book.values[sheet][position] = new.calculated
    except WorkbookError as error:
        found.append(Finding("not-calculated", "", "", " ".join(str(error).split()), "whole"))
    found += [
        *value_findings(book, verification),
        *text_findings(book),
        *pattern_findings(book),
        *sum_findings(book),
        *total_findings(book),
        *lookup_findings(book),
        *formula_findings(book),
        *function_findings(book),
        *reference_findings(book, calculates=verification is not None),
        *circle_findings(book),
        *file_findings(book),
        *range_findings(book),
        *repair_findings(book),
        *format_findings(book),
        *sign_findings(book),
        *data_table_findings(book),
        *(fallback_findings(book) if verification is not None else ()),
    ]
    if against is not None:
        found += comparison_findings(book, Audited(_model(against)))
    told = {(one.code, one.place) for one in found}
    found = [
        one
        for one in found
        if not any((code, one.place) in told for code in _SAID_BETTER.get(one.code, ()))
    ]
    tabs = {sheet: place for place, sheet in enumerate(book.values)}
    found.sort(
        key=lambda one: (
            SEVERITIES.index(one.severity),
            tabs.get(one.sheet, -1),
            one.code,
        )
    )
    return with_fingerprints(_grouped(found), model.name)


def _model(source: Path | WorkbookModel) -> WorkbookModel:
    return source if isinstance(source, WorkbookModel) else WorkbookModel.read(source)


def _grouped(findings: Iterable[Finding]) -> list[Finding]:
    """Return one finding for all of a rule that are alike: a formula that was filled down."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.code, one.sheet, one.key), []).append(one)
    return [
        replace(like[0], sentence=f"{like[0].sentence}, and {len(like) - 1} more like it")
        if len(like) > 1
        else like[0]
        for like in groups.values()
    ]
