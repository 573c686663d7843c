"""How are the formulas of a workbook written for another host, while every other byte stays?

A function of ours has a name in each dialect: `TRAIN_FLOPS` for the xlwings add-ins,
`_xldudf_XLCALC_TRAIN_FLOPS` for an Office add-in, `XLC.TRAIN_FLOPS` for a LAMBDA in the workbook
itself. In `values` there are no formulas.
"""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from xlcalc.errors import DialectError, suggestion
from xlcalc.registry import BY_NAME
from xlcalc.trace import LOOKUPS, UntraceableError, lambda_text, lookup_names
from xlcalc.workbook.package import Package
from xlcalc.workbook.sheet import check_markup, drop_formulas
from xlcalc.worksheet import spec_of

DIALECTS = ("udf", "officejs", "lambda", "values")
NAMESPACE = "XLCALC"
LAMBDA_PREFIX = "XLC."
MAX_COMMENT = 255  # Excel's limit for the comment of a name

_NAMES = "|".join(sorted(BY_NAME, key=len, reverse=True))
# Texts and quoted sheet names are passed over; a name counts only where it is called.
_TOKEN = re.compile(
    rb"\"(?:[^\"]|\"\")*\"|&quot;(?:(?!&quot;).)*&quot;|'(?:[^']|'')*'|&apos;(?:(?!&apos;).)*&apos;"
    rb"|(?<![\w.])((?:XLC\.|_xldudf_\w+?_)?)(" + _NAMES.encode() + rb")(?=\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_FORMULA = re.compile(
    rb"(<(?:\w+:)?(f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula)\b[^>]*>)"
    rb"([^<]+)(?=</)"
)
_DEFINED_NAME = re.compile(rb"<((?:\w+:)?)definedName\b([^>]*)>([^<]*)</\1definedName\s*>")
_NAME = re.compile(rb"\bname\s*=\s*[\"']([^\"']*)")
_DEFINED_NAMES_END = re.compile(rb"</((?:\w+:)?)definedNames\s*>")
_EMPTY_NAMES = re.compile(rb"<(?:\w+:)?definedNames\s*>\s*</(?:\w+:)?definedNames\s*>")
# What the schema puts behind the defined names.
_AFTER_NAMES = re.compile(
    rb"<((?:\w+:)?)(?:calcPr|oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes"
    rb"|webPublishing|fileRecoveryPr|webPublishObjects|extLst)\b|</((?:\w+:)?)workbook\s*>"
)


@dataclass(frozen=True)
class Conversion:
    """A converted workbook: the file, the functions that it calls, and what stays as it was."""

    data: bytes
    functions: tuple[str, ...]
    remarks: tuple[str, ...]


def convert(data: bytes, name: str, dialect: str, namespace: str | None = None) -> Conversion:
    """Write the calls of our functions in another dialect; cached values stay.

    Parameters
    ----------
    data : bytes
        An xlsx file in any dialect.
    name : str
        What to call the file in a sentence.
    dialect : str
        "udf", "officejs", "lambda" or "values".
    namespace : str, optional
        Namespace of the Office add-in; XLCALC if left out.

    Raises
    ------
    DialectError
        If the dialect is unknown, or a function has no form in it.
    """
    if dialect not in DIALECTS:
        raise DialectError(f'there is no dialect "{dialect}"{suggestion(dialect, DIALECTS)}')
    namespace = NAMESPACE if namespace is None else namespace
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", namespace):
        raise DialectError(f'a namespace is letters and digits, got "{namespace}"')
    package = Package(data, name)
    calls = _Calls({"officejs": f"_xldudf_{namespace.upper()}_", "lambda": "XLC."}.get(dialect, ""))
    remarks = []
    for sheet, part in package.sheets.items():
        check_markup(package.part(part), sheet)
        if dialect == "values":
            package.replace(part, drop_formulas(package.part(part)))
            left = _Calls("")
            left.rename_in(package.part(part))
            if left.found:
                functions = ", ".join(sorted(left.found))
                remarks.append(f"rules of the sheet {sheet} still call {functions}")
        else:
            package.replace(part, calls.rename_in(package.part(part)))
    for part in package.names():
        if part.startswith("xl/tables/") and dialect != "values":
            package.replace(part, calls.rename_in(package.part(part)))
    workbook, kept = _without_lambdas(package.part(package.workbook_part), calls, dialect)
    remarks += kept
    if dialect == "lambda":
        workbook = _with_lambdas(workbook, name, sorted(calls.found))
    package.replace(package.workbook_part, workbook)
    if dialect == "values":
        package.drop_calculation_chain()
    return Conversion(package.to_bytes(), tuple(sorted(calls.found)), tuple(remarks))


class _Calls:
    """Gives the calls of our functions another prefix, and remembers which it met."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix.encode()
        self.found: set[str] = set()

    def rename_in(self, data: bytes) -> bytes:
        """Rename the calls in every formula of a part."""
        return _FORMULA.sub(lambda element: element[1] + self.rename(element[3]), data)

    def rename(self, formula: bytes) -> bytes:
        """Rename the calls in one formula."""
        return _TOKEN.sub(self._token, formula)

    def _token(self, token: re.Match[bytes]) -> bytes:
        if token[2] is None:
            return token[0]
        self.found.add(token[2].decode().upper())
        return self.prefix + token[2].upper()


def _without_lambdas(data: bytes, calls: _Calls, dialect: str) -> tuple[bytes, list[str]]:
    """Return the workbook part without our LAMBDA names, its other names converted."""
    remarks = []

    def kept(element: re.Match[bytes]) -> bytes:
        found = _NAME.search(element[2])
        name = found[1].decode() if found else ""
        if name.upper().removeprefix(LAMBDA_PREFIX) in BY_NAME and name.upper().startswith(
            LAMBDA_PREFIX
        ):
            return b""
        if dialect == "values":
            left = _Calls("")
            left.rename(element[3])
            if left.found:
                remarks.append(f"the name {name} still calls {', '.join(sorted(left.found))}")
            return element[0]
        start, end = (element.start(3) - element.start(), element.end(3) - element.start())
        return element[0][:start] + calls.rename(element[3]) + element[0][end:]

    return _EMPTY_NAMES.sub(b"", _DEFINED_NAME.sub(kept, data)), remarks


def _with_lambdas(data: bytes, name: str, functions: list[str]) -> bytes:
    """Return the workbook part with a LAMBDA name for each function."""
    ranges = {found[1].decode().lower() for e in _DEFINED_NAME.finditer(data)
              for found in [_NAME.search(e[2])] if found}  # fmt: skip
    made = []
    for function in functions:
        spec = spec_of(BY_NAME[function])
        if function in LOOKUPS and not lookup_names(function) <= ranges:
            sheet = "Models" if function == "MODEL_SPEC" else "Catalogue"
            raise DialectError(
                f"{name} calls {function}, which without Python needs the sheet {sheet} of the "
                "template function_library with its names"
            )
        try:
            formula = lambda_text(spec, stored=True)
        except UntraceableError as error:
            raise DialectError(f"{name}: {error}") from None
        made.append((LAMBDA_PREFIX + function, spec.summary[:MAX_COMMENT], formula))
    if not made:
        return data
    end = _DEFINED_NAMES_END.search(data)
    place = end or _AFTER_NAMES.search(data)
    if place is None:
        raise DialectError(f"{name} has no end of its workbook part")
    prefix = (place[1] or b"").decode() or ("" if end or not place[2] else place[2].decode())
    names = "".join(
        f"<{prefix}definedName name={quoteattr(label)} comment={quoteattr(comment)}>"
        f"{escape(formula)}</{prefix}definedName>"
        for label, comment, formula in made
    )
    if not end:
        names = f"<{prefix}definedNames>{names}</{prefix}definedNames>"
    return data[: place.start()] + names.encode() + data[place.start() :]
