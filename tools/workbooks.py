"""Make the workbooks of the repository: `python -m tools.workbooks`."""

from collections.abc import Iterator

from tools import write
from xlcalc import templates
from xlcalc.build import build_template
from xlcalc.dialects import Form


def files() -> dict[str, tuple[str, str]]:
    """Return the path of each workbook without its ending, and its template and dialect."""
    found = {}
    for name in templates.TEMPLATES:
        if name not in templates.PORTABLE_ONLY:
            found[name] = (name, "udf")
        found[f"portable/{name}"] = (name, "lambda")
        found[f"native/{name}"] = (name, "native")
    return found


def made() -> Iterator[tuple[str, bytes]]:
    for file, (template, dialect) in files().items():
        yield f"workbooks/{file}.xlsx", build_template(template, Form(dialect))


def main() -> None:
    write(made())


if __name__ == "__main__":
    main()
