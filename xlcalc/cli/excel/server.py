"""The command that writes a server of one's own: `xlcalc excel server`."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE


@click.command("server", epilog=status.statuses())
@click.argument("folder", metavar="DIR", type=FILE)
@click.option("--namespace", metavar="NAME", help="What stands before the names; else XLCALC.")
@click.option(
    "--url",
    metavar="URL",
    help="Address at which Excel finds the server; else https://localhost:8000.",
)
@click.option("--name", metavar="NAME", help="Name of the add-in in Excel; else xlcalc.")
@click.option(
    "--id",
    "identity",
    metavar="UUID",
    help="Id of an add-in that Excel knows already; else one made of namespace and URL.",
)
@click.option("--force", is_flag=True, help="Replace files; the key and the ids stay.")
def server(
    folder: Path,
    namespace: str | None,
    url: str | None,
    name: str | None,
    identity: str | None,
    *,
    force: bool,
) -> None:
    """Write a project of xlwings Server, for Excel on Windows, Mac and the web.

    Your company runs it, and colleagues install nothing: they get the add-in by its manifest.

    Licence: xlwings Server is free for noncommercial use (PolyForm Noncommercial 1.0.0). A company
    needs a paid key, or a trial key, from https://www.xlwings.org.
    """
    from xlcalc.hosts.server.project import Wanted, write_project
    from xlcalc.hosts.server.start import LICENCE

    given = {"namespace": namespace, "url": url, "identity": identity, "name": name}
    wanted = Wanted(**{key: value for key, value in given.items() if value is not None})
    written = write_project(folder, wanted, force=force)
    click.echo(f"wrote {folder}, {len(written)} files")
    click.echo(f"Licence: {LICENCE}.")
    click.echo(f"Next: write the key into {folder / '.env'}, then follow {folder / 'README.md'}.")


COMMANDS = {"server": server}
