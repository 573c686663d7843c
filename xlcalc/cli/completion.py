"""What may a person mean who presses Tab in a shell?

Files of any name where a file belongs, and the names that xlcalc knows where such a one does:
templates, functions, catalogues, dialects and languages. Click gives the shell its script.
"""

from collections.abc import Callable, Iterable
from glob import escape, iglob

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _names(known: Callable[[], Iterable[str]]) -> Completer:
    """Return what completes names, which are asked for when Tab is pressed."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        small = begun.lower()
        return [CompletionItem(name) for name in known() if name.lower().startswith(small)]

    return complete


def _templates() -> Iterable[str]:
    from xlcalc.templates import TEMPLATES

    return TEMPLATES


def _functions() -> Iterable[str]:
    from xlcalc.registry import specs

    return [spec.name for spec in specs()]


def _catalogues() -> Iterable[str]:
    from xlcalc.catalogue import NAMES

    return NAMES


def _dialects() -> Iterable[str]:
    from xlcalc.dialects import DIALECTS

    return DIALECTS


def _languages() -> Iterable[str]:
    from xlcalc.templates import LANGUAGES

    return LANGUAGES


template_names = _names(_templates)
function_names = _names(_functions)
catalogue_names = _names(_catalogues)
dialect_names = _names(_dialects)
language_names = _names(_languages)


def workbooks(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Complete the name of a file, or of a template where no file begins so.

    A shell takes names from here or looks for files itself, and not both.
    """
    if next(iglob(f"{escape(begun)}*"), None) is None:
        return template_names(context, parameter, begun)
    return [CompletionItem(begun, type="file")]
