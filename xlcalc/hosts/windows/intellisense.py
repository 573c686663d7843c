"""How do the arguments of a function show while a formula is typed?

Excel shows them for its own functions alone. The free add-in Excel-DNA IntelliSense shows them for
those of macros, too, if a file beside the workbook describes them: `my.intellisense.xml` beside
`my.xlsm`.
"""

from collections.abc import Iterator, Sequence

from xlcalc.ooxml.literals import attribute_xml
from xlcalc.worksheet import Spec, argument_help, function_help, help_link

_NAMESPACE = "http://schemas.excel-dna.net/intellisense/1.0"
_NO_LIMIT = 32_767


def intellisense_xml(specs: Sequence[Spec]) -> bytes:
    """Return the description of functions and their arguments."""
    lines = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<IntelliSense xmlns="{_NAMESPACE}">',
        "  <FunctionInfo>",
        *(line for spec in specs for line in _function(spec)),
        "  </FunctionInfo>",
        "</IntelliSense>",
    )
    return ("\n".join(lines) + "\n").encode()


def _function(spec: Spec) -> Iterator[str]:
    link = help_link(spec)
    topic = f" HelpTopic={attribute_xml(link)}" if link else ""
    description = attribute_xml(function_help(spec, _NO_LIMIT))
    yield f'    <Function Name="{spec.name}" Description={description}{topic}>'
    for argument in spec.arguments:
        text = attribute_xml(argument_help(argument, _NO_LIMIT))
        yield f'      <Argument Name="{argument.name}" Description={text}/>'
    yield "    </Function>"
