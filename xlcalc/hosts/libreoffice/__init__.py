"""What makes LibreOffice Calc know our functions?

An extension, a zip file named .oxt: a component in Python, a type library and a configuration that
follow from the registry, and the few modules of this package that calculate. The same functions
give the same bytes.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from xlcalc._version import __version__
from xlcalc.files import read_file
from xlcalc.hosts.libreoffice.descriptions import Method, Parameter, descriptions
from xlcalc.hosts.libreoffice.library import library
from xlcalc.hosts.libreoffice.type_library import type_library
from xlcalc.hosts.light_wheel import udf_module
from xlcalc.registry import specs
from xlcalc.templates import LANGUAGES, read_table
from xlcalc.worksheet import Argument, Spec

SERVICE = "org.xlcalc.AddIn"
"""The add-in's name in files that LibreOffice saved: never change it."""
STATUS = "XLCALC_STATUS"
_INTERFACE = "org.xlcalc.XFunctions"
_COMPONENT = "xlcalc_libreoffice"
_PYTHON_NEEDED = (3, 11)
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
_TAG = {"en": "en", "zh": "zh-CN"}
_STATUS_HELP = {
    "en": "Returns where xlcalc calculates, or what to do so that it can.",
    "zh-CN": "返回 xlcalc 在何处计算；无法计算时返回解决办法。",
}
_MEDIA_TYPES = {
    "types.rdb": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    # A list of components: unlike the component itself, it is registered without being run, which
    # fails as long as its types are not registered.
    "xlcalc.components": "application/vnd.sun.star.uno-components",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
}


def extension(python: Path | None = None) -> bytes:
    """Return the add-in for LibreOffice, an .oxt file.

    Parameters
    ----------
    python : Path, optional
        A Python that has numpy. The add-in starts it where LibreOffice's own Python cannot
        calculate; if left out, only XLCALC_PYTHON can name one.
    """
    methods = _methods(specs(earlier=True))
    settings = {
        "version": __version__,
        "service": SERVICE,
        "python": None if python is None else str(python),
        "python_needed": _PYTHON_NEEDED,
        "functions": {m.method_name: m.name for m in methods if m.name != STATUS},
    }
    parameters = {m.method_name: [p.method_name for p in m.parameters] for m in methods}
    files = {
        "META-INF/manifest.xml": _manifest().encode(),
        "description.xml": _description().encode(),
        "xlcalc.components": _components().encode(),
        "types.rdb": type_library(_INTERFACE, parameters),
        "CalcAddIns.xcu": descriptions(SERVICE, methods).encode(),
        f"{_COMPONENT}.py": _component(),
        "settings.json": json.dumps(settings, indent=1).encode(),
    }
    return _zip(files | {f"library/{path}": data for path, data in library().items()})


def method_name(name: str) -> str:
    """Return a name as a type library may have it: without the underscores."""
    return name.replace("_", "")


def _methods(functions: Sequence[Spec]) -> list[Method]:
    tables = {_TAG[lang]: read_table(lang) for lang in LANGUAGES if lang != "en"}
    return [
        *(_method(spec, tables) for spec in functions),
        Method(method_name(STATUS), STATUS, _STATUS_HELP, ()),
    ]


def _method(spec: Spec, tables: Mapping[str, Mapping[str, str]]) -> Method:
    return Method(
        method_name(spec.name),
        spec.name,
        {tag: f"{text} [{spec.returns.unit}]" for tag, text in _texts(spec.summary, tables)},
        [_parameter(argument, tables) for argument in spec.arguments],
    )


def _parameter(argument: Argument, tables: Mapping[str, Mapping[str, str]]) -> Parameter:
    left_out = {"en": "{} if left out.", "zh-CN": "省略时为 {}。"}
    help_texts = {}
    for tag, text in _texts(argument.help, tables):
        default = f" {left_out[tag].format(argument.default_text)}" if argument.optional else ""
        help_texts[tag] = f"[{argument.kind.unit}] {text}{default}"
    return Parameter(method_name(argument.name), argument.name, help_texts)


def _texts(text: str, tables: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return a text in every language that has it."""
    return [("en", text), *((tag, table[text]) for tag, table in tables.items() if text in table)]


def _component() -> bytes:
    """Return the text of the module that LibreOffice loads; it cannot be imported elsewhere."""
    return read_file(udf_module().with_name(f"{_COMPONENT}.py"))


def _manifest() -> str:
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>\n'
        for path, kind in _MEDIA_TYPES.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{entries}</manifest:manifest>\n"
    )


def _components() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f' <component loader="com.sun.star.loader.Python" uri="{_COMPONENT}.py">\n'
        f'  <implementation name="{SERVICE}.python">\n'
        f'   <service name="{SERVICE}"/>\n'
        "  </implementation>\n </component>\n</components>\n"
    )


def _description() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f' <identifier value="org.xlcalc.addin"/>\n <version value="{escape(__version__)}"/>\n'
        " <display-name>\n"
        '  <name lang="en">xlcalc: compute economics as functions</name>\n'
        '  <name lang="zh-CN">xlcalc：算力经济函数</name>\n'
        " </display-name>\n"
        "</description>\n"
    )


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _TIME)
            entry.create_system = 3  # Unix, on every system
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
