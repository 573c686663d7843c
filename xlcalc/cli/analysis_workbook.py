"""How is the answer to a question written as a workbook, and how was it asked?"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from xlcalc.cli.options import FILE
from xlcalc.errors import OutputError

if TYPE_CHECKING:
    from xlcalc.analysis_sheets import Answer
    from xlcalc.workbook import Workbook

workbook_option = click.option(
    "-o",
    "target",
    metavar="FILE",
    type=FILE,
    help="Write the workbook with the answer on a sheet of its own, with a chart.",
)
_HOW = {"target", "force", "as_json"}
"""Parameters that say where an answer goes, and not what is asked."""


def write_answer(
    target: Path | None,
    book: "Workbook",
    found: "Answer",
    *,
    seed: int | None = None,
    other: "Workbook | None" = None,
) -> None:
    """Write a workbook with the answer on a sheet of its own, and say so beside the answer.

    Parameters
    ----------
    target : Path or None
        The file; nothing is written where there is none.
    book : Workbook
        The workbook that was asked.
    found : Answer
        What was found.
    seed : int, optional
        Of what was drawn at random.
    other : Workbook, optional
        The old workbook, where two were compared.

    Raises
    ------
    OutputError
        If it cannot be written, or its name has not the ending of such a workbook.
    """
    if target is None:
        return
    from xlcalc.analysis_sheets import Asked, to_workbook
    from xlcalc.files import write_file

    kind = ".xlsm" if book.has_macros else ".xlsx"
    if target.suffix.lower() != kind:
        raise OutputError(f"{target} must end in {kind}, the ending of such a workbook")
    data, tab = to_workbook(book, found, Asked(_words(), seed, other))
    write_file(target, data)
    click.echo(f'wrote {target}, with the sheet "{tab}"', err=True)


def _words() -> str:
    """Return the command as it was given, but for the folders of files and for what it writes."""
    context = click.get_current_context()
    words = ["xlcalc", str(context.info_name)]
    for parameter in context.command.params:
        name = str(parameter.name)
        given = context.get_parameter_source(name) is not ParameterSource.DEFAULT
        if name in _HOW or not given or name not in context.params:
            continue
        value = context.params[name]
        for one in value if isinstance(value, tuple) else (value,):
            if one is None:
                continue
            if isinstance(parameter, click.Option):
                words.append(max(parameter.opts, key=len))
            words.append(_word(one, is_file=isinstance(parameter, click.Argument)))
    return " ".join(words)


def _word(value: Any, *, is_file: bool) -> str:
    text = Path(value).name if is_file or isinstance(value, Path) else str(value)
    return shlex.quote(text)
