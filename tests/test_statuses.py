"""The exit statuses, as each command's help names them."""

import re

import click
import pytest

from xlcalc.cli import app

OWN = {
    "eval": "the formula gives an error, or engines do not agree",
    "recalc": "engines do not agree on a value, or with --check if one is not what is calculated",
    "convert": "engines do not agree on a value, and nothing is written",
    "run": "a check of the workbook fails, a contract is broken, or engines do not agree",
    "evaluate": "a row has no result, or engines do not agree",
    "test": "a case fails",
    "compare": "engines do not agree on what a workbook stores",
    "sensitivity": "engines do not agree on what the workbook stores",
    "solve": "there is no solution, or engines do not agree on what the workbook stores",
    "simulate": "engines do not agree on what the workbook stores",
    "report": "a run failed, breaks a guard or fails a check, or the workbook breaks its contract",
    "batch": "a row failed or fails a check, or the workbook breaks its contract",
    "actuals": "engines do not agree on a cell",
    "check": "there is an error, a workbook cannot be read, or with --fix something is left to "
    "write",
    "diff": "a change is of a kind that must not pass unseen",
    "excel doctor": "a setting is wrong, or something in FILE would not calculate for its reader",
}
"""The commands that end with status 1, and when."""


def commands(group, path=""):
    """Yield every command below a group with its path."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def help_of(command, path):
    with click.Context(command, info_name=f"xlcalc {path}") as context:
        return " ".join(command.get_help(context).split())


COMMANDS = dict(commands(app))


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMANDS)
def test_the_help_of_each_command_names_its_statuses(path):
    text = help_of(COMMANDS[path], path)
    found = re.search(r"Exit status: 0 if all is well, (?:1 if (.+), )?2 if (.+)\.$", text)
    assert found, text
    assert OWN.get(path) == found[1]


def test_the_help_of_the_command_line_names_all_statuses():
    text = help_of(app, "")
    for part in ("Exit status: 0 if", "; 1 if ", "; 2 if ", "; 130 after Ctrl-C."):
        assert part in text
