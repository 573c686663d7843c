"""What does the documentation site show beside the pages of `docs/`?

Pages that would say again what stands elsewhere are made when the site is built: the changelog,
security and contributing from the files at the top, a page for each function from its declaration,
the inputs of each template from its tables, the drawing of the house from the imports. Links to
files that are no pages of the site become the names of the files.
"""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from tools import ROOT
from tools.site.imports import drawing, table
from tools.site.pages import catalogue_rows, function_pages, inputs_table, topics

TOP = {
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
}
"""Pages of the site that are files at the top of the repository."""
PICTURES = "workbooks/pictures"
DRAWING = "architecture.svg"
CATALOGUE = "<!-- rows of the catalogue -->"
MODULES = "<!-- folders and files of the package -->"
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_INPUTS = re.compile(r"<!-- inputs of (\w+) -->")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made, and the pictures of the workbooks."""
    for page, name in TOP.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
    for page, text in function_pages().items():
        files.append(File.generated(config, page, content=text))
    files.append(File.generated(config, DRAWING, content=drawing()))
    for picture in sorted((ROOT / PICTURES).glob("*.png")):
        place = f"pictures/{picture.name}"
        files.append(File.generated(config, place, abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: Any) -> str:
    """Fill in what is made of the package, and mend the links of files that are no pages."""
    if MODULES in markdown:  # it reads every module, so it is made for its page alone
        markdown = markdown.replace(MODULES, table())
    if CATALOGUE in markdown:
        markdown = markdown.replace(CATALOGUE, catalogue_rows())
    markdown = _INPUTS.sub(lambda found: inputs_table(found[1]), markdown)
    source = PurePosixPath(page.file.src_uri)
    where = PurePosixPath(TOP[str(source)]) if str(source) in TOP else "docs" / source
    return _LINK.sub(lambda found: _link(found, where, source, files), markdown)


def _link(found: re.Match[str], where: PurePosixPath, source: PurePosixPath, files: Files) -> str:
    """Return a link as the site has it.

    Parameters
    ----------
    found : re.Match
        The link: its words and its target.
    where : PurePosixPath
        The file in the repository that has the link.
    source : PurePosixPath
        The page of the site that shows it.
    files : Files
        The pages and pictures of the site.
    """
    words, target = found.groups()
    path, _, anchor = target.partition("#")
    if not path or ":" in target:
        return found[0]
    place = normpath(str(where.parent / path))
    pages = {name: page for page, name in TOP.items()}
    on_site = pages.get(place, place.removeprefix("docs/"))
    if place.startswith(f"{PICTURES}/"):
        on_site = f"pictures/{PurePosixPath(place).name}"
    if files.get_file_from_path(on_site) is None:
        if files.get_file_from_path(normpath(str(source.parent / path))) is not None:
            return found[0]
        if not (ROOT / place).exists():
            return found[0]  # the strict build says that it leads nowhere
        return words if words.strip("`") == place else f"{words} (`{place}`)"
    steps = [".."] * (len(source.parts) - 1)
    return f"[{words}]({'/'.join([*steps, on_site])}{f'#{anchor}' if anchor else ''})"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List each function and each rule of the check, and watch the package while it is served."""
    sections = {title: pages for section in config.nav or [] for title, pages in section.items()}
    sections["Functions"] += [
        {topic: [{name: page} for name, page in own]} for topic, own in topics().items()
    ]
    sections["Rules of the check"] += [
        {rule.stem: f"check/{rule.name}"}
        for rule in sorted((ROOT / "docs" / "check").glob("*.md"))
        if rule.name != "README.md"
    ]
    config.watch.append(str(Path(ROOT) / "xlcalc"))
    return config
