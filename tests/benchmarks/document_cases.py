"""Cases of LibreOffice's own documents: a formula in column A, its value in B, the check in C.

`document_suites(folder, scratch)` reads `libreoffice/` of a folder and all folders in it: documents
as LibreOffice's source has them in `sc/qa/unit/data/functions` (.fods, which LibreOffice converts),
and others that were converted before (.xlsx). Left out are rows whose check does not hold in
LibreOffice itself or says nothing of A and B, functions that Excel does not have, and calls such as
ABS() with a number of arguments that Excel does not take. The values are what LibreOffice's
developers expect, and need not be Excel's.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.cell_values import CellFailure, Key, Value
from tests.benchmarks.changed_files import without_cells
from tests.benchmarks.libreoffice import converted, version
from tests.benchmarks.references import References
from tests.benchmarks.stored_values import Cell, Stored, read
from tests.benchmarks.suite_cases import ANY_ERROR, Case, WorkbookSuite
from xlcalc.calc.arguments import wrong_call

SUITE = "libreoffice"
_SECONDS = 120.0
_NOISE = re.compile(r"Sheet\d+!|\$|\s|_xlfn\.(?:ORG\.LIBREOFFICE\.)?")
_EQUAL = re.compile(r"(?P<f>ROUND(?:SIG)?)?\(?A(?P<row>\d+)(?:,(?P<n>\d+))?\)?=.*?B(?P=row)\b.*")
_TURNED = re.compile(r"B(?P<row>\d+)=A(?P=row)")
_ERROR = re.compile(r"(?:IF\()?(?P<f>ISERROR|ISERR|ISNA)\(A(?P<row>\d+)\)(?:,1,0\))?")
_NOT_EXCELS = re.compile(r"\b(?:ORG\.(?:LIBREOFFICE|OPENOFFICE)|COM\.SUN)\.")
_EXACT = 1e-9


def document_suites(folder: Path, scratch: Path) -> Iterator[WorkbookSuite]:
    """Give the suites of a folder's documents, in one order.

    Parameters
    ----------
    folder : Path
        The folder that has `libreoffice/`.
    scratch : Path
        An empty folder for converted documents.
    """
    root = folder / SUITE
    documents = sorted(root.rglob("*.fods"))
    if documents and not version():
        print(f"{len(documents)} documents need LibreOffice and are left out", file=sys.stderr)
        documents = []
    for path, made in zip(documents, converted(documents, scratch, _SECONDS), strict=True):
        if made.file is None:
            print(f"{path.name} is left out: {made.why}", file=sys.stderr)
        else:
            yield document_suite(path.relative_to(root), made.file.read_bytes())
    for path in sorted(root.rglob("*.xlsx")):
        yield document_suite(path.relative_to(root), path.read_bytes())


def document_suite(path: Path, data: bytes) -> WorkbookSuite:
    """Return the suite of a document.

    Parameters
    ----------
    path : Path
        Where it stands in the folder; its name is that of the function.
    data : bytes
        The document as xlsx.
    """
    stored = read(data)
    references = References(stored)
    cases = []
    for key, cell in references.formulas.items():
        beside = key._replace(column=2), key._replace(column=3)
        check = references.formulas.get(beside[1])
        if key.column != 1 or cell.kind == "spill" or check is None or check.kind == "spill":
            continue
        formula = references.text(key)
        found = wanted(key.row, references.text(beside[1]), cell, stored.cells.get(beside[0]))
        if found is None or not check.value or _not_excels(formula):
            continue
        value, absolute, relative = found
        place = f"{path.with_suffix('').as_posix()}/{key}"
        function, text = path.stem.upper(), f"={formula}"
        cases.append(Case(SUITE, place, function, text, (key,), (value,), absolute, relative))
    left = without_cells(data, stored, _gone(stored, cases))
    return WorkbookSuite(f"{SUITE}/{path.name}", left, cases)


def _not_excels(formula: str) -> bool:
    """Whether Excel does not take a formula."""
    return _NOT_EXCELS.search(formula) is not None or wrong_call(formula) is not None


def _gone(stored: Stored, cases: Sequence[Case]) -> list[Key]:
    """Return the formulas without which the cases can be asked, and for which a file is refused."""
    asked = {case.cells[0] for case in cases}
    return [
        key
        for key, cell in stored.cells.items()
        if cell.kind
        and (
            (key.column == 1 and key not in asked)
            or (key.column == 3 and key._replace(column=1) in stored.cells)
            or "FORMULATEXT(" in cell.text
        )
    ]


def wanted(
    row: int, check: str, formula: Cell, expected: Cell | None
) -> tuple[Value, float, float] | None:
    """Return the value that a check wants of column A, with its absolute and relative tolerance.

    Parameters
    ----------
    row : int
        The row of all three.
    check : str
        The formula of column C.
    formula, expected : Cell
        The cells of columns A and B.

    Returns
    -------
    (Value, float, float) or None
        None for a check that says nothing of A and B in its row.
    """
    text = _NOISE.sub("", check).removeprefix("(")
    error = _ERROR.fullmatch(text)
    if error is not None and int(error["row"]) == row:
        if error["f"] == "ISNA":
            return CellFailure("#N/A"), 0.0, 0.0
        # Not knowing a function must make no engine right, unless nobody knows it.
        unknown = isinstance(formula.value, CellFailure) and formula.value.code == "#NAME?"
        return formula.value if unknown else ANY_ERROR, 0.0, 0.0
    equal = _EQUAL.fullmatch(text) or _TURNED.fullmatch(text)
    if equal is None or int(equal["row"]) != row or expected is None:
        return None
    if expected.value is None or isinstance(expected.value, CellFailure):
        return None
    digits = equal.groupdict().get("n")
    if digits is None:
        return expected.value, 0.0, _EXACT
    # Values that round alike are less than a unit of the last digit apart.
    if equal["f"] == "ROUNDSIG":
        return expected.value, 0.0, 10.0 ** (1 - int(digits))
    return expected.value, 10.0 ** -int(digits), 0.0
