"""Which template workbooks are there, and how is one made?

A template is a module with a one-line docstring and a function `build` that returns an openpyxl
workbook on the worksheet functions. `TEMPLATES` lists them by hand.
"""

from types import ModuleType

from xlcalc.errors import TemplateNotFoundError, suggestion
from xlcalc.templates import training_budget
from xlcalc.workbook.layout import to_bytes
from xlcalc.workbook.model import WorkbookModel

TEMPLATES: dict[str, ModuleType] = {"training_budget": training_budget}
"""The templates by name."""


def summary(name: str) -> str:
    """Return what a template is for, in one line."""
    return (_module(name).__doc__ or "").partition("\n")[0]


def build(name: str) -> bytes:
    """Return a template as an xlsx file with the cached values of all its formulas."""
    workbook = _module(name).build()
    return WorkbookModel(to_bytes(workbook), f"{name}.xlsx").recalculated()


def _module(name: str) -> ModuleType:
    if name in TEMPLATES:
        return TEMPLATES[name]
    hint = suggestion(name, TEMPLATES) or f"; there are: {', '.join(TEMPLATES)}"
    raise TemplateNotFoundError(f'there is no template "{name}"{hint}')
