"""Which command mends a workbook that its reader could not calculate?

Each dialect that could is tried on a copy, and the first one that leaves no problem is told:
`lambda` for Excel 2024, 365 and on the web, else `native` where it exists, else `values`.
"""

from pathlib import PurePath

from xlcalc.dialects import DIALECTS, convert_package
from xlcalc.errors import UsageError
from xlcalc.hosts.doctor.excel_versions import VERSIONS
from xlcalc.hosts.doctor.workbook import Diagnosis, diagnose
from xlcalc.ooxml.package import Package

_ORDER = ("lambda", "native", "values")


def mending_command(package: Package, found: Diagnosis, reader: str | None = None) -> str | None:
    """Return the command that makes a workbook which its reader can calculate.

    Parameters
    ----------
    package : Package
        The workbook.
    found : Diagnosis
        What is wrong with it.
    reader : str, optional
        The version of Excel of a reader without add-ins; the newest if left out.

    Returns
    -------
    str or None
        A command for cmd.exe, PowerShell and sh; None where none helps, or none is needed.
    """
    wrong = {problem.kind for problem in found.problems}
    if not wrong and not found.add_in:
        return None
    excel = reader or VERSIONS[-1]
    for dialect in _ORDER:
        if dialect not in DIALECTS:
            continue
        if dialect == "values" and "shows_name_error" in wrong:
            continue  # it would keep what the cells show
        try:
            made = convert_package(package, dialect).package
        except UsageError:
            continue  # a function has no form in it, or a cell has no value
        if not diagnose(made, excel).problems:
            return _command(package.name, dialect)
    return None


def _command(name: str, dialect: str) -> str:
    path = PurePath(name)
    made = path.with_name(f"{path.stem}-{dialect}{path.suffix}")
    return f'xlcalc convert "{path}" --dialect {dialect} -o "{made}"'
