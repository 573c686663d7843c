"""The command `xlcalc excel lite`: the files for xlwings Lite."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE
from xlcalc.errors import OutputError


@click.command("lite", epilog=status.statuses())
@click.option(
    "--output", "-o", metavar="DIR", type=FILE, default="lite", help="Folder to write; else lite."
)
@click.option(
    "--url", metavar="URL", help="Address that you publish the wheel at, or of its folder."
)
@click.option("--force", is_flag=True, help="Replace existing files.")
def lite(output: Path, url: str | None, *, force: bool) -> None:
    """Write what xlwings Lite needs: main.py, requirements.txt and a wheel.

    xlwings Lite is a free add-in for Excel on Windows, Mac and the web, which brings its own
    Python. The file steps.md says what to do with the others. With --url the add-in fetches the
    wheel itself, and a workbook works for everybody who has the add-in.
    """
    from xlcalc.files import make_folder, write_file
    from xlcalc.hosts.lite import lite_files

    files = lite_files(url)
    for name in files:
        if (output / name).exists() and not force:
            raise OutputError(
                f"{output / name} exists; give another folder with -o, or replace it with --force"
            )
    make_folder(output)
    for name, data in files.items():
        write_file(output / name, data)
        click.echo(f"wrote {output / name}")


COMMANDS = {"lite": lite}
