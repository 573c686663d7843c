"""How do the functions come into a workbook as LAMBDAs, by way of Excel Labs?

As the text of a module of its Advanced Formula Environment: an entry for each function. The name of
the module goes before the names of its functions, so a module XLC gives `XLC.TRAIN_FLOPS`. The
add-in takes neither tabs nor carriage returns.
"""

from collections.abc import Sequence
from itertools import groupby

from xlcalc._version import __version__
from xlcalc.lambdas import LOOKUPS, lambda_text, why_no_lambda
from xlcalc.worksheet import Spec, function_help

PREFIX = "XLC"
"""Name of the module, and what stands before the names of its functions."""

_HEAD = """\
// The functions of xlcalc {version} for Excel Labs. Made by: xlcalc excel names
// Name the module {prefix}: a cell calls {prefix}.TRAIN_FLOPS(7E9,1.4E12), as the workbooks do.
//
// Left out, because they read the sheets Catalogue and Models of the workbook function_library;
// copy these sheets into your workbook, and the functions come along:
// {lookups}
//
// Left out, because they cannot go without Python:
// {untraceable}
"""


def names_module(specs: Sequence[Spec]) -> str:
    """Return the functions as the text of a module.

    Parameters
    ----------
    specs : sequence of Spec
        The functions. Look-ups and those that are no LAMBDA are named at the head and left out.
    """
    head = _HEAD.format(
        version=__version__,
        prefix=PREFIX,
        lookups=_listed([spec for spec in specs if spec.name in LOOKUPS]),
        untraceable=_listed([spec for spec in specs if why_no_lambda(spec)]),
    )
    body = "".join(
        f"\n// {topic}\n{''.join(map(_entry, group))}"
        for topic, group in groupby(portable(specs), key=lambda spec: spec.topic)
    )
    return head + body


def portable(specs: Sequence[Spec]) -> list[Spec]:
    """Return the functions that are a LAMBDA which reads no sheet."""
    return [spec for spec in specs if spec.name not in LOOKUPS and not why_no_lambda(spec)]


def _listed(specs: list[Spec]) -> str:
    return ", ".join(spec.name for spec in specs) or "none"


def _entry(spec: Spec) -> str:
    # The Name Manager shows a comment of two stars; its end must not stand inside.
    comment = function_help(spec).replace("*/", "* /")
    return f"\n/** {comment} */\n{spec.name} = {lambda_text(spec)};\n"
