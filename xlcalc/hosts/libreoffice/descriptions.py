"""What does LibreOffice's function wizard show of each function?

`CalcAddIns.xcu`, the configuration of an add-in, has the name, the help and the arguments of each
function in several languages, and the names under which xlsx files have it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
    ' oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
    ' <node oor:name="AddInInfo">\n'
)
_TAIL = " </node>\n</oor:component-data>\n"

Texts = Mapping[str, str]
"""A text by language, as `en` and `zh-CN`."""


@dataclass(frozen=True)
class Parameter:
    """One argument: its name in the type library, in the wizard, and its help."""

    method_name: str
    name: str
    help: Texts


@dataclass(frozen=True)
class Method:
    """One function: its name in the type library and in Excel, its help and its arguments."""

    method_name: str
    name: str
    help: Texts
    parameters: Sequence[Parameter]


def descriptions(service: str, methods: Sequence[Method]) -> str:
    """Return the configuration of an add-in.

    Parameters
    ----------
    service : str
        The name of the add-in's service.
    methods : sequence of Method
        Its functions, in order.
    """
    lines = [f'  <node oor:name={quoteattr(service)} oor:op="replace">']
    lines.append('   <node oor:name="AddInFunctions">')
    for method in methods:
        lines += _method(method)
    lines += ["   </node>", "  </node>"]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _method(method: Method) -> Iterator[str]:
    yield f'    <node oor:name={quoteattr(method.method_name)} oor:op="replace">'
    yield _property("DisplayName", {"en": method.name})
    yield _property("Description", method.help)
    yield '     <prop oor:name="Category"><value>Add-In</value></prop>'
    yield _property("CompatibilityName", {"en-US": method.name})
    yield '     <node oor:name="Parameters">'
    for parameter in method.parameters:
        yield f'      <node oor:name={quoteattr(parameter.method_name)} oor:op="replace">'
        yield _property("DisplayName", {"en": parameter.name})
        yield _property("Description", parameter.help)
        yield "      </node>"
    yield "     </node>"
    yield "    </node>"


def _property(name: str, texts: Texts) -> str:
    values = "".join(
        f'<value xml:lang="{language}">{escape(text)}</value>' for language, text in texts.items()
    )
    return f'     <prop oor:name="{name}">{values}</prop>'
