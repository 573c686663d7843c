"""Make the workbooks of the repository: `python -m tools.workbooks`."""

from tools import ROOT
from xlcalc import templates
from xlcalc.build import build_template
from xlcalc.dialects import Form

FOLDER = ROOT / "workbooks"


def files() -> dict[str, tuple[str, str]]:
    """Return the path of each workbook without its ending, and its template and dialect."""
    found = {}
    for name in templates.TEMPLATES:
        if name not in templates.PORTABLE_ONLY:
            found[name] = (name, "udf")
        found[f"portable/{name}"] = (name, "lambda")
    return found


def main() -> None:
    for file, (template, dialect) in files().items():
        (FOLDER / f"{file}.xlsx").write_bytes(build_template(template, Form(dialect)))
        print(f"wrote workbooks/{file}.xlsx")


if __name__ == "__main__":
    main()
