"""What the pages of the documentation show is so."""

import re
import sys

import click
import pytest

from tests.conftest import ROOT
from tests.documented import DOCS, commands, done
from xlcalc.cli import app

PAGES = sorted(DOCS.rglob("*.md"))
ELSEWHERE = {"plugins.md", "testing.md"}
"""Pages whose commands have tests of their own."""
MADE = {"functions/index.md", "zh/functions.md", "architecture.svg"}
MADE |= {"changelog.md", "security.md", "contributing.md"}
"""Pages and pictures that are made when the site is built."""


def place(page):
    return page.relative_to(DOCS).as_posix()


def is_elsewhere(page):
    return place(page) in ELSEWHERE or place(page).startswith("examples/")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the commands run in a shell of Unix")
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if commands(page) and not is_elsewhere(page)],
    ids=place,
)
def test_a_command_prints_what_its_page_shows(page, tmp_path):
    for command, shown, printed in done(page, tmp_path):
        assert (command, shown) == (command, printed)


def test_every_link_of_a_page_leads_somewhere():
    missing = []
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(((?!https?:)[^)#\s]+)(?:#[\w-]*)?\)", text):
            path = (page.parent / target).resolve()
            made = path.is_relative_to(DOCS) and (
                path.parent == DOCS / "functions" or path.relative_to(DOCS).as_posix() in MADE
            )
            if not path.exists() and not made:
                missing.append((place(page), target))
    assert [] == missing


def test_every_option_that_a_page_shows_is_one_of_the_command():
    unknown = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES]:
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"(?:^|`|\W )xlcalc(?:\.cli)? ([^`\n]*)", text, re.MULTILINE):
            shown = set(re.findall(r"(?<!\S)--[a-z][\w-]*", line))
            unknown += [(page.name, line, name) for name in shown - known_options(line.split())]
    assert [] == unknown


def known_options(words):
    """Return the options of the command that some words call, and those of all commands."""
    command, context = app, click.Context(app)
    known = {"--help", "--version", *options(app)}
    for word in words:
        if isinstance(command, click.Group) and word in command.list_commands(context):
            command = command.get_command(context, word)
            known |= options(command)
    if command.name == "catalogue":  # short for `catalogue show`
        known |= options(command.get_command(context, "show"))
    return known


def options(command):
    return {name for parameter in command.params for name in parameter.opts}
