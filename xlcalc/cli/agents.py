"""The command `mcp`: a folder of workbooks for agents that plan budgets."""

import gc
from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE


@click.command("mcp", epilog=status.statuses())
@click.argument("folder", type=FILE)
@click.option("--write", is_flag=True, help="Let agents store fresh values in the folder's files.")
@click.pass_context
def mcp(context: click.Context, folder: Path, *, write: bool) -> None:
    """Serve the workbooks of a folder to agents.

    The Model Context Protocol is spoken on the standard input and output. Files outside of FOLDER
    are refused, nothing is written without --write, and each question has the limits of
    --time-limit and --memory-limit.
    """
    from xlcalc.agents import serve

    gc.enable()  # a server runs for long
    limits = context.find_root().params
    serve(folder, write=write, seconds=limits["time_limit"], gigabytes=limits["memory_limit"])


COMMANDS = {"mcp": mcp}
