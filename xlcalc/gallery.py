"""What do all templates look like, each with its samples?

`Gallery` writes every template, returns the reports of their samples, and writes a page of links to
all of them.
"""

from pathlib import Path

from xlcalc import templates
from xlcalc.build import build_template
from xlcalc.dialects import Form
from xlcalc.errors import OutputError
from xlcalc.files import make_folder, write_file
from xlcalc.runs.config import DIALECT, SAMPLES, ReportConfig, load_config

INDEX = "README.md"
_HEADING = "# The template workbooks and their samples"


class Gallery:
    """A folder with every template, the workbooks of its samples, and a page that leads to them.

    Parameters
    ----------
    output : Path
        The folder.
    form : Form, optional
        As `xlcalc.build.build_template` takes it; the dialect of reports if left out.
    """

    def __init__(
        self,
        output: Path,
        form: Form = Form(),
    ) -> None:
        self.output = output
        self._form = form.over(Form(DIALECT))

    def refuse_foreign(self) -> None:
        """Refuse to write over files of others: over any, where the page of links is not ours.

        Raises
        ------
        OutputError
            With the first one.
        """
        index = self.output / INDEX
        templates_files = [self.output / name / f"{name}.xlsx" for name in templates.TEMPLATES]
        if index.is_file() and index.read_bytes().startswith(_HEADING.encode()):
            return
        for file in (index, *templates_files):
            if file.exists():
                raise OutputError(
                    f"{file} was not written by an earlier run; give another folder, or replace it "
                    "with --force"
                )

    def write_templates(self) -> None:
        """Write every template as it is made."""
        for name in templates.TEMPLATES:
            make_folder(self.output / name)
            data = build_template(name, self._form)
            write_file(self.output / name / f"{name}.xlsx", data)

    def configs(self) -> list[ReportConfig]:
        """Return the reports of the templates that have samples."""
        return [
            load_config(
                SAMPLES / f"{name}.toml",
                self.output / name,
                self._form,
            )
            for name in templates.TEMPLATES
            if (SAMPLES / f"{name}.toml").exists()
        ]

    def write_index(self) -> Path:
        """Write the page of links to what was written, and return its path."""
        lines = [_HEADING, ""]
        for name in templates.TEMPLATES:
            lines += [f"## {name}", "", templates.summary(name), ""]
            lines += [f"- [{name}.xlsx]({name}/{name}.xlsx), as the template comes"]
            for file in sorted((self.output / name).glob("*.xlsx")):
                if file.stem not in {name, "summary"}:
                    lines.append(f"- [{file.name}]({name}/{file.name})")
            if (self.output / name / "summary.md").exists():
                lines.append(
                    f"- all samples side by side: [summary.xlsx]({name}/summary.xlsx), "
                    f"[summary.md]({name}/summary.md)"
                )
            lines.append("")
        target = self.output / INDEX
        write_file(target, "\n".join(lines).encode())
        return target
