"""The command line: functions, formulas, templates, workbooks and reports without Excel.

`main` runs one command, which ends with a status of `status`. A failure that a person can mend is
one sentence on stderr.
A command's module is imported when the command is called, and what it calculates with is imported
inside of it, so that each command starts as fast as it can.
"""

import contextlib
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import click

from xlcalc._version import __version__
from xlcalc.cli import status, streams
from xlcalc.cli.lazy import LazyGroup
from xlcalc.cli.saying import guard_terminals, say
from xlcalc.errors import ContractError, DifferencesError, PluginWarning, UsageError

_MODULES = {
    "functions": "formulas",
    "eval": "formulas",
    "catalogue": "formulas",
    "template": "workbooks",
    "recalc": "recalc",
    "convert": "workbooks",
    "run": "workbooks",
    "evaluate": "evaluate",
    "contract": "contracts",
    "test": "cases",
    "compare": "analysis",
    "sensitivity": "analysis",
    "solve": "analysis",
    "simulate": "analysis",
    "report": "runs",
    "batch": "runs",
    "actuals": "actuals",
    "check": "check",
    "diff": "diff",
    "mcp": "agents",
    "pdf": "printing",
    "excel": "excel",
    "new-plugin": "plugins",
    "docs": "plugins",
}
"""Every command, in the order of the help, and the module that has it."""


LEAST_MEMORY = 0.25
"""Memory without which no command starts [GB]."""


def _use_functions(context: click.Context, option: click.Parameter, files: tuple[str, ...]) -> None:
    """Name files with functions to this process and all that it begins."""
    if not files or context.resilient_parsing:
        return
    for file in files:
        if not os.path.isfile(file):
            raise UsageError(f"there is no file {file}")
        if not file.endswith(".py"):
            raise UsageError(f"--functions takes Python files, whose names end in .py, got {file}")
        if os.pathsep in os.path.abspath(file):
            raise UsageError(f"the path of {file} has a {os.pathsep}, which parts several files")
    # Before anything knows the functions: a command's module is imported when all options are read.
    named = [os.path.abspath(file) for file in files]
    before = os.environ.get("XLCALC_FUNCTIONS", "")
    os.environ["XLCALC_FUNCTIONS"] = os.pathsep.join([*named, *filter(None, [before])])


def _show_version(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Show the version of xlcalc, and those of the engines that are installed."""
    if not asked or context.resilient_parsing:
        return
    from xlcalc.calc.engines.local import ENGINES, package_is_here, versioned

    click.echo(f"xlcalc {__version__}")
    for name, package in ENGINES.items():
        click.echo(versioned(name) if package_is_here(name) else f"{package} is not installed")
    context.exit()


@click.group(
    "xlcalc",
    cls=LazyGroup,
    modules=_MODULES,
    help="What AI training and inference cost: worksheet functions and workbooks without Excel.",
    epilog=status.ALL,
    no_args_is_help=True,
    context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    callback=_show_version,
    expose_value=False,
    help="Show the version and those of the engines, and stop.",
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=60.0,
    help="Time that a command may calculate, or that opening the workbook of a report may take; "
    "0 for no limit. 60 if left out.",
)
@click.option(
    "--memory-limit",
    metavar="GB",
    type=click.FloatRange(min=0),
    default=1.0,
    help="Memory that a command may take, on Linux; 0 for no limit. 1 if left out.",
)
@click.option(
    "--functions",
    metavar="FILE",
    multiple=True,
    type=click.Path(),
    callback=_use_functions,
    expose_value=False,
    help="Python file with functions of your own; repeatable; or set XLCALC_FUNCTIONS.",
)
def app(time_limit: float, memory_limit: float) -> None:
    """Check the limits and the catalogue that the environment names, before a command begins."""
    if 0.0 < memory_limit < LEAST_MEMORY:
        raise UsageError(
            f"memory-limit must be 0 or at least {LEAST_MEMORY:g} GB, got {memory_limit:g} GB"
        )
    from xlcalc.catalogue import VARIABLE, catalogues

    if os.environ.get(VARIABLE):
        catalogues()  # a bad file is a sentence, not an error in every cell


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Say in a line of ours which functions of others are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", PluginWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, PluginWarning):
                say(message)
            else:
                usual(message, category, *rest, **more)

        warnings.showwarning = show
        yield


def main() -> None:
    """Run the command line."""
    # OpenBLAS starts a thread for each core when numpy is imported. That takes longer than a short
    # command, and nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    guard_terminals()
    # Imports and the cells of one workbook make no cycles worth looking for; commands that open
    # many turn this on again.
    gc.disable()
    try:
        with _plain_warnings():
            app(prog_name="xlcalc")
    except DifferencesError as error:
        from xlcalc.cli.differences import refused

        refused(error)
        sys.exit(status.FAILURE)
    except ContractError as error:
        say(error)
        sys.exit(status.FAILURE)
    except UsageError as error:
        say(error)
        sys.exit(status.USAGE)
    except OSError as error:
        streams.discard()
        click.echo(f"xlcalc: cannot write the output: {error.strerror}", err=True)
        sys.exit(status.USAGE)
    finally:
        gc.enable()
