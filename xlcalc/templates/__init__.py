"""Which template workbooks are there, and how is one made?

A template is a module with a one-line docstring and a function `build` that returns an openpyxl
workbook on the worksheet functions. `TEMPLATES` lists them by hand.
"""

from types import ModuleType

from xlcalc.errors import TemplateNotFoundError, suggestion
from xlcalc.templates import function_library, training_budget
from xlcalc.workbook.dialects import convert
from xlcalc.workbook.layout import to_bytes
from xlcalc.workbook.model import WorkbookModel

TEMPLATES: dict[str, ModuleType] = {
    "training_budget": training_budget,
    "function_library": function_library,
}
"""The templates by name."""
PORTABLE_ONLY = frozenset({"function_library"})
"""Templates whose purpose is the LAMBDA names that they carry."""


def summary(name: str) -> str:
    """Return what a template is for, in one line."""
    return (_module(name).__doc__ or "").partition("\n")[0]


def default_dialect(name: str) -> str:
    """Return the dialect in which a template is made if nothing else is asked for."""
    return "lambda" if name in PORTABLE_ONLY else "udf"


def build(name: str, dialect: str | None = None, namespace: str | None = None) -> bytes:
    """Return a template as an xlsx file with the cached values of all its formulas.

    Parameters
    ----------
    name : str
        Name of the template.
    dialect : str, optional
        "udf", "officejs", "lambda" or "values"; the template's own if left out.
    namespace : str, optional
        Namespace of the Office add-in, for the dialect "officejs"; XLCALC if left out.
    """
    authored = to_bytes(_module(name).build())
    calculated = WorkbookModel(authored, f"{name}.xlsx").recalculated()
    chosen = default_dialect(name) if dialect is None else dialect
    if chosen == "udf":
        return calculated
    return convert(calculated, f"the template {name}", chosen, namespace).data


def _module(name: str) -> ModuleType:
    if name in TEMPLATES:
        return TEMPLATES[name]
    hint = suggestion(name, TEMPLATES) or f"; there are: {', '.join(TEMPLATES)}"
    raise TemplateNotFoundError(f'there is no template "{name}"{hint}')
