"""How do the workers of a cluster know the functions of others?

Packages are installed there. Files travel: `files_with_workers` has each worker write them into its
folder and name them in its environment, those that join later among them. A worker that knows the
functions of xlcalc already, from an earlier batch, cannot learn more; `BatchJob.model` then says
which ones it lacks.

Nothing here imports the functions at the head of the module: it is imported in a worker before.
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xlcalc.plugins import VARIABLE

_NAME = "xlcalc-functions"


@contextlib.contextmanager
def files_with_workers(client: Any) -> Iterator[None]:
    """Have the files of this process's functions on all workers of a cluster, new ones included.

    Parameters
    ----------
    client : distributed.Client
        A connection to the cluster.
    """
    import distributed

    from xlcalc.registry import PLUGINS

    files = {
        f"{number}/{path.name}": path.read_bytes()
        for number, plugin in enumerate(PLUGINS, start=1)
        if plugin.is_file
        for path in plugin.sources().values()
    }

    class FunctionFiles(distributed.WorkerPlugin):  # within a function, so that it travels whole
        """What a worker does before its first task."""

        def setup(self, worker: Any) -> None:
            """Write the files, and name them."""
            know_files(Path(worker.local_directory), files)

    if files:
        client.register_plugin(FunctionFiles(), name=_NAME)
    try:
        yield
    finally:
        if files:
            with contextlib.suppress(Exception):  # the cluster may be gone, which others tell
                client.unregister_worker_plugin(_NAME)


def know_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Name files with functions to this process, unless it knows the functions already.

    Parameters
    ----------
    folder : Path
        Where the files are written.
    files : mapping of str to bytes
        The files by their places, in their order.
    """
    if "xlcalc.registry" in sys.modules:
        return
    named = []
    for place, data in files.items():
        path = folder.absolute() / _NAME / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        named.append(str(path))
    before = os.environ.get(VARIABLE, "").split(os.pathsep)
    others = [name for name in before if name and name not in named]
    os.environ[VARIABLE] = os.pathsep.join([*named, *others])
