"""How are the formulas of a workbook written for another host, while every other byte stays?

A function of ours has a name in each dialect: `TRAIN_FLOPS` for the xlwings add-ins,
`_xldudf_XLCALC_TRAIN_FLOPS` for an Office add-in, `XLC.TRAIN_FLOPS` for a LAMBDA in the workbook
itself. In `native` plain formulas stand in the place of calls (`xlcalc.native`). In `values` there
are no formulas, and the workbook says so (`values_copy`).
"""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from html import unescape

from xlcalc.calc.engine import LAMBDA_PREFIX, OFFICE_PREFIX
from xlcalc.errors import DialectError, WorkbookError, suggestion
from xlcalc.formula_text import scanner
from xlcalc.lambdas import LOOKUPS, lambda_text, lookup_names
from xlcalc.native.conversion import to_native
from xlcalc.native.way_back import from_native
from xlcalc.ooxml.edits import drop_formulas
from xlcalc.ooxml.literals import attribute_xml, formula_xml
from xlcalc.ooxml.markup import Position, attributes_of, cell_name
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, check_markup, formula_cells
from xlcalc.registry import BY_NAME, current_name
from xlcalc.renames import renamed
from xlcalc.terms import MAX_LENGTH, NoLambdaFormError
from xlcalc.values_copy import mark_copy
from xlcalc.worksheet import spec_of

DIALECTS = ("udf", "officejs", "lambda", "native", "values")
NAMESPACE = "XLCALC"
MAX_RULE = 255  # Excel's limit for the formula of a data validation
MAX_COMMENT = 255  # Excel's limit for the comment of a name

_XLC = re.escape(LAMBDA_PREFIX)
_NAMES = "|".join(sorted(BY_NAME, key=len, reverse=True))
# A name counts where it is called, and the name of a LAMBDA also where it is handed to another
# function.
_TOKEN = scanner(
    rf"(?<![\w.])((?:{_XLC}|{OFFICE_PREFIX})?)({_NAMES})(?=\s*\()"
    rf"|(?<![\w.]){_XLC}({_NAMES})(?![\w.]|\s*\()"
)
_FORMULA = re.compile(
    rb"(<(?:\w+:)?(f|formula|formula1|formula2|calculatedColumnFormula|totalsRowFormula)\b[^>]*>)"
    rb"([^<]+)(?=</)"
)
_THRESHOLD = re.compile(rb"(<(?:\w+:)?(cfvo)\b[^>]*\sval=\")([^\"]+)(?=\")")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_DEFINED_NAME = re.compile(rb"<((?:\w+:)?)definedName\b([^>]*)>([^<]*)</\1definedName\s*>")
# The parameters of our LAMBDAs end in an underscore. LibreOffice saves them in small letters.
_OUR_LAMBDA = re.compile(rb"_xlfn\.LAMBDA\(_xl(?:pm|op)\.\w+_,", re.IGNORECASE)
_DEFINED_NAMES_END = re.compile(rb"</((?:\w+:)?)definedNames\s*>")
_EMPTY_NAMES = re.compile(
    rb"<(?:\w+:)?definedNames\s*(?:/>|>\s*</(?:\w+:)?definedNames\s*>)",
)
_SHEETS_END = re.compile(rb"</(?:\w+:)?sheets\s*>")
# What the schema puts behind the defined names.
_AFTER_NAMES = re.compile(
    rb"<((?:\w+:)?)(?:calcPr|oleSize|customWorkbookViews|pivotCaches|smartTagPr|smartTagTypes"
    rb"|webPublishing|fileRecoveryPr|webPublishObjects|extLst)\b|</((?:\w+:)?)workbook\s*>"
)


@dataclass(frozen=True)
class Form:
    """In which form a workbook is written: for which host, and in which language.

    What is None is left to whoever makes the workbook.

    Attributes
    ----------
    dialect : str, optional
        "udf", "officejs", "lambda", "native" or "values".
    namespace : str, optional
        Namespace of the Office add-in, for "officejs".
    language : str, optional
        "en" or "zh", the language of a template's labels.
    """

    dialect: str | None = None
    namespace: str | None = None
    language: str | None = None

    def over(self, other: "Form") -> "Form":
        """Return this form, with another's choices where it has none."""
        return Form(
            *(
                mine if mine is not None else theirs
                for mine, theirs in zip(
                    (self.dialect, self.namespace, self.language),
                    (other.dialect, other.namespace, other.language),
                    strict=True,
                )
            )
        )


@dataclass(frozen=True)
class Conversion:
    """A converted workbook.

    Attributes
    ----------
    package : Package
        The workbook.
    functions : tuple of str
        The functions of ours that it calls.
    remarks : tuple of str
        What stays as it was, and which functions are called by another name now, a sentence each.
    """

    package: Package
    functions: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def data(self) -> bytes:
        """The file."""
        return self.package.to_bytes()


def convert(data: bytes, name: str, dialect: str, namespace: str | None = None) -> Conversion:
    """Write the calls of our functions in another dialect; cached values stay.

    Parameters
    ----------
    data : bytes
        An xlsx file in any dialect.
    name : str
        What to call the file in a sentence.
    dialect : str
        "udf", "officejs", "lambda", "native" or "values".
    namespace : str, optional
        Namespace of the Office add-in; XLCALC if left out.

    Raises
    ------
    DialectError
        If the dialect is unknown, or a function has no form in it.
    """
    return convert_package(Package(data, name), dialect, namespace)


def convert_package(package: Package, dialect: str, namespace: str | None = None) -> Conversion:
    """Write the calls of our functions in another dialect, in a copy of a package.

    Parameters, errors and result are those of `convert`.
    """
    if dialect not in DIALECTS:
        hint = suggestion(dialect, DIALECTS) or f"; there are {', '.join(DIALECTS)}"
        raise DialectError(f'there is no dialect "{dialect}"{hint}')
    namespace = NAMESPACE if namespace is None else namespace
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", namespace):
        raise DialectError(f'a namespace is a letter, then letters and digits, got "{namespace}"')
    try:
        package = package.copy()
        check_markup(package.part(package.workbook_part), package.workbook_part)
        for sheet, part in package.sheets.items():
            check_markup(package.part(part), f"the sheet {sheet}")
        plain = from_native(package)
        if dialect == "values":
            made = _to_values(package)
        elif dialect == "native":
            made = _to_native(package)
        else:
            made = _to_host(package, dialect, namespace)
        return replace(made, remarks=(*plain, *made.remarks)) if plain else made
    except (ValueError, OverflowError) as error:
        raise WorkbookError(f"{package.name} is damaged: {error}") from None


def _to_host(package: Package, dialect: str, namespace: str) -> Conversion:
    """Write the calls as the host of a dialect reads them."""
    prefixes = {"officejs": f"_xldudf_{namespace.upper()}_", "lambda": LAMBDA_PREFIX}
    calls = _Calls(prefixes.get(dialect, ""))
    for part in (*package.sheets.values(), *_other_parts(package)):
        package.replace(part, calls.rename_in(package.part(part)))
    workbook = _renamed_names(package.part(package.workbook_part), package.name, calls)
    workbook = _without_lambdas(workbook, keep=calls.handed_on)
    if dialect == "lambda":
        workbook = _with_lambdas(workbook, package.name, sorted(calls.found))
    package.replace(package.workbook_part, workbook)
    remarks = [
        f"{function} stays a LAMBDA name, because it is handed to another function"
        for function in sorted(calls.handed_on)
    ]
    remarks += [renamed(spec_of(BY_NAME[name])) for name in sorted(calls.renamed)]
    return Conversion(package, tuple(sorted(calls.found)), tuple(remarks))


def _to_native(package: Package) -> Conversion:
    """Write the calls as plain formulas; a call that no cell makes has no plain form."""
    converted = _to_host(package, "udf", NAMESPACE)
    to_native(package)
    left = _Calls(None)
    found = [
        remark
        for sheet, part in package.sheets.items()
        for remark in left.remarks(package.part(part), f"a rule of the sheet {sheet}")
    ]
    for part in _other_parts(package):
        found += left.remarks(package.part(part), f"a formula of {part}")
    for attributes, text in _names(package.part(package.workbook_part)):
        found += left.remarks_of(text, f"the name {attributes.get('name', '')}")
    if found:
        said = found[0].replace(": still calls", " calls")
        raise DialectError(f"{package.name}: {said}, and only cells can have plain formulas")
    return converted


def _to_values(package: Package) -> Conversion:
    """Put the values in the place of the formulas; rules, tables and names keep theirs."""
    left = _Calls(None)
    remarks: list[str] = []
    for sheet, part in package.sheets.items():
        cells = formula_cells(package.part(part))
        _refuse_without_values(cells, sheet, package.name)
        package.replace(part, drop_formulas(package.part(part), cells))
        remarks += left.remarks(package.part(part), f"a rule of the sheet {sheet}")
    for part in _other_parts(package):
        remarks += left.remarks(package.part(part), f"a formula of {part}")
    workbook = package.part(package.workbook_part)
    for attributes, text in _names(workbook):
        if not _is_ours(attributes, text):
            remarks += left.remarks_of(text, f"the name {attributes.get('name', '')}")
    package.replace(package.workbook_part, _without_lambdas(workbook, keep=left.found))
    package.drop_calculation_chain()
    mark_copy(package)
    return Conversion(package, (), tuple(remarks))


def _other_parts(package: Package) -> list[str]:
    """Return the tables and charts, which have formulas of their own."""
    folders = ("xl/tables/", "xl/charts/")
    return [part for part in package.names() if part.startswith(folders) and part.endswith(".xml")]


def _refuse_without_values(cells: Mapping[Position, FormulaCell], sheet: str, name: str) -> None:
    for position, cell in cells.items():
        if cell.value is None and cell.kind != "spill":
            raise DialectError(
                f"{name} has no value yet in {sheet}!{cell_name(position)}: calculate it with "
                "xlcalc recalc first"
            )


class _Calls:
    """Gives the calls of our functions another prefix, and remembers which it met.

    A call by an earlier name gets the name of now. Without a prefix it only looks.
    """

    def __init__(self, prefix: str | None) -> None:
        self.prefix = prefix
        self.found: set[str] = set()
        self.handed_on: set[str] = set()
        self.renamed: set[str] = set()

    def rename_in(self, data: bytes) -> bytes:
        """Rename the calls in every formula of a part."""
        return _THRESHOLD.sub(self._element, _FORMULA.sub(self._element, data))

    def rename(self, formula: bytes) -> bytes:
        """Rename the calls in one formula."""
        text = formula.decode()
        if "&#" in text:
            text = _REFERENCE.sub(_character, text)
            renamed = _TOKEN.sub(self._token, text)
            return formula if renamed == text else renamed.encode()
        return _TOKEN.sub(self._token, text).encode()

    def remarks(self, data: bytes, where: str) -> list[str]:
        """Return what still calls our functions in a part."""
        formulas = [*_FORMULA.finditer(data), *_THRESHOLD.finditer(data)]
        return self.remarks_of(b",".join(element[3] for element in formulas), where)

    def remarks_of(self, formula: bytes, where: str) -> list[str]:
        """Return what still calls our functions in a formula."""
        here = _Calls(None)
        here.rename(formula)
        self.found |= here.found
        return [f"{where}: still calls {', '.join(sorted(here.found))}"] if here.found else []

    def _element(self, element: re.Match[bytes]) -> bytes:
        renamed = self.rename(element[3])
        limit = MAX_RULE if element[2] in {b"formula1", b"formula2"} else MAX_LENGTH
        length = len(unescape(renamed.decode()))
        if renamed != element[3] and length > limit:
            raise DialectError(
                f"a formula would be {length} characters long, of which Excel takes {limit}: "
                f"{renamed.decode()[:60]}…"
            )
        return element[1] + renamed

    def _token(self, token: re.Match[str]) -> str:
        written = (token[2] or token[3] or "").upper()
        if not written:
            return token[0]
        if token[3] and self.prefix not in {None, LAMBDA_PREFIX}:
            self.handed_on.add(written)
            return token[0]
        name = current_name(written)
        if self.prefix is None or (name == written and token[3]):
            self.found.add(written)
            return token[0]
        self.found.add(name)
        if name != written:
            self.renamed.add(written)
        return self.prefix + name


def _character(reference: re.Match[str]) -> str:
    return formula_xml(unescape(reference[0]))


def _names(data: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    """Yield the attributes and the text of each defined name."""
    for element in _DEFINED_NAME.finditer(data):
        yield attributes_of(element[2]), element[3]


def _function_of(attributes: Mapping[str, str]) -> str | None:
    """Return the function that a LAMBDA name of ours would be of."""
    upper = attributes.get("name", "").upper()
    function = upper.removeprefix(LAMBDA_PREFIX)
    return function if function != upper and function in BY_NAME else None


def _is_ours(attributes: Mapping[str, str], text: bytes) -> bool:
    named = _function_of(attributes) is not None and "localSheetId" not in attributes
    return named and _OUR_LAMBDA.match(text) is not None


def _renamed_names(data: bytes, name: str, calls: _Calls) -> bytes:
    """Return the workbook part with the calls inside its names renamed."""

    def renamed(element: re.Match[bytes]) -> bytes:
        attributes = attributes_of(element[2])
        if _is_ours(attributes, element[3]):
            return element[0]
        if _function_of(attributes):
            raise DialectError(
                f"{name} has a name {attributes['name']} of its own; give that another name"
            )
        start, end = element.start(3) - element.start(), element.end(3) - element.start()
        return element[0][:start] + calls.rename(element[3]) + element[0][end:]

    return _DEFINED_NAME.sub(renamed, data)


def _without_lambdas(data: bytes, keep: Set[str]) -> bytes:
    """Return the workbook part without our LAMBDA names, but for those that are still called."""

    def kept(element: re.Match[bytes]) -> bytes:
        attributes = attributes_of(element[2])
        drop = _is_ours(attributes, element[3]) and _function_of(attributes) not in keep
        return b"" if drop else element[0]

    shorter = _DEFINED_NAME.sub(kept, data)
    return data if shorter == data else _EMPTY_NAMES.sub(b"", shorter)


def _with_lambdas(data: bytes, name: str, functions: list[str]) -> bytes:
    """Return the workbook part with a LAMBDA name for each function."""
    ranges = {attributes.get("name", "").lower() for attributes, _ in _names(data)}
    made = []
    for function in functions:
        spec = spec_of(BY_NAME[function])
        if function in LOOKUPS and not lookup_names(function) <= ranges:
            sheet = "Models" if function == "MODEL_SPEC" else "Catalogue"
            raise DialectError(
                f"{name} calls {function}, which without Python needs the sheet {sheet} of the "
                "template function_library with its names; the dialect udf keeps the call"
            )
        try:
            formula = lambda_text(spec, stored=True)
        except NoLambdaFormError as error:
            raise DialectError(f"{name}: {error}; the dialect udf keeps the call") from None
        made.append((LAMBDA_PREFIX + function, spec.summary[:MAX_COMMENT], formula))
    if not made:
        return data
    data = _EMPTY_NAMES.sub(b"", data)
    end = _DEFINED_NAMES_END.search(data)
    sheets = _SHEETS_END.search(data)
    place = end or _AFTER_NAMES.search(data, sheets.end() if sheets else 0)
    if place is None:
        raise DialectError(f"{name} has no end of its workbook part")
    prefix = (place[1] or b"").decode() or ("" if end or not place[2] else place[2].decode())
    names = "".join(
        f"<{prefix}definedName name={attribute_xml(label)} comment={attribute_xml(comment)}>"
        f"{formula_xml(formula)}</{prefix}definedName>"
        for label, comment, formula in made
    )
    if not end:
        names = f"<{prefix}definedNames>{names}</{prefix}definedNames>"
    return data[: place.start()] + names.encode() + data[place.start() :]
