"""The commands about functions of one's own: `new-plugin` and `docs`."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.completion import function_names
from xlcalc.cli.options import FILE
from xlcalc.errors import OutputError, UsageError, suggestion


@click.command("new-plugin", epilog=status.statuses())
@click.argument("name")
@click.option(
    "--output", "-o", metavar="FOLDER", type=FILE, help="Folder to write; NAME if left out."
)
@click.option("--force", is_flag=True, help="Replace the files of an earlier call.")
def new_plugin(name: str, output: Path | None, *, force: bool) -> None:
    """Write a package with a worksheet function of your own.

    NAME is that of the package, as acme-costs. What is written works as it is: a function, its
    tests and a workbook.
    """
    from xlcalc.new_plugin import write_package

    for path in write_package(name, output or Path(name), force=force):
        click.echo(f"wrote {path}")


@click.command("docs", epilog=status.statuses())
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=function_names)
@click.option(
    "--output",
    "-o",
    metavar="FOLDER",
    type=FILE,
    default=Path("functions"),
    help="Folder to write; functions if left out.",
)
@click.option("--all", "every", is_flag=True, help="Also the functions of xlcalc itself.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
def docs(names: tuple[str, ...], output: Path, *, every: bool, force: bool) -> None:
    """Write pages of Markdown about your functions.

    Each function has a page, and one lists them. NAME is a function, of yours or of xlcalc; all of
    yours if left out.
    """
    from xlcalc.files import make_folder, write_file
    from xlcalc.function_pages import pages_of
    from xlcalc.registry import BY_NAME, plugin_of, specs
    from xlcalc.worksheet import spec_of

    if names and every:
        raise UsageError("--all takes no NAME: it is every function")
    known = specs()
    if names:
        wanted = set()
        for name in names:
            function = BY_NAME.get(name.strip().upper().removeprefix("="))
            if function is None:
                hint = suggestion(name, [spec.name for spec in known])
                raise UsageError(f'there is no function "{name}"{hint}')
            wanted.add(spec_of(function).current)
        chosen = [spec for spec in known if spec.name in wanted]
    else:
        chosen = [spec for spec in known if every or plugin_of(spec.name)]
    if not chosen:
        raise UsageError(
            "no package or file adds functions; name one of xlcalc, or take all with --all"
        )
    files = {output / name: text.encode() for name, text in pages_of(chosen).items()}
    for path, data in files.items():
        same = path.is_file() and path.read_bytes() == data
        if path.exists() and not same and not force:
            raise OutputError(f"{path} exists; give another folder, or replace it with --force")
    make_folder(output)
    for path, data in files.items():
        write_file(path, data)
    click.echo(f"wrote {len(chosen)} function{'s' * (len(chosen) > 1)} to {output}")


COMMANDS = {"new-plugin": new_plugin, "docs": docs}
