"""How does the documentation of a function read, as a page of Markdown?

All of it comes from the function's `Spec`: syntax, arguments with units and bounds, the errors that
a cell can show, sources, examples with what they give, and the forms that do without Python. Texts
are escaped, so that no docstring becomes markup; the same function gives the same page.
"""

import inspect
import re
import shlex
from collections.abc import Iterable, Sequence

from xlcalc.calc.single_formula import answer
from xlcalc.cell_values import plain
from xlcalc.cells import cell_errors
from xlcalc.lambdas import LOOKUPS, lambda_text, lookup_names, why_no_lambda
from xlcalc.native.arguments import Form, Given
from xlcalc.native.inline import inline
from xlcalc.quantities import Choice, Several
from xlcalc.registry import plugin_of
from xlcalc.terms import NoLambdaFormError
from xlcalc.worksheet import Argument, Spec, addresses_in

INDEX = "index.md"
_SPECIAL = re.compile(r"([\\`*{}\[\]<>|~$#!]|(?<!\w)_|_(?!\w))")
_BEGINS = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
"""What begins a list or marks a heading at the beginning of a line."""


def file_of(spec: Spec) -> str:
    """Return the name of a function's page."""
    return f"{spec.name.lower()}.md"


def pages_of(specs: Sequence[Spec], title: str = "Functions") -> dict[str, str]:
    """Return the pages of some functions by the names of their files, and a page that lists them.

    Parameters
    ----------
    specs : sequence of Spec
        The functions; the list has their topics in this order.
    title : str
        Heading of the list.
    """
    return {INDEX: index_page(specs, title), **{file_of(spec): page_of(spec) for spec in specs}}


def index_page(specs: Iterable[Spec], title: str = "Functions") -> str:
    """Return a page that lists functions by their topics, with links to their pages."""
    topics: dict[str, list[Spec]] = {}
    for spec in specs:
        topics.setdefault(spec.topic, []).append(spec)
    lines = [f"# {escaped(title)}", ""]
    for topic, own in topics.items():
        rows = [(f"[{escaped(s.name)}]({file_of(s)})", escaped(s.summary)) for s in own]
        lines += [f"## {escaped(topic)}", "", *_table(("Function", "What it gives"), rows), ""]
    return "\n".join(lines)


def page_of(spec: Spec) -> str:
    """Return the page of a function."""
    lines = [f"# {escaped(spec.name)}", "", escaped(spec.summary), ""]
    for paragraph in _description(spec):
        lines += [escaped(paragraph), ""]
    lines += [*_fenced(spec.syntax), ""]
    lines += [_about(spec), ""]
    lines += ["## Arguments", ""]
    lines += _table(
        ("Argument", "Unit", "Must be", "If left out", "What it is"),
        [_argument(argument) for argument in spec.arguments],
    )
    lines += ["", "## Result", "", f"Unit: {escaped(spec.returns.unit)}.", ""]
    lines += ["## Errors", ""]
    lines += _table(
        ("In a cell", "In Python", "When"),
        [(_code(code), _code(name), escaped(when)) for code, name, when in cell_errors(spec)],
    )
    lines += ["", "An argument that is an error gives the same error; a bad row errs alone.", ""]
    if sources := spec.sections.get("References"):
        lines += ["## Sources", "", _with_links(" ".join(sources.split())), ""]
    lines += _examples(spec)
    lines += _without_python(spec)
    return "\n".join(lines)


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return _BEGINS.sub(r"\1\\\2", _within(text.strip()))


def _within(text: str) -> str:
    """Return a piece of a line that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text).replace("&", "&amp;"))


def _description(spec: Spec) -> list[str]:
    """Return the paragraphs between the first sentence and the first section of the docstring."""
    document = inspect.cleandoc(spec.formula.__doc__ or "")
    before = re.split(r"^\w[\w ]*\n-{3,}$", document, maxsplit=1, flags=re.MULTILINE)[0]
    return [paragraph for paragraph in before.split("\n\n")[1:] if paragraph.strip()]


def _about(spec: Spec) -> str:
    parts = [f"Topic: {escaped(spec.topic)}."]
    if spec.since:
        parts.append(f"Since {escaped(spec.since)}.")
    if spec.formerly:
        earlier = ", ".join(f"{escaped(name)} (since {since})" for name, since in spec.formerly)
        parts.append(f"Formerly {earlier}.")
    if plugin := plugin_of(spec.name):
        # Where a file lies on this machine is nothing for its readers.
        files = [path.name for path in plugin.sources().values()] if plugin.is_file else []
        parts.append(f"From {escaped(f'the file {files[0]}' if files else plugin.title)}.")
    return " ".join(parts)


def _argument(argument: Argument) -> tuple[str, ...]:
    kind = argument.kind
    domain = f"a range of numbers, each {kind.domain}" if isinstance(kind, Several) else kind.domain
    told = [escaped(argument.help)]
    if isinstance(kind, Choice):
        pairs = zip(kind.options, kind.notes, strict=False)
        told += [f"{_code(option)}: {escaped(note)}." for option, note in pairs]
    default = _code(argument.default_text) if argument.optional else "must be given"
    what = "<br>".join(told)
    return _code(argument.name), escaped(kind.unit), escaped(domain), default, what


def _examples(spec: Spec) -> list[str]:
    lines = ["## Examples", ""]
    has_example = spec.example != f"={spec.name}()" or not spec.arguments
    if has_example:
        lines += ["In a cell:", "", *_fenced(spec.example), ""]
    if python := spec.sections.get("Examples"):
        lines += ["In Python:", "", *_fenced(python, "python"), ""]
    if has_example:
        lines += ["On the command line:", "", *_fenced(_typed(spec), "console"), ""]
    return lines if len(lines) > 2 else []


def _typed(spec: Spec) -> str:
    """Return the command that calculates the example, with what it prints."""
    plugin = plugin_of(spec.name)
    files = [path.name for path in plugin.sources().values()] if plugin and plugin.is_file else []
    option = f"--functions {shlex.quote(files[0])} " if files else ""
    rows = answer(spec.example).rows
    printed = ["\t".join(map(plain, row)) for row in rows]
    return "\n".join([f"$ xlcalc {option}eval {shlex.quote(spec.example)}", *printed])


def _without_python(spec: Spec) -> list[str]:
    lines = ["## Without Python", ""]
    if reason := why_no_lambda(spec):
        return [*lines, f"It needs Python wherever it is calculated: {escaped(reason)}.", ""]
    lines += ["As a LAMBDA, for Excel 365 and 2024:", ""]
    lines += [*_fenced(f"={lambda_text(spec)}"), ""]
    if spec.current in LOOKUPS:
        names = ", ".join(_code(name) for name in sorted(lookup_names(spec.current)))
        lines += [f"The workbook needs the sheet Catalogue or Models with its names {names}.", ""]
    cells = [Given(Form.CELL, argument.name) for argument in spec.arguments]
    try:
        plain = inline(spec, cells)
    except NoLambdaFormError:
        plain = None
    if plain is None:
        lines += ["As plain formulas, its steps stand on a sheet of workings.", ""]
    else:
        lines += ["As a plain formula of named cells, for every Excel and other programs:", ""]
        lines += [*_fenced(f"={plain}"), ""]
    return lines


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---"] * len(headings)
    return [f"| {' | '.join(row)} |" for row in (headings, rule, *rows)]


def _code(text: str) -> str:
    """Return a text as code within a line, also of a table."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def _fenced(text: str, language: str = "") -> list[str]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *text.splitlines(), fence]


def _with_links(text: str) -> str:
    """Return a text in which addresses are links."""
    pieces, done = [], 0
    for (start, end), address in addresses_in(text):
        shown = f"<{address}>" if text[start:end] == address else f"[{text[start:end]}]({address})"
        pieces += [_within(text[done:start]), shown]
        done = end
    return _BEGINS.sub(r"\1\\\2", "".join([*pieces, _within(text[done:])]))
