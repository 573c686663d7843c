"""The worksheet functions as Excel sees them, through xlwings.

This is the module that xlwings loads: as `UDF Modules` of the Windows add-in, from
`custom_functions/__init__.py` of xlwings Server, or by `from xlcalc_udfs import *` in the
`main.py` of xlwings Lite. Nothing is declared here: names, help and arguments come from the
registry, and `xlcalc.cells` converts arguments and turns failures into cell errors.

xlwings Server and xlwings Lite speak Office.js. There choices have drop-downs, the functions of
`xlcalc.office_cards` return cards, results may bring their number formats, and what arrives goes
through `xlcalc.office_values`, which knows errors and data types that xlwings does not. What comes
from Excel on Windows goes through `xlcalc.com_values`.
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

import xlwings as xw

from xlcalc.cells import call_function
from xlcalc.com_values import from_com, to_com
from xlcalc.office_cards import CARDS, call_card
from xlcalc.office_values import from_office, to_office
from xlcalc.quantities import Choice
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import Argument, Spec, argument_help, function_help, spec_of

if sys.platform == "win32":  # where xlwings writes VBA, which has reserved some names
    from xlcalc.vba_words import usable
else:

    def usable(name: str, function: str) -> str:
        """Return the name of an argument as it is."""
        return name


OFFICE = xw.func.__module__ == "xlwings.pro.udfs_officejs"
"""Whether xlwings speaks to Excel through Office.js."""

_IN_LITE = sys.platform == "emscripten"
_BUILT_IN = {"PRICE": "GPU_PRICE"}
"""Names that Excel has itself, and ours where a host has no namespace to tell them apart."""


def exposed(
    *,
    sentences: bool = False,
    formats: bool = _IN_LITE,
    namespace: bool = not _IN_LITE,
    help_url: str = "",
) -> dict[str, Callable[..., Any]]:
    """Return what xlwings registers, by its name in Excel.

    Parameters
    ----------
    sentences : bool
        Hand errors over as objects with their sentence, to a client that knows what to do with it.
    formats : bool
        Hand numbers over with their number format, where Excel speaks Office.js.
    namespace : bool
        Whether Excel puts a namespace before the names.
    help_url : str
        Address of the help; the name of a function is put behind it.

    Returns
    -------
    dict
        The functions of the registry, and those with cards where Excel speaks Office.js.
    """
    found = {}
    for name, function in BY_NAME.items():
        spec = spec_of(function)
        udf = _function(function, spec, sentences, formats)
        found[name] = _register(udf, name, function_help(spec), spec.arguments, sentences, help_url)
    for card in CARDS if OFFICE else ():

        def cards(*cells: Any, card: Any = card) -> Any:
            given = [from_office(cell) for cell in cells]
            return call_card(card, given, sentences=sentences)

        name = card.name if namespace else _BUILT_IN.get(card.name, card.name)
        found[name] = _register(cards, name, card.summary, card.arguments, True, help_url)
    return found


def _function(
    function: Callable[..., Any], spec: Spec, sentences: bool, formats: bool
) -> Callable[..., Any]:
    """Return a function of the registry as one of what xlwings hands over."""
    if not OFFICE:
        return lambda *cells: to_com(call_function(function, [from_com(cell) for cell in cells]))
    number_format = spec.returns.number_format if formats else ""
    if number_format == "General":
        number_format = ""

    def udf(*cells: Any) -> Any:
        result = call_function(function, [from_office(cell) for cell in cells])
        if sentences or number_format:
            return to_office(result, sentences=sentences, number_format=number_format)
        return to_com(result)

    return udf


def _register(
    function: Callable[..., Any],
    name: str,
    text: str,
    arguments: Sequence[Argument],
    raw: bool,
    help_url: str,
) -> Callable[..., Any]:
    """Return a function with all that xlwings reads of it: name, signature, help and options."""

    def udf(*cells: Any) -> Any:
        return function(*cells)

    # The function has no annotations: xlwings would take the quantities for converters.
    udf.__name__ = udf.__qualname__ = name
    udf.__doc__ = text
    udf.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                usable(argument.name, name),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if argument.optional else inspect.Parameter.empty,
            )
            for argument in arguments
        ]
    )
    udf.__annotations__ = {}
    for argument in arguments:
        # A range as rows, and an error as its text: else xlwings hands over an empty cell for it.
        options = _office_options(name, argument) if OFFICE else {"ndim": 2, "err_to_str": True}
        udf = xw.arg(usable(argument.name, name), doc=argument_help(argument), **options)(udf)
    if OFFICE and raw:
        udf = xw.ret("raw")(udf)
    # The same cells give the same result for as long as the catalogue stays, so results are kept.
    link = {"help_url": f"{help_url}{name}"} if help_url else {}
    return xw.func(category="xlcalc", cache=True, **link)(udf)


def _office_options(function: str, argument: Argument) -> dict[str, Any]:
    """Return how xlwings hands over an argument that came through Office.js.

    As it came: its own conversion looks for Pyodide at every cell, and knows no data types.
    A choice becomes a drop-down. Excel then takes a single value there, and no range: Office.js
    offers suggestions for single values alone.
    """
    options: dict[str, Any] = {"convert": "raw"}
    if isinstance(argument.kind, Choice):
        choices = argument.kind.options
        options["enum"] = {
            "id": f"{function}.{argument.name}".upper(),
            "type": "string",
            "values": list(choices),
            "tooltips": dict(zip(choices, argument.kind.notes, strict=False)),
        }
    return options


_exposed = exposed()

__all__ = sorted(_exposed)

globals().update(_exposed)
