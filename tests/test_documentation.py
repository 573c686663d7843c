"""What the pages of the documentation show is so."""

import re

import pytest

from tests.documented import DOCS, commands, done

PAGES = sorted(DOCS.rglob("*.md"))
ELSEWHERE = {"plugins.md"}
"""Pages whose commands have a test of their own."""


def place(page):
    return page.relative_to(DOCS).as_posix()


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if commands(page) and place(page) not in ELSEWHERE],
    ids=place,
)
def test_a_command_prints_what_its_page_shows(page, tmp_path):
    for command, shown, printed in done(page, tmp_path):
        assert (command, shown) == (command, printed)


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_every_link_of_a_page_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    made = {
        "architecture.svg",
        "functions/index.md",
        "zh/functions.md",
        "changelog.md",
        "security.md",
    }
    made |= {"contributing.md"}
    targets = re.findall(r"\]\(((?!https?:)[^)#\s]+)(?:#[\w-]*)?\)", text)
    missing = [
        target
        for target in targets
        if not (page.parent / target).exists()
        and not (page.parent / target).resolve().is_relative_to(DOCS / "functions")
        and (page.parent / target).resolve().relative_to(DOCS).as_posix() not in made
    ]
    assert [] == missing
