"""How does a CI system learn what became of the runs of a report or a batch?

`RunReports` takes the results as they come, keeps of each what is wrong with it, and writes JUnit's
XML, a case a run, and SARIF, a finding for each run that failed and each guard that is broken. A
finding stands beside the row of the list, where the list is a text.
"""

from pathlib import Path

from xlcalc.ci_formats import Located, Reported, SarifRule, junit, sarif
from xlcalc.files import write_file
from xlcalc.runs.config import ReportConfig
from xlcalc.runs.results import CHECK_FAILS, Result

FAILED_RUN = SarifRule(
    "failed-run", "error", "a run has no workbook", "Mend the row of the list, or the formula"
)
BROKEN_GUARD = SarifRule(
    "broken-guard",
    "error",
    "a result is not as its guard says",
    "Look at what moved the result, or change the guard of the configuration",
)
FAILED_CHECK = SarifRule(
    "failed-check",
    "error",
    "a check of the workbook fails",
    "Look at the sheet of checks of the run's workbook",
)
_TEXTS = {".csv", ".txt", ".tsv"}


class RunReports:
    """What CI is told of runs.

    Parameters
    ----------
    command : str
        The command, as "xlcalc report".
    junit_file, sarif_file : Path, optional
        The files to write.
    """

    def __init__(self, command: str, junit_file: Path | None, sarif_file: Path | None) -> None:
        self._command = command
        self._junit, self._sarif = junit_file, sarif_file
        self._cases: list[Reported] = []
        self._findings: list[Located] = []

    def add(self, config: ReportConfig, result: Result) -> None:
        """Take what became of a run."""
        if self._junit is not None:
            self._cases.append(_case(config, result))
        if self._sarif is not None and not result.ok:
            self._findings += _findings(config, result)

    def write(self) -> list[Path]:
        """Write the files that are asked for, and return them.

        Raises
        ------
        OutputError
            If one cannot be written.
        """
        made = []
        if self._junit is not None:
            write_file(self._junit, f"{junit(self._command, self._cases)}\n".encode())
            made.append(self._junit)
        if self._sarif is not None:
            write_file(self._sarif, f"{sarif(self._command, self._findings)}\n".encode())
            made.append(self._sarif)
        return made


def _case(config: ReportConfig, result: Result) -> Reported:
    if result.ok:
        return Reported(config.title, result.scenario)
    kind = "error" if result.failure else "failure"
    where = f"{config.scenarios_name}, row {result.row}"
    where += f', column "{result.column}"' if result.column else ""
    text = "\n".join([result.failure] if result.failure else result.broken)
    return Reported(config.title, result.scenario, kind, result.remark, f"{text}\n{where}")


def _findings(config: ReportConfig, result: Result) -> list[Located]:
    listed = config.scenarios_file
    file = str(listed or config.model.name)
    # A row of a workbook or of Parquet is no line.
    line = result.row if listed is not None and listed.suffix.lower() in _TEXTS else 0
    if result.failure:
        return [Located(FAILED_RUN, result.failure, file, result.scenario, line)]
    return [
        Located(
            FAILED_CHECK if sentence == CHECK_FAILS else BROKEN_GUARD,
            sentence,
            file,
            result.scenario,
            line,
        )
        for sentence in result.broken
    ]
