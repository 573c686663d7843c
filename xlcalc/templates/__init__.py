"""Which template workbooks are there, and how is one authored?

A template is a module with a one-line docstring and a function `build` that takes the texts of a
language and returns a book on the worksheet functions. `TEMPLATES` lists them by hand.
"""

from pathlib import Path
from typing import Protocol

from xlcalc.author.book import Book, Texts
from xlcalc.errors import TemplateNotFoundError, UsageError, suggestion
from xlcalc.files import read_csv
from xlcalc.templates import (
    claims_audit,
    compute_plan,
    context_and_experts,
    function_library,
    gpu_tco,
    inference_budget,
    model_landscape,
    multimodal_data,
    scaling_plan,
    training_budget,
)
from xlcalc.templates.parts.lines import refuse_unknown


class Template(Protocol):
    """A module that makes a template workbook."""

    __doc__: str | None

    def build(self, texts: Texts) -> Book:
        """Return the workbook in a language, its formulas not yet calculated."""


TEMPLATES: dict[str, Template] = {
    "training_budget": training_budget,
    "inference_budget": inference_budget,
    "multimodal_data": multimodal_data,
    "scaling_plan": scaling_plan,
    "model_landscape": model_landscape,
    "context_and_experts": context_and_experts,
    "gpu_tco": gpu_tco,
    "compute_plan": compute_plan,
    "claims_audit": claims_audit,
    "function_library": function_library,
}
"""The templates by name."""
PORTABLE_ONLY = frozenset({"function_library"})
"""Templates whose purpose is the LAMBDA names that they carry."""
LANGUAGES = ("en", "zh")
"""Languages of the labels; the templates are written in English, and a table translates them."""


def summary(name: str) -> str:
    """Return what a template is for, in one line."""
    return (_module(name).__doc__ or "").partition("\n")[0]


def texts(language: str) -> Texts:
    """Return the texts of a language.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise UsageError(f'there is no language "{language}"; there are: {known}')
    return Texts(None if language == "en" else read_table(language), language)


def read_table(language: str) -> dict[str, str]:
    """Return the table of texts of a language: English to what stands for it."""
    path = Path(__file__).parent / "texts" / f"{language}.csv"
    rows = read_csv(path, UsageError)[1:]
    return dict([cell.replace("\\n", "\n") for cell in cells] for _, cells in rows)


def author(name: str, language: str = "en") -> Book:
    """Return the book of a template, its formulas not yet calculated."""
    book = _module(name).build(texts(language))
    refuse_unknown(name, book.knows)
    book.settle()
    return book


def _module(name: str) -> Template:
    if name in TEMPLATES:
        return TEMPLATES[name]
    hint = suggestion(name, TEMPLATES) or f"; there are: {', '.join(TEMPLATES)}"
    raise TemplateNotFoundError(f'there is no template "{name}"{hint}')
